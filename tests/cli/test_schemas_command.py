"""`switchboard schemas`: publishers get the contract, and changes that break it are named."""

import json
from pathlib import Path

from fixtures.command_line import Switchboard

CALLOUT = "police.domestic_abuse_callout.v1"


def test_the_list_has_every_type_with_its_fingerprint(switchboard: Switchboard) -> None:
    """Each event and notice is one line."""
    lines = switchboard("schemas", "list", "--json").lines
    by_type = {line["type"]: line for line in lines}
    assert by_type[CALLOUT]["kind"] == "event"
    assert by_type["notices.new_offence.v1"]["kind"] == "notice"
    assert len({line["fingerprint"] for line in lines}) == len(lines)
    assert CALLOUT in switchboard("schemas", "list").out


def test_an_export_is_read_by_this_catalogue(switchboard: Switchboard, tmp_path: Path) -> None:
    """What was exported passes the check, whole and by single files."""
    folder = tmp_path / "contract"
    assert switchboard("schemas", "export", folder).status == 0
    assert switchboard("schemas", "check", folder).status == 0
    assert switchboard("schemas", "check", folder / f"stand_alone/{CALLOUT}.avsc").status == 0
    assert switchboard("schemas", "check").status == 0
    assert (folder / "catalogue.md").read_text("utf-8").startswith("# Event catalogue")


def test_an_export_never_writes_over_anything(switchboard: Switchboard, tmp_path: Path) -> None:
    """A folder that has something in it is refused."""
    (tmp_path / "kept.txt").write_text("mine", "utf-8")
    assert switchboard("schemas", "export", tmp_path).status == 2
    assert [file.name for file in tmp_path.iterdir()] == ["kept.txt"]


def test_what_cannot_be_read_is_named(switchboard: Switchboard, tmp_path: Path) -> None:
    """An older copy with a type and a field that are gone is answered no, with the field."""
    folder = tmp_path / "contract"
    switchboard("schemas", "export", folder)
    file = folder / "avro/police/domestic_abuse_callout.v1.avsc"
    schema = json.loads(file.read_text("utf-8"))
    schema["fields"].append({"name": "weather", "type": "string"})
    file.write_text(json.dumps(schema), "utf-8")
    answer = switchboard("schemas", "check", folder, "--json")
    assert answer.status == 1
    assert {line["old"] for line in answer.lines} == {CALLOUT}
    assert any("weather" in line["path"] for line in answer.lines)
    gone = folder / "stand_alone/police.never_there.v1.avsc"
    (folder / f"stand_alone/{CALLOUT}.avsc").rename(gone)
    assert "was removed" in switchboard("schemas", "check", gone).out


def test_what_is_no_copy_is_usage(switchboard: Switchboard, tmp_path: Path) -> None:
    """A folder without schemas, a missing one, and a file of another name end with 2."""
    other = tmp_path / "other.txt"
    other.write_text("{}", "utf-8")
    for older in (tmp_path, tmp_path / "missing", other):
        assert switchboard("schemas", "check", older).status == 2
