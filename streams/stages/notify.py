"""Notify: turn "tell" into a notice to a named, entitled person, or update the one that is open.

One matter has one notice for each recipient (FLOWS rule 4), which a later event of it updates.
Whoever is told by then gets a notice of their own; one that was handed over is theirs.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec.structs import replace

from streams.domain.derived_ids import SEPARATOR
from streams.domain.duties import due_at
from streams.domain.instructions import Addressee, Task, Tell
from streams.domain.ladders import RUNGS, read_by
from streams.domain.matching import Possible
from streams.domain.notices import (
    URGENCY_ORDER,
    Action,
    Move,
    Notice,
    NoticeState,
    Urgency,
    Whole,
    after,
    notice_id,
    stepped,
)
from streams.domain.passage import Assigned, Opened, Scene, Told
from streams.domain.records import Handling, HandlingCondition
from streams.domain.reviews import IDENTITY_HELD, within
from streams.domain.shown import DO_NOT_TELL, Reader, shown, told_as, whole_of

TAKEN_BACK: Final = "The sender took back part of what you were told: ask them what still stands."
TIME_DOUBTED: Final = "the sender's time cannot be right, so the time at which it came is shown"
HANDLED: Final = frozenset({NoticeState.ACKNOWLEDGED, NoticeState.DONE})
"""States in which nobody is waited for; what comes then has a time of its own."""
HANDLING_ORDER: Final = tuple(Handling)
"""From the least sensitive to the most."""
UPDATES_MAX = 50
"""Assumed: a notice that was updated more often is told again instead, as one nobody could read."""


def notify(scene: Scene, tell: Tell, assigned: Assigned, open_notices: Iterable[Notice]) -> Told:
    """Raise a notice, or update the open one of the same matter that its recipient has."""
    raised = _raise(scene, tell, assigned)
    for notice in open_notices:
        if _is_same_matter(notice, raised) and notice.updates < UPDATES_MAX:
            return _update(notice, raised, tell.keeps)
    return Told(raised, move=None)


def about_held(
    scene: Scene,
    decision: Possible,
    reason: str,
    *,
    immediate: bool,
    officer: str | None = None,
) -> Tell:
    """Tell a desk that an event is held, without its content, and how soon it must be reviewed.

    `reason` is said to whoever keeps the desk, and carries nothing about the person. `officer` is
    who has the most likely person: their manager is told next.
    Source: FLOWS rule 9: within 2 working hours where the event is immediate, else the next working
    day (both assumed there).
    """
    opened = scene.opened
    review = Task("Find out who this is about, and decide.", within(immediate=immediate))
    return Tell(
        notice=IDENTITY_HELD,
        to=Addressee.REVIEW_DESK,
        urgency=Urgency.IMMEDIATE if immediate else Urgency.NEXT_WORKING_DAY,
        matter=matter_of_held(opened.key),
        facts={
            "held_event": opened.event.meta.event_id,
            "event_type": f"{opened.type}.v{opened.version}",
            "reason": reason,
            "candidates": len(decision.candidates),
        },
        why="an event may be about somebody you have, and nobody is sure who it is",
        tasks=(review,),
        officer=officer,
    )


def matter_of_held(source: tuple[str, str]) -> str:
    """Name the matter of a held event, so that the notice is found when the event is undone."""
    return f"held:{source[0]}:{source[1]}"


def _is_same_matter(notice: Notice, raised: Notice) -> bool:
    """Answer whether a notice is about the same matter, to the same recipient, in one role.

    An officer who went to another provider since is told anew: who may read what has changed.
    Two that are kept back are shown as one type and stay two, for whoever may read them one day.
    """
    return (
        notice.state is not NoticeState.WITHDRAWN
        and notice.person_id == raised.person_id
        and told_as(notice) == told_as(raised)
    )


def _raise(scene: Scene, tell: Tell, assigned: Assigned) -> Notice:
    """Compose a notice: what happened, who says so, why you, what to do and by when."""
    meta = scene.opened.event.meta
    conditions = conditions_of(scene.opened)
    whole = Whole(tell.notice, tell.facts, tell.why, _actions(scene, tell, conditions))
    seen = shown(whole, _reader(scene, tell, assigned), tell.urgency, conditions)
    person_id = scene.case.person_id if scene.case else None
    to = _occasion(scene, tell, assigned, seen.type)
    return Notice(
        id=notice_id(scene.opened.key, scene.rule, str(person_id), to),
        type=seen.type,
        rule=scene.rule[0],
        rule_version=scene.rule[1],
        matter=tell.matter,
        person_id=person_id,
        crn=scene.case.crn if scene.case else None,
        recipient=assigned.recipient,
        addressee=tell.to.value,
        state=NoticeState.RAISED,
        urgency=tell.urgency,
        raised_at=scene.raised_at,
        due_at=read_by(tell.notice, tell.urgency, scene.raised_at, scene.calendar),
        why_you=_why(scene, seen.why, assigned),
        says_who=scene.opened.agency.name,
        nature=meta.nature,
        occurred_at=scene.opened.happened_at,
        gateway=meta.gateway,
        handling=meta.handling,
        sources=(scene.opened.key,),
        ladder=RUNGS[tell.to, tell.urgency],
        handling_conditions=conditions,
        actions=seen.actions,
        facts=seen.facts,
        restricted=_is_restricted(scene),
        late=scene.opened.is_late,
        why=seen.why,
        meant=tell.officer,
        rung=assigned.rung,
        whole=None if seen == whole else whole,
    )


def _reader(scene: Scene, tell: Tell, assigned: Assigned) -> Reader:
    """Return who is to read it."""
    return Reader(
        assigned.recipient.reached_as,
        tell.to,
        assigned.recipient.provider in scene.contracted,
        scene.opened.agency.contact,
        scene.raised_at,
        scene.calendar,
    )


def _occasion(scene: Scene, tell: Tell, assigned: Assigned, shown_type: str) -> str:
    """Name for whom, as what, shown as what and of which matter a notice is, and its statement.

    An agency may state one event again with other content; each statement has notices of its own.
    """
    of = (shown_type, tell.notice, tell.matter, tell.to.value, scene.opened.content.hex())
    return SEPARATOR.join((assigned.recipient.officer, *of))


def _is_restricted(scene: Scene) -> bool:
    """Answer whether few may see the case."""
    return scene.case is not None and scene.case.restriction_at(scene.raised_at).restricted


def conditions_of(opened: Opened) -> tuple[HandlingCondition, ...]:
    """Return the sender's handling conditions; a covert event is never to be told to the person."""
    given = opened.event.meta.handling_conditions
    if opened.event.value_of("covert", otherwise=False):
        return tuple(dict.fromkeys((HandlingCondition.DO_NOT_TELL_PERSON, *given)))
    return given


def _why(scene: Scene, why: str, assigned: Assigned) -> str:
    """Say why this recipient, who was passed on the way, and whether the time can be trusted."""
    reached = assigned.recipient.reached_as.replace("_", " ")
    roles = (entry.partition(" ") for entry in assigned.passed)
    reasons = " and ".join(f"{role.replace('_', ' ')} {rest}" for role, _, rest in roles)
    passed = f", since {reasons}" if reasons else ""
    doubted = f"; {TIME_DOUBTED}" if scene.opened.is_suspect_time else ""
    return f"You are told as {reached}{passed}: {why}{doubted}."


def _actions(
    scene: Scene, tell: Tell, conditions: tuple[HandlingCondition, ...]
) -> tuple[Action, ...]:
    """Return what to do and by when; what must not be told to the person comes first."""
    warned = HandlingCondition.DO_NOT_TELL_PERSON in conditions
    first = (Action(DO_NOT_TELL),) if warned else ()
    return (*first, *(_action(scene, task) for task in tell.tasks))


def _action(scene: Scene, task: Task) -> Action:
    """Return what a task asks for, by an instant where it has a deadline."""
    due = task.due
    return Action(task.what, None if due is None else due_at(due, scene.raised_at, scene.calendar))


def _update(notice: Notice, raised: Notice, keeps: frozenset[str]) -> Told:
    """Bring an open notice up to date; it becomes no less urgent, and what is awaited no later.

    Once it was acknowledged nobody waits for it, so what is new has its own time from now on.
    """
    state = after(notice.state, Move.UPDATE) or NoticeState.REOPENED
    waits = notice.state not in HANDLED
    dues = [due for due in (notice.due_at if waits else None, raised.due_at) if due is not None]
    warned = dict.fromkeys((*notice.handling_conditions, *raised.handling_conditions))
    updated = replace(
        raised,
        id=notice.id,
        crn=raised.crn or notice.crn,
        state=state,
        urgency=min(notice.urgency, raised.urgency, key=URGENCY_ORDER.index),
        raised_at=notice.raised_at,
        due_at=min(dues, default=None),
        handling=max(notice.handling, raised.handling, key=HANDLING_ORDER.index),
        sources=tuple(dict.fromkeys((*notice.sources, *raised.sources))),
        ladder=notice.ladder,
        handling_conditions=tuple(warned),
        actions=_merged(notice.actions if waits else (), raised.actions),
        facts={**raised.facts, **_kept(notice.facts, raised.facts, keeps)},
        updates=notice.updates + 1,
        steps=notice.steps + 1,
        rung=max(notice.climbed, raised.rung),
        climbed=notice.climbed,
        said_at_step=notice.steps + 1,
        whole=_whole(notice, raised, keeps, waits=waits),
    )
    return Told(updated, move=Move.UPDATE)


def _whole(notice: Notice, raised: Notice, keeps: frozenset[str], *, waits: bool) -> Whole | None:
    """Bring what is kept aside up to date, where anything is."""
    if notice.whole is None and raised.whole is None:
        return None
    old, new = whole_of(notice), whole_of(raised)
    facts = {**new.facts, **_kept(old.facts, new.facts, keeps)}
    return replace(new, facts=facts, actions=_merged(old.actions if waits else (), new.actions))


def _kept(
    told: Mapping[str, Any], again: Mapping[str, Any], keeps: frozenset[str]
) -> Mapping[str, Any]:
    """Return the facts that were told before, stand, and are not said again."""
    return {
        name: told[name] for name in again if name in keeps and not again[name] and told.get(name)
    }


def _merged(old: tuple[Action, ...], new: tuple[Action, ...]) -> tuple[Action, ...]:
    """Keep every action once, with the earlier of its instants; the warning comes before all.

    What was taken back before is replaced by what is told now.
    """
    actions = {action.what: action for action in old if action.what != TAKEN_BACK}
    for action in new:
        known = actions.get(action.what)
        if known is None or (known.due_at and action.due_at and action.due_at < known.due_at):
            actions[action.what] = action
    first = (DO_NOT_TELL, TAKEN_BACK)
    return tuple(
        sorted(
            actions.values(),
            key=lambda action: first.index(action.what) if action.what in first else len(first),
        )
    )


def withdraw(notice: Notice, source: tuple[str, str]) -> Told | None:
    """Take a retracted source from a notice; None where it does not rest on it.

    A notice with no source left is withdrawn. One with others stays, and its recipient is told that
    part of it was taken back, since the facts shown may be that part.
    """
    left = tuple(other for other in notice.sources if other != source)
    state = after(notice.state, Move.UPDATE if left else Move.WITHDRAW)
    if source not in notice.sources or state is None:
        return None
    changed = replace(stepped(notice, state), sources=left)
    if not left:
        return Told(changed, Move.WITHDRAW)
    taken_back = (Action(TAKEN_BACK),)
    whole = notice.whole and replace(
        notice.whole, actions=_merged(notice.whole.actions, taken_back)
    )
    actions = _merged(changed.actions, taken_back)
    updated = replace(changed, actions=actions, whole=whole, updates=notice.updates + 1)
    return Told(updated, Move.UPDATE)
