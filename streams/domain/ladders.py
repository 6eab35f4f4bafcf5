"""Who is told after whom, and how long each has: fixed for a notice when it is raised."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from streams.domain.calendar import WorkingCalendar
from streams.domain.directory_events import Role
from streams.domain.duties import Due, SameDay, WithinWorkingHours, WorkingDays, due_at
from streams.domain.instructions import Addressee
from streams.domain.notices import Rung, Urgency

READ_BY: Final[Mapping[Urgency, Due | None]] = {
    Urgency.IMMEDIATE: WithinWorkingHours(1),
    Urgency.SAME_DAY: SameDay(),
    Urgency.NEXT_WORKING_DAY: WorkingDays(1),
    Urgency.DIGEST: None,
}
"""Source: FLOWS rule 6; one working hour for immediate is assumed there."""
LADDERS: Final[Mapping[Addressee, tuple[str, ...]]] = {
    Addressee.RESPONSIBLE_OFFICER: ("responsible_officer", "cover", "manager", "duty_desk"),
    Addressee.ENFORCEMENT_OFFICER: ("enforcement_officer", "cover", "manager", "duty_desk"),
    Addressee.MANAGER: ("manager", "cover", "duty_desk"),
    Addressee.ALLOCATION_DESK: ("allocation_desk", "duty_desk"),
    Addressee.DUTY_DESK: ("duty_desk",),
    Addressee.COURT_DUTY_OFFICER: ("court_duty_officer", "cover", "manager", "duty_desk"),
    Addressee.MASH_PROBATION_OFFICER: ("mash_probation_officer", "cover", "manager", "duty_desk"),
    Addressee.NAMED_OFFICER: ("named_officer", "cover", "manager", "duty_desk"),
    Addressee.REVIEW_DESK: ("review_desk", "manager", "duty_desk"),
}
"""Source: FLOWS, promise of somebody: holder, cover, that role's manager, desk; and rule 9."""
RUNG_HOURS: Final = {
    Urgency.IMMEDIATE: 1.0,
    Urgency.SAME_DAY: 4.0,
    Urgency.NEXT_WORKING_DAY: 8.0,
    Urgency.DIGEST: 40.0,
}
"""Assumed: working hours that each rung has, but for immediate (FLOWS rule 6)."""
RUNGS: Final = {
    (to, urgency): tuple(Rung(role, hours) for role in roles)
    for to, roles in LADDERS.items()
    for urgency, hours in RUNG_HOURS.items()
}
"""The ladder of a notice, by whom it is for and how urgent it is."""
RINGS_OUT_OF_HOURS: Final = frozenset(
    {
        "release_without_address",
        "unlawfully_at_large",
        "approved_premises_absence",
        "recall_issued",
        "imminent_threat",
    }
)
"""Types of notice that do not wait for the opening of offices.

Source: FLOWS rule 6, the named list; none of the flows so far has one, the rest waits.
"""
SERVICE_ROLES: Final = {
    Addressee.COURT_DUTY_OFFICER: Role.COURT_DUTY_OFFICER,
    Addressee.MASH_PROBATION_OFFICER: Role.MASH_PROBATION_OFFICER,
}
"""Addressees who hold a role of the public service, whichever provider has the person.

Source: FLOWS, roles: employer NPS.
"""


def read_by(
    notice_type: str, urgency: Urgency, at: datetime, calendar: WorkingCalendar
) -> datetime | None:
    """Return by when somebody must have acknowledged what they are told at an instant."""
    due = READ_BY[urgency]
    if due is None:
        return None
    if notice_type in RINGS_OUT_OF_HOURS:
        return at + timedelta(hours=RUNG_HOURS[urgency])
    return due_at(due, at, calendar)


def rung_ends(
    notice_type: str, working_hours: float, at: datetime, calendar: WorkingCalendar
) -> datetime:
    """Return when a rung that is reached at an instant has waited for long enough."""
    if notice_type in RINGS_OUT_OF_HOURS:
        return at + timedelta(hours=working_hours)
    return calendar.add_working_hours(at, working_hours)


def may_ring(notice_type: str, at: datetime, calendar: WorkingCalendar) -> bool:
    """Answer whether the next rung may be rung at an instant, or waits for the opening."""
    return notice_type in RINGS_OUT_OF_HOURS or calendar.within_hours(at)
