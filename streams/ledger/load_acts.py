"""What an act needs to know, loaded under its locks by a fixed number of statements.

The order of the locks is that of every transaction (`streams.ledger.load`): directory, cases by
person id, then duties and notices by id. Nothing is looked up by a person's identifiers, so no keys
are taken.
"""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from streams.domain.acts import Act
from streams.domain.duties import Duty, duty_matter
from streams.domain.notices import Notice
from streams.domain.passage import Opened
from streams.ledger.arrays import Array, texts, uuids
from streams.ledger.connection import Session
from streams.ledger.directories import DirectoryCache
from streams.ledger.load import (
    DUTY_COLUMNS,
    facts_of,
    read_duty,
    read_notices,
)
from streams.ledger.load_cases import cases_of
from streams.ledger.load_following import (
    away_of,
    open_duties,
    open_notices,
    to_look_at,
    whose,
)
from streams.ledger.reading_again import opened_again
from streams.pipeline import Loaded, Rules

MATTERS: Final = (
    "SELECT person_id, matter FROM duty WHERE id = ANY(%s)"
    " UNION SELECT person_id, matter FROM notice WHERE id = ANY(%s)"
)
OVERDUE: Final = (
    "SELECT DISTINCT person_id, matter FROM notice WHERE person_id = ANY(%s)"
    " AND type = 'duty_overdue'"
)
OPENERS: Final = (
    "SELECT d.id, e.publisher, e.log_offset, e.payload, e.broker_at, e.content FROM duty d"
    " JOIN LATERAL (SELECT * FROM event e WHERE e.publisher = d.publisher"
    " AND e.event_id = d.event_id AND e.seq <= d.seq ORDER BY e.seq DESC LIMIT 1) AS e ON true"
    " WHERE d.id = ANY(%s) AND e.payload IS NOT NULL"
)
"""The statement of its event that opened each duty: the newest that was admitted by then."""


def load_for(
    session: Session, acts: Sequence[Act], directory: DirectoryCache, rules: Rules
) -> Loaded:
    """Load and lock what acts touch, and all that is about the same people and matters."""
    staff = directory.load(session, exclusive=False)
    duties = sorted({each for act in acts for each in act.touched.duties})
    notices = sorted({each for act in acts for each in act.touched.notices})
    found = session.execute(MATTERS, (uuids(duties), uuids(notices))).fetchall()
    found += _overdue(session, found) if notices else []
    whole = whose(acts)
    people = sorted({person for person, _ in found if person is not None} | whole.people)
    known, files = cases_of(session, people)
    about = [(person, matter) for person, matter in found if person is not None]
    flows = rules.flows.values()
    pairs = uuids(person for person, _ in about), texts(matter for _, matter in about)
    return Loaded(
        directory=staff,
        known=known,
        cases=files,
        duties=[*_duties(session, pairs), *open_duties(session, whole)],
        notices=[*_notices(session, pairs, notices), *open_notices(session, whole)],
        away=away_of(session, whole),
        to_look_at=to_look_at(session, whole),
        facts=tuple(facts_of(session, people, (f for f in flows if f.overdue is not None))),
        openers=_openers(session, duties, rules),
    )


def _overdue(session: Session, found: Sequence[tuple[UUID | None, str]]) -> list[tuple[UUID, str]]:
    """Return beside matters the notices that something about them is overdue, and the reverse."""
    known = {(person, duty_matter(matter)) for person, matter in found if person is not None}
    told = session.execute(OVERDUE, (uuids(sorted({person for person, _ in known})),)).fetchall()
    also = {(person, matter) for person, matter in told if (person, duty_matter(matter)) in known}
    return sorted((known | also) - set(found))


def _duties(session: Session, about: tuple[Array, Array]) -> list[Duty]:
    """Lock and load the duties about people and matters."""
    rows = session.execute(
        f"SELECT {DUTY_COLUMNS} FROM duty"  # noqa: S608 - the columns are a constant
        " WHERE (person_id, matter) IN (SELECT * FROM unnest(%s::uuid[], %s::text[]))"
        " ORDER BY id FOR UPDATE",
        about,
    ).fetchall()
    return [read_duty(row) for row in rows]


def _notices(session: Session, about: tuple[Array, Array], named: Sequence[UUID]) -> list[Notice]:
    """Lock and load the notices about people and matters, and those that are named."""
    rows = session.execute(
        "SELECT document FROM notice WHERE id IN (SELECT unnest(%s::uuid[])"
        " UNION SELECT n.id FROM notice n JOIN unnest(%s::uuid[], %s::text[])"
        " AS k (person_id, matter) USING (person_id, matter)) ORDER BY id FOR UPDATE",
        (uuids(named), *about),
    ).fetchall()
    return read_notices(rows)


def _openers(session: Session, duties: Sequence[UUID], rules: Rules) -> Mapping[UUID, Opened]:
    """Read the events that opened the duties; one that can no longer be read is left out."""
    if not duties:
        return {}
    rows = session.execute(OPENERS, (uuids(duties),)).fetchall()
    read = ((row[0], opened_again(row[1:], rules)) for row in rows)
    return {duty: opened for duty, opened in read if opened is not None}
