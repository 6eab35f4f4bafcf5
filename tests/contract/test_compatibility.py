"""Compatibility: which changes of a schema a new reader survives, and which field says no."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import fastavro
import pytest

from schemas.compatibility import compare

if TYPE_CHECKING:
    from fixtures.schema_folder import Json


def record(*fields: dict[str, Any], name: str = "R", **more: Json) -> dict[str, Any]:
    """Make a record."""
    return {"type": "record", "name": name, "fields": list(fields), **more}


def field(kind: object, name: str = "x", **more: Json) -> dict[str, Any]:
    """Make a field."""
    return {"name": name, "type": kind, **more}


def enum(*symbols: str, name: str = "E", **more: Json) -> dict[str, Any]:
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


def value_for(schema: Json, known: dict[str, Any]) -> Json:
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
