"""Notices as officers and programs ask for them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from msgspec.structs import replace

from streams.domain.notices import URGENCY_ORDER, Notice, NoticeState
from streams.ledger.connection import Session
from streams.ledger.load import NOTICES
from streams.ledger.reading import Row

PAGE_ROWS: Final = 500
"""How many documents are held at a time; a ledger may have millions."""

_FILTERS: Final = (
    " WHERE (%(recipient)s::text IS NULL OR n.recipient = %(recipient)s)"
    " AND (%(provider)s::text IS NULL OR n.provider = %(provider)s)"
    " AND (%(states)s::text[] IS NULL OR n.state = ANY(%(states)s))"
    " AND (%(crn)s::text IS NULL OR n.person_id IN"
    " (SELECT person_id FROM case_file WHERE crn = %(crn)s) OR n.person_id = ANY(%(people)s))"
    " AND (%(was)s::text IS NULL OR (n.recipient <> %(was)s AND n.id IN"
    " (SELECT notice_id FROM step_note WHERE from_officer = %(was)s)))"
)
_HISTORY: Final = (
    "SELECT json_agg(json_build_object('step', s.step, 'at', s.at, 'move', s.move,"
    " 'state', s.state, 'by', w.answered_by, 'from', w.from_officer, 'to', w.to_officer,"
    " 'because', w.because) ORDER BY s.step)"
    " FROM notice_step s LEFT JOIN step_note w ON (w.notice_id, w.step) = (s.notice_id, s.step)"
    " WHERE s.notice_id = n.id"
)


@dataclass(frozen=True, slots=True)
class NoticesWanted:
    """Which notices; what is None or empty does not matter.

    `was` is an officer who had them, and has them no more. `people` are those who have, or had, the
    case reference number under another one.
    """

    recipient: str | None = None
    provider: str | None = None
    states: tuple[NoticeState, ...] = ()
    crn: str | None = None
    was: str | None = None
    people: tuple[UUID, ...] = ()

    def values(self) -> dict[str, Any]:
        """Return the values of the statement's placeholders."""
        return {
            "recipient": self.recipient,
            "provider": self.provider,
            "states": [state.value for state in self.states] or None,
            "crn": self.crn.strip().upper() if self.crn else None,
            "was": self.was,
            "people": list(self.people),
            "order": [urgency.value for urgency in URGENCY_ORDER],
        }


def count_notices(session: Session, wanted: NoticesWanted) -> int:
    """Count the notices that are wanted."""
    statement = "SELECT count(*) FROM notice n" + _FILTERS  # noqa: S608 - constants of ours
    row = session.execute(statement.encode(), wanted.values()).fetchone()
    return int(row[0]) if row else 0


def find_notices(session: Session, wanted: NoticesWanted, limit: int | None) -> Iterator[Notice]:
    """Yield notices, the most urgent first, then what is due first, then the oldest."""
    for notice, _ in _found(session, wanted, limit, "NULL"):
        yield notice


def find_with_history(
    session: Session, wanted: NoticesWanted, limit: int | None
) -> Iterator[tuple[Notice, list[Row]]]:
    """Yield notices as `find_notices` does, each with every step of its life."""
    for notice, steps in _found(session, wanted, limit, _HISTORY):
        yield notice, _history(steps)


def _found(
    session: Session, wanted: NoticesWanted, limit: int | None, beside: str
) -> Iterator[tuple[Notice, Any]]:
    """Yield notices with what a query says beside them."""
    statement = (
        f"SELECT n.document, ({beside}) FROM notice n" + _FILTERS + " ORDER BY"  # noqa: S608 - constants of ours
        " array_position(%(order)s::text[], n.urgency), n.due_at NULLS LAST, n.seq, n.id"
        " LIMIT %(limit)s"
    )
    with session.cursor("notices") as cursor:
        cursor.itersize = PAGE_ROWS
        for row in cursor.execute(statement.encode(), {**wanted.values(), "limit": limit}):
            yield as_read(row[0]), row[1]


def history_of(session: Session, notice_id: UUID) -> list[Row]:
    """Return every step of a notice's life: when, how it moved, who answered, who had it then."""
    statement = f"SELECT ({_HISTORY}) FROM (SELECT %s::uuid AS id) AS n"  # noqa: S608 - a constant
    row = session.execute(statement.encode(), (notice_id,)).fetchone()
    return _history(row[0] if row else None)


def _history(steps: list[Row] | None) -> list[Row]:
    """Read the instants of steps, which the database writes as texts."""
    return [{**step, "at": datetime.fromisoformat(step["at"])} for step in steps or ()]


def find_notice(session: Session, notice_id: UUID) -> Notice | None:
    """Return one notice as it now is."""
    row = session.execute("SELECT document FROM notice WHERE id = %s", (notice_id,)).fetchone()
    return None if row is None else as_read(row[0])


def as_read(document: bytes) -> Notice:
    """Return a notice without what is kept aside for whoever has it next: no reader has that."""
    return replace(NOTICES.validate_json(document), whole=None)
