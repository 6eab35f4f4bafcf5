"""Who is told after whom, and how long each has: fixed for a notice when it is raised."""

from collections.abc import Mapping
from typing import Final

from streams.domain.directory_events import Role
from streams.domain.duties import Due, SameDay, WithinWorkingHours, WorkingDays
from streams.domain.instructions import Addressee
from streams.domain.notices import Urgency

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
}
"""Source: FLOWS, promise of somebody: holder, cover, that role's manager, desk."""
RUNG_HOURS: Final = {
    Urgency.IMMEDIATE: 1.0,
    Urgency.SAME_DAY: 4.0,
    Urgency.NEXT_WORKING_DAY: 8.0,
    Urgency.DIGEST: 40.0,
}
"""Assumed: working hours that each rung has, but for immediate (FLOWS rule 6)."""
SERVICE_ROLES: Final = {
    Addressee.COURT_DUTY_OFFICER: Role.COURT_DUTY_OFFICER,
    Addressee.MASH_PROBATION_OFFICER: Role.MASH_PROBATION_OFFICER,
}
"""Addressees who hold a role of the public service, whichever provider has the person.

Source: FLOWS, roles: employer NPS.
"""
