"""The Faust engine on a real Kafka: nothing is lost, whatever happens to topics and workers."""

import inspect
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRecord
from broker import scenarios
from broker.callouts import callouts, police
from broker.local_kafka import until
from broker.worker_process import SECONDS_MAX, Ground, administering, producing
from faust.transport.drivers import aiokafka as driver
from fixtures.postgres import OwnServer

from connectors.publisher import Publisher
from streams.domain.log import Place
from streams.engines.faust_client import LedgerThread
from streams.engines.faust_transport import LedgerConsumer
from streams.engines.leases import Fetched, Lease, unbroken
from streams.ledger import feeds
from streams.ledger.connection import connect
from streams.ledger.migrations import upgrade

ENGINE = "faust_worker"
NOW = datetime(2026, 7, 6, 9, 0, tzinfo=UTC)
STOP_SECONDS_MAX = 20.0
CONSUMER = (
    "_drain_messages _getmany _add_gap _to_message perform_seek ack highwater"
    " on_partitions_revoked _new_consumer_thread verify_all_partitions_active"
)
THREAD_BASE = driver.AIOKafkaConsumerThread
THREAD = "_create_worker_consumer _fetch_records _commit"
WORLD_DOWN = 70


@pytest.fixture
def ground(kafka: str, ledger_url: str, feed_prefix: str, tmp_path: Path) -> Iterator[Ground]:
    """A feed of two partitions, a ledger and workers of this test's own."""
    with Ground(kafka, ledger_url, feed_prefix, tmp_path) as made:
        yield made


def _record(offset: int) -> "ConsumerRecord[bytes, bytes]":
    """A record as the client gives it; one header has no value."""
    headers = (("ce_id", b"1"), ("traceparent", None))
    return ConsumerRecord(
        "feed.x", 0, offset, 1_700_000_000_000, 1, b"k", b"v", None, 1, 1, headers
    )


def _lease(at: int) -> Lease:
    return Lease(Place("feed.x", uuid4(), 0), at, at)


def test_gives_records_as_long_as_none_is_missing() -> None:
    """A record that Faust dropped ends the lease, and what follows it is not applied."""
    lease = _lease(100)
    fetched = lease.stamp(_record(offset) for offset in (100, 101, 105, 106, 107))
    assert [(each.record.offset, each.begins) for each in fetched] == [
        (100, 100),
        (101, 101),
        (105, 102),  # 102 to 104 are holes in the log, which is normal
        (106, 106),
        (107, 107),
    ]

    given = list(unbroken(lease, [*fetched[:3], fetched[4]]))

    assert [record.offset for record in given] == [100, 101, 105]
    assert given[0].headers == (("ce_id", b"1"), ("traceparent", b""))
    assert lease.is_over


def test_a_record_dropped_at_the_beginning_is_missed() -> None:
    """What comes first must begin where the ledger stands."""
    lease = _lease(100)
    fetched: list[Fetched] = lease.stamp(_record(offset) for offset in (100, 101))

    assert list(unbroken(lease, fetched[1:])) == []
    assert lease.is_over


def test_faust_still_has_what_is_replaced() -> None:
    """Each method that we replace is one that Faust calls, under the same name and arguments."""
    replaced = ((LedgerConsumer, driver.Consumer, CONSUMER), (LedgerThread, THREAD_BASE, THREAD))
    for ours, theirs, names in replaced:
        for name in names.split():
            assert name in vars(ours)
            before = list(inspect.signature(getattr(theirs, name)).parameters)
            assert list(inspect.signature(getattr(ours, name)).parameters) == before
    assert "await self.force_commit(" in inspect.getsource(driver.Consumer.commit)
    assert "isolation_level=self._isolation_level" in inspect.getsource(AIOKafkaConsumer.start)


@pytest.mark.kafka
@pytest.mark.slow
def test_poison_mixed_with_good(ground: Ground, tmp_path: Path) -> None:
    """What cannot be read is quarantined with its bytes and place, and every neighbour arrives."""
    ground.rubbish(3)
    secret = b"made up for the broker tests"
    agency = police(ground.feed)
    spool = tmp_path / "spool"
    with Publisher(agency, kafka=ground.kafka, spool=spool, secret=secret) as publisher:
        publisher.publish(callouts(range(10)))
    ground.rubbish(3)
    with producing(ground.kafka) as producer:
        producer.send(ground.feed, None, key=b"k", partition=1)

    ground.start(ENGINE)

    assert until(lambda: _count(ground, "event") == 10, SECONDS_MAX)
    assert until(lambda: _count(ground, "quarantine") == 7, SECONDS_MAX)
    [(_, first)] = ground.query(
        "SELECT log_offset, record_value FROM quarantine WHERE partition = 0 ORDER BY log_offset"
    )[:1]
    assert first == b"rubbish 0"


def _count(ground: Ground, table: str) -> int:
    [(count,)] = ground.query(f"SELECT count(*)::int FROM {table}")  # noqa: S608 - our tables
    assert isinstance(count, int)
    return count


@pytest.mark.kafka
@pytest.mark.slow
def test_a_topic_deleted_and_created_again(ground: Ground) -> None:
    """Records of the new topic are handled from its beginning, although its name was known."""
    scenarios.topic_created_again(ground, ENGINE)
    lives = ground.query(
        "SELECT count(*)::int FROM quarantine WHERE topic = %s GROUP BY topic_id ORDER BY 1",
        ground.feed,
    )
    assert lives == [(5,), (8,)]


@pytest.mark.kafka
@pytest.mark.slow
def test_a_partition_added_to_a_drained_feed(ground: Ground) -> None:
    """Records of a partition that did not exist when the worker started are handled."""
    scenarios.partition_added(ground, ENGINE)


@pytest.mark.kafka
@pytest.mark.slow
def test_retention_that_passes_a_running_worker(ground: Ground) -> None:
    """A worker too slow for the log's retention says what was lost and goes on when told."""
    ground.rubbish(5)
    worker = ground.start(ENGINE)
    ground.awaits({0: range(5)})

    worker.send_signal(signal.SIGSTOP)
    # A fetch that waits at the broker would bring the records after all; it gives up after 1.5 s.
    assert not until(lambda: worker.poll() is not None, 2.0)
    ground.rubbish(10)
    ground.rubbish(2, partition=1)
    ground.drop_before(12)
    worker.send_signal(signal.SIGCONT)

    assert until(lambda: ground.handled() == {0: list(range(5)), 1: [0, 1]}, SECONDS_MAX)
    assert until(lambda: _count(ground, "possible_loss") == 1, SECONDS_MAX)
    assert ground.query("SELECT partition, from_offset, to_offset FROM possible_loss") == [
        (0, 5, 12)
    ]
    with connect(ground.ledger_url, name="test") as session:
        feeds.resume(session, ground.feed, NOW)
    ground.awaits({0: [*range(5), *range(12, 15)], 1: range(2)})


@pytest.mark.kafka
@pytest.mark.slow
def test_a_paused_feed_waits_and_goes_on(ground: Ground) -> None:
    """Records of a paused feed stay in Kafka; once it is resumed none of them is missing."""
    ground.rubbish(2)
    ground.start(ENGINE)
    ground.awaits({0: range(2)})
    with connect(ground.ledger_url, name="test") as session:
        feeds.pause(session, ground.feed, "made up", NOW)
        assert until(lambda: _is_idle_after_pause(ground), SECONDS_MAX)
        before = ground.handled()

        ground.rubbish(4)
        ground.rubbish(4, partition=1)
        assert not until(lambda: ground.handled() != before, 2.0)

        feeds.resume(session, ground.feed, NOW)
    sent = {number: len(before.get(number, ())) for number in (0, 1)}
    ground.awaits({0: range(sent[0] + 4), 1: range(4)})


def _is_idle_after_pause(ground: Ground) -> bool:
    """Send a record and see whether it stays unread for longer than a worker may look away."""
    before = ground.handled()
    return not until(lambda: ground.handled() != before, 3.0)


@pytest.mark.kafka
@pytest.mark.slow
def test_stops_when_told_and_the_next_goes_on(ground: Ground) -> None:
    """SIGTERM under load ends a worker with 0 within seconds; the next one misses nothing."""
    ground.rubbish(3_000)
    worker = ground.start(ENGINE)
    assert until(lambda: bool(ground.handled()), SECONDS_MAX)

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(STOP_SECONDS_MAX) == 0
    ground.start(ENGINE)
    ground.awaits({0: range(3_000)})


@pytest.mark.kafka
@pytest.mark.slow
def test_two_workers_share_and_take_over(ground: Ground) -> None:
    """Partitions move when a worker comes and when one is killed; nothing is lost or twice."""
    first = ground.start(ENGINE)
    ground.rubbish(500)
    assert until(lambda: bool(ground.handled()), SECONDS_MAX)
    second = ground.start(ENGINE)
    ground.rubbish(500, partition=1)
    assert until(lambda: _members(ground) == 2, SECONDS_MAX)
    ground.rubbish(500)
    ground.rubbish(500, partition=1)
    ground.awaits({0: range(1_000), 1: range(1_000)})

    first.kill()
    ground.rubbish(200)
    ground.rubbish(200, partition=1)

    ground.awaits({0: range(1_200), 1: range(1_200)})
    assert second.poll() is None


def _members(ground: Ground) -> int:
    with administering(ground.kafka) as admin:
        return len(admin.describe_groups([ground.group])[ground.group]["members"])


@pytest.mark.kafka
@pytest.mark.slow
def test_leaves_when_the_ledger_is_away(
    kafka: str,
    feed_prefix: str,
    tmp_path: Path,
    postgres_server: Callable[..., OwnServer],
) -> None:
    """A worker whose ledger stays away ends with 70; the next one goes on where it was."""
    server = postgres_server()
    upgrade(server.url)
    with Ground(kafka, server.url, feed_prefix, tmp_path) as ground:
        ground.rubbish(2)
        worker = ground.start(ENGINE)
        ground.awaits({0: range(2)})

        ground.forget_session()
        server.kill()
        ground.rubbish(3)

        assert worker.wait(SECONDS_MAX) == WORLD_DOWN
        server.start()
        ground.start(ENGINE)
        ground.awaits({0: range(5)})
