"""What notices say of a test: as what it stands, what explains it, and under what it was taken.

No word of any of them calls a screen more than a screen, and where the person was tested because
they agreed to it no word speaks of consequences. Clinical notes have no field to come in.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from streams.domain.cases import Case
from streams.domain.duties import WorkingDays
from streams.domain.instructions import CaseView, FactKind, Task
from streams.domain.records import PersonEvent
from streams.domain.substance_events import (
    OfTest,
    ResultExpected,
    ResultReported,
    SampleOutcome,
    Standing,
)

AMENDED_BY: Final = FactKind.SUBSTANCE_TEST_NOT_POSITIVE
LOOK_BACK: Final = timedelta(days=365)
"""Assumed: a review looks at the results of a year."""
DECIDE_DUE: Final = WorkingDays(5)
"""Source: FLOWS row 14, the officer decides within five working days."""
REVIEW_DUE: Final = WorkingDays(5)
"""Assumed: the officer meets the person within a week."""
ASK_DUE: Final = WorkingDays(1)
"""Assumed: an officer asks the provider by the next working day."""
OF_EXPECTED: Final = (
    "test_reference",
    "basis",
    "requirement_id",
    "report_by_on",
    "expected_of",
)
REVIEW: Final = "Review this with the person and the treatment provider."
SCREEN: Final = "This is a screen: ask for a confirmation before anything rests on it."
COURT: Final = "Have it ready for the court where it reviews the requirement, as what it is."
"""Source: FLOWS row 4, review and court-review material."""
EXPLAINED: Final = "Check that the prescription is known to you: it explains this result."
AMENDED: Final = "Put right what you recorded of the positive result: this later one is not."
ANOTHER_TEST: Final = "Ask the treatment provider for another test."
DECIDE: Final = "Decide whether this was a failure to comply: nobody else has."
"""Source: FLOWS row 4, a possible failure to comply, and rule 2: no rule decides."""
ASK_WHY: Final = "Ask the person what happened, and when they could be tested instead."
ASK_RESULT: Final = "Ask the provider for the result, or for another test."


class SharingBasis(StrEnum):
    """Under what a result may be passed on: a requirement that binds, or the person's consent."""

    REQUIREMENT = "requirement"
    CONSENT = "consent"


def matter_of(event: PersonEvent) -> str:
    """Name the test: its request and each of its results."""
    return f"substance_test:{event.value_of('test_reference')}"


def series_of(event: PersonEvent) -> str:
    """Name the tests under one requirement, or with consent, of which one notice tells."""
    return f"substance_tests:{event.value_of('requirement_id') or SharingBasis.CONSENT.value}"


def basis_of(event: OfTest, case: Case, on: date) -> SharingBasis | None:
    """Return under what a test of a day may be told of, or None: then nobody is told.

    A requirement that is known to have ended before the day binds nobody any more.
    """
    ended = {
        requirement.requirement_id
        for requirement in case.requirements
        if requirement.ended_on is not None and requirement.ended_on < on
    }
    if event.requirement_id is not None and event.requirement_id not in ended:
        return SharingBasis.REQUIREMENT
    return SharingBasis.CONSENT if event.consented else None


def is_known(view: CaseView, event: PersonEvent, kind: FactKind) -> bool:
    """Answer whether something of this kind is known of the test already."""
    return any(fact.kind is kind and fact.matter == matter_of(event) for fact in view.facts)


def positives(view: CaseView, event: ResultReported) -> int:
    """Return how many tests of a year were positive, by what this result says too.

    What a medicine explains does not count, nor what a confirmed result of the test put right.
    """
    recent = _recent(view)
    tests = recent[FactKind.SUBSTANCE_TEST_UNEXPLAINED] - recent[AMENDED_BY]
    this = {matter_of(event)}
    if event.outcome is SampleOutcome.POSITIVE:
        return len(tests if is_explained(event) else tests | this)
    return len(tests - this if is_confirmed(event) else tests)


def times_not_completed(view: CaseView, event: ResultReported) -> int:
    """Return how many tests of a year gave no result, this one with them."""
    return len(_recent(view)[FactKind.SUBSTANCE_TEST_NOT_COMPLETED] | {matter_of(event)})


def _recent(view: CaseView) -> dict[FactKind, frozenset[str]]:
    """Return the tests of a year by what is known of them."""
    since = view.happened_at - LOOK_BACK
    recent = [fact for fact in view.facts if fact.occurred_at >= since]
    return {kind: frozenset(f.matter for f in recent if f.kind is kind) for kind in FactKind}


def is_confirmed(event: ResultReported) -> bool:
    """Answer whether everything that the outcome rests on was confirmed by a second method."""
    positive = event.outcome is SampleOutcome.POSITIVE
    resting = [f for f in event.findings if f.is_positive or not positive]
    return bool(resting) and all(f.standing is Standing.CONFIRMED for f in resting)


def is_explained(event: ResultReported) -> bool:
    """Answer whether a prescribed medicine explains everything that was found."""
    found = [finding for finding in event.findings if finding.is_positive]
    return bool(found) and all(finding.prescribed_medicine is not None for finding in found)


def which_test(event: OfTest, basis: SharingBasis) -> dict[str, Any]:
    """Return which test it was, and under what."""
    under = basis is SharingBasis.REQUIREMENT
    return {
        "test_reference": event.test_reference,
        "basis": basis.value,
        "requirement_id": event.requirement_id if under else None,
    }


def of_positive(event: ResultReported, view: CaseView, basis: SharingBasis) -> dict[str, Any]:
    """Return the typed part of the notice of a positive test, or of a result that amends it."""
    is_positive = event.outcome is SampleOutcome.POSITIVE
    return {
        **of_sample(event, basis),
        "outcome": "positive" if is_positive else "not_positive",
        "findings": [
            {
                "substance": finding.substance.value,
                "is_positive": finding.is_positive,
                "standing": finding.standing.value,
                "cut_off": finding.cut_off,
                "cut_off_unit": finding.cut_off_unit.value if finding.cut_off_unit else None,
                "prescribed_medicine": finding.prescribed_medicine,
            }
            for finding in event.findings
        ],
        "is_confirmed": is_confirmed(event),
        "is_explained": is_explained(event),
        "positives": positives(view, event),
    }


def of_sample(event: ResultReported, basis: SharingBasis) -> dict[str, Any]:
    """Return which test it was, when, and of what sample."""
    return {
        **which_test(event, basis),
        "test_on": event.test_on,
        "specimen": event.specimen.value if event.specimen else None,
        "method": event.method.value if event.method else None,
    }


def of_not_completed(event: ResultReported, view: CaseView, basis: SharingBasis) -> dict[str, Any]:
    """Return the typed part of the notice of a test that was missed, refused or adulterated."""
    return {
        **which_test(event, basis),
        "test_on": event.test_on,
        "outcome": event.outcome.value,
        "times": times_not_completed(view, event),
    }


def of_expected(event: ResultExpected, basis: SharingBasis) -> dict[str, Any]:
    """Return what a duty keeps of a test, so that it can be told when no result comes."""
    return {
        **which_test(event, basis),
        "report_by_on": event.report_by_on.isoformat(),
        "expected_of": event.meta.publisher,
    }


def still_expected(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the duty keeps of a test once the provider was asked for its result."""
    return {name: kept[name] for name in OF_EXPECTED}


def of_unreported(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return the typed part of the notice that a result did not come, from what the duty kept."""
    return {**still_expected(kept), "report_by_on": date.fromisoformat(kept["report_by_on"])}


def after_positive(event: ResultReported, basis: SharingBasis) -> tuple[Task, ...]:
    """Return what the officer does about a positive; what a medicine explains, they check."""
    if is_explained(event):
        return (Task(EXPLAINED, REVIEW_DUE),)
    screen = () if is_confirmed(event) else (Task(SCREEN, due=None),)
    court = (Task(COURT, REVIEW_DUE),) if basis is SharingBasis.REQUIREMENT else ()
    return (Task(REVIEW, REVIEW_DUE), *screen, *court)


def after_not_completed(basis: SharingBasis) -> tuple[Task, ...]:
    """Return what the officer does about a test that gave no result."""
    if basis is SharingBasis.REQUIREMENT:
        return (Task(DECIDE, DECIDE_DUE),)
    return (Task(ASK_WHY, ASK_DUE),)
