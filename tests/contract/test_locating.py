"""A refusal of bytes names the field in which they stop being a record."""

from __future__ import annotations

from copy import deepcopy
from io import BytesIO
from typing import Any

import pytest
from fastavro import schemaless_writer

from schemas import catalogue
from schemas.codec import HEADER_BYTES, CodecRefused, decode, encode, from_json
from schemas.locating import where_it_stops

CALLOUT = "police.domestic_abuse_callout.v1"
DATE = {"type": "int", "logicalType": "date"}
TYPES = sorted(catalogue.types())


def example(event_type: str) -> dict[str, Any]:
    """Return the example of a type as a record."""
    return from_json(event_type, dict(catalogue.schema_of(event_type).example))


def places(value: object, path: str = "") -> list[str]:
    """List the paths of every value in a record as a refusal writes them."""
    inside: list[tuple[str, Any]] = []
    if isinstance(value, dict):
        inside = [(f"{path}.{name}" if path else name, each) for name, each in value.items()]
    elif isinstance(value, list):
        inside = [(f"{path}[{index}]", each) for index, each in enumerate(value)]
    return [path, *(found for name, each in inside for found in places(each, name))]


@pytest.mark.parametrize("event_type", TYPES)
def test_a_whole_message_stops_nowhere(event_type: str) -> None:
    """A record that can be read has no field that is wrong."""
    schema = catalogue.schema_of(event_type)
    whole = encode(event_type, example(event_type))
    assert where_it_stops(schema.tree, whole, HEADER_BYTES) is None


@pytest.mark.parametrize("event_type", TYPES)
def test_a_message_cut_anywhere_names_a_field_of_it(event_type: str) -> None:
    """Wherever a message ends too early, the refusal names one of its fields, and later ones later.

    A list that ends in the middle is named itself, or the item that is missing.
    """
    record = example(event_type)
    known, names = places(record), []
    whole = encode(event_type, record)
    for length in range(HEADER_BYTES, len(whole)):
        found = where_it_stops(catalogue.schema_of(event_type).tree, whole[:length], HEADER_BYTES)
        assert found is not None
        names.append(found[0])
    assert set(names) <= set(known)
    assert names[0].split(".")[0] == known[1].split(".")[0]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"summary": "a\0b"}, "summary: expected text in UTF-8 without NUL"),
        ({"children_count": 2**31}, "children_count: expected a whole number of 32 bits"),
        ({"person": {"born_on": 10**8}}, "person.born_on: expected a date of the years 1 to 9999"),
        ({"meta": {"occurred_at": 2**62}}, "meta.occurred_at: expected an instant"),
        (
            {
                "person": {
                    "aliases": [
                        {"kind": "alias", "given_name": "A", "family_name": family}
                        for family in ("B", "C\0")
                    ]
                }
            },
            "person.aliases[1].family_name: expected text",
        ),
    ],
)
def test_a_refusal_names_the_field_and_what_was_expected(
    changes: dict[str, Any], said: str
) -> None:
    """What cannot be held is named by its path, in lists too."""
    schema = deepcopy(catalogue.schema_of(CALLOUT).parsed)
    count = next(each for each in schema["fields"] if each["name"] == "children_count")
    count["type"] = ["null", "long"]
    record = example(CALLOUT)
    for name, value in changes.items():
        record[name] = {**record[name], **value} if isinstance(value, dict) else value
    out = BytesIO()
    schemaless_writer(out, schema, record)
    with pytest.raises(CodecRefused) as caught:
        decode(encode(CALLOUT, example(CALLOUT))[:HEADER_BYTES] + out.getvalue())
    assert said in caught.value.words


def test_a_list_in_blocks_is_walked_as_one() -> None:
    """A writer may give a list in blocks, each with its size in bytes; items are counted on."""
    schema = {
        "type": "record",
        "name": "R",
        "fields": [{"name": "days", "type": {"type": "array", "items": DATE}}],
    }
    day = b"\x02"
    blocks = b"\x02" + day + b"\x01\x02" + day + b"\x02" + b"\xfe\xff\xff\xff\x0f" + b"\x00"
    assert where_it_stops(schema, blocks, 0) == ("days[2]", "a date of the years 1 to 9999")
    assert where_it_stops(schema, blocks[:-6] + day + b"\x00", 0) is None
