"""How far a feed is, on a real Kafka, with each engine: silence and an outage are told apart."""

from __future__ import annotations

import signal
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from broker.local_kafka import until
from broker.worker_process import SECONDS_MAX, Ground, producing

from streams.ledger import watermarks
from streams.ledger.connection import connect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STANDS_SECONDS = 4.0
"""Longer than a worker needs to look again, and more than our clocks are taken to differ."""
ENGINES = ["direct", "faust_worker"]
pytestmark = [pytest.mark.kafka, pytest.mark.slow]


@pytest.fixture
def ground(kafka: str, ledger_url: str, feed_prefix: str, tmp_path: Path) -> Iterator[Ground]:
    """Give a feed of two partitions, a ledger and workers of this test's own."""
    with Ground(kafka, ledger_url, feed_prefix, tmp_path) as made:
        yield made


def reached(ground: Ground) -> datetime | None:
    """Return how far the feed is."""
    with connect(ground.ledger_url, name="test") as session:
        return watermarks.of_feeds(session).get(ground.feed)


def passes(ground: Ground, instant: datetime) -> bool:
    """Wait until the feed is past an instant."""
    return until(lambda: (reached(ground) or instant) > instant, SECONDS_MAX)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_quiet_feed_goes_on_and_one_that_is_not_read_does_not(
    ground: Ground, engine: str
) -> None:
    """With nothing to read it follows the time; while its worker is frozen, it stands still."""
    ground.rubbish(3)
    worker = ground.start(engine)
    assert passes(ground, datetime.now(UTC))
    worker.send_signal(signal.SIGSTOP)
    ground.rubbish(1)
    sent_at = datetime.now(UTC)
    assert not until(lambda: (reached(ground) or sent_at) > sent_at, STANDS_SECONDS)
    worker.send_signal(signal.SIGCONT)
    assert passes(ground, sent_at)
    ground.awaits({0: range(4)})


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_on_its_way_holds_a_feed_back(ground: Ground, engine: str) -> None:
    """A record of an open transaction has its time already; once it is closed, the feed goes on."""
    ground.start(engine)
    assert passes(ground, datetime.now(UTC))
    with producing(ground.kafka, transactional_id=f"t.{ground.feed}") as producer:
        producer.init_transactions()
        producer.begin_transaction()
        producer.send(ground.feed, b"rubbish", partition=0).get(SECONDS_MAX)
        sent_at = datetime.now(UTC) + timedelta(seconds=1)
        assert not until(lambda: (reached(ground) or sent_at) > sent_at, STANDS_SECONDS)
        producer.commit_transaction()
    assert passes(ground, datetime.now(UTC))
    ground.awaits({0: range(1)})
