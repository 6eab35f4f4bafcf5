"""The publisher: validate, encode, spool to disk, send, and wait for the broker's word.

An agency's connector loses nothing while Kafka is away: what was taken is on the disk before the
caller hears of it, and leaves the disk only when Kafka has it. After a crash it is sent again, in
the order in which it came and before anything new; the ledger drops what it has seen (promise 2).

Bad events, records that Kafka refuses and Kafka being away are all values of `Published`, so that
one bad event stops none of its neighbours.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Self

from connectors.publisher.sending import Sender
from connectors.publisher.spool import Parcel, Segment, Spool, SpoolBusy, SpoolFull
from connectors.publisher.wire import (
    REJECTION_HEADER,
    Encode,
    NotOursError,
    to_parcel,
    to_rejected_parcel,
)
from connectors.translation import Rejection, SourceEvent
from schemas.codec import CodecRefused, encode
from streams.domain.agencies import Agency
from streams.topics import KafkaAway, KafkaRefuses

__all__ = [
    "REJECTION_HEADER",
    "Invalid",
    "Placed",
    "Published",
    "Publisher",
    "Refused",
    "SpoolBusy",
]

SEGMENT_EVENTS_MAX = 500
RETRY_SECONDS = 5.0
"""Assumed: how long Kafka is left alone after it was found away, so that spooling stays quick."""


@dataclass(frozen=True, slots=True)
class Invalid:
    """An event that was not taken: its place among those given (from 1), and why."""

    place: int
    event_type: str
    words: str

    def __str__(self) -> str:
        """Say it in one line."""
        return f"event {self.place}: {self.words}; the publisher must correct it and send it again"


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that Kafka does not take, kept in a file of its own until somebody acts."""

    name: str
    words: str
    kept_in: Path

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.name}: {self.words} (kept in {self.kept_in})"


@dataclass(frozen=True, slots=True)
class Placed:
    """Where Kafka has put a record; `name` is the id of its event."""

    name: str
    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        """Write the place as `switchboard explain` reads it."""
        return f"{self.topic}[{self.partition}]@{self.offset}"


@dataclass(slots=True)
class Published:
    """What became of a call: `taken` are safe on disk or in Kafka, `waiting` are not in Kafka yet.

    `sent` counts what Kafka confirmed during the call, which may have waited since an earlier one.
    `stopped` says why sending or taking ended early; calling again later is right.
    """

    taken: int = 0
    sent: int = 0
    waiting: int = 0
    invalid: list[Invalid] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    placed: list[Placed] = field(default_factory=list)
    stopped: KafkaAway | KafkaRefuses | SpoolFull | None = None


class Publisher:
    """Publishes for one agency, to its feed, from a spool of its own; safe between threads.

    `secret` makes the record keys (`Settings.key_secret`); a changed secret moves people to other
    partitions. Raises `SpoolBusy` when another process has the spool.
    """

    def __init__(
        self,
        agency: Agency,
        *,
        kafka: str,
        spool: Path,
        secret: bytes,
        encode: Encode = encode,
    ) -> None:
        self._agency = agency
        self._secret = secret
        self._encode = encode
        self._spool = Spool(spool)
        self._sender = Sender(kafka)
        self._lock = Lock()
        self._away: KafkaAway | KafkaRefuses | None = None
        self._retry_at = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let Kafka and the spool go; what waits goes with the next publisher."""
        self._sender.close()
        self._spool.close()

    def publish(self, events: Iterable[SourceEvent]) -> Published:
        """Take events in their order and send them; what cannot be sent now waits on the disk."""
        published = Published()
        numbered = enumerate(events, 1)
        with self._lock:
            while chunk := list(islice(numbered, SEGMENT_EVENTS_MAX)):
                if not self._take(list(self._parcels(chunk, published)), published):
                    break
            return self._finish(published)

    def send_rejected(self, raw: bytes, rejection: Rejection) -> Published:
        """Send bytes that a source could not read, with the reason, to the agency's own feed.

        The worker quarantines them there, so that the agency is told on the same way as for
        anything else that is wrong.
        """
        published = Published()
        with self._lock:
            parcel = to_rejected_parcel(raw, rejection, self._agency, self._secret)
            self._take([parcel], published)
            return self._finish(published)

    def deliver(self) -> Published:
        """Send what waits, now, however lately Kafka was found away."""
        with self._lock:
            self._retry_at = 0.0
            return self._finish(Published())

    def retry_refused(self) -> Published:
        """Send once more what Kafka had refused, after somebody has acted on it."""
        with self._lock:
            published = Published(taken=self._spool.take_back())
            self._retry_at = 0.0
            return self._finish(published)

    def _parcels(
        self, chunk: Iterable[tuple[int, SourceEvent]], published: Published
    ) -> Iterator[Parcel]:
        """Make the records of those events that fit the contract, and report the others."""
        for place, event in chunk:
            try:
                yield to_parcel(event, self._agency, self._secret, self._encode)
            except CodecRefused as refused:
                published.invalid.append(Invalid(place, event.event_type, refused.words))
            except NotOursError as not_ours:
                published.invalid.append(Invalid(place, event.event_type, str(not_ours)))

    def _take(self, parcels: list[Parcel], published: Published) -> bool:
        """Put records on the disk, then send what waits; answer whether there was room."""
        try:
            self._spool.append(parcels)
        except SpoolFull as full:
            published.stopped = full
            return False
        published.taken += len(parcels)
        self._send_waiting(published)
        return True

    def _finish(self, published: Published) -> Published:
        """Send what still waits and count what then remains."""
        self._send_waiting(published)
        published.waiting = self._spool.waiting
        if not published.waiting and not isinstance(published.stopped, SpoolFull):
            published.stopped = None
        return published

    def _send_waiting(self, published: Published) -> None:
        """Send the spool, oldest first, unless Kafka was found away a moment ago."""
        if self._away is not None and time.monotonic() < self._retry_at:
            published.stopped = published.stopped or self._away
            return
        self._away = None
        try:
            for segment in self._spool.pending():
                if not self._send_segment(segment, published):
                    break
        except SpoolFull as full:
            published.stopped = full

    def _send_segment(self, segment: Segment, published: Published) -> bool:
        """Send one segment and answer whether all of it is out of the way."""
        if segment.entries is None:
            words = "the disk gave back something else than was written; look at it by hand"
            kept_in = self._spool.set_aside_unreadable(segment)
            published.refused.append(Refused(segment.path.name, words, kept_in))
            return True
        left = segment.entries
        while left and self._away is None:
            outcome = self._sender.send(left)
            published.sent += len(outcome.sent)
            for entry in left:
                if (place := outcome.sent.get(entry.number)) is not None:
                    parcel = entry.parcel
                    published.placed.append(Placed(parcel.name, parcel.topic, *place))
                why = outcome.refused.get(entry.number)
                if why is not None:
                    kept_in = self._spool.set_aside(entry, why)
                    published.refused.append(Refused(entry.parcel.name, why, kept_in))
            settled = outcome.sent.keys() | outcome.refused.keys()
            left = tuple(entry for entry in left if entry.number not in settled)
            self._note(outcome.stopped, published)
        self._spool.settle(segment, left)
        return not left

    def _note(self, stopped: KafkaAway | KafkaRefuses | None, published: Published) -> None:
        """Remember that Kafka is away, so that the next calls spool without waiting for it."""
        if stopped is not None:
            self._away = stopped
            self._retry_at = time.monotonic() + RETRY_SECONDS
            published.stopped = published.stopped or stopped
