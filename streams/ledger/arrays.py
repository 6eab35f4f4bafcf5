"""Arrays for statements over a whole batch, made in PostgreSQL's binary form at once.

The driver dumps a list item by item and looks through each for characters to escape; with the keys
of five hundred records that takes longer than the statement. Here an array is one join of bytes.

Source: PostgreSQL, `array_send`: dimensions, a null flag, the items' type, length, lower bound, and
each item behind its length, -1 for null.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import Final
from uuid import UUID

import psycopg
from psycopg.adapt import AdaptersMap, Dumper
from psycopg.pq import Format

_BYTEA, _BIGINT, _TEXT, _TIMESTAMPTZ, _UUID = 17, 20, 25, 1184, 2950
"""Type numbers of items, fixed in PostgreSQL's catalogue (pg_type.dat)."""
_HEAD: Final = Struct("!iiIii")
_EMPTY: Final = Struct("!iiI")
_LENGTH: Final = Struct("!i").pack
_INSTANT: Final = Struct("!iq").pack
_NUMBER: Final = _INSTANT
_NULL: Final = _LENGTH(-1)
_UUID_LENGTH: Final = _LENGTH(16)
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class Array(bytes):
    """An array as PostgreSQL takes it; of what type it is, the statement says."""


def blobs(values: Iterable[bytes]) -> Array:
    """Make a `bytea[]`."""
    items = [_LENGTH(len(value)) + value for value in values]
    return _array(_BYTEA, items)


def texts(values: Iterable[str | None]) -> Array:
    """Make a `text[]`; members of a StrEnum count as their text."""
    encoded = (None if value is None else value.encode() for value in values)
    items = [_NULL if each is None else _LENGTH(len(each)) + each for each in encoded]
    return _array(_TEXT, items)


def instants(values: Iterable[datetime | None]) -> Array:
    """Make a `timestamptz[]` of aware instants."""
    items = [
        _NULL if value is None else _INSTANT(8, (value - _EPOCH) // _MICROSECOND)
        for value in values
    ]
    return _array(_TIMESTAMPTZ, items)


def numbers(values: Iterable[int]) -> Array:
    """Make a `bigint[]`."""
    return _array(_BIGINT, [_NUMBER(8, value) for value in values])


def uuids(values: Iterable[UUID]) -> Array:
    """Make a `uuid[]`."""
    return _array(_UUID, [_UUID_LENGTH + value.bytes for value in values])


def _array(of: int, items: list[bytes]) -> Array:
    """Put the head of a one-dimensional array before its items."""
    if not items:
        return Array(_EMPTY.pack(0, 0, of))
    return Array(_HEAD.pack(1, 1, of, len(items), 1) + b"".join(items))


class _ArrayDumper(Dumper):
    """Passes on what is in binary form already."""

    format = Format.BINARY

    def dump(self, obj: Array) -> bytes:
        """Return the array as it is."""
        return obj


class _TextArrayDumper(_ArrayDumper):
    """Passes on a `text[]`."""

    oid = 1009


class _ByteaArrayDumper(_ArrayDumper):
    """Passes on a `bytea[]`."""

    oid = 1001


class _UuidArrayDumper(_ArrayDumper):
    """Passes on a `uuid[]`."""

    oid = 2951


def take_made_arrays(adapters: AdaptersMap) -> None:
    """Let a cursor's COPY take arrays of these types as they are made here, and no lists."""
    for dumper in (_TextArrayDumper, _ByteaArrayDumper, _UuidArrayDumper):
        adapters.register_dumper(Array, dumper)


psycopg.adapters.register_dumper(Array, _ArrayDumper)
