"""Notify: turn "tell" into a notice to a named, entitled person, or update the one that is open.

One matter has one notice for each recipient (FLOWS rule 4): a later event of the same court case or
call-out updates it. Whoever has the person by then gets a notice of their own, never an update of
somebody else's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from streams.domain.duties import Due, SameDay, WithinWorkingHours, WorkingDays, due_at
from streams.domain.instructions import Addressee, Task, Tell
from streams.domain.matching import POSSIBLE_WORDS, Possible
from streams.domain.notices import (
    URGENCY_ORDER,
    Action,
    Move,
    Notice,
    NoticeState,
    Rung,
    Urgency,
    after,
    notice_id,
)
from streams.domain.passage import Assigned, Opened, Scene, Told
from streams.domain.records import HandlingCondition
from streams.domain.sharing import is_for_provider, withhold

READ_BY: Final[Mapping[Urgency, Due | None]] = {
    Urgency.IMMEDIATE: WithinWorkingHours(1),
    Urgency.SAME_DAY: SameDay(),
    Urgency.NEXT_WORKING_DAY: WorkingDays(1),
    Urgency.DIGEST: None,
}
"""Source: FLOWS rule 6; one working hour for immediate is assumed there."""
LADDER_ROLES: Final = ("responsible_officer", "cover", "manager", "duty_desk")
RUNG_HOURS: Final = {
    Urgency.IMMEDIATE: 1.0,
    Urgency.SAME_DAY: 4.0,
    Urgency.NEXT_WORKING_DAY: 8.0,
    Urgency.DIGEST: 40.0,
}
"""Assumed: working hours that each rung has, but for immediate (FLOWS rule 6)."""
DO_NOT_TELL: Final = "Do not tell this person."
UPDATES_MAX = 50
"""Assumed: a notice that was updated more often is told again instead, as one nobody could read."""


def notify(scene: Scene, tell: Tell, assigned: Assigned, open_notices: Iterable[Notice]) -> Told:
    """Raise a notice, or update the open one of the same matter that its recipient has."""
    raised = _raise(scene, tell, assigned)
    for notice in open_notices:
        if _is_same_matter(notice, raised) and notice.updates < UPDATES_MAX:
            return _update(notice, raised)
    return Told(raised, move=None)


def about_held(scene: Scene, decision: Possible, *, immediate: bool) -> Tell:
    """Tell a desk that an event is held, without its content, and how soon it must be reviewed.

    Source: FLOWS rule 9: within 2 working hours where the event is immediate, else the next working
    day (both assumed there).
    """
    opened = scene.opened
    review = Task(
        "Find out who this is about, and decide.",
        WithinWorkingHours(2) if immediate else WorkingDays(1),
    )
    return Tell(
        notice="identity_held",
        to=Addressee.DUTY_DESK,
        urgency=Urgency.IMMEDIATE if immediate else Urgency.NEXT_WORKING_DAY,
        matter=f"held:{opened.key[0]}:{opened.key[1]}",
        facts={
            "held_event": opened.event.meta.event_id,
            "event_type": opened.type,
            "reason": POSSIBLE_WORDS[decision.reason],
            "candidates": len(decision.candidates),
        },
        why="an event may be about somebody you have, and nobody is sure who it is",
        tasks=(review,),
    )


def _is_same_matter(notice: Notice, raised: Notice) -> bool:
    """Answer whether a notice is about the same matter, to the same recipient, in one role."""
    return (
        notice.state is not NoticeState.WITHDRAWN
        and notice.type == raised.type
        and notice.matter == raised.matter
        and notice.person_id == raised.person_id
        and notice.addressee == raised.addressee
        and notice.recipient.officer == raised.recipient.officer
    )


def _raise(scene: Scene, tell: Tell, assigned: Assigned) -> Notice:
    """Compose a notice: what happened, who says so, why you, what to do and by when."""
    meta = scene.opened.event.meta
    recipient = assigned.recipient
    read_by = READ_BY[tell.urgency]
    conditions = conditions_of(scene.opened)
    kind, facts = _shown(scene, tell, assigned)
    person_id = scene.case.person_id if scene.case else None
    occasion = f"{recipient.officer}\x1f{tell.notice}\x1f{tell.to.value}"
    return Notice(
        id=notice_id(scene.opened.key, scene.rule, str(person_id), occasion),
        type=kind,
        rule=scene.rule[0],
        rule_version=scene.rule[1],
        matter=tell.matter,
        person_id=person_id,
        crn=scene.case.crn if scene.case else None,
        recipient=recipient,
        addressee=tell.to.value,
        state=NoticeState.RAISED,
        urgency=tell.urgency,
        raised_at=scene.raised_at,
        due_at=None if read_by is None else due_at(read_by, scene.raised_at, scene.calendar),
        why_you=_why(tell, assigned),
        says_who=scene.opened.agency.name,
        nature=meta.nature,
        occurred_at=scene.opened.happened_at,
        gateway=meta.gateway,
        handling=meta.handling,
        sources=(scene.opened.key,),
        ladder=tuple(Rung(role, RUNG_HOURS[tell.urgency]) for role in LADDER_ROLES),
        handling_conditions=conditions,
        actions=_actions(scene, tell, conditions),
        facts=facts,
        restricted=scene.case.restriction.restricted if scene.case else False,
        late=scene.opened.is_late,
    )


def conditions_of(opened: Opened) -> tuple[HandlingCondition, ...]:
    """Return the sender's handling conditions; a covert event is never to be told to the person."""
    given = opened.event.meta.handling_conditions
    if getattr(opened.event, "covert", False):
        return tuple(dict.fromkeys((HandlingCondition.DO_NOT_TELL_PERSON, *given)))
    return given


def _shown(scene: Scene, tell: Tell, assigned: Assigned) -> tuple[str, Mapping[str, Any]]:
    """Return the notice's type and its facts, less what this recipient must not read."""
    contracted = assigned.recipient.provider in scene.contracted
    if is_for_provider(conditions_of(scene.opened), contracted=contracted):
        return tell.notice, withhold(tell.facts, assigned.recipient.reached_as)
    contact = {"instead_of": tell.notice, "contact": scene.opened.agency.contact}
    return "contact_originator", contact


def _why(tell: Tell, assigned: Assigned) -> str:
    """Say why this recipient, and who was passed on the way."""
    reached = assigned.recipient.reached_as.replace("_", " ")
    passed = f"; passed: {', '.join(assigned.passed)}" if assigned.passed else ""
    return f"You are told as {reached}: {tell.why}{passed}."


def _actions(
    scene: Scene, tell: Tell, conditions: tuple[HandlingCondition, ...]
) -> tuple[Action, ...]:
    """Return what to do and by when; what must not be told to the person comes first."""
    warned = HandlingCondition.DO_NOT_TELL_PERSON in conditions
    first = (Action(DO_NOT_TELL),) if warned else ()
    tasks = tuple(
        Action(task.what, due_at(task.due, scene.raised_at, scene.calendar)) for task in tell.tasks
    )
    return (*first, *tasks)


def _update(notice: Notice, raised: Notice) -> Told:
    """Bring an open notice up to date; it becomes no less urgent and is due no later."""
    state = after(notice.state, Move.UPDATE) or NoticeState.REOPENED
    dues = [due for due in (notice.due_at, raised.due_at) if due is not None]
    warned = dict.fromkeys((*notice.handling_conditions, *raised.handling_conditions))
    updated = replace(
        notice,
        state=state,
        urgency=min(notice.urgency, raised.urgency, key=URGENCY_ORDER.index),
        due_at=min(dues, default=None),
        nature=raised.nature,
        says_who=raised.says_who,
        occurred_at=raised.occurred_at,
        sources=tuple(dict.fromkeys((*notice.sources, *raised.sources))),
        handling_conditions=tuple(warned),
        actions=_merged(notice.actions, raised.actions),
        facts=raised.facts,
        restricted=raised.restricted,
        late=raised.late,
        updates=notice.updates + 1,
        steps=notice.steps + 1,
    )
    return Told(updated, move=Move.UPDATE)


def _merged(old: tuple[Action, ...], new: tuple[Action, ...]) -> tuple[Action, ...]:
    """Keep every action once, with the earlier of its instants."""
    actions = {action.what: action for action in old}
    for action in new:
        known = actions.get(action.what)
        if known is None or (known.due_at and action.due_at and action.due_at < known.due_at):
            actions[action.what] = action
    return tuple(actions.values())


def withdraw(notice: Notice, source: tuple[str, str]) -> Notice | None:
    """Take a retracted source from a notice; return it changed, or None where nothing changed.

    A notice with no source left is withdrawn; one with others stays, with the change as a step.
    """
    if source not in notice.sources:
        return None
    left = tuple(other for other in notice.sources if other != source)
    if left:
        return replace(notice, sources=left, updates=notice.updates + 1, steps=notice.steps + 1)
    state = after(notice.state, Move.WITHDRAW)
    if state is None:
        return None
    return replace(notice, sources=(), state=state, steps=notice.steps + 1)
