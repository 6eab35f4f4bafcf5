"""The direct engine: aiokafka's `getmany` and the ledger, for volume and for catching up.

It fetches, hands each partition's records to its feed's thread, and commits offsets for the
operators' lag charts only. Where a partition starts, and what became of a record, is the ledger's
business (`streams.engines.partitions`, `streams.engines.port`).
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, TypeVar

import structlog
from aiokafka import TopicPartition
from aiokafka.errors import (
    IllegalStateError,
    KafkaError,
    NoOffsetForPartitionError,
    OffsetOutOfRangeError,
)

from streams.domain.log import Place, RawRecord
from streams.engines.direct_client import Fetch, Fetched, Listener, make_consumer, start
from streams.engines.leases import raw_record
from streams.engines.partitions import IDS_FRESH_SECONDS, Feed, Share, WorkerParts, shares
from streams.engines.reference import Reference
from streams.engines.tide import Tide
from streams.ledger.connection import EXIT_WORLD_DOWN, WorldDown
from streams.ledger.positions import PositionMoved
from streams.ledger.transaction import Applied
from streams.topics import KafkaAway

IDLE_SECONDS: Final = 0.05
TEND_SECONDS: Final = 1.0
"""Assumed: operations who pause or resume a feed wait no longer than this."""

Answer = TypeVar("Answer")

log = structlog.get_logger(__name__)


def run(parts: WorkerParts) -> int:
    """Run until told to stop; return the process's exit status."""
    return asyncio.run(_Direct(parts, Reference(parts)).run())


@dataclass(slots=True)
class _Direct:
    """One running worker: a loop for each feed, and one that looks after them."""

    parts: WorkerParts
    reference: Reference
    consumer: Any = None
    ids_checked: float = 0.0
    paused: frozenset[str] = frozenset()
    stopped: set[TopicPartition] = field(default_factory=set)
    sought: set[TopicPartition] = field(default_factory=set)
    """Partitions whose client stands where the ledger does; nothing else is read, since the client
    begins by itself at what the group committed."""
    busy: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def run(self) -> int:
        """Consume until told to stop, or until the world stays down."""
        self.consumer = make_consumer(self.parts.settings, self.parts.group)
        self.busy = {name: asyncio.Lock() for name in self.parts.feeds}
        try:
            await start(self.consumer)
            self.consumer.subscribe(sorted(self.parts.feeds), listener=Listener(self))
            await self._all()
        except (WorldDown, KafkaAway, KafkaError) as error:
            log.error("the world is down", reason=type(error).__name__)  # noqa: TRY400 - words only
            return EXIT_WORLD_DOWN
        finally:
            # What aiokafka cancels in its own stop comes out of it while the broker is away.
            with suppress(asyncio.CancelledError, KafkaError):
                await self.consumer.stop()
        return 0

    async def _all(self) -> None:
        """Run every loop until told to stop; the first that fails ends them all."""
        loops = [asyncio.create_task(self._feed(feed)) for feed in self.parts.feeds.values()]
        loops.append(asyncio.create_task(self._tend()))
        done, left = await asyncio.wait(loops, return_when=asyncio.FIRST_EXCEPTION)
        for loop in left:
            loop.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        for loop in done:
            loop.result()

    async def _feed(self, feed: Feed) -> None:
        """Carry one feed's records until told to stop."""
        while not self.parts.stop.is_set():
            mine = self._readable(feed)
            begun = await self._positions(mine)
            held = dict(feed.places)
            fetched = await self._fetch(mine)
            if not fetched:
                await self._idle(feed, mine)
                continue
            newest = max(record.timestamp for records in fetched.values() for record in records)
            await self.reference.wait(feed, datetime.fromtimestamp(newest / 1000, UTC))
            async with self.busy[feed.name]:
                await self._carry(feed, Fetch(fetched, begun, held))
            await self._commit(feed, fetched)

    def _readable(self, feed: Feed) -> list[TopicPartition]:
        """Return the partitions of a feed that were sought where the ledger stands."""
        if feed.name in self.paused:
            return []
        return [tp for tp in sorted(self.sought) if tp.topic == feed.name]

    async def _fetch(self, partitions: Sequence[TopicPartition]) -> Fetched:
        """Fetch from some partitions; what the client cannot read is sought or stopped."""
        if not partitions:
            return {}
        settings = self.parts.settings
        most = settings.batch_max * len(partitions)
        try:
            found: Fetched = await self.consumer.getmany(
                *partitions, timeout_ms=settings.batch_wait_ms, max_records=most
            )
        except OffsetOutOfRangeError as error:
            await self.assign(error.args[0])
        except NoOffsetForPartitionError as error:
            self._seek_again(error.args[0])
        except IllegalStateError:
            await asyncio.sleep(IDLE_SECONDS)
        else:
            return found
        return {}

    def _seek_again(self, tp: TopicPartition) -> None:
        """Seek a partition that the client looked at before the ledger had said where it starts."""
        feed = self.parts.feeds[tp.topic]
        if tp in feed.expected:
            self.consumer.seek(tp, feed.expected[tp])

    async def _positions(self, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """Return from where each partition is about to be fetched."""
        assigned = self.consumer.assignment()
        return {tp: await self.consumer.position(tp) for tp in partitions if tp in assigned}

    async def _idle(self, feed: Feed, partitions: Sequence[TopicPartition]) -> None:
        """Nothing came: look whether control records lie between the ledger and the log's end."""
        async with self.busy[feed.name]:
            for tp in partitions:
                await self._past_control_records(feed, tp)
        if not partitions:
            await asyncio.sleep(IDLE_SECONDS)

    async def _carry(self, feed: Feed, fetch: Fetch) -> None:
        """Apply what was fetched of one feed, each partition in its order, on its thread.

        What does not begin where the ledger stands, or earlier, is fetched again: something between
        was dropped on the way, and would be missing for ever.
        """
        changed = await self._topics_changed()
        mine: list[tuple[Place, list[RawRecord]]] = []
        for tp in sorted(fetch.records):
            if tp not in self.sought or tp not in self.consumer.assignment():
                continue
            place, begun = fetch.held.get(tp), fetch.begun.get(tp, 0)
            is_other = place != feed.places.get(tp)
            if place is None or is_other or changed or begun > feed.expected[tp]:
                self._seek_again(tp)
            else:
                mine.append((place, [raw_record(each) for each in fetch.records[tp]]))
        await self._apply(feed, mine)

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

    async def _apply(self, feed: Feed, mine: Share) -> None:
        """Apply what came of a feed's partitions; seek again where another took over."""
        for place, _ in mine:
            self.parts.watch.fetched(place)
        left = {TopicPartition(place.topic, place.partition): place for place, _ in mine}
        try:
            for share in shares(mine, self.parts.settings.batch_max):
                still = [(place, records) for place, records in share if place in left.values()]
                ended = await _on(feed, partial(feed.apply, still))
                await self._let_go_of_moved(ended, left)
                if any(isinstance(a, Applied) and a.feed_is_paused for a in ended.values()):
                    self.paused |= {feed.name}
                    for tp in left:
                        self._seek_again(tp)
                    return
            for tp in left:
                await self._past_control_records(feed, tp)
        finally:
            for place, _ in mine:
                self.parts.watch.applied(place)

    async def _let_go_of_moved(
        self,
        ended: Mapping[Place, Applied | PositionMoved],
        left: dict[TopicPartition, Place],
    ) -> None:
        """Start partitions anew that another worker has moved; leave the rest of what came."""
        for place, moved in ended.items():
            if isinstance(moved, PositionMoved):
                log.warning("position moved", place=str(place), stands=moved.next_offset)
                tp = TopicPartition(place.topic, place.partition)
                del left[tp]
                await self.assign([tp])

    async def assign(self, partitions: Iterable[TopicPartition]) -> None:
        """Start partitions where the ledger says, or stop them where they may not run."""
        looked: dict[str, Any] = {}
        for tp in sorted(partitions):
            if tp.topic not in looked:
                looked[tp.topic] = await self._ask(partial(self.parts.look_up, tp.topic))
            topic_id, bounds = looked[tp.topic]
            feed = self.parts.feeds[tp.topic]
            self.sought.discard(tp)
            known = bounds.get(tp.partition)
            if known is None:
                self._stop(tp, "the log cannot be read")
                continue
            begin = await _on(feed, partial(feed.start, tp, topic_id, known))
            if begin.offset is None:
                self._stop(tp, begin.why)
                self.consumer.seek(tp, known.end)
            else:
                self.stopped.discard(tp)
                self.consumer.resume(tp)
                self.consumer.seek(tp, begin.offset)
                self.sought.add(tp)

    def _stop(self, tp: TopicPartition, why: str) -> None:
        """Stop one partition; the others go on."""
        log.error("partition stopped", topic=tp.topic, partition=tp.partition, why=why)
        self.parts.feeds[tp.topic].forget(tp)
        self.sought.discard(tp)
        self.stopped.add(tp)
        self.consumer.pause(tp)

    def revoke(self, partitions: Iterable[TopicPartition]) -> None:
        """Let go of partitions that another worker gets."""
        for tp in partitions:
            self.parts.feeds[tp.topic].forget(tp)
            self.stopped.discard(tp)
            self.sought.discard(tp)

    async def _tend(self) -> None:
        """Follow what operations say about feeds, and look at the partitions that are stopped."""
        tide = Tide(self.parts)
        while not self.parts.stop.is_set():
            self.paused = await _on(next(iter(self.parts.feeds.values())), self.parts.paused)
            await tide.turn()
            if self.stopped:
                await self.assign(list(self.stopped & self.consumer.assignment()))
            await asyncio.sleep(TEND_SECONDS)

    async def _past_control_records(self, feed: Feed, tp: TopicPartition) -> None:
        """Move the position over the control records of transactions, behind which is nothing."""
        if tp in self.sought and tp in self.consumer.assignment():
            fetched = await self.consumer.position(tp)
            if fetched > feed.expected[tp]:
                await _on(feed, partial(feed.skip, tp, fetched))

    async def _commit(self, feed: Feed, fetched: Fetched) -> None:
        """Commit offsets for the operators' charts; a failure is of no consequence."""
        self.parts.before_commit()
        assigned = self.consumer.assignment()
        offsets = {
            tp: feed.expected[tp] for tp in fetched if tp in feed.expected and tp in assigned
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
