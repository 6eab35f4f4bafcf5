"""Erase what an event said that is about nobody we know: a human has decided so, or it was undone.

Nobody may be told of it any more, and whoever it names is none of ours. A decision can be reversed
for as long as the content is kept, and not afterwards.
"""

from typing import Final

from streams.domain.identity_acts import ContentErased
from streams.domain.reviews import Review, ReviewState
from streams.pipeline.carrying import Moment
from streams.pipeline.values import Admitted, Disposition, Ended
from streams.pipeline.work import Work

ERASED: Final = "what it said was erased"
NO_EVENT: Final = "there is no such event, or nothing of what it said was kept"


def erase_content(act: ContentErased, moment: Moment) -> bool:
    """Leave an event without what it said; answer whether nobody has decided otherwise since."""
    work = moment.work
    admitted, review = work.admitted.get(act.event_seq), work.reviews.get(act.event_seq)
    if admitted is None or review is None or not _is_nobodys(admitted, review):
        return False
    if review.decided_seq != act.decided_seq:
        return False
    words = f"{admitted.because}; {ERASED}"
    ended = Ended(admitted.prepared, Disposition.RECORDED, words, admitted.seq, keeps_content=False)
    work.ended.append(ended)
    return True


def nothing_kept(event_seq: int, work: Work) -> str:
    """Say why nothing can be decided about an event any more."""
    at = work.erased.get(event_seq)
    if at is None:
        return NO_EVENT
    return f"{ERASED} on {at:%d %b %Y}: nothing can be decided about it any more"


def _is_nobodys(admitted: Admitted, review: Review) -> bool:
    """Answer whether an event is about nobody we know, and is not to be decided again."""
    if admitted.person_id is not None or review.person_id is not None:
        return False
    return review.is_of_human or review.state is ReviewState.TAKEN_BACK
