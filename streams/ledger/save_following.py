"""What the follow-up writes beside notices and duties: notes of steps, who is away, alarms."""

from datetime import datetime

from streams.ledger import tables
from streams.ledger.alarms import raise_alarm
from streams.ledger.arrays import instants, texts, uuids
from streams.ledger.connection import Session
from streams.ledger.copying import copy
from streams.pipeline import Work


def save_following(session: Session, work: Work, at: datetime) -> None:
    """Write what steps say beyond their moves, who is away, and whom to look at again when."""
    notes = [
        (told.notice.id, told.notice.steps, n.answered_by, n.from_officer, n.to_officer, n.because)
        for _, told in work.told
        if (n := told.note) is not None
    ]
    copy(session, tables.step_note, notes)
    if work.changed_away:
        _save_away(session, work)
    _save_look_again(session, work)
    for alarm, words in work.alarms:
        raise_alarm(session, alarm, words, at)


def _save_away(session: Session, work: Work) -> None:
    """Write who is away and who is back."""
    changed = sorted(work.changed_away)
    session.execute("DELETE FROM away WHERE officer = ANY(%s)", (texts(changed),))
    rows = [
        (away.officer, away.cause, away.cover, away.from_at, away.until)
        for away in (work.away.get(officer) for officer in changed)
        if away is not None
    ]
    copy(session, tables.away, rows)


def _save_look_again(session: Session, work: Work) -> None:
    """Write whose case to look at when, and forget those that were looked at."""
    if work.looked_at:
        session.execute(
            "DELETE FROM look_again l USING unnest(%s::uuid[], %s::timestamptz[]) AS k (person, at)"
            " WHERE (l.person_id, l.at) = (k.person, k.at)",
            (
                uuids(person for person, _ in work.looked_at),
                instants(when for _, when in work.looked_at),
            ),
        )
    if work.look_again:
        again = sorted(set(work.look_again))
        session.execute(
            "INSERT INTO look_again (person_id, at) SELECT * FROM"
            " unnest(%s::uuid[], %s::timestamptz[]) ON CONFLICT DO NOTHING",
            (uuids(person for person, _ in again), instants(when for _, when in again)),
        )
