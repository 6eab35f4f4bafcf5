"""Acts upon identity: somebody decides who an event is about, or it has become certain.

What a named human decides is never undone by a machine. A second human who decides otherwise must
override the first by name; so what two people disagree about is seen by both.
"""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from pydantic import Field

from streams.domain.touched import Touched

Named = Annotated[str | None, Field(exclude_if=lambda named: named is None)]
"""The case reference number by which a human named a person; it is kept only where there is one.

It says which of two they meant, should the person turn out to be two after all.
"""


@dataclass(frozen=True, slots=True)
class EventJoined:
    """An officer says that a held event is about this person, and why."""

    event_seq: int
    person_id: UUID
    by: str
    reason: str
    named: Named = None

    @property
    def touched(self) -> Touched:
        """Return the event, the person, and who says so."""
        return _touched(self.event_seq, self.person_id, self.by)


@dataclass(frozen=True, slots=True)
class EventRejected:
    """An officer says that a held event is about none of those whom it may have been about."""

    event_seq: int
    by: str
    reason: str

    @property
    def touched(self) -> Touched:
        """Return the event, and who says so."""
        return _touched(self.event_seq, None, self.by)


@dataclass(frozen=True, slots=True)
class EventOverridden:
    """An officer says that an event is about somebody else than was decided, or about nobody known.

    `person_id` is None for nobody known. `instead_of` names the officer whose decision it replaces;
    None where a machine had decided.
    """

    event_seq: int
    person_id: UUID | None
    by: str
    reason: str
    instead_of: str | None = None
    named: Named = None

    @property
    def touched(self) -> Touched:
        """Return the event, the person, and who says so."""
        return _touched(self.event_seq, self.person_id, self.by)


@dataclass(frozen=True, slots=True)
class EventBound:
    """A held event is certain now: nobody decided, but what is known of people has changed."""

    event_seq: int
    person_id: UUID

    @property
    def touched(self) -> Touched:
        """Return the event and the person."""
        return _touched(self.event_seq, self.person_id, None)


@dataclass(frozen=True, slots=True)
class ReviewWaited:
    """A review passed its time undecided."""

    event_seq: int

    @property
    def touched(self) -> Touched:
        """Return the event that waits."""
        return _touched(self.event_seq, None, None)


@dataclass(frozen=True, slots=True)
class ReviewShown:
    """An officer was shown whom an event may be about, side by side; who reads is kept."""

    event_seq: int
    by: str

    @property
    def touched(self) -> Touched:
        """Return the event, and who reads."""
        return _touched(self.event_seq, None, self.by)


@dataclass(frozen=True, slots=True)
class ContentErased:
    """What an event said is erased: for so long it has been about nobody whom we know.

    `decided_seq` is the act by which it is nobody's; None where its publisher took it back.
    """

    event_seq: int
    decided_seq: int | None = None

    @property
    def touched(self) -> Touched:
        """Return the event."""
        return _touched(self.event_seq, None, None)


def _touched(event_seq: int, person_id: UUID | None, by: str | None) -> Touched:
    people = frozenset() if person_id is None else frozenset({person_id})
    return Touched(events=frozenset({event_seq}), people=people, by=by)


Decides = EventJoined | EventRejected | EventOverridden
"""What a named human decides about one event."""
IdentityAct = Decides | EventBound | ReviewWaited | ReviewShown | ContentErased
