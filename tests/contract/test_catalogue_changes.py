"""What may change in the folder of schemas, and what is refused with its field and versions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fixtures.schema_folder import META, Json, event, schema_folder, write_schema

from schemas.compatibility import check_catalogue

DATE = {"type": "int", "logicalType": "date"}
INSTANT = {"type": "long", "logicalType": "timestamp-micros"}


def field_of(name: str, kind: object, **more: Json) -> dict[str, Any]:
    """Make a field of a sample event."""
    return {"name": name, "type": kind, **more}


NOTE = field_of("note", "string")
OPTIONAL = field_of("note", ["null", "string"], default=None)


def folders(tmp_path: Path, old: dict[str, object], new: dict[str, object]) -> tuple[Path, Path]:
    """Write the catalogue before and after."""
    return schema_folder(tmp_path / "old", old), schema_folder(tmp_path / "new", new)


def test_a_new_version_and_a_new_type_are_welcome(tmp_path: Path) -> None:
    """Adding a type, and a version that reads the earlier one, is no incompatibility."""
    old = {"lab/sample.v1": event(NOTE)}
    new = {**old, "lab/sample.v2": event(OPTIONAL), "lab/other.v1": event(name="Other")}
    assert check_catalogue(*folders(tmp_path, old, new)) == ()


def test_a_version_that_cannot_read_the_earlier_names_both(tmp_path: Path) -> None:
    """A version that cannot read an earlier one is refused with field and versions."""
    old = {"lab/sample.v1": event(OPTIONAL)}
    new = {**old, "lab/sample.v2": event(NOTE)}
    (found,) = check_catalogue(*folders(tmp_path, old, new))
    assert (found.path, found.old, found.new) == ("note", "lab.sample.v1", "lab.sample.v2")


def test_the_third_version_must_read_the_first(tmp_path: Path) -> None:
    """Steps that are each allowed may not add up to one that is not.

    The second version drops the field, which any reader may do; the third brings the name back
    with another type: it reads the second, and cannot read the first.
    """
    number = field_of("note", "int", default=0)
    schemas = [event(NOTE), event(), event(number)]
    new = {f"lab/sample.v{index}": each for index, each in enumerate(schemas, start=1)}
    (found,) = check_catalogue(*folders(tmp_path, {"lab/sample.v1": event(NOTE)}, new))
    assert (found.path, found.old, found.new) == ("note", "lab.sample.v1", "lab.sample.v3")


def test_a_removed_type_is_refused(tmp_path: Path) -> None:
    """A type whose file is gone is refused, since the log still holds its events."""
    (found,) = check_catalogue(*folders(tmp_path, {"lab/sample.v1": event()}, {}))
    assert found.old == "lab.sample.v1"
    assert "removed" in found.why


INTS = {"type": "array", "items": "int"}
TWO = {"type": "enum", "name": "Two", "symbols": ["a", "b"]}


@pytest.mark.parametrize(
    ("before", "after", "paths"),
    [
        (NOTE, OPTIONAL, ["note"]),
        (NOTE, {**NOTE, "default": ""}, ["note"]),
        ({**NOTE, "default": "a"}, {**NOTE, "default": ""}, ["note"]),
        (field_of("day", DATE), field_of("day", "int"), ["day"]),
        (field_of("day", DATE), field_of("day", INSTANT), ["day"]),
        (NOTE, field_of("text", "string"), ["note", "text"]),
        (field_of("two", TWO), field_of("two", {**TWO, "symbols": ["a"]}), ["two"]),
        (field_of("two", TWO), field_of("two", {**TWO, "symbols": ["b", "a"]}), ["two"]),
        (field_of("all", INTS), field_of("all", {**INTS, "items": "double"}), ["all[]"]),
        (NOTE, {**NOTE, "doc": "What was noted."}, []),
    ],
)
def test_a_published_version_must_not_change_but_for_its_words(
    tmp_path: Path,
    before: dict[str, Any],
    after: dict[str, Any],
    paths: list[str],
) -> None:
    """A change in place is refused with the field, even one that every reader would survive."""
    old, new = {"lab/sample.v1": event(before)}, {"lab/sample.v1": event(after)}
    found = check_catalogue(*folders(tmp_path, old, new))
    assert sorted(each.path for each in found) == paths
    assert all("lab.sample.v2" in each.fix for each in found)


def test_fields_that_change_places_are_a_change_in_place(tmp_path: Path) -> None:
    """The order of fields is part of the bytes, so a published version keeps it."""
    day = field_of("day", DATE)
    old, new = {"lab/sample.v1": event(NOTE, day)}, {"lab/sample.v1": event(day, NOTE)}
    (found,) = check_catalogue(*folders(tmp_path, old, new))
    assert found.path == ""
    assert "record: a published version was changed" in str(found)


def test_a_shared_type_changed_in_place_is_found_in_every_event_that_uses_it(
    tmp_path: Path,
) -> None:
    """A field added to Meta version 1 is refused at the events that refer to it."""
    schemas = {"lab/sample.v1": event(), "lab/other.v1": event(name="Other")}
    old, new = folders(tmp_path, schemas, schemas)
    fields = [*META["fields"], field_of("sent_by", ["null", "string"], default=None)]
    write_schema(new, "common/meta.v1", {**META, "fields": fields}, example=False)
    found = check_catalogue(old, new)
    assert [(each.old, each.path) for each in found] == [
        ("lab.other.v1", "meta.sent_by"),
        ("lab.sample.v1", "meta.sent_by"),
    ]


def test_the_installed_catalogue_agrees_with_itself() -> None:
    """Every version in our own catalogue reads every earlier one of its type."""
    folder = Path(__file__).parents[2] / "schemas" / "avro"
    assert check_catalogue(folder, folder) == ()
