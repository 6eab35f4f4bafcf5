"""A log in memory with partitions, applied to a ledger in an order that a seed draws: no broker.

For the tests of the checker and of the replay, which need a ledger as two workers leave it, and do
not need Kafka for that.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5
from zlib import crc32

from chaos.checker import Witnesses
from chaos.reading import Published, Read, Spot, decoded

from streams.domain.log import Batch, Place, RawRecord
from streams.ledger import positions

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable
    from datetime import datetime

    from chaos.people import Outgoing

    from streams.ledger.transaction import Ledger

ROOT: Final = Path(__file__).parents[2]
TOPIC_IDS: Final = UUID("7c1d6f5e-54a4-5b8e-9b43-6a8b1d4ce0f1")
PARTITIONS: Final = 3


def place_of(topic: str, partition: int) -> Place:
    """Return a partition of a topic."""
    return Place(topic, uuid5(TOPIC_IDS, topic), partition)


def environment(**settings: str) -> dict[str, str]:
    """Return the environment of a process of ours, with settings by their names."""
    search = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
    named = {f"SWITCHBOARD_{name.upper()}": value for name, value in settings.items()}
    return {**os.environ, "PYTHONPATH": search, "PYTHONUNBUFFERED": "1", **named}


@dataclass(slots=True)
class Log:
    """Everything that was appended, by partition."""

    records: dict[Place, list[RawRecord]] = field(default_factory=dict)
    published: list[Published] = field(default_factory=list)
    applied: dict[Place, int] = field(default_factory=dict)

    def append(self, sent: Iterable[Outgoing], at: datetime) -> None:
        """Append records; each partition keeps its order."""
        for each in sent:
            count = 1 if each.feed.endswith("directory") else PARTITIONS
            place = place_of(each.feed, crc32(each.key) % count)
            records = self.records.setdefault(place, [])
            offset = len(records)
            records.append(RawRecord(offset, each.key, each.value, each.headers, at))
            spot = (place.topic, place.partition, offset)
            self.published.append(Published(spot, each.event_id, each.intent))

    def batches(self, rng: random.Random, most: int) -> Iterable[Batch]:
        """Give all that was not applied, partitions taking turns, in batches of many sizes."""
        while left := [p for p, r in self.records.items() if len(r) > self.applied.get(p, 0)]:
            place = rng.choice(left)
            start = self.applied.get(place, 0)
            records = tuple(self.records[place][start : start + rng.randint(1, most)])
            self.applied[place] = start + len(records)
            yield Batch(place, start, records, self.applied[place])

    def witnesses(self) -> Witnesses:
        """Return what a reader of the log finds."""
        found: dict[Spot, Read] = {}
        for place, records in self.records.items():
            for record in records:
                spot = (place.topic, place.partition, record.offset)
                found[spot] = Read(spot, *decoded(record.value))
        return Witnesses(found, self.published)


def apply_all(
    ledger: Ledger, log: Log, rng: random.Random, now: datetime, *, most: int = 60
) -> None:
    """Apply everything to a ledger, the clock moving with each batch."""
    for place in log.records:
        positions.begin(ledger.session, place, 0, now)
    for number, batch in enumerate(log.batches(rng, most)):
        ledger.apply(batch, now + timedelta(milliseconds=number))
