"""Acts upon identity: what humans decide about events, what becomes certain, and reviews that wait.

A decision that is not taken is kept with the reason, so that two humans who disagree are both seen.
Only a human undoes what a human decided, and says whose decision it was.
"""

from dataclasses import replace
from typing import Final
from uuid import UUID

from msgspec import structs

from streams.domain.case_events import CaseAllocated
from streams.domain.deciders import why_not_to_decide
from streams.domain.derived_ids import derived_id
from streams.domain.identity_acts import (
    Decides,
    EventBound,
    EventJoined,
    EventOverridden,
    EventRejected,
    ReviewShown,
    ReviewWaited,
)
from streams.domain.ladders import may_ring
from streams.domain.matching import (
    NAME_AND_BIRTH_DATE,
    LookupKey,
    Matched,
    Possible,
    PossibleReason,
)
from streams.domain.notices import Move, Notice, NoticeState, after, stepped
from streams.domain.passage import Identity, Note, Told
from streams.domain.reviews import Decided, Review, ReviewState
from streams.domain.rungs import named
from streams.pipeline.binding import bind, release, teach
from streams.pipeline.carrying import Moment
from streams.pipeline.decision_refusals import REASON_MAX, deciding, notices_of, why_not_taken
from streams.pipeline.erasing import nothing_kept
from streams.pipeline.following import NOBODY_ANSWERED, OPERATIONS, passing, standing_at
from streams.pipeline.held import review_due_at
from streams.pipeline.learning import learn
from streams.pipeline.run import sought
from streams.pipeline.seeking import teaches_more
from streams.pipeline.values import Admitted
from streams.stages.identify import PERSON_NAMESPACE
from streams.stages.pass_on import climb, is_at_end

NOT_DECIDED: Final = "has not decided it in time"
CERTAIN: Final = "it has become certain who this is about; nobody has to decide"
UNTIL_CERTAIN: Final = "it was held until it was certain who it is about"
NONE_OF_THEM: Final = "somebody has decided that it is about nobody whom we know"
STATES: Final = {
    EventJoined: ReviewState.JOINED,
    EventRejected: ReviewState.REJECTED,
    EventOverridden: ReviewState.OVERRIDDEN,
}
KINDS: Final = {
    EventJoined: "joined",
    EventRejected: "rejected",
    EventOverridden: "overridden",
}


def take_decision(act: Decides, moment: Moment) -> bool:
    """Take what a human decided, or say why it is not taken; a repeat changes nothing."""
    work = moment.work
    admitted, review = work.admitted.get(act.event_seq), work.reviews.get(act.event_seq)
    if admitted is None:
        work.refused.append((moment.seq, nothing_kept(act.event_seq, work)))
        return False
    if review is not None and _is_repeat(act, review):
        return False
    words = why_not_taken(act, admitted, review, moment)
    _keep(act, moment, words)
    if words is not None:
        work.refused.append((moment.seq, words))
        return True
    if isinstance(act, EventRejected):
        _reject(admitted, act, moment)
    elif act.person_id is None:
        release(admitted, moment, because=NONE_OF_THEM)
    else:
        _give(admitted, act.person_id, act, moment)
    _settle_review(act, admitted, moment)
    return True


def become_certain(act: EventBound, moment: Moment) -> bool:
    """Bind a held event to the person who is certain now; answer whether they still are."""
    work = moment.work
    admitted, review = work.admitted.get(act.event_seq), work.reviews.get(act.event_seq)
    if admitted is None or admitted.is_undone or review is None or not review.waits:
        return False
    identity = sought(admitted.opened, admitted.looked, work)
    is_certain = isinstance(identity.decision, Matched) and not identity.created
    if not is_certain or identity.person_id != act.person_id or act.person_id in review.rejected:
        return False
    gives_more = teaches_more(admitted.opened, admitted.looked, identity, work)
    learn(identity, admitted.looked, work, admitted.seq, gives_more=gives_more)
    bind(admitted, act.person_id, moment, because=UNTIL_CERTAIN)
    work.decided.append(Decided(moment.seq, act.event_seq, "bound", None, act.person_id, CERTAIN))
    for notice in notices_of(review, moment):
        state = after(notice.state, Move.WITHDRAW)
        if state is not None and notice.state is not NoticeState.DONE:
            gone = stepped(notice, state)
            work.keep_told(moment.seq, Told(gone, Move.WITHDRAW, Note(CERTAIN)))
    work.keep_review(
        replace(
            review,
            state=ReviewState.BOUND,
            rings_at=None,
            decided_seq=moment.seq,
            decided_at=moment.raised_at,
            person_id=act.person_id,
        )
    )
    return True


def ring_review(act: ReviewWaited, moment: Moment) -> bool:
    """Ring the next rung for a review that was seen and not decided in time.

    One that nobody has seen is rung by its notice's own ladder. Out of hours nobody is.
    """
    work, at = moment.work, moment.raised_at
    review = work.reviews.get(act.event_seq)
    if review is None or not review.waits or review.rings_at is None or review.rings_at > at:
        return False
    open_ones = [each for each in notices_of(review, moment) if _is_seen(each)]
    if not open_ones or not may_ring(open_ones[0].type, at, moment.rules.calendar):
        return False
    is_over = False
    for notice in open_ones:
        told = climb(notice, passing(notice, moment), NOT_DECIDED)
        if told is None:
            is_over = True
            continue
        work.keep_told(moment.seq, told)
        is_over = is_over or is_at_end(notice, told)
    if is_over:
        alarm = (NOBODY_ANSWERED, f"review {review.event_seq}", OPERATIONS)
        words = f"event {review.event_seq}: the ladder is at its end and nobody has decided"
        work.alarms.append((alarm, words))
    again = None if is_over else review_due_at(moment, immediate=review.is_immediate)
    work.keep_review(replace(review, rings_at=again))
    return True


def show_review(act: ReviewShown, moment: Moment) -> bool:
    """Let an officer read whom an event may be about, or say why not; either is audited."""
    work = moment.work
    admitted, review = work.admitted.get(act.event_seq), work.reviews.get(act.event_seq)
    if admitted is None or review is None:
        work.refused.append((moment.seq, nothing_kept(act.event_seq, work)))
        return False
    words = why_not_to_decide(act.by, deciding(act, admitted, review, moment))
    if words is not None:
        work.refused.append((moment.seq, words))
    return True


def _is_seen(notice: Notice) -> bool:
    """Answer whether somebody has taken a notice on, so that its own ladder rings no more."""
    return notice.state in {NoticeState.ACKNOWLEDGED, NoticeState.DONE}


def _is_repeat(act: Decides, review: Review) -> bool:
    """Answer whether a human has decided just this already, whoever it was."""
    if not review.is_of_human:
        return False
    if isinstance(act, EventRejected):
        return review.state is ReviewState.REJECTED or review.person_id is None
    return act.person_id == review.person_id


def _give(admitted: Admitted, person_id: UUID, act: Decides, moment: Moment) -> None:
    """Bind an event to the person whom a human names, and let them be known by what it says."""
    here = standing_at(moment.work.cases[person_id], moment)
    if isinstance(act, EventOverridden):
        because = f"it was taken to be about somebody else until {named(here, act.by)} decided"
    else:
        because = f"it was held until {named(here, act.by)} decided who it is about"
    bind(admitted, person_id, moment, because=because)
    teach(admitted, person_id, to_teach(admitted, person_id, moment), moment)


def to_teach(admitted: Admitted, person_id: UUID, moment: Moment) -> list[LookupKey]:
    """Return the keys of an event that are the person's from now on.

    An identifier that somebody else has stays theirs alone: else nothing under it is ever certain
    again. A surname and birth date may be those of many.
    """
    found = moment.work.found
    return [
        key
        for key in admitted.looked.keys
        if not found.get(key) or (key.kind == NAME_AND_BIRTH_DATE and person_id not in found[key])
    ]


def _reject(admitted: Admitted, act: EventRejected, moment: Moment) -> None:
    """Let an event be nobody's; an allocation begins the person whom case management has."""
    if not isinstance(admitted.opened.event, CaseAllocated):
        release(admitted, moment, because=NONE_OF_THEM)
        return
    person_id = derived_id(PERSON_NAMESPACE, *admitted.opened.key)
    free = tuple(to_teach(admitted, person_id, moment))
    candidates = moment.work.reviews[act.event_seq].candidates
    decision = Possible(candidates, PossibleReason.NAME_AND_BIRTH_DATE_ONLY)
    identity = Identity(decision, person_id, created=True, learnt=free)
    learn(identity, admitted.looked, moment.work, admitted.seq)
    bind(admitted, person_id, moment, because=UNTIL_CERTAIN)


def _keep(act: Decides, moment: Moment, refused: str | None) -> None:
    """Keep what was decided, or would have been."""
    person_id = None if isinstance(act, EventRejected) else act.person_id
    kept = Decided(
        moment.seq,
        act.event_seq,
        KINDS[type(act)],
        act.by,
        person_id,
        act.reason.strip()[:REASON_MAX],
        refused,
    )
    moment.work.decided.append(kept)


def _settle_review(act: Decides, admitted: Admitted, moment: Moment) -> None:
    """Close the review by the decision, and remember of whom it is not to be thought again."""
    work = moment.work
    review = work.reviews.get(act.event_seq) or _begun(admitted, moment)
    bound = work.ended[-1].person_id
    rejected = set(review.rejected)
    if isinstance(act, EventRejected):
        rejected |= set(review.candidates)
    elif admitted.person_id is not None:
        rejected.add(admitted.person_id)
    work.keep_review(
        replace(
            review,
            state=STATES[type(act)],
            rings_at=None,
            decided_seq=moment.seq,
            decided_at=moment.raised_at,
            decided_by=act.by,
            reason=act.reason.strip(),
            person_id=bound,
            rejected=frozenset(rejected - {bound}),
        )
    )
    for notice in notices_of(review, moment):
        _finish(notice, act, moment)


def _begun(admitted: Admitted, moment: Moment) -> Review:
    """Return the review of an event that never waited for anybody."""
    desk, at = admitted.opened.agency.held_desk, moment.raised_at
    return Review(admitted.seq, admitted.opened.key, desk, False, (), at, at, None)  # noqa: FBT003 - it was not urgent


def _finish(notice: Notice, act: Decides, moment: Moment) -> None:
    """Finish the notice of a review in the name of whoever decided."""
    for move in (Move.ACKNOWLEDGE, Move.FINISH):
        state = after(notice.state, move)
        if state is not None:
            notice = structs.replace(notice, state=state, steps=notice.steps + 1)
            note = Note(act.reason.strip() if move is Move.FINISH else "", act.by)
            moment.work.keep_told(moment.seq, Told(notice, move, note))
