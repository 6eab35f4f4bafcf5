"""The direct engine: aiokafka's `getmany` and the ledger, for volume and for catching up.

It fetches, hands each partition's records to its feed's thread, and commits offsets for the
operators' lag charts only. Where a partition starts, and what became of a record, is the ledger's
business (`streams.engines.partitions`, `streams.engines.port`).
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, TypeVar

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError, NoOffsetForPartitionError, OffsetOutOfRangeError

from streams.domain.log import RawRecord
from streams.engines.partitions import (
    HEARTBEAT_MS,
    IDS_FRESH_SECONDS,
    METADATA_MAX_AGE_MS,
    PAUSED_FRESH_SECONDS,
    SESSION_TIMEOUT_MS,
    Feed,
    WorkerParts,
)
from streams.engines.port import EXIT_WORLD_DOWN
from streams.ledger.connection import WorldDown
from streams.ledger.positions import PositionMoved
from streams.topics import KafkaAway

FETCH_BYTES_MAX: Final = 8 << 20
START_TRIES_MAX: Final = 5
START_PAUSE_SECONDS: Final = 1.0
"""Assumed: a broker that is starting answers within five seconds."""

Answer = TypeVar("Answer")
Fetched = Mapping[TopicPartition, Sequence["ConsumerRecord[bytes | None, bytes | None]"]]

log = structlog.get_logger(__name__)


def run(parts: WorkerParts) -> int:
    """Run until told to stop; return the process's exit status."""
    return asyncio.run(_Direct(parts).run())


def raw_record(record: "ConsumerRecord[bytes | None, bytes | None]") -> RawRecord:
    """Turn a client's record into ours, with the broker's time."""
    return RawRecord(
        offset=record.offset,
        key=record.key,
        value=record.value,
        headers=tuple(record.headers),
        broker_at=datetime.fromtimestamp(record.timestamp / 1000, UTC),
    )


@dataclass(slots=True)
class _Direct:
    """One running worker."""

    parts: WorkerParts
    consumer: Any = None
    ids_checked: float = 0.0
    paused_checked: float = 0.0
    paused: frozenset[str] = frozenset()
    stopped: set[TopicPartition] = field(default_factory=set)
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self) -> int:
        """Consume until told to stop, or until the world stays down."""
        self.consumer = self._make()
        try:
            await self._start()
            self.consumer.subscribe(sorted(self.parts.feeds), listener=_Listener(self))
            while not self.parts.stop.is_set():
                await self._round()
        except (WorldDown, KafkaAway, KafkaError) as error:
            log.error("the world is down", reason=type(error).__name__)  # noqa: TRY400 - words only
            return EXIT_WORLD_DOWN
        finally:
            await self.consumer.stop()
        return 0

    def _make(self) -> Any:  # noqa: ANN401 - aiokafka is not typed
        """Configure the consumer: no reset, nothing that was aborted, no commits by itself."""
        settings = self.parts.settings
        return AIOKafkaConsumer(
            bootstrap_servers=settings.kafka,
            group_id=self.parts.group,
            enable_auto_commit=False,
            auto_offset_reset="none",
            isolation_level="read_committed",
            session_timeout_ms=SESSION_TIMEOUT_MS,
            heartbeat_interval_ms=HEARTBEAT_MS,
            metadata_max_age_ms=METADATA_MAX_AGE_MS,
            fetch_max_wait_ms=settings.batch_wait_ms,
            max_partition_fetch_bytes=FETCH_BYTES_MAX,
        )

    async def _start(self) -> None:
        """Connect, waiting a little for a broker that is starting."""
        for tries in range(1, START_TRIES_MAX + 1):
            try:
                await self.consumer.start()
            except KafkaError:
                if tries == START_TRIES_MAX:
                    raise
                await asyncio.sleep(START_PAUSE_SECONDS)
            else:
                return

    async def _round(self) -> None:
        """Fetch once, check that the topics are still the same, apply, and commit offsets."""
        most = self.parts.settings.batch_max * max(1, len(self.consumer.assignment()))
        try:
            fetched: Fetched = await self.consumer.getmany(
                timeout_ms=self.parts.settings.batch_wait_ms, max_records=most
            )
        except OffsetOutOfRangeError as error:
            await self.assign(error.args[0])
            return
        except NoOffsetForPartitionError as error:
            self._seek_again(error.args[0])
            return
        async with self.busy:
            if await self._topics_changed():
                return
            await asyncio.gather(*(self._feed(name, fetched) for name in self.parts.feeds))
        await self._pause_or_resume()
        await self._commit(fetched)

    def _seek_again(self, tp: TopicPartition) -> None:
        """Seek a partition that the client looked at before the ledger had said where it starts."""
        feed = self.parts.feeds[tp.topic]
        if tp in feed.expected:
            self.consumer.seek(tp, feed.expected[tp])

    async def _topics_changed(self) -> bool:
        """Ask for the topics' ids when they are over a second old; start changed ones anew."""
        if time.monotonic() - self.ids_checked < IDS_FRESH_SECONDS:
            return False
        changed = await self._ask(self.parts.changed)
        self.ids_checked = time.monotonic()
        if not changed:
            return False
        log.warning("topics changed", topics=changed)
        await self.assign([tp for tp in self.consumer.assignment() if tp.topic in changed])
        return True

    async def _feed(self, name: str, fetched: Fetched) -> None:
        """Apply what was fetched of one feed, partition by partition, on its thread."""
        feed = self.parts.feeds[name]
        for tp in sorted(each for each in fetched if each.topic == name):
            if tp in feed.places and tp in self.consumer.assignment():
                await self._partition(feed, tp, [raw_record(each) for each in fetched[tp]])

    async def _partition(self, feed: Feed, tp: TopicPartition, records: list[RawRecord]) -> None:
        """Apply one partition's records, a batch at a time; seek again where another took over."""
        size = self.parts.settings.batch_max
        place = feed.places[tp]
        self.parts.watch.fetched(place)
        try:
            for start in range(0, len(records), size):
                batch = tuple(records[start : start + size])
                applied = await _on(feed, partial(feed.apply, tp, batch))
                if applied.feed_is_paused:
                    self.paused_checked = 0.0
                    self.consumer.seek(tp, applied.next_offset)
                    return
        except PositionMoved as moved:
            log.warning("position moved", place=str(place), stands=moved.next_offset)
            await self.assign([tp])
        finally:
            self.parts.watch.applied(place)

    async def assign(self, partitions: Iterable[TopicPartition]) -> None:
        """Start partitions where the ledger says, or stop them where they may not run."""
        looked: dict[str, Any] = {}
        for tp in sorted(partitions):
            if tp.topic not in looked:
                looked[tp.topic] = await self._ask(partial(self.parts.look_up, tp.topic))
            topic_id, bounds = looked[tp.topic]
            feed = self.parts.feeds[tp.topic]
            known = bounds.get(tp.partition)
            if known is None:
                self._stop(tp, "the log cannot be read")
                continue
            start = await _on(feed, partial(feed.start, tp, topic_id, known))
            if start.offset is None:
                self._stop(tp, start.why)
                self.consumer.seek(tp, known.end)
            else:
                self.stopped.discard(tp)
                self.consumer.seek(tp, start.offset)

    def _stop(self, tp: TopicPartition, why: str) -> None:
        """Stop one partition; the others go on."""
        log.error("partition stopped", topic=tp.topic, partition=tp.partition, why=why)
        self.parts.feeds[tp.topic].forget(tp)
        self.stopped.add(tp)
        self.consumer.pause(tp)

    def revoke(self, partitions: Iterable[TopicPartition]) -> None:
        """Let go of partitions that another worker gets."""
        for tp in partitions:
            self.parts.feeds[tp.topic].forget(tp)
            self.stopped.discard(tp)

    async def _pause_or_resume(self) -> None:
        """Follow what operations say about feeds, every two seconds."""
        if time.monotonic() - self.paused_checked < PAUSED_FRESH_SECONDS:
            return
        feed = next(iter(self.parts.feeds.values()))
        self.paused = await _on(feed, self.parts.paused)
        self.paused_checked = time.monotonic()
        for tp in self.consumer.assignment():
            if tp.topic in self.paused:
                self.consumer.pause(tp)
            elif tp not in self.stopped:
                self.consumer.resume(tp)
        if self.stopped:
            await self.assign(list(self.stopped))

    async def _commit(self, fetched: Fetched) -> None:
        """Commit offsets for the operators' charts; a failure is of no consequence."""
        self.parts.before_commit()
        offsets = {
            tp: self.parts.feeds[tp.topic].expected[tp]
            for tp in fetched
            if tp in self.parts.feeds[tp.topic].expected and tp in self.consumer.assignment()
        }
        if not offsets:
            return
        try:
            await self.consumer.commit(offsets)
        except KafkaError as error:
            log.info("offsets were not committed", reason=type(error).__name__)

    async def _ask(self, question: Callable[[], Answer]) -> Answer:
        """Ask Kafka something on the topics' own thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.parts.topics_thread, question)


async def _on(feed: Feed, act: Callable[[], Answer]) -> Answer:
    """Do something on a feed's own thread."""
    return await asyncio.get_running_loop().run_in_executor(feed.thread, act)


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is not typed
    """Passes assignments on; waits for the batch under way before it lets go."""

    def __init__(self, worker: _Direct) -> None:
        """Keep the worker whose partitions these are."""
        self._worker = worker

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Wait for what is being applied, then let go."""
        async with self._worker.busy:
            self._worker.revoke(revoked)

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Start each partition where the ledger says."""
        await self._worker.assign(assigned)
