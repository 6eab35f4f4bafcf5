"""What a ledger recorded: its events and acts in order, and what each event told whom.

Read from the ledger itself, or from a file that was exported from one. What was told is read from
the records that Kafka was told, each as it was at its step, since notices move on afterwards.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from operator import attrgetter
from typing import Any, Final, Protocol

from schemas.codec import decode
from streams.domain.log import Place, RawRecord
from streams.ledger import tables
from streams.ledger.connection import Session
from streams.ledger.copying import columns_of
from streams.ledger.reading_again import as_it_came
from streams.ledger.replaying_acts import Done, acts_of

EVENT: Final = columns_of(tables.event)
FETCHED_AT_ONCE: Final = 2_000
_EVENTS: Final = f"SELECT {', '.join(EVENT)} FROM event ORDER BY seq"  # noqa: S608 - our columns
_TOLD: Final = (
    "SELECT s.seq, e.publisher, e.event_id, e.type, s.move, n.type, n.matter, o.record_value"
    " FROM notice_step s JOIN event e ON e.seq = s.seq JOIN notice n ON n.id = s.notice_id"
    " JOIN outbox o ON o.seq = s.seq AND o.subject = s.notice_id AND o.step = s.step"
    " WHERE NOT EXISTS (SELECT FROM erased x WHERE x.seq = s.seq) ORDER BY s.seq"
)
"""What was erased since is not decided about again, so what it told is not compared."""
_COUNT: Final = "SELECT (SELECT count(*) FROM event) + (SELECT count(*) FROM act)"


@dataclass(frozen=True, slots=True)
class Happened:
    """An event, by its row, or an act; `after` is its number in the ledger."""

    after: int
    at: datetime
    chain: str
    event: dict[str, Any] | None = None
    done: Done | None = None

    @property
    def row(self) -> dict[str, Any]:
        """Return the event's row; only of an event."""
        assert self.event is not None  # noqa: S101 - callers look first
        return self.event

    @property
    def place(self) -> Place:
        """Return the partition on which the event came."""
        return Place(self.row["topic"], self.row["topic_id"], self.row["partition"])

    @property
    def raw(self) -> RawRecord:
        """Return the record; its headers were checked when it came, and are not kept."""
        row = self.row
        return as_it_came(row["log_offset"], row["payload"], row["broker_at"], row["content"])


@dataclass(frozen=True, slots=True)
class Telling:
    """What one event told one recipient, at one step of one notice."""

    seq: int
    publisher: str
    event_id: str
    event_type: str
    move: str
    notice: str
    matter: str
    recipient: str
    urgency: str
    due_at: datetime | None


class Recorded(Protocol):
    """A recorded log, wherever it is kept."""

    def count(self) -> int:
        """Return how many events and acts there are."""

    def happened(self) -> Iterator[Happened]:
        """Yield events and acts in the order of their numbers."""

    def told(self) -> Iterator[Telling]:
        """Yield what events told, in the order of their numbers."""


@dataclass(frozen=True, slots=True)
class LedgerLog:
    """The log that a ledger recorded; its session is inside a transaction."""

    session: Session

    def count(self) -> int:
        """Return how many events and acts there are."""
        row = self.session.execute(_COUNT.encode()).fetchone()
        return int(row[0]) if row else 0

    def happened(self) -> Iterator[Happened]:
        """Yield events and acts in the order of their numbers."""
        return merge(self._events(), self._acts(), key=attrgetter("after"))

    def _events(self) -> Iterator[Happened]:
        """Yield the events."""
        with self.session.cursor("recorded_events") as cursor:
            cursor.itersize = FETCHED_AT_ONCE
            for values in cursor.execute(_EVENTS.encode()):
                yield of_event(dict(zip(EVENT, values, strict=True)))

    def _acts(self) -> Iterator[Happened]:
        """Yield the acts."""
        for done in acts_of(self.session):
            yield Happened(done.after, done.at, done.chain, done=done)

    def told(self) -> Iterator[Telling]:
        """Yield what events told, in the order of their numbers."""
        with self.session.cursor("recorded_told") as cursor:
            cursor.itersize = FETCHED_AT_ONCE
            for seq, publisher, event_id, kind, move, notice, matter, value in cursor.execute(
                _TOLD.encode()
            ):
                said = decode(bytes(value)).record["notice"]
                event = (int(seq), publisher, event_id, kind)
                told = (said["recipient"]["officer"], said["urgency"], said["due_at"])
                yield Telling(*event, move, notice, matter, *told)


def of_event(row: dict[str, Any]) -> Happened:
    """Make an event of its row."""
    chain = f"{row['topic']}/{row['topic_id']}/{row['partition']}"
    return Happened(int(row["seq"]), row["raised_at"], chain, event=row)
