"""Flow 1: the police attended a domestic abuse incident, and a supervised person was there.

What happens: officers attend; the force publishes one event for each person involved, with the
role in which they were found.

Who must know, by when: as *suspect*, the responsible officer, immediately where the grade is high,
children were present, an order or condition was breached or the person is on a domestic abuse
register, else the same day; the notice opens duties (the children's referral confirmed, the risk
reviewed, a home visit considered). The third as suspect in twelve months goes to the manager too.
As *victim*, that person's own officer, by a notice of another type. A *witness* is recorded. A role
that is unclear, or both, is said to be so and never counted. Where both parties are supervised by
one officer or team, the manager decides who holds what.

What is withheld: the other party in every respect; the force's narrative (it may name the
informant); children but for number and age band.

Source: FLOWS row 1 and rules 4, 6 and 8; HMI Probation, Durham 2016 (eight call-outs became known
only after a new conviction).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, assert_never

from streams.domain.callout_events import (
    VICTIM_SAFETY,
    CalloutRole,
    DomesticAbuseCallout,
    RiskGrade,
)
from streams.domain.case_events import Register
from streams.domain.cases import Case
from streams.domain.duties import SameDay, WorkingDays
from streams.domain.instructions import (
    Addressee,
    CaseView,
    FactKind,
    Flow,
    Instruction,
    Record,
    Task,
    Tell,
)
from streams.domain.notices import Urgency
from streams.domain.records import PersonEvent

NAME: Final = "domestic_abuse_callout"
CALLOUTS_TO_MANAGER = 3
"""Source: FLOWS row 1, third as suspect in 12 months."""
LOOK_BACK = timedelta(days=365)
"""Source: FLOWS row 1, in 12 months."""
REFERENCES_MAX = 20
"""Assumed: a manager reads no more references than this; the count is always whole."""
REFERRAL_DUE = WorkingDays(1)
"""Source: FLOWS row 2, one working day where domestic abuse or children are flagged."""
RISK_REVIEW_DUE = WorkingDays(2)
"""Assumed: a review of risk after a call-out, which no source times."""
HOME_VISIT_DUE = WorkingDays(5)
"""Assumed: a decision on a home visit, which no source times."""
CASE_LOOK_DUE = WorkingDays(2)
"""Assumed: a manager's look at the case after repeated call-outs, as long as the risk review."""
DOMESTIC_ABUSE_REGISTERS: Final = (
    Register.DOMESTIC_ABUSE_PERPETRATOR,
    Register.DOMESTIC_ABUSE_VICTIM,
    Register.DOMESTIC_ABUSE_HISTORY,
    Register.MARAC,
)
LOOKED_BACK_ON: Final = frozenset(
    {FactKind.CALLOUT_AS_SUSPECT, FactKind.CALLOUT_PARTY, FactKind.NO_FURTHER_ACTION}
)
REPEATED: Final = "repeat_callouts"
"""The matter of the notice to the manager: one for each person, whatever the call-outs."""


def decide(event: PersonEvent, view: CaseView, now: datetime) -> tuple[Instruction, ...]:
    """Decide who must know of a call-out; `now` is not needed, since deadlines are in words."""
    if not isinstance(event, DomesticAbuseCallout):
        message = f"{NAME} does not decide about {type(event).__name__}"
        raise TypeError(message)
    party = Record("a party to the call-out", FactKind.CALLOUT_PARTY, _matter(event))
    match event.role:
        case CalloutRole.SUSPECT:
            return (*_suspect(event, view), party, *_both_supervised(event, view, now))
        case CalloutRole.VICTIM:
            return (_victim(event, view), party, *_both_supervised(event, view, now))
        case CalloutRole.WITNESS:
            return (Record("a witness to a call-out: kept on the timeline, nobody has to act"),)
        case CalloutRole.BOTH | CalloutRole.UNCLEAR:
            return (_role_unclear(event, view), party, *_both_supervised(event, view, now))
        case _:
            assert_never(event.role)


def _suspect(event: DomesticAbuseCallout, view: CaseView) -> tuple[Instruction, ...]:
    """Tell the responsible officer, remember the call-out, and the manager of a third one."""
    told = Tell(
        notice="domestic_abuse_callout_suspect",
        to=Addressee.RESPONSIBLE_OFFICER,
        urgency=_urgency(event, view.case),
        matter=_matter(event),
        facts={**_facts(event), **_circumstances(event, view.case)},
        why="the police name this person as suspect at a domestic abuse call-out",
        tasks=_tasks(event),
    )
    remembered = Record(
        "counted towards repeat call-outs", FactKind.CALLOUT_AS_SUSPECT, _matter(event)
    )
    return (told, remembered, *_repeat(event, view))


def _repeat(event: DomesticAbuseCallout, view: CaseView) -> tuple[Instruction, ...]:
    """Tell the manager from the third call-out in the window on."""
    matters = counted(_matter(event), view)
    if len(matters) < CALLOUTS_TO_MANAGER:
        return ()
    urgency = Urgency.SAME_DAY if event.grade is RiskGrade.HIGH else Urgency.DIGEST
    facts = {
        "callouts": len(matters),
        "window_months": 12,
        "callout_references": [matter.partition(":")[2] for matter in matters[-REFERENCES_MAX:]],
    }
    return (
        Tell(
            notice="repeat_domestic_abuse_callouts",
            to=Addressee.MANAGER,
            urgency=urgency,
            matter=REPEATED,
            facts=facts,
            why=f"{len(matters)} call-outs as suspect in twelve months, which goes to a manager",
            tasks=(Task("Look at this case with the officer.", CASE_LOOK_DUE),),
        ),
    )


def counted(matter: str, view: CaseView) -> tuple[str, ...]:
    """Return the call-outs as suspect, the earliest first, in the fullest window with this one.

    The window may end after this call-out, since one that is heard of late may be the first of
    three. One that ended with no further action never counts, nor do others because of it.
    """
    ended = {fact.matter for fact in view.facts if fact.kind is FactKind.NO_FURTHER_ACTION}
    if matter in ended:
        return ()
    happened: dict[str, datetime] = {}
    for fact in sorted(view.facts, key=lambda fact: fact.occurred_at, reverse=True):
        if fact.kind is FactKind.CALLOUT_AS_SUSPECT and fact.matter not in ended:
            happened[fact.matter] = fact.occurred_at
    happened[matter] = min(happened.get(matter, view.happened_at), view.happened_at)
    ordered = sorted(happened, key=lambda each: (happened[each], each))
    times = [happened[each] for each in ordered]
    begins = range(bisect_left(times, happened[matter] - LOOK_BACK), ordered.index(matter) + 1)
    ends = [bisect_right(times, times[begin] + LOOK_BACK) for begin in begins]
    begin, end = max(zip(begins, ends, strict=True), key=lambda window: window[1] - window[0])
    return tuple(ordered[begin:end])


def _victim(event: DomesticAbuseCallout, view: CaseView) -> Tell:
    """Tell the officer of the person who was the victim, with how not to make it worse."""
    return Tell(
        notice="domestic_abuse_callout_victim",
        to=Addressee.RESPONSIBLE_OFFICER,
        urgency=_urgency(event, view.case),
        matter=_matter(event),
        facts={**_facts(event), "safety_instruction": VICTIM_SAFETY},
        why="the police name this person as victim at a domestic abuse call-out",
        tasks=(
            Task(VICTIM_SAFETY, due=None),
            Task("Consider what support this person needs.", RISK_REVIEW_DUE, "support_considered"),
        ),
    )


def _role_unclear(event: DomesticAbuseCallout, view: CaseView) -> Tell:
    """Tell the officer that the police could not say who did what; it is never counted."""
    facts = {**_facts(event), **_circumstances(event, view.case)}
    return Tell(
        notice="domestic_abuse_callout_role_unclear",
        to=Addressee.RESPONSIBLE_OFFICER,
        urgency=_urgency(event, view.case),
        matter=_matter(event),
        facts={**facts, "safety_instruction": VICTIM_SAFETY},
        why="this person was at a domestic abuse call-out; the police could not say in what role",
        tasks=(Task("Treat as possible victim until known. " + VICTIM_SAFETY, due=None),),
    )


def _both_supervised(
    event: DomesticAbuseCallout, view: CaseView, now: datetime
) -> tuple[Instruction, ...]:
    """Tell the manager where one officer, or one team, supervises more than one party (rule 8)."""
    mine = view.case.responsible(now)
    if mine is None:
        return ()
    for party in view.parties:  # whose supervision has ended has no officer any more
        theirs = None if party.ended_on(now) else party.responsible(now)
        if theirs is None or theirs.provider != mine.provider:
            continue
        one_officer = mine.officer is not None and mine.officer == theirs.officer
        if one_officer or (mine.team is not None and mine.team == theirs.team):
            return (_share_out(event, same="officer" if one_officer else "team"),)
    return ()


def _share_out(event: DomesticAbuseCallout, *, same: str) -> Tell:
    """Ask the manager who holds what; the notice names the call-out, not the other party."""
    return Tell(
        notice="both_parties_supervised",
        to=Addressee.MANAGER,
        urgency=Urgency.SAME_DAY,
        matter=_matter(event),
        facts={"callout_reference": event.callout_reference, "same": same},
        why=f"two parties to one call-out are supervised by one {same}; you decide who holds what",
        tasks=(Task("Decide who holds which person.", SameDay(), "supervision_shared_out"),),
    )


def _urgency(event: DomesticAbuseCallout, case: Case) -> Urgency:
    """Return immediate where the table of FLOWS row 1 says so, else the same day."""
    immediate = (
        event.grade is RiskGrade.HIGH
        or event.children_present
        or event.order_breached
        or case.has_register(*DOMESTIC_ABUSE_REGISTERS)
    )
    return Urgency.IMMEDIATE if immediate else Urgency.SAME_DAY


def _tasks(event: DomesticAbuseCallout) -> tuple[Task, ...]:
    """Return what the officer of a suspect must do."""
    referral = Task(
        "Confirm with children's services that a referral was made.",
        REFERRAL_DUE,
        "childrens_referral_confirmed",
    )
    always = (
        Task("Review the risk to partner and children.", RISK_REVIEW_DUE, "risk_reviewed"),
        Task("Consider a home visit.", HOME_VISIT_DUE, "home_visit_considered"),
    )
    return (referral, *always) if event.children_present else always


def _facts(event: DomesticAbuseCallout) -> dict[str, Any]:
    """Return what a notice to either side says: children by number and age band only."""
    return {
        "callout_reference": event.callout_reference,
        "grade": event.grade.value,
        "children_present": event.children_present,
        "children_count": event.children_count,
        "children_age_bands": [band.value for band in event.children_age_bands],
        "arrest_made": event.arrest_made,
    }


def _circumstances(event: DomesticAbuseCallout, case: Case) -> Mapping[str, Any]:
    """Return what only the suspect's officer reads beside the facts."""
    return {
        "role": event.role.value,
        "at_address_of": event.at_address_of.value,
        "order_breached": event.order_breached,
        "known_registers": [r.value for r in DOMESTIC_ABUSE_REGISTERS if case.has_register(r)],
    }


def _matter(event: DomesticAbuseCallout) -> str:
    """Name the call-out: police, safeguarding hub and approved premises share its reference."""
    return f"callout:{event.callout_reference}"


def _shared_matter(event: PersonEvent) -> str | None:
    """Name the matter to which other supervised people may be parties."""
    return _matter(event) if isinstance(event, DomesticAbuseCallout) else None


def _matters(event: PersonEvent) -> tuple[str, ...]:
    """Name every matter of which a notice may be open."""
    return (_matter(event), REPEATED) if isinstance(event, DomesticAbuseCallout) else ()


FLOW: Final = Flow(
    name=NAME,
    version=1,
    events={"police.domestic_abuse_callout": DomesticAbuseCallout},
    decide=decide,
    matters=_matters,
    look_back=LOOK_BACK,
    fact_kinds=LOOKED_BACK_ON,
    shared_matter=_shared_matter,
)
