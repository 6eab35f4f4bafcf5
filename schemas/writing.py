"""Write records of our own making quickly: bytes and nothing else, without a list of faults.

`encode` asks for every record whether it fits, and fastavro tries the branches of every union; both
are right for what agencies send and cost most of the time of a notice, which we compose ourselves.
A schema is turned once into the source of one flat Python function, as `dataclasses` does. It may
raise anything of MISFIT on a record that does not fit; the caller then asks `encode` for the
faults. What it writes equals what fastavro writes, which a test holds for every schema.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from struct import Struct
from typing import TYPE_CHECKING, Any, Final

from schemas.making import Source, kind_of

if TYPE_CHECKING:
    from schemas.resolve import AvroSchema

Writer = Callable[[Mapping[str, Any]], bytes]
"""Writes one record, without the head of a message."""

MISFIT: Final = (AttributeError, KeyError, TypeError, ValueError)
"""What a writer raises on a record that does not fit."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
MICROSECOND: Final = timedelta(microseconds=1)
INSTANTS_KEPT: Final = 4_096
"""Instants whose bytes are kept: all notices of a batch share a few."""
LOW_BITS, MORE_BYTES_FOLLOW = 0x7F, 0x80
"""Of each byte of an Avro number: its seven bits, and what is set in all but the last."""
BOOLEANS: Final = {True: b"\x01", False: b"\x00"}
_DOUBLE: Final = Struct("<d")


def compile_writer(schema: dict[str, Any]) -> Writer:
    """Make the function that writes one record of an expanded schema.

    The schema is one for which `compile_checker` made a checker, so its types are known here.
    """
    source = _Source()
    source.add("out = []", "put = out.append")
    source.write(schema, "record")
    source.add("return b''.join(out)")
    return source.function("record", NAMES)


def whole(number: int) -> bytes:
    """Write a whole number: zigzag, seven bits in a byte, the lowest first."""
    left = number << 1 if number >= 0 else (-number << 1) - 1
    if left < MORE_BYTES_FOLLOW:
        return SHORT[left]
    out = bytearray()
    while left > LOW_BITS:
        out.append(left & LOW_BITS | MORE_BYTES_FOLLOW)
        left >>= 7
    out.append(left)
    return bytes(out)


SHORT: Final = tuple(bytes([number]) for number in range(MORE_BYTES_FOLLOW))


@lru_cache(maxsize=INSTANTS_KEPT)
def _instant(value: datetime) -> bytes:
    """Write an instant as microseconds; one without an offset raises TypeError."""
    return whole((value - EPOCH) // MICROSECOND)


def _date(value: date) -> bytes:
    """Write a date as days; an instant is none."""
    if isinstance(value, datetime):
        message = "an instant came where a date is due"
        raise TypeError(message)
    return whole(value.toordinal() - EPOCH_DAY)


def _many(value: object) -> bytes:
    """Write how many items follow, in one block; text and objects are no lists."""
    if not isinstance(value, list | tuple):
        message = "a list is due"
        raise TypeError(message)
    return whole(len(value))


NAMES: Final[dict[str, Any]] = {
    "SHORT": SHORT,
    "double": _DOUBLE.pack,
    "date": _date,
    "instant": _instant,
    "many": _many,
    "whole": whole,
}
"""What the made functions call."""
CALLS: Final = {"int": "whole", "double": "double", "timestamp-micros": "instant", "date": "date"}
"""By Avro type, the function that writes a value of it."""


class _Source(Source):
    """The lines of a function that writes a record."""

    def write(self, schema: AvroSchema, value: str) -> None:
        """Add the lines that write the value of a name."""
        if isinstance(schema, list):
            self._optional(schema[1], value)
            return
        if isinstance(schema, str):
            schema = {"type": schema}
        kind = kind_of(schema)
        if kind == "record":
            self._record(schema, value)
        elif kind == "array":
            self._array(schema, value)
        elif kind == "string":
            self.add(f"text = {value}.encode()", "size = len(text)")
            self.add("put(SHORT[size << 1] if size < 64 else whole(size))", "put(text)")
        elif kind in CALLS:
            self.add(f"put({CALLS[kind]}({value}))")
        else:
            words = BOOLEANS if kind == "boolean" else bytes_of_words(schema["symbols"])
            self.add(f"put({self.table(words)}[{value}])")

    def _record(self, schema: dict[str, Any], value: str) -> None:
        """Write an object; one with a field too many or too few is no such object."""
        fields = schema["fields"]
        words = repr(f"{schema['name']} has {len(fields)} fields")
        self.add(f"if len({value}) != {len(fields)}: raise KeyError({words})")
        for field in fields:
            name = self.name()
            self.add(f"{name} = {value}[{field['name']!r}]")
            self.write(field["type"], name)

    def _optional(self, inner: AvroSchema, value: str) -> None:
        """Write a value that may be null."""
        self.add(f"if {value} is None: put(SHORT[0])", "else:")
        self.depth += 1
        self.add("put(SHORT[2])")
        self.write(inner, value)
        self.depth -= 1

    def _array(self, schema: dict[str, Any], value: str) -> None:
        """Write a list as one block, behind which stands an empty one."""
        item = self.name()
        self.add(f"if {value}:")
        self.depth += 1
        self.add(f"put(many({value}))", f"for {item} in {value}:")
        self.depth += 1
        self.write(schema["items"], item)
        self.depth -= 2
        self.add("put(SHORT[0])")


def bytes_of_words(symbols: Sequence[str]) -> dict[str, bytes]:
    """Return the bytes that stand for each word of a closed list."""
    return {word: whole(number) for number, word in enumerate(symbols)}
