"""The right to read a partition, and the proof that nothing is missing.

Faust drops records in several places without a word: in rebalances, when buffers are cleared, what
it thinks it has read. The ledger takes holes between offsets for normal (control records of
transactions are holes), so a record that Faust dropped would be lost in silence. Therefore:

* a *lease* is the right to read one partition from one position; each seek grants a new one, and
  what was fetched under an older one is never applied;
* a record *begins* where the record before it ended, or where its lease began, as the client that
  talks to Kafka saw it; it is taken only where it begins at what was taken last.

Both are set in the client's own thread, in one step with the seek and with the fetch. What was
dropped breaks the chain, the lease ends, and the partition is sought again.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog

from streams.domain.log import Place, RawRecord

log = structlog.get_logger(__name__)

Client = Any
"""An `AIOKafkaConsumer`; aiokafka ships no types."""
ClientRecord = Any
"""A `ConsumerRecord` of aiokafka."""


@dataclass(slots=True, eq=False)
class Lease:
    """The right to read one partition from one position, until it is sought again.

    `fetched` belongs to the client's thread, the rest to the worker's loop; `is_over` only ever
    becomes true, and either may say so.
    """

    place: Place
    fetched: int
    applied: int
    committed: int | None = None
    is_over: bool = False

    def end(self, why: str) -> None:
        """End it for a reason in one word; what is under way under it is not applied."""
        if not self.is_over:
            log.info("lease ended", place=str(self.place), next_offset=self.applied, why=why)
        self.is_over = True

    def stamp(self, records: Iterable[ClientRecord]) -> "list[Fetched]":
        """Give each fetched record this lease and where it begins."""
        stamped: list[Fetched] = []
        for record in records:
            stamped.append(Fetched(record, self, self.fetched))
            self.fetched = record.offset + 1
        return stamped


@dataclass(frozen=True, slots=True)
class Fetched:
    """A record as the client gave it, with its lease and the offset at which it begins."""

    record: ClientRecord
    lease: Lease
    begins: int


class NothingRead(dict[Any, int | None]):
    """Faust's memory of what it has read, by which it would drop records; it keeps nothing."""

    def __getitem__(self, _partition: object) -> None:
        return None

    def __setitem__(self, _partition: object, _offset: object) -> None:
        """Forget it."""


def waiting(leases: Iterable[Lease], ends: Mapping[tuple[str, int], int]) -> list[Lease]:
    """Return the leases with nothing under way whose log goes on behind what was applied."""
    return [
        each
        for each in leases
        if not each.is_over
        and each.fetched == each.applied
        and each.applied < ends.get((each.place.topic, each.place.partition), 0)
    ]


def unbroken(lease: Lease, fetched: Sequence[Fetched]) -> Iterator[RawRecord]:
    """Give the records of a lease, each beginning where the one before it ended.

    Where one is missing, Faust dropped it: the lease ends, and what follows is fetched again.
    """
    expected = lease.applied
    for each in fetched:
        if each.begins != expected:
            log.warning("missing", place=str(lease.place), first=expected, next_offset=each.begins)
            lease.end("record_missing")
            return
        yield raw_record(each.record)
        expected = each.record.offset + 1


def raw_record(record: ClientRecord) -> RawRecord:
    """Turn a client's record into ours, with the broker's time; a header may have no value."""
    return RawRecord(
        offset=record.offset,
        key=record.key,
        value=record.value,
        headers=tuple((name, value or b"") for name, value in record.headers),
        broker_at=datetime.fromtimestamp(record.timestamp / 1000, UTC),
    )
