"""Read a topic whole, up to where it ended when the reading was agreed upon."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from streams.topics.admin import Bounds, KafkaAway, TopicIds, in_words, open_client

POLL_MS: Final = 1_000
SILENT_POLLS_MAX: Final = 15
"""Assumed: a broker that says nothing for a quarter of a minute is away."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a topic had at one instant: the offsets of each partition."""

    topic: str
    bounds: Mapping[int, Bounds]


def stretch_of(bootstrap: str, topic: str) -> Stretch:
    """Return what a topic has now; raise `KafkaAway` or `KafkaRefuses`."""
    with TopicIds(bootstrap) as ids:
        return Stretch(topic, ids.bounds(topic))


def values_of(bootstrap: str, stretch: Stretch) -> Iterator[bytes | None]:
    """Yield the value of each record of a stretch; raise `KafkaAway` or `KafkaRefuses`."""
    ends = {
        TopicPartition(stretch.topic, partition): bounds.end
        for partition, bounds in stretch.bounds.items()
        if bounds.end > bounds.earliest
    }
    if not ends:
        return
    consumer = open_client(
        KafkaConsumer,
        bootstrap,
        client_id="switchboard-reader",
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
    )
    try:
        consumer.assign(list(ends))
        consumer.seek_to_beginning(*ends)
        yield from _values(consumer, ends, bootstrap)
    except KafkaError as error:
        raise in_words(bootstrap, error) from error
    finally:
        consumer.close()


def _values(consumer: Any, ends: dict[Any, int], bootstrap: str) -> Iterator[bytes | None]:  # noqa: ANN401 - kafka-python is not typed
    """Yield values until every partition has been read to its end."""
    left, silent = dict(ends), 0
    while left:
        found = consumer.poll(timeout_ms=POLL_MS)
        silent = 0 if found else silent + 1
        if silent > SILENT_POLLS_MAX:
            raise KafkaAway(f"Kafka at {bootstrap} stopped answering in the middle of a topic")
        for place, records in found.items():
            yield from (each.value for each in records if each.offset < ends[place])
        # A control record at the end moves the position and is nothing that could be read.
        left = {place: end for place, end in left.items() if consumer.position(place) < end}
