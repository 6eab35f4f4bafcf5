"""aiokafka's consumer as the direct engine uses it: no reset, no commits of its own."""

from datetime import UTC, datetime
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, ConsumerRecord

from streams.domain.log import RawRecord
from streams.engines.partitions import HEARTBEAT_MS, METADATA_MAX_AGE_MS, SESSION_TIMEOUT_MS
from streams.settings import Settings

FETCH_BYTES_MAX: Final = 8 << 20


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


def raw_record(record: "ConsumerRecord[bytes | None, bytes | None]") -> RawRecord:
    """Turn a client's record into ours, with the broker's time."""
    return RawRecord(
        offset=record.offset,
        key=record.key,
        value=record.value,
        headers=tuple(record.headers),
        broker_at=datetime.fromtimestamp(record.timestamp / 1000, UTC),
    )
