"""Write what became of events that were admitted before, and who decided it.

An event keeps its number and its place. What hung on it as somebody else's is taken away first; the
rows of what it taught and of whose responsibility it began are written anew with those of people
and cases.
"""

from datetime import datetime
from typing import Any

from streams.domain.reviews import Decided
from streams.ledger import tables
from streams.ledger.arrays import blobs, texts
from streams.ledger.connection import Session
from streams.ledger.copying import copy
from streams.ledger.load import Keys
from streams.ledger.save import drop_unused_keys, save_people
from streams.pipeline import Work

REBOUND = (
    "UPDATE event e SET disposition = c.disposition, because = c.because, person_id = c.person_id"
    " FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[]::uuid[])"
    " AS c (seq, disposition, because, person_id) WHERE e.seq = c.seq"
)
HANGS_ON = ("responsibility", "source_record")
"""Tables whose rows have the number of the event that they came of."""


def save_binding(session: Session, work: Work, keys: Keys | None, at: datetime) -> None:
    """Write events that are about somebody else now, what people are known by, and who decided."""
    if work.ended:
        _save_events(session, work)
        _erase(session, work, at)
    if keys is not None:
        save_people(session, work, keys)
        _drop_nobodys_keys(session, work, keys)
    copy(session, tables.review_decision, [_decision_row(each, at) for each in work.decided])


def leave_no_keys(session: Session, keys: Keys | None) -> None:
    """Take away the key rows that were made for an act that had no effect."""
    if keys is not None:
        drop_unused_keys(session, keys, frozenset())


def _save_events(session: Session, work: Work) -> None:
    """Write how events have ended now; the newest word on each counts."""
    ended = {each.seq: each for each in work.ended if each.seq is not None}
    seqs = sorted(ended)
    some = [ended[seq] for seq in seqs]
    for table in HANGS_ON:
        session.execute(f"DELETE FROM {table} WHERE seq = ANY(%s)".encode(), (seqs,))  # noqa: S608 - names of our own tables
    dispositions = texts(e.disposition.value if e.disposition else "" for e in some)
    people = texts(None if e.person_id is None else str(e.person_id) for e in some)
    session.execute(REBOUND, (seqs, dispositions, texts(e.because for e in some), people))
    work.ended[:] = some


def _erase(session: Session, work: Work, at: datetime) -> None:
    """Leave events without their content, and remember since when."""
    gone = [each.seq for each in work.ended if not each.keeps_content]
    if gone:
        session.execute("UPDATE event SET payload = NULL WHERE seq = ANY(%s)", (gone,))
        copy(session, tables.erased, [(seq, at) for seq in gone])


def _drop_nobodys_keys(session: Session, work: Work, keys: Keys) -> None:
    """Take away the keys that nobody has any more."""
    gone = sorted(keys.digests[key] for key, people in work.learnt.items() if not people)
    if gone:
        session.execute("DELETE FROM person_key WHERE digest = ANY(%s)", (blobs(gone),))


def _decision_row(decided: Decided, at: datetime) -> tuple[Any, ...]:
    """Return the row of what somebody decided."""
    what = (decided.seq, decided.event_seq, at, decided.kind, decided.by)
    return (*what, decided.person_id, decided.reason, decided.refused)
