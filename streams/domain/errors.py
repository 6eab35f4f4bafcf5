"""Why something was refused: bad data as values, and the two exceptions a caller must know.

Bad data is never an exception (STYLE rule 21): a record that cannot be used becomes a `Refusal`,
is kept with its bytes, and its sender or owner is told. Exceptions are left for the world being
down and for defects of ours, and those are raised at the edges.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

REFUSED_FOR_MAX: Final = timedelta(days=90)
"""Assumed: what was replayed or closed is asked about for a quarter of a year.

Nobody decided about what it says, so there is no case whose file it belongs to. An installation may
keep it for less, and none for longer. Source: Data Protection Act 2018 s.39(1), kept for no longer
than is necessary, and s.39(2), time limits.
"""


class RefusalCode(StrEnum):
    """The closed list of reasons for quarantine; each has one owner who must act."""

    UNREADABLE = "unreadable"
    UNKNOWN_SCHEMA = "unknown_schema"
    TYPE_DISAGREES = "type_disagrees"
    NOT_AN_EVENT = "not_an_event"
    WRONG_PUBLISHER = "wrong_publisher"
    NOT_GRANTED = "not_granted"
    INVALID_VALUE = "invalid_value"
    CONTRADICTION = "contradiction"
    REJECTED_AT_SOURCE = "rejected_at_source"
    DEFECT = "defect"
    KILLED_THE_WORKER = "killed_the_worker"


OURS = frozenset({RefusalCode.DEFECT, RefusalCode.KILLED_THE_WORKER})
"""Refusals that are our fault, never the agency's."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a record was quarantined, in words that its owner can act on.

    `words` names the field, what was expected, what came and whose move it is; it carries types,
    lengths and identifiers of events, never a name, address, date of birth or free text.
    """

    code: RefusalCode
    words: str
    detail: str | None = None

    @property
    def is_ours(self) -> bool:
        """Answer whether Switchboard itself must act, and not the agency."""
        return self.code in OURS
