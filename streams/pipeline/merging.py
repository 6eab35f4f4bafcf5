"""Two people become one: an officer says so, and all that was of the one is of the other now.

The case is made again from the events of both in the order of the ledger, so that it is as if the
two had never been taken for different people. What is open goes to whoever has the person now, by
the rules by which any case changes hands; whoever had either is told. What both were is remembered,
so that `streams.pipeline.unmerging` can part them exactly.

What was decided before is not decided again: nobody is told a second time of what they know.
"""

from collections.abc import Iterable
from dataclasses import replace
from operator import attrgetter
from uuid import UUID

from msgspec import structs

from streams.domain.cases import Case
from streams.domain.folding import fold
from streams.domain.matching import Known
from streams.domain.merge_acts import PeopleMerged
from streams.domain.notices import Notice
from streams.domain.passage import Folded
from streams.pipeline.carrying import Moment
from streams.pipeline.following import settle, standing_at
from streams.pipeline.merge_beside import say_what_is_beside
from streams.pipeline.merge_duties import satisfy_across
from streams.pipeline.merge_refusals import why_not_merged
from streams.pipeline.merge_telling import tell_merged
from streams.pipeline.merge_values import (
    DutyChange,
    Merged,
    NoticeChange,
    Remembered,
    ReviewChange,
    Side,
    of_duty,
    of_review,
)
from streams.pipeline.work import Work
from streams.stages.identify import merged


def merge_people(act: PeopleMerged, moment: Moment) -> bool:
    """Make one of two people, or say why not; either is kept, as what a named officer did."""
    work = moment.work
    one = folded(act, work)
    words = why_not_merged(act, one, moment)
    if words is not None:
        work.refused.append((moment.seq, words))
        return True
    kept, gone = (_side(each, work) for each in (act.kept, act.gone))
    notices, duties = dict(work.notices), dict(work.duties)
    moved = _relabelled(act, work)
    _become(act, one, work)
    satisfy_across(act.kept, duties.values(), moment)
    _hand_on((kept, gone), moved, moment)
    say_what_is_beside(act.kept, notices, moment)
    remembered = Remembered(
        kept,
        gone,
        _changed_notices(notices, work),
        tuple(
            DutyChange(each, of_duty(duties[each]), of_duty(work.duties[each]))
            for each in sorted(duties)
            if of_duty(duties[each]) != of_duty(work.duties[each])
        ),
        _renamed(act, work),
    )
    of_gone = (
        tuple(sorted(each.id for each in notices.values() if each.person_id == act.gone)),
        tuple(sorted(each.id for each in duties.values() if each.person_id == act.gone)),
    )
    work.merged.append(Merged(moment.seq, act.kept, act.gone, remembered, *of_gone))
    tell_merged(act, (kept.case, gone.case), moment)
    return True


def folded(act: PeopleMerged, work: Work) -> Case:
    """Fold the events of both into one case, in the order of the ledger."""
    history = (*work.histories.get(act.kept, ()), *work.histories.get(act.gone, ()))
    known = [work.cases[each].crn for each in (act.kept, act.gone) if each in work.cases]
    crn = next(filter(None, known), None)
    return fold_all(Case(person_id=act.kept, crn=crn), history)


def fold_all(case: Case, history: Iterable[Folded]) -> Case:
    """Fold events into a case in the order of their numbers."""
    for each in sorted(history, key=attrgetter("seq")):
        case = fold(case, each.event, each.seq)
    return case


def relabel(work: Work, ids: Iterable[UUID], person_id: UUID) -> None:
    """Let notices and duties be about another person, without a step in anybody's list."""
    for each in ids:
        notice, duty = work.notices.get(each), work.duties.get(each)
        if notice is not None:
            work.notices_of_matter[notice.person_id, notice.matter].remove(each)
            work.notices_of_matter[person_id, notice.matter].append(each)
            work.notices[each] = structs.replace(notice, person_id=person_id)
        if duty is not None:
            work.duties_of_person[duty.person_id].remove(each)
            work.duties_of_person[person_id].append(each)
            work.duties[each] = structs.replace(duty, person_id=person_id)


def _side(person_id: UUID, work: Work) -> Side:
    """Remember what one of two is."""
    known = work.known.get(person_id, Known(person_id, frozenset(), frozenset()))
    names, births = tuple(sorted(known.family_names)), tuple(sorted(known.birth_dates))
    portrait = work.merging.portraits.get(person_id)
    given = tuple(sorted(known.given_names))
    return Side(work.cases[person_id], names, births, portrait, given)


def _relabelled(act: PeopleMerged, work: Work) -> frozenset[UUID]:
    """Let what is about who is gone be about who is kept; return the ids of it."""
    about = [each.id for each in work.notices.values() if each.person_id == act.gone]
    about += [each.id for each in work.duties.values() if each.person_id == act.gone]
    relabel(work, about, act.kept)
    return frozenset(about)


def _become(act: PeopleMerged, one: Case, work: Work) -> None:
    """Let the one have both cases and both names, and leave the other with nothing."""
    work.cases[act.kept], work.cases[act.gone] = one, Case(person_id=act.gone)
    work.changed_cases |= {act.kept, act.gone}
    history = (*work.histories.get(act.kept, ()), *work.histories.get(act.gone, ()))
    work.histories[act.kept] = sorted(history, key=attrgetter("seq"))
    work.histories[act.gone] = []
    gone = work.known.get(act.gone)
    if gone is not None:
        work.known[act.kept] = merged(work.known.get(act.kept), act.kept, gone)
        work.changed_people.add(act.kept)


def _hand_on(sides: tuple[Side, Side], moved: frozenset[UUID], moment: Moment) -> None:
    """Give what is open to who has the person now, each side by what it was before."""
    work = moment.work
    kept, gone = sides
    now = standing_at(work.cases[kept.case.person_id], moment)
    every = frozenset((*work.notices, *work.duties))
    settle(structs.replace(now, case=kept.case), now, moment, among=every - moved)
    settle(structs.replace(now, case=gone.case), now, moment, among=moved)


def _changed_notices(before: dict[UUID, Notice], work: Work) -> tuple[NoticeChange, ...]:
    """Return the notices that were handed over, as they were and as they are."""
    return tuple(
        NoticeChange(before[each], work.notices[each])
        for each in sorted(before)
        if work.notices[each].steps != before[each].steps
    )


def _renamed(act: PeopleMerged, work: Work) -> tuple[ReviewChange, ...]:
    """Let reviews name who is kept in the place of who is gone; return what each said and says.

    Who was said not to be the one is not the other either, unless a human has said that they are.
    """
    changes: list[ReviewChange] = []
    for seq, review in sorted(work.reviews.items()):
        before = of_review(review)
        person_id = act.kept if review.person_id == act.gone else review.person_id
        named = (act.kept if each == act.gone else each for each in review.candidates)
        also = {act.kept} if act.gone in review.rejected and person_id != act.kept else set()
        changed = replace(
            review,
            candidates=tuple(dict.fromkeys(named)),
            rejected=(review.rejected | also) - {person_id},
            person_id=person_id,
        )
        if changed != review:
            work.keep_review(changed)
            changes.append(ReviewChange(seq, before, of_review(changed)))
    return tuple(changes)
