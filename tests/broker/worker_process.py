"""Workers in processes of their own, and what the ledger and Kafka show of what they did.

Started as `python -m broker.worker_process ENGINE GROUP`, this module is a worker like that of
`switchboard worker`, but in a consumer group of the test's own.
"""

import os
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Self

import psycopg
from broker.local_kafka import until
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.errors import CoordinatorNotAvailableError
from kafka.structs import OffsetAndMetadata

from streams.topics import Topic, TopicIds, apply

ROOT = Path(__file__).parents[2]
REGISTER = """
[providers.nps-north-east]
name = "National Probation Service, North East"
contracted = false

[agencies.{agency}]
name = "Durham Constabulary"
kind = "police"
feed = "{feed}"
event_types = ["police.domestic_abuse_callout"]
gateways = ["offender_management_act_2007_s14", "crime_and_disorder_act_1998_s115"]
contact = "information-sharing desk, Durham Constabulary"
held_desk = "nps-north-east"
partitions = {partitions}
"""
SECONDS_MAX = 90.0
"""How long anything may take before a test fails; a worker starts in 3 s on an idle machine."""
METADATA_MAX_AGE_MS = 1_000
"""How soon a worker of the tests sees what became of the topics."""


@dataclass(slots=True)
class Ground:
    """One feed on the shared Kafka, one fresh ledger, and workers in a group of their own."""

    kafka: str
    ledger_url: str
    feed: str
    folder: Path
    partitions: int = 2
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    session: psycopg.Connection[tuple[object, ...]] | None = None

    def __enter__(self) -> Self:
        self.create()
        register = REGISTER.format(
            agency="durham-police", feed=self.feed, partitions=self.partitions
        )
        (self.folder / "agencies.toml").write_text(register)
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self.workers:
            if worker.poll() is None:
                worker.send_signal(signal.SIGCONT)
                worker.kill()
            worker.wait()
        self.forget_session()

    def forget_session(self) -> None:
        """Close the session with the ledger; the next question opens another."""
        if self.session is not None:
            self.session.close()
        self.session = None

    @property
    def group(self) -> str:
        """The consumer group of this test's workers."""
        return f"group.{self.feed}"

    @property
    def log(self) -> Path:
        """What the workers printed."""
        return self.folder / "worker.log"

    def create(self) -> None:
        """Create the feed's topic."""
        apply(self.kafka, [Topic(self.feed, self.partitions, {})])

    def start(self, engine: str) -> subprocess.Popen[bytes]:
        """Start a worker."""
        with self.log.open("ab") as log:
            worker = subprocess.Popen(
                [sys.executable, "-m", "broker.worker_process", engine, self.group],
                env={**os.environ, **self.environment()},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.workers.append(worker)
        return worker

    def environment(self) -> Mapping[str, str]:
        """The settings of the workers."""
        return {
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")]),
            "SWITCHBOARD_KAFKA": self.kafka,
            "SWITCHBOARD_DATABASE_URL": self.ledger_url,
            "SWITCHBOARD_REGISTER_FILE": str(self.folder / "agencies.toml"),
            "SWITCHBOARD_HOME": str(self.folder),
            "SWITCHBOARD_KEY_SECRET": "made up for the broker tests",
        }

    def rubbish(self, count: int, partition: int = 0) -> None:
        """Send records that will be quarantined, which shows that they were handled."""
        with producing(self.kafka) as producer:
            for number in range(count):
                producer.send(self.feed, f"rubbish {number}".encode(), partition=partition)

    def handled(self) -> dict[int, list[int]]:
        """Return the offsets in the quarantine by partition, for all lives of the topic."""
        rows = self.query(
            "SELECT partition, log_offset FROM quarantine WHERE topic = %s ORDER BY id", self.feed
        )
        found = defaultdict(list)
        for partition, offset in rows:
            found[partition].append(offset)
        return dict(found)

    def query(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """Ask the ledger, through one session since tests ask often."""
        if self.session is None:
            self.session = psycopg.connect(self.ledger_url, autocommit=True)
        return self.session.execute(statement.encode(), values).fetchall()

    def awaits(self, expected: Mapping[int, Iterable[int]]) -> None:
        """Wait until exactly these offsets were handled, each once and in order."""
        wanted = {partition: list(offsets) for partition, offsets in expected.items()}
        until(lambda: self.handled() == wanted, SECONDS_MAX)
        handled = self.handled()
        assert handled == wanted, f"{handled}; the worker said: {self.log.read_text()[-3000:]}"

    def committed(self) -> dict[int, int]:
        """Return the group's commits by partition."""
        with administering(self.kafka) as admin:
            told = admin.list_group_offsets({self.group: None})[self.group]
        return {tp.partition: each.offset for tp, each in told.items() if tp.topic == self.feed}

    def commit(self, offset: int, partition: int = 0) -> None:
        """Set the group's commit as an operator may, while no worker is in the group."""
        place = TopicPartition(self.feed, partition)

        def is_set() -> bool:
            """Try; a broker that has just started has no coordinator yet."""
            with administering(self.kafka) as admin, suppress(CoordinatorNotAvailableError):
                admin.alter_group_offsets(self.group, {place: OffsetAndMetadata(offset, "", -1)})
                return True
            return False

        assert until(is_set, SECONDS_MAX)

    def drop_before(self, offset: int, partition: int = 0) -> None:
        """Delete the beginning of the log, as retention does."""
        with administering(self.kafka) as admin:
            admin.delete_records({TopicPartition(self.feed, partition): offset})

    def create_again(self) -> None:
        """Delete the topic and create another of the same name."""
        with administering(self.kafka) as admin, TopicIds(self.kafka) as ids:
            admin.delete_topics([self.feed])
            assert until(lambda: ids.ids([self.feed])[self.feed] is None, SECONDS_MAX)
        self.create()


@contextmanager
def producing(kafka: str, **config: object) -> Iterator[KafkaProducer]:
    """A producer that is flushed and closed."""
    producer = KafkaProducer(bootstrap_servers=kafka, **config)
    try:
        yield producer
        producer.flush()
    finally:
        producer.close()


@contextmanager
def administering(kafka: str) -> Iterator[KafkaAdminClient]:
    """An admin client that is closed."""
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    try:
        yield admin
    finally:
        admin.close()


def main() -> None:
    """Run a worker of this engine in this group."""
    from streams import telemetry  # noqa: PLC0415 - only the worker's process needs these
    from streams.engines import partitions  # noqa: PLC0415 - same

    # Before an engine takes it: tests would wait 10 s for a partition or a topic to be seen.
    partitions.METADATA_MAX_AGE_MS = METADATA_MAX_AGE_MS
    from streams.cli.worker import worker_parts  # noqa: PLC0415 - same
    from streams.settings import Settings  # noqa: PLC0415 - same

    engine, group = sys.argv[1:]
    telemetry.configure()
    with worker_parts(Settings()) as parts:
        parts.group = group
        signal.signal(signal.SIGTERM, lambda *_: parts.stop.set())
        status = import_module(f"streams.engines.{engine}").run(parts)
    sys.exit(status)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
