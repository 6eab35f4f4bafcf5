"""Flow 10: a supervised person is arrested, charged, listed, convicted, cautioned or cleared.

What happens: the police and the courts publish each step of a matter as it is taken.

Who must know, by when: the responsible officer, immediately for an arrest, a remand or a warrant
and for violence, domestic abuse, child or sexual offences, else the same day. Steps of one court
case, or of one arrest, update one notice. An outcome in the person's favour amends what was told. A
new order goes to the allocation desk of the provider. Where an enforcement officer has the case,
they are told as well.

What is withheld: a covert arrest is never to be told to the person; bail conditions reach the
officer as the conditions' text, others see their kind only.

Source: FLOWS row 10 and rules 2, 4 and 6; HMI Probation, Durham 2016 (new matters learnt late).
The event models are in `streams.domain.offence_events`, since two agencies publish them; what a
notice says of each is composed in `streams.domain.offence_facts`.
"""

from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from streams.domain.case_events import SupervisionRole
from streams.domain.duties import WorkingDays
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
from streams.domain.offence_events import (
    OFFENCE_EVENTS,
    Arrested,
    Bailed,
    Cautioned,
    Charged,
    CourtOrderKind,
    HearingListed,
    HearingResulted,
    NoFurtherAction,
    Outcome,
    ReleasedUnderInvestigation,
    WarrantIssued,
)
from streams.domain.offence_facts import facts_of, matter_of, step_of
from streams.domain.offence_groups import groups_of
from streams.domain.records import OffenceGroup, PersonEvent

NAME: Final = "new_offence"
SERIOUS_GROUPS: Final = frozenset(
    {
        OffenceGroup.VIOLENCE,
        OffenceGroup.DOMESTIC_ABUSE,
        OffenceGroup.CHILD,
        OffenceGroup.SEXUAL,
    }
)
"""Source: FLOWS row 10, violence, domestic abuse, child or sexual offences."""
IMMEDIATE_OUTCOMES: Final = frozenset(
    {
        Outcome.REMANDED_IN_CUSTODY,
        Outcome.CUSTODY,
        Outcome.WARRANT_ISSUED,
        Outcome.PROTECTIVE_ORDER_MADE,
    }
)
"""Assumed: what changes where the person is, or whom they may go near, cannot wait a day."""
CLEARING_OUTCOMES: Final = frozenset({Outcome.ACQUITTED, Outcome.DISCONTINUED})
NEW_ORDERS: Final = frozenset(
    {
        CourtOrderKind.COMMUNITY_ORDER,
        CourtOrderKind.SUSPENDED_SENTENCE_ORDER,
        CourtOrderKind.YOUTH_ORDER,
    }
)
CONTACT_COURT_DUE = WorkingDays(1)
"""Assumed: the officer reads a new matter into the risk assessment by the next working day."""
ASSIGN_DUE = WorkingDays(2)
"""Source: FLOWS row 13, assign within 2 full working days after sentence [DJ]."""
STANDING: Final = frozenset({"offences", "offence_groups", "outcomes", "orders"})
"""Facts of a matter that stand where a later step does not say them again."""
SAYS_BAIL_ANEW: Final = (Bailed, Cautioned, NoFurtherAction, ReleasedUnderInvestigation)
"""Steps after which no earlier bail is in force."""
BAIL_GOES_ON: Final = frozenset({Outcome.ADJOURNED, Outcome.REMANDED_ON_BAIL, Outcome.BAIL_VARIED})
"""Assumed: results after which the conditions of bail last told are still in force."""


def decide(event: PersonEvent, view: CaseView, now: datetime) -> tuple[Instruction, ...]:
    """Decide who must know of a step in a new matter; supervision itself is never changed."""
    match event:
        case Arrested():
            return _tell_of_arrest(event, view, now)
        case NoFurtherAction():
            return _amend(event, view, now)
        case HearingResulted():
            return _tell_of_result(event, view, now)
        case (
            Bailed()
            | ReleasedUnderInvestigation()
            | Charged()
            | Cautioned()
            | HearingListed()
            | WarrantIssued()
        ):
            return _tell_of_step(event, view, now)
        case _:
            message = f"{NAME} does not decide about {type(event).__name__}"
            raise TypeError(message)


def _tell_of_arrest(event: Arrested, view: CaseView, now: datetime) -> tuple[Instruction, ...]:
    """Tell of an arrest at once; a covert one gets its warning with every notice of it."""
    tasks = (Task("Review the risk in the light of the arrest.", CONTACT_COURT_DUE),)
    facts = facts_of("arrested", event)
    return _to_officers(event, view, now, _Told(Urgency.IMMEDIATE, facts, tasks))


def _tell_of_step(
    event: Bailed
    | ReleasedUnderInvestigation
    | Charged
    | Cautioned
    | HearingListed
    | WarrantIssued,
    view: CaseView,
    now: datetime,
) -> tuple[Instruction, ...]:
    """Tell of a step that leaves the matter open."""
    serious = bool(SERIOUS_GROUPS & set(groups_of(event)))
    immediate = serious or isinstance(event, WarrantIssued)
    urgency = Urgency.IMMEDIATE if immediate else Urgency.SAME_DAY
    tasks = (Task("Read the new matter into the risk assessment.", CONTACT_COURT_DUE),)
    return _to_officers(event, view, now, _Told(urgency, facts_of(step_of(event), event), tasks))


def _amend(event: NoFurtherAction, view: CaseView, now: datetime) -> tuple[Instruction, ...]:
    """Amend what was told: the police take no further action, and no call-out of it counts."""
    told = _Told(Urgency.NEXT_WORKING_DAY, facts_of("no_further_action", event), ())
    instructions = _to_officers(event, view, now, told)
    if event.incident_reference is None:
        return instructions
    ended = Record(
        "no further action: the call-out no longer counts",
        FactKind.NO_FURTHER_ACTION,
        f"callout:{event.incident_reference}",
    )
    return (*instructions, ended)


def _tell_of_result(
    event: HearingResulted, view: CaseView, now: datetime
) -> tuple[Instruction, ...]:
    """Tell of what a court decided, and the allocation desk of a new order."""
    outcomes = frozenset(result.outcome for result in event.all_results)
    cleared = outcomes and outcomes <= CLEARING_OUTCOMES
    serious = SERIOUS_GROUPS & set(groups_of(event))
    if not cleared and (outcomes & IMMEDIATE_OUTCOMES or serious):
        urgency = Urgency.IMMEDIATE
    else:
        urgency = Urgency.NEXT_WORKING_DAY if cleared else Urgency.SAME_DAY
    happened = "cleared" if cleared else "resulted"
    tasks = () if cleared else (Task("Read the result into the plan.", CONTACT_COURT_DUE),)
    told = _Told(urgency, facts_of(happened, event), tasks)
    return (*_to_officers(event, view, now, told), *_new_order(event))


def _new_order(event: HearingResulted) -> tuple[Instruction, ...]:
    """Tell the allocation desk of an order made; allocation itself is a person's decision."""
    made = [order for order in event.orders if order.kind in NEW_ORDERS]
    if not made:
        return ()
    facts: dict[str, Any] = {
        "court_case": event.court_case,
        "orders": [order.kind.value for order in made],
        "made_on": made[0].made_on,
        "court": event.court.name or event.court.code,
    }
    return (
        Tell(
            notice="new_order",
            to=Addressee.ALLOCATION_DESK,
            urgency=Urgency.SAME_DAY,
            matter=f"order:{event.court_case}",
            facts=facts,
            why="a court made a new order on a person whom this provider has",
            tasks=(Task("Assign an officer to the new order.", ASSIGN_DUE, "order_assigned"),),
        ),
    )


class _Told(Struct, frozen=True):
    """What the officers are told of one step."""

    urgency: Urgency
    facts: dict[str, Any]
    tasks: tuple[Task, ...]


def _to_officers(
    event: PersonEvent, view: CaseView, now: datetime, told: _Told
) -> tuple[Instruction, ...]:
    """Tell the responsible officer, and the enforcement officer where the case has one."""
    matter, keeps = matter_of(event), _keeps(event)
    enforcing = view.case.responsible(now, SupervisionRole.ENFORCEMENT_OFFICER) is not None
    addressees = (
        (Addressee.RESPONSIBLE_OFFICER, "police or court took a step in a matter of this person"),
        (
            Addressee.ENFORCEMENT_OFFICER,
            "police or court took a step in a matter of this person, whose order is enforced",
        ),
    )
    return tuple(
        Tell(
            notice=NAME,
            to=to,
            urgency=told.urgency,
            matter=matter,
            facts={"matter": matter, **told.facts},
            why=why,
            tasks=told.tasks,
            keeps=keeps,
        )
        for to, why in addressees
        if to is Addressee.RESPONSIBLE_OFFICER or enforcing
    )


def _keeps(event: PersonEvent) -> frozenset[str]:
    """Name what was told of the matter before and stands after this step."""
    ends_bail = isinstance(event, SAYS_BAIL_ANEW) or (
        isinstance(event, HearingResulted)
        and not any(result.outcome in BAIL_GOES_ON for result in event.all_results)
    )
    return STANDING if ends_bail else STANDING | {"conditions"}


def _matters(event: PersonEvent) -> tuple[str, ...]:
    """Name every matter of which a notice may be open."""
    court_case = event.value_of("court_case")
    return (matter_of(event),) if court_case is None else (matter_of(event), f"order:{court_case}")


FLOW: Final = Flow(
    name=NAME,
    version=1,
    events=OFFENCE_EVENTS,
    decide=decide,
    matters=_matters,
)
