"""Names in schema files: collect the shared types, and write out what a name stands for.

An event's file refers to shared types by full name. A fingerprint over such a file would not
notice a change of the shared type, so every event's schema is made to stand alone before it is
parsed: the first mention of a shared type is replaced by its definition. Recursive types are
refused, because a decoder would follow one as deep as the sender likes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from schemas.refusals import CatalogueRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

AvroSchema = str | list[Any] | dict[str, Any]

Json = Any
"""Any JSON value; where code walks an expanded schema, that schema."""

PRIMITIVES = frozenset(
    {"null", "boolean", "int", "long", "float", "double", "bytes", "string"},
)
NAMED = frozenset({"record", "enum", "fixed"})


@dataclass(frozen=True, slots=True)
class Definition:
    """A named type as its file wrote it, with the namespace in which its names are read."""

    schema: dict[str, Any]
    namespace: str


@dataclass(frozen=True, slots=True)
class _Walk:
    """What one expansion knows so far."""

    shared: Mapping[str, Definition]
    done: dict[str, dict[str, Any]] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)


def full_name(name: str, namespace: str) -> str:
    """Give the name with its namespace in front, unless it has one or is a primitive."""
    if "." in name or name in PRIMITIVES or not namespace:
        return name
    return f"{namespace}.{name}"


def collect(schema: AvroSchema, namespace: str, found: dict[str, Definition]) -> None:
    """Add every named type in a schema, nested ones too, to `found` by full name."""
    if isinstance(schema, list):
        for branch in schema:
            collect(branch, namespace, found)
    if not isinstance(schema, dict):
        return
    inner = namespace
    if _is_named(schema):
        name, inner = _named(schema, namespace)
        if name in found:
            message = f"{name}: defined twice; give one of the two another name"
            raise CatalogueRefused(message)
        found[name] = Definition(schema, namespace)
    for part in _parts(schema):
        collect(part, inner, found)


def expand(schema: AvroSchema, shared: Mapping[str, Definition]) -> Json:
    """Replace every name by what it stands for, so that the schema can be walked as a tree."""
    return _expand(schema, "", _Walk(shared))


def stand_alone(expanded: AvroSchema) -> Json:
    """Write an expanded schema as valid Avro: each type defined once, then named."""
    return _compact(expanded, set())


def _named(schema: Mapping[str, Any], namespace: str) -> tuple[str, str]:
    """Give the full name of a named type and the namespace inside it."""
    name = full_name(schema["name"], schema.get("namespace", namespace))
    return name, name.rpartition(".")[0]


def _parts(schema: Mapping[str, Any]) -> list[AvroSchema]:
    """List the schemas directly inside a schema."""
    parts = [each["type"] for each in schema.get("fields", ())]
    parts += [schema[key] for key in ("items", "values") if key in schema]
    if not isinstance(schema["type"], str):
        parts.append(schema["type"])
    return parts


def _is_named(schema: Mapping[str, Any]) -> bool:
    """Tell whether a schema defines a named type, rather than wrapping another schema."""
    return isinstance(schema["type"], str) and schema["type"] in NAMED


def _expand(schema: AvroSchema, namespace: str, walk: _Walk) -> AvroSchema:
    """Expand one schema read in a namespace."""
    if isinstance(schema, list):
        return [_expand(branch, namespace, walk) for branch in schema]
    if isinstance(schema, str):
        return _look_up(full_name(schema, namespace), walk)
    if _is_named(schema):
        return _expand_named(schema, namespace, walk)
    if not isinstance(schema["type"], str):
        return _expand(schema["type"], namespace, walk)
    made = dict(schema)
    for key in ("items", "values"):
        if key in schema:
            made[key] = _expand(schema[key], namespace, walk)
    return made


def _look_up(name: str, walk: _Walk) -> AvroSchema:
    """Give what a name stands for."""
    if name in PRIMITIVES:
        return name
    if name in walk.open:
        message = f"{name}: contains itself; recursive types have no bound and are refused"
        raise CatalogueRefused(message)
    if name in walk.done:
        return walk.done[name]
    if name not in walk.shared:
        message = f"{name}: no such type; define it in the file or in schemas/avro/common"
        raise CatalogueRefused(message)
    return _expand(walk.shared[name].schema, walk.shared[name].namespace, walk)


def _expand_named(schema: dict[str, Any], namespace: str, walk: _Walk) -> dict[str, Any]:
    """Expand the definition of a record, enum or fixed, and remember it by name."""
    name, inner = _named(schema, namespace)
    is_shared = name in walk.shared and walk.shared[name].schema is schema
    if is_shared and name in walk.done:
        return walk.done[name]
    if not is_shared and (name in walk.shared or name in walk.done):
        message = f"{name}: defined twice; refer to the first definition by its name"
        raise CatalogueRefused(message)
    walk.open.append(name)
    made = {**schema, "name": name.rpartition(".")[2], "namespace": inner}
    if "fields" in schema:
        made["fields"] = [
            {**each, "type": _expand(each["type"], inner, walk)} for each in schema["fields"]
        ]
    walk.open.pop()
    walk.done[name] = made
    return made


def _compact(schema: AvroSchema, defined: set[str]) -> AvroSchema:
    """Write each named type out where it is first met, and its name from then on."""
    if isinstance(schema, list):
        return [_compact(branch, defined) for branch in schema]
    if isinstance(schema, str):
        return schema
    if schema["type"] in NAMED:
        name = full_name(schema["name"], schema["namespace"])
        if name in defined:
            return name
        defined.add(name)
    made = dict(schema)
    if "fields" in schema:
        made["fields"] = [
            {**each, "type": _compact(each["type"], defined)} for each in schema["fields"]
        ]
    for key in ("items", "values"):
        if key in schema:
            made[key] = _compact(schema[key], defined)
    return made
