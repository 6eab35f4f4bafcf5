"""The publisher on a real Kafka: nothing lost, order kept, one bad record stops no other."""

import hmac
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from broker.callouts import (
    SECRET,
    TYPE,
    callout,
    callouts,
    first_seen_by_person,
    numbers,
    publishing,
    records,
    sent_order,
)
from broker.local_kafka import LocalKafka, until
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource

from connectors.publisher import REJECTION_HEADER
from connectors.publisher.spool import Spool
from connectors.translation import Rejection
from schemas.codec import decode
from streams.topics import KafkaAway, Topic, TopicIds, apply

pytestmark = pytest.mark.kafka

SMALL = {"max.message.bytes": "4000"}
ROOT = Path(__file__).parents[2]


@pytest.fixture
def feed(kafka: str, feed_prefix: str) -> str:
    """A feed of three partitions on the shared Kafka."""
    apply(kafka, [Topic(feed_prefix, 3, {})])
    return feed_prefix


@contextmanager
def _process(kafka: str, feed: str, spool: Path, count: int) -> Iterator[subprocess.Popen[str]]:
    """Start a publisher in a process of its own and kill it (SIGKILL) at the end of the block."""
    child = subprocess.Popen(
        [sys.executable, "-m", "broker.publishing_process", kafka, feed, str(spool), str(count)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


def _stored(kafka: str, feed: str) -> int:
    with TopicIds(kafka) as ids:
        return sum(bounds.end for bounds in ids.bounds(feed).values())


def test_an_event_arrives_with_its_key_and_headers(kafka: str, feed: str, tmp_path: Path) -> None:
    """The record is the event as Avro; the headers name it, and the key does not name anybody."""
    with publishing(kafka, feed, tmp_path) as publisher:
        published = publisher.publish([callout(1)])

    assert (published.taken, published.sent, published.waiting) == (1, 1, 0)
    assert published.invalid == published.refused == []
    (record,) = records(kafka, feed)
    assert decode(record.value).event_type == TYPE
    headers = {name: value.decode() for name, value in record.headers}
    trace = headers.pop("traceparent").split("-")
    assert [len(part) for part in trace] == [2, 32, 16, 2]
    assert headers == {
        "ce_specversion": "1.0",
        "ce_id": "callout-1",
        "ce_type": TYPE,
        "ce_source": "/agencies/durham-police",
        "ce_time": "2026-03-02T01:42:00Z",
    }
    assert len(record.key) == 64
    assert list(Spool(tmp_path).pending()) == []


def test_events_of_one_person_keep_their_order(kafka: str, feed: str, tmp_path: Path) -> None:
    """A person's events share a partition and lie in it as they were published."""
    with publishing(kafka, feed, tmp_path) as publisher:
        published = publisher.publish(callouts(range(1_200)))

    found = records(kafka, feed)
    assert published.sent == len(found) == 1_200
    assert first_seen_by_person(found) == sent_order(range(1_200))
    assert len({(r.key, r.partition) for r in found}) == len({r.key for r in found})


@pytest.mark.slow
def test_what_waits_while_kafka_is_down_goes_first(
    private_kafka: LocalKafka, feed_prefix: str, tmp_path: Path
) -> None:
    """The broker dies and comes back: all events are there, each person's in order."""
    kafka = private_kafka.bootstrap
    apply(kafka, [Topic(feed_prefix, 3, {})])
    with publishing(kafka, feed_prefix, tmp_path) as publisher:
        assert publisher.publish(callouts(range(20))).sent == 20
        private_kafka.kill()

        down = publisher.publish(callouts(range(20, 50)))
        assert (down.taken, down.sent, down.waiting) == (30, 0, 30)
        assert isinstance(down.stopped, KafkaAway)
        assert kafka in str(down.stopped)

        private_kafka.start()
        publisher.deliver()
        back = publisher.publish(callouts(range(50, 60)))

    assert (back.waiting, back.stopped) == (0, None)
    assert first_seen_by_person(records(kafka, feed_prefix)) == sent_order(range(60))


@pytest.mark.slow
def test_a_killed_publisher_loses_nothing_that_it_took(
    kafka: str, feed: str, tmp_path: Path
) -> None:
    """SIGKILL while records go out: the next publisher sends what was in the spool, in order."""
    with _process(kafka, feed, tmp_path, 20_000) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "publishing\n"
        assert until(lambda: _stored(kafka, feed) > 0, 30)
    before = _stored(kafka, feed)

    with publishing(kafka, feed, tmp_path) as publisher:
        published = publisher.deliver()

    found = records(kafka, feed)
    there = sorted(set(numbers(found)))
    assert 0 < before < 20_000
    assert published.waiting == 0
    # Segments of 500 are taken whole, and the last one taken was brought to its end.
    assert there == list(range(len(there)))
    assert len(there) % 500 == 0
    assert first_seen_by_person(found) == sent_order(there)


def test_a_refused_record_is_set_aside_and_stops_no_other(
    kafka: str, feed_prefix: str, tmp_path: Path
) -> None:
    """What is too large is kept with the reason; once the limit is raised it can be sent."""
    apply(kafka, [Topic(feed_prefix, 1, SMALL)])
    events = [callout(0), callout(7, summary="long " * 799), callout(14)]
    with publishing(kafka, feed_prefix, tmp_path) as publisher:
        published = publisher.publish(events)

        assert (published.sent, published.waiting, published.stopped) == (2, 0, None)
        (refused,) = published.refused
        assert refused.name == "callout-7"
        assert "the agency must send less" in str(refused)
        assert refused.kept_in.stat().st_mode & 0o777 == 0o600
        assert numbers(records(kafka, feed_prefix)) == [0, 14]

        _set(kafka, feed_prefix, {"max.message.bytes": "100000"})
        assert publisher.retry_refused().sent == 1
    assert numbers(records(kafka, feed_prefix)) == [0, 14, 7]
    assert not refused.kept_in.exists()


def _set(kafka: str, topic: str, config: dict[str, str]) -> None:
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    try:
        admin.alter_configs([ConfigResource("topic", topic, config)])
    finally:
        admin.close()


def test_a_missing_topic_is_told_by_name(kafka: str, feed_prefix: str, tmp_path: Path) -> None:
    """Without its topic a record is set aside with the command to run, and can be sent after it."""
    with publishing(kafka, feed_prefix, tmp_path) as publisher:
        published = publisher.publish([callout(1)])
        assert (published.sent, published.waiting) == (0, 0)
        assert f"no topic {feed_prefix}; run `switchboard topics apply`" in str(
            published.refused[0]
        )

        apply(kafka, [Topic(feed_prefix, 1, {})])
        assert publisher.retry_refused().sent == 1
    assert numbers(records(kafka, feed_prefix)) == [1]


def test_an_event_that_does_not_fit_is_told_and_not_taken(
    kafka: str, feed: str, tmp_path: Path
) -> None:
    """Bad events are named by their place and fault; their neighbours go out."""
    bad = callout(2)
    late = {**bad.record, "children_count": "two"}
    foreign = {**bad.record, "meta": {**bad.record["meta"], "publisher": "hmcts"}}
    other = replace(callout(3), event_type="case.allocated.v1")
    events = [callout(1), replace(bad, record=late), replace(bad, record=foreign), other]
    with publishing(kafka, feed, tmp_path) as publisher:
        published = publisher.publish(events)

    assert (published.taken, published.sent) == (1, 1)
    assert [invalid.place for invalid in published.invalid] == [2, 3, 4]
    assert "children_count: expected a whole number" in str(published.invalid[0])
    assert "meta.publisher: expected durham-police" in str(published.invalid[1])
    assert numbers(records(kafka, feed)) == [1]


def test_a_rejected_payload_goes_as_it_came(kafka: str, feed: str, tmp_path: Path) -> None:
    """Bytes that no source can read reach the feed unchanged, with the reason beside them."""
    raw = b"\x00 not JSON at all \xff"
    rejection = Rejection("common_platform", "$", "JSON", "20 bytes", "send JSON")
    with publishing(kafka, feed, tmp_path) as publisher:
        assert publisher.send_rejected(raw, rejection).sent == 1
        assert publisher.send_rejected(raw, rejection).sent == 1

    first, second = records(kafka, feed)
    headers, again = dict(first.headers), dict(second.headers)
    assert first.value == raw
    assert json.loads(headers[REJECTION_HEADER]) == {
        "source": "common_platform",
        "path": "$",
        "expected": "JSON",
        "came": "20 bytes",
        "fix": "send JSON",
    }
    assert headers["ce_id"] == again["ce_id"]
    plain = sha256(raw).hexdigest()
    digest = hmac.new(SECRET, plain.encode(), sha256).hexdigest()
    assert headers["ce_id"].startswith(f"rejected-{digest[:32]}-".encode())
    assert plain[:32].encode() not in headers["ce_id"]


def test_logs_and_words_name_nobody(
    kafka: str, feed: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Even at DEBUG, neither the logs nor what is reported repeats what is in an event."""
    canaries = ("Brackenridge", "Aldermoor", "1991-06-14", "canary text")
    bad = callout(2, summary="canary text")
    caplog.set_level(logging.DEBUG)
    with publishing(kafka, feed, tmp_path) as publisher:
        published = publisher.publish(
            [callout(1, summary="canary text"), replace(bad, record={**bad.record, "grade": "x"})]
        )

    assert published.sent == len(published.invalid) == 1
    said = caplog.text + str(published)
    assert [canary for canary in canaries if canary in said] == []
