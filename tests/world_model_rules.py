"""What FLOWS says of call-outs (flow 1) and of new offences (flow 10), in the simple model.

A rule is a function of what was heard, the person's case, and what else is known; it answers with
what is to be said. No answer: nobody has to act, and the event is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from world_model_cases import ABUSE_REGISTERS, ENFORCER, OFFICER, Case
from world_model_staff import ALLOCATION_DESK, MANAGER
from world_model_values import Close, Due, Heard, Mark, Say, TakeBack, Wait

if TYPE_CHECKING:
    from world_model_desk import Duty

IMMEDIATE: Final = "immediate"
SAME_DAY: Final = "same_day"
NEXT_DAY: Final = "next_working_day"
DIGEST: Final = "digest"
THIRD: Final = 3
TWELVE_MONTHS: Final = timedelta(days=365)
SERIOUS: Final = frozenset({"violence", "domestic_abuse", "child", "sexual"})
SERIOUS_WORDS: Final = (
    *("assault", "wound", "bodily harm", "murder", "manslaughter", "threats to kill"),
    *("strangulation", "robbery", "battery", "controlling or coercive", "domestic"),
    *("non-molestation", "restraining order", "stalking", "harassment"),
    *("child", "rape", "sexual", "indecent"),
)
"""Words in a title that make it one of violence, domestic abuse, a child or a sexual offence."""
AT_ONCE: Final = frozenset(
    {"remanded_in_custody", "custody", "warrant_issued", "protective_order_made"}
)
CLEARED: Final = frozenset({"acquitted", "discontinued"})
ORDERS: Final = frozenset({"community_order", "suspended_sentence_order", "youth_order"})


@dataclass(frozen=True, slots=True)
class Scene:
    """What a rule looks at: what was heard, the person's case and duties, and others' cases.

    `others` are those of everybody else at the same call-out.
    """

    heard: Heard
    case: Case
    others: tuple[Case, ...] = ()
    owed: tuple[Duty, ...] = ()

    @property
    def at(self) -> datetime:
        """Return when a worker took it up, which is now."""
        return self.case.at


Answer = Say | Wait | Close | TakeBack | Mark
Answers = Iterator[Answer]
Rule = Callable[[Scene], Answers]


def callout(scene: Scene) -> Answers:
    """Flow 1: suspect, victim or unclear to the own officer; a third one to the manager."""
    heard, role = scene.heard, scene.heard["role"]
    if role == "witness":
        return
    matter = f"callout:{heard['callout_reference']}"
    abuse = bool(scene.case.registers & ABUSE_REGISTERS)
    at_once = heard["grade"] == "high" or heard["children_present"] or heard["order_breached"]
    urgency = IMMEDIATE if at_once or abuse else SAME_DAY
    known = {"suspect": "suspect", "victim": "victim"}.get(role, "role_unclear")
    yield Say(f"domestic_abuse_callout_{known}", OFFICER, urgency, matter, _to_do(heard, known))
    if role == "suspect" and _count(scene) >= THIRD:
        again = SAME_DAY if heard["grade"] == "high" else DIGEST
        yield Say("repeat_domestic_abuse_callouts", MANAGER, again, "repeat_callouts")
    if _is_shared(scene):
        owes = (("supervision_shared_out", Due()),)
        yield Say("both_parties_supervised", MANAGER, SAME_DAY, matter, owes)


def _to_do(heard: Heard, role: str) -> tuple[tuple[str, Due], ...]:
    """Return what the officer has to do: of a suspect much, of a victim to think of support."""
    if role == "victim":
        return (("support_considered", Due(2)),)
    if role != "suspect":
        return ()
    referral = (("childrens_referral_confirmed", Due(1)),) if heard["children_present"] else ()
    return (*referral, ("risk_reviewed", Due(2)), ("home_visit_considered", Due(5)))


def _count(scene: Scene) -> int:
    """Count the call-outs as suspect in the fullest twelve months with this one in them."""
    closed = {
        past.heard["incident_reference"]
        for past in scene.case.standing("police.no_further_action")
        if past.counts
    }
    this = scene.heard["callout_reference"]
    when = {} if this in closed else {this: scene.heard.happened_at}
    for past in scene.case.standing("police.domestic_abuse_callout"):
        said = past.heard
        reference = said["callout_reference"]
        if past.counts and said["role"] == "suspect" and reference not in closed:
            earlier = when.get(reference, said.happened_at)
            when[reference] = min(earlier, said.happened_at)
    windows = [
        {each for each, at in when.items() if start <= at <= start + TWELVE_MONTHS}
        for start in when.values()
    ]
    return max((len(window) for window in windows if this in window), default=0)


def _is_shared(scene: Scene) -> bool:
    """Answer whether one officer, or one team, has another party to the same call-out as well."""
    mine = scene.case.holder()
    for other in scene.others:
        theirs = None if mine is None or other.is_over else other.holder()
        if theirs is None or mine is None or theirs.provider != mine.provider:
            continue
        one_officer = mine.officer is not None and mine.officer == theirs.officer
        one_team = mine.team is not None and mine.team == theirs.team
        if (one_officer or one_team) and _is_party(other, scene.heard["callout_reference"]):
            return True
    return False


def _is_party(case: Case, reference: str) -> bool:
    """Answer whether somebody was at a call-out, and not as a witness."""
    return any(
        past.counts
        and past.heard["callout_reference"] == reference
        and past.heard["role"] != "witness"
        for past in case.standing("police.domestic_abuse_callout")
    )


def offence(scene: Scene) -> Answers:
    """Flow 10: the officer, and the enforcement officer; a new order to the allocation desk."""
    heard = scene.heard
    urgency, matter = _urgency(heard), _matter(heard)
    yield Say("new_offence", OFFICER, urgency, matter)
    if scene.case.holder(ENFORCER) is not None:
        yield Say("new_offence", ENFORCER, urgency, matter)
    if any(order["kind"] in ORDERS for order in heard["orders"] or ()):
        owes = (("order_assigned", Due(2)),)
        order = f"order:{heard['court_case']}"
        yield Say("new_order", ALLOCATION_DESK, SAME_DAY, order, owes)


def _matter(heard: Heard) -> str:
    """Name the matter: hearings of one case are one, and so are the steps of one arrest."""
    names = {"court_case": "court_case", "arrest": "arrest_reference"}
    names |= {"incident": "incident_reference"}
    for name, field in names.items():
        if heard[field] is not None:
            return f"{name}:{heard[field]}"
    return f"event:{heard.key[1]}"


def _urgency(heard: Heard) -> str:
    """Return immediate for an arrest, a warrant, custody, and what is serious; else the day."""
    if heard.type in {"police.arrested", "courts.warrant_issued"}:
        return IMMEDIATE
    if heard.type == "police.no_further_action":
        return NEXT_DAY
    applied = (r for each in heard["applications"] or () for r in each["results"])
    outcomes = {each["outcome"] for each in (*(heard["results"] or ()), *applied)}
    if heard.type != "courts.hearing_resulted":
        outcomes = set()
    if outcomes and outcomes <= CLEARED:
        return NEXT_DAY
    return IMMEDIATE if outcomes & AT_ONCE or _is_serious(heard) else SAME_DAY


def _is_serious(heard: Heard) -> bool:
    """Answer whether any offence is violent, of domestic abuse, against a child or sexual."""
    for each in heard["offences"] or ():
        title = each["title"].lower()
        if each.get("groups"):
            if SERIOUS & set(each["groups"]):
                return True
        elif any(word in title for word in SERIOUS_WORDS):
            return True
    return False


OFFENCES: Final = (
    *("police.arrested", "police.bailed", "police.released_under_investigation"),
    *("police.charged", "police.no_further_action", "police.cautioned"),
    *("courts.hearing_listed", "courts.hearing_resulted", "courts.warrant_issued"),
)
RULES: Final[dict[str, Rule]] = {
    "police.domestic_abuse_callout": callout,
    **dict.fromkeys(OFFENCES, offence),
}
