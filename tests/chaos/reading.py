"""What was really in Kafka, and what the broker told the publisher: the checker's two witnesses."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chaos.people import Outgoing
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from schemas.codec import CodecRefused, decode
from streams.topics import TopicIds

POLL_MS = 5_000
ACKNOWLEDGED_SECONDS = 60.0
Spot = tuple[str, int, int]
"""A topic, a partition and an offset."""


@dataclass(frozen=True, slots=True)
class Published:
    """One line of the publisher's list: where the broker says that a record is."""

    spot: Spot
    event_id: str
    intent: str


@dataclass(frozen=True, slots=True)
class Read:
    """One record as it stands in Kafka; `type` is empty where its bytes are no event."""

    spot: Spot
    type: str
    record: dict[str, Any]

    @property
    def meta(self) -> dict[str, Any]:
        """Return the part that every event has."""
        meta: dict[str, Any] = self.record["meta"]
        return meta

    @property
    def key(self) -> tuple[str, str]:
        """Return the publisher and its id for the event."""
        return (self.meta["publisher"], self.meta["event_id"])


class Publishing:
    """Publishes and writes down, line by line, what the broker acknowledged."""

    def __init__(self, kafka: str, file: Path) -> None:
        """Connect; `file` gets one line for each acknowledged record."""
        self._producer = KafkaProducer(
            bootstrap_servers=kafka, linger_ms=5, delivery_timeout_ms=60_000
        )
        self._file = file

    def send(self, records: Iterable[Outgoing]) -> int:
        """Send records in their order, wait for the broker's word, and return how many."""
        waiting = [
            (each, self._producer.send(each.feed, each.value, each.key, list(each.headers)))
            for each in records
        ]
        with self._file.open("a") as lines:
            for each, told in waiting:
                where = told.get(ACKNOWLEDGED_SECONDS)
                spot = (where.topic, where.partition, where.offset)
                lines.write(f"{json.dumps([*spot, each.event_id, each.intent])}\n")
        return len(waiting)

    def close(self) -> None:
        """Let go of the connection."""
        self._producer.close()


def published(file: Path) -> list[Published]:
    """Read the publisher's list."""
    lines = (json.loads(line) for line in file.read_text().splitlines())
    return [Published((line[0], line[1], line[2]), line[3], line[4]) for line in lines]


def read_all(kafka: str, topics: Iterable[str]) -> dict[Spot, Read]:
    """Read every committed record of the topics, in the order of each partition."""
    ends: dict[TopicPartition, int] = {}
    with TopicIds(kafka) as ids:
        for topic in topics:
            bounds = ids.bounds(topic)
            ends |= {TopicPartition(topic, p): each.end for p, each in bounds.items() if each.end}
    consumer = KafkaConsumer(
        bootstrap_servers=kafka,
        group_id=None,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
    )
    try:
        consumer.assign(list(ends))
        found = {each.spot: each for each in _until_the_end(consumer, ends)}
    finally:
        consumer.close()
    return dict(sorted(found.items()))


def _until_the_end(consumer: Any, ends: dict[TopicPartition, int]) -> Iterator[Read]:  # noqa: ANN401 - kafka-python ships no types
    """Yield records until every partition was read to its end."""
    while any(consumer.position(tp) < end for tp, end in ends.items()):
        for records in consumer.poll(timeout_ms=POLL_MS).values():
            for record in records:
                spot = (record.topic, record.partition, record.offset)
                yield Read(spot, *decoded(record.value))


def decoded(value: bytes | None) -> tuple[str, dict[str, Any]]:
    """Decode an event; nothing where the bytes are none."""
    try:
        decoded = decode(value or b"")
    except CodecRefused:
        return "", {}
    return decoded.event_type.rpartition(".v")[0], decoded.record
