"""Tell whether a record fits its schema: every fault at once, each with its path.

A schema is turned once into nested functions, because `encode` asks for every record: a record
that fits costs one call for each value and builds no path.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from schemas.refusals import CatalogueRefused, Fault

if TYPE_CHECKING:
    from schemas.resolve import AvroSchema

Checker = Callable[[Any], tuple[Fault, ...]]

FITS: tuple[Fault, ...] = ()
INT_MIN, INT_MAX = -(2**31), 2**31 - 1
CAME_LENGTH_MAX = 40
"""How many characters of a word that is not in its closed list are quoted."""

ITEMS_MAX = 4_000
"""Items in all the lists of one record. Assumed: a court's result of the largest size has 2,000."""

PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")

OPTIONAL_BRANCHES = 2


def compile_checker(schema: AvroSchema) -> Checker:
    """Make the function that lists the faults of one value against an expanded schema."""
    if isinstance(schema, list):
        return _optional(schema)
    if isinstance(schema, str):
        schema = {"type": schema}
    kind = str(schema.get("logicalType", schema["type"]))
    maker = CHECKERS.get(kind)
    if maker is None:
        known = ", ".join(sorted(CHECKERS))
        message = f"type {kind!r} is not one the catalogue uses; take one of {known}"
        raise CatalogueRefused(message)
    return maker(schema)


def find_unsound(record: Mapping[str, Any]) -> tuple[str, str] | None:
    """Find what Avro can carry and its reader lets through, but nothing behind us can hold.

    PostgreSQL has no NUL in text, JSON has no infinity, the reader does not bound an int to its
    32 bits, and tiny items take far more room in memory than on the wire. This is one quick pass
    over a decoded record, whose shape its reader has seen to: 4 µs for an ordinary event. Gives a
    reason code and words, or None.
    """
    items = 0
    waiting: list[Any] = [record]
    for value in waiting:
        for each in value.values() if type(value) is dict else value:
            kind = type(each)
            if kind is str:
                if "\0" in each:
                    return "bad_text", "text with a NUL in it"
            elif kind is dict:
                waiting.append(each)
            elif kind is list:
                items += len(each)
                waiting.append(each)
            elif kind is int and not INT_MIN <= each <= INT_MAX:
                return "out_of_range", "a whole number of more than 32 bits"
            elif kind is float and not math.isfinite(each):
                return "out_of_range", "a number that is infinite or none"
        if items > ITEMS_MAX:
            return "too_many_items", f"its lists hold more than {ITEMS_MAX} items"
    return None


def describe(value: object) -> str:
    """Say what came without quoting it: the type, and the length where it has one."""
    if value is None:
        return "null"
    if isinstance(value, str):
        return f"text of {len(value)} characters"
    if isinstance(value, Mapping):
        return f"an object of {len(value)} fields"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)} items"
    return WORDS_FOR_TYPES.get(type(value), f"a value of type {type(value).__name__}")


WORDS_FOR_TYPES: dict[type, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number with a fraction",
    datetime: "an instant",
    date: "a date",
    bytes: "bytes",
}


def _plain(fits: Callable[[Any], bool], expected: str) -> Callable[[dict[str, Any]], Checker]:
    """Make the maker of a checker that needs nothing from its schema."""

    def check(value: object) -> tuple[Fault, ...]:
        return FITS if fits(value) else (Fault("", expected, describe(value)),)

    return lambda _schema: check


def _is_whole(value: object) -> bool:
    """Tell whether a value is a whole number of 32 bits; true and false are not numbers."""
    return isinstance(value, int) and not isinstance(value, bool) and INT_MIN <= value <= INT_MAX


def _is_number(value: object) -> bool:
    """Tell whether a value is a number that JSON can write."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value)


def _is_text(value: object) -> bool:
    """Tell whether a value is text that UTF-8 and PostgreSQL can hold."""
    if not isinstance(value, str) or "\0" in value:
        return False
    if value.isascii():
        return True
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_instant(value: object) -> bool:
    """Tell whether a value is an instant with its offset, within the years 1 to 9999 of UTC."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        return False
    if value.tzinfo is UTC:
        return True
    try:
        value.astimezone(UTC)
    except OverflowError:
        return False
    return value.utcoffset() is not None


def _is_date(value: object) -> bool:
    """Tell whether a value is a date and not an instant."""
    return isinstance(value, date) and not isinstance(value, datetime)


def _optional(branches: list[Any]) -> Checker:
    """Make the checker of a value that may be null."""
    if len(branches) != OPTIONAL_BRANCHES or branches[0] != "null":
        message = f"union of {len(branches)}: the catalogue uses unions only as [null, type]"
        raise CatalogueRefused(message)
    inner = compile_checker(branches[1])

    def check(value: object) -> tuple[Fault, ...]:
        if value is None:
            return FITS
        found = inner(value)
        if not found:
            return FITS
        return tuple(
            fault if fault.path else replace(fault, expected=f"{fault.expected}, or null")
            for fault in found
        )

    return check


def _enum(schema: dict[str, Any]) -> Checker:
    """Make the checker of a word from a closed list, the one value that a fault quotes."""
    symbols = frozenset(schema["symbols"])
    expected = "one of " + ", ".join(schema["symbols"])

    def check(value: object) -> tuple[Fault, ...]:
        if isinstance(value, str):
            if value in symbols:
                return FITS
            return (Fault("", expected, repr(value[:CAME_LENGTH_MAX])),)
        return (Fault("", expected, describe(value)),)

    return check


def _array(schema: dict[str, Any]) -> Checker:
    """Make the checker of a list."""
    item = compile_checker(schema["items"])

    def check(value: object) -> tuple[Fault, ...]:
        if not isinstance(value, list | tuple):
            return (Fault("", "a list", describe(value)),)
        faults = FITS
        for index, each in enumerate(value):
            found = item(each)
            if found:
                faults += _under(f"[{index}]", found)
        return faults

    return check


def _record(schema: dict[str, Any]) -> Checker:
    """Make the checker of an object with named fields and no others."""
    inside = {each["name"]: compile_checker(each["type"]) for each in schema["fields"]}
    needed = frozenset(each["name"] for each in schema["fields"] if "default" not in each)

    def check(value: object) -> tuple[Fault, ...]:
        if not isinstance(value, Mapping):
            return (Fault("", f"an object ({schema['name']})", describe(value)),)
        faults = FITS
        for name, checker in inside.items():
            if name in value:
                found = checker(value[name])
                if found:
                    faults += _under(name, found)
            elif name in needed:
                faults += (Fault(name, "this field", "nothing"),)
        if not value.keys() <= inside.keys():
            faults += _unknown_fields(value, inside)
        return faults

    return check


def _unknown_fields(value: Mapping[Any, Any], inside: Mapping[str, Checker]) -> tuple[Fault, ...]:
    """List the fields that the schema does not have, without their values."""
    expected = "no field of this name; the fields are " + ", ".join(inside)
    names = sorted(_shown(name) for name in value if name not in inside)
    return tuple(Fault(name, expected, "a field") for name in names)


def _shown(name: object) -> str:
    """Show the name of an unknown field, unless it is so odd that it may be content."""
    is_plain = isinstance(name, str) and PLAIN_NAME.fullmatch(name) is not None
    return str(name) if is_plain else "(a field whose name is not a plain word)"


def _under(step: str, faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """Put one step in front of the paths of faults found further in."""
    return tuple(replace(fault, path=_join(step, fault.path)) for fault in faults)


def _join(step: str, path: str) -> str:
    """Join two parts of a path: a dot before a name, none before an index."""
    return f"{step}{path}" if not path or path.startswith("[") else f"{step}.{path}"


CHECKERS: dict[str, Callable[[dict[str, Any]], Checker]] = {
    "string": _plain(_is_text, "text without NUL characters or halves of characters"),
    "boolean": _plain(lambda value: isinstance(value, bool), "true or false"),
    "int": _plain(_is_whole, "a whole number of 32 bits"),
    "double": _plain(_is_number, "a number"),
    "timestamp-micros": _plain(
        _is_instant,
        "an instant with its offset from UTC, such as 2026-03-02T08:15:00Z",
    ),
    "date": _plain(_is_date, "a date such as 2026-03-02"),
    "enum": _enum,
    "array": _array,
    "record": _record,
}
"""By Avro type. A plain `long` is left out on purpose: no count of ours needs 64 bits."""
