"""How every record ended, in plain values: for whoever compares the ledger with something else.

Who was told is read from the records that went out, as they were when they did: what was handed
over or answered since changes nothing of it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID  # noqa: TC003 - for ruff only: the rows are keyed by it

from schemas.codec import decode
from streams.domain.records import HandlingCondition
from streams.ledger.connection import Session
from streams.pipeline import Disposition

FETCHED_AT_ONCE: Final = 2_000
NOTICES: Final = "notices."
QUARANTINED: Final = Disposition.QUARANTINED.value
EVENTS: Final = (
    "SELECT e.topic, e.partition, e.log_offset, e.publisher, e.event_id,"
    " CASE WHEN r.state = 'taken_back' THEN 'held' ELSE e.disposition END,"
    " e.broker_at, e.raised_at, e.seq, c.crn, e.person_id FROM event e"
    " LEFT JOIN review r ON r.event_seq = e.seq"
    " LEFT JOIN case_file c ON c.person_id = e.person_id ORDER BY e.seq"
)
"""What was held until its publisher took it back ended so when it came."""
REFUSED: Final = (
    "SELECT topic, partition, log_offset, broker_at, raised_at FROM quarantine ORDER BY id"
)
STEPS: Final = (
    "SELECT o.seq, s.move, o.type, n.matter, o.record_value FROM outbox o"
    " JOIN notice_step s ON s.notice_id = o.subject AND s.step = o.step"
    " JOIN notice n ON n.id = o.subject WHERE o.seq IS NOT NULL ORDER BY o.id"
)
FIRST_ACTS: Final = (
    "SELECT person_id, min(seq) FROM ("
    " SELECT n.person_id, s.seq FROM act a JOIN notice_step s USING (seq)"
    " JOIN notice n ON n.id = s.notice_id"
    " UNION ALL SELECT d.person_id, d.seq FROM act a JOIN duty d USING (seq)"
    ") AS acted WHERE person_id IS NOT NULL GROUP BY 1"
)
"""Since when people, or the clock, have acted on what somebody was told about a person."""
DECIDED: Final = (
    "SELECT event_seq FROM review WHERE state IN ('joined', 'rejected', 'overridden', 'bound')"
    " UNION SELECT seq FROM sealed WHERE ended IN ('delivered', 'held')"
)
"""Events that were decided about, or opened, after they came, by people or by the clock."""
DUTIES: Final = "SELECT seq, kind, matter, owner, due_at, state FROM duty"


@dataclass(frozen=True, slots=True)
class Step:
    """A notice as it was told at one step: how it moved, of what, to whom and how urgently."""

    move: str
    notice: str
    matter: str
    to: str
    urgency: str
    is_warned: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """A duty that an event opened, as it now stands."""

    duty: str
    matter: str
    owner: str
    due_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the record at one place of a feed ended; `seq` is None where it claimed nothing.

    `after_act`: people or the clock had acted on the person's notices before, or have decided whom
    it is about since; `acts`: on anybody's.
    """

    place: tuple[str, int, int]
    disposition: str
    broker_at: datetime
    raised_at: datetime
    seq: int | None = None
    key: tuple[str, str] | None = None
    crn: str | None = None
    told: tuple[Step, ...] = ()
    owed: tuple[Opened, ...] = ()
    after_act: bool = False
    acts: bool = False


def outcomes(session: Session) -> Iterator[Outcome]:
    """Yield how every record ended: admitted ones in the order of the ledger, then the refused."""
    told, owed = _told(session), _owed(session)
    first: dict[UUID, int] = dict(session.execute(FIRST_ACTS).fetchall())
    decided = {row[0] for row in session.execute(DECIDED).fetchall()}
    any_acts = session.execute("SELECT EXISTS (SELECT FROM act)").fetchone() == (True,)
    with session.cursor("outcomes") as cursor:
        cursor.itersize = FETCHED_AT_ONCE
        for row in cursor.execute(EVENTS):
            topic, partition, offset, publisher, event_id, ended, broker_at, raised_at, *rest = row
            seq, crn, person_id = rest
            yield Outcome(
                (topic, partition, offset),
                ended,
                broker_at,
                raised_at,
                seq,
                (publisher, event_id),
                crn,
                tuple(told.get(seq, ())),
                tuple(owed.get(seq, ())),
                after_act=seq in decided or first.get(person_id, seq) < seq,
                acts=any_acts,
            )
    for topic, partition, offset, broker_at, raised_at in session.execute(REFUSED):
        yield Outcome((topic, partition, offset), QUARANTINED, broker_at, raised_at)


def _told(session: Session) -> Mapping[int, list[Step]]:
    """Return who was told of what, by what caused it."""
    told: dict[int, list[Step]] = defaultdict(list)
    with session.cursor("told") as cursor:
        cursor.itersize = FETCHED_AT_ONCE
        for seq, move, kind, matter, value in cursor.execute(STEPS):
            told[seq].append(_step(decode(bytes(value)).record["notice"], move, kind, matter))
    return told


def _step(notice: Mapping[str, Any], move: str, kind: str, matter: str) -> Step:
    """Return what a record that went out told."""
    to, urgency = notice["recipient"]["officer"], notice["urgency"]
    warned = HandlingCondition.DO_NOT_TELL_PERSON.value in notice["handling_conditions"]
    name = kind.removeprefix(NOTICES).rpartition(".v")[0]
    return Step(move, name, matter, to, urgency, warned)


def _owed(session: Session) -> Mapping[int, list[Opened]]:
    """Return the duties by the event that opened them."""
    owed: dict[int, list[Opened]] = defaultdict(list)
    for seq, *duty in session.execute(DUTIES):
        owed[seq].append(Opened(*duty))
    return owed
