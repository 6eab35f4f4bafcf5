"""The cases of people, locked in one order and no more than what is done with them asks for.

A batch that may change cases keeps everybody else away from them. One that only tells about people
keeps away those who do the same. And of those who are only shown, as people whom an event may be
about, the case says who is asked: that keeps away those alone who may change it.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from operator import attrgetter
from typing import Final
from uuid import UUID

from streams.domain import cases
from streams.domain.agencies import AgencyKind
from streams.domain.case_events import CASE_EVENTS
from streams.domain.cases import Case
from streams.domain.matching import Known
from streams.ledger.arrays import numbers, uuids
from streams.ledger.connection import Session
from streams.pipeline import Prepared

AS_NUMBER: Final = attrgetter("int")
"""Ids in the order that PostgreSQL has for them, compared without Python's help."""
CHANGED: Final = "FOR UPDATE"
TOLD: Final = "FOR NO KEY UPDATE"
"""Goes with `SHOWN` and not with itself."""
SHOWN: Final = "FOR KEY SHARE"
"""Goes with everything but `CHANGED`."""
CASES: Final = (
    "WITH one AS MATERIALIZED (SELECT k.person_id, k.shown, c.document FROM"
    " (SELECT * FROM unnest(%s::uuid[], %s::bigint[]) AS k (person_id, shown)"
    " ORDER BY person_id) AS k CROSS JOIN LATERAL"
    " (SELECT * FROM (SELECT document FROM case_file"
    " WHERE person_id = k.person_id AND k.shown = 0 {mine}) AS mine"
    " UNION ALL SELECT * FROM (SELECT document FROM case_file"
    " WHERE person_id = k.person_id AND k.shown = 1 {shown}) AS shown) AS c)"
    " SELECT person_id, one.document, family_names, birth_dates, given_names, one.shown"
    " FROM one JOIN person USING (person_id)"
)
"""One after the other, so that two kinds of locks are taken in one order, whatever the planner does
about the rest."""


def may_change_cases(prepared: Prepared) -> bool:
    """Answer whether a record may change somebody's case: case management's do, nobody else's."""
    opened = prepared.opened
    if opened is None:
        return False
    return opened.agency.kind is AgencyKind.CASE_MANAGEMENT or opened.type in CASE_EVENTS


def cases_of(
    session: Session,
    people: Iterable[UUID],
    shown: AbstractSet[UUID] = frozenset(),
    *,
    changes: bool = True,
) -> tuple[dict[UUID, Known], dict[UUID, Case]]:
    """Lock the case files of people, in order, and read them with what is known of each.

    Of those who are only `shown` nothing but the case is read.
    """
    mine = frozenset(people)
    everybody = tuple(mine | shown)
    if not everybody:
        return {}, {}
    statement = CASES.format(mine=CHANGED if changes else TOLD, shown=SHOWN).encode()
    kinds = numbers(int(person not in mine) for person in everybody)
    rows = session.execute(statement, (uuids(everybody), kinds)).fetchall()
    known = {row[0]: Known(row[0], *map(frozenset, row[2:5])) for row in rows if not row[5]}
    return known, {row[0]: cases.from_bytes(row[1]) for row in rows}
