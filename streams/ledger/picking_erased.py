"""What the clock erases: content that is about nobody we know, by what humans or agencies said.

Only what was held is erased, and never anybody's: nobody but a desk was told of it, and the desk
was told nothing of what it says. What an officer was told as being about one of theirs stands in
their notices, and its event is kept with them.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from streams.domain.identity_acts import ContentErased
from streams.ledger.arrays import texts
from streams.ledger.connection import Session, world
from streams.ledger.picking import Watch
from streams.ledger.reading_again import UNDONE

LOOK_EVERY: Final = timedelta(minutes=1)
"""Assumed: what was kept for days may be kept for a minute more."""
PAST: Final = (
    "SELECT r.event_seq, r.decided_seq FROM review r JOIN event e ON e.seq = r.event_seq"  # noqa: S608 - a constant
    " WHERE r.state IN ('rejected', 'overridden', 'taken_back') AND r.person_id IS NULL"
    " AND e.person_id IS NULL AND e.payload IS NOT NULL AND e.publisher = ANY(%(known)s)"
    f" AND (r.state = 'taken_back' OR r.decided_at <= %(since)s OR {UNDONE})"
    " AND (EXISTS (SELECT FROM identity_decision d WHERE d.seq = e.seq AND d.outcome = 'possible')"
    " OR EXISTS (SELECT FROM sealed s WHERE s.seq = e.seq AND s.ended = 'held'))"
    " AND NOT EXISTS (SELECT FROM review_decision w WHERE w.event_seq = e.seq"
    " AND w.person_id IS NOT NULL AND w.refused IS NULL)"
    " ORDER BY r.event_seq LIMIT %(most)s"
)
"""Of an agency that has left the register nothing can be opened again, nor erased by an act."""


def nobodys_past_their_time(
    session: Session, watch: Watch, at: datetime, most: int
) -> Sequence[ContentErased]:
    """Pick what was kept for as long as a decision may be reversed, or what was taken back."""
    before = watch.erased_until.get(PAST)
    if before is not None and before <= at < before + LOOK_EVERY:
        return []
    known = texts(sorted(watch.rules.register.agencies))
    values = {"since": at - watch.nobodys_for, "known": known, "most": most}
    with world():
        rows = session.execute(PAST.encode(), values).fetchall()
    if not rows:
        watch.erased_until[PAST] = at
    return [ContentErased(*row) for row in rows]
