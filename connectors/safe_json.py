"""JSON from strangers: read within limits, or refused in words.

Python's reader takes the last of two equal keys, accepts NaN, and ends in RecursionError or in a
digit limit on hostile input. All of these are refused here, so that no source has to think of them.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from connectors.translation import PAYLOAD_BYTES_MAX, Rejection

RESEND = "the publisher must send the payload again as one valid JSON document in UTF-8"
KEY_CHARS_SHOWN_MAX = 40


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why bytes are not a JSON document that we accept."""

    expected: str
    came: str
    fix: str = RESEND

    def rejection(self, source: str, path: str) -> Rejection:
        """Give the refusal the name of the source and the place it was met."""
        return Rejection(source, path, self.expected, self.came, self.fix)


class _NotAcceptedError(ValueError):
    """A document that the JSON grammar allows and we do not."""


def parse(raw: bytes) -> Any | Unreadable:  # noqa: ANN401 -- JSON is any of seven types
    """Return the value of a JSON document, or why it is not one; a byte order mark is accepted."""
    if len(raw) > PAYLOAD_BYTES_MAX:
        size = f"at most {PAYLOAD_BYTES_MAX:,} bytes"
        return Unreadable(size, f"{len(raw):,} bytes", "the publisher must split the payload")
    try:
        return json.loads(
            raw.decode("utf-8-sig"),
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
        )
    except UnicodeDecodeError as error:
        return Unreadable("text in UTF-8", f"a byte that is not UTF-8 at {error.start:,}")
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        return Unreadable("valid JSON", f"text that stops being JSON at {place}")
    except RecursionError:
        return Unreadable("JSON nested a few levels deep", "JSON nested too deep to read")
    except _NotAcceptedError as error:
        return Unreadable("JSON with one meaning", str(error))
    except ValueError:
        return Unreadable("numbers of ordinary size", "a number with thousands of digits")


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object, refusing two equal keys: readers disagree on which of them counts."""
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            break
        seen.add(key)
    else:  # pragma: no cover -- fewer keys than pairs means that one repeats
        key = ""
    shown = key[:KEY_CHARS_SHOWN_MAX] if key.isidentifier() else "a key"
    raise _NotAcceptedError(f"an object that has {shown} twice")


def _refuse_constant(constant: str) -> NoReturn:
    """Refuse NaN and the infinities, which JSON does not know."""
    raise _NotAcceptedError(f"the constant {constant}")
