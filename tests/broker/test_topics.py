"""Topics on a real Kafka: declared once, applied twice, differences told, ids that tell apart."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from broker.local_kafka import LocalKafka, free_port
from kafka import KafkaAdminClient

from streams.settings import load_register
from streams.topics import (
    Bounds,
    ChangeKind,
    KafkaAway,
    Topic,
    TopicIds,
    apply,
    declared,
    listing,
)

REGISTER = load_register(Path(__file__).parents[2] / "agencies.toml")


@pytest.fixture
def feed(feed_prefix: str) -> Topic:
    """A feed as the register declares it, under a name of this test."""
    return replace(declared(REGISTER)[0], name=feed_prefix, partitions=2)


@pytest.fixture
def ids(kafka: str) -> Iterator[TopicIds]:
    """The client that the engine keeps open."""
    with TopicIds(kafka) as client:
        yield client


def _admin(bootstrap: str) -> KafkaAdminClient:
    return KafkaAdminClient(bootstrap_servers=bootstrap)


def test_declares_a_feed_and_a_receipt_for_each_agency() -> None:
    """Each agency has its feed and receipts, each provider its notices, and audit is for ever."""
    topics = {topic.name: topic for topic in declared(REGISTER)}

    for agency in REGISTER.agencies.values():
        assert topics[agency.feed].partitions == agency.partitions
        assert f"receipts.{agency.id}" in topics
    assert {f"notices.{provider}" for provider in REGISTER.providers} <= topics.keys()
    assert topics["audit"].config["retention.ms"] == "-1"
    assert {t.config["message.timestamp.type"] for t in topics.values()} == {"LogAppendTime"}
    agencies, providers = len(REGISTER.agencies), len(REGISTER.providers)
    assert len(topics) == 2 * agencies + providers + 1


@pytest.mark.kafka
def test_applies_twice_and_creates_once(kafka: str, feed: Topic) -> None:
    """The second application of a declaration finds nothing to do."""
    first = apply(kafka, [feed])

    assert [(change.topic, change.kind) for change in first] == [(feed.name, ChangeKind.CREATED)]
    assert apply(kafka, [feed]) == ()
    assert listing(kafka)[feed.name].partitions == feed.partitions


@pytest.mark.kafka
def test_reports_what_differs_and_leaves_it(kafka: str, feed: Topic) -> None:
    """Another partition count or retention is told, with both values, and not changed."""
    apply(kafka, [feed])
    wished = replace(feed, partitions=3, config={**feed.config, "retention.ms": "1000"})

    told = apply(kafka, [wished])

    assert [(c.kind, c.setting, c.declared, c.found) for c in told] == [
        (ChangeKind.PARTITIONS_DIFFER, "partitions", "3", "2"),
        (ChangeKind.CONFIG_DIFFERS, "retention.ms", "1000", feed.config["retention.ms"]),
    ]
    assert "the operator of Kafka must change it" in str(told[0])
    assert apply(kafka, [feed]) == ()


@pytest.mark.kafka
def test_a_topic_made_again_has_another_id(kafka: str, feed: Topic, ids: TopicIds) -> None:
    """The name is the same after delete and create, the id is not; between them it is None."""
    apply(kafka, [feed])
    before = ids.ids([feed.name])[feed.name]
    admin = _admin(kafka)
    try:
        admin.delete_topics([feed.name])
    finally:
        admin.close()
    assert ids.ids([feed.name]) == {feed.name: None}
    assert ids.bounds(feed.name) == {}

    apply(kafka, [feed])

    after = ids.ids([feed.name])[feed.name]
    assert before is not None
    assert after is not None
    assert before != after


@pytest.mark.kafka
def test_bounds_of_an_empty_topic_are_zero(kafka: str, feed: Topic, ids: TopicIds) -> None:
    """A new topic begins and ends at offset 0 in each partition."""
    apply(kafka, [feed])

    assert ids.bounds(feed.name) == {0: Bounds(0, 0), 1: Bounds(0, 0)}
    assert ids.describe([]) == {}


def test_kafka_away_is_told_in_words() -> None:
    """Where nothing listens, the operator reads the address and what to do."""
    address = f"127.0.0.1:{free_port()}"

    with TopicIds(address) as away, pytest.raises(KafkaAway, match=address) as told:
        away.ids(["feed.durham-police"])

    assert "SWITCHBOARD_KAFKA" in str(told.value)


@pytest.mark.kafka
@pytest.mark.slow
def test_ids_are_there_again_after_a_restart(private_kafka: LocalKafka, feed: Topic) -> None:
    """A client kept open says that Kafka is away, and works again once it is back."""
    apply(private_kafka.bootstrap, [feed])
    with TopicIds(private_kafka.bootstrap) as ids:
        before = ids.ids([feed.name])
        private_kafka.kill()
        with pytest.raises(KafkaAway):
            ids.ids([feed.name])
        private_kafka.start()

        assert ids.ids([feed.name]) == before
