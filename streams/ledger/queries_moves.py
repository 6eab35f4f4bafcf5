"""Which notices an event moved, as they now are, and by which CRN its person is known."""

from uuid import UUID

from streams.domain.notices import Notice
from streams.ledger.connection import Session
from streams.ledger.queries_notices import as_read


def moved_by(session: Session, seq: int) -> list[tuple[Notice, str]]:
    """Return the notices that the event of this number moved, and how, in the order of telling."""
    found = session.execute(
        "SELECT n.document, s.move FROM notice_step s JOIN notice n ON n.id = s.notice_id"
        " WHERE s.seq = %s ORDER BY n.seq, n.raised_at, n.type, n.id",
        (seq,),
    ).fetchall()
    return [(as_read(document), move) for document, move in found]


def crn_of(session: Session, person_id: UUID) -> str | None:
    """Return a person's case reference number, where case management has given it."""
    found = session.execute("SELECT crn FROM case_file WHERE person_id = %s", (person_id,))
    row = found.fetchone()
    return None if row is None else row[0]
