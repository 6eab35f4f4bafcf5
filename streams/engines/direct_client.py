"""aiokafka's consumer as the direct engine uses it: no reset, no commits of its own."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Final, Protocol

from aiokafka import (
    AIOKafkaConsumer,
    ConsumerRebalanceListener,
    ConsumerRecord,
    TopicPartition,
)
from aiokafka.errors import KafkaError

from streams.domain.log import Place
from streams.engines.partitions import (
    HEARTBEAT_MS,
    METADATA_MAX_AGE_MS,
    SESSION_TIMEOUT_MS,
    PartitionOf,
)
from streams.settings import Settings

FETCH_BYTES_MAX: Final = 8 << 20
START_TRIES_MAX: Final = 5
START_PAUSE_SECONDS: Final = 1.0
"""Assumed: a broker that is starting answers within five seconds."""

Fetched = Mapping[TopicPartition, Sequence["ConsumerRecord[bytes | None, bytes | None]"]]


@dataclass(frozen=True, slots=True)
class Fetch:
    """What one fetch brought, where it began, and which places the partitions were then."""

    records: Fetched
    begun: Mapping[TopicPartition, int]
    held: Mapping[PartitionOf, Place]


class Assigned(Protocol):
    """A worker that is given partitions; it keeps a lock for what is under way on each feed."""

    busy: dict[str, asyncio.Lock]

    async def assign(self, partitions: Iterable[TopicPartition]) -> None:
        """Start partitions where the ledger says, or stop them where they may not run."""

    def revoke(self, partitions: Iterable[TopicPartition]) -> None:
        """Let go of partitions that another worker gets."""


class Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is not typed
    """Passes assignments on; waits for the batch under way before it lets go."""

    def __init__(self, worker: Assigned) -> None:
        """Keep the worker whose partitions these are."""
        self._worker = worker

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Wait for what is being applied, then let go."""
        async with AsyncExitStack() as stack:
            for lock in self._worker.busy.values():
                await stack.enter_async_context(lock)
            self._worker.revoke(revoked)

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Start each partition where the ledger says."""
        await self._worker.assign(assigned)


def make_consumer(settings: Settings, group: str) -> Any:  # noqa: ANN401 - aiokafka is not typed
    """Configure the consumer; where it starts and what is committed is not its business."""
    return AIOKafkaConsumer(
        bootstrap_servers=settings.kafka,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="none",
        isolation_level="read_committed",
        session_timeout_ms=SESSION_TIMEOUT_MS,
        heartbeat_interval_ms=HEARTBEAT_MS,
        metadata_max_age_ms=METADATA_MAX_AGE_MS,
        fetch_max_wait_ms=settings.batch_wait_ms,
        max_partition_fetch_bytes=FETCH_BYTES_MAX,
    )


async def start(consumer: Any) -> None:  # noqa: ANN401 - aiokafka is not typed
    """Connect, waiting a little for a broker that is starting."""
    for tries in range(1, START_TRIES_MAX + 1):
        try:
            await consumer.start()
        except KafkaError:
            if tries == START_TRIES_MAX:
                raise
            await asyncio.sleep(START_PAUSE_SECONDS)
        else:
            return
