"""Flow 13, the part that assigns: a provider has a person, and then one officer does.

What happens: the court team allocates a person to a provider; the provider assigns an officer, and
may assign another later. Between the two the provider's allocation desk owns the person.

Who must know, by when: the allocation desk, which assigns within two full working days after
sentence. The officer, in one notice for each assignment: which safeguarding checks are out and
which were never asked, what is known of the last twelve months, and what is still to be done. To
ask for a check that was never asked is a duty of one working day, of which the manager reads.

What is withheld: whatever its sender wants handled apart, and, from another provider, everything
but the checks; each has its own notice. Nobody is told what took effect longer ago than `NEWS`: it
is the record of a caseload.

Source: FLOWS rows 2 and 13 and rules 1, 3, 4 and 10; HMI Probation, Durham 2016 (too little
information came with the cases that the provider was given).
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from streams.domain.callout_events import VICTIM_SAFETY
from streams.domain.case_events import CaseAllocated, CaseAssigned, SupervisionRole
from streams.domain.case_look_back import LOOK_BACK, look_back
from streams.domain.cases import Case, Responsibility
from streams.domain.check_events import CheckKind
from streams.domain.checks import ASK_DUTY, CHECK_KINDS, ask_matter, never_asked
from streams.domain.duties import UNDONE, AfterDay, At, Duty, WorkingDays
from streams.domain.instructions import (
    Addressee,
    CaseView,
    Expect,
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

NAME: Final = "case_allocation"
ALLOCATED: Final = "case_allocated"
ASSIGNED: Final = "case_assigned"
NEVER_ASKED: Final = "checks_never_asked"
ASSIGN_DUTY: Final = "officer_assigned"
BEGINS: Final = "allocation_begins"
"""The wait for an allocation that was told in advance."""
DESK: Final = Addressee.ALLOCATION_DESK
ASSIGN_WITHIN: Final = 2
"""Source: FLOWS row 13, assign within 2 full working days after sentence [DJ]."""
ASK_DUE = WorkingDays(1)
"""Source: FLOWS row 2, assumed there: the assigned officer asks within 1 working day."""
NEWS: Final = timedelta(days=14)
"""Assumed: an allocation or assignment that took effect longer ago is the record of a caseload that
somebody has worked with since, as when a provider's cases are first loaded; officers would have a
notice for each case that they know (FLOWS rule 5)."""
SENTENCE_AGO: Final = timedelta(days=7)
"""Assumed: an order made longer before an allocation is not what the person is allocated for."""
A_MOMENT: Final = timedelta(microseconds=1)
"""The least difference between two instants."""
NO_TIME: Final = timedelta(0)
TIME_BEGINS: Final = datetime(1, 1, 2, tzinfo=UTC)
"""Agencies send the first instant that there is for "not set", and nothing is before that."""
ASKS: Final = {
    CheckKind.POLICE_CALLOUTS: "Ask the police for domestic abuse call-outs: no such check that"
    " stands has reached us.",
    CheckKind.CHILDRENS_SERVICES: "Ask children's services what they know: no such check that"
    " stands has reached us.",
}


def decide(event: PersonEvent, view: CaseView, now: datetime) -> tuple[Instruction, ...]:
    """Decide who must know that a person has another provider, or another officer."""
    match event:
        case CaseAllocated():
            return _allocated(event, view, now)
        case CaseAssigned(role=SupervisionRole.RESPONSIBLE_OFFICER):
            return _assigned(event, view, now)
        case CaseAssigned():
            return (Record("an enforcement officer was recorded; the breach flow tells them"),)
        case _:
            message = f"{NAME} does not decide about {type(event).__name__}"
            raise TypeError(message)


def _allocated(event: CaseAllocated, view: CaseView, now: datetime) -> tuple[Instruction, ...]:
    """Tell the allocation desk, unless this is history or an officer has the person already."""
    holder = view.case.responsible(max(now, event.effective_at))
    if event.effective_at < now - NEWS:
        return (Record("this provider has had the person for some time; nobody has to act"),)
    if holder is None or holder.provider != event.provider or holder.officer is not None:
        return (Record("somebody was recorded since for this person; nobody has to assign"),)
    facts = {
        "provider": event.provider,
        "allocated_on": event.effective_at.date().isoformat(),
        "sentenced_on": _sentenced_on(view.case, event),
        "team": event.team,
    }
    if event.effective_at > now:
        wait = Expect(
            duty=BEGINS,
            what="Wait until it begins.",
            due=At(event.effective_at),
            matter=_matter(event),
            facts=facts,
            of=DESK,
        )
        return (wait, Record("the desk is told when the allocation begins"))
    return (_to_desk(_matter(event), facts),)


def _to_desk(matter: str, facts: Mapping[str, Any]) -> Tell:
    """Tell the allocation desk whom its provider has, and by when it must assign an officer."""
    allocated_on = date.fromisoformat(facts["allocated_on"])
    sentenced_on = date.fromisoformat(facts["sentenced_on"]) if facts["sentenced_on"] else None
    by = AfterDay(sentenced_on or allocated_on, ASSIGN_WITHIN)
    return Tell(
        notice=ALLOCATED,
        to=DESK,
        urgency=Urgency.NEXT_WORKING_DAY,
        matter=matter,
        facts={"allocated_on": allocated_on, "sentenced_on": sentenced_on, "team": facts["team"]},
        why="your provider has this person and nobody is assigned",
        tasks=(Task("Assign an officer.", by, ASSIGN_DUTY),),
    )


def overdue(duty: Duty, view: CaseView, now: datetime) -> tuple[Instruction, ...]:
    """Tell the desk of an allocation that begins now; other duties are told in common words."""
    if duty.kind != BEGINS:
        return ()
    holder = view.case.responsible(now)
    if holder is None or holder.provider != duty.facts["provider"] or holder.officer is not None:
        return (Record("somebody was recorded since for this person; nobody has to assign"),)
    return (_to_desk(duty.matter, duty.facts),)


def _sentenced_on(case: Case, event: CaseAllocated) -> str | None:
    """Return the day of the order behind an allocation, where one is known, as ISO text."""
    latest = event.effective_at.date()
    made = (order.made_on for order in case.orders if order.made_on is not None)
    recent = [day.isoformat() for day in made if NO_TIME <= latest - day <= SENTENCE_AGO]
    return max(recent, default=None)


def _assigned(event: CaseAssigned, view: CaseView, now: datetime) -> tuple[Instruction, ...]:
    """Tell the officer whom they have now, with all that is out; the desk has no more to do."""
    holder = view.case.responsible(max(now, event.effective_at))
    before = view.case.responsible(max(event.effective_at, TIME_BEGINS) - A_MOMENT)
    if holder is None or (holder.officer, holder.from_at) != (event.officer, event.effective_at):
        return (Record("somebody was recorded since for this person; nobody has to act"),)
    done = tuple(
        each
        for duty in view.duties
        if duty.kind in {ASSIGN_DUTY, BEGINS} and duty.state in UNDONE
        for each in (Satisfy(duty.kind, duty.matter), Withdraw(ALLOCATED, duty.matter))
    )
    if before is not None and before.officer == event.officer:
        return (*done, Record("this officer has had the person before; nothing new to tell"))
    if event.effective_at < now - NEWS:
        return (*done, Record("this officer has had the person for some time; nobody has to act"))
    missing = never_asked(view.facts, now)
    told = _to_officer(event, view, now, before)
    return (*done, told, *_to_ask(event, missing, now), *_copy_to_manager(event, missing))


def _to_officer(
    event: CaseAssigned, view: CaseView, now: datetime, before: Responsibility | None
) -> Tell:
    """Tell the officer in one notice; one who begins later is told by name before that."""
    begins_later = event.effective_at > now
    facts = look_back(view, now, provider=event.provider, before=before)
    ask = tuple(Task(ASKS[kind], ASK_DUE) for kind in never_asked(view.facts, now))
    careful = (Task(VICTIM_SAFETY, due=None),) if facts["callouts_as_victim"] else ()
    return Tell(
        notice=ASSIGNED,
        to=Addressee.NAMED_OFFICER if begins_later else Addressee.RESPONSIBLE_OFFICER,
        urgency=Urgency.NEXT_WORKING_DAY,
        matter=_matter(event),
        facts={
            "assigned_on": event.effective_at.date(),
            "is_reassigned": before is not None and before.officer is not None,
            **facts,
        },
        why="this person was assigned to you",
        tasks=(*careful, *ask),
        officer=event.officer if begins_later else None,
    )


def _to_ask(
    event: CaseAssigned, missing: tuple[CheckKind, ...], now: datetime
) -> tuple[Expect, ...]:
    """Make it a duty of the officer to ask for each check that was never asked."""
    return tuple(
        Expect(
            duty=ASK_DUTY,
            what=ASKS[kind],
            due=ASK_DUE,
            matter=ask_matter(kind, event.meta.event_id),
            owner=event.officer if event.effective_at > now else None,
        )
        for kind in missing
    )


def _copy_to_manager(event: CaseAssigned, missing: tuple[CheckKind, ...]) -> tuple[Tell, ...]:
    """Tell the officer's manager with the digest that checks were never asked."""
    if not missing:
        return ()
    return (
        Tell(
            notice=NEVER_ASKED,
            to=Addressee.MANAGER,
            urgency=Urgency.DIGEST,
            matter=_matter(event),
            facts={
                "kinds": [kind.value for kind in missing],
                "assigned_on": event.effective_at.date(),
            },
            why="an officer of yours must ask for safeguarding checks that were never asked",
            officer=event.officer,
        ),
    )


def _matter(event: CaseAllocated | CaseAssigned) -> str:
    """Name the matter: each allocation and each assignment is one."""
    what = "allocation" if isinstance(event, CaseAllocated) else "assignment"
    return f"{what}:{event.meta.event_id}"


def _matters(event: PersonEvent) -> tuple[str, ...]:
    """Name every matter of which a notice or a duty may be open."""
    if not isinstance(event, CaseAllocated | CaseAssigned):
        return ()
    asks = (ask_matter(kind, event.meta.event_id) for kind in CheckKind)
    return (_matter(event), *asks)


FLOW: Final = Flow(
    name=NAME,
    version=1,
    events={"case.allocated": CaseAllocated, "case.assigned": CaseAssigned},
    decide=decide,
    matters=_matters,
    look_back=LOOK_BACK,
    fact_kinds=CHECK_KINDS,
    overdue=overdue,
    whole_case=frozenset({"case.allocated", "case.assigned"}),
)
