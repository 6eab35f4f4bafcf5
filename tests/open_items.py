"""The promise that every open item has one owner who is there and may see the case, as a check.

`faults` reads a ledger and names what breaks it, by ids. It is written from the words of the design
and shares nothing with the rules that hand items over but the directory and the case as values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.domain import cases
from streams.ledger import directories
from streams.ledger.load import NOTICES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from streams.domain.cases import Case
    from streams.domain.officers import Directory
    from streams.ledger.connection import Session

OPEN_NOTICES = (
    "SELECT n.id, n.recipient, n.document, c.document FROM notice n"
    " LEFT JOIN case_file c USING (person_id)"
    " WHERE n.state IN ('raised', 'sent', 'read', 'escalated', 'handed_over', 'reopened')"
    " OR (n.state = 'acknowledged' AND EXISTS (SELECT FROM duty d WHERE d.notice_id = n.id"
    " AND d.state IN ('open', 'overdue')))"
)
OPEN_DUTIES = (
    "SELECT d.id, d.owner, c.document FROM duty d JOIN case_file c USING (person_id)"
    " WHERE d.state IN ('open', 'overdue')"
)


def faults(session: Session, at: datetime) -> list[str]:
    """Name every open item whose owner is away, gone, nobody, or may not see the case."""
    row = session.execute("SELECT version FROM directory_version").fetchone()
    staff = directories.read(session, row[0] if row else 0)
    return sorted([*_notices(session, staff, at), *_duties(session, staff, at)])


def _notices(session: Session, staff: Directory, at: datetime) -> Iterator[str]:
    """Yield what is wrong with the owners of open notices."""
    for notice_id, recipient, document, case in session.execute(OPEN_NOTICES).fetchall():
        notice = NOTICES.validate_json(document)
        if notice.recipient.officer != recipient:
            yield f"notice {notice_id} names two owners"
        leads = notice.recipient.reached_as == "restricted_access_lead"
        wrong = _wrong(recipient, staff, case and cases.from_bytes(case), at, leads=leads)
        if wrong:
            yield f"notice {notice_id} ({notice.type}) of {recipient}: {wrong}"


def _duties(session: Session, staff: Directory, at: datetime) -> Iterator[str]:
    """Yield what is wrong with the owners of unfinished duties."""
    for duty_id, owner, case in session.execute(OPEN_DUTIES).fetchall():
        wrong = _wrong(owner, staff, cases.from_bytes(case), at, leads=_leads(owner, staff))
        if wrong:
            yield f"duty {duty_id} of {owner}: {wrong}"


def _leads(officer: str, staff: Directory) -> bool:
    """Whether an officer holds the role that may see restricted cases."""
    held = [each for (role, _), each in staff.roles.items() if role == "restricted_access_lead"]
    named = any(officer in {entry.holder, entry.cover} for entries in held for entry in entries)
    return named or officer.startswith("restricted_access_lead:")


def _wrong(
    officer: str, staff: Directory, case: Case | None, at: datetime, *, leads: bool
) -> str | None:
    """Say what is wrong with an owner; a desk that exists by construction is always there."""
    if not officer:
        return "nobody"
    entries = [each for each in staff.officers.get(officer, ()) if each.from_at <= at]
    newest = max(entries, key=lambda each: (each.from_at, each.seq), default=None)
    if newest is not None and newest.left:
        return "has left"
    for absence in staff.absences.get(officer, ()):
        ends = [end for end in (absence.until, staff.absence_ends.get(absence.absence_id)) if end]
        if absence.from_at <= at < min(ends, default=at.max.replace(tzinfo=at.tzinfo)):
            return "is away"
    if case is None:
        return None
    limits = case.restriction_at(at)
    team = newest.team if newest is not None else None
    if officer in limits.excluded_officers or (team and team in limits.excluded_teams):
        return "is kept out of the case"
    if limits.restricted and officer not in limits.only and not leads:
        return "may not see the restricted case"
    return None
