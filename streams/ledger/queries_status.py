"""How the ledger stands: feeds, positions, what ended how, and what waits for somebody."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from streams.domain.log import REPAIR
from streams.ledger import watermarks
from streams.ledger.connection import Session
from streams.ledger.positions import FEED_LOST, FEED_RUNNING
from streams.ledger.queries_reviews import waiting_counts
from streams.ledger.queries_sealed import sealed_waiting
from streams.ledger.reading import Row, rows
from streams.ledger.records import OURS
from streams.ledger.refused import WAITING
from streams.ledger.restored import open_restores

ALARMS_SINCE: Final = timedelta(days=1)
NOT_READ: Final = "not_read_yet"
"""State of a feed of which nothing has been applied."""


def feeds_status(session: Session, registered: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return how each feed stands: those of the register (feed and agency) and any other known."""
    agencies = dict(registered)
    states = {row["feed"]: row for row in rows(session, _FEEDS)}
    positions = _grouped(rows(session, _POSITIONS))
    ended = _grouped(rows(session, _ENDED))
    refused = {row["topic"]: row["count"] for row in rows(session, _REFUSED)}
    losses = _grouped(rows(session, _LOSSES))
    reached = watermarks.of_feeds(session)
    names = sorted({*agencies, *states, *positions} - {REPAIR})
    return [
        {
            "feed": name,
            "agency": agencies.get(name),
            "state": _state(states.get(name), losses.get(name, [])),
            "reason": states[name]["reason"] if name in states else None,
            "applied_up_to": reached.get(name),
            "positions": positions.get(name, []),
            "ended": {
                **{row["disposition"]: row["count"] for row in ended.get(name, [])},
                "quarantined": refused.get(name, 0),
            },
            "last_event_at": max((row["last"] for row in ended.get(name, [])), default=None),
            "possible_losses": losses.get(name, []),
        }
        for name in names
    ]


_FEEDS: Final = "SELECT feed, state, reason FROM feed"
_POSITIONS: Final = (
    "SELECT p.topic, p.topic_id, p.partition, p.next_offset, p.updated_at,"
    " CASE WHEN a.starts > 0 THEN a.starts END AS starts_in_hand"
    " FROM position p LEFT JOIN attempts a USING (topic_id, partition)"
    " ORDER BY p.topic, p.updated_at, p.partition"
)
_ENDED: Final = (
    "SELECT topic, disposition, count(*) AS count, max(broker_at) AS last FROM event GROUP BY 1, 2"
)
_REFUSED: Final = "SELECT topic, count(*) AS count FROM quarantine GROUP BY 1"
_LOSSES: Final = (
    "SELECT topic, topic_id, partition, from_offset, to_offset, found_at FROM possible_loss"
    " WHERE resumed_at IS NULL ORDER BY id"
)


def _grouped(found: Iterable[Row]) -> dict[str, list[Row]]:
    """Collect rows by their topic, in order."""
    grouped: dict[str, list[Row]] = {}
    for row in found:
        grouped.setdefault(row.pop("topic"), []).append(row)
    return grouped


def _state(feed: Row | None, losses: Iterable[Row]) -> str:
    """Return a feed's state; a loss after its beginning stops a partition until it is resumed."""
    if any(loss["from_offset"] > 0 for loss in losses):
        return FEED_LOST
    return NOT_READ if feed is None else str(feed["state"])


def ledger_status(session: Session, now: datetime) -> dict[str, Any]:
    """Return what waits for somebody, and what operations were told in the last day."""
    since = now - ALARMS_SINCE
    waiting = {"ours": OURS, "waiting": sorted(WAITING)}
    reviews = waiting_counts(session, now)
    unsent = rows(
        session,
        "SELECT count(*) AS unsent, min(created_at) AS oldest_at FROM outbox WHERE sent_at IS NULL",
    )
    return {
        "quarantine_open": rows(session, _QUARANTINE, waiting)[0],
        "quarantine": _by_state(rows(session, _REFUSED_BY_STATE)),
        "repaired": rows(session, _REPAIRED, {"repair": REPAIR})[0]["count"],
        "pushes_held": open_restores(session),
        "alarms": rows(session, _ALARMS, (since,)),
        "held": reviews["count"],
        "reviews": reviews,
        "sealed": sealed_waiting(session),
        "notices": rows(session, _NOTICES),
        "duties_open": rows(session, _DUTIES, {"now": now})[0],
        "outbox": unsent[0],
    }


_QUARANTINE: Final = (
    "SELECT count(*) FILTER (WHERE owner = %(ours)s) AS ours,"
    " count(*) FILTER (WHERE owner <> %(ours)s) AS theirs, min(raised_at) AS oldest_at"
    " FROM quarantine WHERE state = ANY(%(waiting)s)"
)
_REFUSED_BY_STATE: Final = (
    "SELECT state, code, count(*) AS count FROM quarantine GROUP BY 1, 2 ORDER BY 1, 2"
)
_REPAIRED: Final = "SELECT count(*) AS count FROM event WHERE topic = %(repair)s"
_ALARMS: Final = (
    "SELECT raised_at, kind, subject, tell, words FROM alarm WHERE raised_at > %s ORDER BY id"
)
_NOTICES: Final = "SELECT state, urgency, count(*) AS count FROM notice GROUP BY 1, 2 ORDER BY 1, 2"
_DUTIES: Final = (
    "SELECT count(*) FILTER (WHERE state = 'open') AS count,"
    " count(*) FILTER (WHERE state = 'overdue') AS overdue,"
    " count(*) FILTER (WHERE state = 'open' AND due_at <= %(now)s) AS waiting_for_a_feed,"
    " min(due_at) FILTER (WHERE state = 'open') AS next_due_at"
    " FROM duty WHERE state IN ('open', 'overdue')"
)


def _by_state(found: Iterable[Row]) -> dict[str, dict[str, int]]:
    """Collect the counts of refused records by state and reason."""
    counts: dict[str, dict[str, int]] = {}
    for row in found:
        counts.setdefault(row["state"], {})[row["code"]] = row["count"]
    return counts


def is_running(feed: Row) -> bool:
    """Answer whether nothing keeps a feed from being read."""
    return feed["state"] in {FEED_RUNNING, NOT_READ}
