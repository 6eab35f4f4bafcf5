"""Why a decision about an event is not taken, in words for whoever would have decided."""

from typing import Final

from streams.domain.deciders import NOBODYS, Deciding, why_not_to_decide
from streams.domain.identity_acts import (
    Decides,
    EventJoined,
    EventOverridden,
    EventRejected,
    ReviewShown,
)
from streams.domain.notices import Notice
from streams.domain.reviews import Review
from streams.domain.rungs import named
from streams.pipeline.carrying import Moment
from streams.pipeline.following import standing_at
from streams.pipeline.merge_refusals import was_merged
from streams.pipeline.values import Admitted
from streams.stages.notify import matter_of_held

REASON_MAX: Final = 1_000
"""Assumed: characters of why somebody decided; more belongs into case management."""
NO_PERSON: Final = "there is no such person"
SAY_WHY: Final = "say why (--reason)"
UNDONE: Final = "its publisher has taken it back or corrected it; there is nothing to decide"
NOT_WAITING: Final = "nobody was asked about it; to say that it is about somebody else, override it"
WAITS: Final = "nobody has decided it yet: decide its review"
BEGINS: Final = "the person begins with this event; merge the two people instead"
INSTEAD_OF: Final = "--instead-of"
"""By this whoever disagrees names whose decision they replace."""
ALREADY: Final = "that is what was decided; nothing is to be changed"
CERTAIN_SINCE: Final = "it has become certain since who it is about; override it if that is wrong"


def why_not_taken(
    act: Decides, admitted: Admitted, review: Review | None, moment: Moment
) -> str | None:
    """Say why a decision is not taken, or nothing."""
    if admitted.is_undone:
        return UNDONE
    if not act.reason.strip():
        return SAY_WHY
    if len(act.reason) > REASON_MAX:
        return f"{len(act.reason)} characters are too many; {REASON_MAX} can be kept"
    person_id = None if isinstance(act, EventRejected) else act.person_id
    if person_id is not None and person_id not in moment.work.cases:
        return NO_PERSON
    merged = None if person_id is None else was_merged((person_id,), moment.work.merging)
    if merged is not None:
        return merged
    barred = why_not_to_decide(act.by, deciding(act, admitted, review, moment))
    if barred is not None:
        return barred
    if isinstance(act, EventOverridden):
        return _why_not_override(act, admitted, review, moment)
    if review is None:
        return NOT_WAITING
    return None if review.waits else _was_decided(review, moment)


def _why_not_override(
    act: EventOverridden, admitted: Admitted, review: Review | None, moment: Moment
) -> str | None:
    """Say why a decision is not overridden, or nothing."""
    if review is not None and review.waits:
        return WAITS
    if admitted.began:
        return BEGINS
    if act.person_id == admitted.person_id:
        return ALREADY
    is_of_another = review is not None and review.is_of_human and review.decided_by != act.by
    if is_of_another and review is not None and act.instead_of != review.decided_by:
        return _was_decided(review, moment)
    return None


def _was_decided(review: Review, moment: Moment) -> str:
    """Say who has decided otherwise, so that whoever disagrees speaks with them first."""
    if review.decided_by is None:
        return CERTAIN_SINCE
    who = named(standing_at(NOBODYS, moment), review.decided_by)
    what = "it is about nobody whom we know" if review.person_id is None else "who it is about"
    return (
        f"{who} has decided {what}: {review.reason}. If you have spoken with them and it is wrong,"
        f" override it: switchboard identity override {INSTEAD_OF} {review.decided_by}"
    )


def deciding(
    act: Decides | ReviewShown, admitted: Admitted, review: Review | None, moment: Moment
) -> Deciding:
    """Return over what it is decided who may decide, or read what they would decide by."""
    work, at = moment.work, moment.raised_at
    named_one = act.person_id if isinstance(act, EventJoined | EventOverridden) else None
    ids = (*(review.candidates if review else ()), admitted.person_id, named_one)
    cases = tuple(work.cases[each] for each in dict.fromkeys(ids) if each in work.cases)
    told = notices_of(review, moment) if review is not None else []
    if told:
        notice = told[-1]
        holder = notice.recipient
        return Deciding(work.directory, at, holder.provider, notice.meant, cases, holder.officer)
    held = next(filter(None, (case.responsible(at) for case in cases)), None)
    desk = review.desk if review is not None else admitted.opened.agency.held_desk
    if held is None:
        return Deciding(work.directory, at, desk, None, cases)
    return Deciding(work.directory, at, held.provider, held.officer, cases)


def notices_of(review: Review, moment: Moment) -> list[Notice]:
    """Return the notices by which a review was told."""
    return moment.work.open_notices(None, matter_of_held(review.source))
