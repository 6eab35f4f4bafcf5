"""What agencies say of safeguarding checks and of who is assigned, in one line each."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from world_builder import (
    NOW,
    NPS,
    PERSON,
    Person,
    Said,
    a_county,
    a_team,
    allocated,
    an_officer,
    assigned,
    event,
    holds,
    listed,
)
from world_programmes import time_passes
from world_run import World

if TYPE_CHECKING:
    from streams.domain.notices import Notice

HEARING: Final = NOW + timedelta(days=14)
"""The hearing of `listed()`, on a Monday at ten."""
COURT: Final = "ENF01"
"""Who asks as a court officer: somebody of the public service."""
HUB: Final = "OFF03"
"""Who holds the role of probation officer in the safeguarding hub."""
SERVICE: Final = (
    a_team("CBR", "MGR02", provider=NPS),
    an_officer("MGR02", "CBR", provider=NPS),
    an_officer(COURT, "CBR", provider=NPS),
    an_officer(HUB, None, provider=NPS),
    holds("court_duty_officer", COURT, NPS),
    holds("mash_probation_officer", HUB, NPS),
)
"""The public service's side: a court officer with a manager, and the hub's officer."""


def asked(kind: str = "childrens_services", person: Person = PERSON, **fields: object) -> Said:
    """Return that the court officer asked a check for the hearing in two weeks."""
    of = {"childrens_services": "durham-mash", "police_callouts": "durham-police"}
    known: dict[str, object] = {
        "check_reference": "CHK-1",
        "kind": kind,
        "asked_of": of[kind],
        "asked_by": COURT,
        "asked_as": "court_officer",
        "stage": "before_sentence",
        "hearing_at": HEARING,
        "domestic_abuse_flagged": False,
        "children_flagged": False,
    }
    return event("safeguarding.check_asked", person.reference("crn"), **(known | fields))


def asked_by_officer(kind: str = "childrens_services", **fields: object) -> Said:
    """Return that the responsible officer asked a check after sentence."""
    known: dict[str, object] = {
        "asked_by": "OFF01",
        "asked_as": "responsible_officer",
        "stage": "after_sentence",
        "hearing_at": None,
    }
    return asked(kind, **(known | fields))


def replied(outcome: str = "no_trace", person: Person = PERSON, **fields: object) -> Said:
    """Return that children's services answered the check."""
    known: dict[str, object] = {
        "publisher": "durham-mash",
        "check_reference": "CHK-1",
        "kind": "childrens_services",
        "outcome": outcome,
    }
    return event("safeguarding.check_replied", person.reference("pnc"), **(known | fields))


def police_replied(outcome: str = "no_trace", **fields: object) -> Said:
    """Return that the police answered the check."""
    known: dict[str, object] = {"publisher": "durham-police", "kind": "police_callouts"}
    return replied(outcome, **(known | fields))


def check_withdrawn(kind: str = "childrens_services", **fields: object) -> Said:
    """Return that nobody needs the answer any more."""
    known = {"check_reference": "CHK-1", "kind": kind, "reason": "no_longer_needed"}
    reference = PERSON.reference("crn")
    return event("safeguarding.check_withdrawn", reference, **(known | fields))


def newly_allocated(person: Person = PERSON, **fields: object) -> Said:
    """Return that the CRC has the person from now on."""
    return allocated(person, **({"effective_at": NOW, "at": NOW} | fields))


def newly_assigned(person: Person = PERSON, officer: str = "OFF02", **fields: object) -> Said:
    """Return that an officer has the person from now on."""
    return assigned(person, officer, **({"effective_at": NOW, "at": NOW} | fields))


NOTICE_STORIES: Final[dict[str, tuple[Said, ...]]] = {
    "checks": (
        asked(),
        replied("child_in_need", children_count=1, children_age_bands=["unborn"]),
        asked("police_callouts", check_reference="CHK-2", hearing_at=None),
        police_replied("known", check_reference="CHK-2", callouts=3),
    ),
    "assignment": (newly_allocated(team="SEA"), newly_assigned()),
}
"""What brings about every kind of notice of these flows, but for what is overdue."""


def told_when_overdue() -> list[Notice]:
    """Return what is told where a check is not answered, and another is not asked."""
    world, said = World(), (asked(), listed())
    world.send(*a_county(), *SERVICE, *said)
    return [each.notice for each in time_passes(world, *said, at=HEARING + timedelta(days=1))]
