"""Open what was sealed: tell it as look-back to whoever has the person, or let a human decide.

Whether it is still sealed was looked at under the locks, before the act came here.
"""

from typing import Final

from streams.domain.matching import Possible, PossibleReason
from streams.domain.sealed_acts import SealedOpened
from streams.pipeline.binding import bind, hold_again
from streams.pipeline.carrying import Moment

KNOWN_SINCE: Final = (
    "it came before this person was known to us, and was kept sealed until now; check with the"
    " agency whether it still holds"
)
MAYBE_KNOWN_SINCE: Final = (
    "It came when nobody like this was known to us, and was kept sealed; it may be about somebody"
    " whom we know now. Decide who it is about."
)


def open_sealed(act: SealedOpened, moment: Moment) -> bool:
    """Tell what was sealed, or hold it; answer whether it still applied."""
    work = moment.work
    admitted = work.admitted.get(act.event_seq)
    if admitted is None or admitted.is_undone or admitted.person_id is not None:
        return False
    if act.person_id is not None:
        if act.person_id not in work.cases:
            return False
        bind(admitted, act.person_id, moment, because=KNOWN_SINCE)
        return True
    candidates = tuple(each for each in act.candidates if each in work.cases)
    if not candidates:
        return False
    possible = Possible(candidates, PossibleReason(act.reason))
    hold_again(admitted, possible, moment, because=MAYBE_KNOWN_SINCE)
    return True
