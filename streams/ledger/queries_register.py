"""Cases by their reference numbers, a page at a time, as a register is compared with them."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from streams.domain import cases
from streams.domain.portraits import PORTRAIT, Portrait
from streams.domain.reconciling import Held
from streams.ledger.connection import Session

PAGE: Final = 2_000
_HELD: Final = (
    "SELECT c.crn, c.document, p.description FROM case_file c JOIN person p USING (person_id)"
)
_NAMED: Final = _HELD + " WHERE c.crn = ANY(%s)"
_NEXT: Final = _HELD + " WHERE c.crn > %s ORDER BY c.crn LIMIT %s"


def cases_named(session: Session, crns: Iterable[str], at: datetime) -> dict[str, Held]:
    """Return what is held under each of these case reference numbers that we have."""
    found = session.execute(_NAMED, (list(crns),)).fetchall()
    return {crn: _held(crn, document, said, at) for crn, document, said in found}


def all_cases(session: Session, at: datetime) -> Iterator[Held]:
    """Yield what is held, in the order of the case reference numbers, never all at once."""
    last = ""
    while found := session.execute(_NEXT, (last, PAGE)).fetchall():
        yield from (_held(crn, document, said, at) for crn, document, said in found)
        last = found[-1][0]


def crn_of(session: Session, person_ids: Iterable[object]) -> str | None:
    """Return the case reference number that a person has now, of several people none."""
    ids = list(person_ids)
    if len(ids) != 1:
        return None
    row = session.execute("SELECT crn FROM case_file WHERE person_id = %s", (ids[0],)).fetchone()
    return None if row is None else row[0]


def _held(crn: str, document: bytes, description: bytes | None, at: datetime) -> Held:
    case = cases.from_bytes(document)
    holder = case.responsible(at)
    portrait = Portrait() if description is None else PORTRAIT.validate_json(description)
    return Held(
        crn,
        portrait,
        "" if holder is None else holder.provider,
        "" if holder is None else holder.team or "",
        "" if holder is None else holder.officer or "",
        case.ended_on(at) is not None,
    )
