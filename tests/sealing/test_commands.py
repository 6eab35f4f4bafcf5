"""What operators do about the sealed store: turn it on, see how full it is, change its key."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from cli.scene import SECRET
from sealing.planted import sealing, strangers
from sealing.stored import DAY, becomes_known
from world_builder import NOW, STRANGER, a_county, callout

from streams.cli.clock import clock_parts
from streams.cli.worker import worker_parts
from streams.engines.embedded import EmbeddedEngine
from streams.ledger.connection import connect
from streams.ledger.transaction import Ledger
from streams.ledger.vault import make_key, read_vault
from streams.settings import PROJECT_ROOT, Settings

if TYPE_CHECKING:
    from pathlib import Path

    from fixtures.command_line import Switchboard

POLICE = "feed.durham-police"


@pytest.fixture
def turned_on(tmp_path: Path, switchboard: Switchboard, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Turn the sealed store on for the police; return where its key is to be."""
    text = (PROJECT_ROOT / "agencies.toml").read_text()
    head = "[agencies.durham-police]\n"
    changed = tmp_path / "agencies.toml"
    changed.write_text(text.replace(head, f"{head}seals_suspects = true\n"))
    monkeypatch.setenv("SWITCHBOARD_REGISTER_FILE", str(changed))
    monkeypatch.delenv("SWITCHBOARD_SEALED_KEY_FILE", raising=False)
    return tmp_path / "sealed.key"


@pytest.fixture
def key(turned_on: Path, switchboard: Switchboard, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the key as operations do, and name it."""
    assert switchboard("identity", "sealed", "make-key", turned_on).status == 0
    monkeypatch.setenv("SWITCHBOARD_SEALED_KEY_FILE", str(turned_on))
    return turned_on


def seal_some(ledger_url: str, key: Path, count: int) -> list[str]:
    """Let the police tell of so many strangers; return what nobody may read of them."""
    planted = strangers(count, seed=count)
    with connect(ledger_url, name="test") as session:
        ledger = Ledger(session, sealing(), SECRET.encode(), vault=read_vault(key))
        said = [each.said() for each in planted]
        values = [(each.value, {"ce_type": f"{each.type}.v1".encode()}) for each in said]
        EmbeddedEngine(ledger, NOW).publish(POLICE, values)
    return [needle for each in planted for needle in each.needles]


@pytest.mark.parametrize("command", [["worker"], ["clock"], ["quarantine", "replay", "Q1"]])
def test_without_a_key_nothing_starts_that_would_have_to_seal(
    switchboard: Switchboard, turned_on: Path, command: list[str]
) -> None:
    """It says for whom the store is on, which setting is missing, who must act, and how."""
    answer = switchboard(*command)
    assert answer.status == 2
    for words in (
        "the sealed store on for durham-police",
        "SWITCHBOARD_SEALED_KEY_FILE names no master key",
        "operations must make a key (`switchboard identity sealed make-key FILE`)",
    ):
        assert words in answer.err


@pytest.mark.parametrize("command", ["worker", "clock"])
def test_a_key_that_cannot_be_used_is_named(
    switchboard: Switchboard, turned_on: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is not there, is no key, or that others may read, is refused by its name."""
    monkeypatch.setenv("SWITCHBOARD_SEALED_KEY_FILE", str(turned_on))
    assert f"{turned_on}: no master key" in switchboard(command).err
    turned_on.write_text("something else\n")
    turned_on.chmod(0o600)
    answer = switchboard(command)
    assert (answer.status, f"{turned_on}: not a master key" in answer.err) == (2, True)


def test_another_key_than_what_waits_was_sealed_by_is_refused(
    switchboard: Switchboard, key: Path, ledger_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock would find what it cannot open; the key of the id that is named must come back."""
    seal_some(ledger_url, key, 2)
    other = key.with_name("other.key")
    make_key(other)
    monkeypatch.setenv("SWITCHBOARD_SEALED_KEY_FILE", str(other))
    answer = switchboard("clock")
    assert answer.status == 2
    assert f"2 by {read_vault(key).key_id}" in answer.err


def shifted(monkeypatch: pytest.MonkeyPatch, to: datetime) -> None:
    """Move the clock of what starts from here on."""
    away = (to - datetime.now(UTC)).total_seconds()
    monkeypatch.setenv("SWITCHBOARD_CLOCK_OFFSET", str(away))


def test_the_worker_seals_and_the_clock_opens(
    switchboard: Switchboard, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As they are put together for an installation, from the setting to the officer's list."""
    monkeypatch.setattr("streams.cli.worker.resource.setrlimit", lambda *_: None)
    monkeypatch.setattr("streams.cli.worker.Watchdog.start", lambda _: None)
    monkeypatch.setattr("streams.cli.worker.Watchdog.stop", lambda _: None)
    said = callout(STRANGER, summary="She said so.")
    with worker_parts(Settings()) as parts:
        engine = EmbeddedEngine(parts.feeds[POLICE].applier.ledger, NOW)
        for each in (*a_county(), said, *becomes_known(NOW)):
            engine.publish(each.feed, [(each.value, {"ce_type": f"{each.type}.v1".encode()})])
        for feed in parts.feeds.values():
            feed.applier.ledger.session.close()
    before = switchboard("explain", said.event_id)
    assert (before.status, "sealed" in before.out) == (0, True)
    shifted(monkeypatch, NOW + DAY)
    with clock_parts(Settings()) as (clock, _):
        clock.tick()
    (agency,) = switchboard("identity", "sealed", "status", "--json").lines[0]["agencies"]
    assert (agency["waiting"], agency["delivered"]) == (0, 1)
    listed = switchboard("notices", "--recipient", "OFF01", "--json").lines
    assert "domestic_abuse_callout_suspect" in {each["type"] for each in listed}
    after = switchboard("explain", said.event_id)
    assert after.status == 0
    assert "it came before this person was known to us" in after.out


def test_a_key_is_not_replaced(switchboard: Switchboard, key: Path) -> None:
    """What it has sealed could be opened by nobody any more."""
    before = key.read_text()
    answer = switchboard("identity", "sealed", "make-key", key)
    assert (answer.status, "never replaced" in answer.err) == (2, True)
    assert key.read_text() == before


def test_the_status_has_counts_and_nothing_else(
    switchboard: Switchboard, key: Path, ledger_url: str
) -> None:
    """How many, since when, by which key: no name, no number of anybody, in either form."""
    secret = seal_some(ledger_url, key, 3)
    text, told = switchboard("identity", "sealed", "status"), switchboard("status")
    document = switchboard("identity", "sealed", "status", "--json")
    assert "On for: durham-police" in text.out
    assert "durham-police: 3 events sealed" in text.out
    assert "To be looked for" not in text.out
    assert "Sealed: 3 events of unknown suspects" in told.out
    (found,) = document.lines
    assert [(each["agency"], each["waiting"]) for each in found["agencies"]] == [
        ("durham-police", 3)
    ]
    assert found["keys"] == [{"key_id": read_vault(key).key_id, "waiting": 3}]
    assert found["to_look_for"] == 0
    said = text.out + told.out + document.out
    assert [needle for needle in secret if needle.lower() in said.lower()] == []


def test_what_is_past_its_time_is_said_loudly(
    switchboard: Switchboard, key: Path, ledger_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no clock has erased it, somebody must see to that; it is kept for less, never more."""
    seal_some(ledger_url, key, 1)
    shifted(monkeypatch, NOW)
    assert "PAST THEIR TIME" not in switchboard("identity", "sealed", "status").out
    shifted(monkeypatch, NOW + 29 * DAY)
    assert "1 event PAST THEIR TIME" in switchboard("identity", "sealed", "status").out
    monkeypatch.setenv("SWITCHBOARD_SEALED_FOR", "P29D")
    answer = switchboard("identity", "sealed", "status")
    assert (answer.status, "SWITCHBOARD_SEALED_FOR" in answer.err) == (2, True)


def test_a_rotation_wraps_again_and_opens_nothing(
    switchboard: Switchboard, key: Path, ledger_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ciphertexts and what they are found by stay; a second run has nothing left to do."""
    seal_some(ledger_url, key, 4)
    before = contents(ledger_url)
    new = key.with_name("new.key")
    (told,) = switchboard("identity", "sealed", "rotate", new, "--json").lines
    old_id, new_id = read_vault(key).key_id, read_vault(new).key_id
    assert told == {"from": old_id, "to": new_id, "wrapped": 4}
    assert contents(ledger_url) == before
    assert switchboard("identity", "sealed", "rotate", new, "--json").lines[0]["wrapped"] == 0
    monkeypatch.setenv("SWITCHBOARD_SEALED_KEY_FILE", str(new))
    (found,) = switchboard("identity", "sealed", "status", "--json").lines
    assert found["keys"] == [{"key_id": new_id, "waiting": 4}]
    assert old_id not in str(found)


def test_a_key_that_follows_none_is_not_rotated_to(
    switchboard: Switchboard, key: Path, ledger_url: str
) -> None:
    """Nothing that is sealed would be found again by its hashes."""
    seal_some(ledger_url, key, 1)
    other = key.with_name("other.key")
    make_key(other)
    answer = switchboard("identity", "sealed", "rotate", other)
    assert (answer.status, "would find nothing" in answer.err) == (2, True)


def contents(ledger_url: str) -> list[tuple[bytes, ...]]:
    """Return what the ledger has of sealed events but for the keys of the keys."""
    with connect(ledger_url, name="test") as session:
        rows = session.execute(
            "SELECT ciphertext, (SELECT array_agg(digest ORDER BY digest) FROM sealed_key k"
            " WHERE k.seq = s.seq) FROM sealed s ORDER BY seq"
        ).fetchall()
    return [tuple(row) for row in rows]
