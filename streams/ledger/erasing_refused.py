"""What a settled record of the quarantine holds is erased in time; what it was, and why, stays.

A record that nobody could use was never decided about: it may be about anybody, and belongs to no
case. Its place, the reason, whose move it was and a keyed digest of it stay for ever, so that it
can be counted, explained, and known again by whoever still has the bytes and the secret. The bytes
go: key, value, headers, and what an operator made of them. What was replayed is an event of its
own, and is kept as such. What still waits for somebody is never erased, since it would be lost.

Clocks take turns by the rows, and an operator who has one in hand is not waited for.
"""

from datetime import datetime
from typing import Final

from streams.ledger.connection import Session, world
from streams.ledger.picking import Watch
from streams.ledger.refused import WAITING, Refused, find
from streams.ledger.repairs import Act, digest, log, note

ACCOUNT: Final = "clock"
ERASED: Final = "erased"
AT_ONCE: Final = 200
PAST: Final = (
    "SELECT q.id FROM quarantine q WHERE q.raised_at <= %s AND q.state <> ALL (%s) AND NOT EXISTS"
    " (SELECT FROM repair r WHERE r.action = 'erased' AND"
    " (r.topic_id, r.partition, r.log_offset) = (q.topic_id, q.partition, q.log_offset))"
    " ORDER BY q.id LIMIT %s FOR UPDATE OF q SKIP LOCKED"
)
EMPTIED: Final = (
    "UPDATE quarantine SET record_key = NULL, record_value = NULL, header_names = '{}',"
    " header_values = '{}' WHERE id = %s"
)
MENDED_EMPTIED: Final = (
    "UPDATE repair SET record_value = NULL WHERE topic_id = %s AND partition = %s"
    " AND log_offset = %s"
)


def erase_refused(session: Session, watch: Watch, at: datetime) -> int:
    """Erase what settled records held whose time is up; return of how many."""
    act = Act(ACCOUNT, at, watch.secret)
    count = 0
    while erased := _some(session, at - watch.quarantine_for, act):
        count += erased
    return count


def _some(session: Session, since: datetime, act: Act) -> int:
    """Erase the oldest of what was refused by then, in one transaction."""
    with world(), session.transaction():
        ids = session.execute(PAST.encode(), (since, list(WAITING), AT_ONCE)).fetchall()
        for (number,) in ids:
            if (found := find(session, number)) is not None:
                _erase(session, found, act)
    return len(ids)


def _erase(session: Session, found: Refused, act: Act) -> None:
    """Erase what one record held, and keep by what it can be known again."""
    place = (found.place.topic_id, found.place.partition, found.raw.offset)
    was = digest(found.raw.value, act.secret)
    size = len(found.raw.value or b"")
    session.execute(EMPTIED.encode(), (found.id,))
    session.execute(MENDED_EMPTIED.encode(), place)
    log(session, found, (ERASED, f"its time was up; {size} bytes, {was}"), act)
    note(session, "quarantine_erased", found, act, was=was)
