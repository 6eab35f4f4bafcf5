"""How full the sealed store is: counts and instants, and nothing of what anything is about."""

from datetime import datetime, timedelta
from typing import Any, Final

from streams.ledger.connection import Session
from streams.ledger.reading import rows

AGENCIES: Final = (
    "SELECT publisher AS agency, count(*) FILTER (WHERE ended IS NULL) AS waiting,"
    " min(came_at) FILTER (WHERE ended IS NULL) AS oldest_at,"
    " count(*) FILTER (WHERE ended IS NULL AND came_at <= %(past)s) AS past_their_time,"
    " count(*) FILTER (WHERE ended = 'delivered') AS delivered,"
    " count(*) FILTER (WHERE ended = 'held') AS held,"
    " count(*) FILTER (WHERE ended = 'erased') AS erased,"
    " count(*) FILTER (WHERE ended = 'taken_back') AS taken_back,"
    " count(*) FILTER (WHERE ended = 'cleared') AS cleared"
    " FROM sealed GROUP BY 1 ORDER BY 1"
)
KEYS: Final = (
    "SELECT key_id, count(*) AS waiting FROM sealed WHERE ended IS NULL GROUP BY 1 ORDER BY 1"
)
LOOKS: Final = "SELECT count(*) AS people FROM sealed_look"
ALL: Final = "SELECT count(*) AS waiting, min(came_at) AS oldest_at FROM sealed WHERE ended IS NULL"


def sealed_waiting(session: Session) -> dict[str, Any]:
    """Return how many events are sealed, and since when the oldest."""
    return rows(session, ALL)[0]


def sealed_story(session: Session, seq: int) -> dict[str, Any] | None:
    """Return since when an event is sealed, or what became of that; None of one that never was."""
    found = rows(session, "SELECT came_at, ended, ended_at FROM sealed WHERE seq = %s", (seq,))
    return found[0] if found else None


def sealed_status(session: Session, now: datetime, sealed_for: timedelta) -> dict[str, Any]:
    """Return what became of sealed events by agency, by which keys they wait, and what is due."""
    return {
        "agencies": rows(session, AGENCIES, {"past": now - sealed_for}),
        "keys": rows(session, KEYS),
        "to_look_for": rows(session, LOOKS)[0]["people"],
    }
