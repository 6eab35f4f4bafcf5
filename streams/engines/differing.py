"""The difference between what events told and what they would tell: by event, notice by notice.

Notices are not compared by their ids, which a new version of a rule changes all at once, but by
what their recipients see: of which sort they are, about which matter, to whom, how urgent, by when.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from heapq import merge
from itertools import groupby
from typing import Final

from streams.ledger.recorded import Telling


class Kind(StrEnum):
    """What is different about one notice of one event."""

    NEW = "new"
    GONE = "gone"
    OTHER_RECIPIENT = "other_recipient"
    OTHER_TERMS = "other_terms"
    OTHER_MOVE = "other_move"


@dataclass(frozen=True, slots=True)
class Difference:
    """One notice of one event: as it was told, and as it would be; one of them may be missing."""

    kind: Kind
    before: Telling | None
    now: Telling | None

    @property
    def event(self) -> Telling:
        """Return whichever side there is, for what both say of the event."""
        told = self.before or self.now
        assert told is not None  # noqa: S101 - one side is always there
        return told


Key = Callable[[Telling], tuple[object, ...]]
PAIRINGS: Final[tuple[tuple[Kind | None, Key], ...]] = (
    (None, lambda t: (t.move, t.notice, t.matter, t.recipient, t.urgency, t.due_at)),
    (Kind.OTHER_TERMS, lambda t: (t.move, t.notice, t.matter, t.recipient)),
    (Kind.OTHER_RECIPIENT, lambda t: (t.move, t.notice, t.matter)),
    (Kind.OTHER_MOVE, lambda t: (t.notice, t.matter, t.recipient)),
)
"""What belongs together, the closest likeness first; pairs of the first sort are the same."""


def differences(before: Iterable[Telling], now: Iterable[Telling]) -> Iterator[Difference]:
    """Compare what was told with what would be; both come in the order of the events."""
    sides = (((told, False) for told in before), ((told, True) for told in now))
    order = merge(*sides, key=lambda each: each[0].seq)
    for _, group in groupby(order, key=lambda each: each[0].seq):
        told = list(group)
        yield from _of_event([t for t, is_new in told if not is_new], [t for t, new in told if new])


def _of_event(before: list[Telling], now: list[Telling]) -> Iterator[Difference]:
    """Pair what one event told with what it would tell, and yield what is not the same."""
    for kind, key in PAIRINGS:
        for was in sorted(before, key=_order):
            twin = next((is_ for is_ in sorted(now, key=_order) if key(is_) == key(was)), None)
            if twin is None:
                continue
            before.remove(was)
            now.remove(twin)
            if kind is not None:
                yield Difference(kind, was, twin)
    yield from (Difference(Kind.GONE, was, None) for was in sorted(before, key=_order))
    yield from (Difference(Kind.NEW, None, is_) for is_ in sorted(now, key=_order))


def _order(told: Telling) -> tuple[str, ...]:
    """Order the notices of one event, so that the same logs always compare alike."""
    return tuple(str(each) for each in (told.notice, told.recipient, told.move, told.matter))
