"""What every source hands back: events, rejections and what was left out, each with its place.

A source is a pure function from the bytes that an agency sent to records of our own schemas. It
never raises for what the bytes say: bad data is a value (`Rejection`) that names the field, what
was expected, what came and whose move it is. A rejection never repeats what came, only its shape,
since the texts of these payloads are names, dates of birth and addresses.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Protocol

PAYLOAD_BYTES_MAX = 5 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class SourceEvent:
    """One event that a payload holds: its type with version, and its record ready for Avro."""

    event_type: str
    record: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rejection:
    """One part of a payload that is not an event, and who must do what about it.

    `came` says a type, a length or an absence; it never repeats a value.
    """

    source: str
    path: str
    expected: str
    came: str
    fix: str

    def __str__(self) -> str:
        """Say the whole rejection in one line."""
        return f"{self.path}: expected {self.expected}, came {self.came}; {self.fix}"


@dataclass(frozen=True, slots=True)
class Skipped:
    """One part of a payload that is right and yet not carried as it came, and why."""

    path: str
    why: str


@dataclass(frozen=True, slots=True)
class Translated:
    """Everything that one payload turned into; `raw_digest` is the SHA-256 of its bytes in hex."""

    events: tuple[SourceEvent, ...]
    rejections: tuple[Rejection, ...]
    skipped: tuple[Skipped, ...]
    raw_digest: str


class Source(Protocol):
    """One format that agencies send: a module of `connectors.sources`.

    `NAME` is the module's name; `recognises` says cheaply whether bytes look like this format;
    `translate` turns them into events and never raises for what they say. `secret` keys whatever
    ids it makes of what an event says; without one they would confirm a guess of it.
    """

    NAME: str

    def recognises(self, raw: bytes) -> bool:
        """Say whether the bytes look like this format."""
        ...

    def translate(
        self, raw: bytes, *, agency: str, received_at: datetime, gateway: str, secret: bytes = b""
    ) -> Translated:
        """Turn the bytes into events, rejections and what was left out."""
        ...


def digest_of(raw: bytes) -> str:
    """Return the SHA-256 of the bytes in hex, by which a payload is named everywhere."""
    return sha256(raw).hexdigest()
