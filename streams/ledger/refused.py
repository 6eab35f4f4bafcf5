"""Refused records as they stand in the quarantine, for whoever sees to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from streams.domain.log import Place, RawRecord
from streams.ledger.connection import Session, world

NUMBER_MAX: Final = 2**63 - 1


class QuarantineState(StrEnum):
    """What became of a refused record."""

    OPEN = "open"
    FIXED = "fixed"
    REPLAYED = "replayed"
    CLOSED = "closed"


WAITING: Final = frozenset({QuarantineState.OPEN, QuarantineState.FIXED})
"""States in which somebody still has to do something."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A refused record as it stands: what came, and `mended` with its type where it was fixed."""

    id: int
    place: Place
    raw: RawRecord
    state: QuarantineState
    code: str
    words: str
    owner: str
    mended: bytes | None = None

    def __str__(self) -> str:
        """Name the record as operators do."""
        return f"Q{self.id}"

    @property
    def value(self) -> bytes | None:
        """Return the bytes that a replay works through."""
        return self.raw.value if self.mended is None else self.mended


_COLUMNS: Final = (
    "q.id, q.topic, q.topic_id, q.partition, q.log_offset, q.record_key, q.record_value,"
    " q.header_names, q.header_values, q.broker_at, q.state, q.code, q.words, q.owner,"
    " (SELECT r.record_value FROM repair r WHERE r.action = 'fixed' AND"
    " (r.topic_id, r.partition, r.log_offset) = (q.topic_id, q.partition, q.log_offset)"
    " ORDER BY r.id DESC LIMIT 1)"
)


def find(session: Session, quarantine_id: int, *, lock: bool = False) -> Refused | None:
    """Return a refused record, locked for the transaction where wanted; None without one."""
    if not 0 < quarantine_id <= NUMBER_MAX:
        return None
    statement = f"SELECT {_COLUMNS} FROM quarantine q WHERE q.id = %s"  # noqa: S608 - constants
    locking = " FOR UPDATE OF q" if lock else ""
    with world():
        row = session.execute((statement + locking).encode(), (quarantine_id,)).fetchone()
    return None if row is None else _refused(row)


def _refused(row: Sequence[Any]) -> Refused:
    """Read a refused record from its columns."""
    number, topic, topic_id, partition, offset, key, value, names, values, broker_at, *rest = row
    state, code, words, owner, mended = rest
    headers = tuple(zip(names, map(bytes, values), strict=True))
    return Refused(
        id=int(number),
        place=Place(topic, topic_id, int(partition)),
        raw=RawRecord(int(offset), _whole(key), _whole(value), headers, broker_at),
        state=QuarantineState(state),
        code=code,
        words=words,
        owner=owner,
        mended=_whole(mended),
    )


def waiting(session: Session, code: str) -> list[int]:
    """Return the ids of the records that were refused for a reason and wait, the oldest first."""
    with world():
        rows = session.execute(
            "SELECT id FROM quarantine WHERE code = %s AND state = ANY(%s) ORDER BY id",
            (code, sorted(WAITING)),
        ).fetchall()
    return [int(row[0]) for row in rows]


def _whole(value: bytes | None) -> bytes | None:
    """Return what the driver gives as bytes of our own."""
    return None if value is None else bytes(value)
