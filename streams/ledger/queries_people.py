"""Whom an id or a case reference number stands for, through every merge that stands."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from streams.domain.identifiers import Identifier, IdentifierKind, parse
from streams.domain.matching import LookupKey, digest
from streams.ledger.connection import Session
from streams.ledger.reading import Row, rows

NUMBER_MAX: Final = 2**63 - 1
YEAR_OF_NOTHING: Final = 2_000
"""A case reference number has no year, so that which one is given does not matter."""
CURRENT: Final = (
    "WITH RECURSIVE now (id) AS (SELECT %s::uuid UNION ALL SELECT m.kept FROM now"
    " JOIN merge m ON m.gone = now.id AND m.undone_seq IS NULL)"
    " SELECT id FROM now WHERE NOT EXISTS (SELECT FROM merge m"
    " WHERE m.gone = now.id AND m.undone_seq IS NULL)"
)


@dataclass(frozen=True, slots=True)
class MergeRow:
    """A merge as the ledger has it."""

    seq: int
    kept: UUID
    gone: UUID
    undone_seq: int | None


def current_of(session: Session, person_id: UUID) -> UUID:
    """Return who a person is now: the one into whom they were merged, if they were."""
    row = session.execute(CURRENT, (person_id,)).fetchone()
    return person_id if row is None else UUID(str(row[0]))


def crn_of(given: str) -> str | None:
    """Return a case reference number in its one form; None for what cannot be one."""
    parsed = parse(IdentifierKind.CRN, given, year=YEAR_OF_NOTHING)
    return parsed.value if isinstance(parsed, Identifier) else None


def people_with(session: Session, crn: str, secret: bytes) -> tuple[UUID, ...]:
    """Return whoever has, or had, a case reference number; nobody where it cannot be one."""
    number = crn_of(crn)
    if number is None:
        return ()
    held = digest(LookupKey(IdentifierKind.CRN.value, number), secret)
    row = session.execute("SELECT person_ids FROM person_key WHERE digest = %s", (held,)).fetchone()
    return () if row is None else tuple(row[0])


def person_named(session: Session, given: str, secret: bytes) -> UUID | None:
    """Return the one person whom an id or a case reference number stands for, else None."""
    try:
        named = UUID(given.strip())
    except ValueError:
        found = people_with(session, given, secret)
        return found[0] if len(found) == 1 else None
    row = session.execute("SELECT FROM person WHERE person_id = %s", (named,)).fetchone()
    return None if row is None else named


def merge_named(session: Session, seq: int) -> MergeRow | None:
    """Return a merge by its number."""
    row = session.execute(
        "SELECT seq, kept, gone, undone_seq FROM merge WHERE seq = %s", (seq,)
    ).fetchone()
    return None if row is None else MergeRow(*row)


def event_named(session: Session, given: str) -> int | None:
    """Return the number of an event by that number or by its publisher's id, the newest of it."""
    text = given.strip()
    is_number = text.isascii() and text.isdecimal() and int(text) <= NUMBER_MAX
    row = session.execute(
        "SELECT seq FROM event WHERE event_id = %s OR seq = %s ORDER BY seq DESC LIMIT 1",
        (text, int(text) if is_number else None),
    ).fetchone()
    return None if row is None else int(row[0])


def merges_of_event(session: Session, seq: int) -> list[Row]:
    """Return the merges by which an event has gone from one person to another, the first first."""
    return rows(
        session,
        "SELECT m.seq, m.gone, m.kept, m.undone_seq FROM merge_moved v"
        " JOIN merge m ON m.seq = v.merge_seq WHERE v.what = 'event' AND v.key = %s ORDER BY 1",
        (str(seq),),
    )
