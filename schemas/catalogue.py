"""The catalogue: find, parse, fingerprint and list every event and notice; check a record.

A file `avro/<publisher>/<name>.v<N>.avsc` whose record begins with `meta`, `notice` or `made` is an
event, a notice or a statement about our own work (a receipt, an audit head), and has
`<name>.v<N>.example.json` beside it; every other file holds shared types, which event files refer
to by full name. A later version of a shared type takes another namespace
(`switchboard.common.v2.Meta`): Avro matches records by their last name, so readers still can,
while events that stay at the first version keep their fingerprint.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from fastavro.schema import (
    SchemaParseException,
    fingerprint,
    parse_schema,
    to_parsing_canonical_form,
)

from schemas.checking import Checker, compile_checker
from schemas.files import HEADS, KINDS, SchemaFile, schema_files
from schemas.making import MadeOnce
from schemas.reading import Reader, compile_reader
from schemas.refusals import CatalogueRefused, Fault, UnknownEventType
from schemas.rendering import render_catalogue
from schemas.resolve import AvroSchema, Definition, Json, collect, expand, stand_alone
from schemas.writing import Writer, compile_writer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable

__all__ = [
    "Catalogue",
    "CatalogueRefused",
    "EventSchema",
    "Fault",
    "UnknownEventType",
    "by_fingerprint",
    "catalogue",
    "check",
    "load",
    "render",
    "resolve",
    "schema_of",
    "types",
]


@dataclass(frozen=True, slots=True)
class EventSchema:
    """One version of one event, notice or statement of our own.

    `avro` stands alone and can be given to any Avro tool; `tree` is the same with every name
    replaced by its definition, for walking; `parsed` is what fastavro reads and writes with.
    """

    event_type: str
    family: str
    version: int
    meaning: str
    avro: dict[str, Any]
    tree: dict[str, Any]
    parsed: Any
    fingerprint: bytes
    checker: Checker
    writer: Writer
    reader: Reader
    example: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """Say what it is: an event, a notice, or a statement about our own work."""
        return KINDS[self.tree["fields"][0]["name"]]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every schema of one folder, by type and by fingerprint, and the shared types' names."""

    by_type: Mapping[str, EventSchema]
    shared: Mapping[str, AvroSchema]
    by_fingerprint: Mapping[bytes, EventSchema] = field(init=False)
    latest: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        """Index the schemas, refusing two that the wire could not tell apart."""
        prints: dict[bytes, EventSchema] = {}
        latest: dict[str, str] = {}
        for schema in sorted(self.by_type.values(), key=lambda each: each.version):
            twin = prints.setdefault(schema.fingerprint, schema)
            if twin is not schema:
                message = (
                    f"{schema.event_type} and {twin.event_type} have one fingerprint "
                    f"({schema.fingerprint.hex()}), which ignores docs, defaults and logical "
                    "types: change a name, a type or the order of fields"
                )
                raise CatalogueRefused(message)
            latest[schema.family] = schema.event_type
        object.__setattr__(self, "by_fingerprint", MappingProxyType(prints))
        object.__setattr__(self, "latest", MappingProxyType(latest))

    def types(self) -> tuple[str, ...]:
        """List every event and notice type with its version, sorted."""
        return tuple(sorted(self.by_type))

    def schema_of(self, event_type: str) -> EventSchema:
        """Give the schema of a type named with its version."""
        found = self.by_type.get(event_type)
        if found is None:
            raise UnknownEventType(self._unknown(event_type))
        return found

    def resolve(self, event_type: str) -> str:
        """Give the type with its version, the latest where none is named."""
        return self.schema_of(self.latest.get(event_type, event_type)).event_type

    def check(self, event_type: str, record: object) -> tuple[Fault, ...]:
        """List every fault of a record against its schema; none means that it fits."""
        return self.schema_of(event_type).checker(record)

    def _unknown(self, event_type: str) -> str:
        """Say that there is no such type, and which it may have meant."""
        near = get_close_matches(event_type, [*self.latest, *self.by_type], n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        return f"no event type {event_type[:80]!r} in the catalogue{hint}"


@cache
def catalogue() -> Catalogue:
    """Give the catalogue that is installed with this package, read once."""
    return load(files("schemas") / "avro")


def types() -> tuple[str, ...]:
    """List every event and notice type with its version, sorted."""
    return catalogue().types()


def schema_of(event_type: str) -> EventSchema:
    """Give the schema of a type named with its version, or raise UnknownEventType."""
    return catalogue().schema_of(event_type)


def by_fingerprint(eight_bytes: bytes) -> EventSchema | None:
    """Give the schema that a message's fingerprint names; None when there is none."""
    return catalogue().by_fingerprint.get(eight_bytes)


def resolve(event_type: str) -> str:
    """Give the type with its version, the latest where none is named."""
    return catalogue().resolve(event_type)


def check(event_type: str, record: object) -> tuple[Fault, ...]:
    """List every fault of a record against its schema; none means that it fits."""
    return catalogue().check(event_type, record)


def render() -> str:
    """Write the event catalogue as Markdown, the text of docs/catalogue.md."""
    return render_catalogue(catalogue())


def load(folder: Traversable) -> Catalogue:
    """Read every schema under a folder of publishers' folders."""
    found = list(schema_files(folder))
    shared: dict[str, Definition] = {}
    for each in found:
        if each.head is None:
            collect(each.schema, "", shared)
    events = [_event(each, shared) for each in found if each.head is not None]
    return Catalogue(
        MappingProxyType({each.event_type: each for each in events}),
        MappingProxyType({name: expand(name, shared) for name in shared}),
    )


def _event(file: SchemaFile, shared: Mapping[str, Definition]) -> EventSchema:
    """Make the schema of one event or notice from its file."""
    if file.example is None:
        message = f"{file.place}: has no example beside it"
        raise CatalogueRefused(message)
    _demand_name(file)
    try:
        tree = expand(file.schema, shared)
        avro = stand_alone(tree)
        checker = compile_checker(tree)
    except CatalogueRefused as refused:
        message = f"{file.place}: {refused}"
        raise CatalogueRefused(message) from refused
    parsed = _parse(file, avro)
    print_hex = fingerprint(to_parsing_canonical_form(parsed), "CRC-64-AVRO")
    family = f"{file.publisher}.{file.name}"
    return EventSchema(
        event_type=f"{family}.v{file.version}",
        family=family,
        version=file.version,
        meaning=tree.get("doc", ""),
        avro=avro,
        tree=tree,
        parsed=parsed,
        fingerprint=bytes.fromhex(print_hex),
        checker=checker,
        writer=MadeOnce(compile_writer, tree),
        reader=MadeOnce(compile_reader, tree),
        example=MappingProxyType(dict(file.example)),
    )


def _parse(file: SchemaFile, avro: dict[str, Any]) -> Json:
    """Let fastavro parse a schema, in which it may find what nobody else looks for."""
    try:
        return parse_schema(avro)
    except SchemaParseException as error:
        message = f"{file.place}: not valid Avro: {error}"
        raise CatalogueRefused(message) from error


def _demand_name(file: SchemaFile) -> None:
    """Refuse an event whose record is not called as its file is, or has the wrong head."""
    schema = file.schema
    wanted = f"switchboard.{file.publisher}." + "".join(
        part.capitalize() for part in file.name.split("_")
    )
    came = f"{schema.get('namespace')}.{schema['name']}"
    if came != wanted:
        message = f"{file.place}: the record must be called {wanted}, not {came}"
        raise CatalogueRefused(message)
    head = HEADS[schema["fields"][0]["name"]]
    kind = schema["fields"][0]["type"]
    if kind != head and not str(kind).endswith(f".{head.rpartition('.')[2]}"):
        message = f"{file.place}: its first field must be of type {head}"
        raise CatalogueRefused(message)
