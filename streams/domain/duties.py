"""Duties: something somebody must do by an instant, and the ways in which that instant is named.

A flow says *when* in the words of practice (`WithinWorkingHours(1)`); the working calendar turns
them into an instant when the notice is raised, so that flows need no calendar and no clock.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final, assert_never
from uuid import UUID

from streams.domain.calendar import WorkingCalendar


@dataclass(frozen=True, slots=True)
class WithinWorkingHours:
    """So many working hours after the notice is raised."""

    hours: float


@dataclass(frozen=True, slots=True)
class SameDay:
    """By the close of the day on which the notice is raised, or of the next working day."""


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """By the close of the n-th working day after the notice is raised."""

    days: int


Due = WithinWorkingHours | SameDay | WorkingDays

ANSWERS_KEPT: Final = 1_024
"""Deadlines kept: everything raised in one batch is raised at one instant, with a few deadlines."""


@lru_cache(maxsize=ANSWERS_KEPT)
def due_at(due: Due, raised_at: datetime, calendar: WorkingCalendar) -> datetime:
    """Return the instant, in UTC, at which something raised at `raised_at` falls due."""
    match due:
        case WithinWorkingHours(hours):
            return calendar.add_working_hours(raised_at, hours)
        case SameDay():
            return calendar.end_of_same_day(raised_at)
        case WorkingDays(days):
            return calendar.add_working_days(raised_at, days)
        case _:
            assert_never(due)


class DutyState(StrEnum):
    """Where a duty stands."""

    OPEN = "open"
    SATISFIED = "satisfied"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Duty:
    """What `owner` must do about a person, opened by an event, by `due_at`.

    `kind` names what must be done; `matter` the thing it is about, so that a later event of the
    same matter can satisfy it. `expected_of` is an agency where a reply is awaited.
    """

    id: UUID
    kind: str
    matter: str
    person_id: UUID
    owner: str
    what: str
    due_at: datetime
    opened_by: tuple[str, str]
    rule: str
    state: DutyState = DutyState.OPEN
    notice_id: UUID | None = None
    expected_of: str | None = None
