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
from aiokafka.errors import (
    ConsumerStoppedError,
)
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, AppT, ConsumerMessage, Message
from mode import Service, ServiceT
from yarl import URL

from streams.engines.faust_client import LedgerThread, partition_of
from streams.engines.leases import Fetched, Lease, NothingRead, waiting

FETCH_SECONDS: Final = 1.0
YIELD_EVERY: Final = 100
"""Source: Faust's own numbers; after so many records the other tasks get their turn."""
log = structlog.get_logger(__name__)


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

    async def pass_control_records(
        self, ends: Mapping[tuple[str, int], int]
    ) -> list[tuple[Lease, int]]:
        """Return the leases with only control records behind what was applied, and up to where."""
        passed: list[tuple[Lease, int]] = []
        for lease in waiting(self.leases.values(), ends):
            stood = lease.applied
            stands = await self._thread.call_thread(self._thread.pass_control_records, lease, stood)
            if stands > stood and not lease.is_over:
                passed.append((lease, stands))
        return passed

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
