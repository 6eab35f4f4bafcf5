"""Kafka's admin client, kept open, with short timeouts and errors in words.

kafka-python's client stays unusable for a while after its broker went away, and one whose start
fails leaves a thread behind. So a client that failed once is closed and the next call opens another
one. Calls block: from a coroutine they belong in a thread of the engine's own pool.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, Self, TypeVar
from uuid import UUID

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import ConfigResource, OffsetSpec
from kafka.errors import (
    AuthorizationError,
    BrokerResponseError,
    CoordinatorLoadInProgressError,
    CoordinatorNotAvailableError,
    KafkaError,
    NoError,
    NotCoordinatorError,
    SaslAuthenticationFailedError,
    TopicAlreadyExistsError,
    UnknownTopicOrPartitionError,
    for_code,
)
from kafka.net.compat import KafkaNetClient
from kafka.protocol.consumer import IsolationLevel

from streams.topics.declaration import Topic

BOOTSTRAP_MS_MAX = 3_000
REQUEST_MS_MAX = 5_000
"""Assumed: a broker that has not answered by then is away."""
NO_COORDINATOR = (
    CoordinatorLoadInProgressError,
    CoordinatorNotAvailableError,
    NotCoordinatorError,
)
COORDINATOR_SECONDS_MAX = 20.0
COORDINATOR_PAUSE_SECONDS = 0.5
CLUSTER_DEFAULT_REPLICAS = -1

Answer = TypeVar("Answer")
Client = TypeVar("Client")


class KafkaAway(Exception):
    """Kafka cannot be reached or does not answer; trying again later is right."""


class KafkaRefuses(Exception):
    """Kafka answers and says no; somebody must change a permission or a setting first."""


@dataclass(frozen=True, slots=True)
class Described:
    """A topic as it is in Kafka; the id tells it from an older one of the same name."""

    id: UUID
    partitions: int


@dataclass(frozen=True, slots=True)
class Bounds:
    """The first offset that a partition still has, and the offset that its next record gets."""

    earliest: int
    end: int


class TopicIds:
    """What Kafka says about topics; every call raises `KafkaAway` or `KafkaRefuses` in words.

    Safe to share between threads: one call is made at a time.
    """

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._client: Any = None
        self._lock = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the client go; a later call opens another."""
        with self._lock:
            self._drop()

    def ids(self, names: Iterable[str]) -> dict[str, UUID | None]:
        """Return the id of each topic, None for one that does not exist."""
        found = self.describe(names)
        return {name: topic.id if topic else None for name, topic in found.items()}

    def describe(self, names: Iterable[str]) -> dict[str, Described | None]:
        """Return id and partition count of each topic, None for one that does not exist."""
        wanted = list(names)
        # An empty list would be read as "all of them".
        told = self._ask(lambda client: client.describe_topics(wanted)) if wanted else []
        found = {topic["name"]: self._described(topic) for topic in told}
        return {name: found.get(name) for name in wanted}

    def describe_all(self) -> dict[str, Described]:
        """Return every topic but Kafka's own, by name."""
        told = self._ask(lambda client: client.describe_topics())
        topics = {t["name"]: self._described(t) for t in told if not t["is_internal"]}
        return {name: topic for name, topic in sorted(topics.items()) if topic is not None}

    def bounds(self, name: str) -> dict[int, Bounds]:
        """Return the offsets between which each partition's records lie; {} without the topic."""
        topic = self.describe([name])[name]
        partitions = [TopicPartition(name, n) for n in range(topic.partitions if topic else 0)]
        if not partitions:
            return {}
        earliest = self._offsets(dict.fromkeys(partitions, OffsetSpec.EARLIEST))
        end = self._offsets(dict.fromkeys(partitions, OffsetSpec.LATEST))
        return {p.partition: Bounds(earliest[p].offset, end[p].offset) for p in partitions}

    def ends_at(self, topics: Mapping[str, int], at: datetime) -> dict[tuple[str, int], int]:
        """Return where partitions ended at an instant of the broker; `topics` counts partitions.

        It is the offset of the first record that is newer, or the end where there is none.
        """
        partitions = [
            TopicPartition(name, n) for name, count in topics.items() for n in range(count)
        ]
        newer = int(at.timestamp() * 1000) + 1
        found = self._offsets(dict.fromkeys(partitions, newer))
        late = [p for p in partitions if found[p].offset < 0]
        end = self._offsets(dict.fromkeys(late, OffsetSpec.LATEST)) if late else {}
        return {(p.topic, p.partition): (end if p in end else found)[p].offset for p in partitions}

    def ends(self, names: Iterable[str]) -> dict[str, tuple[UUID, dict[int, int]]]:
        """Return the id of each topic and where its partitions end, open transactions included.

        A record of an open transaction has its time already, though nobody may read it yet.
        """
        found = {name: topic for name, topic in self.describe(names).items() if topic is not None}
        partitions = [TopicPartition(n, p) for n, t in found.items() for p in range(t.partitions)]
        wanted = dict.fromkeys(partitions, OffsetSpec.LATEST)
        told = self._offsets(wanted, IsolationLevel.READ_UNCOMMITTED)
        return {
            name: (topic.id, {p.partition: told[p].offset for p in partitions if p.topic == name})
            for name, topic in found.items()
        }

    def _offsets(
        self,
        wanted: Mapping[TopicPartition, OffsetSpec | int],
        isolation: IsolationLevel = IsolationLevel.READ_COMMITTED,
    ) -> Mapping[TopicPartition, Any]:
        """Ask for offsets as a reader sees them, if not told otherwise of committed records."""
        if not wanted:
            return {}
        return self._ask(
            lambda client: client.list_partition_offsets(wanted, isolation_level=isolation)
        )

    def committed(self, group: str) -> dict[tuple[str, int], int]:
        """Return what a consumer group has committed, by topic and partition; {} without one.

        A cluster that has just begun makes its topic of commits when it is first asked.
        """
        until = time.monotonic() + COORDINATOR_SECONDS_MAX
        while True:
            try:
                told = self._ask(lambda client: client.list_group_offsets({group: None}))
            except KafkaAway as away:
                if not isinstance(away.__cause__, NO_COORDINATOR) or time.monotonic() > until:
                    raise
                time.sleep(COORDINATOR_PAUSE_SECONDS)  # a broker that starts finds one soon
            else:
                return {(p.topic, p.partition): o.offset for p, o in told.get(group, {}).items()}

    def config(self, names: Iterable[str]) -> dict[str, dict[str, str]]:
        """Return all settings of each topic, {} for one that does not exist."""
        wanted = list(names)
        resources = [ConfigResource("topic", name) for name in wanted]
        told = self._ask(
            lambda client: client.describe_configs(resources, config_filter="all")
        ).get("topic", {})
        return {
            name: {key: str(entry["value"]) for key, entry in told.get(name, {}).items()}
            for name in wanted
        }

    def create(self, topics: Iterable[Topic]) -> tuple[Topic, ...]:
        """Create topics and return those that are new, once they can be used."""
        by_name = {topic.name: topic for topic in topics}
        if not by_name:
            return ()
        told = self._ask(lambda client: client.create_topics(_new(by_name), raise_errors=False))
        made = []
        for answer in told["topics"]:
            error = for_code(answer["error_code"])
            if error is NoError:
                made.append(by_name[answer["name"]])
            elif error is not TopicAlreadyExistsError:
                words = f"topic {answer['name']}: {answer['error_message'] or error.__name__}"
                raise KafkaRefuses(f"{words}; the operator of Kafka must allow or mend it")
        self._ask(lambda client: client.wait_for_topics(list(by_name)))
        return tuple(made)

    def _described(self, topic: Mapping[str, Any]) -> Described | None:
        """Read one topic of Kafka's answer, which carries an error code of its own."""
        error = for_code(topic["error_code"])
        if error is NoError:
            return Described(UUID(str(topic["topic_id"])), len(topic["partitions"]))
        if error is UnknownTopicOrPartitionError:
            return None
        raise in_words(self._bootstrap, error(f"topic {topic['name']}"))

    def _ask(self, question: Callable[[Any], Answer]) -> Answer:
        """Put one question to the client, and give up a client that could not answer it."""
        with self._lock:
            try:
                if self._client is None:
                    self._client = _connect(self._bootstrap)
                return question(self._client)
            except KafkaError as error:
                self._drop()
                raise in_words(self._bootstrap, error) from error

    def _drop(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = None


def in_words(bootstrap: str, error: KafkaError) -> KafkaAway | KafkaRefuses:
    """Return what an error of kafka-python means, and whose move it is.

    Its own text is left out: it may repeat the request, and so what was in a record.
    """
    name = type(error).__name__
    if isinstance(error, AuthorizationError | SaslAuthenticationFailedError):
        return KafkaRefuses(
            f"Kafka at {bootstrap} does not let us in ({name}); its operator must grant this "
            "account the topics it needs"
        )
    if isinstance(error, BrokerResponseError) and not error.retriable:
        return KafkaRefuses(
            f"Kafka at {bootstrap} refuses what we ask ({name}); its operator must look at its "
            "settings, its log says why"
        )
    return KafkaAway(
        f"Kafka at {bootstrap} does not answer ({name}); start it (./run kafka starts a local one) "
        "or correct SWITCHBOARD_KAFKA"
    )


def _new(topics: Mapping[str, Topic]) -> dict[str, dict[str, Any]]:
    return {
        name: {
            "num_partitions": topic.partitions,
            "replication_factor": CLUSTER_DEFAULT_REPLICAS,
            "configs": dict(topic.config),
        }
        for name, topic in topics.items()
    }


def _connect(bootstrap: str) -> KafkaAdminClient:
    return open_client(
        KafkaAdminClient,
        bootstrap,
        client_id="switchboard-topics",
        request_timeout_ms=REQUEST_MS_MAX,
    )


def open_client(kind: Callable[..., Client], bootstrap: str, **config: object) -> Client:
    """Open a client of kafka-python, or close what a failed start leaves (thread and sockets)."""
    made: list[KafkaNetClient] = []

    def make(**network: object) -> KafkaNetClient:
        made.append(KafkaNetClient(**network))
        return made[0]

    try:
        return kind(
            bootstrap_servers=bootstrap.split(","),
            bootstrap_timeout_ms=BOOTSTRAP_MS_MAX,
            kafka_client=make,
            **config,
        )
    except KafkaError:
        for client in made:
            client.close()
        raise
