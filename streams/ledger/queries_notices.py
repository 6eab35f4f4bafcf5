"""Notices as officers and programs ask for them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from streams.domain.notices import URGENCY_ORDER, Notice, NoticeState
from streams.ledger.connection import Session
from streams.ledger.load import NOTICES

PAGE_ROWS: Final = 500
"""How many documents are held at a time; a ledger may have millions."""

_FILTERS: Final = (
    " WHERE (%(recipient)s::text IS NULL OR n.recipient = %(recipient)s)"
    " AND (%(provider)s::text IS NULL OR n.provider = %(provider)s)"
    " AND (%(states)s::text[] IS NULL OR n.state = ANY(%(states)s))"
    " AND (%(crn)s::text IS NULL OR n.person_id IN"
    " (SELECT person_id FROM case_file WHERE crn = %(crn)s))"
)


@dataclass(frozen=True, slots=True)
class NoticesWanted:
    """Which notices; what is None or empty does not matter."""

    recipient: str | None = None
    provider: str | None = None
    states: tuple[NoticeState, ...] = ()
    crn: str | None = None

    def values(self) -> dict[str, Any]:
        """Return the values of the statement's placeholders."""
        return {
            "recipient": self.recipient,
            "provider": self.provider,
            "states": [state.value for state in self.states] or None,
            "crn": self.crn.strip().upper() if self.crn else None,
            "order": [urgency.value for urgency in URGENCY_ORDER],
        }


def count_notices(session: Session, wanted: NoticesWanted) -> int:
    """Count the notices that are wanted."""
    statement = "SELECT count(*) FROM notice n" + _FILTERS  # noqa: S608 - constants of ours
    row = session.execute(statement.encode(), wanted.values()).fetchone()
    return int(row[0]) if row else 0


def find_notices(session: Session, wanted: NoticesWanted, limit: int | None) -> Iterator[Notice]:
    """Yield notices, the most urgent first, then what is due first, then the oldest."""
    statement = (
        "SELECT n.document FROM notice n" + _FILTERS + " ORDER BY"  # noqa: S608 - constants of ours
        " array_position(%(order)s::text[], n.urgency), n.due_at NULLS LAST, n.seq, n.id"
        " LIMIT %(limit)s"
    )
    with session.cursor("notices") as cursor:
        cursor.itersize = PAGE_ROWS
        for row in cursor.execute(statement.encode(), {**wanted.values(), "limit": limit}):
            yield as_read(row[0])


def find_notice(session: Session, notice_id: UUID) -> Notice | None:
    """Return one notice as it now is."""
    row = session.execute("SELECT document FROM notice WHERE id = %s", (notice_id,)).fetchone()
    return None if row is None else as_read(row[0])


def as_read(document: bytes) -> Notice:
    """Return a notice without what is kept aside for whoever has it next: no reader has that."""
    return replace(NOTICES.validate_json(document), whole=None)
