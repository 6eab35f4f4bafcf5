"""Find in which field the bytes of a message stop being a record, and what was expected there.

fastavro says that something is wrong and not where. So bytes that were refused already are walked
once more here, one value after the other, and nothing of what is read is kept but its length.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from schemas.checking import INT_MAX, INT_MIN, ITEMS_MAX
from schemas.making import kind_of
from schemas.reading import UNUSUAL, read_date, read_instant, read_number

if TYPE_CHECKING:
    from schemas.resolve import AvroSchema

EXPECTED: Final = {
    "string": "text in UTF-8 without NUL",
    "boolean": "true or false",
    "int": "a whole number of 32 bits",
    "double": "a number that is finite",
    "timestamp-micros": "an instant of the years 1 to 9999",
    "date": "a date of the years 1 to 9999",
    "enum": "a word of its closed list",
    "array": f"a list, and at most {ITEMS_MAX} items in all lists together",
}
"""By Avro type, what a sender should have written."""
BYTES_OF_DOUBLE: Final = 8


class _StopsHereError(Exception):
    """The walk has met what is wrong."""

    def __init__(self, path: str, expected: str) -> None:
        """Keep the two parts."""
        super().__init__(path)
        self.path = path
        self.expected = expected


def where_it_stops(schema: dict[str, Any], data: bytes, start: int) -> tuple[str, str] | None:
    """Return the path of the value that is wrong and what was expected, or None where none is."""
    try:
        _Walk(data, start).value(schema, "")
    except _StopsHereError as stop:
        return stop.path, stop.expected
    return None


@dataclass(slots=True)
class _Walk:
    """One walk through the bytes of a record."""

    data: bytes
    at: int
    items: int = 0

    def value(self, schema: AvroSchema, path: str) -> None:
        """Walk over one value."""
        if isinstance(schema, list):
            self._optional(schema[1], path)
            return
        if isinstance(schema, str):
            schema = {"type": schema}
        kind = kind_of(schema)
        if kind == "record":
            for each in schema["fields"]:
                self.value(each["type"], f"{path}.{each['name']}" if path else each["name"])
            return
        try:
            is_right = self._array(schema, path) if kind == "array" else self._plain(schema, kind)
        except UNUSUAL:
            is_right = False
        if not is_right:
            raise _StopsHereError(path, EXPECTED[kind])

    def _optional(self, inner: AvroSchema, path: str) -> None:
        """Walk over a value that may be null."""
        choice = self.data[self.at] if self.at < len(self.data) else None
        if choice not in (0, 2):
            raise _StopsHereError(path, "null, or a value")
        self.at += 1
        if choice:
            self.value(inner, path)

    def _array(self, schema: dict[str, Any], path: str) -> bool:
        """Walk over the blocks of a list; answer whether it is of a size that can be."""
        seen = 0
        while block := self._number():
            count = abs(block)
            if block < 0:
                self._number()
            self.items += count
            if count > len(self.data) - self.at or self.items > ITEMS_MAX:
                return False
            for number in range(count):
                self.value(schema["items"], f"{path}[{seen + number}]")
            seen += count
        return True

    def _plain(self, schema: dict[str, Any], kind: str) -> bool:
        """Walk over a value that has no others inside; answer whether it can be held."""
        match kind:
            case "string":
                length = self._number()
                text = self._taken(length).decode()
                return "\0" not in text
            case "double":
                return isfinite(struct.unpack("<d", self._taken(BYTES_OF_DOUBLE))[0])
            case "boolean":
                return self._taken(1) in (b"\0", b"\1")
            case "enum":
                return 0 <= self._number() < len(schema["symbols"])
            case "int":
                return INT_MIN <= self._number() <= INT_MAX
        read = read_date if kind == "date" else read_instant
        _, self.at = read(self.data, self.at)
        return True

    def _number(self) -> int:
        """Take a whole number."""
        number, self.at = read_number(self.data, self.at)
        return number

    def _taken(self, length: int) -> bytes:
        """Take so many bytes."""
        taken = self.data[self.at : self.at + length]
        if length < 0 or len(taken) < length:
            message = "the bytes end before"
            raise ValueError(message)
        self.at += length
        return taken
