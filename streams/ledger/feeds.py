"""What operations do to a feed: pause it, and resume it, also after a possible loss.

Each is audited. A partition that was stopped because its position is outside the log goes on from
where the log is; what lies between stays recorded as possibly lost.
"""

from datetime import datetime

from streams.ledger.alarms import pause as write_pause
from streams.ledger.audits import save_audit
from streams.ledger.blockers import CHAIN
from streams.ledger.connection import Session, world
from streams.ledger.positions import FEED_RUNNING
from streams.stages.audit import body


def pause(session: Session, feed: str, reason: str, at: datetime) -> None:
    """Pause a feed; workers follow within seconds."""
    with world(), session.transaction():
        _known(session, feed, at)
        write_pause(session, feed, reason, at)
        _audit(session, "paused", feed, at)


def resume(session: Session, feed: str, at: datetime) -> int:
    """Let a feed go on; return how many partitions go on after a possible loss."""
    with world(), session.transaction():
        moved = session.execute(
            "UPDATE position p SET updated_at = %s, next_offset ="
            " CASE WHEN p.next_offset <= l.from_offset THEN l.to_offset ELSE l.from_offset END"
            " FROM possible_loss l WHERE l.topic_id = p.topic_id AND l.partition = p.partition"
            " AND l.topic = %s AND l.resumed_at IS NULL AND l.from_offset > 0",
            (at, feed),
        ).rowcount
        # What was committed for offsets that the log has lost is no sign of a restored ledger.
        session.execute(
            "INSERT INTO restore_mark (topic_id, partition, committed_offset)"
            " SELECT topic_id, partition, max(to_offset) FROM possible_loss"
            " WHERE topic = %s AND resumed_at IS NULL GROUP BY 1, 2"
            " ON CONFLICT (topic_id, partition) DO UPDATE SET committed_offset ="
            " greatest(restore_mark.committed_offset, excluded.committed_offset)",
            (feed,),
        )
        session.execute(
            "UPDATE possible_loss SET resumed_at = %s WHERE topic = %s AND resumed_at IS NULL",
            (at, feed),
        )
        _known(session, feed, at)
        session.execute(
            "UPDATE feed SET state = %s, reason = NULL, bad_in_a_row = 0, seen = 0, bad = 0,"
            " changed_at = %s WHERE feed = %s",
            (FEED_RUNNING, at, feed),
        )
        _audit(session, "resumed", feed, at)
    return moved


def _known(session: Session, feed: str, at: datetime) -> None:
    """Make sure that the feed has a row, so that it can be paused before its first record."""
    session.execute(
        "INSERT INTO feed (feed, state, bad_in_a_row, seen, bad, changed_at)"
        " VALUES (%s, %s, 0, 0, 0, %s) ON CONFLICT DO NOTHING",
        (feed, FEED_RUNNING, at),
    )


def _audit(session: Session, action: str, feed: str, at: datetime) -> None:
    """Write what was done to the operations' chain."""
    save_audit(session, CHAIN, [body({"action": action, "feed": feed})], at)
