"""What is open of an officer or about a person, loaded for acts under the locks of `load_acts`.

Whose people they are is picked without locks and looked at again under them: what comes in between
is found by the clock's next look.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from streams.domain.absences import Away
from streams.domain.acts import Act
from streams.domain.duties import UNDONE, Duty
from streams.domain.notices import WAITING, Notice, NoticeState
from streams.ledger.arrays import texts, uuids
from streams.ledger.connection import Session
from streams.ledger.load import DUTY_COLUMNS, NOTICES, read_duty
from streams.pipeline.standing_in import matter_of

OPEN: Final = texts(sorted((*WAITING, NoticeState.ACKNOWLEDGED)))
"""States of notices that may have to be handed over."""
UNFINISHED: Final = texts(sorted(UNDONE))
AWAY_COLUMNS: Final = "officer, cause, from_at, until, cover"
PEOPLE: Final = (
    "SELECT person_id FROM notice WHERE recipient = ANY(%(who)s) AND state = ANY(%(open)s)"
    " AND person_id IS NOT NULL"
    " UNION SELECT person_id FROM duty WHERE state = ANY(%(undone)s)"
    " AND (owner = ANY(%(who)s) OR meant = ANY(%(who)s))"
    " UNION SELECT n.person_id FROM step_note s JOIN notice n ON n.id = s.notice_id"
    " WHERE s.from_officer = ANY(%(who)s) AND n.state = ANY(%(open)s) AND n.person_id IS NOT NULL"
    " UNION SELECT person_id FROM (SELECT DISTINCT ON (person_id, role) person_id, officer"
    " FROM responsibility WHERE person_id IN"
    " (SELECT person_id FROM responsibility WHERE officer = ANY(%(who)s))"
    " ORDER BY person_id, role, from_at DESC, seq DESC) AS held WHERE officer = ANY(%(who)s)"
)
"""Whose officer they are, and whoever something of theirs is about, also while others have it."""
NOBODYS: Final = (
    "SELECT id FROM notice WHERE person_id IS NULL AND state = ANY(%(open)s)"
    " AND (recipient = ANY(%(who)s) OR matter = ANY(%(matters)s)) ORDER BY id FOR UPDATE"
)
"""What is about nobody in particular has no case whose lock would keep others away."""
NOTICES_OF: Final = (
    "SELECT document FROM notice WHERE person_id = ANY(%(people)s) AND (state = ANY(%(open)s)"
    " OR raised_at >= (SELECT min(from_at) FROM away WHERE officer = ANY(%(who)s)))"
    " UNION ALL SELECT document FROM notice WHERE person_id IS NULL AND state = ANY(%(open)s)"
    " AND (recipient = ANY(%(who)s) OR matter = ANY(%(matters)s))"
)


@dataclass(frozen=True, slots=True)
class Whose:
    """The officers whose acts these are, and everybody whose items are looked at."""

    officers: tuple[str, ...]
    people: frozenset[UUID]


def whose(session: Session, acts: Sequence[Act]) -> Whose:
    """Pick whose items are to be looked at."""
    officers = tuple(sorted({each for act in acts for each in act.touched.officers}))
    people = frozenset(each for act in acts for each in act.touched.people)
    if not officers:
        return Whose((), people)
    values = {"who": texts(officers), "open": OPEN, "undone": UNFINISHED}
    rows = session.execute(PEOPLE, values).fetchall()
    return Whose(officers, people | {row[0] for row in rows})


def open_duties(session: Session, whole: Whose) -> list[Duty]:
    """Lock and load the unfinished duties about people."""
    if not whole.people:
        return []
    rows = session.execute(
        f"SELECT {DUTY_COLUMNS} FROM duty"  # noqa: S608 - the columns are a constant
        " WHERE person_id = ANY(%s) AND state = ANY(%s) ORDER BY id FOR UPDATE",
        (uuids(sorted(whole.people)), UNFINISHED),
    ).fetchall()
    return [read_duty(row) for row in rows]


def open_notices(session: Session, whole: Whose) -> list[Notice]:
    """Lock and load the open notices about people and of officers, and what there was meanwhile."""
    if not whole.people and not whole.officers:
        return []
    values = {
        "people": uuids(sorted(whole.people)),
        "who": texts(whole.officers),
        "matters": texts(matter_of(each) for each in whole.officers),
        "open": OPEN,
    }
    session.execute(NOBODYS, values)
    rows = session.execute(NOTICES_OF, values).fetchall()
    found = {each.id: each for each in (NOTICES.validate_json(row[0]) for row in rows)}
    return sorted(found.values(), key=lambda notice: (notice.raised_at, notice.id))


def away_of(session: Session, whole: Whose) -> Mapping[str, Away]:
    """Load how officers were away when their items were handed over."""
    if not whole.officers:
        return {}
    rows = session.execute(
        f"SELECT {AWAY_COLUMNS} FROM away WHERE officer = ANY(%s) FOR UPDATE",  # noqa: S608 - a constant
        (texts(whole.officers),),
    ).fetchall()
    return {row[0]: Away(*row) for row in rows}


def to_look_at(session: Session, whole: Whose) -> frozenset[tuple[UUID, datetime]]:
    """Load when people's cases are to be looked at."""
    if not whole.people:
        return frozenset()
    rows = session.execute(
        "SELECT person_id, at FROM look_again WHERE person_id = ANY(%s)",
        (uuids(sorted(whole.people)),),
    ).fetchall()
    return frozenset((row[0], row[1]) for row in rows)
