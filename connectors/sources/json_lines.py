"""JSON lines of our own schemas: one object `{type, ...fields}` on each line, or one alone.

`type` names an event of the catalogue, with its version or without (then the latest). What the
caller states anyway (publisher, gateway, when it was received) is filled in where a line leaves it
out of `meta`; an event id is never made up, since "once" rests on it. A bad line does not stop the
others.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connectors import safe_json
from connectors.translation import Rejection, SourceEvent, Translated, digest_of
from schemas.catalogue import UnknownEventType, catalogue
from schemas.codec import CodecRefused, from_json

NAME = "json_lines"
BYTES_MAX = 64 * 1024 * 1024
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
DOCUMENT = "the document"
CORRECT_LINE = "the publisher must correct this event and send it again"

# The beginning of a line of ours that is damaged further on.
_LIKE_OURS = re.compile(rb'\s*\{\s*"type"\s*:\s*"[a-z_]+\.[a-z_]+(\.v\d+)?"')


@dataclass(frozen=True, slots=True)
class _Arrival:
    """What the caller states of every line."""

    agency: str
    received_at: datetime
    gateway: str

    def filled(self, meta: object) -> object:
        """Return `meta` with what the caller states, where the line leaves it out."""
        if not isinstance(meta, Mapping):
            return meta
        received_at = self.received_at.astimezone(UTC).isoformat()
        stated = {
            "publisher": self.agency,
            "published_at": received_at,
            "gateway": self.gateway,
        }
        return {**stated, **meta}


def recognises(raw: bytes) -> bool:
    """Say whether the first line, or the whole document, looks like an event of ours."""
    body = raw.removeprefix(BYTE_ORDER_MARK).lstrip()
    first = body.split(b"\n", 1)[0]
    value = safe_json.parse(first)
    if isinstance(value, safe_json.Unreadable):
        value = None if _LIKE_OURS.match(first) else safe_json.parse(body)
        return value is None or _is_ours(value)
    return _is_ours(value)


def translate(
    raw: bytes,
    *,
    agency: str,
    received_at: datetime,
    gateway: str,
    secret: bytes = b"",  # noqa: ARG001 - events of our own schemas come with their ids
) -> Translated:
    """Turn every line into an event or a rejection that names the line."""
    digest = digest_of(raw)
    if len(raw) > BYTES_MAX:
        expected, came = f"at most {BYTES_MAX:,} bytes", f"{len(raw):,} bytes"
        too_large = Rejection(NAME, DOCUMENT, expected, came, "the publisher must split the file")
        return Translated((), (too_large,), (), digest)
    arrival = _Arrival(agency, received_at, gateway)
    events: list[SourceEvent] = []
    rejections: list[Rejection] = []
    for place, value in _values(raw.removeprefix(BYTE_ORDER_MARK)):
        if isinstance(value, safe_json.Unreadable):
            rejections.append(value.rejection(NAME, place))
            continue
        made = _event(place, value, arrival)
        if isinstance(made, SourceEvent):
            events.append(made)
        else:
            rejections += made
    if not events and not rejections:
        rejections.append(_refused(DOCUMENT, "at least one event", "nothing but blank lines"))
    return Translated(tuple(events), tuple(rejections), (), digest)


def _is_ours(value: object) -> bool:
    """Say whether this is an object whose type is a text."""
    return isinstance(value, Mapping) and isinstance(value.get("type"), str)


def _values(body: bytes) -> Iterator[tuple[str, Any]]:
    """Yield the values with their places: one for each line, or one over several lines."""
    lines = [(number, line) for number, line in enumerate(body.split(b"\n"), 1) if line.strip()]
    if len(lines) > 1 and _is_ours(alone := safe_json.parse(body)):
        yield DOCUMENT, alone
        return
    for number, line in lines:
        yield f"line {number}", safe_json.parse(line)


def _event(place: str, value: object, arrival: _Arrival) -> SourceEvent | list[Rejection]:
    """Return the event of one value, or everything that is wrong with it."""
    if not isinstance(value, Mapping) or not isinstance(value.get("type"), str):
        came = "an object without that type" if isinstance(value, Mapping) else "another value"
        return [_refused(f"{place}: type", "an object whose `type` names an event", came)]
    fields = {name: field for name, field in value.items() if name != "type"}
    try:
        event_type = catalogue().resolve(value["type"])
    except UnknownEventType:
        came = f"a type of {len(value['type'])} characters that no schema has"
        return [_refused(f"{place}: type", "a type of the event catalogue", came)]
    if catalogue().schema_of(event_type).kind != "event":
        expected = "an event that agencies publish"
        return [_refused(f"{place}: type", expected, "a notice or a receipt, which only we send")]
    if "meta" in fields:
        fields["meta"] = arrival.filled(fields["meta"])
    try:
        return SourceEvent(event_type, from_json(event_type, fields))
    except CodecRefused as refused:
        return list(_rejections(place, refused))


def _rejections(place: str, refused: CodecRefused) -> Iterator[Rejection]:
    """Yield one rejection for each fault; a word that came is told by its length alone."""
    for fault in refused.faults:
        came = fault.came
        if came[:1] in {"'", '"'}:
            came = "a word that is not in this list"
        yield _refused(f"{place}: {fault.path or 'the event'}", fault.expected, came)
    if not refused.faults:
        yield _refused(place, "an event that fits its schema", refused.reason_code)


def _refused(path: str, expected: str, came: str) -> Rejection:
    """Return a rejection whose move is the publisher's."""
    return Rejection(NAME, path, expected, came, CORRECT_LINE)
