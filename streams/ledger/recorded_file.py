"""A recorded log as a file: one JSON object a line, what happened first and then what was told.

It holds whole events, people and all, so nobody but its owner may read it.
"""

import base64
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy.types import DateTime, LargeBinary, TypeEngine, Uuid

from streams.domain.acts import from_bytes, kind_of, to_bytes
from streams.ledger import tables
from streams.ledger.recorded import Happened, Recorded, Telling, of_event
from streams.ledger.replaying_acts import Done

WHAT: Final = "switchboard recorded log"
VERSION: Final = 1
OWNER_ONLY: Final = 0o600
_READ: Final[tuple[tuple[type[TypeEngine[Any]], Callable[[Any], Any]], ...]] = (
    (LargeBinary, base64.b64decode),
    (Uuid, UUID),
    (DateTime, datetime.fromisoformat),
)


class LogRefused(Exception):
    """A file is no recorded log; the words name the line and what was expected."""


def export(log: Recorded, path: Path, progress: Callable[[int], None]) -> int:
    """Write a log to a new file, and return how many lines it has; an existing one is refused."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        number = 1
        _write(file.write, {"what": WHAT, "version": VERSION, "count": log.count()})
        for happened in log.happened():
            _write(file.write, _happened(happened))
            number += 1
            progress(1)
        for telling in log.told():
            _write(file.write, {"what": "told", **asdict(telling)})
            number += 1
    return number


def _write(write: Callable[[str], object], document: Mapping[str, object]) -> None:
    """Write one line."""
    write(json.dumps(document, default=_plain) + "\n")


def _plain(value: object) -> str:
    """Return a value of a row in a form that JSON has."""
    match value:
        case bytes() | memoryview():
            return base64.b64encode(value).decode("ascii")
        case datetime():
            return value.isoformat()
        case UUID():
            return str(value)
        case _:
            message = f"{type(value).__name__} has no form in JSON"
            raise TypeError(message)


def _happened(happened: Happened) -> dict[str, object]:
    """Return the line of an event or of an act."""
    done = happened.done
    if done is None:
        return {"what": "event", **happened.row}
    act = {"kind": kind_of(done.act), "body": to_bytes(done.act)}
    return {"what": "act", "seq": done.after, "at": done.at, "chain": done.chain, **act}


@dataclass(frozen=True, slots=True)
class FileLog:
    """The log in a file; every reading of it may raise `LogRefused`."""

    path: Path

    def count(self) -> int:
        """Return how many events and acts there are, as the first line says."""
        _, first = next(self._lines(), (0, {}))
        if first.get("what") != WHAT or first.get("version") != VERSION:
            words = f"expected a {WHAT} of version {VERSION} (`switchboard replay --export FILE`)"
            raise LogRefused(f"{self.path}: {words}, came something else")
        return int(first["count"])

    def happened(self) -> Iterator[Happened]:
        """Yield events and acts in the order of their numbers."""
        readers = {"event": _event, "act": _act}
        for number, line in self._lines():
            if line.get("what") in readers:
                yield self._read(number, line, readers[line["what"]])

    def told(self) -> Iterator[Telling]:
        """Yield what events told, in the order of their numbers."""
        for number, line in self._lines():
            if line.get("what") == "told":
                yield self._read(number, line, _telling)

    def _lines(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield the lines with their numbers."""
        with self.path.open(encoding="utf-8") as file:
            for number, text in enumerate(file, 1):
                line = self._read(number, text, json.loads)
                if not isinstance(line, dict):
                    raise LogRefused(f"{self.path} line {number}: expected an object")
                yield number, line

    def _read(self, number: int, given: Any, read: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - any line
        """Read one line, or say which cannot be read."""
        try:
            return read(given)
        except (ValueError, KeyError, TypeError) as error:
            words = f"expected a line of a {WHAT} ({type(error).__name__})"
            raise LogRefused(f"{self.path} line {number}: {words}") from error


def _event(line: Mapping[str, Any]) -> Happened:
    """Read an event from its line."""
    return of_event({c.name: _value(line[c.name], c.type) for c in tables.event.columns})


def _value(given: Any, kind: TypeEngine[Any]) -> Any:  # noqa: ANN401 - a value of any column
    """Read a column's value from its form in JSON."""
    if given is None:
        return None
    read = (read for each, read in _READ if isinstance(kind, each))
    return next(read, lambda value: value)(given)


def _act(line: Mapping[str, Any]) -> Happened:
    """Read an act from its line."""
    act = from_bytes(line["kind"], base64.b64decode(line["body"]))
    done = Done(line["seq"], datetime.fromisoformat(line["at"]), line["chain"], act)
    return Happened(done.after, done.at, done.chain, done=done)


def _telling(line: Mapping[str, Any]) -> Telling:
    """Read what was told from its line."""
    due_at = None if line["due_at"] is None else datetime.fromisoformat(line["due_at"])
    given = {each.name: line[each.name] for each in fields(Telling)}
    return Telling(**{**given, "due_at": due_at})
