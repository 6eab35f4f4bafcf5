"""Structured logs: one JSON object a line on stderr, with identifiers only.

A log outlives its reader's right to what it says, so nothing about a person may reach one (STYLE
rule 20). Two gates hold that, whatever a caller passes: a key that is not in `KNOWN` loses its
value, and a value that does not look like an identifier loses its text. What was taken away is
named, so that its loss is seen. Records of other libraries keep their place and the constant part
of their message; what was filled into it is never printed.
"""

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any, Final, TextIO
from uuid import UUID

import structlog
from structlog.typing import EventDict, WrappedLogger

KNOWN: Final = frozenset(
    # Words in rows read better than fifty lines of one.
    """
    agency attempt batch chain code command count engine event_id event_type feed first group
    lag library line lost_from lost_to memory_bytes module next_offset notice_id number offset
    partition place process publisher quarantine_id reason records rule seconds seq sessions signal
    sqlstate stands starts state status step template topic topic_id topics tries version why
    """.split()  # noqa: SIM905 - see above
)
"""The only keys whose values are printed; a new one needs the thought whether it is an identifier.
"""
ALWAYS: Final = frozenset({"event", "level", "timestamp", "logger"})
WITHHELD: Final = "<withheld>"
TEXT_CHARS_MAX: Final = 200
ITEMS_MAX: Final = 50

_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9_.:/@\[\]+-]+")
"""One word without a blank: a topic, a place, a code, the name of a class."""
_BIRTH_DATE: Final = re.compile(r"(?<!\d)(19|20)\d{2}[-/.]?\d{2}[-/.]?\d{2}(?!\d)")
_TEXT_KEYS: Final = frozenset({"template"})


def configure(
    *,
    level: int = logging.WARNING,
    libraries: int = logging.CRITICAL,
    stream: TextIO | None = None,
) -> None:
    """Send all logs, ours and those of libraries, to a stream (stderr) in the redacted form.

    A command says in words what failed, so that libraries are silent unless a service wants them.
    """
    out = sys.stderr if stream is None else stream
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            redact,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=out),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [_Handler(libraries)]
    root.setLevel(libraries)


def redact(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Let through known keys with values that are identifiers, and name what was taken away."""
    kept = {key: event[key] for key in ALWAYS if key in event}
    unknown = sorted(str(key) for key in event if key not in KNOWN and key not in ALWAYS)
    kept |= {
        key: _identifiers(value, is_text=key in _TEXT_KEYS)
        for key, value in event.items()
        if key in KNOWN
    }
    if unknown:
        kept["withheld"] = unknown
    return kept


def _identifiers(value: object, *, is_text: bool) -> object:
    """Return a value that is a number or identifiers; withhold any other."""
    match value:
        case None | bool() | int() | float():
            return value
        case UUID():
            return str(value)
        case str():
            return value[:TEXT_CHARS_MAX] if is_text or _is_identifier(value) else WITHHELD
        case Mapping():
            return WITHHELD
        case list() | tuple() | set() | frozenset():
            return [_identifiers(each, is_text=False) for each in list(value)[:ITEMS_MAX]]
        case _:
            return WITHHELD


def _is_identifier(text: str) -> bool:
    """Answer whether a text is one word of the kind that names things, and no date."""
    fits = len(text) <= TEXT_CHARS_MAX and _IDENTIFIER.fullmatch(text) is not None
    return fits and _BIRTH_DATE.search(text) is None


class _Handler(logging.Handler):
    """Carries the records of libraries over, without what was filled into their messages."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print where a record came from, and the constant part of its message."""
        fields: dict[str, Any] = {
            "library": record.name,
            "module": record.module,
            "line": record.lineno,
        }
        # A message without arguments may have been put together before, with anything in it.
        if record.args and isinstance(record.msg, str):
            fields["template"] = record.msg
        if record.exc_info and record.exc_info[0] is not None:
            fields["reason"] = record.exc_info[0].__name__
        log = structlog.get_logger()
        log.log(record.levelno, "a library's record", **fields)
