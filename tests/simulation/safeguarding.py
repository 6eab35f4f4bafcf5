"""What is asked, answered and withdrawn of safeguarding checks in the made-up traffic."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import world_checks as said_of
from world_builder import Said

if TYPE_CHECKING:
    from simulation.traffic import Traffic

CHECKS: Final = 16
KINDS: Final = ("police_callouts", "childrens_services")
ASKERS: Final = (
    ("court_officer", "ENF01"),
    ("mash_officer", "OFF03"),
    ("responsible_officer", "OFF01"),
    ("responsible_officer", "OFF02"),
)
OF_CHILDREN: Final = ("child_protection_plan", "child_in_need")
OUTCOMES: Final = ("known", "previously_known", "cannot_answer", "no_trace")


def check(traffic: Traffic) -> Said:
    """Ask one of few checks, answer it, or say that nobody needs it."""
    number = traffic.rng.randrange(CHECKS)
    person, kind = traffic.people[number % len(traffic.people)], KINDS[number % 2]
    named = {"check_reference": f"CHK-{number}"}
    step = traffic.rng.randrange(10)
    if step < 5:
        as_, by = traffic.rng.choice(ASKERS)
        hearing = traffic.now + timedelta(days=traffic.rng.choice((-1, 3, 20)))
        flags = {"domestic_abuse_flagged": traffic.is_so(0.3), "children_flagged": False}
        asked = {"asked_as": as_, "asked_by": by, **flags}
        asked["hearing_at"] = hearing if traffic.is_so(0.5) else None
        return _sent(traffic, said_of.asked(kind, person, **named, **asked))
    if step < 9:
        police = kind == "police_callouts"
        outcome = traffic.rng.choice(OUTCOMES if police else (*OUTCOMES, *OF_CHILDREN))
        publisher = "durham-police" if police else "durham-mash"
        said = said_of.replied(outcome, person, publisher=publisher, kind=kind, **named)
        return _sent(traffic, said)
    gone = said_of.check_withdrawn(kind, **named).but(person=person.reference("crn"))
    return _sent(traffic, gone)


def _sent(traffic: Traffic, said: Said) -> Said:
    """Let an event come now, with times and handling of its own."""
    return Said(said.type, said.but(**traffic.when()).record, traffic.now)
