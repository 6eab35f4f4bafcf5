"""`switchboard quarantine`: what was refused and why; its content only to whom the audit names."""

import base64
import json
from datetime import timedelta
from typing import Final

import pytest
from cli.scene import FAMILY, PERSONAL, STREET, Scene, callout
from fixtures.command_line import Switchboard

from streams.domain.errors import REFUSED_FOR_MAX
from streams.ledger.erasing_refused import erase_refused
from streams.ledger.picking import Watch

HOUR: Final = timedelta(hours=1)


def test_the_list_says_where_why_and_whose_move(switchboard: Switchboard, morning: Scene) -> None:
    """A refused record is listed with its place, reason, owner and size."""
    (record,) = switchboard("quarantine", "list", "--json").lines
    assert (record["topic"], record["partition"], record["offset"]) == ("feed.durham-police", 0, 5)
    assert (record["code"], record["owner"], record["size"]) == ("unreadable", "durham-police", 30)
    text = switchboard("quarantine", "list").out
    assert text.startswith("Q1  feed.durham-police[0]@5")
    assert text.endswith("1 record (open).\n")


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (("--owner", "durham-police"), 1),
        (("--owner", "switchboard"), 0),
        (("--feed", "durham-police"), 1),
        (("--feed", "feed.hmcts"), 0),
        (("--code", "contradiction"), 0),
        (("--state", "closed"), 0),
        (("--state", "all"), 1),
    ],
)
def test_filters_narrow_the_list(
    switchboard: Switchboard, morning: Scene, options: tuple[str, ...], count: int
) -> None:
    """Owner, feed, reason and state each leave only what was asked for."""
    assert len(switchboard("quarantine", "list", "--json", *options).lines) == count


@pytest.mark.parametrize("given", ["1", "Q1", "q1", "feed.durham-police[0]@5"])
def test_a_record_is_shown_without_what_it_holds(
    switchboard: Switchboard, morning: Scene, given: str
) -> None:
    """Headers and the sort of bytes are shown; content, which may be personal, is not."""
    for form in ((), ("--json",)):
        answer = switchboard("quarantine", "show", given, *form)
        assert answer.status == 0
        assert "call-bad" in answer.out
        assert [word for word in PERSONAL if word in answer.out] == []
    assert _consultations(morning) == []


def test_who_looks_inside_is_audited_first(switchboard: Switchboard, morning: Scene) -> None:
    """--reveal shows the bytes, and the audit says who looked at what."""
    (record,) = switchboard("quarantine", "show", "1", "--reveal", "--json").lines
    assert base64.b64decode(record["value_base64"]) == f"{FAMILY} of {STREET}".encode()
    (entry,) = _consultations(morning)
    assert (entry["action"], entry["quarantine"]) == ("consulted", 1)
    assert entry["by"].startswith("os:")
    assert "Canarysurname of" in switchboard("quarantine", "show", "1", "--reveal").out
    assert len(_consultations(morning)) == 2
    assert switchboard("ledger", "verify").status == 0


def test_a_record_that_can_be_decoded_is_only_when_revealed(
    switchboard: Switchboard, morning: Scene
) -> None:
    """A contradiction is a good record: its fields are personal data, its id and type are not."""
    morning.publish("durham-police", callout("call-1", nature="allegation"))
    closed = switchboard("quarantine", "show", "2", "--json")
    (shown,) = closed.lines
    assert (shown["event_id"], shown["looks_like"]) == ("call-1", "Avro single-object encoding")
    assert [word for word in PERSONAL if word in closed.out] == []
    (opened,) = switchboard("quarantine", "show", "2", "--reveal", "--json").lines
    assert opened["decoded"]["person"]["name"]["family_name"] == FAMILY


def test_nothing_by_that_id_is_the_answer_no(switchboard: Switchboard, morning: Scene) -> None:
    """An id that is not in quarantine is said in words, and is not audited as looked at."""
    for given in ("77", "Q77", "nonsense", "feed.x[0]@1"):
        answer = switchboard("quarantine", "show", given, "--reveal")
        assert (answer.status, answer.out) == (1, "")
        assert "nothing is quarantined as" in answer.err
    assert _consultations(morning) == []


def test_headers_of_strangers_are_not_shown(switchboard: Switchboard, morning: Scene) -> None:
    """Only headers that carry identifiers have their text shown; of others the length is."""
    morning.rubbish("durham-police", b"", note=f"about {FAMILY}")
    answer = switchboard("quarantine", "show", "2")
    assert "note: <19 bytes>" in answer.out
    assert FAMILY not in answer.out


def _consultations(scene: Scene) -> list[dict[str, object]]:
    """Return the audit of those who looked inside."""
    found = scene.engine.ledger.session.execute(
        "SELECT body FROM audit WHERE chain = 'consultations' ORDER BY number"
    ).fetchall()
    return [json.loads(row[0]) for row in found]


def test_what_was_erased_says_so(switchboard: Switchboard, morning: Scene) -> None:
    """A record whose time is up is listed and shown with its reason, and that it holds nothing."""
    session = morning.engine.ledger.session
    at = morning.engine.now + REFUSED_FOR_MAX
    switchboard("quarantine", "close", "1", "--because", "never needed")
    erase_refused(session, Watch(morning.engine.ledger.rules, HOUR, secret=b"x"), at)
    listed = switchboard("quarantine", "list", "--state", "closed").out
    assert "unreadable  durham-police  no readable type, erased" in listed
    for form in ((), ("--reveal",)):
        shown = switchboard("quarantine", "show", "1", *form).out
        assert "refused    unreadable: " in shown
        assert "value      erased " in shown
        assert "by clock: its time was up; 30 bytes, " in shown
        assert "--reveal" not in shown
    (document,) = switchboard("quarantine", "show", "1", "--json").lines
    assert (document["state"], document["size"], document["headers"]) == ("closed", None, [])
    assert document["erased_at"] is not None
    answer = switchboard("quarantine", "replay", "1")
    assert answer.status == 1
    assert "is closed already" in answer.out
    assert "REFUSED and quarantined as Q1" in switchboard("explain", "Q1").out


@pytest.mark.parametrize(
    ("option", "known"), [("--state", "replayed"), ("--code", "contradiction")]
)
def test_a_word_that_no_record_can_have_is_refused(
    switchboard: Switchboard, option: str, known: str
) -> None:
    """Who mistypes a state or a reason is not told that there are no such records."""
    answer = switchboard("quarantine", "list", option, "opne")
    assert (answer.status, answer.out) == (2, "")
    assert known in answer.err
