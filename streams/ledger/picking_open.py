"""What the follow-up may have to do, picked without locks: staff, cases, and notices that wait.

Everything is picked by how things stand, not by what has just happened: an absence told late, in
advance, extended or ended early, and an item that came to somebody who had just gone, are all found
by the next look.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from streams.domain.absences import Away, all_away
from streams.domain.duties import UNDONE
from streams.domain.ladders import RINGS_OUT_OF_HOURS
from streams.domain.notice_acts import (
    CaseLookedAt,
    NoticeWaited,
    OfficerAway,
    OfficerBack,
    OfficerGone,
)
from streams.domain.notices import WAITING, NoticeState
from streams.domain.stand_ins import StandIns, stand_ins, with_a_place
from streams.ledger.arrays import texts
from streams.ledger.connection import Session, world
from streams.ledger.load_following import AWAY_COLUMNS
from streams.ledger.picking import Watch
from streams.pipeline.standing_in import matter_of

StaffAct = OfficerAway | OfficerGone | OfficerBack
NOBODY: Final = StandIns(frozenset(), frozenset())


def _listed(values: Iterable[str]) -> str:
    """Write values of our own into a statement, as the predicates of indexes have them."""
    return "(" + ", ".join(f"'{each}'" for each in sorted(values)) + ")"


_WAITS: Final = _listed(WAITING)
_OPEN: Final = _listed((*WAITING, NoticeState.ACKNOWLEDGED))
_UNDONE: Final = _listed(UNDONE)
WITH_ITEMS: Final = (
    "SELECT who FROM unnest(%(who)s::text[]) AS who WHERE"  # noqa: S608 - constants of ours
    f" EXISTS (SELECT FROM notice n WHERE n.recipient = who AND n.state IN {_WAITS})"
    f" OR EXISTS (SELECT FROM duty d WHERE d.owner = who AND d.state IN {_UNDONE})"
    " OR EXISTS (SELECT FROM notice n JOIN duty d ON d.person_id = n.person_id"
    " AND d.notice_id = n.id WHERE n.recipient = who AND n.state = 'acknowledged'"
    f" AND d.state IN {_UNDONE})"
    " OR EXISTS (SELECT FROM notice n WHERE n.recipient = who AND n.state = 'acknowledged'"
    " AND n.person_id IS NULL AND n.matter LIKE 'held:%%')"
)
"""Who has anything open; a review that they have seen is open until somebody has decided it."""
WITH_PEOPLE: Final = (
    "SELECT who FROM unnest(%(who)s::text[]) AS who"
    " WHERE EXISTS (SELECT FROM responsibility r WHERE r.officer = who)"
)
WAITED: Final = (
    "SELECT id FROM notice WHERE due_at <= %(at)s"  # noqa: S608 - constants of ours
    f" AND state IN {_WAITS}"
    " AND (%(rings)s::text[] IS NULL OR type = ANY(%(rings)s)) ORDER BY due_at, id LIMIT %(most)s"
)
LOOK_AT: Final = (
    "SELECT person_id, at FROM look_again WHERE at <= %(at)s ORDER BY at, person_id LIMIT %(most)s"
)
PEOPLE: Final = (
    "SELECT person_id FROM notice WHERE recipient = %(who)s AND person_id IS NOT NULL"  # noqa: S608 - constants of ours
    f" AND state IN {_OPEN}"
    f" UNION SELECT person_id FROM duty WHERE state IN {_UNDONE} AND owner = %(who)s"
    f" UNION SELECT person_id FROM duty WHERE state IN {_UNDONE} AND meant = %(who)s"
    " UNION SELECT n.person_id FROM step_note s JOIN notice n ON n.id = s.notice_id"
    " WHERE s.from_officer = %(who)s AND n.person_id IS NOT NULL"
    f" AND n.state IN {_OPEN}"
    " UNION SELECT person_id FROM (SELECT DISTINCT ON (person_id, role) person_id, officer"
    " FROM responsibility WHERE person_id IN"
    " (SELECT person_id FROM responsibility WHERE officer = %(who)s)"
    " ORDER BY person_id, role, from_at DESC, seq DESC) AS held WHERE officer = %(who)s"
    " ORDER BY person_id"
)
"""Whose officer somebody is, and whoever something of theirs is about, also while others have it.

What comes to them after this is found by the next look."""
ABOUT_NOBODY: Final = (
    "SELECT id FROM notice WHERE person_id IS NULL"  # noqa: S608 - constants of ours
    f" AND state IN {_OPEN} AND (recipient = %(who)s OR matter = %(matter)s) ORDER BY id"
)
STOOD_IN: Final = (
    "SELECT id, person_id FROM notice WHERE recipient = ANY(%(all)s::text[])"  # noqa: S608 - constants of ours
    f" AND state IN {_OPEN} AND (recipient = ANY(%(beside)s::text[])"
    " OR (convert_from(document, 'UTF8')::jsonb ->> 'rung')::int"
    " > (convert_from(document, 'UTF8')::jsonb ->> 'climbed')::int) ORDER BY id"
)
"""What those have who stood in for somebody: all that may be theirs by rights, and more."""
PEOPLE_AT_ONCE: Final = 100
"""Assumed: the cases of so many people, or of one officer, are locked for a moment."""


def staff_moves(session: Session, watch: Watch, at: datetime, most: int) -> Sequence[StaffAct]:
    """Pick officers who went away, left or came back, or who have something while they are away."""
    with world():
        staff = watch.staff.load(session, exclusive=False)
        handled = _handled(session)
        now = {away.officer: away for away in all_away(staff, at)}
        news = [officer for officer, away in now.items() if handled.get(officer) != away]
        told_before = {officer for officer in news if officer in handled}
        new = [officer for officer in news if officer not in handled]
        wanted = told_before | _who(session, WITH_PEOPLE, new) | _who(session, WITH_ITEMS, now)
        placed = with_a_place(staff, at)
        wanted |= {each for each in new if each in placed and not now[each].has_left}
        back = sorted(handled.keys() - now.keys())
        moved = [*sorted(wanted), *back][:most]
        ins = {
            officer: stand_ins(staff, officer, at, handled[officer].cover)
            for officer in moved
            if officer in handled and handled[officer] != now.get(officer)
        }
        return _some(session, moved, now, ins)


def _some(
    session: Session,
    officers: Iterable[str],
    now: Mapping[str, Away],
    ins: Mapping[str, StandIns],
) -> list[StaffAct]:
    """Return the acts of the first officers, as many as have not too many people in all."""
    acts: list[StaffAct] = []
    left = PEOPLE_AT_ONCE
    for officer in officers:
        act = _move(session, officer, now.get(officer), ins.get(officer, NOBODY))
        left -= len(act.people)
        if acts and left < 0:
            break
        acts.append(act)
    return acts


def _move(session: Session, officer: str, away: Away | None, ins: StandIns) -> StaffAct:
    """Return the act of somebody who is away, gone or back, with what is to be looked at."""
    people = session.execute(PEOPLE.encode(), {"who": officer}).fetchall()
    values = {"who": officer, "matter": matter_of(officer)}
    notices = session.execute(ABOUT_NOBODY.encode(), values).fetchall()
    found = {row[0] for row in people}, {row[0] for row in notices}
    for notice_id, person_id in _stood_in(session, ins):
        found[person_id is None].add(person_id or notice_id)
    of = (officer, tuple(sorted(found[0])), tuple(sorted(found[1])))
    if away is None:
        return OfficerBack(*of)
    return OfficerGone(*of) if away.has_left else OfficerAway(*of)


def _stood_in(session: Session, ins: StandIns) -> Sequence[tuple[UUID, UUID | None]]:
    """Return the notices that somebody may have had in another's stead, and whom they are about."""
    if not ins.above and not ins.beside:
        return ()
    values = {"all": texts(sorted(ins.beside | ins.above)), "beside": texts(sorted(ins.beside))}
    return session.execute(STOOD_IN.encode(), values).fetchall()


def _handled(session: Session) -> Mapping[str, Away]:
    """Return whose items were handed over, and for what."""
    rows = session.execute(f"SELECT {AWAY_COLUMNS} FROM away").fetchall()  # noqa: S608 - a constant
    return {row[0]: Away(*row) for row in rows}


def _who(session: Session, statement: str, officers: Iterable[str]) -> set[str]:
    """Return those of some officers whom a statement finds."""
    asked = texts(sorted(officers))
    return {row[0] for row in session.execute(statement.encode(), {"who": asked}).fetchall()}


def cases_to_look_at(
    session: Session, watch: Watch, at: datetime, most: int
) -> Sequence[CaseLookedAt]:
    """Pick the people whom somebody else has, or others may see, from an instant that has come."""
    del watch
    with world():
        rows = session.execute(LOOK_AT, {"at": at, "most": most}).fetchall()
    return [CaseLookedAt(*row) for row in rows]


def waiting_notices(
    session: Session, watch: Watch, at: datetime, most: int
) -> Sequence[NoticeWaited]:
    """Pick the notices that waited in vain; out of hours only those on the named list."""
    is_open = watch.rules.calendar.within_hours(at)
    rings = None if is_open else texts(sorted(RINGS_OUT_OF_HOURS))
    with world():
        values = {"at": at, "most": most, "rings": rings}
        rows = session.execute(WAITED.encode(), values).fetchall()
    return [NoticeWaited(row[0]) for row in rows]
