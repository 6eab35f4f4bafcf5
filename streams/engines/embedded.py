"""The embedded engine: records from memory, through the real codec, pipeline and ledger.

Time moves only when told. Demo, replay, repair and most tests use it; what it does not have is a
broker, more than one worker, and anything that a network does. Each feed has one partition whose
topic id is derived from its name, so that two runs on two ledgers end alike.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from streams.domain.log import Batch, Place, RawRecord
from streams.ledger import positions, watermarks
from streams.ledger.transaction import Applied, Ledger
from streams.ledger.watermarks import LogEnds

EMBEDDED_NAMESPACE: Final = UUID("2f6d7d7e-3a54-5d0b-8a53-7a2a0a6cbb03")


def place_of(feed: str) -> Place:
    """Return the one partition that a feed has here."""
    return Place(feed, uuid5(EMBEDDED_NAMESPACE, feed), 0)


@dataclass(slots=True)
class EmbeddedEngine:
    """Feeds records to a ledger; `now` is both the broker's time and the worker's clock."""

    ledger: Ledger
    now: datetime
    _ends: dict[str, int] = field(default_factory=dict)

    def advance(self, by: timedelta) -> datetime:
        """Move the clock; the only way in which time passes here."""
        self.now += by
        return self.now

    def publish(
        self, feed: str, values: Iterable[tuple[bytes | None, Mapping[str, bytes]]]
    ) -> Applied:
        """Append records, given as value and headers, to a feed and apply them as one batch."""
        start = self._end(feed)
        records = tuple(
            RawRecord(start + i, None, value, tuple(headers.items()), self.now)
            for i, (value, headers) in enumerate(values)
        )
        self._ends[feed] = start + len(records)
        return self.apply(Batch(place_of(feed), start, records, start + len(records)))

    def apply(self, batch: Batch, *, seqs: Sequence[int] | None = None) -> Applied:
        """Apply a batch of any place, now; only a replay knows its numbers beforehand."""
        return self.ledger.apply(batch, self.now, seqs=seqs)

    def quiet(self) -> None:
        """Let it be known that nothing else has come on any feed up to now."""
        feeds = [agency.feed for agency in self.ledger.rules.register.agencies.values()]
        logs = {
            feed: LogEnds(place_of(feed).topic_id, {place_of(feed).partition: self._end(feed)})
            for feed in feeds
        }
        watermarks.know(self.ledger.session, logs)
        watermarks.rise(self.ledger.session, logs, self.now)

    def _end(self, feed: str) -> int:
        """Return the end of a feed's log: where the ledger stands when this run begins."""
        if feed not in self._ends:
            begun = positions.begin(self.ledger.session, place_of(feed), 0, self.now)
            self._ends[feed] = begun
        return self._ends[feed]
