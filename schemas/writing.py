"""Write records of our own making quickly: bytes and nothing else, without a list of faults.

`encode` asks for every record whether it fits, and fastavro tries the branches of every union; both
are right for what agencies send and cost most of the time of a notice, which we compose ourselves.
A schema is turned once into nested functions that write. One of them may raise anything of MISFIT
on a record that does not fit; the caller then asks `encode` for the faults. What it writes equals
what fastavro writes, which a test holds for every schema.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from struct import Struct
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from schemas.resolve import AvroSchema

Writer = Callable[[Any], bytes]

MISFIT: Final = (AttributeError, KeyError, TypeError, ValueError)
"""What a writer raises on a record that does not fit."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
MICROSECOND: Final = timedelta(microseconds=1)
INSTANTS_KEPT: Final = 4_096
"""Instants whose bytes are kept: all notices of a batch share a few."""
LOW_BITS, MORE_BYTES_FOLLOW = 0x7F, 0x80
NULL, SOME = b"\x00", b"\x02"
NO_ITEMS: Final = b"\x00"
BOOLEANS: Final = {True: b"\x01", False: b"\x00"}
_DOUBLE: Final = Struct("<d")


def compile_writer(schema: AvroSchema) -> Writer:
    """Make the function that writes one value of an expanded schema.

    The schema is one for which `compile_checker` made a checker, so its types are known here.
    """
    if isinstance(schema, list):
        return _optional(schema)
    if isinstance(schema, str):
        schema = {"type": schema}
    kind = str(schema.get("logicalType", schema["type"]))
    return WRITERS[kind](schema)


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


def _text(value: str) -> bytes:
    """Write text behind its length in bytes."""
    content = value.encode()
    return whole(len(content)) + content


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


def _plain(writer: Writer) -> Callable[[dict[str, Any]], Writer]:
    """Make the maker of a writer that needs nothing from its schema."""
    return lambda _schema: writer


def _optional(branches: list[Any]) -> Writer:
    """Make the writer of a value that may be null."""
    inner = compile_writer(branches[1])
    return lambda value: NULL if value is None else SOME + inner(value)


def _enum(schema: dict[str, Any]) -> Writer:
    """Make the writer of a word from a closed list."""
    words = {symbol: whole(index) for index, symbol in enumerate(schema["symbols"])}
    return words.__getitem__


def _array(schema: dict[str, Any]) -> Writer:
    """Make the writer of a list, as one block."""
    item = compile_writer(schema["items"])

    def write(value: list[Any] | tuple[Any, ...]) -> bytes:
        if not value:
            return NO_ITEMS
        if isinstance(value, str | Mapping):
            message = "a list is due"
            raise TypeError(message)
        return whole(len(value)) + b"".join([item(each) for each in value]) + NO_ITEMS

    return write


def _record(schema: dict[str, Any]) -> Writer:
    """Make the writer of an object; one with a field too many or too few is no such object."""
    inside = [(each["name"], compile_writer(each["type"])) for each in schema["fields"]]
    count = len(inside)

    def write(value: Mapping[str, Any]) -> bytes:
        if len(value) != count:
            message = f"{schema['name']} has {count} fields"
            raise KeyError(message)
        return b"".join([writer(value[name]) for name, writer in inside])

    return write


WRITERS: Final[dict[str, Callable[[dict[str, Any]], Writer]]] = {
    "string": _plain(_text),
    "boolean": _plain(BOOLEANS.__getitem__),
    "int": _plain(whole),
    "double": _plain(_DOUBLE.pack),
    "timestamp-micros": _plain(_instant),
    "date": _plain(_date),
    "enum": _enum,
    "array": _array,
    "record": _record,
}
"""By Avro type, the same types as the checker has."""
