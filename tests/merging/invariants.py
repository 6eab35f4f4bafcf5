"""What holds of every ledger, whatever was merged and decided: nothing lost, nobody wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streams.domain.cases import Case, from_bytes
from streams.domain.deciders import NOBODYS
from streams.domain.folding import fold
from streams.domain.notices import NoticeState
from streams.domain.passage import Passing
from streams.domain.rungs import Standing
from streams.ledger.directories import read
from streams.ledger.histories import folded_of
from streams.ledger.load import DUTY_COLUMNS, read_duty
from streams.ledger.verify import verify
from streams.stages.pass_on import hand_over, is_open

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from uuid import UUID

    from fixtures.ledger import Story

    from streams.domain.duties import Duty

APART: Final = {
    "a fact is about somebody else than its event": (
        "SELECT f.event_id FROM fact f JOIN event e USING (publisher, event_id)"
        " WHERE e.seq = (SELECT max(seq) FROM event n WHERE n.publisher = f.publisher"
        " AND n.event_id = f.event_id) AND f.person_id IS DISTINCT FROM e.person_id"
    ),
    "a responsibility is about somebody else than its event": (
        "SELECT r.seq FROM responsibility r JOIN event e USING (seq)"
        " WHERE r.person_id IS DISTINCT FROM e.person_id"
    ),
    "a record is of somebody else than its event": (
        "SELECT r.seq FROM source_record r JOIN event e USING (seq)"
        " WHERE r.person_id IS DISTINCT FROM e.person_id"
    ),
    "a duty that somebody has is about somebody else than its event": (
        "SELECT d.kind FROM duty d WHERE d.state IN ('open', 'overdue') AND NOT EXISTS"
        " (SELECT FROM event e WHERE e.publisher = d.publisher AND e.event_id = d.event_id"
        " AND e.person_id = d.person_id)"
    ),
    "who was merged into somebody has something": (
        "SELECT m.seq FROM merge m WHERE m.undone_seq IS NULL AND (EXISTS"
        " (SELECT FROM event WHERE person_id = m.gone) OR EXISTS"
        " (SELECT FROM notice WHERE person_id = m.gone) OR EXISTS"
        " (SELECT FROM duty WHERE person_id = m.gone) OR EXISTS"
        " (SELECT FROM fact WHERE person_id = m.gone) OR EXISTS"
        " (SELECT FROM person_key WHERE m.gone = ANY(person_ids)) OR EXISTS"
        " (SELECT FROM person_block WHERE person_id = m.gone))"
    ),
    "a held event waits for nobody": (
        "SELECT e.event_id FROM event e WHERE e.disposition = 'held' AND NOT EXISTS"
        " (SELECT FROM event u WHERE u.publisher = e.publisher AND u.seq > e.seq"
        " AND (u.retracts = e.event_id OR u.supersedes = e.event_id)) AND NOT EXISTS"
        " (SELECT FROM review r JOIN notice n ON n.matter = 'held:' || r.publisher || ':' ||"
        " r.event_id WHERE r.event_seq = e.seq AND r.state = 'waiting'"
        " AND n.person_id IS NULL AND n.state NOT IN ('withdrawn', 'done'))"
    ),
    "a decision names somebody else than its event": (
        "SELECT r.event_id FROM review r JOIN event e ON e.seq = r.event_seq"
        " WHERE r.state IN ('joined', 'overridden', 'rejected', 'bound')"
        " AND r.person_id IS DISTINCT FROM e.person_id AND NOT EXISTS"
        " (SELECT FROM event u WHERE u.publisher = e.publisher AND u.seq > e.seq"
        " AND (u.retracts = e.event_id OR u.supersedes = e.event_id))"
    ),
    "a decision stands against what a human has said": (
        "SELECT event_id FROM review WHERE state <> 'waiting' AND person_id = ANY(rejected)"
    ),
    "a review waits for an event that is not held": (
        "SELECT r.event_id FROM review r JOIN event e ON e.seq = r.event_seq"
        " WHERE r.state = 'waiting' AND e.disposition <> 'held'"
    ),
}
"""What is wrong, and a query that finds it."""


def faults(story: Story, at: datetime) -> list[str]:
    """Return all that is wrong with a ledger, in words."""
    found = [str(each) for each in verify(story.session, lambda _: None)]
    found += [f"{words}: {row}" for words, query in APART.items() for row in story.rows(query)]
    return [*found, *_notices(story, at), *_cases(story)]


def _notices(story: Story, at: datetime) -> Iterator[str]:
    """Yield the notices that are about somebody else than their events, or with somebody else."""
    directory = read(story.session, 0)
    cases = {person: from_bytes(bytes(doc)) for person, doc in _documents(story)}
    rows = story.rows(f"SELECT {DUTY_COLUMNS} FROM duty")  # noqa: S608 - a constant
    duties: list[Duty] = [read_duty(row) for row in rows]
    rules = story.engine.ledger.rules
    about = _about(story)
    for notice in story.notices:
        if notice.state is NoticeState.WITHDRAWN or notice.person_id is None:
            continue
        for source in notice.sources:
            if about.get(source) != notice.person_id:
                yield f"{notice.type} of {notice.matter} rests on {source}, which is of another"
        case = cases.get(notice.person_id, NOBODYS)
        standing = Standing(case, directory, at)
        if is_open(notice, [d for d in duties if d.person_id == notice.person_id]):
            passing = Passing(standing, rules.calendar, rules.contracted, "")
            told = hand_over(notice, passing)
            if told is not None and told.notice.recipient.officer != notice.recipient.officer:
                right = told.notice.recipient.officer
                yield f"{notice.type} is with {notice.recipient.officer}, not {right}"


def _about(story: Story) -> dict[tuple[str, str], UUID | None]:
    """Return about whom the newest statement of each event is."""
    rows = story.rows("SELECT publisher, event_id, person_id FROM event ORDER BY seq")
    return {(publisher, event_id): person for publisher, event_id, person in rows}


def _documents(story: Story) -> list[tuple[UUID, bytes]]:
    """Return the case of each person as the ledger has it."""
    return story.rows("SELECT person_id, document FROM case_file ORDER BY 1")


def _cases(story: Story) -> Iterator[str]:
    """Yield the cases that are not what their own events fold into."""
    documents = _documents(story)
    histories = folded_of(story.session, [person for person, _ in documents])
    for person, document in documents:
        kept = from_bytes(bytes(document))
        case = Case(person_id=person, crn=kept.crn)
        for each in histories[person]:
            case = fold(case, each.event, each.seq)
        if case != kept:
            yield f"the case of {person} is not what its events make of it"
