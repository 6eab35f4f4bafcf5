"""Faust's consumer, made to read from where the ledger stands.

Faust seeks to the consumer group's commits after every hook that it offers, so the consumer itself
is replaced: a partition starts where the ledger stands, under a lease (`streams.engines.leases`),
and each record comes with its lease and with where it begins.

Nothing here rests on Faust's acknowledgements: what is committed to Kafka, for the operators' lag
charts alone, is what the ledger took.
"""

import asyncio
from abc import abstractmethod
from collections.abc import Collection, Iterable, Mapping
from typing import Any, ClassVar, Final, Protocol, cast

import structlog
from aiokafka import TopicPartition
from aiokafka.errors import (
    ConsumerStoppedError,
    IllegalStateError,
    KafkaError,
    NoOffsetForPartitionError,
    OffsetOutOfRangeError,
)
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, AppT, ConsumerMessage, Message
from mode import Service, ServiceT
from yarl import URL

from streams.engines.leases import Client, Fetched, Lease, NothingRead, waiting

NOTHING: Final = frozenset({TP("", -1)})
"""An empty set would mean every partition to the client."""
FETCH_SECONDS: Final = 1.0
YIELD_EVERY: Final = 100
"""Source: Faust's own numbers; after so many records the other tasks get their turn."""
IDLE_SECONDS: Final = 0.1
"""Assumed: how long a fetch waits while no partition has a lease."""

log = structlog.get_logger(__name__)


def partition_of(lease: Lease) -> TP:
    """Name a lease's partition as Faust knows it."""
    return TP(lease.place.topic, lease.place.partition)


class LedgerMessage(ConsumerMessage):
    """Faust's message, which carries what was fetched."""

    fetched: Fetched


class Ledgers(Protocol):
    """Who knows where partitions start."""

    @abstractmethod
    async def grant(self, partitions: Collection[TP]) -> list[Lease]:
        """Grant leases from the ledger's positions, none for a partition that may not run."""

    @abstractmethod
    def fetched(self, lease: Lease) -> None:
        """Note that records came."""

    @abstractmethod
    def ended(self, lease: Lease) -> None:
        """Note that a lease is over."""

    @abstractmethod
    async def settle(self) -> None:
        """Wait for what is being applied, within limits."""

    @abstractmethod
    def before_commit(self) -> None:
        """Note that offsets are about to be committed."""


class LedgerThread(driver.AIOKafkaConsumerThread):
    """The thread in which the client talks to Kafka."""

    leases: dict[TP, Lease]

    def _create_worker_consumer(self, transport: driver.Transport) -> Client:
        """Make the client; Faust asks for committed records only under `exactly_once`."""
        client = super()._create_worker_consumer(transport)
        client._isolation_level = "read_committed"  # noqa: SLF001 - no setting; a test holds it
        self.leases = {}
        return client

    async def install(self, leases: Iterable[Lease]) -> None:
        """Seek to where the leases begin, in one step with making them the current ones."""
        await self.call_thread(self._install, list(leases))

    async def _install(self, leases: list[Lease]) -> None:
        client = self._ensure_consumer()
        for lease in leases:
            try:
                client.seek(partition_of(lease), lease.fetched)
            except IllegalStateError:
                lease.end("not_assigned")
            else:
                self.leases[partition_of(lease)] = lease

    async def _fetch_records(
        self,
        consumer: Client,
        active_partitions: set[TP] | None,
        timeout: float | None = None,  # noqa: ASYNC109 - Faust's signature
        max_records: int | None = None,
    ) -> Mapping[TP, list[Fetched]]:
        """Fetch from the partitions that have a lease, and stamp what came."""
        live = {tp for tp in active_partitions or () if self._is_live(tp)}
        wait = timeout if live else IDLE_SECONDS
        try:
            records = await super()._fetch_records(
                consumer, cast("set[TP]", live or NOTHING), wait, max_records
            )
        except (OffsetOutOfRangeError, NoOffsetForPartitionError) as error:
            self._out_of_range(error)
            return {}
        return {tp: self.leases[tp].stamp(came) for tp, came in records.items() if tp in live}

    async def pass_control_records(self, lease: Lease) -> None:
        """Move a lease to where its client stands: what lies between is not for anybody to read."""
        if self._is_live(tp := partition_of(lease)):
            lease.fetched = max(lease.fetched, await self._ensure_consumer().position(tp))

    def _is_live(self, tp: TP) -> bool:
        """Answer whether a partition has a lease that is not over."""
        lease = self.leases.get(tp)
        return lease is not None and not lease.is_over

    def _out_of_range(self, error: KafkaError) -> None:
        """End the leases whose position the log no longer has, as when retention passed it."""
        told = error.args[0]
        for tp in told if isinstance(told, dict) else [told]:
            if tp in self.leases:
                self.leases[tp].end("out_of_range")

    async def _commit(self, offsets: Mapping[TP, int]) -> bool:
        """Commit offsets; a failure is of no consequence, and the next commit covers it."""
        try:
            await self._ensure_consumer().commit(
                {TopicPartition(*tp): offset for tp, offset in offsets.items()}
            )
        except (KafkaError, AssertionError) as error:
            log.info("offsets were not committed", reason=type(error).__name__)
            return False
        return True


class LedgerConsumer(driver.Consumer):
    """Faust's consumer, with the ledger in place of the group's commits."""

    _thread: LedgerThread
    ledgers: Ledgers

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Faust's signature
        super().__init__(*args, **kwargs)
        self.ledgers = cast("LedgerTransport", self.transport).ledgers
        self._read_offset = NothingRead()
        self.leases: dict[TP, Lease] = {}
        self._seeking = asyncio.Lock()

    def _new_consumer_thread(self) -> LedgerThread:
        return LedgerThread(self, loop=self.loop, beacon=self.beacon)

    async def perform_seek(self) -> None:
        """Start every assigned partition where the ledger stands."""
        await self.seek_again(self.assignment())

    async def seek_again(self, partitions: Collection[TP]) -> None:
        """Start some partitions where the ledger stands, under new leases."""
        generation = self.app.consumer_generation_id
        async with self._seeking:
            self.end_leases(partitions, "sought_again")
            granted = await self.ledgers.grant(partitions)
            if generation != self.app.consumer_generation_id:
                return
            await self._thread.install(granted)
            self.leases.update({partition_of(lease): lease for lease in granted})

    def end_leases(self, partitions: Iterable[TP], why: str) -> None:
        """End the leases of some partitions."""
        for tp in partitions:
            lease = self.leases.pop(tp, None)
            if lease is not None:
                lease.end(why)
                self.ledgers.ended(lease)

    async def pass_control_records(self, ends: Mapping[tuple[str, int], int]) -> list[Lease]:
        """Return the leases that have only control records between what was applied and the end."""
        waits = waiting(self.leases.values(), ends)
        for lease in waits:
            await self._thread.call_thread(self._thread.pass_control_records, lease)
        return [lease for lease in waits if lease.fetched > lease.applied and not lease.is_over]

    async def _getmany(
        self,
        active_partitions: set[TP] | None,
        timeout: float,  # noqa: ASYNC109 - Faust's
    ) -> Mapping[TP, list[Fetched]]:
        """Fetch, and let the watchdog know of what came."""
        came: Mapping[TP, list[Fetched]] = await super()._getmany(active_partitions, timeout)
        for records in came.values():
            if records and not records[0].lease.is_over:
                self.ledgers.fetched(records[0].lease)
        return came

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """End all leases, and let what is being applied be done before another worker comes."""
        self.end_leases(list(self.leases), "revoked")
        await self.ledgers.settle()
        await super().on_partitions_revoked(revoked)

    def without_lease(self) -> set[TP]:
        """Return the assigned partitions that are to be sought again, none in a rebalance."""
        if self.app.rebalancing or not self.flow_active:
            return set()
        live = {tp for tp, lease in self.leases.items() if not lease.is_over}
        return self.assignment() - live

    def _to_message(self, tp: TP, record: Fetched) -> LedgerMessage:
        """Make Faust's message of what was fetched."""
        came = record.record
        message = LedgerMessage(
            came.topic,
            came.partition,
            came.offset,
            came.timestamp / 1000,
            came.timestamp_type,
            came.headers,
            came.key,
            came.value,
            None,
            tp=tp,
            generation_id=self.app.consumer_generation_id,
        )
        message.fetched = record
        return message

    def ack(self, message: Message) -> bool:
        """Acknowledge a message, which moves nothing: the ledger's word is what is committed."""
        message.acked = True
        return True

    async def _drain_messages(self, fetcher: ServiceT) -> None:
        """Hand what is fetched to the agents, without the two tasks that Faust makes for each.

        What waits for room in an agent's queue is let go when the queues are cleared, at the
        beginning of a rebalance; its lease is over by then.
        """
        try:
            while not (self.should_stop or cast("Service", fetcher).should_stop):
                await asyncio.sleep(0)
                handed = 0
                async for _tp, message in self.getmany(timeout=FETCH_SECONDS):
                    await self.callback(message)
                    handed += 1
                    if handed % YIELD_EVERY == 0:
                        await asyncio.sleep(0)
        except (ConsumerStoppedError, asyncio.CancelledError):
            if not self.app.should_stop:
                raise

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Keep no list of holes: commits do not need one."""

    async def force_commit(self, *_: object, **__: object) -> bool:
        """Commit what the ledger took."""
        self.ledgers.before_commit()
        moved = {
            tp: lease.applied
            for tp, lease in self.leases.items()
            if not lease.is_over and lease.applied != lease.committed
        }
        if not moved or not await self._commit(moved):
            return False
        for tp, offset in moved.items():
            if tp in self.leases:
                self.leases[tp].committed = offset
        return True

    def highwater(self, tp: TP) -> int:  # noqa: ARG002 - Faust's signature
        """Answer 0: it is for a monitor that we do not have, and asserts on a lost partition."""
        return 0

    async def verify_all_partitions_active(self) -> None:
        """Leave it to the watchdog, which measures what was fetched and not applied."""


class LedgerTransport(driver.Transport):
    """Faust's transport with our consumer."""

    Consumer: ClassVar[type[LedgerConsumer]] = LedgerConsumer

    def __init__(self, url: list[URL], app: AppT, ledgers: Ledgers) -> None:
        super().__init__(url, app)
        self.ledgers = ledgers
