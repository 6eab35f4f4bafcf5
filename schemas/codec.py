"""Bytes to records and back: Avro single-object encoding, and refusals in words.

A message is 0xC3 0x01, the 8 bytes of its schema's CRC-64-AVRO fingerprint, and the record. No
bytes whatever make `decode` raise anything but CodecRefused, and none make it allocate more than
a small multiple of RECORD_BYTES_MAX: text cannot be longer than the bytes that came, an item of a
list takes at least one of them, and ITEMS_MAX (checking.py) bounds what is kept.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from contextlib import suppress
from io import BytesIO
from typing import Any, NamedTuple, cast

from fastavro import schemaless_reader, schemaless_writer

from schemas.catalogue import EventSchema, catalogue
from schemas.checking import find_unsound
from schemas.jsonform import from_json, to_json
from schemas.locating import where_it_stops
from schemas.reading import ORDINARY_BYTES_MAX, UNUSUAL
from schemas.refusals import CodecRefused, Fault, UnknownEventType, misfit
from schemas.writing import MISFIT, MORE_BYTES_FOLLOW

__all__ = [
    "CodecRefused",
    "Decoded",
    "Fault",
    "decode",
    "encode",
    "encode_trusted",
    "from_json",
    "to_json",
]

SINGLE_OBJECT = b"\xc3\x01"
HEADER_BYTES = 10
RECORD_BYTES_MAX = 256 * 1024
"""Bytes of one record, header left out; the limit of the queues our publishers come from."""

REASONS: tuple[tuple[type[Exception], str, str], ...] = (
    (UnicodeDecodeError, "bad_text", "text that is not UTF-8"),
    (EOFError, "truncated", "it ends in the middle of a value, or a length is impossible"),
    (IndexError, "bad_choice", "a choice that its schema does not have"),
    (OverflowError, "out_of_range", "a number, date or instant out of range"),
    (RecursionError, "too_deep", "it is nested too deep"),
    (ValueError, "out_of_range", "a number, date or instant out of range"),
    (TypeError, "truncated", "it ends in the middle of a value"),
    (struct.error, "truncated", "it ends in the middle of a value"),
)
"""What fastavro raises on bytes that are no record; the first that fits is taken."""

UNREADABLE = tuple(kind for kind, _, _ in REASONS)


class Decoded(NamedTuple):
    """A record and the type its fingerprint names."""

    event_type: str
    record: dict[str, Any]


Framing = Callable[[bytes], tuple[EventSchema, int]]
"""Reads the head of a message: gives the schema and where the record begins."""


def encode(event_type: str, record: Mapping[str, Any]) -> bytes:
    """Write a record as one message; refuses one that does not fit, naming every fault."""
    schema = _schema_of(event_type)
    faults = schema.checker(record)
    if faults:
        raise misfit(event_type, faults)
    out = BytesIO()
    out.write(SINGLE_OBJECT + schema.fingerprint)
    schemaless_writer(out, schema.parsed, record)
    data = out.getvalue()
    _demand_size(data)
    return data


def encode_trusted(event_type: str, record: Mapping[str, Any]) -> bytes:
    """Write a record that we composed ourselves as `encode` would, four times as fast.

    One whose fields or types do not fit is refused as by `encode`. What only an agency could have
    slipped in (a NUL in a text, a number of more than 32 bits) is not looked for again.
    """
    schema = _schema_of(event_type)
    try:
        data = SINGLE_OBJECT + schema.fingerprint + schema.writer(record)
    except MISFIT:
        return encode(event_type, record)
    _demand_size(data)
    return data


def decode(data: bytes | None) -> Decoded:
    """Read one message; refuses whatever is not exactly one record of a schema we have."""
    if not data:
        raise CodecRefused("too_short", "no bytes at all; an event must have a body")
    framing = FRAMINGS.get(data[0])
    if framing is None:
        words = f"first byte 0x{data[0]:02x}: not Avro single-object encoding (0xc3 0x01)"
        raise CodecRefused("wrong_marker", words)
    schema, start = framing(data)
    if len(data) <= ORDINARY_BYTES_MAX:
        with suppress(*UNUSUAL):
            return Decoded(schema.event_type, schema.reader(data, start))
    return Decoded(schema.event_type, _read_with_care(schema, data, start))


def _read_with_care(schema: EventSchema, data: bytes, start: int) -> dict[str, Any]:
    """Read a record whatever its bytes are, and say of one that is none what is wrong with it."""
    _demand_size(data)
    source = BytesIO(data)
    source.seek(start)
    try:
        record = cast("dict[str, Any]", schemaless_reader(source, schema.parsed, None))
    except UNREADABLE as error:
        is_cut = source.tell() == len(data) and data[-1] >= MORE_BYTES_FOLLOW
        code, words = _unreadable(error, is_cut=is_cut)
        raise _refused(schema, data, start, (code, words)) from error
    if source.tell() != len(data):
        left = len(data) - source.tell()
        words = f"{schema.event_type}: {left} bytes are left over after the record"
        raise CodecRefused("trailing_bytes", words)
    unsound = find_unsound(record)
    if unsound is not None:
        raise _refused(schema, data, start, unsound)
    return record


def _single_object(data: bytes) -> tuple[EventSchema, int]:
    """Read the head of Avro single-object encoding."""
    if len(data) < HEADER_BYTES:
        words = f"{len(data)} bytes; a message has a header of {HEADER_BYTES}"
        raise CodecRefused("too_short", words)
    if not data.startswith(SINGLE_OBJECT):
        words = f"begins 0x{data[:2].hex()}; Avro single-object encoding begins 0xc301"
        raise CodecRefused("wrong_marker", words)
    fingerprint = data[2:HEADER_BYTES]
    schema = catalogue().by_fingerprint.get(fingerprint)
    if schema is None:
        words = f"fingerprint {fingerprint.hex()} names no schema of this catalogue"
        raise CodecRefused("unknown_fingerprint", words)
    return schema, HEADER_BYTES


FRAMINGS: dict[int, Framing] = {SINGLE_OBJECT[0]: _single_object}
"""By first byte. The framing of schema registries (0x00 and a schema id) has its place here."""


def _schema_of(event_type: str) -> EventSchema:
    """Give the schema of a type, or refuse in the codec's own words."""
    try:
        return catalogue().schema_of(event_type)
    except UnknownEventType as unknown:
        raise CodecRefused("unknown_type", str(unknown)) from unknown


def _demand_size(data: bytes) -> None:
    """Refuse a record over the limit, before anything of it is read."""
    size = len(data) - HEADER_BYTES
    if size > RECORD_BYTES_MAX:
        words = f"a record of {size} bytes; the limit is {RECORD_BYTES_MAX}"
        raise CodecRefused("too_large", words)


def _refused(schema: EventSchema, data: bytes, start: int, reason: tuple[str, str]) -> CodecRefused:
    """Make the refusal of a record that names the field where its bytes stop being one."""
    code, words = reason
    found = where_it_stops(schema.tree, data, start)
    if found is not None:
        path, expected = found
        words = f"{path}: expected {expected}; came: {words}"
    return CodecRefused(code, f"{schema.event_type}: {words}")


def _unreadable(error: Exception, *, is_cut: bool) -> tuple[str, str]:
    """Turn what the reader raised into a reason and words, without quoting what it read.

    fastavro raises IndexError for a choice that does not exist and also for a number whose last
    bytes are missing; `is_cut` says that the bytes end inside a number.
    """
    kind_came = EOFError if is_cut and isinstance(error, IndexError) else type(error)
    return next((code, words) for kind, code, words in REASONS if issubclass(kind_came, kind))
