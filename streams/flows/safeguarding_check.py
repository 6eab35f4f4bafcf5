"""Flow 2: probation asks the police or children's services what they know, and awaits the answer.

What happens: a court officer, the probation officer in the safeguarding hub or the responsible
officer asks; the police or children's services answer, each check by its own reference.

Who must know, by when: every check has a clock: the hearing for which it was asked, else one
working day where domestic abuse or children are flagged, else five. The answer goes to the
responsible officer (a child protection plan at once, no trace with the digest) and to whoever else
asked; the hub's probation officer hears of every check of children's services. A check that is not
answered in time goes to whoever asked and to the managers of both. One that was never asked goes to
the court duty officer before the hearing; after sentence it is a duty of the officer who is
assigned (`case_allocation`).

What is withheld: children but for number and age band, and these from desks and from whoever asked;
the court list and everything else of the timeline from the hub's officer. An answer is never
"clear".

Source: FLOWS row 2 and rules 2, 3, 4 and 10; HMI Probation, Durham 2016 (the onus was placed on the
responsible officer to make the necessary enquiries, which was not always done).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from streams.domain import check_facts
from streams.domain.check_events import (
    CHECK_EVENTS,
    AskedAs,
    CheckAsked,
    CheckKind,
    CheckOutcome,
    CheckReplied,
    CheckWithdrawn,
)
from streams.domain.check_silence import NOT_ASKED, OVERDUE, not_asked, unanswered
from streams.domain.checks import (
    ASK_DUTY,
    CHECK_KINDS,
    CHECK_STANDS,
    WITHDRAWN,
    Check,
    ask_matter,
    checks_in,
    duties_to_ask,
    ended_as,
    matter_of,
    never_asked,
)
from streams.domain.duties import At, BeforeDay, Due, Duty, DutyState, WorkingDays
from streams.domain.instructions import (
    Addressee,
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
from streams.domain.offence_events import HearingListed
from streams.domain.records import PersonEvent

NAME: Final = "safeguarding_check"
REPLY: Final = "safeguarding_check_reply"
REQUEST: Final = "safeguarding_check_request"
REPLY_DUTY: Final = "safeguarding_check_answered"
FLAGGED_DUE = WorkingDays(1)
"""Source: FLOWS row 2, assumed there: where domestic abuse or children are flagged."""
PLAIN_DUE = WorkingDays(5)
"""Source: FLOWS row 2, assumed there: every other check."""
ASK_BEFORE_DAYS = 1
"""Assumed: whoever has not asked by the close of the working day before the hearing is told."""
URGENCY: Final[Mapping[CheckOutcome, Urgency]] = {
    CheckOutcome.CHILD_PROTECTION_PLAN: Urgency.IMMEDIATE,
    CheckOutcome.CHILD_IN_NEED: Urgency.SAME_DAY,
    CheckOutcome.KNOWN: Urgency.SAME_DAY,
    CheckOutcome.PREVIOUSLY_KNOWN: Urgency.NEXT_WORKING_DAY,
    CheckOutcome.CANNOT_ANSWER: Urgency.NEXT_WORKING_DAY,
    CheckOutcome.NO_TRACE: Urgency.DIGEST,
}
"""Source: FLOWS row 2 for the first and the last; assumed between them."""
SPEAK: Final = "Speak to the child's social worker, and review the risk to children."
READ: Final = "Read the answer into the risk assessment."
ASK_AGAIN: Final = "Ask again under a new reference, with what the agency needs to answer."
TASKS: Final[Mapping[CheckOutcome, tuple[Task, ...]]] = {
    CheckOutcome.CHILD_PROTECTION_PLAN: (Task(SPEAK, WorkingDays(1), "safeguarding_acted_on"),),
    CheckOutcome.CHILD_IN_NEED: (Task(SPEAK, WorkingDays(2), "safeguarding_acted_on"),),
    CheckOutcome.KNOWN: (Task(READ, WorkingDays(2), "check_answer_assessed"),),
    CheckOutcome.PREVIOUSLY_KNOWN: (Task(READ, WorkingDays(5)),),
    CheckOutcome.CANNOT_ANSWER: (Task(ASK_AGAIN, WorkingDays(1), ASK_DUTY),),
    CheckOutcome.NO_TRACE: (),
}
"""Assumed: no source times what an officer does with an answer."""
ASKS: Final[Mapping[CheckKind, str]] = {
    CheckKind.POLICE_CALLOUTS: "Ask the police for domestic abuse call-outs.",
    CheckKind.CHILDRENS_SERVICES: "Ask children's services what they know.",
}


def decide(event: PersonEvent, view: CaseView, now: datetime) -> tuple[Instruction, ...]:
    """Decide what a check, its answer or a listed hearing asks of whom."""
    match event:
        case CheckAsked():
            return _asked(event, view, now)
        case CheckReplied():
            return _replied(event, view)
        case CheckWithdrawn():
            return _withdrawn(event)
        case HearingListed():
            return _listed(event, view, now)
        case _:
            message = f"{NAME} does not decide about {type(event).__name__}"
            raise TypeError(message)


def _asked(event: CheckAsked, view: CaseView, now: datetime) -> tuple[Instruction, ...]:
    """Expect an answer in its time; whoever asked is told nothing of their own check."""
    matter = matter_of(event.kind, event.check_reference)
    asked = check_facts.asked(event, view.happened_at)
    done = [
        each
        for duty in duties_to_ask(view.duties, event.kind)
        for each in (Satisfy(duty.kind, duty.matter), Withdraw(NOT_ASKED, duty.matter))
    ]
    known = Record("a check was asked", FactKind.CHECK_ASKED, matter)
    before = next((each for each in checks_in(view.facts) if each.matter == matter), Check(matter))
    if before.ended is not None:
        return (*done, known, *_answered_before(before, asked, view))
    expected = Expect(
        duty=REPLY_DUTY,
        what=f"An answer to check {event.check_reference}.",
        due=_due(event, now),
        matter=matter,
        of_agency=event.asked_of,
        owner=None if event.asked_as is AskedAs.RESPONSIBLE_OFFICER else event.asked_by,
        facts=asked,
    )
    return (*done, expected, *_requested(event, asked, now), known)


def _due(event: CheckAsked, now: datetime) -> Due:
    """Return by when the answer is needed; a hearing that is over sets no time."""
    if event.hearing_at is not None and event.hearing_at > now:
        return At(event.hearing_at)
    return FLAGGED_DUE if _is_flagged(event) else PLAIN_DUE


def _is_flagged(event: CheckAsked) -> bool:
    """Answer whether domestic abuse or children are flagged."""
    return event.domestic_abuse_flagged or event.children_flagged


def _requested(event: CheckAsked, asked: Mapping[str, Any], now: datetime) -> tuple[Tell, ...]:
    """Tell the hub's probation officer of a check of children's services, unless it is theirs."""
    if event.kind is not CheckKind.CHILDRENS_SERVICES or event.asked_as is AskedAs.MASH_OFFICER:
        return ()
    return (
        Tell(
            notice=REQUEST,
            to=Addressee.MASH_PROBATION_OFFICER,
            urgency=Urgency.NEXT_WORKING_DAY if _is_flagged(event) else Urgency.DIGEST,
            matter=matter_of(event.kind, event.check_reference),
            facts=check_facts.request(asked),
            why="a check of children's services was asked",
            tasks=(Task("See that the check is answered.", _due(event, now)),),
        ),
    )


def _answered_before(
    check: Check, asked: Mapping[str, Any], view: CaseView
) -> tuple[Instruction, ...]:
    """Tell whoever asked what was answered before their check reached us."""
    if check.ended == WITHDRAWN or not _asks_for_another(asked, view):
        return ()
    outcome = CheckOutcome(str(check.ended))
    facts = check_facts.bare_answer(asked, outcome)
    return (_to_asker(asked, outcome, check.matter, facts),)


def _replied(event: CheckReplied, view: CaseView) -> tuple[Instruction, ...]:
    """Tell the officer and whoever asked; what was said about silence is taken back."""
    matter = matter_of(event.kind, event.check_reference)
    # A duty that was done stays so when its ask is taken back, but nobody has asked by it.
    asks = {f.source for f in view.facts if (f.kind, f.matter) == (FactKind.CHECK_ASKED, matter)}
    awaited = (d for d in view.duties if (d.kind, d.matter) == (REPLY_DUTY, matter))
    waiting = next((d for d in awaited if d.opened_by in asks), None)
    was_overdue = waiting is not None and waiting.state is DutyState.OVERDUE
    facts = check_facts.answer(event, was_overdue=was_overdue)
    told = Tell(
        notice=REPLY,
        to=Addressee.RESPONSIBLE_OFFICER,
        urgency=URGENCY[event.outcome],
        matter=matter,
        facts=facts,
        why="an agency answered a safeguarding check about this person",
        tasks=TASKS[event.outcome],
    )
    asker: tuple[Tell, ...] = ()
    if waiting is not None and _asks_for_another(waiting.facts, view):
        asker = (_to_asker(waiting.facts, event.outcome, matter, facts),)
    ending = ended_as(matter, event.outcome.value)
    return (told, *asker, *_over(matter), Record("answered", FactKind.CHECK_REPLIED, ending))


def _over(matter: str) -> tuple[Instruction, ...]:
    """Nobody waits any more: close the expectation, and take back what was said about it."""
    return (Satisfy(REPLY_DUTY, matter), Withdraw(OVERDUE, matter), Withdraw(REQUEST, matter))


def _to_asker(
    asked: Mapping[str, Any], outcome: CheckOutcome, matter: str, facts: Mapping[str, Any]
) -> Tell:
    """Tell whoever asked what was answered; what is to be done is for the responsible officer."""
    return Tell(
        notice=REPLY,
        to=Addressee.NAMED_OFFICER,
        urgency=URGENCY[outcome],
        matter=matter,
        facts=facts,
        why="the safeguarding check that you asked for was answered",
        officer=asked["asked_by"],
    )


def _asks_for_another(asked: Mapping[str, Any], view: CaseView) -> bool:
    """Answer whether somebody asked who did not have the person: in court, in the hub, as cover."""
    holder = view.case.responsible(datetime.fromisoformat(asked["asked_at"]))
    had = holder is not None and holder.officer == asked["asked_by"]
    return asked["asked_as"] != AskedAs.RESPONSIBLE_OFFICER.value or not had


def _withdrawn(event: CheckWithdrawn) -> tuple[Instruction, ...]:
    """Stop waiting for an answer that nobody needs."""
    matter = matter_of(event.kind, event.check_reference)
    because = f"the check needs no answer: {event.reason.value.replace('_', ' ')}"
    ending = ended_as(matter, WITHDRAWN)
    return (*_over(matter), Record(because, FactKind.CHECK_REPLIED, ending))


def _listed(event: HearingListed, view: CaseView, now: datetime) -> tuple[Instruction, ...]:
    """Expect each check that does not stand to be asked before the next sitting."""
    sitting = min((each for each in event.sittings if each > now), default=None)
    missing = () if sitting is None else never_asked(view.facts, now)
    if sitting is None or not missing:
        return (Record("no safeguarding check has to be asked for this hearing"),)
    expected = (
        Expect(
            duty=ASK_DUTY,
            what=ASKS[kind],
            due=BeforeDay(sitting.date(), ASK_BEFORE_DAYS),
            matter=ask_matter(kind, event.court_case),
            facts={
                "kind": kind.value,
                "court_case": event.court_case,
                "hearing_at": sitting.isoformat(),
            },
            of=Addressee.COURT_DUTY_OFFICER,
        )
        for kind in missing
    )
    return (*expected, Record("safeguarding checks must be asked before this hearing"))


def overdue(duty: Duty, _view: CaseView, _now: datetime) -> tuple[Instruction, ...]:
    """Say that a check was not answered, or not asked; other duties are told in common words."""
    if duty.kind == REPLY_DUTY:
        return unanswered(duty)
    return (not_asked(duty),) if "court_case" in duty.facts else ()


def _matters(event: PersonEvent) -> tuple[str, ...]:
    """Name every matter of which a notice or a duty may be open."""
    match event:
        case CheckAsked() | CheckReplied() | CheckWithdrawn():
            return (matter_of(event.kind, event.check_reference),)
        case HearingListed():
            return tuple(ask_matter(kind, event.court_case) for kind in CheckKind)
        case _:
            return ()


FLOW: Final = Flow(
    name=NAME,
    version=1,
    events=CHECK_EVENTS,
    decide=decide,
    matters=_matters,
    look_back=CHECK_STANDS,
    fact_kinds=CHECK_KINDS,
    overdue=overdue,
    looks_on={"courts.hearing_listed": HearingListed},
    whole_case=frozenset({"safeguarding.check_asked"}),
)
