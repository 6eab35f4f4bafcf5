"""Feeds that have been down or behind for too long: operations are told once of each outage."""

from datetime import datetime
from typing import Final

from streams.ledger import watermarks
from streams.ledger.acting import lock_chain
from streams.ledger.alarms import OPERATIONS, raise_alarm
from streams.ledger.connection import Session, world
from streams.ledger.picking import Watch

FEED_LATE: Final = "feed_late"
CHAIN: Final = "late feeds"
"""What clocks take turns by, so that two of them do not tell twice."""
TOLD: Final = (
    "SELECT subject, max(raised_at) FROM alarm WHERE kind = %s AND subject = ANY(%s) GROUP BY 1"
)


def tell_of_late_feeds(session: Session, watch: Watch, at: datetime) -> list[str]:
    """Tell operations of each feed that has stood still for too long; return which were told of.

    A feed that no worker ever looked at is no outage: `status` says that it is not read.
    """
    known = watermarks.of_feeds(session)
    feeds = (agency.feed for agency in watch.rules.register.agencies.values())
    stand = {feed: known.get(feed) for feed in feeds}
    since = {feed: reached + watch.offset for feed, reached in stand.items() if reached is not None}
    late = {feed: was for feed, was in sorted(since.items()) if was <= at - watch.feed_late_after}
    return _tell(session, late, at) if late else []


def _tell(session: Session, late: dict[str, datetime], at: datetime) -> list[str]:
    """Raise an alarm for each feed for which there was none since it stood still."""
    with world(), session.transaction():
        lock_chain(session, CHAIN)
        told: dict[str, datetime] = dict(session.execute(TOLD, (FEED_LATE, list(late))).fetchall())
        new = [feed for feed, since in late.items() if feed not in told or told[feed] <= since]
        for feed in new:
            words = f"{feed}: nothing of it reached the ledger since {late[feed]:%Y-%m-%d %H:%M}"
            raise_alarm(session, (FEED_LATE, feed, OPERATIONS), f"{words} UTC; its duties wait", at)
    return new
