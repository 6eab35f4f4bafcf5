"""What an engine hands over: records of one partition, as they came, with where they came from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import Struct

REPAIR: Final = "repair"
"""The pseudo-topic of refused records that were mended; none of Kafka's has this name."""


@dataclass(frozen=True, slots=True)
class Place:
    """One partition of one life of a topic: a topic created again has another id."""

    topic: str
    topic_id: UUID
    partition: int

    def __str__(self) -> str:
        """Name the place as operators write it."""
        return f"{self.topic}[{self.partition}]"

    @property
    def is_repair(self) -> bool:
        """Answer whether what comes from here was refused before, and is late for that."""
        return self.topic == REPAIR


@dataclass(frozen=True, slots=True)
class Origin:
    """Where and when a record was worked on first, which a rehearsal knows of each."""

    feed: str
    worked_at: datetime
    is_repair: bool = False


class RawRecord(Struct, frozen=True):
    """One record of a log: bytes and headers untouched, `broker_at` the broker's own time.

    `origin` goes before what its batch says; only a rehearsal, whose batches are of all feeds and
    of many instants, has it. `content` is the digest that the ledger keeps of an event which it has
    already, where one is read again.
    """

    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    broker_at: datetime
    origin: Origin | None = None
    content: bytes | None = None

    def header(self, name: str) -> str | None:
        """Return a header's text, or None where it is absent or no text."""
        for key, value in self.headers:
            if key == name:
                return value.decode("utf-8", errors="replace")
        return None


@dataclass(frozen=True, slots=True)
class Batch:
    """What one fetch brought of one partition.

    `expected` is the position that the ledger had when this worker was assigned the partition, and
    then the end of its last batch; `next_offset` is where the next fetch begins. Offsets between
    records may be missing: control records of transactions take one. `feed` is the feed on which
    the records came, where that is not the topic: in a repair.
    """

    place: Place
    expected: int
    records: tuple[RawRecord, ...]
    next_offset: int
    feed: str | None = None
