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
from fixtures.schema_folder import META, event, schema_folder, write_schema

from schemas import catalogue
from schemas.catalogue import CatalogueRefused, Fault, UnknownEventType, load
from schemas.codec import decode, encode, from_json, to_json

ROOT = Path(__file__).parents[2]
TYPES = catalogue.types()
CHECK_LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
WRITE_THE_PAGE = (
    """python -c "import schemas.catalogue as c; print(c.render(), end='')" > docs/catalogue.md"""
)

CONTRACT = {
    "case": "access_restricted allocated assigned deregistered order_ended order_made registered "
    "requirement_ended requirement_imposed risk_assessed",
    "courts": "hearing_listed hearing_resulted warrant_issued",
    "directory": "absence_ended absence_recorded officer_left officer_recorded role_recorded "
    "team_recorded",
    "notices": "domestic_abuse_callout_suspect domestic_abuse_callout_victim identity_held "
    "new_offence new_order repeat_domestic_abuse_callouts",
    "police": "arrested bailed cautioned charged domestic_abuse_callout no_further_action "
    "released_under_investigation",
}


def walk(schema: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - any Avro
    """List every record, enum and field inside an expanded schema."""
    if isinstance(schema, list):
        return [found for branch in schema for found in walk(branch)]
    if not isinstance(schema, dict):
        return []
    found = [schema] if schema["type"] in {"record", "enum"} else []
    for each in schema.get("fields", ()):
        found += [each, *walk(each["type"])]
    return found + walk(schema.get("items"))


def identifiers(value: Any) -> list[dict[str, str]]:  # noqa: ANN401 - any JSON
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


@pytest.mark.parametrize("event_type", [each for each in TYPES if not each.startswith("notices.")])
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


def test_a_type_without_its_version_is_the_latest(tmp_path: Path) -> None:
    """A type is found without its version, and then the highest number is meant, not the last."""
    text = {"name": "note", "type": "string"}
    versions = {"lab/sample.v2": event(text), "lab/sample.v10": event({**text, "type": "int"})}
    found = load(schema_folder(tmp_path, {**versions, "lab/sample.v1": event()}))
    assert found.resolve("lab.sample") == "lab.sample.v10"
    assert found.resolve("lab.sample.v2") == "lab.sample.v2"
    assert catalogue.resolve("police.arrested") == "police.arrested.v1"


def test_an_unknown_type_is_refused_with_the_one_that_was_meant() -> None:
    """A misspelt type is refused and the nearest one is offered."""
    with pytest.raises(UnknownEventType, match=r"did you mean police\.arrested\?"):
        catalogue.resolve("police.arest")
    with pytest.raises(UnknownEventType, match=r"no event type 'zz'"):
        catalogue.schema_of("zz")


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
        ("long", [2**63 - 1], [2**63, "1"]),
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


NOTE = {"name": "note", "type": "string"}
DATE = {"type": "int", "logicalType": "date"}
TREE = {
    "type": "record",
    "name": "Tree",
    "fields": [{"name": "children", "type": {"type": "array", "items": "Tree"}}],
}
TWICE = {"type": "record", "name": "Meta", "namespace": "switchboard.common", "fields": []}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({**NOTE, "default": "a"}, {**NOTE, "default": "b"}),
        ({"name": "day", "type": DATE}, {"name": "day", "type": "int"}),
    ],
    ids=["only a default differs", "only a logical type differs"],
)
def test_two_schemas_with_one_fingerprint_are_refused(
    tmp_path: Path,
    one: dict[str, Any],
    other: dict[str, Any],
) -> None:
    """Two versions that the wire cannot tell apart are refused when the catalogue is read."""
    folder = schema_folder(tmp_path, {"lab/sample.v1": event(one), "lab/sample.v2": event(other)})
    with pytest.raises(CatalogueRefused, match=r"v2 and lab\.sample\.v1 have one fingerprint"):
        load(folder)


@pytest.mark.parametrize(
    ("place", "schema", "said"),
    [
        ("lab/Sample.v1", event(), r"lab/Sample\.v1\.avsc: not named"),
        ("lab/sample", event(), r"lab/sample\.avsc: not named"),
        ("lab/sample.v1", event(name="Other"), r"must be called switchboard\.lab\.Sample"),
        ("lab/sample.v1", event(head={"name": "meta", "type": "string"}), "first field must be"),
        (
            "lab/sample.v1",
            event({"name": "x", "type": "Nowhere"}),
            r"switchboard\.lab\.Nowhere: no",
        ),
        ("lab/sample.v1", event({"name": "x", "type": TREE}), r"lab\.Tree: contains itself"),
        ("lab/sample.v1", event({"name": "x", "type": TWICE}), r"common\.Meta: defined twice"),
        ("common/again.v1", META, r"common\.Meta: defined twice"),
        ("lab/sample.v1", event({"name": "x", "type": "bytes"}), "'bytes' is not one"),
        ("lab/sample.v1", event({"name": "x", "type": ["int", "string"]}), "union of 2"),
    ],
)
def test_a_schema_file_that_breaks_the_rules_is_refused(
    tmp_path: Path,
    place: str,
    schema: object,
    said: str,
) -> None:
    """A file that is misnamed, unknown to itself or unbounded is refused with its place."""
    with pytest.raises(CatalogueRefused, match=said):
        load(schema_folder(tmp_path, {place: schema}))


def test_an_event_without_an_example_or_valid_json_is_refused(tmp_path: Path) -> None:
    """An event must have an example beside it, and both must be JSON."""
    folder = schema_folder(tmp_path, {})
    write_schema(folder, "lab/sample.v1", event(), example=False)
    with pytest.raises(CatalogueRefused, match="no example beside it"):
        load(folder)
    (folder / "lab" / "sample.v1.example.json").write_text("{")
    with pytest.raises(CatalogueRefused, match="not JSON"):
        load(folder)


def test_a_change_of_a_shared_type_changes_the_fingerprints(tmp_path: Path) -> None:
    """An event's fingerprint covers the shared types that it only refers to by name."""
    before = load(schema_folder(tmp_path / "a", {"lab/sample.v1": event()}))
    folder = schema_folder(tmp_path / "b", {"lab/sample.v1": event()})
    fields = [*META["fields"], {"name": "sent_by", "type": "string"}]
    write_schema(folder, "common/meta.v1", {**META, "fields": fields}, example=False)
    after = load(folder)
    one, other = (each.schema_of("lab.sample.v1").fingerprint for each in (before, after))
    assert one != other


def test_a_later_version_of_a_shared_type_leaves_events_of_the_first_alone(tmp_path: Path) -> None:
    """Meta version 2 has a namespace of its own, and an event says which it uses."""
    second = {**META, "namespace": "switchboard.common.v2"}
    head = {"name": "meta", "type": "switchboard.common.v2.Meta"}
    folder = schema_folder(
        tmp_path,
        {"lab/sample.v1": event(), "lab/sample.v2": event(head=head)},
    )
    write_schema(folder, "common/meta.v2", second, example=False)
    assert load(folder).types() == ("lab.sample.v1", "lab.sample.v2")
