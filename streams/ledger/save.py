"""What a batch did, written: a COPY for each table that has new rows, an update for what changed.

The order follows the locks: keys, cases, facts, duties, notices, and the audit last. Nothing is
written for each event on its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from streams.domain import cases
from streams.domain.case_events import CaseAllocated, CaseAssigned, SupervisionRole
from streams.domain.duties import Duty
from streams.domain.log import Place
from streams.domain.matching import Matched, Possible, Unknown
from streams.domain.passage import Identity
from streams.ledger import directories, tables
from streams.ledger.alike import save_blocks
from streams.ledger.arrays import blobs, texts, uuids
from streams.ledger.connection import Session
from streams.ledger.copying import copy
from streams.ledger.load import FACTS, Keys
from streams.ledger.matching_rows import CHANGED_PERSON, people_rows, source_rows
from streams.ledger.notices import notice_changes, notice_rows, outbox_rows, step_rows
from streams.ledger.records import event_row, quarantine_row
from streams.ledger.reviews import save_reviews
from streams.ledger.save_following import save_following
from streams.pipeline import Disposition, Ended, Work


@dataclass(frozen=True, slots=True)
class Written:
    """Where each record of the work came from, and when all of it is written."""

    places: Sequence[Place]
    raised_at: datetime


def save_events(session: Session, work: Work, written: Written) -> None:
    """Write the events that were admitted and the records that were refused."""
    at, admitted, refused = written.raised_at, [], []
    for ended, place in zip(work.ended, written.places, strict=True):
        if ended.seq is not None:
            admitted.append(event_row(ended, place, at))
        elif ended.disposition is Disposition.QUARANTINED:
            refused.append(quarantine_row(ended, place, at))
    copy(session, tables.event, admitted)
    copy(session, tables.quarantine, refused)


def _admitted(work: Work) -> list[Ended]:
    """Return the records that claimed their event's id."""
    return [ended for ended in work.ended if ended.seq is not None]


def save_people(session: Session, work: Work, keys: Keys) -> None:
    """Write the directory, who is known, by which keys, and what was decided about identity."""
    if work.directory_events:
        directories.save(session, work.directory_events, work.directory)
    created, changed = people_rows(work)
    copy(session, tables.person, created)
    if changed:
        session.cursor().executemany(CHANGED_PERSON, changed)
    save_blocks(session, work, keys.secret)
    learnt = sorted((keys.digests[key], list(people)) for key, people in work.learnt.items())
    if learnt:
        session.cursor().executemany(
            "UPDATE person_key SET person_ids = %s WHERE digest = %s",
            [(sorted(people), held) for held, people in learnt],
        )
    drop_unused_keys(session, keys, frozenset(held for held, _ in learnt))
    copy(session, tables.source_record, source_rows(work))
    copy(session, tables.identity_decision, [_decision_row(*each) for each in work.decisions])


def drop_unused_keys(session: Session, keys: Keys, used: frozenset[bytes]) -> None:
    """Take away the key rows that were made for the locks only: nobody we know has them."""
    unused = sorted(keys.inserted - used)
    if unused:
        session.execute("DELETE FROM person_key WHERE digest = ANY(%s)", (blobs(unused),))


def _decision_row(seq: int, identity: Identity) -> tuple[Any, ...]:
    """Return the row of a decision about identity."""
    match identity.decision:
        case Possible(candidates, reason):
            outcome = "created" if identity.created else "possible"
            return (seq, outcome, reason.value, identity.person_id, list(candidates))
        case Unknown(reason):
            outcome = "created" if identity.created else "unknown"
            return (seq, outcome, reason.value, identity.person_id, [])
        case Matched(person_id, by):
            return (seq, "matched", ",".join(by), person_id, [])


def save_cases(session: Session, work: Work) -> None:
    """Write the case files that changed, and the history of who had whom."""
    changed = sorted(work.changed_cases)
    new = [
        (person, 1, work.cases[person].crn, cases.to_bytes(work.cases[person]))
        for person in changed
        if person in work.created
    ]
    copy(session, tables.case_file, new)
    old = [person for person in changed if person not in work.created]
    if old:
        session.execute(
            "UPDATE case_file c SET version = c.version + 1, crn = n.crn, document = n.document"
            " FROM unnest(%s::uuid[], %s::text[], %s::bytea[]) AS n (person_id, crn, document)"
            " WHERE c.person_id = n.person_id",
            (
                uuids(old),
                texts(work.cases[person].crn for person in old),
                blobs(cases.to_bytes(work.cases[person]) for person in old),
            ),
        )
    rows = [_responsibility_row(ended) for ended in _admitted(work)]
    copy(session, tables.responsibility, [row for row in rows if row is not None])


def _responsibility_row(ended: Ended) -> tuple[Any, ...] | None:
    """Return the history's row of an allocation or assignment."""
    event = ended.prepared.opened.event if ended.prepared.opened else None
    if ended.person_id is None or not isinstance(event, CaseAllocated | CaseAssigned):
        return None
    assigned = isinstance(event, CaseAssigned)
    role = event.role if isinstance(event, CaseAssigned) else SupervisionRole.RESPONSIBLE_OFFICER
    officer = event.officer if isinstance(event, CaseAssigned) and assigned else None
    return (
        ended.seq,
        ended.person_id,
        role.value,
        event.provider,
        event.team,
        officer,
        event.effective_at,
    )


def save_follow_up(session: Session, work: Work, at: datetime) -> None:
    """Write facts, duties and notices, and what Kafka is to be told of them."""
    if work.dropped_facts:
        session.cursor().executemany(
            "DELETE FROM fact WHERE publisher = %s AND event_id = %s", sorted(work.dropped_facts)
        )
    facts = sorted(
        ((seq, fact) for rows in work.new_facts.values() for seq, fact in rows),
        key=lambda row: row[0],
    )
    copy(
        session,
        tables.fact,
        [(f.person_id, f.kind, f.matter, f.occurred_at, *f.source, s) for s, f in facts],
    )
    _save_duties(session, work)
    new, changed = notice_rows(work), notice_changes(work)
    copy(session, tables.notice, new)
    if changed:
        session.execute(
            "UPDATE notice n SET type = c.type, recipient = c.recipient, provider = c.provider,"
            " state = c.state, urgency = c.urgency, due_at = c.due_at, document = c.document"
            " FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],"
            " %s::timestamptz[], %s::bytea[])"
            " AS c (id, type, recipient, provider, state, urgency, due_at, document)"
            " WHERE n.id = c.id",
            changed,
        )
    copy(session, tables.notice_step, step_rows(work, at))
    copy(session, tables.outbox, outbox_rows(work, at))
    save_following(session, work, at)
    save_reviews(session, work)


def _save_duties(session: Session, work: Work) -> None:
    """Write the duties that were opened, and the state of those that changed."""
    new = [_duty_row(work.duties[each], seq) for each, seq in sorted(work.new_duties.items())]
    copy(session, tables.duty, new)
    changed = sorted(work.changed_duties - work.new_duties.keys())
    if changed:
        duties = [work.duties[each] for each in changed]
        session.execute(
            "UPDATE duty d SET state = c.state, owner = c.owner, meant = c.meant,"
            " satisfied_publisher = c.publisher, satisfied_event = c.event FROM"
            " unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])"
            " AS c (id, state, owner, meant, publisher, event) WHERE d.id = c.id",
            (
                uuids(changed),
                texts(d.state for d in duties),
                texts(d.owner for d in duties),
                texts(d.meant for d in duties),
                texts(d.satisfied_by and d.satisfied_by[0] for d in duties),
                texts(d.satisfied_by and d.satisfied_by[1] for d in duties),
            ),
        )


def _duty_row(duty: Duty, seq: int) -> tuple[Any, ...]:
    """Return a duty's row."""
    return (
        duty.id,
        seq,
        duty.kind,
        duty.matter,
        duty.person_id,
        duty.owner,
        duty.what,
        duty.due_at,
        *duty.opened_by,
        duty.rule,
        duty.state,
        duty.notice_id,
        duty.expected_of,
        FACTS.dump_json(duty.facts) if duty.facts else None,
        duty.meant,
        *(duty.satisfied_by or (None, None)),
    )
