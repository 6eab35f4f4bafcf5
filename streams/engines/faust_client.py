"""The thread in which Faust's client talks to Kafka, reading from where leases begin.

A lease, its seek and what is fetched under it are set in this thread, each in one step.
"""

from collections.abc import Iterable, Mapping
from typing import Final, cast

import structlog
from aiokafka import TopicPartition
from aiokafka.errors import (
    IllegalStateError,
    KafkaError,
    NoOffsetForPartitionError,
    OffsetOutOfRangeError,
)
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from streams.engines.leases import Client, Fetched, Lease

NOTHING: Final = frozenset({TP("", -1)})
"""An empty set would mean every partition to the client."""
IDLE_SECONDS: Final = 0.1
"""Assumed: how long a fetch waits while no partition has a lease."""

log = structlog.get_logger(__name__)


def partition_of(lease: Lease) -> TP:
    """Name a lease's partition as Faust knows it."""
    return TP(lease.place.topic, lease.place.partition)


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

    async def pass_control_records(self, lease: Lease, stood: int) -> int:
        """Move a lease to where its client stands, and return where that is.

        What lies between is for nobody to read, as long as nothing was fetched under the lease
        since it stood at `stood`; whether so is seen in the client's own thread, in one step with
        the move. Records that came meanwhile are on their way, and nothing is passed.
        """
        tp = partition_of(lease)
        if self.leases.get(tp) is not lease or lease.is_over:
            return stood
        stands = int(await self._ensure_consumer().position(tp))
        if lease.fetched != stood or stands <= stood:
            return stood
        lease.fetched = stands
        return stands

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
