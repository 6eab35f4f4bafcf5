"""Who is who comes first: an event waits for the allocations and the directory sent before it.

Feeds are read side by side, so a court's result could overtake the allocation that was sent an hour
before it and be recorded as nobody's: nothing of it is kept, and nobody would ever be told. So a
batch of any other feed waits until the reference feeds (case management and the staff directory)
are in the ledger as far as Kafka had them at the broker's time of the batch's newest record.

It waits while they come nearer, as after an outage, and for so long where they stand still: a
reference feed that is down or paused must not silence the police. After that the batch goes on,
which is logged, and the feed is not waited for again for a while.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final, TypeVar
from uuid import UUID

import structlog

from streams.domain.agencies import AgencyKind
from streams.engines.partitions import Feed, WorkerParts
from streams.ledger import positions

REFERENCE_KINDS: Final = frozenset({AgencyKind.CASE_MANAGEMENT, AgencyKind.DIRECTORY})
WAIT_SECONDS: Final = 12.0
"""Assumed: longer than a killed worker's partitions need to find another (session timeout 6 s)."""
WAIT_SECONDS_MAX: Final = 120.0
"""Assumed: shorter than the watchdog's patience with records that were fetched."""
DISTRUST_SECONDS: Final = 60.0
"""Assumed: how long a reference feed that kept us waiting is not waited for again."""
LOOK_EVERY_SECONDS: Final = 0.02
FRESH_SECONDS: Final = 5.0
"""Assumed: how long the ids and partitions of the reference topics are taken as known."""

Answer = TypeVar("Answer")
Partition = tuple[UUID, int]

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Reference:
    """What one worker knows of how far the reference feeds are."""

    parts: WorkerParts
    covered_until: datetime | None = None
    _described: Mapping[str, tuple[UUID, int]] = field(default_factory=dict)
    _described_at: float = float("-inf")
    _distrusted_until: float = 0.0

    def feeds(self) -> list[str]:
        """Return the names of the reference feeds."""
        agencies = self.parts.rules.register.agencies.values()
        return sorted(agency.feed for agency in agencies if agency.kind in REFERENCE_KINDS)

    def waits(self, feed: str) -> bool:
        """Answer whether batches of a feed wait for the reference feeds."""
        return feed not in self.feeds()

    async def wait(self, feed: Feed, until: datetime) -> None:
        """Wait until the reference feeds are in the ledger as they stood at an instant."""
        if self.covered_until is not None and until <= self.covered_until:
            return
        if time.monotonic() < self._distrusted_until or not self.waits(feed.name):
            return
        needed = await _on(self.parts, partial(self._needed, until))
        begun = nearer_at = time.monotonic()
        least = missing = await _of(feed, partial(_missing, feed, needed))
        while missing:
            if self.parts.stop.is_set():
                return
            now = time.monotonic()
            least, nearer_at = (missing, now) if missing < least else (least, nearer_at)
            if now > min(nearer_at + WAIT_SECONDS, begun + WAIT_SECONDS_MAX):
                self._distrusted_until = now + DISTRUST_SECONDS
                log.warning("did not wait any longer for the reference feeds", feed=feed.name)
                return
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            missing = await _of(feed, partial(_missing, feed, needed))
        self.covered_until = max(self.covered_until or until, until)

    def _needed(self, until: datetime) -> dict[Partition, int]:
        """Ask Kafka how far the reference feeds went at an instant; runs on the topics' thread."""
        if time.monotonic() - self._described_at > FRESH_SECONDS:
            found = self.parts.topics.describe(self.feeds())
            self._described = {n: (t.id, t.partitions) for n, t in found.items() if t is not None}
            self._described_at = time.monotonic()
        counts = {name: count for name, (_, count) in self._described.items()}
        ends = self.parts.topics.ends_at(counts, until)
        return {(self._described[name][0], n): end for (name, n), end in ends.items()}


def _missing(feed: Feed, needed: Mapping[Partition, int]) -> int:
    """Count the offsets that the ledger is behind what is needed; runs on the feed's thread."""
    stands = positions.all_of(feed.applier.ledger.session, {topic_id for topic_id, _ in needed})
    return sum(max(offset - stands.get(partition, 0), 0) for partition, offset in needed.items())


async def _on(parts: WorkerParts, act: Callable[[], Answer]) -> Answer:
    """Do something on the topics' own thread."""
    return await asyncio.get_running_loop().run_in_executor(parts.topics_thread, act)


async def _of(feed: Feed, act: Callable[[], Answer]) -> Answer:
    """Do something on a feed's own thread."""
    return await asyncio.get_running_loop().run_in_executor(feed.thread, act)
