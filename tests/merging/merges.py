"""Merging and parting people in a story, and what a ledger holds beside what tells of it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace
from world_builder import NOW, PARTNER, PERSON, Person

from streams.domain.matching import LookupKey, digest
from streams.domain.merge_acts import PeopleMerged, PeopleUnmerged
from streams.ledger.acting import DESK_CHAIN, Acted, Actor
from streams.ledger.load import NOTICES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from fixtures.ledger import Story

    from streams.domain.acts import Act
    from streams.ledger.connection import Session

REASON: Final = "one man with two numbers"
TELLS: Final = ("people_merged", "people_unmerged")
HISTORY: Final = frozenset(
    {
        *("audit", "audit_head", "act", "merge", "merge_moved"),
        *("identity_decision", "notice_step", "step_note", "delivery", "outbox"),
        *("position", "feed_log", "alembic_version", "alarm", "review_decision"),
    }
)
"""Tables that say what was done, which no un-merge takes back, and those of positions."""


def who_is(story: Story, person: Person) -> UUID:
    """Return the id of whoever is found by a person's case reference number."""
    held = digest(LookupKey("crn", person.crn), story.engine.ledger.secret)
    ((ids,),) = story.rows("SELECT person_ids FROM person_key WHERE digest = %s", held)
    (found,) = ids
    return found


def act(story: Story, *acts: Act, at: datetime = NOW) -> Acted:
    """Let somebody at the desk act."""
    ledger = story.engine.ledger
    return Actor(story.session, ledger.rules, DESK_CHAIN, secret=ledger.secret).act(acts, at)


def merge(
    story: Story,
    kept: Person = PERSON,
    gone: Person = PARTNER,
    *,
    by: str = "MGR01",
    at: datetime = NOW,
) -> Acted:
    """Let an officer say that two people are one."""
    people = who_is(story, kept), who_is(story, gone)
    return act(story, PeopleMerged(*people, by, REASON), at=at)


def part(
    story: Story, merged: Acted, *, by: str = "MGR01", at: datetime = NOW, reason: str = "twins"
) -> Acted:
    """Let an officer say that two who were merged are two."""
    ((seq, done),) = merged.acts
    assert isinstance(done, PeopleMerged)
    return act(story, PeopleUnmerged(seq, done.kept, done.gone, by, reason), at=at)


def holds(session: Session) -> Mapping[str, Counter[tuple[Any, ...]]]:
    """Return every row of every table that an un-merge restores.

    Left out are the two kinds of notice that tell of a merge, how often a case file was written,
    and the counters of steps in a notice, whose steps are history.
    """
    names = session.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    ).fetchall()
    return {name: _rows(session, name) for (name,) in names if name not in HISTORY}


def _rows(session: Session, table: str) -> Counter[tuple[Any, ...]]:
    """Return the rows of a table."""
    where = "WHERE type <> ALL(%s)" if table == "notice" else "WHERE %s::text[] IS NOT NULL"
    cursor = session.execute(f"SELECT * FROM {table} {where}".encode(), (list(TELLS),))  # noqa: S608 - a table's name
    names = [each.name for each in cursor.description or ()]
    return Counter(
        tuple(_plain(table, name, value) for name, value in zip(names, row, strict=True))
        for row in cursor
    )


def _plain(table: str, name: str, value: Any) -> Any:  # noqa: ANN401 - a column of any type
    """Return a value that can be compared, without what counts how often it was written."""
    if (table, name) == ("case_file", "version"):
        return None
    if (table, name) == ("notice", "document"):
        return repr(replace(NOTICES.validate_json(value), steps=0, said_at_step=0))
    return repr(value) if isinstance(value, list) else value


def differences(
    before: Mapping[str, Counter[tuple[Any, ...]]], after: Mapping[str, Counter[tuple[Any, ...]]]
) -> dict[str, tuple[Any, Any]]:
    """Return what each table lost and gained."""
    return {
        name: (before[name] - after[name], after[name] - before[name])
        for name in before
        if before[name] != after[name]
    }
