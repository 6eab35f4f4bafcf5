"""Say whether a new version can read the old: which field cannot, why, what to do instead.

The rules are those of Avro's schema resolution, old as writer and new as reader, and two of our
own: a version that was published never changes in place, and a type never disappears.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

from schemas.catalogue import EventSchema, load
from schemas.resolve import NAMED, AvroSchema, Json, expand

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

PROMOTIONS: Mapping[str, frozenset[str]] = {
    "int": frozenset({"long", "float", "double"}),
    "long": frozenset({"float", "double"}),
    "float": frozenset({"double"}),
    "string": frozenset({"bytes"}),
    "bytes": frozenset({"string"}),
}
"""What each written type may be read as, besides itself. Source: Avro 1.12, schema resolution."""

MISSING = object()
"""Stands for no value where null is one."""

WORDS_NOT_CONTRACT = frozenset({"doc", "aliases"})
"""What may change in a published version: neither alters a byte nor a default."""


@dataclass(frozen=True, slots=True)
class Incompatibility:
    """One change that a reader of the new version would trip over, and how to mend it."""

    path: str
    why: str
    fix: str
    old: str = "the old version"
    new: str = "the new version"

    def __str__(self) -> str:
        """Say it in one line that names the field and both versions."""
        return f"{self.new} cannot read {self.old}: {self.path or 'record'}: {self.why}; {self.fix}"


Found = Iterator[Incompatibility]


def compare(old: AvroSchema, new: AvroSchema) -> tuple[Incompatibility, ...]:
    """List what keeps a reader with the new schema from reading what the old one wrote.

    Both schemas stand alone, or are expanded. Nothing found means that it can.
    """
    return tuple(_compare(expand(old, {}), expand(new, {}), ""))


def check_catalogue(dir_old: Traversable, dir_new: Traversable) -> tuple[Incompatibility, ...]:
    """List what keeps the schemas in one folder from replacing those in another.

    A type must not disappear, a published version must not change but for its words, and every
    version must read every earlier one of its type.
    """
    old, new = load(dir_old).by_type, load(dir_new).by_type
    found: list[Incompatibility] = []
    for event_type, schema in old.items():
        if event_type in new:
            found.extend(_changed_in_place(schema, new[event_type]))
        else:
            found.append(_removed(event_type))
    found.extend(_between_versions(new))
    return tuple(found)


def _removed(event_type: str) -> Incompatibility:
    """Say that a published type is gone."""
    why = "the type was removed, but the log still holds events of it"
    return Incompatibility("", why, "put its file back", event_type, event_type)


def _changed_in_place(old: EventSchema, new: EventSchema) -> Found:
    """Say where a published version differs from what was published."""
    for path in dict.fromkeys(_differences(old.tree, new.tree, "")):
        yield Incompatibility(
            path,
            "a published version was changed in place",
            f"put it back and make the change in {old.family}.v{old.version + 1}",
            old.event_type,
            f"the changed {new.event_type}",
        )


def _between_versions(schemas: Mapping[str, EventSchema]) -> Found:
    """Compare every version of each type with every earlier one."""
    ordered = sorted(schemas.values(), key=lambda each: (each.family, each.version))
    for old, new in combinations(ordered, 2):
        if old.family == new.family:
            for each in compare(old.tree, new.tree):
                yield replace(each, old=old.event_type, new=new.event_type)


def _differences(old: Json, new: Json, path: str) -> Iterator[str]:
    """Give the path of each place where two schemas say different things to a machine."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted((old.keys() | new.keys()) - WORDS_NOT_CONTRACT):
            one, other = old.get(key, MISSING), new.get(key, MISSING)
            if key == "fields" and isinstance(one, list) and isinstance(other, list):
                yield from _differing_fields(one, other, path)
            elif one is MISSING or other is MISSING or isinstance(one, str):
                if one != other:
                    yield _into(path, key)
            else:
                yield from _differences(one, other, _into(path, key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for one, other in zip(old, new, strict=True):
            yield from _differences(one, other, path)
    elif old != new:
        yield path


def _differing_fields(old: list[Any], new: list[Any], path: str) -> Iterator[str]:
    """Give the paths of fields that were added, removed, moved or changed."""
    before = {each["name"]: each for each in old}
    after = {each["name"]: each for each in new}
    for name in sorted(before.keys() ^ after.keys()):
        yield _join(path, name)
    both = [name for name in before if name in after]
    for name in both:
        yield from _differences(before[name], after[name], _join(path, name))
    if both != [name for name in after if name in before]:
        yield path


def _into(path: str, key: str) -> str:
    """Give the path one step further into a schema."""
    return {"items": f"{path}[]", "values": f"{path}{{}}"}.get(key, path)


def _join(path: str, name: str) -> str:
    """Give the path of a field inside a record."""
    return f"{path}.{name}" if path else name


def _compare(old: Json, new: Json, path: str) -> Found:
    """Compare two expanded schemas, the old as writer and the new as reader."""
    if isinstance(old, list):
        yield from _from_union(old, new, path)
        return
    if isinstance(new, list):
        yield from _into_union(old, new, path)
        return
    written, read = _kind(old), _kind(new)
    if written == read:
        yield from _compare_same_kind(old, new, path)
    elif read not in PROMOTIONS.get(written, ()):
        yield _differs(path, _say(old), _say(new))


def _compare_same_kind(old: Json, new: Json, path: str) -> Found:
    """Compare two schemas of one Avro type."""
    kind = _kind(old)
    if kind in NAMED and not _same_name(old, new):
        fix = f"keep the name, or give the new type the alias {old['name']}"
        yield Incompatibility(path, f"{old['name']} became {new['name']}", fix)
    elif kind == "record":
        yield from _compare_records(old, new, path)
    elif kind == "enum":
        yield from _compare_enums(old, new, path)
    elif kind == "fixed" and old["size"] != new["size"]:
        why = f"its size changed from {old['size']} to {new['size']} bytes"
        yield Incompatibility(path, why, "keep the size")
    elif kind in {"array", "map"}:
        key = "items" if kind == "array" else "values"
        yield from _compare(old[key], new[key], _into(path, key))
    if _logical(old) != _logical(new):
        why = f"its meaning changed from {_say(old)} to {_say(new)} while the bytes did not"
        yield Incompatibility(path, why, "add a field of another name for the new meaning")


def _compare_records(old: Mapping[str, Any], new: Mapping[str, Any], path: str) -> Found:
    """Compare the fields of two records; fields that only the old one has are skipped over."""
    written = {each["name"]: each for each in old["fields"]}
    for each in new["fields"]:
        names = (each["name"], *each.get("aliases", ()))
        source = next((written[name] for name in names if name in written), None)
        at = _join(path, each["name"])
        if source is not None:
            yield from _compare(source["type"], each["type"], at)
        elif "default" not in each:
            why = "the old version has no such field and the new one gives no default"
            fix = "give it a default, make it optional, or name the old field as its alias"
            yield Incompatibility(at, why, fix)


def _compare_enums(old: Mapping[str, Any], new: Mapping[str, Any], path: str) -> Found:
    """Compare the symbols of two closed lists."""
    gone = [symbol for symbol in old["symbols"] if symbol not in new["symbols"]]
    if gone and new.get("default") not in new["symbols"]:
        why = f"{new['name']} no longer has {', '.join(gone)}"
        yield Incompatibility(path, why, "keep the symbols, or give the enum a default")


def _from_union(old: list[Any], new: Json, path: str) -> Found:
    """Check that every branch that may have been written can be read."""
    for branch in old:
        if _kind(branch) == "null" and not _takes_null(new):
            why = "it was optional and is now needed, so an old record without it cannot be read"
            yield Incompatibility(path, why, "keep it optional")
        else:
            yield from _compare(branch, new, path)


def _into_union(old: Json, new: list[Any], path: str) -> Found:
    """Check that what was written fits one branch; the best fit says what is wrong."""
    answers = [tuple(_compare(old, branch, path)) for branch in new]
    if () in answers:
        return
    alike = [
        answer
        for answer, branch in zip(answers, new, strict=True)
        if _kind(branch) == _kind(old) and (_kind(old) not in NAMED or _same_name(old, branch))
    ]
    if alike:
        yield from alike[0]
    else:
        yield _differs(path, _say(old), " or ".join(_say(branch) for branch in new))


def _differs(path: str, old: str, new: str) -> Incompatibility:
    """Say that a type cannot be read as another."""
    fix = "keep the type, or add a field of another name with the new type"
    return Incompatibility(path, f"{old} cannot be read as {new}", fix)


def _takes_null(schema: Json) -> bool:
    """Tell whether a schema can hold null."""
    branches = schema if isinstance(schema, list) else [schema]
    return any(_kind(branch) == "null" for branch in branches)


def _same_name(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Tell whether a reader takes two named types for one: by last name, or by alias."""
    names = {str(name).rpartition(".")[2] for name in (new["name"], *new.get("aliases", ()))}
    return old["name"].rpartition(".")[2] in names


def _kind(schema: Json) -> str:
    """Give the Avro type of a schema that is no union."""
    return str(schema if isinstance(schema, str) else schema["type"])


def _logical(schema: Json) -> str | None:
    """Give what an Avro type stands for, where it stands for something else."""
    return None if isinstance(schema, str) else schema.get("logicalType")


def _say(schema: Json) -> str:
    """Name a type in a message."""
    kind = _kind(schema)
    return f"{kind} {schema['name']}" if kind in NAMED else _logical(schema) or kind
