"""Reviews: an event whose person is not certain waits for a named human, with a clock and an owner.

One event has at most one review; it is opened when the event is held, or when somebody overrides
what was decided without one. Whoever has its notice now is its owner, so that the review goes with
the notice when somebody is away or does not answer.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from streams.domain.duties import Due, WithinWorkingHours, WorkingDays

IDENTITY_HELD: Final = "identity_held"
"""The type of notice by which a review is told; only the decision finishes it."""


class ReviewState(StrEnum):
    """Where a review stands; whatever is not waiting is decided or needs no decision."""

    WAITING = "waiting"
    JOINED = "joined"
    REJECTED = "rejected"
    OVERRIDDEN = "overridden"
    BOUND = "bound"
    TAKEN_BACK = "taken_back"


BY_HUMANS: Final = frozenset({ReviewState.JOINED, ReviewState.REJECTED, ReviewState.OVERRIDDEN})
"""States in which a named human has decided, which no machine undoes."""


IMMEDIATE_WITHIN: Final = WithinWorkingHours(2)
OTHERS_WITHIN: Final = WorkingDays(1)
"""How long a review may take. Source: FLOWS rule 9; both are assumed there."""


NOBODYS_FOR_MAX: Final = timedelta(days=28)
"""Assumed: for so long a human who said that an event is about nobody of ours may be overridden.

As long as what is sealed may be kept (FLOWS rule 10). An installation may keep it for less, and
never for more.
"""


def within(*, immediate: bool) -> Due:
    """Return by when a review must be decided, counted from when somebody is asked."""
    return IMMEDIATE_WITHIN if immediate else OTHERS_WITHIN


@dataclass(frozen=True, slots=True)
class Review:
    """One event that a human has to decide about, or has.

    `candidates` are the people whom it may be about, the most likely first. `due_at` is when it
    must be decided, `rings_at` when the next of the ladder is rung; None once nobody is left.
    `person_id` is who it was decided to be about, and `rejected` are those of whom a human has said
    that it is not about them: no machine joins it to them or offers them again.
    """

    event_seq: int
    source: tuple[str, str]
    desk: str
    is_immediate: bool
    candidates: tuple[UUID, ...]
    opened_at: datetime
    due_at: datetime
    rings_at: datetime | None
    state: ReviewState = ReviewState.WAITING
    decided_seq: int | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None
    reason: str = ""
    person_id: UUID | None = None
    rejected: frozenset[UUID] = frozenset()

    @property
    def waits(self) -> bool:
        """Answer whether somebody must still decide."""
        return self.state is ReviewState.WAITING

    @property
    def is_of_human(self) -> bool:
        """Answer whether a named human has decided."""
        return self.state in BY_HUMANS


@dataclass(frozen=True, slots=True)
class Decided:
    """One thing that was decided about an event; `refused` says why it was not taken."""

    seq: int
    event_seq: int
    kind: str
    by: str | None
    person_id: UUID | None
    reason: str
    refused: str | None = None
