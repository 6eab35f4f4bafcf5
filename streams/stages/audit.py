"""Audit: what was done with an event, to whom it was shown, under which power; never what it says.

Each writer has a chain: an entry's hash covers the one before, so that a change, an insertion or a
deletion shows. Entries hold identifiers and digests only.

Source: Data Protection Act 2018 s.62 (collection, alteration, consultation, disclosure,
combination, erasure); DESIGN section 6, *Audit*.
"""

import json
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Final

from msgspec import Struct, to_builtins
from msgspec.json import Encoder

HASH_BYTES = 32
CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=str)
"""Writes an entry in one way only: ASCII, names in order, no spaces."""
QUICK: Final = Encoder(order="sorted")
DELETE: Final = b"\x7f"
FIRST_HASH = bytes(HASH_BYTES)


class Head(Struct, frozen=True):
    """The end of a chain: how many entries it has, and the hash of the last."""

    length: int = 0
    hash: bytes = FIRST_HASH


class Entry(Struct, frozen=True):
    """One entry as it is kept: `body` is canonical JSON, `hash` covers it and the entry before."""

    number: int
    body: bytes
    hash: bytes


def body(fields: Mapping[str, object]) -> bytes:
    """Encode an entry's fields canonically, leaving out what is not known."""
    known = {name: value for name, value in fields.items() if value not in (None, (), [], "")}
    return CANONICAL.encode(known).encode()


def body_of(entry: Struct) -> bytes:
    """Encode as `body` does an entry that leaves out its own defaults, quickly.

    `body` writes whatever is not ASCII, and the one ASCII character, DEL, that only it escapes.
    """
    quick = QUICK.encode(entry)
    return quick if quick.isascii() and DELETE not in quick else body(to_builtins(entry))


def chain(head: Head, bodies: Iterable[bytes]) -> tuple[tuple[Entry, ...], Head]:
    """Append bodies to a chain; return the entries and the new head."""
    entries: list[Entry] = []
    number, last = head.length, head.hash
    for each in bodies:
        number += 1
        last = linked(last, number, each)
        entries.append(Entry(number, each, last))
    return tuple(entries), Head(number, last)


def linked(previous: bytes, number: int, entry_body: bytes) -> bytes:
    """Return the hash of an entry: of the one before, its number and its body."""
    content = previous + number.to_bytes(8, "big") + entry_body
    return blake2b(content, digest_size=HASH_BYTES).digest()
