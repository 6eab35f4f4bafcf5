"""What may happen to a feed, told once and played to either engine.

Each scenario takes a `Ground` (a feed, a ledger and workers of the test's own) and the engine's
module. Rubbish is sent where only it matters which offsets were handled: each ends in quarantine.
"""

import signal
from datetime import UTC, datetime
from typing import Final

from broker.local_kafka import until
from broker.worker_process import SECONDS_MAX, Ground, administering, producing
from kafka.errors import CoordinatorNotAvailableError

from streams.ledger import feeds
from streams.ledger.connection import connect

NOW: Final = datetime(2026, 7, 6, 9, 0, tzinfo=UTC)
FROZEN_SECONDS: Final = 9.0
"""Longer than the session timeout of 6 s."""


def count(ground: Ground, table: str) -> int:
    """Count the rows of a table of the ledger."""
    [(rows,)] = ground.query(f"SELECT count(*)::int FROM {table}")  # noqa: S608 - our tables
    assert isinstance(rows, int)
    return rows


def topic_created_again(ground: Ground, engine: str) -> None:
    """Delete a topic that was read, create it again, and see its records from the beginning."""
    ground.rubbish(5)
    ground.start(engine)
    ground.awaits({0: range(5)})
    ground.create_again()
    ground.rubbish(8)
    ground.awaits({0: [*range(5), *range(8)]})


def retention_passes(ground: Ground, engine: str) -> None:
    """Let the log lose what was not read: one partition stops, the other goes on."""
    ground.rubbish(5)
    worker = ground.start(engine)
    ground.awaits({0: range(5)})
    worker.send_signal(signal.SIGSTOP)
    ground.rubbish(10)
    ground.rubbish(2, partition=1)
    ground.drop_before(12)
    worker.send_signal(signal.SIGCONT)
    ground.awaits({0: range(5), 1: range(2)})
    assert until(lambda: count(ground, "possible_loss") == 1, SECONDS_MAX)
    lost = ground.query("SELECT partition, from_offset, to_offset FROM possible_loss")
    assert lost == [(0, 5, 12)]
    assert ground.query("SELECT tell FROM alarm WHERE kind = 'possible_loss'") == [("operations",)]
    with connect(ground.ledger_url, name="test") as session:
        feeds.resume(session, ground.feed, NOW)
    ground.awaits({0: [*range(5), *range(12, 15)], 1: range(2)})


def aborted_records(ground: Ground, engine: str) -> None:
    """Send records in transactions that end and that are aborted; only the former are read."""
    with producing(ground.kafka, transactional_id=f"t.{ground.feed}") as producer:
        producer.init_transactions()
        for kept in (True, False, True):
            producer.begin_transaction()
            for _ in range(5):
                producer.send(ground.feed, b"kept" if kept else b"aborted", partition=0)
            producer.flush()  # or what is aborted would never leave the producer
            if kept:
                producer.commit_transaction()
            else:
                producer.abort_transaction()
    ground.start(engine)
    # A control record ends each transaction: 5 records and one of those, three times.
    ground.awaits({0: [*range(5), *range(12, 17)]})
    values = ground.query("SELECT DISTINCT record_value FROM quarantine")
    assert values == [(b"kept",)]


def partition_added(ground: Ground, engine: str) -> None:
    """Add a partition to a drained feed; what it gets is read from its beginning."""
    ground.rubbish(2)
    ground.start(engine)
    ground.awaits({0: range(2)})
    with administering(ground.kafka) as admin:
        admin.create_partitions({ground.feed: 3})
    ground.rubbish(2, partition=2)
    ground.rubbish(1)
    ground.awaits({0: range(3), 2: range(2)})


def zombie(ground: Ground, engine: str) -> None:
    """Freeze a worker under load past its session timeout; thawed, it does nothing twice."""
    ground.rubbish(400)
    frozen = ground.start(engine)
    assert until(lambda: bool(ground.handled()), SECONDS_MAX)
    frozen.send_signal(signal.SIGSTOP)
    ground.start(engine)
    ground.rubbish(400, partition=1)
    ground.awaits({0: range(400), 1: range(400)})
    assert not until(lambda: False, FROZEN_SECONDS)
    frozen.send_signal(signal.SIGCONT)
    ground.rubbish(100)
    ground.rubbish(100, partition=1)
    ground.awaits({0: range(500), 1: range(500)})


def group_ahead(ground: Ground, engine: str) -> None:
    """Let the group's commits be ahead of the ledger, as after a restore: nothing is skipped."""
    ground.rubbish(30)
    assert until(lambda: _is_committed(ground, 20), SECONDS_MAX)
    ground.start(engine)
    ground.awaits({0: range(30)})


def _is_committed(ground: Ground, offset: int) -> bool:
    """Set the group's commit; a broker that has just started cannot yet."""
    try:
        ground.commit(offset)
    except CoordinatorNotAvailableError:
        return False
    return True
