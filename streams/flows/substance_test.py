"""Flow 4: a person is tested for drugs or alcohol, and the result is reported, or is not.

What happens: a treatment provider says by when a result is to be reported; the provider or its
laboratory reports how the test ended.

Who must know, by when: the responsible officer, the same day, of a positive (to review it, and for
the court where it reviews the requirement), of a sample that was diluted, which is said as such,
and of a test that was missed, refused or given an adulterated sample, which may be a failure to
comply. A positive after a positive updates the notice; a later result of the same test that is not
positive amends it. A negative needs nobody. Where no result comes by its day the provider is asked,
and a day later the officer told.

What is withheld: clinical notes never come; a result without a requirement or the person's consent
is passed to nobody; substances and medicines are shown to officers alone. A screen is never called
more than a screen, and no rule decides what a missed test was.

Source: FLOWS row 4, rule 2 and "Always withheld: treatment"; HMI Probation, Durham 2016 ("no
requirement for information to be provided", "unenforceable"). What notices say is composed in
`streams.domain.substance_facts`.
"""

from datetime import datetime
from typing import Any, Final, assert_never

from streams.domain import substance_facts as facts
from streams.domain.duties import AfterDay, Duty
from streams.domain.instructions import (
    Addressee,
    Ask,
    CaseView,
    Expect,
    FactKind,
    Flow,
    Instruction,
    Record,
    Satisfy,
    Task,
    Tell,
    Withdraw,
)
from streams.domain.notices import Urgency
from streams.domain.records import PersonEvent
from streams.domain.substance_events import (
    SUBSTANCE_EVENTS,
    ResultExpected,
    ResultReported,
    SampleOutcome,
)
from streams.domain.substance_facts import SharingBasis, basis_of, is_known, matter_of, series_of

NAME: Final = "substance_test"
POSITIVE: Final = "substance_test_positive"
DILUTED: Final = "substance_test_diluted"
NOT_COMPLETED: Final = "substance_test_not_completed"
UNREPORTED: Final = "substance_test_unreported"
RESULT: Final = "test_result"
"""The duty of a provider to report a result by its day."""
RESULT_AFTER_ASKING: Final = "test_result_after_asking"
"""The same duty once the provider was asked for it."""
HOW_IT_ENDED: Final = {
    SampleOutcome.ADULTERATED: "given a sample that had been tampered with",
    SampleOutcome.REFUSED: "refused",
    SampleOutcome.MISSED: "missed",
}
NO_BASIS: Final = "there is neither a requirement that binds nor consent: nobody is told"


def decide(event: PersonEvent, view: CaseView, _now: datetime) -> tuple[Instruction, ...]:
    """Decide who must know of a test; no deadline needs the time, since each is in words."""
    match event:
        case ResultExpected():
            return _expected(event, view)
        case ResultReported():
            return (*_told(event, view), *_is_reported(event))
        case _:
            message = f"{NAME} does not decide about {type(event).__name__}"
            raise TypeError(message)


def _expected(event: ResultExpected, view: CaseView) -> tuple[Instruction, ...]:
    """Expect the result of the provider that asked for the test, unless it was reported already."""
    basis = basis_of(event, view.case, event.requested_on)
    if basis is None:
        return (Record(NO_BASIS),)
    if is_known(view, event, FactKind.SUBSTANCE_TEST_REPORTED):
        return (Record("came after its result, which was told"),)
    expected = Expect(
        duty=RESULT,
        what="Report the result of this test.",
        due=AfterDay(event.report_by_on, 0),
        matter=matter_of(event),
        of_agency=event.meta.publisher,
        facts=facts.of_expected(event, basis),
    )
    return (Record("a result is expected: nobody has to act until it is late"), expected)


def _is_reported(event: ResultReported) -> tuple[Instruction, ...]:
    """Say that a result came: it is awaited no more, and who was told that it did not is told."""
    return (
        Satisfy(RESULT, matter_of(event)),
        Satisfy(RESULT_AFTER_ASKING, matter_of(event)),
        Withdraw(UNREPORTED, matter_of(event)),
        Record("reported", FactKind.SUBSTANCE_TEST_REPORTED, matter_of(event)),
    )


def _told(event: ResultReported, view: CaseView) -> tuple[Instruction, ...]:
    """Tell the officer how a test ended, by what may be told of it and what must be done."""
    basis = basis_of(event, view.case, event.test_on)
    if basis is None:
        return (Record(NO_BASIS),)
    match event.outcome:
        case SampleOutcome.NEGATIVE:
            return _negative(event, view, basis)
        case SampleOutcome.POSITIVE:
            return _positive(event, view, basis)
        case SampleOutcome.DILUTED:
            return (_diluted(event, basis),)
        case SampleOutcome.ADULTERATED | SampleOutcome.REFUSED | SampleOutcome.MISSED:
            return _not_completed(event, view, basis)
        case _:
            assert_never(event.outcome)


def _negative(
    event: ResultReported, view: CaseView, basis: SharingBasis
) -> tuple[Instruction, ...]:
    """Record a negative; one of a test that was told as positive amends what was told."""
    kept = Record("not positive", FactKind.SUBSTANCE_TEST_NOT_POSITIVE, matter_of(event))
    known = (kept,) if facts.is_confirmed(event) else ()
    if not is_known(view, event, FactKind.SUBSTANCE_TEST_POSITIVE):
        return (Record("negative: kept on the timeline, nobody has to act"), *known)
    why = "a later result of a test that you were told was positive is not"
    tasks = (Task(facts.AMENDED, facts.ASK_DUE),)
    shown = facts.of_positive(event, view, basis)
    return (_tell(POSITIVE, event, shown, why=why, tasks=tasks), *known)


def _positive(
    event: ResultReported, view: CaseView, basis: SharingBasis
) -> tuple[Instruction, ...]:
    """Tell the officer of a positive as what it stands, and whether a medicine explains it."""
    put_right = is_known(view, event, FactKind.SUBSTANCE_TEST_NOT_POSITIVE)
    if put_right and not facts.is_confirmed(event):
        return (Record("came after a confirmed result of the same test, which was not positive"),)
    matter = matter_of(event)
    is_explained = facts.is_explained(event)
    explained = "; a prescribed medicine explains it" if is_explained else ""
    why = f"a test of a person whom you supervise was positive{explained}"
    shown, tasks = facts.of_positive(event, view, basis), facts.after_positive(event, basis)
    counted = Record("counted as positive", FactKind.SUBSTANCE_TEST_UNEXPLAINED, matter)
    return (
        _tell(POSITIVE, event, shown, why=why, tasks=tasks),
        Record("positive", FactKind.SUBSTANCE_TEST_POSITIVE, matter),
        *(() if is_explained else (counted,)),
    )


def _diluted(event: ResultReported, basis: SharingBasis) -> Tell:
    """Tell the officer that a sample was diluted, which says nothing either way."""
    why = "a sample of a person whom you supervise was diluted, which says nothing either way"
    tasks = (Task(facts.ANOTHER_TEST, facts.ASK_DUE),)
    return _tell(DILUTED, event, facts.of_sample(event, basis), why=why, tasks=tasks)


def _not_completed(
    event: ResultReported, view: CaseView, basis: SharingBasis
) -> tuple[Instruction, ...]:
    """Tell the officer of a test that gave no result; what that was is for them to decide."""
    why = f"a test of a person whom you supervise was {HOW_IT_ENDED[event.outcome]}"
    shown, tasks = facts.of_not_completed(event, view, basis), facts.after_not_completed(basis)
    kept = Record("no result", FactKind.SUBSTANCE_TEST_NOT_COMPLETED, matter_of(event))
    return (_tell(NOT_COMPLETED, event, shown, why=why, tasks=tasks), kept)


def _tell(
    notice: str, event: ResultReported, shown: dict[str, Any], *, why: str, tasks: tuple[Task, ...]
) -> Tell:
    """Tell whoever supervises the person, the same day; the next of its kind updates it."""
    return Tell(
        notice=notice,
        to=Addressee.RESPONSIBLE_OFFICER,
        urgency=Urgency.SAME_DAY,
        matter=series_of(event),
        facts=shown,
        why=why,
        tasks=tasks,
    )


def overdue(duty: Duty, view: CaseView, _now: datetime) -> tuple[Instruction, ...]:
    """Ask the provider's contact first, by the reference that they gave the test; then tell."""
    reported = FactKind.SUBSTANCE_TEST_REPORTED
    if any(fact.kind is reported and fact.matter == duty.matter for fact in view.facts):
        return (Record("one result was taken back, and another stands"),)
    if duty.kind == RESULT:
        reference, day = duty.facts["test_reference"], duty.facts["report_by_on"]
        words = f"the result of test {reference} was due on {day}: report it, or say why not"
        again = Expect(
            duty=RESULT_AFTER_ASKING,
            what="Report the result of this test: its day has passed.",
            due=facts.ASK_DUE,
            matter=duty.matter,
            of_agency=duty.facts["expected_of"],
            facts=facts.still_expected(duty.facts),
        )
        return (Ask(duty.facts["expected_of"], words), again)
    return (
        Tell(
            notice=UNREPORTED,
            to=Addressee.RESPONSIBLE_OFFICER,
            urgency=Urgency.NEXT_WORKING_DAY,
            matter=duty.matter,
            facts=facts.of_unreported(duty.facts),
            why="the result of a test was not reported, though the provider was asked for it",
            tasks=(Task(facts.ASK_RESULT, facts.ASK_DUE),),
        ),
    )


FLOW: Final = Flow(
    name=NAME,
    version=1,
    events=SUBSTANCE_EVENTS,
    decide=decide,
    matters=lambda event: (series_of(event), matter_of(event)),
    look_back=facts.LOOK_BACK,
    fact_kinds=frozenset(
        {
            FactKind.SUBSTANCE_TEST_REPORTED,
            FactKind.SUBSTANCE_TEST_POSITIVE,
            FactKind.SUBSTANCE_TEST_UNEXPLAINED,
            FactKind.SUBSTANCE_TEST_NOT_POSITIVE,
            FactKind.SUBSTANCE_TEST_NOT_COMPLETED,
        }
    ),
    overdue=overdue,
)
