"""`switchboard check` tells whether a file is good, with the place and the way to mend it."""

from pathlib import Path

import pytest
from cli.lines import Line, in_file, line
from fixtures.command_line import Switchboard


def test_a_good_file_is_good(switchboard: Switchboard, tmp_path: Path) -> None:
    """Each event is named with its type, and the sum is said in words."""
    file = in_file(tmp_path, line("a1"), "", line("a2"))
    answer = switchboard("check", file)
    assert (answer.status, answer.err) == (0, "")
    assert answer.out.splitlines()[-1] == "2 events."
    assert [told["event_id"] for told in switchboard("check", file, "--json").lines] == ["a1", "a2"]


def test_every_fault_has_its_line_and_its_mending(switchboard: Switchboard, tmp_path: Path) -> None:
    """A bad line stops no other, and is told with place, what was expected, came and the fix."""
    file = in_file(tmp_path, line("a1"), "", line("a2", provider=7), '{"type": "case.allo')
    answer = switchboard("check", file, "--json")
    good, wrong, broken = answer.lines
    assert answer.status == 1
    assert good["event_id"] == "a1"
    assert (wrong["path"], broken["path"]) == ("line 3: provider", "line 4")
    assert all(told[name] for told in (wrong, broken) for name in ("expected", "came", "fix"))
    assert "line 1" not in broken["came"]
    assert switchboard("check", file).out.splitlines()[-1] == "1 event, 2 rejected."


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"provider": "x" * 900}, "provider"),
        ({"type": "police.cautioned", "kind": "simple"}, "case-management may not publish"),
    ],
)
def test_what_the_worker_would_refuse_is_refused_now(
    switchboard: Switchboard, tmp_path: Path, changed: Line, words: str
) -> None:
    """Limits and grants that a schema cannot say are checked as the worker will check them."""
    bad = line("a1", **changed)
    if "kind" in changed:
        bad = {name: bad[name] for name in ("type", "meta", "person", "kind")}
    (told,) = switchboard("check", in_file(tmp_path, bad), "--json").lines
    assert told["outcome"] == "rejected"
    assert words in told["came"]


def test_an_agency_that_nobody_knows_is_said(switchboard: Switchboard, tmp_path: Path) -> None:
    """A line of no registered agency is rejected; --agency says whose it is."""
    stranger = line("a1")
    del stranger["meta"]["publisher"]
    file = in_file(tmp_path, stranger)
    (told,) = switchboard("check", file, "--json").lines
    assert (told["path"], told["agency"]) == ("line 1: meta.publisher", None)
    assert switchboard("check", file, "--agency", "case-management").status == 0
    assert switchboard("check", file, "--agency", "nobody").status == 2
    assert switchboard("check", file, "--source", "nothing").status == 2


def test_a_file_of_another_publisher_is_refused(switchboard: Switchboard, tmp_path: Path) -> None:
    """--agency is not believed against what the event itself says."""
    answer = switchboard("check", in_file(tmp_path, line("a1")), "--agency", "durham-police")
    assert answer.status == 1
    assert "REJECTED" in answer.out


def test_bytes_of_no_known_format_are_said(switchboard: Switchboard, tmp_path: Path) -> None:
    """A file that no source recognises is rejected with the formats that there are."""
    file = tmp_path / "letter.txt"
    file.write_bytes(b"\xff\xfeDear officer")
    (told,) = switchboard("check", file, "--json").lines
    assert "common_platform" in told["expected"]
    assert switchboard("check", file).out.endswith("0 events, 1 rejected.\n")


def test_an_empty_file_is_not_good(switchboard: Switchboard, tmp_path: Path) -> None:
    """Nothing at all is not silence: it is rejected."""
    answer = switchboard("check", in_file(tmp_path))
    assert answer.status == 1
    assert "0 events, 1 rejected." in answer.out


@pytest.mark.parametrize(
    ("raw", "came"),
    [
        (b'{"hearing": {"id": "1",', "stops being JSON at line 1, column 24"),
        (b'{"hearing": {"id": NaN}}', "the constant NaN"),
        (b'{"hearing": "' + b"x" * 6_000_000 + b'"}', "6,000,015 bytes"),
        (b"[" * 100_000, "nested too deep"),
        (b" \n", "nothing at all"),
    ],
)
def test_a_broken_payload_says_where_it_breaks(
    switchboard: Switchboard, tmp_path: Path, raw: bytes, came: str
) -> None:
    """A payload that was cut short is no riddle of formats: what is wrong with it is said."""
    file = tmp_path / "payload.json"
    file.write_bytes(raw)
    (told,) = switchboard("check", file, "--json").lines
    assert came in told["came"]
    assert told["fix"]


def test_a_folder_is_said_to_be_one(switchboard: Switchboard, tmp_path: Path) -> None:
    """A name that is there and is no file is not said to be missing."""
    answer = switchboard("check", tmp_path)
    assert (answer.status, "this is a folder" in answer.err) == (2, True)


def test_ids_are_those_that_publish_sends(
    switchboard: Switchboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A court's payload has the same ids here as in the ledger, by the secret of the setting."""
    file = Path(__file__).parents[2] / "examples" / "court-result.json"
    found = []
    for secret in ("one secret of the tests", "another secret of the tests"):
        monkeypatch.setenv("SWITCHBOARD_KEY_SECRET", secret)
        found += [switchboard("check", file, "--json").lines[0]["event_id"] for _ in range(2)]
    assert found[0] == found[1] != found[2] == found[3]
