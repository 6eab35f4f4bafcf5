"""What is open about people and who is away, loaded for acts under the locks of `load_acts`."""

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
from streams.ledger.load import DUTY_COLUMNS, read_duty, read_notices

OPEN: Final = texts(sorted((*WAITING, NoticeState.ACKNOWLEDGED)))
"""States of notices that may have to be handed over."""
UNFINISHED: Final = texts(sorted(UNDONE))
AWAY_COLUMNS: Final = "officer, cause, from_at, until, cover"
NOTICES_OF: Final = (
    "SELECT document FROM notice WHERE person_id = ANY(%(people)s) AND (state = ANY(%(open)s)"
    " OR raised_at >= (SELECT min(from_at) FROM away WHERE officer = ANY(%(who)s)))"
)
"""What is open about people, and what there was since an officer went away."""


@dataclass(frozen=True, slots=True)
class Whose:
    """The officers whose acts these are, and everybody whose items are looked at."""

    officers: tuple[str, ...]
    people: frozenset[UUID]


def whose(acts: Sequence[Act]) -> Whose:
    """Return whose items acts look at."""
    officers = tuple(sorted({each for act in acts for each in act.touched.officers}))
    return Whose(officers, frozenset(each for act in acts for each in act.touched.people))


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
    """Load the open notices about people whose cases are locked, and what there was meanwhile."""
    if not whole.people:
        return []
    values = {
        "people": uuids(sorted(whole.people)),
        "who": texts(whole.officers),
        "open": OPEN,
    }
    return read_notices(session.execute(NOTICES_OF, values).fetchall())


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
