"""Where the Faust engine starts: at the ledger's position, whatever the consumer group says."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from broker import scenarios
from broker.local_kafka import until
from broker.worker_process import SECONDS_MAX, Ground

from streams.domain.log import Batch, Place
from streams.ledger import feeds, positions
from streams.ledger.connection import connect
from streams.topics import TopicIds

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

ENGINE = "faust_worker"
NOW = datetime(2026, 7, 6, 9, 0, tzinfo=UTC)
SENT = 20
STANDS = 12


@pytest.fixture
def ground(kafka: str, ledger_url: str, feed_prefix: str, tmp_path: Path) -> Iterator[Ground]:
    """A feed of two partitions, a ledger and workers of this test's own."""
    with Ground(kafka, ledger_url, feed_prefix, tmp_path) as made:
        yield made


def _stand(ground: Ground, at: int) -> None:
    """Let the ledger stand at an offset of the first partition, as after an earlier worker."""
    with TopicIds(ground.kafka) as ids:
        topic_id = ids.ids([ground.feed])[ground.feed]
    assert topic_id is not None
    place = Place(ground.feed, topic_id, 0)
    with connect(ground.ledger_url, name="test") as session:
        positions.begin(session, place, 0, NOW)
        positions.advance(session, [Batch(place, 0, (), at)], NOW)


def _commits_reach(ground: Ground, offset: int) -> bool:
    return until(lambda: ground.committed().get(0) == offset, SECONDS_MAX)


@pytest.mark.parametrize("committed", [None, 5, 18], ids=["absent", "behind", "ahead"])
def test_starts_where_the_ledger_stands(ground: Ground, committed: int | None) -> None:
    """The first record handled is the ledger's next, and the group's commit moves to the end."""
    ground.rubbish(SENT)
    _stand(ground, STANDS)
    if committed is not None:
        ground.commit(committed)

    ground.start(ENGINE)

    ground.awaits({0: range(STANDS, SENT)})
    assert _commits_reach(ground, SENT)
    ground.rubbish(3)
    ground.awaits({0: range(STANDS, SENT + 3)})
    assert _commits_reach(ground, SENT + 3)


def test_aborted_records_are_never_seen(ground: Ground) -> None:
    """Records of a transaction that its producer aborted do not reach the ledger."""
    scenarios.aborted_records(ground, ENGINE)


def test_a_position_outside_the_log_stops_its_partition_alone(ground: Ground) -> None:
    """Records gone before they were read are told and wait for operations; the others go on."""
    ground.rubbish(SENT)
    ground.rubbish(4, partition=1)
    _stand(ground, 3)
    ground.drop_before(10)

    ground.start(ENGINE)

    ground.awaits({1: range(4)})
    lost = ground.query("SELECT partition, from_offset, to_offset FROM possible_loss")
    assert lost == [(0, 3, 10)]
    with connect(ground.ledger_url, name="test") as session:
        feeds.resume(session, ground.feed, NOW)
    ground.awaits({0: range(10, SENT), 1: range(4)})
