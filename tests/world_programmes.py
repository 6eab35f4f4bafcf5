"""What programme providers, treatment providers and laboratories say of the made-up people."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from world_builder import (
    CRC,
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
)
from world_run import RULES, World, remembered

from streams.domain.acts import DutyFell
from streams.domain.duties import DutyState
from streams.pipeline import prepare
from streams.pipeline.acting import act

if TYPE_CHECKING:
    from datetime import datetime

    from streams.domain.notices import Notice
    from streams.domain.passage import Told

TODAY: Final = NOW.date()
EPISODE: Final = "BBR-1"
PROGRAMME: Final = "programme:BBR-1"
REQUIREMENT: Final = "REQ-1"
_PLACE: Final[dict[str, object]] = {
    "episode_reference": EPISODE,
    "programme": "Building Better Relationships",
    "run_by": CRC,
    "enforceable_basis": "requirement",
}
NPS_TEAM: Final = "DUR"
NPS_CASE: Final = (
    a_team(NPS_TEAM, None, provider=NPS),
    an_officer("NPS01", NPS_TEAM, provider=NPS),
    allocated(provider=NPS, team=NPS_TEAM, effective_at=NOW - timedelta(days=30)),
    assigned(officer="NPS01", provider=NPS, team=NPS_TEAM, effective_at=NOW - timedelta(days=30)),
)
"""The person's case is with the public service since a month ago."""
PROGRAMME_STAFF: Final = (
    a_team("PRG", "MGR02"),
    an_officer("MGR02", "PRG"),
    an_officer("TUT01", "PRG", grade="other"),
    an_officer("WSW01", None, grade="other"),
    holds("duty_desk", "DESK01"),
)
"""A tutor with a manager, and a women's safety worker."""


def _of_place(name: str, person: Person, at: datetime, fields: dict[str, object]) -> Said:
    """Return what the provider says of a place."""
    return event(f"programmes.{name}", person.reference("crn"), at=at, **(_PLACE | fields))


def days(number: int) -> date:
    """Return the day so many days from today."""
    return TODAY + timedelta(days=number)


def referred(person: Person = PERSON, at: datetime = NOW, **fields: object) -> Said:
    """Return that the provider has a referral, to start within two months."""
    known: dict[str, object] = {"referred_on": TODAY, "start_by_on": days(63)}
    return _of_place("referred", person, at, known | fields)


def waiting(person: Person = PERSON, at: datetime = NOW, **fields: object) -> Said:
    """Return that the person waits for a place."""
    return _of_place("waiting_listed", person, at, {"listed_on": TODAY, **fields})


def placed(person: Person = PERSON, at: datetime = NOW, **fields: object) -> Said:
    """Return that the person starts in three weeks."""
    return _of_place("placed", person, at, {"starts_on": days(21), **fields})


def started(person: Person = PERSON, at: datetime = NOW, **fields: object) -> Said:
    """Return that the person started today."""
    return _of_place("started", person, at, {"started_on": TODAY, **fields})


def attended(session: str = "S1", person: Person = PERSON, **fields: object) -> Said:
    """Return that the person attended a session."""
    known: dict[str, object] = {"session_reference": session, "session_on": TODAY}
    return event(
        "programmes.session_attended", person.reference("crn"), **(_PLACE | known | fields)
    )


def missed(session: str = "S1", person: Person = PERSON, **fields: object) -> Said:
    """Return that the person missed a session, and says that they were at work."""
    known: dict[str, object] = {"session_reference": session, "session_on": TODAY}
    said = _PLACE | known | {"stated_reason": "work"} | fields
    return event("programmes.session_missed", person.reference("crn"), **said)


def progress(person: Person = PERSON, at: datetime = NOW, **fields: object) -> Said:
    """Return that the provider wrote a report."""
    known: dict[str, object] = {"report_reference": "R1", "reported_on": TODAY}
    return _of_place("progress_reported", person, at, known | fields)


def completed(person: Person = PERSON, at: datetime = NOW, **fields: object) -> Said:
    """Return that the person completed the programme."""
    return _of_place("completed", person, at, {"completed_on": TODAY, **fields})


def withdrawn(person: Person = PERSON, at: datetime = NOW, **fields: object) -> Said:
    """Return that the person was withdrawn, since they had moved."""
    return _of_place("withdrawn", person, at, {"withdrawn_on": TODAY, "reason": "moved"} | fields)


def suspended(person: Person = PERSON, at: datetime = NOW, **fields: object) -> Said:
    """Return that the officer tells the tutor of a recall."""
    known: dict[str, object] = {"episode_reference": EPISODE, "tutor": "TUT01"}
    said = known | {"cause": "recalled", "from_on": TODAY} | fields
    return event("case.programme_suspended", person.reference("crn"), at=at, **said)


def cautioned_tutor(person: Person = PERSON, at: datetime = NOW, **fields: object) -> Said:
    """Return that the officer gives the tutor a safety caution."""
    known: dict[str, object] = {"episode_reference": EPISODE, "tutor": "TUT01"}
    said = known | {"caution": "Do not meet him alone after the session."} | fields
    return event("case.safety_caution_given", person.reference("crn"), at=at, **said)


def expected(test: str = "T1", person: Person = PERSON, **fields: object) -> Said:
    """Return that the result of a test is to be reported by Friday."""
    known = {"requested_on": TODAY, "report_by_on": days(4), "requirement_id": REQUIREMENT}
    said = {"test_reference": test} | known | fields
    return event("treatment.result_expected", person.reference("crn"), **said)


def found(substance: str = "cocaine", **fields: object) -> dict[str, Any]:
    """Return what a screen found of a substance."""
    known = {"is_positive": True, "standing": "presumptive"}
    return {"substance": substance, **known, "cut_off": 15.0, "cut_off_unit": "ng_per_ml", **fields}


def reported(outcome: str = "positive", test: str = "T1", **fields: object) -> Said:
    """Return how a test of today ended."""
    person = fields.pop("of", PERSON)
    assert isinstance(person, Person)
    known: dict[str, object] = {"test_on": TODAY, "requirement_id": REQUIREMENT}
    if outcome in {"positive", "negative"}:
        known["findings"] = [found(is_positive=outcome == "positive")]
    said = {"test_reference": test, "outcome": outcome} | known | fields
    return event("treatment.result_reported", person.reference("crn"), **said)


def time_passes(world: World, *said: Said, at: datetime) -> list[Told]:
    """Let every duty that these events opened pass its time; return what is told."""
    opened = {each.key: prepare(each.raw(), each.feed, RULES).opened for each in said}
    openers = {
        duty.id: found
        for duty in world.duties
        if (found := opened.get(duty.opened_by)) is not None and duty.state is DutyState.OPEN
    }
    acts = [DutyFell(each) for each in openers]
    seqs = range(world.seq + 1, world.seq + 1 + len(acts))
    work = act(acts, replace(world.loaded, openers=openers), RULES, at=at, seqs=seqs)
    world.seq += len(acts)
    world.loaded = remembered(work)
    return [told for _, told in work.told]


NOTICE_STORIES: Final[dict[str, tuple[Said, ...]]] = {
    "programme": (
        waiting(expected_start_on=days(80), start_by_on=days(63)),
        placed(),
        started(womens_safety_worker="WSW01"),
        missed("S1"),
        missed("S2", stated_reason="health", womens_safety_worker="WSW01"),
        attended("S2"),
        progress(),
        withdrawn(womens_safety_worker="WSW01"),
        suspended(),
        cautioned_tutor(),
    ),
    "tests": (
        reported(
            findings=[
                found("opiates", prescribed_medicine="codeine"),
                found(cut_off=None, cut_off_unit=None),
            ],
            specimen="urine",
            method="immunoassay",
        ),
        reported("negative"),
        reported("diluted", "T2", specimen="urine"),
        reported("missed", "T3"),
    ),
}
"""What brings about every kind of notice of these flows, but for what is overdue."""


def told_when_overdue() -> list[Notice]:
    """Return what is told where nobody was placed in time and a result was not reported."""
    world, said = World(), (referred(start_by_on=None), expected())
    world.send(*a_county(), *said)
    told = time_passes(world, *said, at=NOW + timedelta(days=60))
    told += time_passes(world, *said, at=NOW + timedelta(days=70))
    return [each.notice for each in told]
