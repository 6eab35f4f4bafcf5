"""A ledger that came back from a backup is noticed, and pushes wait until somebody resumes."""

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import pytest
from fixtures.postgres import OwnServer

from streams.domain.log import Place
from streams.ledger import feeds, positions, restored
from streams.ledger._postgres_locks import wait_until
from streams.ledger.connection import Session, WorldDown, connect
from streams.ledger.migrations import upgrade
from streams.ledger.replaying import CARRIED

NOW: Final = datetime(2026, 7, 6, 9, 0, tzinfo=UTC)
TOPIC_ID: Final = UUID(int=7)
PLACE: Final = Place("feed.durham-police", TOPIC_ID, 0)
RECOVERY_SECONDS: Final = 30.0


@pytest.fixture
def session(ledger_url: str) -> Iterator[Session]:
    """Give a session with a fresh ledger whose first partition stands at 10."""
    with connect(ledger_url, name="test") as opened:
        positions.begin(opened, PLACE, 10, NOW)
        yield opened


def _is_recovered(session: Session) -> bool:
    """Answer whether PostgreSQL has worked through what the backup had; ask as we do before."""
    try:
        restored.pushes_are_held(session)
    except WorldDown:
        return False
    return True


def _told(session: Session) -> list[tuple[str, ...]]:
    """Return the alarms about restores, and what the operations' chain says of them."""
    alarms = session.execute("SELECT tell, words FROM alarm WHERE kind = 'restore'").fetchall()
    entries = session.execute("SELECT body FROM audit WHERE chain = 'operations'").fetchall()
    return [*alarms, *(tuple(json.loads(row[0]).values()) for row in entries)]


def test_a_ledger_that_was_never_restored_holds_nothing(session: Session) -> None:
    """The first look notes the server, later ones find it again, and offsets agree."""
    assert not restored.pushes_are_held(session)
    for committed in ({}, {(TOPIC_ID, 0): 10}, {(TOPIC_ID, 0): 3}):
        assert restored.look(session, committed, NOW) == []
    assert not restored.pushes_are_held(session)
    assert restored.resume(session, "os:test", NOW) == []
    assert _told(session) == []


def test_a_position_behind_what_was_committed_is_a_restore(session: Session) -> None:
    """Workers commit after the ledger has it, so a ledger that stands behind has forgotten."""
    (words,) = restored.look(session, {(TOPIC_ID, 0): 25, (TOPIC_ID, 1): 0}, NOW)
    assert words == "feed.durham-police[0] stands at 10 and 25 was committed to Kafka"
    assert restored.pushes_are_held(session)
    (alarm, audited) = _told(session)
    assert alarm[0] == "operations"
    assert "resume-after-restore" in alarm[1]
    assert audited[0] == "found_restored"


def test_a_ledger_that_was_begun_anew_beside_an_old_kafka_is_one_too(session: Session) -> None:
    """A partition that the ledger has never read, and workers have, was forgotten whole."""
    words = restored.look(session, {(UUID(int=n), 0): 5 for n in range(1, 6)}, NOW)
    assert restored.pushes_are_held(session)
    assert "so do 2 more partitions" in words[0]


def test_pushes_go_on_when_somebody_resumes_and_not_before(session: Session) -> None:
    """Another look changes nothing; the account that resumed is kept and audited."""
    restored.look(session, {(TOPIC_ID, 0): 25}, NOW)
    restored.look(session, {(TOPIC_ID, 0): 25}, NOW + timedelta(minutes=1))
    restored.look(session, {}, NOW + timedelta(minutes=2))
    assert len(restored.open_restores(session)) == 1
    assert len(restored.resume(session, "os:ann", NOW + timedelta(hours=1))) == 1
    assert not restored.pushes_are_held(session)
    kept = session.execute("SELECT resumed_at, resumed_by FROM restore").fetchall()
    assert kept == [(NOW + timedelta(hours=1), "os:ann")]
    assert _told(session)[-1] == ("resumed_after_restore", "os:ann")


def test_what_was_resumed_from_is_not_found_again(session: Session) -> None:
    """While a partition catches up its committed offset is ahead, which is no second restore."""
    restored.look(session, {(TOPIC_ID, 0): 25}, NOW)
    restored.resume(session, "os:ann", NOW)
    assert restored.look(session, {(TOPIC_ID, 0): 25}, NOW) == []
    assert restored.look(session, {(TOPIC_ID, 0): 26}, NOW) != []


def test_a_log_that_was_cut_is_no_restore(session: Session) -> None:
    """Operations let the feed go on from where the log ends now; the group stands where it was."""
    session.execute("UPDATE position SET next_offset = 25")
    positions.record_loss(session, PLACE, (10, 25), NOW)
    feeds.resume(session, PLACE.topic, NOW)
    assert positions.next_offset(session, PLACE) == 10
    assert restored.look(session, {(TOPIC_ID, 0): 25}, NOW) == []
    assert restored.look(session, {(TOPIC_ID, 0): 26}, NOW) != []


def test_another_cluster_is_a_restore(session: Session) -> None:
    """A dump that was read into another server pushes nothing, even before anybody looks."""
    restored.look(session, {}, NOW)
    session.execute("UPDATE ledger_server SET system_identifier = '1'")
    assert restored.pushes_are_held(session)
    (words,) = restored.look(session, {}, NOW)
    assert words.startswith("the ledger was on the PostgreSQL cluster 1, and is now ")
    assert restored.resume(session, "os:ann", NOW) == [words]
    assert not restored.pushes_are_held(session)


def test_resuming_before_anybody_looked_is_kept_as_a_restore(session: Session) -> None:
    """Operations may be quicker than the first worker; what they resumed from is kept."""
    restored.look(session, {}, NOW)
    session.execute("UPDATE ledger_server SET timeline = 9")
    (words,) = restored.resume(session, "os:ann", NOW)
    assert words == "PostgreSQL was on timeline 9, and is now on 1"
    assert restored.look(session, {}, NOW) == []
    assert not restored.pushes_are_held(session)


def test_a_replay_carries_what_was_restored() -> None:
    """What operations saw to is copied into a ledger made again, as it stands."""
    names = {table.name for table in CARRIED}
    assert names >= {"repair", "ledger_server", "restore", "restore_mark"}


@pytest.mark.slow
def test_recovery_from_a_backup_begins_another_timeline(
    postgres_server: Callable[..., OwnServer],
) -> None:
    """A real point-in-time recovery is seen by its timeline, whatever Kafka says."""
    server = postgres_server(restore_command="false")
    upgrade(server.url)
    with connect(server.url, name="test") as session:
        assert restored.look(session, {}, NOW) == []
    server.stop()
    data = server.home / "ledger"
    (data / "recovery.signal").touch()
    shutil.chown(data / "recovery.signal", data.owner(), data.group())
    server.start()
    with connect(server.url, name="test") as session:
        assert wait_until(lambda: _is_recovered(session), RECOVERY_SECONDS)
        assert restored.pushes_are_held(session)
        (words,) = restored.look(session, {}, NOW)
    assert words == "PostgreSQL was on timeline 1, and is now on 2"
