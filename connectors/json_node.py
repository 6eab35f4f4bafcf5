"""A value inside a JSON document together with its path, read with the type that is expected.

Absent and null both read as None where a value is optional; `Node.value` keeps them apart where it
matters. What has the wrong type raises `FaultError`, which the translator turns into a rejection of
the smallest part that it can do without; it never leaves a source.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from connectors.translation import Rejection, Skipped
from streams.domain.records import LONG_TEXT_MAX, TEXT_MAX

ENTRIES_MAX = 1_000
"""Members of one list; the lists of one event are held to the limits of its model beside this."""

IDENTIFIER_CHARS_MAX = 100
CUT_MARK = " [cut]"
SEND_AGAIN = "the publisher must correct this field and send the payload again"
LONDON = ZoneInfo("Europe/London")

# Java writes its zone after the offset: 2021-06-25T09:38:02.191Z[UTC], ...[Europe/London].
_ZONE = re.compile(r"\[([A-Za-z_]+(?:/[A-Za-z_]+)*)\]$")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Missing(Enum):
    """The one value that stands for a key that is not there."""

    MISSING = "missing"


MISSING = Missing.MISSING


class FaultError(Exception):
    """A value that is not what was expected, with its path and whose move it is."""

    def __init__(self, path: str, expected: str, came: str, fix: str = SEND_AGAIN) -> None:
        """Keep the four parts; none of them repeats what came."""
        super().__init__(f"{path}: expected {expected}, came {came}")
        self.path = path
        self.expected = expected
        self.came = came
        self.fix = fix

    def rejection(self, source: str) -> Rejection:
        """Return the fault as the value that is handed to the publisher."""
        return Rejection(source, self.path, self.expected, self.came, self.fix)


def shape_of(value: object) -> str:
    """Say what a value is without saying its content."""
    match value:
        case Missing.MISSING:
            return "nothing (absent)"
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return f"a text of {len(value)} characters" if value.strip() else "an empty text"
        case list():
            return f"a list of {len(value)}"
        case _:
            return "an object"


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a document, the path to it, and the list where remarks are kept."""

    value: Any
    path: str
    remarks: list[Skipped]

    def __getitem__(self, key: str) -> "Node":
        """Return the member; absent where this value is absent or null, a fault where no object."""
        path = (
            f"{self.path}.{key}" if self.path and not self.path.endswith(">") else self.path + key
        )
        if self.value is None or self.value is MISSING:
            return Node(MISSING, path, self.remarks)
        if not isinstance(self.value, dict):
            raise self.fault("an object")
        return Node(self.value.get(key, MISSING), path, self.remarks)

    @property
    def is_given(self) -> bool:
        """Whether there is a value other than null."""
        return self.value is not None and self.value is not MISSING

    @property
    def is_empty(self) -> bool:
        """Whether it is absent, null, or a list or text without anything in it."""
        return not self.is_given or self.value in ([], "")

    @property
    def place(self) -> str:
        """The path, or a word for the document itself."""
        return self.path.removesuffix(">") or "the document"

    def fault(self, expected: str, fix: str = SEND_AGAIN) -> FaultError:
        """Return the fault that says what was expected here."""
        return FaultError(self.place, expected, shape_of(self.value), fix)

    def remark(self, why: str) -> None:
        """Keep a remark about this value for the publisher."""
        self.remarks.append(Skipped(self.place, why))

    def entries(self) -> tuple["Node", ...]:
        """Return the members of a list, none where it is absent or null."""
        if not self.is_given:
            return ()
        if not isinstance(self.value, list) or len(self.value) > ENTRIES_MAX:
            raise self.fault(f"a list of at most {ENTRIES_MAX:,}")
        return tuple(
            Node(value, f"{self.path}[{index}]", self.remarks)
            for index, value in enumerate(self.value)
        )

    def text(self, *, chars_max: int = TEXT_MAX) -> str | None:
        """Return a text with the blanks around it taken off; a blank one is as good as null."""
        if not self.is_given:
            return None
        if not isinstance(self.value, str) or len(self.value) > chars_max:
            raise self.fault(f"a text of at most {chars_max:,} characters")
        if _UNSTORABLE.search(self.value):
            raise self.fault("a text without NUL and without half characters")
        return self.value.strip() or None

    def required_text(self, what: str) -> str:
        """Return a text that must be there; `what` says to the publisher what it is."""
        if (text := self.text()) is None:
            raise self.fault(what)
        return text

    def identifier(self) -> str | None:
        """Return an identifier exactly as given but for the blanks around it."""
        return self.text(chars_max=IDENTIFIER_CHARS_MAX)

    def prose(self, *, chars_max: int = LONG_TEXT_MAX) -> str | None:
        """Return a text that people wrote: cut with a mark and a remark where it is too long."""
        if not isinstance(self.value, str) or len(self.value) <= chars_max:
            return self.text(chars_max=chars_max)
        self.remark(f"{len(self.value):,} characters were cut to {chars_max:,}")
        kept = self.value[: chars_max - len(CUT_MARK)] + CUT_MARK
        return Node(kept, self.path, self.remarks).text(chars_max=chars_max)

    def scalar(self, *, chars_max: int = LONG_TEXT_MAX) -> str | None:
        """Return a text, a number or a truth value as text, since producers write all three."""
        match self.value:
            case bool():
                return "true" if self.value else "false"
            case int() | float():
                return str(self.value)
            case _:
                return self.prose(chars_max=chars_max)

    def flag(self) -> bool | None:
        """Return a truth value; producers also write it as the text "true" or "false"."""
        match self.value:
            case bool():
                return self.value
            case str() if self.value.strip().lower() in {"true", "false"}:
                return self.value.strip().lower() == "true"
            case str() if not self.value.strip():
                return None
            case Missing.MISSING | None:
                return None
            case _:
                raise self.fault("true or false")

    def day(self) -> date | None:
        """Return a date written as yyyy-MM-dd."""
        if (text := self.text()) is None:
            return None
        if not _DAY.fullmatch(text):
            raise self.fault("a date as yyyy-MM-dd")
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise self.fault("a date of the calendar as yyyy-MM-dd") from None

    def instant(self) -> datetime | None:
        """Return an instant in UTC; it must say its offset, or London as its zone."""
        if (text := self.text()) is None:
            return None
        zone = _ZONE.search(text)
        bare = _ZONE.sub("", text)
        try:
            instant = datetime.fromisoformat(bare) if "T" in bare else None
            if instant is not None and instant.tzinfo is None and zone is not None:
                instant = instant.replace(tzinfo=_zone_named(zone.group(1)))
            if instant is not None and instant.tzinfo is not None:
                return instant.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        raise self.fault("a date and time with its offset, as 2026-01-31T09:00:00Z")

    def required_instant(self) -> datetime:
        """Return an instant that must be there."""
        if (instant := self.instant()) is None:
            raise self.fault("a date and time with its offset, as 2026-01-31T09:00:00Z")
        return instant


def _zone_named(name: str) -> tzinfo | None:
    """Return the two zones that courts of England and Wales write."""
    return {"UTC": UTC, "GMT": UTC, "Z": UTC, "Europe/London": LONDON}.get(name)
