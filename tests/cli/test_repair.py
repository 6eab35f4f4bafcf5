"""`switchboard quarantine`: refused records are mended, delivered once, or closed."""

import json
from pathlib import Path
from typing import Any

import pytest
from cli.scene import FAMILY, NOW, PERSONAL, Scene, callout, officer_recorded
from fixtures.command_line import Switchboard

from schemas.codec import encode, to_json
from streams.domain.errors import Refusal, RefusalCode
from streams.domain.log import Batch, RawRecord
from streams.engines.embedded import place_of
from streams.ledger import positions


def line_of(event_id: str, **fields: object) -> str:
    """Write a call-out as a line of JSON of our schema."""
    kind, record = callout(event_id)
    return json.dumps({"type": kind, **to_json({**record, **fields})})


@pytest.fixture
def refused(scene: Scene) -> Scene:
    """Give the morning, whose last record is rubbish of the police, quarantined as Q1."""
    scene.morning()
    return scene


def _rows(scene: Scene, statement: str) -> list[tuple[Any, ...]]:
    """Ask the ledger."""
    return scene.engine.ledger.session.execute(statement.encode()).fetchall()


def _actions(scene: Scene) -> list[dict[str, Any]]:
    """Return what the operations' chain says."""
    found = _rows(scene, "SELECT body FROM audit WHERE chain = 'operations' ORDER BY number")
    return [json.loads(row[0]) for row in found]


def test_a_record_fixed_and_replayed_twice_is_delivered_once(
    switchboard: Switchboard, refused: Scene, tmp_path: Path
) -> None:
    """Its event comes late, with its first broker time, and each of its notices is raised once."""
    known = {notice["notice_id"] for notice in switchboard("notices", "--json").lines}
    first_time = _rows(refused, "SELECT broker_at FROM quarantine")
    given = tmp_path / "edited.json"
    given.write_text(line_of("call-bad"))
    fixed = switchboard("quarantine", "fix", "Q1", "--payload", given)
    assert (fixed.status, fixed.err) == (0, "")
    (done,) = switchboard("quarantine", "replay", "1", "--json").lines
    assert (done["state"], done["disposition"]) == ("replayed", "routed")
    told = switchboard("notices", "--json").lines
    again = switchboard("quarantine", "replay", "1")
    assert (again.status, again.out) == (0, "Q1 is replayed already; nobody is told again.\n")
    (event,) = _rows(
        refused,
        "SELECT broker_at, late, topic, partition, log_offset, raised_at > broker_at FROM event"
        " WHERE event_id = 'call-bad'",
    )
    assert event == (first_time[0][0], True, "repair", 0, 0, True)
    assert switchboard("notices", "--json").lines == told
    new = [notice for notice in told if notice["notice_id"] not in known]
    assert [(notice["type"], notice["late"]) for notice in new] == [
        ("domestic_abuse_callout_suspect", True),
        ("repeat_domestic_abuse_callouts", True),
    ]
    assert switchboard("ledger", "verify").status == 0
    story = switchboard("explain", "call-bad").out
    assert "LATE: refused first as Q1 at feed.durham-police[0]@5" in story
    assert "as unreadable; repaired " in story
    assert "replayed " in switchboard("explain", "Q1").out
    assert [each["action"] for each in _actions(refused)] == [
        "quarantine_fixed",
        "quarantine_replayed",
    ]
    assert FAMILY not in repr(_actions(refused))


def test_a_replay_after_the_agency_sent_it_again_tells_nobody(
    switchboard: Switchboard, refused: Scene, tmp_path: Path
) -> None:
    """The same event under the same id came in the meantime: the record is done with."""
    given = tmp_path / "edited.json"
    given.write_text(line_of("call-bad"))
    assert switchboard("quarantine", "fix", "1", "--payload", given).status == 0
    refused.publish("durham-police", callout("call-bad"))
    before = _rows(refused, "SELECT * FROM notice_step ORDER BY 1, 2")
    (done,) = switchboard("quarantine", "replay", "1", "--json").lines
    assert (done["state"], done["disposition"], done["seq"]) == ("replayed", None, None)
    assert _rows(refused, "SELECT * FROM notice_step ORDER BY 1, 2") == before
    assert switchboard("ledger", "verify").status == 0


def test_what_is_refused_again_stays_with_its_new_reason(
    switchboard: Switchboard, refused: Scene, tmp_path: Path
) -> None:
    """The id that the edit gives was claimed with other content: nothing is admitted."""
    given = tmp_path / "edited.json"
    given.write_text(line_of("call-bad"))
    switchboard("quarantine", "fix", "1", "--payload", given)
    refused.publish("durham-police", callout("call-bad", nature="allegation"))
    tables = ("event", "notice_step", "outbox", "position")
    before = [_rows(refused, f"SELECT * FROM {name} ORDER BY 1, 2") for name in tables]  # noqa: S608 - our own tables
    answer = switchboard("quarantine", "replay", "1")
    assert answer.status == 1
    assert answer.err.startswith("Q1 is refused again: event call-bad: the same id was sent before")
    after = [_rows(refused, f"SELECT * FROM {name} ORDER BY 1, 2") for name in tables]  # noqa: S608 - the same
    assert after[:-1] == before[:-1]
    assert {row[2] for row in after[-1]} - {row[2] for row in before[-1]} <= {"repair"}
    (record,) = switchboard("quarantine", "list", "--json").lines
    assert (record["code"], record["owner"], record["state"]) == (
        *("contradiction", "durham-police"),
        "open",
    )
    (shown,) = switchboard("quarantine", "show", "1", "--json").lines
    assert [each["action"] for each in shown["repairs"]] == ["fixed", "refused_again"]
    assert shown["repairs"][-1]["code"] == "unreadable"
    assert switchboard("ledger", "verify").status == 0


def test_one_field_is_set_where_the_record_can_be_read(
    switchboard: Switchboard, refused: Scene
) -> None:
    """A contradiction that was a correction gets its own id and says what it supersedes."""
    refused.publish("durham-police", callout("call-1", nature="allegation"))
    edits = ("--set", "meta.event_id=call-1b", "--set", "meta.supersedes=call-1")
    assert switchboard("quarantine", "fix", "2", *edits, "--json").status == 0
    (done,) = switchboard("quarantine", "replay", "2", "--json").lines
    assert (done["state"], done["disposition"]) == ("replayed", "routed")
    kept = _rows(refused, "SELECT supersedes FROM event WHERE event_id = 'call-1b'")
    assert kept == [("call-1",)]


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        ("meta.publisher=hmcts", "the payload says publisher 'hmcts', the feed is of"),
        ("children_count=many", "children_count"),
        ("callout_reference", "expected --set path=value"),
        ("person.shoe_size=9", "person.shoe_size: the record has no such field"),
        ("person.identifiers.7.value=x", "no such field"),
        ("meta.gateway=safeguarding_duties", "no agreement under"),
    ],
)
def test_wrong_edits_are_refused_in_words(
    switchboard: Switchboard, refused: Scene, edit: str, words: str
) -> None:
    """An edit that would be refused is told why, and the record stays as it was."""
    refused.publish("durham-police", callout("call-1", nature="allegation"))
    answer = switchboard("quarantine", "fix", "2", "--set", edit)
    assert (answer.status, answer.out) == (1, "")
    assert words in answer.err
    assert "nothing was changed" in answer.err
    assert _rows(refused, "SELECT state FROM quarantine ORDER BY id") == [("open",), ("open",)]
    assert _actions(refused) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "valid JSON"),
        ("", "at least one event"),
        ('{"type": "police.nothing"}', "a type of the event catalogue"),
        (f"{line_of('a')}\n{line_of('b')}", "expected one event, came 2"),
        (line_of("a", grade="awful"), "grade"),
    ],
)
def test_a_payload_that_is_no_event_is_refused_in_words(
    switchboard: Switchboard, refused: Scene, tmp_path: Path, text: str, words: str
) -> None:
    """The file is read as `publish` reads one, and what is wrong is named by its path."""
    given = tmp_path / "edited.json"
    given.write_text(text)
    answer = switchboard("quarantine", "fix", "1", "--payload", given)
    assert answer.status == 1
    assert words in answer.err


def test_what_a_connector_rejected_is_mended_too(
    switchboard: Switchboard, refused: Scene, tmp_path: Path
) -> None:
    """The headers that spoke of the rejected bytes do not stand in the way of the edited event."""
    refused.rubbish(
        "durham-police", b"<a/>", sb_rejection="no date", ce_type="police.arrested.v1", ce_id="x"
    )
    (record,) = switchboard("quarantine", "show", "2", "--json").lines
    assert record["code"] == "rejected_at_source"
    given = tmp_path / "edited.json"
    given.write_text(line_of("call-8"))
    assert switchboard("quarantine", "fix", "2", "--payload", given).status == 0
    (done,) = switchboard("quarantine", "replay", "2", "--json").lines
    assert (done["state"], done["disposition"]) == ("replayed", "routed")


def test_ids_that_nothing_has_are_said(switchboard: Switchboard, refused: Scene) -> None:
    """Nonsense and strangers' numbers answer no, beside records that are repaired."""
    for given in ("77", "Q0", "nonsense", "9" * 30, "-1"):
        command = ("quarantine", "replay", "--json", "--", given)
        (told,) = switchboard(*command).lines
        assert (told["quarantine_id"], told["state"]) == (None, None)
        assert switchboard(*command).status == 1
        closed = switchboard("quarantine", "close", "--because", "x", "--", given)
        assert (closed.status, closed.out) == (1, "")
    for wrong in ((), ("1", "--code", "defect")):
        assert switchboard("quarantine", "replay", *wrong).status == 2
    assert switchboard("quarantine", "fix", "1").status == 2
    assert switchboard("quarantine", "close", "1", "--because", " ").status == 2


def test_fields_of_what_cannot_be_read_cannot_be_set(
    switchboard: Switchboard, refused: Scene
) -> None:
    """Rubbish has no fields; the words say to give the whole event."""
    answer = switchboard("quarantine", "fix", "1", "--set", "grade=high")
    assert answer.status == 1
    assert "give the whole event by --payload" in answer.err
    assert [word for word in PERSONAL if word in answer.err] == []


def test_a_closed_contradiction_stays_countable(switchboard: Switchboard, refused: Scene) -> None:
    """It leaves the list of what waits, is counted, keeps its reason, and is not replayed."""
    refused.publish("durham-police", callout("call-1", nature="allegation"))
    because = f"rang the desk about {FAMILY}: sent in error"
    assert switchboard("quarantine", "close", "2", "--because", because).status == 0
    listed = switchboard("quarantine", "list")
    assert listed.out.endswith("1 record (open).\nNot listed: 1 closed (--state).\n")
    (closed,) = switchboard("quarantine", "list", "--state", "closed", "--json").lines
    assert (closed["quarantine_id"], closed["code"]) == (2, "contradiction")
    (shown,) = switchboard("quarantine", "show", "2", "--json").lines
    assert shown["repairs"][0]["words"] == because
    (audited,) = _actions(refused)
    assert audited["action"] == "quarantine_closed"
    assert FAMILY not in repr(audited)
    for command in (("replay", "2"), ("fix", "2", "--set", "grade=high"), ("close", "2")):
        more = ("--because", "again") if command[0] == "close" else ()
        assert switchboard("quarantine", *command, *more).status == (1 if command[0] else 0)
    state = switchboard("status", "--json").lines[0]
    assert state["quarantine"] == {"closed": {"contradiction": 1}, "open": {"unreadable": 1}}
    assert "1 contradiction closed" in switchboard("status").out


def test_a_defect_of_ours_is_replayed_after_the_fix(switchboard: Switchboard, scene: Scene) -> None:
    """Every record that a broken rule cost is delivered by its code, once the rule is mended."""
    scene.publish("staff-directory", officer_recorded())
    kind, record = callout("call-7")
    raw = RawRecord(0, None, encode(kind, record), (), NOW)
    place = place_of("feed.durham-police")
    positions.begin(scene.engine.ledger.session, place, 0, NOW)
    refusal = Refusal(RefusalCode.DEFECT, "KeyError in Switchboard")
    scene.engine.ledger.apply(Batch(place, 0, (raw,), 1), NOW, refused=refusal)
    assert _rows(scene, "SELECT owner FROM quarantine") == [("switchboard",)]
    (done,) = switchboard("quarantine", "replay", "--code", "defect", "--json").lines
    assert (done["state"], done["disposition"]) == ("replayed", "recorded")
    nothing = switchboard("quarantine", "replay", "--code", "defect")
    assert (nothing.status, nothing.out) == (1, "")
