"""`switchboard replay`: what changed rules would have told is listed, and nobody is told."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cli.scene import PERSONAL, Event, Scene, callout
from fixtures.command_line import Switchboard

from streams.ledger.scratch import prefix_of

RULES = "stories.changed_rules:"
DAYS = 365


def standard(event_id: str, role: str = "suspect", **more: object) -> Event:
    """Make a call-out that is not immediate by itself."""
    kind, record = callout(event_id, **more)
    fields = {"role": role, "grade": "standard", "children_present": False}
    return kind, {**record, **fields}


def databases(scene: Scene) -> set[str]:
    """Return the scratch databases of the ledger."""
    prefix = prefix_of(scene.engine.ledger.session)
    with psycopg.connect(scene.url) as session:
        found = session.execute("SELECT datname FROM pg_database").fetchall()
    return {row[0] for row in found if row[0].startswith(prefix)}


def all_of(scene: Scene) -> list[tuple[Any, ...]]:
    """Return everything that a ledger has told, wants said, and has audited."""
    statement = (
        "SELECT 'step', notice_id::text, step FROM notice_step UNION ALL"
        " SELECT 'out', subject::text, id FROM outbox UNION ALL"
        " SELECT 'audit', chain, number FROM audit ORDER BY 1, 2, 3"
    )
    return scene.engine.ledger.session.execute(statement.encode()).fetchall()


def test_the_rules_of_now_tell_the_same(switchboard: Switchboard, morning: Scene) -> None:
    """Without a changed rule there is no difference, nothing is kept, and nobody is told."""
    before = all_of(morning)
    answer = switchboard("replay")
    assert (answer.status, answer.err) == (0, "")
    assert answer.out.endswith(
        "scratch ledger; nobody was told anything.\n"
        "1 event about nobody we know kept no content.\n"
        "Everybody would be told the same.\n"
    )
    (summary,) = switchboard("replay", "durham-police", "--json").lines
    assert (summary["what"], summary["differences"], summary["without_content"]) == (
        *("replayed", 0),
        1,
    )
    assert all_of(morning) == before
    assert databases(morning) == set()


def test_another_version_alone_is_no_difference(switchboard: Switchboard, morning: Scene) -> None:
    """A new version gives every notice another id, which none of its recipients sees."""
    assert switchboard("replay", "--rules", f"{RULES}another_version").status == 0


@pytest.mark.parametrize(
    ("rules", "kind", "heading"),
    [
        ("immediate", "other_terms", "OTHER URGENCY OR DEADLINE"),
        ("to_the_manager", "other_recipient", "OTHER RECIPIENT"),
        ("silent", "gone", "GONE"),
    ],
)
def test_a_changed_rule_is_listed_by_event(
    switchboard: Switchboard, morning: Scene, rules: str, kind: str, heading: str
) -> None:
    """Each event is named with what would be otherwise, before and now, in words and as JSON."""
    morning.publish("durham-police", standard("call-3"))
    before = all_of(morning)
    answer = switchboard("replay", "--rules", f"{RULES}{rules}", "--json")
    *found, summary = answer.lines
    assert answer.status == 1
    assert found
    # How urgent it is to find out whom a held call-out is about, the rule says, too.
    held = [each for each in found if each["event_id"] == "call-held"]
    assert {each["what"] for each in found if each not in held} == {kind}
    assert {each["what"] for each in held} <= {"other_terms"}
    assert {each["publisher"] for each in found} == {"durham-police"}
    assert summary["differences"] == len(found)
    assert sum(summary["kinds"].values()) == len(found)
    text = switchboard("replay", "--rules", f"{RULES}{rules}")
    assert text.status == 1
    first = next(each for each in found if each["what"] == kind)
    assert f"durham-police {first['event_id']} (police.domestic_abuse_callout, " in text.out
    assert f"  {heading}  {first['notice']}" in text.out
    assert [word for word in PERSONAL if word in text.out + answer.out] == []
    assert all_of(morning) == before


def test_both_ways_are_told(switchboard: Switchboard, morning: Scene) -> None:
    """What was told before and what would be now stand side by side; a new one has no before."""
    (first, *_) = switchboard("replay", "--rules", f"{RULES}to_the_manager", "--json").lines
    assert first["before"]["recipient"] == "OFF-1"
    assert first["now"]["recipient"] != "OFF-1"
    silent = switchboard("replay", "--rules", f"{RULES}silent", "--json").lines
    gone = [each for each in silent if each["what"] == "gone"]
    assert gone
    assert {(each["before"] is None, each["now"] is None) for each in gone} == {(False, True)}


def test_what_a_rule_would_break_is_named(switchboard: Switchboard, morning: Scene) -> None:
    """An event on which the changed rule stumbles would be quarantined; the others go on."""
    answer = switchboard("replay", "--rules", f"{RULES}broken", "--json")
    quarantined = [each["event_id"] for each in answer.lines if each["what"] == "quarantined"]
    assert answer.status == 1
    assert sorted(quarantined) == ["call-1", "call-2", "call-held"]
    assert {each["event_id"] for each in answer.lines if each["what"] == "gone"} == set(quarantined)
    assert "ZeroDivisionError" in answer.out
    assert (
        "QUARANTINED: ZeroDivisionError" in switchboard("replay", "--rules", f"{RULES}broken").out
    )


def test_other_feeds_are_counted(switchboard: Switchboard, morning: Scene) -> None:
    """Only the feed that was asked for is listed; a difference elsewhere is still a difference."""
    answer = switchboard("replay", "hmcts", "--rules", f"{RULES}silent")
    assert answer.status == 1
    assert "GONE" not in answer.out
    assert "in other feeds, not listed" in answer.out
    listed = switchboard("replay", "feed.durham-police", "--rules", f"{RULES}silent")
    assert "GONE" in listed.out
    assert switchboard("replay", "feed.nobody").status == 2


def test_an_exported_log_says_the_same(
    switchboard: Switchboard, morning: Scene, tmp_path: Path
) -> None:
    """What is replayed from the file is what is replayed from its ledger; taking it is audited."""
    path = tmp_path / "log.jsonl"
    assert switchboard("replay", "--export", path).status == 0
    assert path.stat().st_mode & 0o777 == 0o600
    assert switchboard("replay", "--log", path).status == 0
    for rules in ("immediate", "silent"):
        options = ("--rules", f"{RULES}{rules}", "--json")
        assert switchboard("replay", "--log", path, *options) == switchboard("replay", *options)
    entries = morning.engine.ledger.session.execute(
        "SELECT body FROM audit WHERE chain = 'consultations'"
    ).fetchall()
    assert [json.loads(row[0])["action"] for row in entries] == ["exported"]
    again = switchboard("replay", "--export", path)
    assert again.status == 2
    assert "File exists" in again.err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "expected a switchboard recorded log of version 1"),
        ("nonsense\n", "line 1: expected a line of a switchboard recorded log"),
        ("[1]\n", "line 1: expected an object"),
        ('{"what": "other"}\n', "expected a switchboard recorded log of version 1"),
        (
            '{"what": "switchboard recorded log", "version": 1, "count": 1}\n{"what": "event"}\n',
            "line 2: expected a line",
        ),
    ],
)
def test_a_file_that_is_no_log_is_refused(
    switchboard: Switchboard, tmp_path: Path, text: str, words: str
) -> None:
    """The words name the line and what was expected, and nothing is left behind."""
    path = tmp_path / "log.jsonl"
    path.write_text(text)
    answer = switchboard("replay", "--log", path)
    assert answer.status == 2
    assert words in answer.err


def test_rules_that_are_not_there_are_refused(
    switchboard: Switchboard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A factory is found in the folder one is in; a wrong name is usage, said in words."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine_for_replay.py").write_text(
        "from streams.engines.wiring import production_rules as rules\n"
    )
    assert switchboard("replay", "--rules", "mine_for_replay:rules").status == 0
    for name in ("mine_for_replay:nothing", "nowhere_at_all:rules"):
        answer = switchboard("replay", "--rules", name)
        assert answer.status == 2
        assert "expected module:function" in answer.err


def test_a_scratch_ledger_that_was_left_over_goes(switchboard: Switchboard, morning: Scene) -> None:
    """A command that was killed leaves personal data behind; the next one takes it away."""
    prefix = prefix_of(morning.engine.ledger.session)
    left, used = f"{prefix}left", f"{prefix}used"
    with psycopg.connect(morning.url, autocommit=True) as session:
        for name in (left, used):
            session.execute(f"CREATE DATABASE {name}".encode())
        address = morning.url.replace(session.info.dbname, used)
        with psycopg.connect(address):
            assert switchboard("replay").status == 0
            assert databases(morning) == {used}
        session.execute(f"DROP DATABASE {used} WITH (FORCE)".encode())


@pytest.mark.slow
def test_a_years_record_with_a_changed_rule(switchboard: Switchboard, morning: Scene) -> None:
    """A call-out each day for a year: each one that would be otherwise is listed, none is told."""
    roles = ("suspect", "victim", "witness")
    morning.engine.advance(timedelta(days=1))
    for day in range(DAYS):
        said = standard(f"y-{day}", roles[day % 3], occurred_at=morning.engine.now)
        morning.publish("durham-police", said)
        morning.engine.advance(timedelta(days=1))
    before = all_of(morning)
    assert switchboard("replay", "durham-police").status == 0
    answer = switchboard("replay", "durham-police", "--rules", f"{RULES}silent", "--json")
    *found, summary = answer.lines
    gone = {each["event_id"] for each in found if each["event_id"].startswith("y-")}
    wanted = {f"y-{day}" for day in range(DAYS) if roles[day % 3] != "witness"}
    assert gone == wanted
    assert summary["events"] >= DAYS
    assert all_of(morning) == before
    assert databases(morning) == set()
