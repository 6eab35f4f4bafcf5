"""Bind an admitted event to a person: late, with its age said, once what rested on it is undone.

This is how a held event is delivered, how a human's word takes an event from one person to another,
and how a merge or the sealed store brings one home. The event keeps its number: it is folded into
the case where it belongs among the others, and what flows look back on has it in its place. What is
told is told now, by the act, with times that begin now.
"""

from collections.abc import Sequence
from datetime import timedelta
from hashlib import blake2b
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from streams.domain.case_events import CASE_EVENTS
from streams.domain.cases import Case
from streams.domain.folding import fold
from streams.domain.instructions import Flow, Instruction, Record, Tell
from streams.domain.matching import LookupKey, Matched, Possible
from streams.domain.notices import Move, NoticeState
from streams.domain.passage import Folded, Identity, Note, Opened, Scene, Source
from streams.domain.records import PersonEvent
from streams.pipeline.carrying import Moment, carry_out
from streams.pipeline.handing import WENT_ON, change_back, change_hands
from streams.pipeline.held import hold
from streams.pipeline.learning import learn
from streams.pipeline.run import cut_from, view_of
from streams.pipeline.seeking import gives_new_name
from streams.pipeline.telling_again import Again, take_shared_back
from streams.pipeline.undo import undo_source
from streams.pipeline.values import Admitted, Disposition, Ended
from streams.pipeline.work import Work
from streams.stages.decide import decide

NOT_THEIRS: Final = "this was not about this person: somebody has said who it is about"
TOLD_AGAIN: Final = (
    "you are told this again, since another part of what you were told was about somebody else"
)
MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)


def bind(admitted: Admitted, person_id: UUID, moment: Moment, *, because: str) -> Ended:
    """Let an event be about a person from now on, and tell whoever must know, with its age.

    `because` says why it comes so late, in words that the officer reads after "this is 3 days old".
    The person's case must be loaded whole, and so must that of whom it was about before.
    """
    work, opened = moment.work, _told_now(admitted, moment)
    were = loosen(admitted, moment)
    change_back([was for was in were if was.person_id != person_id], moment)
    left = work.cases[person_id]
    before = next((was for was in were if was.person_id == person_id), left)
    case = _fold_in_place(admitted, left, work)
    told = change_hands(before, case, moment)
    said = f"this is {age(moment.raised_at - opened.happened_at)} old: {because}"
    late = replace(admitted.prepared, opened=opened)
    recorded: list[str] = []
    for flow in late.flows:
        scene = _scene(opened, case, moment, flow)
        view = view_of(case, flow, late, opened.happened_at, work=work)
        for instruction in decide(flow, _event(opened), view, moment.raised_at):
            told += carry_out(_with_age(instruction, said), scene, case, moment)
            if isinstance(instruction, Record):
                recorded.append(instruction.because)
    _keep_place(opened.key, admitted.seq, work)
    moved = [WENT_ON if t.move is Move.HAND_OVER else t.notice.type for t in told]
    words = dict.fromkeys((*(moved if told else recorded), *cut_from(left, case), said))
    disposition = Disposition.ROUTED if told else Disposition.RECORDED
    return _ended(admitted, (disposition, person_id, "; ".join(words)), work)


def release(admitted: Admitted, moment: Moment, *, because: str) -> Ended:
    """Let an event be about nobody whom we know, and take back what was told of it.

    Its content stays, so that the decision can be reversed.
    """
    change_back(loosen(admitted, moment), moment)
    return _ended(admitted, (Disposition.RECORDED, None, because), moment.work)


def hold_again(admitted: Admitted, decision: Possible, moment: Moment, *, because: str) -> Ended:
    """Let an event wait for a human, whoever it was about; its review is opened anew."""
    change_back(loosen(admitted, moment), moment)
    hold(
        _told_now(admitted, moment),
        decision,
        moment,
        words=because,
        seq=admitted.seq,
        immediate=admitted.is_immediate,
    )
    return _ended(admitted, (Disposition.HELD, None, because), moment.work)


def loosen(admitted: Admitted, moment: Moment) -> tuple[Case, ...]:
    """Undo what rests on an event, with what it taught; return the cases as they were.

    Whoever was told of it reads why it is withdrawn.
    """
    if admitted.person_id is None:
        return ()
    work = moment.work
    again = take_shared_back(admitted.opened.key, moment, NOT_THEIRS)
    told_before = len(work.told)
    were = undo_source(admitted.opened.key, work, moment.seq, keeps_review=True)
    for place, (seq, told) in enumerate(work.told[told_before:], told_before):
        if told.move is Move.WITHDRAW and told.notice.state is NoticeState.WITHDRAWN:
            work.told[place] = (seq, replace(told, note=Note(NOT_THEIRS)))
    _unlearn(admitted, admitted.person_id, work)
    for each in again:
        _tell_again(each, moment)
    return tuple(were)


def _tell_again(again: Again, moment: Moment) -> None:
    """Tell what is left of a matter by the rules that told it, and nothing else of them."""
    work = moment.work
    case = work.cases[again.person_id]
    for left in again.left:
        opened = _told_now(left, moment)
        for flow in left.prepared.flows:
            view = view_of(case, flow, left.prepared, opened.happened_at, work=work)
            scene = _scene(opened, case, moment, flow)
            for instruction in decide(flow, _event(opened), view, moment.raised_at):
                is_it = isinstance(instruction, Tell) and (
                    (instruction.notice, instruction.matter) == (again.notice, again.matter)
                )
                if is_it:
                    carry_out(_with_age(instruction, TOLD_AGAIN), scene, case, moment)


def teach(admitted: Admitted, person_id: UUID, keys: Sequence[LookupKey], moment: Moment) -> None:
    """Keep that a person has keys and names of an event, as a human or case management says."""
    identity = Identity(Matched(person_id, ()), person_id, learnt=tuple(keys))
    gives_more = gives_new_name(admitted.looked, moment.work.known.get(person_id))
    learn(identity, admitted.looked, moment.work, admitted.seq, gives_more=gives_more)


def age(old: timedelta) -> str:
    """Say how old something is, in the units that matter: days and hours, hours, or minutes."""
    days, rest = divmod(max(old, timedelta(0)), DAY)
    hours, minutes = rest // HOUR, rest % HOUR // MINUTE
    parts = [(days, "day"), (hours, "hour")] if days else [(hours, "hour")]
    said = [f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in parts if number]
    return " and ".join(said) or f"{minutes} minute{'' if minutes == 1 else 's'}"


def _told_now(admitted: Admitted, moment: Moment) -> Opened:
    """Return the event as it is told by an act: late, and as a statement of its own.

    Ids are derived from a statement, and what was told of the event before keeps its own.
    """
    opened = admitted.opened
    number = moment.seq.to_bytes(8)
    statement = blake2b(opened.content + number, digest_size=len(opened.content)).digest()
    return replace(opened, content=statement, is_late=True)


def _event(opened: Opened) -> PersonEvent:
    """Return an event that is about somebody; only these are identified."""
    event = opened.event
    if not isinstance(event, PersonEvent):
        message = f"{opened.type} was reviewed and is about nobody"
        raise TypeError(message)
    return event


def _scene(opened: Opened, case: Case, moment: Moment, flow: Flow) -> Scene:
    """Bring together what everything that comes of the event has in common."""
    rules, rule = moment.rules, (flow.name, flow.version)
    return Scene(opened, case, rule, moment.raised_at, rules.calendar, rules.contracted)


def _with_age(instruction: Instruction, said: str) -> Instruction:
    """Say in every notice how old its news is."""
    if not isinstance(instruction, Tell):
        return instruction
    return replace(instruction, why=f"{instruction.why}; {said}")


def _fold_in_place(admitted: Admitted, left: Case, work: Work) -> Case:
    """Fold an event of case management into a case where it belongs: by its number."""
    opened = admitted.opened
    if opened.type not in CASE_EVENTS:
        return left
    history = work.histories[left.person_id]
    history.append(Folded(admitted.seq, opened.key, _event(opened)))
    history.sort(key=lambda each: each.seq)
    case = Case(person_id=left.person_id, crn=left.crn)
    for each in history:
        case = fold(case, each.event, each.seq)
    work.cases[left.person_id] = case
    work.changed_cases.add(left.person_id)
    return case


def _keep_place(source: Source, seq: int, work: Work) -> None:
    """Give facts the number of their event: they are looked back on in the order of admission."""
    if source in work.new_facts:
        work.new_facts[source] = [(seq, fact) for _, fact in work.new_facts[source]]


def _unlearn(admitted: Admitted, person_id: UUID, work: Work) -> None:
    """Take from a person the keys and names that only this event gave them."""
    known = admitted.known_without
    if known is None:
        return
    for key in admitted.looked.keys:
        has = work.found.get(key, frozenset())
        if person_id in has and key not in known:
            work.found[key] = has - {person_id}
            work.learnt[key] = work.found[key]
    if admitted.knows is not None:
        work.known[person_id] = admitted.knows
        work.changed_people.add(person_id)
    if admitted.portrait is not None:
        work.alike.unteach(person_id, admitted.portrait)


def _ended(admitted: Admitted, how: tuple[Disposition, UUID | None, str], work: Work) -> Ended:
    """Keep how the event has ended now."""
    disposition, person_id, words = how
    ended = Ended(admitted.prepared, disposition, words, admitted.seq, person_id)
    work.ended.append(ended)
    return ended
