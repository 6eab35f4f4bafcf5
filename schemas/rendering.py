"""The event catalogue as Markdown: what each event means, its fields, its lists, an example."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from schemas.resolve import AvroSchema, Json, full_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from schemas.catalogue import Catalogue, EventSchema

INTRODUCTION = """\
# Event catalogue

Every event an agency may publish and every notice Switchboard raises, with its fields. This page
is written from the schema files (`switchboard schemas export`, `schemas.catalogue.render`); change
those, not this.

On the wire an event is one Avro record in single-object encoding: the bytes `C3 01`, the 8 bytes
of the schema's fingerprint, the record. As JSON, an instant is text such as
`2026-03-02T08:15:00Z`, a date is text such as `2026-03-02`, and a field that is not needed may be
left out. *Needed* says what a field is when left out."""

WORDS_FOR_TYPES: Mapping[str, str] = {
    "string": "text",
    "boolean": "true or false",
    "int": "whole number",
    "double": "number",
    "timestamp-micros": "instant",
    "date": "date",
}


def render_catalogue(catalogue: Catalogue) -> str:
    """Write the whole page."""
    parts = [INTRODUCTION, "\n".join(_contents(catalogue))]
    publisher = ""
    for event_type in catalogue.types():
        schema = catalogue.by_type[event_type]
        if schema.family.partition(".")[0] != publisher:
            publisher = schema.family.partition(".")[0]
            parts.append(f"## {publisher.capitalize()}")
        parts.extend(_event(schema, catalogue.shared))
    parts.append("## Shared types")
    for name in sorted(catalogue.shared):
        parts.extend(_named_type(catalogue.shared[name], catalogue.shared))
    return "\n\n".join(parts) + "\n"


def _contents(catalogue: Catalogue) -> Iterator[str]:
    """List every type with what it means and its fingerprint."""
    yield "| type | meaning | fingerprint |"
    yield "| --- | --- | --- |"
    for event_type in catalogue.types():
        schema = catalogue.by_type[event_type]
        link = f"[`{event_type}`](#{_anchor(event_type)})"
        yield f"| {link} | {_cell(schema.meaning)} | `{schema.fingerprint.hex()}` |"


def _event(schema: EventSchema, shared: Mapping[str, AvroSchema]) -> Iterator[str]:
    """Write one event or notice: meaning, fields, its own types, example."""
    yield f"### {schema.event_type}"
    yield schema.meaning
    yield "\n".join(_fields(schema.tree, shared))
    for own in _own_types(schema.tree, shared):
        yield from _named_type(own, shared)
    yield "Example:"
    example = json.dumps(dict(schema.example), indent=2, ensure_ascii=False)
    yield f"```json\n{example}\n```"


def _named_type(schema: Json, shared: Mapping[str, AvroSchema]) -> Iterator[str]:
    """Write one record or closed list that fields refer to."""
    yield f"#### {schema['name']}"
    yield schema.get("doc", "")
    if schema["type"] == "enum":
        yield ", ".join(f"`{symbol}`" for symbol in schema["symbols"])
    else:
        yield "\n".join(_fields(schema, shared))


def _fields(record: Mapping[str, Any], shared: Mapping[str, AvroSchema]) -> Iterator[str]:
    """Write the fields of a record as a table."""
    yield "| field | type | needed | meaning |"
    yield "| --- | --- | --- | --- |"
    for each in record["fields"]:
        needed = f"no: {json.dumps(each['default'])}" if "default" in each else "yes"
        kind = _type_in_words(each["type"], shared)
        yield f"| `{each['name']}` | {kind} | {needed} | {_cell(each.get('doc', ''))} |"


def _type_in_words(schema: Json, shared: Mapping[str, AvroSchema]) -> str:
    """Say a type in words, linking to those that have their own heading."""
    if isinstance(schema, list):
        return f"{_type_in_words(schema[1], shared)} or null"
    if isinstance(schema, str):
        return WORDS_FOR_TYPES[schema]
    if schema["type"] == "array":
        return f"list of {_type_in_words(schema['items'], shared)}"
    if "name" not in schema:
        return WORDS_FOR_TYPES[schema.get("logicalType", schema["type"])]
    if full_name(schema["name"], schema["namespace"]) in shared:
        return f"[{schema['name']}](#{_anchor(schema['name'])})"
    return f"{schema['name']}, below"


def _own_types(schema: Json, shared: Mapping[str, AvroSchema]) -> list[dict[str, Any]]:
    """List the named types inside an event that no other event uses, each once."""
    found: dict[str, dict[str, Any]] = {}
    waiting: list[Any] = [each["type"] for each in schema["fields"]]
    while waiting:
        part = waiting.pop(0)
        if isinstance(part, list):
            waiting.extend(part)
        elif isinstance(part, dict) and "items" in part:
            waiting.append(part["items"])
        elif isinstance(part, dict) and "name" in part:
            name = full_name(part["name"], part["namespace"])
            if name not in shared and name not in found:
                found[name] = part
                waiting.extend(each["type"] for each in part.get("fields", ()))
    return list(found.values())


def _anchor(heading: str) -> str:
    """Give the anchor that Markdown readers make of a heading."""
    return heading.lower().replace(".", "")


def _cell(text: str) -> str:
    """Keep text from ending a cell of a table."""
    return text.replace("|", "\\|").replace("\n", " ")
