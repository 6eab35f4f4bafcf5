"""The outbox: what Kafka must be told, read by the one relay that is active, and marked as sent.

Rows are found by being unsent, never by being newer than the last: a transaction that took its
numbers early may commit after others whose numbers are higher. The steps of one notice keep their
order all the same, since whoever moves a notice holds its lock while the row gets its number.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from streams.ledger.alarms import OPERATIONS, raise_alarm
from streams.ledger.connection import Session, world


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One record that Kafka must be told of; `step` is None where it is about no notice."""

    id: int
    topic: str
    key: bytes
    value: bytes
    type: str
    subject: UUID
    step: int | None
    traceparent: str | None
    created_at: datetime


@dataclass(slots=True)
class Withheld:
    """What Kafka does not take as it is: topics that are not there, and single records."""

    topics: set[str]
    ids: set[int]


_UNSENT: Final = (
    "SELECT id, topic, record_key, record_value, type, subject, step, traceparent, created_at"
    " FROM outbox WHERE sent_at IS NULL AND topic <> ALL(%s) AND id <> ALL(%s) ORDER BY id LIMIT %s"
)


def unsent(session: Session, withheld: Withheld, count_max: int) -> list[Outgoing]:
    """Return the oldest rows that were not sent, in order; raise `WorldDown`."""
    with world():
        rows = session.execute(
            _UNSENT, (list(withheld.topics), list(withheld.ids), count_max)
        ).fetchall()
    return [Outgoing(*row) for row in rows]


def mark_sent(session: Session, ids: Iterable[int], at: datetime) -> None:
    """Mark rows as sent, all at once; raise `WorldDown`."""
    with world():
        session.execute(
            "UPDATE outbox SET sent_at = %s WHERE id = ANY(%s) AND sent_at IS NULL",
            (at, sorted(ids)),
        )


def report(session: Session, subject: str, words: str, at: datetime) -> None:
    """Tell operations of something that Kafka does not take; raise `WorldDown`."""
    with world():
        raise_alarm(session, ("outbox", subject, OPERATIONS), words, at)
