"""Reviews as desks and programs ask for them: what waits, and one of them side by side.

Names that are protected are used to find somebody and shown to nobody, so they are left out before
anything is compared for a human: no explanation can give one away.

Source: FLOWS, always withheld: names of kind `protected`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from msgspec.structs import replace

from streams.domain.agencies import Agency
from streams.domain.alike import Scorer
from streams.domain.matching import POSSIBLE_WORDS
from streams.domain.portraits import Portrait, portrait_of
from streams.domain.records import PersonEvent
from streams.domain.reviews import Review
from streams.domain.scoring.score import Score
from streams.domain.sharing import is_for_provider
from streams.ledger.alike import portraits_of
from streams.ledger.connection import Session
from streams.ledger.queries_names import NUMBERS
from streams.ledger.queries_told import duties_opened, told_by
from streams.ledger.reading import Row, rows
from streams.ledger.reading_again import read_again
from streams.ledger.reviews import reviews_of
from streams.pipeline import Prepared, Rules
from streams.pipeline.decision_refusals import INSTEAD_OF
from streams.stages.notify import conditions_of

REVIEWS: Final = (
    "SELECT r.event_seq, r.publisher, r.event_id, e.type || '.v' || e.version AS type,"
    " e.happened_at, r.opened_at AS held_since, r.is_immediate, r.due_at, r.rings_at, r.state,"
    " cardinality(r.candidates) AS candidates, r.decided_at, r.decided_by, r.person_id, r.reason,"
    " n.recipient AS officer, n.provider, n.state AS notice_state, n.notice_id, d.disputed"
    " FROM review r JOIN event e ON e.seq = r.event_seq"
    " LEFT JOIN LATERAL (SELECT id AS notice_id, recipient, provider, state FROM notice"
    " WHERE person_id IS NULL AND matter = 'held:' || r.publisher || ':' || r.event_id"
    " ORDER BY seq DESC LIMIT 1) AS n ON true"
    " CROSS JOIN LATERAL (SELECT count(DISTINCT decided_by) > 1 AS disputed FROM review_decision"
    " WHERE event_seq = r.event_seq AND decided_by IS NOT NULL"
    " AND (refused IS NULL OR position(%(dispute)s IN refused) > 0)) AS d"
    " WHERE (%(seq)s::bigint IS NULL OR r.event_seq = %(seq)s)"
    " AND (%(all)s OR r.state = 'waiting') AND (NOT %(disputed)s OR d.disputed)"
    " AND (%(desk)s::text IS NULL OR coalesce(n.provider, r.desk) = %(desk)s)"
    " AND (%(officer)s::text IS NULL OR n.recipient = %(officer)s)"
    " ORDER BY r.state <> 'waiting', r.due_at, r.event_seq"
)
DECISIONS: Final = (
    "SELECT seq, at, kind, decided_by, person_id, reason, refused FROM review_decision"
    " WHERE event_seq = %s ORDER BY seq"
)
ERASED_AT: Final = "SELECT at FROM erased WHERE seq = %s"
WHY: Final = (
    "SELECT d.reason, e.disposition, e.because FROM event e"
    " LEFT JOIN identity_decision d USING (seq) WHERE e.seq = %s"
)
WORDS: Final = {reason.value: words for reason, words in POSSIBLE_WORDS.items()}


@dataclass(frozen=True, slots=True)
class ReviewsWanted:
    """Which reviews; what is None does not matter.

    `decided` are shown too where it is set, and `disputed` leaves only those of which two humans
    have said different things.
    """

    desk: str | None = None
    officer: str | None = None
    decided: bool = False
    disputed: bool = False
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class CandidateShown:
    """Somebody whom an event may be about: what is known of them, and how alike they are."""

    person_id: UUID
    crn: str | None
    said: Portrait
    score: Score | None


@dataclass(frozen=True, slots=True)
class ReviewShownWhole:
    """A review with what the agency says of its person beside everybody who may be meant.

    `said` is None where the agency keeps its content from the reader's provider: they ask it.
    """

    row: Row
    agency: Agency
    why: str
    said: Portrait | None
    candidates: tuple[CandidateShown, ...]
    decisions: tuple[Row, ...]


def find_reviews(session: Session, wanted: ReviewsWanted) -> list[Row]:
    """Return reviews, those that wait first, what is due first before all."""
    values = {
        "desk": wanted.desk,
        "officer": wanted.officer,
        "all": wanted.decided or wanted.disputed or wanted.seq is not None,
        "disputed": wanted.disputed,
        "dispute": INSTEAD_OF,
        "seq": wanted.seq,
    }
    return rows(session, REVIEWS, values)


def review_whole(
    session: Session, seq: int, rules: Rules, *, provider: str
) -> ReviewShownWhole | None:
    """Return one review as an officer of a provider may read it; None where there is none."""
    found = find_reviews(session, ReviewsWanted(seq=seq))
    prepared = _event(session, seq, rules)
    if not found or prepared is None or prepared.opened is None:
        return None
    review = reviews_of(session, [seq])[seq]
    opened = prepared.opened
    contracted = provider in rules.contracted
    said = _said(prepared)
    return ReviewShownWhole(
        found[0],
        opened.agency,
        _why(session, seq),
        said if is_for_provider(conditions_of(opened), contracted=contracted) else None,
        tuple(_candidates(session, review, said, rules.scorer)),
        tuple(decisions_of(session, seq)),
    )


def _why(session: Session, seq: int) -> str:
    """Say why an event waits, in the words of whoever holds it now; else why it was held at first.

    What two people who became two again left open has its own words.
    """
    row = session.execute(WHY, (seq,)).fetchone()
    reason, disposition, because = row or (None, None, "")
    return str(because) if disposition == "held" else WORDS.get(str(reason), "")


def decisions_of(session: Session, seq: int) -> list[Row]:
    """Return everything that anybody decided about an event, or would have, in order."""
    return rows(session, DECISIONS, (seq,))


def review_story(session: Session, seq: int) -> dict[str, Any] | None:
    """Tell the review of an event: with whom it waits, or who decided what and who was told then.

    None where nobody was ever asked, and nobody has overridden what was decided.
    """
    found = find_reviews(session, ReviewsWanted(seq=seq))
    if not found:
        return None
    decided = [
        {
            **each,
            "told": told_by(session, each["seq"], ()),
            "duties": duties_opened(session, each["seq"]),
        }
        for each in decisions_of(session, seq)
    ]
    erased = session.execute(ERASED_AT.encode(), (seq,)).fetchone()
    names = ("state", "held_since", "due_at", "rings_at", "is_immediate", "officer", "provider")
    shown = {name: found[0][name] for name in names}
    return {**shown, "decisions": decided, "erased_at": erased[0] if erased else None}


def _event(session: Session, seq: int, rules: Rules) -> Prepared | None:
    """Open an event again, where anything of it was kept."""
    row = session.execute(
        "SELECT publisher, topic, log_offset, payload, broker_at FROM event"
        " WHERE seq = %s AND payload IS NOT NULL",
        (seq,),
    ).fetchone()
    return None if row is None else read_again(row, rules)


def _said(prepared: Prepared) -> Portrait:
    """Return what an event says of its person, but for what is shown to nobody."""
    opened, looked = prepared.opened, prepared.looked
    if opened is None or looked is None or not isinstance(opened.event, PersonEvent):
        return Portrait()
    return shown(portrait_of(opened.event.person, looked.identifiers))


def shown(portrait: Portrait) -> Portrait:
    """Leave out the names that may be shown to nobody."""
    return replace(portrait, names=tuple(each for each in portrait.names if not each.protected))


def _candidates(
    session: Session, review: Review, said: Portrait, scorer: Scorer | None
) -> Sequence[CandidateShown]:
    """Return whom an event may be about, compared anew with what is known now; best first."""
    known = portraits_of(session, review.candidates)
    crns: dict[UUID, Any] = dict(session.execute(NUMBERS, (list(review.candidates),)).fetchall())
    found = []
    for person_id in review.candidates:
        theirs = shown(known.get(person_id, Portrait()))
        score = None
        if scorer is not None and person_id in known:
            score = scorer.score(scorer.ready(said), scorer.ready(theirs))
        found.append(CandidateShown(person_id, crns.get(person_id), theirs, score))
    return sorted(found, key=lambda each: -each.score.bits if each.score else 0.0)


def waiting_counts(session: Session, now: datetime) -> Row:
    """Count the reviews that wait, those past their time, and say since when the oldest does."""
    statement = (
        "SELECT count(*) AS count, count(*) FILTER (WHERE due_at <= %(now)s) AS overdue,"
        " count(*) FILTER (WHERE is_immediate) AS immediate, min(opened_at) AS oldest_at"
        " FROM review WHERE state = 'waiting'"
    )
    return rows(session, statement, {"now": now})[0]
