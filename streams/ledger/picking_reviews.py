"""What the clock does about reviews: it looks again whom events are about, and rings who decides.

What is known of people changes when case management teaches, when two are merged, and when a
human decides. Held events are looked up again then, and once a minute besides: of two transactions
at one moment the later number may be seen first. What is found is looked at again under the locks.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from streams.domain.identity_acts import EventBound, ReviewWaited
from streams.domain.ladders import may_ring
from streams.domain.matching import Matched
from streams.domain.reviews import IDENTITY_HELD
from streams.ledger.connection import Session, world
from streams.ledger.looking_again import identities_now
from streams.ledger.picking import LookedUp, Watch
from streams.ledger.reading_again import read_again

LOOK_ANYHOW_AFTER: Final = timedelta(minutes=1)
"""Assumed: no transaction is longer under way than this (DESIGN 4.3: 30 s)."""
WAITING: Final = "SELECT event_seq, rejected FROM review WHERE state = 'waiting' ORDER BY event_seq"
CHANGED: Final = (
    "SELECT greatest((SELECT max(seq) FROM source_record), (SELECT max(seq) FROM act WHERE kind IN"
    " ('event_joined', 'event_overridden', 'event_rejected', 'people_merged',"
    " 'people_unmerged')), 0)"
)
"""The number of what last changed by what people are known."""
CONTENT: Final = (
    "SELECT seq, publisher, topic, log_offset, payload, broker_at FROM event"
    " WHERE seq = ANY(%s) AND payload IS NOT NULL ORDER BY seq"
)
RINGS: Final = (
    "SELECT r.event_seq FROM review r WHERE r.state = 'waiting' AND r.rings_at <= %(at)s"
    " AND EXISTS (SELECT FROM notice n WHERE n.person_id IS NULL"
    " AND n.matter = 'held:' || r.publisher || ':' || r.event_id"
    " AND n.state IN ('acknowledged', 'done')) ORDER BY r.rings_at, r.event_seq LIMIT %(most)s"
)


def certain_now(session: Session, watch: Watch, at: datetime, most: int) -> Sequence[EventBound]:
    """Pick the held events whose person is certain now; a clock without the secret finds none."""
    if not watch.secret:
        return []
    with world():
        rejected: dict[int, list[object]] = dict(session.execute(WAITING.encode()).fetchall())
        for gone in watch.looked.keys() - rejected.keys():
            del watch.looked[gone]
        if not rejected:
            return []
        row = session.execute(CHANGED.encode()).fetchone()
        changed = 0 if row is None else int(row[0])
        seqs = _to_look_at(watch, rejected, LookedUp(changed, at))[:most]
        found = _bound(session, watch, seqs)
        watch.looked.update(dict.fromkeys(seqs, LookedUp(changed, at)))
    return [each for each in found if each.person_id not in rejected[each.event_seq]]


def _to_look_at(watch: Watch, waiting: Iterable[int], now: LookedUp) -> list[int]:
    """Return the events that were not looked up since identity changed, nor lately, in turn."""
    never = LookedUp(-1, now.at - LOOK_ANYHOW_AFTER)
    due = [
        (last.at, seq)
        for seq in waiting
        if (last := watch.looked.get(seq, never)).changed != now.changed
        or now.at - last.at >= LOOK_ANYHOW_AFTER
    ]
    return [seq for _, seq in sorted(due)]


def _bound(session: Session, watch: Watch, seqs: Sequence[int]) -> list[EventBound]:
    """Look events up and return those that are about somebody for certain."""
    rows = session.execute(CONTENT.encode(), (list(seqs),)).fetchall()
    read = {row[0]: read_again(row[1:], watch.rules) for row in rows}
    known = {seq: prepared for seq, prepared in read.items() if prepared is not None}
    if not known:
        return []
    identities = identities_now(
        session,
        list(known.values()),
        watch.rules,
        directory=watch.staff,
        secret=watch.secret,
    )
    return [
        EventBound(seq, identity.person_id)
        for seq, identity in zip(known, identities, strict=True)
        if isinstance(identity.decision, Matched) and identity.person_id is not None
    ]


def reviews_in_vain(
    session: Session, watch: Watch, at: datetime, most: int
) -> Sequence[ReviewWaited]:
    """Pick the reviews that somebody has seen and nobody has decided in time; not out of hours."""
    if not may_ring(IDENTITY_HELD, at, watch.rules.calendar):
        return []
    with world():
        rows = session.execute(RINGS.encode(), {"at": at, "most": most}).fetchall()
    return [ReviewWaited(row[0]) for row in rows]
