"""Who must know of a step of a place on a programme, and how soon: the rule alone."""

from __future__ import annotations

import pytest
from flows.programme_views import (
    STEPS,
    WORKER,
    decided,
    kinds_told,
    known,
    officer_told,
    told,
)
from msgspec.structs import replace
from world_builder import Said, callout
from world_programmes import (
    PROGRAMME,
    attended,
    cautioned_tutor,
    completed,
    days,
    missed,
    placed,
    progress,
    referred,
    started,
    suspended,
    waiting,
    withdrawn,
)

from streams.domain.duties import BeforeDay
from streams.domain.instructions import (
    FactKind,
    Record,
    Satisfy,
    Withdraw,
)
from streams.domain.notices import Urgency
from streams.domain.programme_events import (
    PROGRAMME_EVENTS,
)
from streams.flows.programme_session import FLOW


def test_the_steps_are_all_that_are_published() -> None:
    """No event type of a place is forgotten here."""
    assert {said.type for said in STEPS.values()} == set(PROGRAMME_EVENTS) == set(FLOW.events)


@pytest.mark.parametrize("name", STEPS)
def test_every_step_ends_somewhere_and_is_about_its_place(name: str) -> None:
    """Each step has an instruction, and every notice of it is about the place."""
    said = STEPS[name]
    assert decided(said)
    assert {each.matter for each in told(said)} <= {PROGRAMME}
    assert FLOW.matters(said.model()) == (PROGRAMME,)


@pytest.mark.parametrize(
    ("said", "notices"),
    [
        (referred(), []),
        (waiting(), []),
        (waiting(expected_start_on=days(63), start_by_on=days(63)), []),
        (waiting(expected_start_on=days(64)), []),
        (waiting(expected_start_on=days(64), start_by_on=days(63)), ["programme_session"]),
        (placed(), ["programme_session"]),
        (started(), ["programme_session"]),
        (attended(), []),
        (missed(), ["programme_session"]),
        (missed(**WORKER), ["programme_session"]),
        (progress(), ["programme_session"]),
        (completed(), ["programme_session"]),
        (completed(**WORKER), ["programme_session", "programme_safety_worker"]),
        (withdrawn(), ["programme_session"]),
        (withdrawn(**WORKER), ["programme_session", "programme_safety_worker"]),
        (suspended(), ["programme_tutor"]),
        (cautioned_tutor(), ["programme_tutor"]),
    ],
)
def test_who_hears_of_a_first_step(said: Said, notices: list[str]) -> None:
    """What needs nobody is recorded; a worker and a tutor are told where they are named."""
    assert kinds_told(said) == notices
    assert notices or any(isinstance(each, Record) for each in decided(said))


@pytest.mark.parametrize(
    ("said", "urgency"),
    [
        (placed(starts_on=days(21)), Urgency.NEXT_WORKING_DAY),
        (placed(starts_on=days(7)), Urgency.NEXT_WORKING_DAY),
        (placed(starts_on=days(6)), Urgency.SAME_DAY),
        (placed(starts_on=days(-1)), Urgency.SAME_DAY),
        (started(), Urgency.NEXT_WORKING_DAY),
        (missed(), Urgency.NEXT_WORKING_DAY),
        (progress(), Urgency.DIGEST),
        (progress(asks_for_contact=True), Urgency.NEXT_WORKING_DAY),
        (completed(), Urgency.DIGEST),
        (withdrawn(), Urgency.NEXT_WORKING_DAY),
    ],
)
def test_how_soon_the_officer_hears(said: Said, urgency: Urgency) -> None:
    """Source: FLOWS row 3; less than five working days before a start the same day is left."""
    assert officer_told(said).urgency is urgency


def test_the_officer_prepares_the_person_five_working_days_before() -> None:
    """Motivating and encouraging is asked for by the day from which five working days are left."""
    (task,) = officer_told(placed(starts_on=days(21))).tasks
    assert task.due == BeforeDay(days(21), 5)
    assert "motivate and encourage" in task.what


def test_a_start_that_was_told_before_tells_the_safety_worker_alone() -> None:
    """The officer had the day of the start; nobody needs to be told that it came."""
    facts = (known(FactKind.PROGRAMME_PLACED),)
    assert kinds_told(started(**WORKER), *facts) == ["programme_safety_worker"]
    assert kinds_told(started(), *facts) == []
    assert "nobody had said so before" in officer_told(started()).why


def test_the_safety_worker_hears_from_the_second_absence_on() -> None:
    """One absence is the officer's alone; the second and each after it are hers too."""
    first = known(FactKind.PROGRAMME_SESSION_MISSED, "S1")
    second = known(FactKind.PROGRAMME_SESSION_MISSED, "S2")
    for facts, absences in (((), 1), ((first,), 2), ((first, second), 3)):
        tells = told(missed("S3", **WORKER), *facts)
        assert len(tells) == (1 if absences == 1 else 2)
        assert tells[-1].facts["absences"] == absences
    assert kinds_told(missed("S3"), first) == ["programme_session"]


def test_one_session_that_is_reported_twice_is_one_absence() -> None:
    """The same session again is no second absence, and one of another place is none of this."""
    first = known(FactKind.PROGRAMME_SESSION_MISSED, "S1")
    other = replace(first, matter="programme:OTHER:session:S9")
    for facts in ((first,), (other,)):
        (said,) = told(missed("S1", **WORKER), *facts)
        assert said.facts["absences"] == 1


def test_an_absence_that_was_put_right_counts_no_more() -> None:
    """A session that the provider then calls attended is asked about, and is no absence."""
    first = known(FactKind.PROGRAMME_SESSION_MISSED, "S1")
    said = officer_told(attended("S1"), first)
    assert (said.facts["happened"], said.facts["absences"]) == ("session_attended", 0)
    assert "Ask the provider which is right" in said.tasks[0].what
    after = known(FactKind.PROGRAMME_SESSION_ATTENDED, "S1")
    assert kinds_told(missed("S2", **WORKER), first, after) == ["programme_session"]
    assert kinds_told(attended("S1"), first, after) == []


@pytest.mark.parametrize("said", [referred(), waiting(), placed(), started(**WORKER)])
def test_what_comes_after_the_end_changes_nothing(said: Said) -> None:
    """A step before the end that is told after it tells nobody."""
    (record,) = decided(said, known(FactKind.PROGRAMME_ENDED))
    assert isinstance(record, Record)


@pytest.mark.parametrize("kind", [FactKind.PROGRAMME_PLACED, FactKind.PROGRAMME_STARTED])
@pytest.mark.parametrize(
    "said", [referred(), waiting(expected_start_on=days(80), start_by_on=days(63))]
)
def test_what_comes_after_a_place_awaits_none(said: Said, kind: FactKind) -> None:
    """A referral or a wait that is told after the place is expected of nobody."""
    (record,) = decided(said, known(kind))
    assert isinstance(record, Record)


def test_a_place_that_is_told_after_the_start_tells_nobody() -> None:
    """The officer was told of the start, and prepares nobody for what has been."""
    assert told(placed(), known(FactKind.PROGRAMME_STARTED)) == []


def test_an_absence_that_is_told_after_the_end_is_the_officers_alone() -> None:
    """The officer decides about every absence; the safety worker knows that it is over."""
    facts = (known(FactKind.PROGRAMME_SESSION_MISSED, "S1"), known(FactKind.PROGRAMME_ENDED))
    assert kinds_told(missed("S2", **WORKER), *facts) == ["programme_session"]


@pytest.mark.parametrize("said", [placed(), started(), completed(), withdrawn()])
def test_a_place_or_its_end_is_awaited_no_more(said: Said) -> None:
    """Whoever has a place, started or ended waits for none, and the manager is told so."""
    instructions = decided(said)
    assert Satisfy("programme_place", PROGRAMME) in instructions
    assert Withdraw("programme_not_placed", PROGRAMME) in instructions


def test_another_event_is_a_defect() -> None:
    """The rule decides about programmes only."""
    with pytest.raises(TypeError, match="DomesticAbuseCallout"):
        decided(callout())
