"""What commands print: one JSON object a line for programs, words for people.

Text that came from an agency is data: it may carry markup or control characters, and neither
reaches the terminal. Programs read instants in UTC, people read local time with its offset.
"""

import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import Progress
from rich.text import Text

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]

LOCAL: Final = ZoneInfo("Europe/London")
_TIME_BEGINS: Final = datetime(1, 1, 2, tzinfo=UTC)
"""Agencies send the first instant that there is for "not set"; London's clocks have none before."""
UNPRINTABLE: Final = "\N{REPLACEMENT CHARACTER}"
PROGRESS_AFTER_SECONDS: Final = 2.0
"""Source: DESIGN section 9, a progress bar where it takes more than 2 s on a terminal."""


class ReaderWent(Exception):
    """Whoever read the output has gone, as `| head` does."""


class _Console(Console):
    """A console that says by an exception that its reader went; rich itself would exit with 1."""

    def on_broken_pipe(self) -> None:
        """Say that the reader went."""
        raise ReaderWent


def emit(document: Mapping[str, object]) -> None:
    """Print one JSON object on a line of its own, and let a reader have it at once."""
    try:
        sys.stdout.write(json.dumps(document, default=_plain) + "\n")
        sys.stdout.flush()
    except BrokenPipeError as broken:
        raise ReaderWent from broken


def _plain(value: object) -> object:
    """Return a value in a form that JSON has; instants are ISO 8601 in UTC."""
    match value:
        case datetime():
            return iso(value)
        case date():
            return value.isoformat()
        case Enum():
            return value.value
        case UUID() | Path():
            return str(value)
        case bytes():
            return value.hex()
        case frozenset() | set():
            return sorted(map(str, value))
        case _:
            message = f"{type(value).__name__} has no form in JSON"
            raise TypeError(message)


def iso(instant: datetime) -> str:
    """Write an instant for programs."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def local(instant: datetime | None) -> str:
    """Write an instant for people in England and Wales, with the offset said."""
    if instant is None:
        return "no time set"
    there = max(instant, _TIME_BEGINS).astimezone(LOCAL)
    offset = int((there.utcoffset() or there - there).total_seconds() // 3600)
    return f"{there:%a} {there.day} {there:%b %Y, %H:%M} {there.tzname()} (UTC+{offset})"


def clean(text: object) -> str:
    """Return a text without what a terminal would obey."""
    return "".join(c if c.isprintable() or c == "\n" else UNPRINTABLE for c in str(text))


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """Say how many, in the right number."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def fitting(most: int) -> int:
    """Return how wide a table may be: as wide as what it is read on, and no wider than that."""
    return min(most, shutil.get_terminal_size((most, 1)).columns)


def console(*, to_stderr: bool = False, width: int | None = None) -> Console:
    """Return a console that takes text as it is and breaks no line, unless at a width."""
    stream = sys.stderr if to_stderr else sys.stdout
    wraps = width is None
    return _Console(
        file=stream, markup=False, highlight=False, emoji=False, soft_wrap=wraps, width=width
    )


def say(line: object = "", style: str = "") -> None:
    """Print a line for people."""
    console().print(Text(clean(line), style=style))


def warn(line: object) -> None:
    """Print a line on stderr, where words about failures go."""
    console(to_stderr=True).print(Text(clean(line)))


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Give a function that takes how much more is done; a bar appears only if it takes long."""
    begun = time.monotonic()
    bar = Progress(console=console(to_stderr=True), transient=True)
    task = bar.add_task(what, total=total)
    is_shown = False

    def advance(done: int) -> None:
        """Count what is done, and show the bar once two seconds have gone."""
        nonlocal is_shown
        bar.advance(task, done)
        is_late = time.monotonic() - begun > PROGRESS_AFTER_SECONDS
        if is_late and not is_shown and sys.stderr.isatty():
            is_shown = True
            bar.start()

    try:
        yield advance
    finally:
        if is_shown:
            bar.stop()
