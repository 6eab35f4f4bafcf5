"""The catalogue: complete, documented, with valid examples, and refusing what contradicts it."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import fastavro
import pytest
from fastavro.schema import fingerprint, to_parsing_canonical_form
from fixtures.schema_folder import Json, event, schema_folder

from schemas import catalogue
from schemas.catalogue import Fault, load
from schemas.codec import decode, encode, from_json, to_json

ROOT = Path(__file__).parents[2]
TYPES = catalogue.types()
EVENTS = [each for each in TYPES if catalogue.schema_of(each).kind == "event"]
CHECK_LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
WRITE_THE_PAGE = (
    """python -c "import schemas.catalogue as c; print(c.render(), end='')" > docs/catalogue.md"""
)

CONTRACT = {
    "audit": "head_signed",
    "case": "access_restricted allocated assigned deregistered order_ended order_made registered "
    "requirement_ended requirement_imposed risk_assessed",
    "courts": "hearing_listed hearing_resulted warrant_issued",
    "directory": "absence_ended absence_recorded officer_left officer_recorded role_recorded "
    "team_recorded",
    "notices": "domestic_abuse_callout_suspect domestic_abuse_callout_victim identity_held "
    "new_offence new_order repeat_domestic_abuse_callouts",
    "police": "arrested bailed cautioned charged domestic_abuse_callout no_further_action "
    "released_under_investigation",
    "receipts": "records_received",
}


def walk(schema: Json) -> list[dict[str, Any]]:
    """List every record, enum and field inside an expanded schema."""
    if isinstance(schema, list):
        return [found for branch in schema for found in walk(branch)]
    if not isinstance(schema, dict):
        return []
    found = [schema] if schema["type"] in {"record", "enum"} else []
    for each in schema.get("fields", ()):
        found += [each, *walk(each["type"])]
    return found + walk(schema.get("items"))


def identifiers(value: Json) -> list[dict[str, str]]:
    """List every identifier anywhere in an example."""
    if isinstance(value, list):
        return [found for each in value for found in identifiers(each)]
    if not isinstance(value, dict):
        return []
    own = [value] if value.keys() == {"kind", "value"} else []
    return own + [found for each in value.values() for found in identifiers(each)]


def pnc_is_valid(pnc: str) -> bool:
    """Tell whether a long PNC number carries the right check letter."""
    year, serial = pnc[:4], pnc[5:12]
    return pnc[12] == CHECK_LETTERS[int(year[2:] + serial) % 23]


def test_the_catalogue_has_every_event_and_notice_of_the_contract() -> None:
    """The catalogue lists every event and notice that was agreed; later flows add theirs."""
    agreed = {f"{area}.{name}.v1" for area, names in CONTRACT.items() for name in names.split()}
    assert agreed <= set(TYPES)


@pytest.mark.parametrize("event_type", TYPES)
def test_an_example_fits_its_schema_and_survives_the_wire(event_type: str) -> None:
    """Every example is valid, and is the same after encoding, decoding and JSON."""
    record = from_json(event_type, dict(catalogue.schema_of(event_type).example))
    assert catalogue.check(event_type, record) == ()
    decoded = decode(encode(event_type, record))
    assert decoded == (event_type, record)
    assert from_json(event_type, json.loads(json.dumps(to_json(decoded.record)))) == record


@pytest.mark.parametrize("event_type", TYPES)
def test_everything_in_a_schema_is_explained(event_type: str) -> None:
    """Every record, closed list and field says in a sentence what it means."""
    for part in walk(catalogue.schema_of(event_type).tree):
        assert part.get("doc", "").endswith("."), part["name"]


@pytest.mark.parametrize("event_type", TYPES)
def test_an_optional_field_is_null_or_empty_when_left_out(event_type: str) -> None:
    """A union defaults to null, a list to the empty one, and nothing else is optional by type."""
    for part in walk(catalogue.schema_of(event_type).tree):
        if isinstance(part["type"], list):
            assert part["default"] is None, part["name"]
            assert part["type"][0] == "null", part["name"]
        elif isinstance(part["type"], dict) and part["type"]["type"] == "array":
            assert part["default"] == [], part["name"]


@pytest.mark.parametrize("event_type", EVENTS)
def test_an_example_is_from_an_agency_that_may_publish_it(event_type: str) -> None:
    """The publisher of each example is registered and its grant covers the type."""
    register = tomllib.loads((ROOT / "agencies.toml").read_text())["agencies"]
    schema = catalogue.schema_of(event_type)
    meta = schema.example["meta"]
    assert schema.family in register[meta["publisher"]]["event_types"]


@pytest.mark.parametrize("event_type", TYPES)
def test_the_identifiers_of_an_example_are_possible_ones(event_type: str) -> None:
    """PNC numbers carry the right check letter and CRNs are a letter and six digits."""
    for found in identifiers(dict(catalogue.schema_of(event_type).example)):
        value = found["value"]
        if found["kind"] == "pnc":
            assert pnc_is_valid(value), value
        if found["kind"] == "crn":
            assert value[0].isalpha(), value
            assert value[1:].isdecimal(), value
            assert len(value) == 7, value


def test_the_check_letter_is_the_right_sum() -> None:
    """The check of this file agrees with known numbers and refuses another letter."""
    assert pnc_is_valid("1979/0163001B")
    assert pnc_is_valid("2002/0073319Z")
    assert not pnc_is_valid("1979/0163001C")


@pytest.mark.parametrize("event_type", TYPES)
def test_a_schema_stands_alone(event_type: str) -> None:
    """Any Avro tool can parse an exported schema, and gets the fingerprint on the wire."""
    schema = catalogue.schema_of(event_type)
    parsed = fastavro.parse_schema(json.loads(json.dumps(schema.avro)))
    canonical = to_parsing_canonical_form(parsed)
    assert fingerprint(canonical, "CRC-64-AVRO") == schema.fingerprint.hex()
    assert catalogue.by_fingerprint(schema.fingerprint) is schema


def test_a_fingerprint_of_nothing_is_not_found() -> None:
    """A fingerprint that no schema has gives no schema."""
    assert catalogue.by_fingerprint(bytes(8)) is None


def test_the_page_of_the_catalogue_is_up_to_date() -> None:
    """docs/catalogue.md is what the schema files say today."""
    page = (ROOT / "docs" / "catalogue.md").read_text(encoding="utf-8")
    if page != catalogue.render():
        pytest.fail(f"docs/catalogue.md is out of date; write it again with: {WRITE_THE_PAGE}")


def test_every_fault_of_a_record_is_listed_with_its_place() -> None:
    """A record with many faults is told all of them at once, and no personal text is quoted."""
    record = from_json("police.bailed.v1", dict(catalogue.schema_of("police.bailed.v1").example))
    record["person"]["born_on"] = "14th of June"
    record["person"]["name"]["family_name"] = 7
    record["conditions"][1] = {"kind": "house arrest", "text": None}
    record["meta"]["occurred_at"] = datetime(2026, 3, 2)  # noqa: DTZ001 - that is the fault
    record["offences"] = {"title": "Theft"}
    record["mood"] = "low"
    del record["kind"]
    instant = "an instant with its offset from UTC, such as 2026-03-02T08:15:00Z"
    text = "text without NUL characters or halves of characters"
    kinds = "one of residence, curfew, exclusion, non_contact, reporting, surrender_passport, other"
    fields = (
        "no field of this name; the fields are meta, person, arrest_reference, court_case, kind, "
        "conditions, until_on, offences"
    )
    assert catalogue.check("police.bailed.v1", record) == (
        Fault("meta.occurred_at", instant, "an instant"),
        Fault("person.name.family_name", f"{text}, or null", "a whole number"),
        Fault("person.born_on", "a date such as 2026-03-02, or null", "text of 12 characters"),
        Fault("kind", "this field", "nothing"),
        Fault("conditions[1].kind", kinds, "'house arrest'"),
        Fault("conditions[1].text", text, "null"),
        Fault("offences", "a list", "an object of 1 fields"),
        Fault("mood", fields, "a field"),
    )


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("string", ["", "Zoë"], ["a\0b", "\ud800", b"a", 1]),
        ("boolean", [True], [1, "true"]),
        ("int", [-(2**31), 2**31 - 1], [2**31, True, 1.0]),
        ("double", [1, 1.5], [float("nan"), float("inf"), True, "1"]),
        ({"type": "int", "logicalType": "date"}, [date(2026, 3, 2)], [datetime.now(UTC), 20]),
        (
            {"type": "long", "logicalType": "timestamp-micros"},
            [datetime.now(UTC), datetime.fromisoformat("2026-03-02T08:15:00+01:00")],
            [date(2026, 3, 2), datetime.fromisoformat("0001-01-01T00:00:00+05:00"), 5],
        ),
        (["null", "int"], [None, 3], ["3"]),
        ({"type": "enum", "name": "Two", "symbols": ["a", "b"]}, ["a"], ["c", 1, None]),
        ({"type": "array", "items": "int"}, [[], [1], (1,)], [1, "12", [None]]),
    ],
)
def test_a_value_fits_its_type_or_is_a_fault(
    tmp_path: Path,
    kind: object,
    good: list[object],
    bad: list[object],
) -> None:
    """Each type takes what it can hold and nothing that merely looks like it."""
    schema = event({"name": "value", "type": kind})
    found = load(schema_folder(tmp_path, {"lab/sample.v1": schema}))
    meta = {"event_id": "1"}
    for value in good:
        assert found.check("lab.sample.v1", {"meta": meta, "value": value}) == (), value
    for value in bad:
        faults = found.check("lab.sample.v1", {"meta": meta, "value": value})
        assert len(faults) == 1, value
        assert faults[0].path.startswith("value"), value


def test_an_odd_field_name_is_not_repeated() -> None:
    """The name of an unknown field is not quoted where it may be content itself."""
    (fault, *_) = catalogue.check("police.arrested.v1", {"Ms A. Nonym, 3 Mill Lane": 1})[::-1]
    assert fault.path == "(a field whose name is not a plain word)"
