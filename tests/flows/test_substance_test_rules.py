"""Who must know of a test, as what a result is said, and what is left to people: the rule alone."""

from __future__ import annotations

import pytest
from flows.substance_views import (
    CONSENT,
    ENFORCEMENT,
    HELD,
    SERIES,
    TELLS,
    TEST,
    confirmed,
    counted,
    decided,
    fallen,
    kept,
    known,
    said_of,
    told,
)
from pydantic import ValidationError
from world_builder import NOW, PERSON, Said, callout, event
from world_folds import folded
from world_programmes import REQUIREMENT, days, expected, found, reported

from streams.domain.duties import AfterDay, WorkingDays
from streams.domain.instructions import (
    Addressee,
    Ask,
    CaseView,
    Expect,
    FactKind,
    Record,
    Satisfy,
    Tell,
    Withdraw,
)
from streams.domain.notices import Urgency
from streams.domain.substance_events import (
    SUBSTANCE_EVENTS,
    CutOffUnit,
    Method,
    SampleOutcome,
    Specimen,
    Standing,
    Substance,
)
from streams.flows.substance_test import FLOW, overdue


def test_the_events_are_all_that_are_published() -> None:
    """No event type of a test is forgotten here."""
    assert {expected().type, reported().type} == set(SUBSTANCE_EVENTS) == set(FLOW.events)
    for said in (expected(), reported()):
        assert FLOW.matters(said.model()) == (SERIES, TEST)


@pytest.mark.parametrize("outcome", SampleOutcome)
@pytest.mark.parametrize("basis", [{}, CONSENT])
def test_every_outcome_has_its_notice_the_same_day(
    outcome: SampleOutcome, basis: dict[str, object]
) -> None:
    """All but a negative is told on the day; every result closes what was awaited."""
    said = reported(outcome.value, **basis)
    tell = told(said)
    assert (tell.notice if tell else None) == TELLS[outcome.value]
    assert tell is None or tell.urgency is Urgency.SAME_DAY
    instructions = decided(said)
    assert Satisfy("test_result", TEST) in instructions
    assert Satisfy("test_result_after_asking", TEST) in instructions
    assert Withdraw("substance_test_unreported", TEST) in instructions
    assert FactKind.SUBSTANCE_TEST_REPORTED in kept(said)


@pytest.mark.parametrize("outcome", SampleOutcome)
def test_without_requirement_or_consent_nobody_is_told(outcome: SampleOutcome) -> None:
    """A result that nothing allows to be passed on is passed to nobody, and none is awaited."""
    bare: dict[str, object] = {"requirement_id": None, "consented": False}
    assert told(reported(outcome.value, **bare)) is None
    assert "nobody is told" in repr(decided(reported(outcome.value, **bare)))
    (record,) = decided(expected(**bare))
    assert isinstance(record, Record)


@pytest.mark.parametrize(("ended", "binds"), [(-1, False), (0, True), (1, True)])
def test_a_requirement_that_had_ended_binds_nobody(ended: int, *, binds: bool) -> None:
    """After its requirement ended a test is told with consent only, and speaks of no duty."""
    over = event(
        "case.requirement_ended",
        PERSON.reference("crn"),
        requirement_id=REQUIREMENT,
        ended_on=days(ended),
    )
    case = folded(over, case=HELD)
    assert (told(reported("missed"), case=case) is not None) is binds
    agreed = said_of(reported("missed", consented=True), case=case)
    assert agreed.facts["basis"] == ("requirement" if binds else "consent")
    assert (agreed.facts["requirement_id"] == REQUIREMENT) is binds
    assert bool([each for each in decided(expected(), case=case) if isinstance(each, Expect)]) is (
        binds
    )


@pytest.mark.parametrize("outcome", ["missed", "refused", "adulterated"])
def test_what_gave_no_result_may_be_a_failure_and_is_for_the_officer(outcome: str) -> None:
    """Under a requirement the officer decides; with consent they ask."""
    said = said_of(reported(outcome))
    assert (said.facts["outcome"], said.facts["times"]) == (outcome, 1)
    assert said.tasks[0].what.startswith("Decide whether this was a failure to comply")
    assert said.tasks[0].due == WorkingDays(5)
    agreed = said_of(reported(outcome, **CONSENT))
    assert agreed.tasks[0].what.startswith("Ask the person what happened")


@pytest.mark.parametrize("outcome", SampleOutcome)
def test_nothing_that_was_agreed_to_speaks_of_enforcement(outcome: SampleOutcome) -> None:
    """Where the person agreed to be tested no word of any notice speaks of consequences."""
    said = told(reported(outcome.value, **CONSENT))
    if said is not None:
        words = [said.notice, said.why, *(task.what for task in said.tasks), repr(said.facts)]
        assert ENFORCEMENT.search(" ".join(words)) is None


@pytest.mark.parametrize("standing", Standing)
def test_a_screen_is_called_a_screen_and_nothing_is_called_evidence(standing: Standing) -> None:
    """What the second method has not confirmed is said to be a screen, whatever was found."""
    findings = [found(standing=standing.value), found("opiates", is_positive=False)]
    said = said_of(reported(findings=findings))
    is_confirmed = standing is Standing.CONFIRMED
    assert said.facts["is_confirmed"] is is_confirmed
    assert said.facts["findings"][0]["standing"] == standing.value
    assert any("This is a screen" in task.what for task in said.tasks) is not is_confirmed
    assert "evidence" not in repr(said).lower()
    assert any("court" in task.what for task in said.tasks)


def test_one_confirmed_of_two_found_is_not_confirmed() -> None:
    """A result is confirmed where everything that it rests on is."""
    assert not said_of(reported(findings=[confirmed(), found("opiates")])).facts["is_confirmed"]


@pytest.mark.parametrize("substance", Substance)
@pytest.mark.parametrize("unit", CutOffUnit)
def test_every_substance_and_cut_off_is_passed_through(
    substance: Substance, unit: CutOffUnit
) -> None:
    """What was found is told with the amount from which on it counts, and its unit."""
    finding = found(substance.value, cut_off=12.5, cut_off_unit=unit.value)
    (shown,) = said_of(reported(findings=[finding])).facts["findings"]
    assert shown == {**finding, "prescribed_medicine": None}


@pytest.mark.parametrize("specimen", Specimen)
@pytest.mark.parametrize("method", Method)
def test_every_specimen_and_method_is_passed_through(specimen: Specimen, method: Method) -> None:
    """The officer reads what was tested and how."""
    for outcome in ("positive", "diluted"):
        facts = said_of(reported(outcome, specimen=specimen.value, method=method.value)).facts
        assert (facts["specimen"], facts["method"]) == (specimen.value, method.value)


def test_a_medicine_that_explains_a_positive_is_said() -> None:
    """What a prescription explains is said first, is to be checked, and does not count."""
    medicine = {"prescribed_medicine": "codeine"}
    explained = reported(findings=[found("opiates", **medicine)])
    said = said_of(explained)
    assert said.facts["is_explained"]
    assert "a prescribed medicine explains it" in said.why
    assert said.facts["positives"] == 0
    assert len(said.tasks) == 1
    assert FactKind.SUBSTANCE_TEST_UNEXPLAINED not in kept(explained)
    partly = reported(findings=[found("opiates", **medicine), found("cocaine")])
    assert not said_of(partly).facts["is_explained"]
    assert said_of(partly).facts["positives"] == 1


@pytest.mark.parametrize("ago", [3, 400])
def test_positives_of_a_year_are_counted(ago: int) -> None:
    """An earlier positive counts for a year; the same test twice is one."""
    said = said_of(reported(test="T2"), *counted("T1", ago))
    assert said.facts["positives"] == (2 if ago < 365 else 1)
    assert said_of(reported(), *counted("T1")).facts["positives"] == 1
    missed = known(FactKind.SUBSTANCE_TEST_NOT_COMPLETED, "T0", ago)
    assert said_of(reported("missed"), missed).facts["times"] == (2 if ago < 365 else 1)


def test_a_confirmation_that_finds_nothing_amends_what_was_told() -> None:
    """The officer who was told of a positive is told that the confirmation is not."""
    nothing = reported("negative", findings=[confirmed(is_positive=False)])
    said = said_of(nothing, *counted("T1"), *counted("T0"))
    assert (said.notice, said.facts["outcome"]) == ("substance_test_positive", "not_positive")
    assert (said.facts["is_confirmed"], said.facts["positives"]) == (True, 1)
    assert "Put right" in said.tasks[0].what
    assert kept(nothing) >= {FactKind.SUBSTANCE_TEST_NOT_POSITIVE}


def test_a_second_screen_that_finds_nothing_amends_but_settles_nothing() -> None:
    """Two screens that differ are told; the positive still counts until it is confirmed."""
    again = reported("negative")
    said = said_of(again, *counted("T1"))
    assert (said.facts["is_confirmed"], said.facts["positives"]) == (False, 1)
    assert FactKind.SUBSTANCE_TEST_NOT_POSITIVE not in kept(again)


def test_a_screen_that_comes_after_its_confirmation_tells_nobody() -> None:
    """Out of order the confirmed result stands; another confirmed one is told."""
    settled = known(FactKind.SUBSTANCE_TEST_NOT_POSITIVE)
    assert told(reported(), settled) is None
    assert said_of(reported(findings=[confirmed()]), settled).facts["positives"] == 1


def test_a_result_is_expected_by_its_day() -> None:
    """The provider is to report by the close of the day, unless it has reported already."""
    (awaited,) = (each for each in decided(expected()) if isinstance(each, Expect))
    assert (awaited.duty, awaited.matter) == ("test_result", TEST)
    assert awaited.due == AfterDay(days(4), 0)
    assert awaited.of_agency == "durham-recovery"
    (record,) = decided(expected(), known(FactKind.SUBSTANCE_TEST_REPORTED))
    assert isinstance(record, Record)


def test_a_result_that_is_late_is_asked_of_the_provider_first_and_told_then() -> None:
    """The provider has a working day more; then the officer is told, with the same facts."""
    view = CaseView(HELD, NOW)
    (first,) = (each for each in decided(expected()) if isinstance(each, Expect))
    asked, second = overdue(fallen(first), view, NOW)
    assert isinstance(asked, Ask)
    assert asked.agency == "durham-recovery"
    assert asked.words.startswith("the result of test T1 was due on 2026-03-06")
    assert isinstance(second, Expect)
    assert (second.of_agency, second.due) == ("durham-recovery", WorkingDays(1))
    assert (second.matter, second.facts) == (first.matter, first.facts)
    (said,) = overdue(fallen(second), view, NOW)
    assert isinstance(said, Tell)
    assert (said.to, said.notice) == (
        Addressee.RESPONSIBLE_OFFICER,
        "substance_test_unreported",
    )
    assert said.facts == {
        "test_reference": "T1",
        "basis": "requirement",
        "requirement_id": REQUIREMENT,
        "report_by_on": days(4),
        "expected_of": "durham-recovery",
    }


def test_a_result_that_is_known_otherwise_is_not_late() -> None:
    """Where one of two results was taken back the other still stands."""
    (first,) = (each for each in decided(expected()) if isinstance(each, Expect))
    view = CaseView(HELD, NOW, (known(FactKind.SUBSTANCE_TEST_REPORTED),))
    (record,) = overdue(fallen(first), view, NOW)
    assert isinstance(record, Record)


@pytest.mark.parametrize(
    "said",
    [
        reported("positive", findings=[]),
        reported("positive", findings=[found(is_positive=False)]),
        reported("negative", findings=[found()]),
        reported("missed", findings=[found()]),
        reported(findings=[found(cut_off_unit=None)]),
        reported(findings=[found(cut_off=None)]),
        reported(findings=[found(cut_off=0.0)]),
        reported(findings=[found(prescribed_medicine="m" * 65)]),
    ],
)
def test_a_result_that_contradicts_itself_is_refused(said: Said) -> None:
    """A positive names what was found, and a cut-off has a unit; the sender is told which."""
    with pytest.raises(ValidationError):
        said.model()


def test_another_event_is_a_defect() -> None:
    """The rule decides about tests only."""
    with pytest.raises(TypeError, match="DomesticAbuseCallout"):
        decided(callout())
