"""Compatibility: which changes of a schema a new reader survives, and which field says no."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import fastavro
import pytest
from fixtures.schema_folder import META, event, schema_folder, write_schema

from schemas.compatibility import check_catalogue, compare


def record(*fields: dict[str, Any], name: str = "R", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Make a record."""
    return {"type": "record", "name": name, "fields": list(fields), **more}


def field(kind: object, name: str = "x", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Make a field."""
    return {"name": name, "type": kind, **more}


def enum(*symbols: str, name: str = "E", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Make a closed list."""
    return {"type": "enum", "name": name, "symbols": list(symbols), **more}


def array(items: object) -> dict[str, Any]:
    """Make a list."""
    return {"type": "array", "items": items}


def deep(kind: str) -> dict[str, Any]:
    """Make a record with a value of this type three levels down."""
    inner = record(field(kind, "z"), name="Inner")
    return record(field(array(record(field(["null", inner], "y"), name="Item"))))


DATE = {"type": "int", "logicalType": "date"}
INSTANT = {"type": "long", "logicalType": "timestamp-micros"}

# What was, what is, and the paths that must be named; none where the new one reads the old.
CHANGES: dict[str, tuple[Any, Any, list[str]]] = {
    "nothing": (record(field("int")), record(field("int")), []),
    "words only": (record(field("int")), record(field("int", doc="More.")), []),
    "order of fields": (
        record(field("int"), field("int", "y")),
        record(field("int", "y"), field("int")),
        [],
    ),
    "int to long": (record(field("int")), record(field("long")), []),
    "int to double": (record(field("int")), record(field("double")), []),
    "long to float": (record(field("long")), record(field("float")), []),
    "float to double": (record(field("float")), record(field("double")), []),
    "string to bytes": (record(field("string")), record(field("bytes")), []),
    "bytes to string": (record(field("bytes")), record(field("string")), []),
    "long to int": (record(field("long")), record(field("int")), ["x"]),
    "double to long": (record(field("double")), record(field("long")), ["x"]),
    "int to string": (record(field("int")), record(field("string")), ["x"]),
    "string to enum": (record(field("string")), record(field(enum("a"))), ["x"]),
    "boolean to int": (record(field("boolean")), record(field("int")), ["x"]),
    "date to plain int": (record(field(DATE)), record(field("int")), ["x"]),
    "field gone": (record(field("int"), field("int", "y")), record(field("int")), []),
    "field added, needed": (record(), record(field("int")), ["x"]),
    "field added, with default": (record(), record(field("int", default=0)), []),
    "field added, optional": (record(), record(field(["null", "int"], default=None)), []),
    "field renamed": (record(field("int")), record(field("int", "y")), ["y"]),
    "field renamed, with alias": (
        record(field("int")),
        record(field("int", "y", aliases=["x"])),
        [],
    ),
    "field renamed and retyped": (
        record(field("string")),
        record(field("int", "y", aliases=["x"])),
        ["y"],
    ),
    "field renamed, default but no alias": (
        record(field("int")),
        record(field("int", "y", default=0)),
        [],
    ),
    "needed to optional": (record(field("int")), record(field(["null", "int"], default=None)), []),
    "needed to optional, promoted": (record(field("int")), record(field(["null", "long"])), []),
    "optional to needed": (record(field(["null", "int"])), record(field("int")), ["x"]),
    "optional to optional of another type": (
        record(field(["null", "string"])),
        record(field(["null", "int"])),
        ["x"],
    ),
    "branch added": (record(field(["null", "int"])), record(field(["null", "int", "string"])), []),
    "branch gone": (
        record(field(["null", "int", "string"])),
        record(field(["null", "int"])),
        ["x"],
    ),
    "plain type to a union without it": (
        record(field("string")),
        record(field(["null", "int"])),
        ["x"],
    ),
    "symbol added": (record(field(enum("a"))), record(field(enum("a", "b"))), []),
    "symbols in another order": (record(field(enum("a", "b"))), record(field(enum("b", "a"))), []),
    "symbol gone": (record(field(enum("a", "b"))), record(field(enum("a"))), ["x"]),
    "symbol gone, with default": (
        record(field(enum("a", "b"))),
        record(field(enum("a", default="a"))),
        [],
    ),
    "enum renamed": (record(field(enum("a"))), record(field(enum("a", name="F"))), ["x"]),
    "enum renamed, with alias": (
        record(field(enum("a"))),
        record(field(enum("a", name="F", aliases=["E"]))),
        [],
    ),
    "record moved to another namespace": (
        record(field(record(name="In", namespace="one"))),
        record(field(record(name="In", namespace="two"))),
        [],
    ),
    "items promoted": (record(field(array("int"))), record(field(array("long"))), []),
    "items changed": (record(field(array("int"))), record(field(array("string"))), ["x[]"]),
    "list to single": (record(field(array("int"))), record(field("int")), ["x"]),
    "map values changed": (
        record(field({"type": "map", "values": "long"})),
        record(field({"type": "map", "values": "int"})),
        ["x{}"],
    ),
    "fixed resized": (
        record(field({"type": "fixed", "name": "F", "size": 4})),
        record(field({"type": "fixed", "name": "F", "size": 8})),
        ["x"],
    ),
    "deep inside": (deep("int"), deep("string"), ["x[].y.z"]),
    "used twice, changed once written": (
        record(field(enum("a", "b")), field("E", "y")),
        record(field(enum("a")), field("E", "y")),
        ["x", "y"],
    ),
    "two changes": (
        record(field("int"), field("int", "y")),
        record(field("string"), field("boolean", "y")),
        ["x", "y"],
    ),
}

# One value of each type, for the record that the old schema writes.
VALUES: dict[str, Any] = {
    "int": 1,
    "long": 2**40,
    "float": 1.5,
    "double": 1.5,
    "string": "text",
    "bytes": b"text",
    "boolean": True,
}


def value_for(schema: Any, known: dict[str, Any]) -> Any:  # noqa: ANN401 - any Avro
    """Give the value of a schema that is hardest to read: last branch, last symbol, one item."""
    if isinstance(schema, list):
        return value_for(schema[-1], known)
    if isinstance(schema, str):
        return VALUES[schema] if schema in VALUES else value_for(known[schema], known)
    known[schema.get("name", "")] = schema
    if schema["type"] == "record":
        return {each["name"]: value_for(each["type"], known) for each in schema["fields"]}
    if schema["type"] == "enum":
        return schema["symbols"][-1]
    if schema["type"] == "array":
        return [value_for(schema["items"], known)]
    if schema["type"] == "map":
        return {"key": value_for(schema["values"], known)}
    return b"\0" * schema["size"] if schema["type"] == "fixed" else VALUES[schema["type"]]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_names_the_fields_that_cannot_be_read(change: str) -> None:
    """Each change of a schema is allowed, or refused with the path of every field it breaks."""
    old, new, paths = CHANGES[change]
    found = compare(old, new)
    assert [each.path for each in found] == paths
    assert all(each.why and each.fix for each in found)


@pytest.mark.parametrize("change", sorted(each for each in CHANGES if not CHANGES[each][2]))
def test_what_is_allowed_can_really_be_read(change: str) -> None:
    """Whatever we allow, an Avro reader with the new schema does read."""
    old, new, _ = CHANGES[change]
    out = BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(old), value_for(old, {}))
    out.seek(0)
    came = fastavro.schemaless_reader(out, fastavro.parse_schema(old), fastavro.parse_schema(new))
    assert isinstance(came, dict)


def test_an_optional_value_made_needed_is_said_to_be_that() -> None:
    """The words of a refusal say what happened, what to do, and between which versions."""
    (found,) = compare(record(field(["null", "int"])), record(field("int")))
    assert str(found) == (
        "the new version cannot read the old version: x: it was optional and is now needed, so an "
        "old record without it cannot be read; keep it optional"
    )


def field_of(name: str, kind: object, **more: Any) -> dict[str, Any]:  # noqa: ANN401
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
        (field_of("all", array("int")), field_of("all", array("long")), ["all[]"]),
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
