"""The Faust engine: one agent for each feed, batches by `take_events`, the ledger decides.

Faust brings records to the agents and balances partitions over workers. It keeps no table, sends
nothing and guarantees nothing: where a partition starts is the ledger's word, and what Faust drops
on the way is noticed and fetched again (`streams.engines.faust_transport`). No exception leaves an
agent, since Faust acknowledges and forgets the record that raised it. When the world is down the
process ends with status 70 and its supervisor starts it again.
"""

import asyncio
import os
import time
import traceback
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final, TypeVar, cast
from uuid import UUID

import faust
import structlog
from faust.streams import Stream
from faust.types import TP, EventT

from streams.domain.log import Batch
from streams.engines.faust_app import make_app
from streams.engines.faust_transport import LedgerConsumer, LedgerMessage
from streams.engines.leases import Fetched, Lease, unbroken
from streams.engines.partitions import IDS_FRESH_SECONDS, PAUSED_FRESH_SECONDS, Feed, WorkerParts
from streams.engines.reference import Reference
from streams.engines.tide import Tide
from streams.ledger.connection import EXIT_WORLD_DOWN, WorldDown
from streams.ledger.positions import PositionMoved
from streams.ledger.transaction import Applied
from streams.topics import Bounds, KafkaAway, KafkaRefuses

TEND_SECONDS: Final = 0.05
"""Assumed: how often a worker looks whether it is told to stop, or a partition is to be sought."""
SETTLE_SECONDS: Final = 10.0
"""Assumed: longer than an honest batch, shorter than the group waits in a rebalance (60 s)."""
ASK_PAUSES_SECONDS: Final = (0.5, 1.0, 2.0, 4.0)
"""Assumed: these bridge a broker that is restarted."""
FRAMES_MAX: Final = 12
STOP_SECONDS: Final = 5.0
"""Assumed: a worker that has not stopped by then leaves; nothing is lost by it."""

Answer = TypeVar("Answer")
Looked = tuple[UUID | None, Mapping[int, Bounds]]

log = structlog.get_logger(__name__)


def run(parts: WorkerParts) -> int:
    """Run until told to stop and return 0; end the process with 70 when the world is down.

    It does not return then, since Faust's threads wait for answers that do not come. A worker may
    be ended at any moment: what was not committed is fetched again.
    """
    return asyncio.run(FaustWorker(parts, Reference(parts)).run())


@dataclass(slots=True)
class FaustWorker:
    """One running worker; it is what the transport asks for leases."""

    parts: WorkerParts
    reference: Reference
    status: int | None = None
    ids_checked: float = 0.0
    paused_checked: float = 0.0
    paused: frozenset[str] = frozenset()
    retry_at: dict[TP, float] = field(default_factory=dict)
    under_way: set[asyncio.Future[list[Applied | PositionMoved]]] = field(default_factory=set)
    _app: faust.App | None = None

    @property
    def consumer(self) -> LedgerConsumer:
        """The app's consumer, which is ours."""
        return cast("LedgerConsumer", self._running.consumer)

    @property
    def _running(self) -> faust.App:
        """The app once it was made."""
        if self._app is None:
            raise RuntimeError("the worker was asked before it was started")
        return self._app

    async def run(self) -> int:
        """Start the app and tend it until told to stop, or until the world stays down."""
        self._app = make_app(self.parts, self, self.carry)
        try:
            await self._app.start()
            await self._tend()
        except Exception as error:  # noqa: BLE001 - Faust's threads would keep a process that raised
            self.leave(error)
        if self.status is not None:
            os._exit(self.status)
        await self._stop()
        return 0

    async def _stop(self) -> None:
        """Let what is being applied be done, and leave the group, within limits."""
        self.consumer.end_leases(list(self.consumer.leases), "stopping")
        await self.settle()
        try:
            await asyncio.wait_for(self._running.stop(), STOP_SECONDS)
        except TimeoutError:
            log.warning("the engine did not stop in time", seconds=STOP_SECONDS)
            os._exit(0)

    def leave(self, error: BaseException | None) -> None:
        """Have the process end with status 70: the world is down, or the engine is."""
        frames = traceback.extract_tb(error.__traceback__)[-FRAMES_MAX:] if error else []
        lines = [f"{Path(each.filename).name}:{each.lineno}:{each.name}" for each in frames]
        log.error("the worker leaves", reason=type(error).__name__, line=lines)
        self.status = EXIT_WORLD_DOWN

    async def _tend(self) -> None:
        """Look after the app: stopping, pausing, and partitions that are to be sought again."""
        tide = Tide(self.parts)
        while self.status is None and not self.parts.stop.is_set():
            if self._running.should_stop:
                self.leave(self._running.crash_reason)
                return
            await self._look_for_pauses()
            await self._seek_what_has_no_lease()
            if await tide.turn():
                await self._pass_control_records(tide.ends)
            await asyncio.sleep(TEND_SECONDS)

    async def _pass_control_records(self, ends: Mapping[tuple[str, int], int]) -> None:
        """Move positions over the control records of transactions, behind which is nothing."""
        for lease, stands in await self.consumer.pass_control_records(ends):
            batch = Batch(lease.place, lease.applied, (), stands)
            await self._apply_batches(self.parts.feeds[lease.place.topic], {lease: batch})

    async def _look_for_pauses(self) -> None:
        """Follow what operations say about feeds, every two seconds."""
        if time.monotonic() - self.paused_checked < PAUSED_FRESH_SECONDS:
            return
        self.paused = await _on(next(iter(self.parts.feeds.values())), self.parts.paused)
        self.paused_checked = time.monotonic()
        held = [tp for tp in self.consumer.leases if tp.topic in self.paused]
        self.consumer.end_leases(held, "feed_paused")

    async def _seek_what_has_no_lease(self) -> None:
        """Seek the partitions that may run and have no lease."""
        now = time.monotonic()
        wanted = {
            tp
            for tp in self.consumer.without_lease()
            if tp.topic not in self.paused and self.retry_at.get(tp, 0.0) <= now
        }
        if wanted:
            await self.consumer.seek_again(wanted)

    async def grant(self, partitions: Collection[TP]) -> list[Lease]:
        """Grant leases from the ledger's positions, none for a partition that may not run."""
        by_topic: dict[str, list[TP]] = {}
        for tp in sorted(partitions):
            by_topic.setdefault(tp.topic, []).append(tp)
        try:
            granted = await asyncio.gather(*(self._of_topic(*each) for each in by_topic.items()))
        except (WorldDown, KafkaAway, KafkaRefuses) as error:
            self.leave(error)
            return []
        return [lease for leases in granted for lease in leases]

    async def _of_topic(self, topic: str, partitions: Sequence[TP]) -> list[Lease]:
        """Grant the leases of one topic."""
        if topic in self.paused:
            return []
        looked = await self._ask(partial(self.parts.look_up, topic))
        feed = self.parts.feeds[topic]
        leases = [await self._lease(feed, tp, looked) for tp in partitions]
        return [lease for lease in leases if lease is not None]

    async def _lease(self, feed: Feed, tp: TP, looked: Looked) -> Lease | None:
        """Grant one lease where the ledger stands; None where the partition may not run."""
        topic_id, bounds = looked
        why = "the log cannot be read"
        if tp.partition in bounds:
            begin = partial(feed.start, tp, topic_id, bounds[tp.partition])
            start = await _on(feed, begin)
            if start.offset is not None:
                self.retry_at.pop(tp, None)
                return Lease(start.place, start.offset, start.offset)
            why = start.why
        if tp not in self.retry_at:
            log.error("partition stopped", topic=tp.topic, partition=tp.partition, why=why)
        self.retry_at[tp] = time.monotonic() + PAUSED_FRESH_SECONDS
        return None

    def fetched(self, lease: Lease) -> None:
        """Let the watchdog wait for the records that came."""
        self.parts.watch.fetched(lease.place)

    def ended(self, lease: Lease) -> None:
        """Forget a partition, and let the watchdog wait no longer."""
        place = lease.place
        self.parts.watch.applied(place)
        self.parts.feeds[place.topic].forget((place.topic, place.partition))

    async def settle(self) -> None:
        """Wait for the batches under way, or their next reader would look for what killed us."""
        if self.under_way:
            await asyncio.wait(self.under_way, timeout=SETTLE_SECONDS)

    def before_commit(self) -> None:
        """Stand at the gap before offsets are committed, for the tests that die there."""
        self.parts.before_commit()

    async def carry(self, feed: Feed, stream: Stream[bytes]) -> None:
        """Carry one feed's events into the ledger; no exception ever leaves."""
        settings = self.parts.settings
        async for events in stream.take_events(settings.batch_max, settings.batch_wait_ms / 1000):
            try:
                await self._take(feed, events)
            except Exception as error:  # noqa: BLE001 - Faust would forget the records that raised
                self.leave(error)

    async def _take(self, feed: Feed, events: Sequence[EventT[bytes]]) -> None:
        """Apply a batch of events, partition by partition, each in its order."""
        newest = max(event.message.timestamp for event in events)
        await self.reference.wait(feed, datetime.fromtimestamp(newest, UTC))
        await self._end_changed_topics()
        by_lease: dict[Lease, list[Fetched]] = {}
        for event in events:
            fetched = cast("LedgerMessage", event.message).fetched
            by_lease.setdefault(fetched.lease, []).append(fetched)
        mine = {lease: _batch(lease, fetched) for lease, fetched in by_lease.items()}
        await self._apply_batches(feed, {lease: b for lease, b in mine.items() if b is not None})

    async def _apply_batches(self, feed: Feed, batches: Mapping[Lease, Batch]) -> None:
        """Apply batches under leases; one ends where another worker has moved its position."""
        if not batches:
            return
        try:
            ended = await self._apply(feed, list(batches.values()))
        finally:
            for lease in batches:
                self.parts.watch.applied(lease.place)
        for lease, applied in zip(batches, ended, strict=True):
            if isinstance(applied, PositionMoved):
                log.warning("position moved", place=str(lease.place), stands=applied.next_offset)
                lease.end("position_moved")
                continue
            lease.applied = max(lease.applied, batches[lease].next_offset)
            if lease.fetched > lease.applied and not lease.is_over:
                self.parts.watch.fetched(lease.place)
        if any(isinstance(each, Applied) and each.feed_is_paused for each in ended):
            self.paused |= {feed.name}
            self.consumer.end_leases(
                [tp for tp in self.consumer.leases if tp.topic == feed.name], "feed_paused"
            )

    async def _apply(self, feed: Feed, batches: Sequence[Batch]) -> list[Applied | PositionMoved]:
        """Apply batches on their feed's thread."""
        future = asyncio.ensure_future(_on(feed, partial(feed.applier.apply_together, batches)))
        self.under_way.add(future)
        future.add_done_callback(self.under_way.discard)
        # An agent that is cancelled does not take the batch with it.
        return await asyncio.shield(future)

    async def _end_changed_topics(self) -> None:
        """Ask for the topics' ids when they are over a second old; end the leases of changed."""
        if time.monotonic() - self.ids_checked < IDS_FRESH_SECONDS:
            return
        changed = await self._ask(self.parts.changed)
        self.ids_checked = time.monotonic()
        for lease in list(self.consumer.leases.values()):
            if lease.place.topic in changed:
                lease.end("topic_changed")

    async def _ask(self, question: Callable[[], Answer]) -> Answer:
        """Ask Kafka something on the topics' own thread, some more times while it is away."""
        loop = asyncio.get_running_loop()
        for pause in ASK_PAUSES_SECONDS:
            try:
                return await loop.run_in_executor(self.parts.topics_thread, question)
            except KafkaAway:
                await asyncio.sleep(pause)
        return await loop.run_in_executor(self.parts.topics_thread, question)


def _batch(lease: Lease, fetched: Sequence[Fetched]) -> Batch | None:
    """Make a batch of what came under a lease, if it still holds and nothing is missing."""
    records = () if lease.is_over else tuple(unbroken(lease, fetched))
    if lease.is_over or not records:
        return None
    return Batch(lease.place, lease.applied, records, records[-1].offset + 1)


async def _on(feed: Feed, act: Callable[[], Answer]) -> Answer:
    """Do something on a feed's own thread."""
    return await asyncio.get_running_loop().run_in_executor(feed.thread, act)
