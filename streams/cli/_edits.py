"""Edits of a refused record: the whole event anew, or single fields of one that can be read."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from connectors.sources import json_lines
from schemas.codec import CodecRefused, decode, encode, from_json, to_json
from streams.domain.agencies import Agency

EDITS_MAX: Final = 50
"""Assumed: who has more to change writes the event anew."""


class EditRefused(Exception):
    """What was typed does not make an event; the words say what was expected."""


def from_payload(raw: bytes, agency: Agency, received_at: datetime) -> bytes:
    """Make a record of one JSON object `{type, ...}`, as `publish` reads it; raises `EditRefused`.

    What the agency states of every event is filled in where `meta` leaves it out.
    """
    gateways = sorted(agency.gateways)
    made = json_lines.translate(
        raw,
        agency=agency.id,
        received_at=received_at,
        gateway=gateways[0].value if len(gateways) == 1 else "",
    )
    if made.rejections:
        words = "; ".join(
            f"{r.path}: expected {r.expected}, came {r.came}" for r in made.rejections
        )
        raise EditRefused(words)
    if len(made.events) != 1:
        raise EditRefused(f"expected one event, came {len(made.events)}")
    (event,) = made.events
    return _encoded(event.event_type, event.record)


def with_values(value: bytes | None, edits: Sequence[str]) -> bytes:
    """Return a readable record with some fields set, each as `path=value`; raises `EditRefused`."""
    if len(edits) > EDITS_MAX:
        raise EditRefused(f"expected at most {EDITS_MAX} edits; write the event anew (--payload)")
    try:
        event_type, record = decode(value)
    except CodecRefused as refused:
        words = f"the record cannot be read ({refused}), so no field can be set"
        raise EditRefused(f"{words}; give the whole event by --payload") from refused
    document = dict(to_json(record))
    for edit in edits:
        path, is_there, text = edit.partition("=")
        if not is_there:
            raise EditRefused(f"expected --set path=value, came {len(edit)} characters without =")
        _set(document, path.strip(), text)
    try:
        return _encoded(event_type, from_json(event_type, document))
    except CodecRefused as refused:
        raise EditRefused(str(refused)) from refused


def _encoded(event_type: str, record: Any) -> bytes:  # noqa: ANN401 - a record of any schema
    """Encode a record by its schema."""
    try:
        return encode(event_type, record)
    except CodecRefused as refused:
        raise EditRefused(str(refused)) from refused


def _set(document: dict[str, Any], path: str, text: str) -> None:
    """Set the field at a path of names and numbers of list entries."""
    *way, last = path.split(".")
    holder: Any = document
    for part in way:
        holder = _inside(holder, part, path)
    before = _inside(holder, last, path)
    key = int(last) if isinstance(holder, list) else last
    holder[key] = _read(text, before)


def _inside(holder: object, part: str, path: str) -> Any:  # noqa: ANN401 - any value of JSON
    """Return what a part of a path names; a record of ours has all its fields, empty or not."""
    if isinstance(holder, dict) and part in holder:
        return holder[part]
    if isinstance(holder, list) and part.isdecimal() and int(part) < len(holder):
        return holder[int(part)]
    raise EditRefused(f"{path}: the record has no such field; it must be one that stands in it")


def _read(text: str, before: object) -> Any:  # noqa: ANN401 - any value of JSON
    """Read a value: a text stays text where one stood, anything else is JSON where it can be."""
    if isinstance(before, str) and text != "null":
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
