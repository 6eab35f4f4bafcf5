"""Duties: something somebody must do by an instant, and the ways in which that instant is named.

A flow says *when* in the words of practice (`WithinWorkingHours(1)`); the working calendar turns
them into an instant when the notice is raised, so that flows need no calendar and no clock.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, assert_never
from uuid import UUID

from msgspec import Struct

from streams.domain.calendar import WorkingCalendar


class WithinWorkingHours(Struct, frozen=True):
    """So many working hours after the notice is raised."""

    hours: float


class SameDay(Struct, frozen=True):
    """By the close of the day on which the notice is raised, or of the next working day."""


class WorkingDays(Struct, frozen=True):
    """By the close of the n-th working day after the notice is raised."""

    days: int


class At(Struct, frozen=True):
    """At an instant that the matter itself sets, such as a hearing."""

    instant: datetime


class BeforeDay(Struct, frozen=True):
    """By the close of the n-th working day before a day that the matter itself sets."""

    day: date
    days: int


class AfterDay(Struct, frozen=True):
    """By the close of the n-th working day after a day that the matter itself sets."""

    day: date
    days: int


Due = WithinWorkingHours | SameDay | WorkingDays | At | BeforeDay | AfterDay

ANSWERS_KEPT: Final = 1_024
"""Deadlines kept: everything raised in one batch is raised at one instant, with a few deadlines."""


@lru_cache(maxsize=ANSWERS_KEPT)
def due_at(due: Due, raised_at: datetime, calendar: WorkingCalendar) -> datetime:
    """Return the instant, in UTC, at which something raised at `raised_at` falls due.

    What the matter itself set may have passed by then; it falls due when it is raised.
    """
    match due:
        case WithinWorkingHours(hours):
            return calendar.add_working_hours(raised_at, hours)
        case SameDay():
            return calendar.end_of_same_day(raised_at)
        case WorkingDays(days):
            return calendar.add_working_days(raised_at, days)
        case At(instant):
            return max(instant, raised_at)
        case BeforeDay(day, days):
            return max(calendar.close_before(day, days), raised_at)
        case AfterDay(day, days):
            noon = datetime.combine(day, time(12), UTC)
            return max(calendar.add_working_days(noon, days), raised_at)
        case _:
            assert_never(due)


class DutyState(StrEnum):
    """Where a duty stands."""

    OPEN = "open"
    OVERDUE = "overdue"
    SATISFIED = "satisfied"
    WITHDRAWN = "withdrawn"


OVERDUE_PREFIX: Final = "overdue"
UNDONE: Final = frozenset({DutyState.OPEN, DutyState.OVERDUE})
"""States in which somebody still has to do it."""


class Duty(Struct, frozen=True):
    """What `owner` must do about a person, opened by an event, by `due_at`.

    `kind` names what must be done; `matter` the thing it is about, so that a later event of the
    same matter can satisfy it. `expected_of` is an agency where a reply is awaited. `facts` is what
    its flow needs to say that it is overdue (JSON values; dates as ISO text). `meant` is whose it
    is while somebody stands in for them; `satisfied_by` the event that satisfied it, if one did.
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
    facts: Mapping[str, Any] = {}
    meant: str | None = None
    satisfied_by: tuple[str, str] | None = None


def overdue_matter(duty: Duty) -> str:
    """Name the matter of what is told in common words when a duty is overdue: one for each."""
    return f"{OVERDUE_PREFIX}:{duty.kind}:{duty.matter}"


def duty_matter(matter: str) -> str:
    """Return the matter of the duty that such a notice is about; of any other notice, its own."""
    prefix, _, rest = matter.partition(":")
    return rest.partition(":")[2] if prefix == OVERDUE_PREFIX else matter
