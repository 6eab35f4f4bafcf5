"""What an act is about: what the ledger must have loaded and locked before it is worked through."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Touched:
    """The duties and notices that an act names, and the officer whose act it is.

    All that is open about the same people and matters is loaded and locked with them; of `officers`
    and `people`, all that is theirs and all that is about them. `events` are named by their
    numbers; an act about one is a transaction of its own (`streams.ledger.load_binding`). `by` is
    None where nobody did anything but time passed.
    """

    duties: frozenset[UUID] = frozenset()
    notices: frozenset[UUID] = frozenset()
    by: str | None = None
    officers: frozenset[str] = frozenset()
    people: frozenset[UUID] = frozenset()
    events: frozenset[int] = frozenset()
