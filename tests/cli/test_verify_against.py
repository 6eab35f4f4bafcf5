"""`switchboard ledger verify --against`: who was told, compared with who should have been."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cli.lines import in_file, line
from cli.scene import (
    DESK,
    NOW,
    OFFICER,
    Event,
    Scene,
    allocated_and_assigned,
    callout,
    of_the_desk,
    officer_recorded,
)
from fixtures.command_line import Switchboard

from schemas.codec import to_json
from streams.cli import _against
from streams.domain.identity_acts import EventJoined
from streams.domain.notice_acts import Answered
from streams.domain.notices import Move
from streams.ledger.acting import DESK_CHAIN, Actor

SAID: tuple[tuple[str, Event], ...] = (
    ("staff-directory", officer_recorded()),
    *(("case-management", each) for each in allocated_and_assigned()),
    *(("durham-police", callout(name)) for name in ("call-1", "call-1", "call-2")),
    ("durham-police", callout("call-held", pnc=None)),
)
UNREADABLE = b"no event"


def published(agency: str, offset: int | None, event: Event | None) -> Mapping[str, Any]:
    """Make a line as `publish --record` writes it; bytes that are no event have no record."""
    kind, record = event or (None, None)
    return {
        "type": kind,
        "agency": agency,
        "topic": f"feed.{agency}",
        "partition": None if offset is None else 0,
        "offset": offset,
        "at": "2026-07-06T09:00:00+00:00",
        "record": record and to_json(record),
    }


@pytest.fixture
def lines(scene: Scene) -> list[Mapping[str, Any]]:
    """Play some call-outs, one of them twice, and rubbish; give the lines of all of it."""
    lines: list[Mapping[str, Any]] = []
    ends = dict.fromkeys((agency for agency, _ in SAID), 0)
    for agency, event in SAID:
        scene.publish(agency, event)
        lines.append(published(agency, ends[agency], event))
        ends[agency] += 1
    scene.rubbish("durham-police", UNREADABLE)
    return [*lines, published("durham-police", ends["durham-police"], None)]


def written(folder: Path, lines: list[Mapping[str, Any]]) -> Path:
    """Write the file of what was published."""
    file = folder / "published.jsonl"
    file.write_text("".join(f"{json.dumps(each)}\n" for each in lines), "utf-8")
    return file


def test_a_ledger_that_told_everybody_is_as_the_model_says(
    switchboard: Switchboard, lines: list[Mapping[str, Any]], tmp_path: Path
) -> None:
    """Nothing is otherwise, and the answer is yes."""
    answer = switchboard("ledger", "verify", "--against", written(tmp_path, lines), "--json")
    assert answer.status == 0, answer.out
    assert answer.lines[-1] == {"what": "verified", "holds": True, "broken": 0, "otherwise": 0}


def test_what_waited_on_the_disk_is_found_by_its_id(
    switchboard: Switchboard, lines: list[Mapping[str, Any]], tmp_path: Path
) -> None:
    """A line that was written before Kafka had the event has no place, and is compared as well."""
    early = [{**each, "partition": None, "offset": None} for each in lines[:3]]
    file = written(tmp_path, [*early, *lines[3:]])
    assert switchboard("ledger", "verify", "--against", file).status == 0


def test_an_event_that_never_came_is_named(
    switchboard: Switchboard, lines: list[Mapping[str, Any]], tmp_path: Path
) -> None:
    """What Kafka had and the ledger has not is said, with what should have come of it."""
    lost = published("durham-police", 99, callout("call-lost"))
    answer = switchboard("ledger", "verify", "--against", written(tmp_path, [*lines, lost]))
    assert answer.status == 1
    assert "event call-lost of durham-police" in answer.out
    assert "expected routed; found nothing" in answer.out
    assert "1 difference from the model" in answer.err


def test_who_was_told_wrongly_is_named(
    switchboard: Switchboard, scene: Scene, lines: list[Mapping[str, Any]], tmp_path: Path
) -> None:
    """Another ending than the rules give is said of each event, in words and for programs."""
    file = written(tmp_path, [each for each in lines if each["agency"] != "case-management"])
    answer = switchboard("ledger", "verify", "--against", file, "--json")
    found = [told for told in answer.lines if told["what"] == "otherwise"]
    assert answer.status == 1
    unheard = [each for each in found if each["expected"] == "nobody published it"]
    assert [each["event"].split(" ")[0] for each in unheard] == [
        "case-management/alloc-1",
        "case-management/assign-1",
    ]
    assert {each["found"] for each in found if each["expected"] == "recorded"} == {"routed", "held"}
    assert answer.lines[-1]["otherwise"] == len(found) == 5


def test_what_came_after_an_answer_is_left_out_and_counted(
    switchboard: Switchboard, scene: Scene, lines: list[Mapping[str, Any]], tmp_path: Path
) -> None:
    """The model knows nothing of what people did, so it claims nothing of what followed."""
    (notice, *_) = switchboard("notices", "--json").lines
    actor = Actor(scene.engine.ledger.session, scene.engine.ledger.rules, DESK_CHAIN)
    actor.act([Answered(UUID(notice["notice_id"]), Move.ACKNOWLEDGE, OFFICER)], NOW)
    later = callout("call-later")
    scene.publish("durham-police", later)
    file = written(tmp_path, [*lines, published("durham-police", 5, later)])
    answer = switchboard("ledger", "verify", "--against", file, "--json")
    assert answer.status == 0, answer.out
    assert {"what": "not_compared", "events": 1} in answer.lines


@pytest.mark.parametrize("text", ["not JSON", '{"type": "case.allocated.v1"}'])
def test_another_file_is_a_mistake_of_usage(
    switchboard: Switchboard, scene: Scene, tmp_path: Path, text: str
) -> None:
    """A file that `publish --record` did not write is refused in words."""
    file = tmp_path / "published.jsonl"
    file.write_text(text, "utf-8")
    answer = switchboard("ledger", "verify", "--against", file)
    assert answer.status == 2
    assert "publish --record" in answer.err


def test_where_there_is_no_model_that_is_said(
    switchboard: Switchboard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An installed program without a checkout, or a file that is not there, is refused at once."""
    assert switchboard("ledger", "verify", "--against", tmp_path / "none.jsonl").status == 2
    monkeypatch.setattr(_against, "MODEL", tmp_path)
    answer = switchboard("ledger", "verify", "--against", written(tmp_path, []))
    assert answer.status == 2
    assert "checkout" in answer.err


def test_publishing_records_what_was_sent(switchboard: Switchboard, tmp_path: Path) -> None:
    """Every event that was taken has its line, which only its owner may read."""
    file = tmp_path / "published.jsonl"
    gateway = {"gateway": "offender_management_act_2007_s14"}
    said = [{**each, "meta": each["meta"] | gateway} for each in (line("a1"), line("a2"))]
    sent = in_file(tmp_path, *said)
    switchboard("publish", sent, "--kafka", "127.0.0.1:1", "--record", file)
    told = [json.loads(each) for each in file.read_text("utf-8").splitlines()]
    assert [each["record"]["meta"]["event_id"] for each in told] == ["a1", "a2"]
    assert {(each["agency"], each["offset"]) for each in told} == {("case-management", None)}
    assert file.stat().st_mode & 0o777 == 0o600


def test_what_was_decided_since_is_left_out(
    switchboard: Switchboard, scene: Scene, lines: list[Mapping[str, Any]], tmp_path: Path
) -> None:
    """Whom a human says that a held event is about, the model does not hear."""
    scene.publish("staff-directory", *of_the_desk())
    ledger = scene.engine.ledger
    row = ledger.session.execute(
        "SELECT e.seq, c.person_id FROM event e, case_file c WHERE e.event_id = 'call-held'"
    ).fetchone()
    assert row is not None
    actor = Actor(ledger.session, ledger.rules, DESK_CHAIN, secret=ledger.secret)
    assert not actor.act([EventJoined(*row, DESK, "they rang")], NOW).refused
    desk = [published("staff-directory", at, said) for at, said in enumerate(of_the_desk(), 1)]
    file = written(tmp_path, [*lines, *desk])
    answer = switchboard("ledger", "verify", "--against", file, "--json")
    assert answer.status == 0, answer.out
    assert {"what": "not_compared", "events": 1} in answer.lines
