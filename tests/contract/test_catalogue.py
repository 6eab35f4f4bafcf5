"""The catalogue as it is read: what is found by which name, and which files are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from fixtures.schema_folder import META, event, schema_folder, write_schema

from schemas import catalogue
from schemas.catalogue import CatalogueRefused, UnknownEventType, load

if TYPE_CHECKING:
    from pathlib import Path


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


NOTE = {"name": "note", "type": "string"}
DATE = {"type": "int", "logicalType": "date"}
TREE = {
    "type": "record",
    "name": "Tree",
    "fields": [{"name": "children", "type": {"type": "array", "items": "Tree"}}],
}
DOUBLE = {"type": "enum", "name": "Two", "symbols": ["a", "a"]}
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
        ("lab/sample.v1", event({"name": "x", "type": "long"}), "'long' is not one"),
        ("lab/sample.v1", event({"name": "x", "type": ["int", "string"]}), "union of 2"),
        (
            "lab/sample.v1",
            event({"name": "x", "type": DOUBLE}),
            r"sample\.v1\.avsc: not valid Avro",
        ),
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


def test_a_type_nested_in_a_shared_one_can_be_referred_to_first(tmp_path: Path) -> None:
    """A field may name a type inside a shared record before the record itself is used."""
    mood = {"type": "enum", "name": "Mood", "symbols": ["calm", "upset"]}
    feeling = {
        "type": "record",
        "name": "Feeling",
        "namespace": "switchboard.common",
        "fields": [{"name": "mood", "type": mood}],
    }
    before = {"name": "before", "type": "switchboard.common.Mood"}
    after = {"name": "after", "type": {"type": ["null", "switchboard.common.Feeling"]}}
    folder = schema_folder(tmp_path, {"lab/sample.v1": event(before, after)})
    write_schema(folder, "common/feeling.v1", {"type": feeling}, example=False)
    record = {"meta": {"event_id": "1"}, "before": "calm", "after": {"mood": "upset"}}
    assert load(folder).check("lab.sample.v1", record) == ()


def test_a_file_beside_the_publishers_is_no_schema(tmp_path: Path) -> None:
    """Notes beside the folders of publishers, and other files inside them, are left alone."""
    folder = schema_folder(tmp_path, {"lab/sample.v1": event()})
    (folder / "README.md").write_text("Where the schemas are.")
    (folder / "lab" / "notes.txt").write_text("Not a schema.")
    assert load(folder).types() == ("lab.sample.v1",)
