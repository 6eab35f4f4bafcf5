"""Records as JSON: instants and dates as ISO text, fields with a default left out at will."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from schemas.catalogue import catalogue
from schemas.refusals import CodecRefused, UnknownEventType, misfit

if TYPE_CHECKING:
    from schemas.resolve import Json

INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})",
)
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def from_json(event_type: str, json_object: object) -> dict[str, Any]:
    """Make the record of a JSON object: times converted, defaults filled in, everything checked.

    Refuses with every fault at once, each with its path, what was expected and what came.
    """
    try:
        schema = catalogue().schema_of(event_type)
    except UnknownEventType as unknown:
        raise CodecRefused("unknown_type", str(unknown)) from unknown
    record = _revive(schema.tree, json_object)
    faults = schema.checker(record)
    if faults:
        raise misfit(event_type, faults)
    made: dict[str, Any] = record
    return made


def to_json(record: Mapping[str, Any]) -> dict[str, Any]:
    """Make the JSON form of a record, instants in UTC with a Z, ready for `json.dumps`."""
    return {name: _plain(value) for name, value in record.items()}


def _plain(value: object) -> Json:
    """Write one value in its JSON form."""
    if isinstance(value, Mapping):
        return to_json(value)
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return value


def _revive(schema: Json, value: object) -> Json:
    """Convert what can be converted; whatever cannot is left for the check to name."""
    if isinstance(schema, list):
        return None if value is None else _revive(schema[1], value)
    if isinstance(schema, str):
        return value
    reviver = REVIVERS.get(schema.get("logicalType", schema["type"]))
    return value if reviver is None else reviver(schema, value)


def _record(schema: dict[str, Any], value: object) -> object:
    """Convert the fields of an object and fill in the defaults of those left out."""
    if not isinstance(value, Mapping):
        return value
    made = {}
    for each in schema["fields"]:
        name = each["name"]
        if name in value:
            made[name] = _revive(each["type"], value[name])
        elif "default" in each:
            made[name] = copy.copy(each["default"])
    return {**made, **{name: kept for name, kept in value.items() if name not in made}}


def _array(schema: dict[str, Any], value: object) -> object:
    """Convert the items of a list."""
    if not isinstance(value, list | tuple):
        return value
    return [_revive(schema["items"], each) for each in value]


def _instant(_schema: dict[str, Any], value: object) -> object:
    """Convert an instant with its offset to UTC."""
    if not isinstance(value, str) or INSTANT.fullmatch(value) is None:
        return value
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        return value


def _date(_schema: dict[str, Any], value: object) -> object:
    """Convert a date."""
    if not isinstance(value, str) or DATE.fullmatch(value) is None:
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        return value


REVIVERS: dict[str, Callable[[dict[str, Any], object], object]] = {
    "record": _record,
    "array": _array,
    "timestamp-micros": _instant,
    "date": _date,
}
