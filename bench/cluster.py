"""The Kafka of a benchmark: the one that is given, or a local one from its release jars.

Every run has feeds of its own, under names that nobody else uses, so that a benchmark neither reads
nor disturbs what else is on a Kafka that it was given.
"""

import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

from kafka import KafkaAdminClient, KafkaProducer
from kafka.errors import CoordinatorNotAvailableError

from connectors.publisher.spool import Parcel
from streams import topics
from streams.settings import PROJECT_ROOT, load_register

GIVEN = "SWITCHBOARD_KAFKA"
JOINED_SECONDS_MAX = 60.0
LOOK_EVERY_SECONDS = 0.2
LINGER_MS = 20
PRODUCER_BATCH_BYTES = 256 * 1024


@contextmanager
def broker() -> Iterator[str]:
    """Give the bootstrap address of a Kafka; one that we start ends with the benchmark."""
    given = os.environ.get(GIVEN)
    if given:
        yield given
        return
    sys.path.append(str(PROJECT_ROOT / "tests"))
    from broker.local_kafka import LocalKafka  # noqa: PLC0415 - tests/ is on the path only now

    with LocalKafka() as kafka:
        yield kafka.bootstrap


def own_register(folder: Path, source: Path) -> Path:
    """Copy the agency register with feeds of this run's own; return the copy's path."""
    text = source.read_text("utf-8").replace('feed = "feed.', f'feed = "feed.bench-{token_hex(4)}-')
    path = folder / "agencies.toml"
    path.write_text(text, "utf-8")
    return path


def make_topics(bootstrap: str, register_file: Path) -> None:
    """Create the run's topics."""
    topics.apply(bootstrap, topics.declared(load_register(register_file)))


def send(bootstrap: str, parcels: Iterable[Parcel]) -> int:
    """Send parcels and wait for the broker's word about all of them; return how many there were."""
    producer = KafkaProducer(
        bootstrap_servers=bootstrap, linger_ms=LINGER_MS, batch_size=PRODUCER_BATCH_BYTES
    )
    try:
        under_way = [
            producer.send(parcel.topic, parcel.value, key=parcel.key, headers=list(parcel.headers))
            for parcel in parcels
        ]
        producer.flush()
        for each in under_way:
            each.get(timeout=30)
    finally:
        producer.close()
    return len(under_way)


def wait_for_members(bootstrap: str, group: str, count: int) -> None:
    """Wait until a consumer group is stable with so many members; `TimeoutError` after a minute."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        until = time.monotonic() + JOINED_SECONDS_MAX
        while time.monotonic() < until:
            # There is no coordinator before the first worker has asked for one.
            with suppress(CoordinatorNotAvailableError):
                found = admin.describe_groups([group])[group]
                if found["group_state"] == "Stable" and len(found["members"]) >= count:
                    return
            time.sleep(LOOK_EVERY_SECONDS)  # Kafka does not tell when a group has settled
    finally:
        admin.close()
    message = f"group {group} has not {count} members after {JOINED_SECONDS_MAX:.0f} s"
    raise TimeoutError(message)
