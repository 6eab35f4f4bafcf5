"""The publisher's spool: records on disk until Kafka has said that it has them.

A segment is one file of JSON lines, written beside its place, synced and renamed, so it is there
whole or not at all. Its name is the number of its last record; numbers rise and are never used
again while a record that had one is still here. A segment is removed only after the broker's word
for each of its records; what a crash leaves behind is sent again, in order and before anything new.

The folder is ours alone (0700, files 0600): its records hold personal data, and unlike Kafka's they
lie on the agency's own machine.
"""

import base64
import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

SPOOL_BYTES_MAX = 1024**3
"""Assumed: some days of a large agency; then its disk is worth more to it than our patience."""


class SpoolFull(Exception):
    """The spool can take no more: Kafka has been away too long, or the disk is full."""


class SpoolBusy(Exception):
    """Another process publishes from this spool; two would send each other's records."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One record as it goes to Kafka; `name` is an event's id, which may be told to anybody."""

    name: str
    topic: str
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A parcel in the spool; numbers give the order."""

    number: int
    parcel: Parcel


@dataclass(frozen=True, slots=True)
class Segment:
    """A file of the spool with its entries; None where the file cannot be read."""

    path: Path
    entries: tuple[Entry, ...] | None


class Spool:
    """A folder of segments that one process at a time may use."""

    def __init__(self, folder: Path, *, bytes_max: int = SPOOL_BYTES_MAX) -> None:
        self.folder = folder
        self.refused_folder = folder / "refused"
        self.refused_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        self._bytes_max = bytes_max
        self._lock = _lock(folder)
        for unfinished in folder.glob("*.part"):
            unfinished.unlink()
        files = [*self._segments(), *self.refused_folder.iterdir()]
        self._bytes = sum(file.stat().st_size for file in files)
        self._last = max((int(file.stem) for file in files if file.stem.isdecimal()), default=0)
        self.waiting = sum(len(segment.entries or ()) for segment in self.pending())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let another process have the spool; a second call does nothing."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def append(self, parcels: Sequence[Parcel]) -> None:
        """Put records at the end; they are on the disk when this returns, or `SpoolFull`."""
        if not parcels:
            return
        entries = [Entry(self._last + n, parcel) for n, parcel in enumerate(parcels, 1)]
        if self._bytes + sum(len(parcel.value) for parcel in parcels) > self._bytes_max:
            raise SpoolFull(
                f"the spool {self.folder} holds {self._bytes} bytes and may hold "
                f"{self._bytes_max}; Kafka must take these records before new ones are accepted"
            )
        self._write(self.folder / f"{entries[-1].number:020d}.seg", entries)
        self._last = entries[-1].number
        self.waiting += len(entries)

    def pending(self) -> Iterator[Segment]:
        """Read the segments that wait, oldest first."""
        for path in self._segments():
            yield Segment(path, _read(path))

    def settle(self, segment: Segment, left: Sequence[Entry]) -> None:
        """Keep of a segment only what is left; remove it when nothing is."""
        before = len(segment.entries or ())
        if not left:
            self._bytes -= segment.path.stat().st_size
            segment.path.unlink()
        elif len(left) < before:
            self._write(segment.path, left)
        self.waiting += len(left) - before

    def set_aside(self, entry: Entry, reason: str) -> Path:
        """Keep a record that the broker refuses, with the reason, out of the others' way."""
        path = self.refused_folder / f"{entry.number:020d}.json"
        self._write(path, [entry], reason=reason)
        return path

    def set_aside_unreadable(self, segment: Segment) -> Path:
        """Keep a file that cannot be read, for a person to look at."""
        path = self.refused_folder / f"{segment.path.stem}.unreadable"
        segment.path.rename(path)
        return path

    def take_back(self) -> int:
        """Put what was set aside at the end of the spool again, and return how many."""
        paths = sorted(self.refused_folder.glob("*.json"))
        entries = [entry for path in paths for entry in _read(path) or ()]
        self.append([entry.parcel for entry in entries])
        for path in paths:
            self._bytes -= path.stat().st_size
            path.unlink()
        return len(entries)

    def _segments(self) -> list[Path]:
        return sorted(self.folder.glob("*.seg"))

    def _write(self, path: Path, entries: Iterable[Entry], **more: str) -> None:
        """Write a file whole or not at all, and count its bytes."""
        data = "".join(json.dumps({**_to_json(e), **more}) + "\n" for e in entries).encode()
        replaced = path.stat().st_size if path.exists() else 0
        part = path.with_name(f"{path.name}.part")
        try:
            _write_synced(part, data)
            part.rename(path)
            _sync(path.parent)
        except OSError as error:
            with suppress(OSError):
                part.unlink()
            raise SpoolFull(
                f"the spool {self.folder} cannot be written ({error.strerror}); make room on its "
                "disk, then publish again"
            ) from error
        self._bytes += len(data) - replaced


def _lock(folder: Path) -> int | None:
    """Take the folder for this process; the system gives it back however the process ends."""
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as held:
        os.close(descriptor)
        raise SpoolBusy(
            f"another process publishes from {folder}; wait for it to end, or name another spool"
        ) from held
    return descriptor


def _write_synced(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Make a rename outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _to_json(entry: Entry) -> dict[str, Any]:
    parcel = entry.parcel
    return {
        "number": entry.number,
        "name": parcel.name,
        "topic": parcel.topic,
        "key": parcel.key.hex(),
        "headers": [[name, base64.b64encode(value).decode()] for name, value in parcel.headers],
        "value": base64.b64encode(parcel.value).decode(),
    }


def _from_json(line: str) -> Entry:
    told = json.loads(line)
    headers = tuple((name, base64.b64decode(value)) for name, value in told["headers"])
    key, value = bytes.fromhex(told["key"]), base64.b64decode(told["value"])
    return Entry(told["number"], Parcel(told["name"], told["topic"], key, value, headers))


def _read(path: Path) -> tuple[Entry, ...] | None:
    """Read a file of entries; None where the disk gives back something else than was written."""
    try:
        return tuple(_from_json(line) for line in path.read_text("utf-8").splitlines())
    except (ValueError, KeyError, TypeError):
        return None
