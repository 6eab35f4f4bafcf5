"""What programme and treatment providers say in the made-up traffic."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import world_programmes as said_of
from world_builder import CRC, NPS, Person, Said, event

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.traffic import Traffic

PLACES: Final = 10
TESTS: Final = 12
REQUIREMENTS: Final = ("RQ-1", "RQ-2", None)
OUTCOMES: Final = (
    *("positive", "positive", "negative", "negative"),
    *("diluted", "adulterated", "refused", "missed"),
)
WORKERS: Final = (None, None, "WSW01", "OFF02", "OFF03")
TUTORS: Final = ("TUT01", "OFF02")


def _whose(traffic: Traffic, kind: str, most: int) -> tuple[Person, str]:
    """Draw a place or a test of a person, so few that its steps meet."""
    number = traffic.rng.randrange(most)
    return traffic.people[number % len(traffic.people)], f"{kind}-{number}"


def _day(traffic: Traffic, *days: int) -> date:
    """Draw a day so many days from now."""
    return traffic.now.date() + timedelta(days=traffic.rng.choice(days))


def _sent(traffic: Traffic, said: Said) -> Said:
    """Let an event come now, with times and handling of its own."""
    return Said(said.type, said.but(**traffic.when()).record, traffic.now)


def of_place(traffic: Traffic) -> Said:
    """Say a step of somebody's place on a programme, or what the officer tells the tutor."""
    person, episode = _whose(traffic, "EP", PLACES)
    said = traffic.rng.choice(STEPS)(traffic, person)
    place = {"episode_reference": episode}
    if said.type.startswith("programmes."):
        basis = traffic.rng.choice(("requirement", "rar", "voluntary"))
        place |= {"run_by": traffic.rng.choice((CRC, NPS)), "enforceable_basis": basis}
    return _sent(traffic, said.but(**place))


def _referred(traffic: Traffic, person: Person) -> Said:
    """Refer somebody, at times without a last day for the start."""
    last = traffic.rng.choice((None, _day(traffic, 3, 20, 60)))
    return said_of.referred(person, start_by_on=last)


def _waiting(traffic: Traffic, person: Person) -> Said:
    """Let somebody wait, at times for too long."""
    days = {"expected_start_on": _day(traffic, 10, 90), "start_by_on": _day(traffic, 30, 60)}
    return said_of.waiting(person, **(days if traffic.is_so(0.7) else {}))


def _placed(traffic: Traffic, person: Person) -> Said:
    """Give somebody a place, soon or later."""
    return said_of.placed(person, starts_on=_day(traffic, -1, 2, 6, 7, 8, 30))


def _started(traffic: Traffic, person: Person) -> Said:
    """Let somebody start."""
    return said_of.started(person, womens_safety_worker=traffic.rng.choice(WORKERS))


def _attended(traffic: Traffic, person: Person) -> Said:
    """Let somebody attend one of few sessions."""
    return said_of.attended(f"S{traffic.rng.randrange(4)}", person)


def _missed(traffic: Traffic, person: Person) -> Said:
    """Let somebody miss one of few sessions."""
    worker = traffic.rng.choice(WORKERS)
    return said_of.missed(f"S{traffic.rng.randrange(4)}", person, womens_safety_worker=worker)


def _progress(traffic: Traffic, person: Person) -> Said:
    """Report on somebody, at times asking for contact."""
    return said_of.progress(person, asks_for_contact=traffic.is_so(0.5))


def _ended(traffic: Traffic, person: Person) -> Said:
    """Let a place end."""
    end = traffic.rng.choice((said_of.completed, said_of.withdrawn))
    return end(person, womens_safety_worker=traffic.rng.choice(WORKERS))


def _to_tutor(traffic: Traffic, person: Person) -> Said:
    """Tell the tutor of a recall, or give a caution."""
    tell = traffic.rng.choice((said_of.suspended, said_of.cautioned_tutor))
    return tell(person, tutor=traffic.rng.choice(TUTORS))


def of_test(traffic: Traffic) -> Said:
    """Say that a result is expected, or how a test ended."""
    person, test = _whose(traffic, "TS", TESTS)
    asked = {"requirement_id": traffic.rng.choice(REQUIREMENTS), "consented": traffic.is_so(0.5)}
    if traffic.is_so(0.4):
        days = {"requested_on": _day(traffic, 0, -5), "report_by_on": _day(traffic, -2, 3, 10)}
        return _sent(traffic, said_of.expected(test, person, **asked, **days))
    outcome = traffic.rng.choice(OUTCOMES)
    found: dict[str, Any] = {"test_on": _day(traffic, 0, -5)}
    if outcome in {"positive", "negative"}:
        standing = traffic.rng.choice(("presumptive", "confirmed"))
        named = {"is_positive": outcome == "positive", "standing": standing}
        found["findings"] = [said_of.found(**named)]
    return _sent(traffic, said_of.reported(outcome, test, of=person, **asked, **found))


def requirement_ended(traffic: Traffic) -> Said:
    """End a requirement."""
    person = traffic.rng.choice(traffic.people)
    ended = {"requirement_id": "RQ-1", "ended_on": _day(traffic, -9, -2, 0)}
    said = event("case.requirement_ended", person.reference("crn"), **ended)
    return Said(said.type, said.record, traffic.now)


STEPS: Final[tuple[Callable[[Traffic, Person], Said], ...]] = (
    *(_referred, _referred, _waiting, _placed, _started, _attended, _missed, _missed),
    *(_missed, _progress, _ended, _to_tutor),
)
