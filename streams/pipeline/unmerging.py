"""Two who were taken for one are two again, each with what was theirs before.

What the merge moved goes back, and what nobody has touched since is as it was, but for its number
of steps. What came meanwhile goes to whom its own identifiers say, delivered anew with its age;
where they do not say, it waits for a human with a review. An event that stays where it is, rests on
nothing of the other, and would say the same of the one alone, is left alone: nobody is told a
second time of what they know.

What a named human decided meanwhile is not undone by a machine
(`streams.pipeline.decided_meanwhile`).
"""

from collections.abc import Mapping
from dataclasses import replace
from operator import attrgetter
from typing import Final
from uuid import UUID

from msgspec import structs

from streams.domain.agencies import AgencyKind
from streams.domain.cases import Case
from streams.domain.instructions import Instruction
from streams.domain.matching import Matched, Possible, PossibleReason
from streams.domain.merge_acts import PeopleUnmerged
from streams.domain.notices import Move, Notice
from streams.domain.passage import Folded, Note, Source, Told
from streams.domain.records import PersonEvent
from streams.domain.rungs import Standing
from streams.pipeline.binding import bind, hold_again, teach
from streams.pipeline.carrying import Moment
from streams.pipeline.decided_meanwhile import (
    as_decided,
    keep_decision,
    open_again,
    tell_who_decided,
    when_known,
)
from streams.pipeline.doubting import Found, says_otherwise, why_doubted
from streams.pipeline.following import settle, standing_at
from streams.pipeline.merge_beside import say_no_longer
from streams.pipeline.merge_refusals import why_not_parted
from streams.pipeline.merge_telling import Became, tell_parted
from streams.pipeline.merge_values import Moved, Parted, of_duty, of_review
from streams.pipeline.merging import fold_all, relabel
from streams.pipeline.run import view_of
from streams.pipeline.values import Admitted, Ended
from streams.pipeline.work import Work
from streams.stages.decide import decide
from streams.stages.identify import identify

PARTED: Final = "two who were taken for one are two again, and this is about whom you have"
UNCLEAR: Final = (
    "It came while two people were taken for one, and its identifiers do not say which of them it"
    " is about. Decide which."
)
BACK: Final = "the two are not one person, and it is as it was before"

Whose = UUID | Possible
Said = tuple[tuple[Instruction, ...], ...]
"""What each flow of an event says."""


def part_people(act: PeopleUnmerged, moment: Moment) -> bool:
    """Make two of one again, or say why not; either is kept, as what a named officer did."""
    work, moved = moment.work, moment.work.merging.moved
    words = why_not_parted(act, moment)
    if words is None and moved is None:
        words = f"merge {act.merge_seq} cannot be read"
    if words is not None or moved is None:
        work.refused.append((moment.seq, words or ""))
        return True
    as_one = standing_at(work.cases[act.kept], moment)
    of_one = {each.seq: _would_say(each, act.kept, moment) for each in work.merging.meanwhile}
    _know_again(moved, work)
    in_turn = sorted(work.merging.meanwhile, key=lambda each: when_known(each, work))
    whose = {each.seq: _whose(each, act, moment) for each in in_turn}
    relabel(work, (*moved.notices, *moved.duties), act.gone)
    _relabel_facts(moved, act.gone, work)
    _part_cases(act, moved, whose, work)
    untouched = _as_before(moved, moment)
    changed = {each.after.id: (each.before, each.after) for each in moved.remembered.notices}
    say_no_longer({n: both for n, both in changed.items() if n not in untouched}, moment)
    _name_again(moved, work)
    for each in work.merging.meanwhile:
        if whose[each.seq] == act.kept and _stands(each, act, of_one[each.seq], moment):
            if each.seq in work.taught_by:
                _as_it_was(each, act.kept, work)
        else:
            _bring_home(each, whose[each.seq], moment)
        keep_decision(each, whose[each.seq], work)
    _settle_both(act, as_one, untouched, moment)
    gone = (tuple(sorted(moved.notices)), tuple(sorted(moved.duties)))
    work.parted.append(Parted(moment.seq, act.merge_seq, act.kept, act.gone, *gone))
    tell_parted(act, _became(act, whose), moment)
    tell_who_decided(act, whose, moment)
    return True


def _know_again(moved: Moved, work: Work) -> None:
    """Let both be known by what they were known by before."""
    for side in (moved.remembered.kept, moved.remembered.gone):
        person_id = side.case.person_id
        work.known[person_id] = side.known
        work.changed_people.add(person_id)
        work.cases[person_id] = replace(work.cases[person_id], crn=side.case.crn)
        work.changed_cases.add(person_id)


def _whose(admitted: Admitted, act: PeopleUnmerged, moment: Moment) -> Whose:
    """Say whom an event is about by its own identifiers, and keep what it teaches of them."""
    work, looked = moment.work, admitted.looked
    if admitted.seq in work.merging.decided:
        return as_decided(admitted, act, moment)
    found = {key: work.found.get(key, frozenset()) for key in looked.keys}
    identity = identify(admitted.opened, looked, found, work.known)
    decision = identity.decision
    review = work.reviews.get(admitted.seq)
    rejected = review.rejected if review is not None else frozenset()
    theirs = {act.kept, act.gone} - rejected
    if not isinstance(decision, Matched) or decision.person_id not in theirs:
        return Possible((act.kept, act.gone), PossibleReason.IDENTIFIERS_CONFLICT)
    if _is_doubted(admitted, decision.person_id, found, moment):
        return Possible((act.kept, act.gone), PossibleReason.BORROWED_IDENTIFIER)
    teaches = admitted.opened.agency.kind is AgencyKind.CASE_MANAGEMENT
    if teaches and admitted.opened.event.meta.retracts is None:
        teach(admitted, decision.person_id, identity.learnt, moment)
    return decision.person_id


def _is_doubted(admitted: Admitted, person_id: UUID, found: Found, moment: Moment) -> bool:
    """Answer whether an event under somebody's identifier looks as if it were about another."""
    work, opened, looked = moment.work, admitted.opened, admitted.looked
    moved = work.merging.moved
    if moved is None or not says_otherwise(opened, looked, found, work.known.get(person_id)):
        return False
    both = (moved.remembered.kept, moved.remembered.gone)
    portrait = next((s.portrait for s in both if s.case.person_id == person_id), None)
    return why_doubted(opened, looked, portrait, moment.rules.scorer) is not None


def _part_cases(act: PeopleUnmerged, moved: Moved, whose: Mapping[int, Whose], work: Work) -> None:
    """Fold the case of each from its own events, but for what is brought home afterwards."""
    history = work.histories.get(act.kept, [])
    mine: dict[UUID, list[Folded]] = {
        act.kept: [
            each
            for each in history
            if each.seq not in moved.events and whose.get(each.seq, act.kept) == act.kept
        ],
        act.gone: [each for each in history if each.seq in moved.events],
    }
    for person_id, events in mine.items():
        bare = Case(person_id=person_id, crn=work.cases[person_id].crn)
        work.cases[person_id] = fold_all(bare, events)
        work.histories[person_id] = sorted(events, key=attrgetter("seq"))


def _relabel_facts(moved: Moved, gone: UUID, work: Work) -> None:
    """Let the facts of who was gone be theirs again."""
    for index in (work.facts_of_person, work.facts_of_matter):
        for facts in index.values():
            facts[:] = [
                structs.replace(each, person_id=gone) if each.source in moved.facts else each
                for each in facts
            ]
    here = [each for facts in work.facts_of_person.values() for each in facts]
    work.facts_of_person.clear()
    for each in here:
        work.facts_of_person[each.person_id].append(each)


def _as_before(moved: Moved, moment: Moment) -> frozenset[UUID]:
    """Let notices and duties that the merge gave to others be with whom they were, if untouched.

    Returns their ids.
    """
    work, untouched = moment.work, set[UUID]()
    for change in moved.remembered.notices:
        now = work.notices.get(change.after.id)
        if now is None or structs.replace(now, person_id=change.after.person_id) != change.after:
            continue
        step = now.steps + 1
        back = structs.replace(change.before, steps=step, said_at_step=step)
        told = Note(BACK, None, now.recipient.officer, back.recipient.officer)
        work.keep_told(moment.seq, Told(back, Move.HAND_OVER, told))
        untouched.add(now.id)
    for each in moved.remembered.duties:
        duty, was = work.duties.get(each.duty_id), each.before
        if duty is not None and of_duty(duty) == each.after:
            owned = structs.replace(duty, owner=was.owner, meant=was.meant)
            work.change_duty(structs.replace(owned, state=was.state, satisfied_by=was.satisfied_by))
            untouched.add(duty.id)
    return frozenset(untouched)


def _name_again(moved: Moved, work: Work) -> None:
    """Let reviews name whom they named before, but for what was decided since."""
    for change in moved.remembered.reviews:
        review = work.reviews.get(change.event_seq)
        if review is None:
            continue
        now, was, then = of_review(review), change.before, change.after
        person_id = was.person_id if now.person_id == then.person_id else now.person_id
        left = review.rejected - (set(then.rejected) - set(was.rejected))
        back = set(was.rejected) - set(then.rejected)
        named = replace(
            review,
            candidates=was.candidates if now.candidates == then.candidates else now.candidates,
            rejected=(left | back) - {person_id},
            person_id=person_id,
        )
        if named != review:
            work.keep_review(named)


def _settle_both(
    act: PeopleUnmerged, as_one: Standing, untouched: frozenset[UUID], moment: Moment
) -> None:
    """Give what is open to who has either by rights, where it is not with them again.

    What is as it was before begins no ladder anew: whoever has it has been told.
    """
    work = moment.work
    others = frozenset((*work.notices, *work.duties)) - untouched
    for person_id in (act.kept, act.gone):
        now = structs.replace(as_one, case=work.cases[person_id])
        settle(as_one, now, moment, among=others)
        settle(now, now, moment, among=untouched)


def _would_say(each: Admitted, person_id: UUID, moment: Moment) -> Said:
    """Return what its flows would say of an event now, about this person."""
    work, opened = moment.work, each.opened
    if each.is_undone or not isinstance(opened.event, PersonEvent):
        return ()
    case = work.cases[person_id]
    return tuple(
        decide(
            flow,
            opened.event,
            view_of(case, flow, each.prepared, opened.happened_at, work=work),
            moment.raised_at,
        )
        for flow in each.prepared.flows
    )


def _stands(each: Admitted, act: PeopleUnmerged, of_one: Said, moment: Moment) -> bool:
    """Answer whether what an event told stands: it has nothing of the other, nor was seen by it."""
    if _rests_on_other(each.opened.key, act.gone, moment.work):
        return False
    return _would_say(each, act.kept, moment) == of_one


def _bring_home(each: Admitted, whose: Whose, moment: Moment) -> None:
    """Let an event that came meanwhile be about whom it is, or wait for a human."""
    # What it taught was taken back with all that was learnt meanwhile.
    taken = replace(each, known_without=None, knows=None)
    if each.is_undone or each.opened.event.meta.retracts is not None:
        _as_it_was(each, None if isinstance(whose, Possible) else whose, moment.work)
    elif isinstance(whose, Possible):
        hold_again(taken, whose, moment, because=f"{UNCLEAR}{open_again(each, moment)}")
    else:
        bind(taken, whose, moment, because=PARTED)


def _as_it_was(each: Admitted, person_id: UUID | None, work: Work) -> None:
    """Let an event have ended as it had, about this person; what it teaches is written for them."""
    ended = Ended(each.prepared, each.disposition, each.because, each.seq, person_id)
    work.ended.append(ended)


def _rests_on_other(source: Source, gone: UUID, work: Work) -> bool:
    """Answer whether an event has changed what is the other's: a notice told more, a duty done."""
    notices: list[Notice] = work.resting_on(source)
    duties = work.duties_about(gone)
    return any(each.person_id == gone for each in notices) or any(
        source == each.satisfied_by for each in duties
    )


def _became(act: PeopleUnmerged, whose: Mapping[int, Whose]) -> dict[UUID, Became]:
    """Count what came of the events since the merge, as each of the two sees it."""
    where = list(whose.values())
    held = sum(isinstance(each, Possible) for each in where)
    kept, gone = (sum(each == person for each in where) for person in (act.kept, act.gone))
    return {act.kept: Became(kept, gone, held), act.gone: Became(gone, kept, held)}
