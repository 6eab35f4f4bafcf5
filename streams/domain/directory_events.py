"""The staff directory as it arrives: teams, officers, absences with cover, and roles."""

from datetime import date
from enum import StrEnum
from typing import Final

from pydantic import AwareDatetime

from streams.domain.records import Choice, Code, Event, Text


class Grade(StrEnum):
    """What an officer is.

    Source: C18, the case manager grades of this area. A desk is a staffed mailbox, so that a duty
    desk can hold a role like anybody.
    """

    PO = "PO"
    PSO = "PSO"
    MANAGER = "manager"
    DESK = "desk"
    OTHER = "other"


class Role(StrEnum):
    """The roles of FLOWS that somebody holds for a whole provider."""

    DUTY_DESK = "duty_desk"
    RESTRICTED_ACCESS_LEAD = "restricted_access_lead"
    ALLOCATION_DESK = "allocation_desk"
    COURT_DUTY_OFFICER = "court_duty_officer"
    MASH_PROBATION_OFFICER = "mash_probation_officer"
    ENFORCEMENT_OFFICER = "enforcement_officer"
    ENFORCEMENT_MANAGER = "enforcement_manager"
    INTERFACE_OFFICER = "interface_officer"
    VICTIM_LIAISON_OFFICER = "victim_liaison_officer"
    HEAD_OF_LDU = "head_of_ldu"
    MAPPA_COORDINATOR = "mappa_coordinator"
    CASE_ADMINISTRATOR = "case_administrator"


class TeamRecorded(Event):
    """A team exists, or changed its name or manager, from `effective_at`."""

    provider: Code
    team: Code
    name: Text
    manager: Code | None = None
    effective_at: AwareDatetime


class OfficerRecorded(Event):
    """An officer exists, or changed grade, team, provider or contact route, from `effective_at`."""

    officer: Code
    name: Text
    grade: Choice[Grade]
    team: Code | None = None
    provider: Code
    email: Text | None = None
    phone: Text | None = None
    verified_on: date | None = None
    effective_at: AwareDatetime


class OfficerLeft(Event):
    """An officer left at `left_at` and receives nothing after it."""

    officer: Code
    left_at: AwareDatetime


class AbsenceRecorded(Event):
    """An officer is away from `starts_at` until `ends_at`, if known, and `cover` stands in."""

    absence_id: Code
    officer: Code
    starts_at: AwareDatetime
    ends_at: AwareDatetime | None = None
    cover: Code | None = None


class AbsenceEnded(Event):
    """The officer is back at `ended_at`."""

    absence_id: Code
    ended_at: AwareDatetime


class RoleRecorded(Event):
    """Somebody holds a provider's role from `effective_at` until `ended_at`, if known."""

    role: Choice[Role]
    provider: Code
    holder: Code
    cover: Code | None = None
    effective_at: AwareDatetime
    ended_at: AwareDatetime | None = None


DIRECTORY_EVENTS: Final[dict[str, type[Event]]] = {
    "directory.team_recorded": TeamRecorded,
    "directory.officer_recorded": OfficerRecorded,
    "directory.officer_left": OfficerLeft,
    "directory.absence_recorded": AbsenceRecorded,
    "directory.absence_ended": AbsenceEnded,
    "directory.role_recorded": RoleRecorded,
}
