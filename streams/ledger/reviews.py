"""The rows of reviews: read under their locks, and written as they now stand."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from streams.domain.passage import Source
from streams.domain.reviews import Review, ReviewState
from streams.ledger import tables
from streams.ledger.arrays import texts
from streams.ledger.connection import Session
from streams.ledger.copying import columns_of, copy
from streams.pipeline import Work

REVIEW_COLUMNS: Final = (
    "event_seq, publisher, event_id, desk, is_immediate, candidates, opened_at, due_at, rings_at,"
    " state, decided_seq, decided_at, decided_by, reason, person_id, rejected"
)
OF_EVENTS: Final = (
    f"SELECT {REVIEW_COLUMNS} FROM review WHERE event_seq = ANY(%s)"  # noqa: S608 - constants of ours
    " ORDER BY event_seq"
)
OF_SOURCES: Final = (
    f"SELECT {REVIEW_COLUMNS} FROM review WHERE state = 'waiting' AND event_seq IN"  # noqa: S608 - constants of ours
    " (SELECT e.seq FROM event e JOIN unnest(%s::text[], %s::text[]) AS k (publisher, event_id)"
    " USING (publisher, event_id)) ORDER BY event_seq FOR UPDATE"
)

TAKEN_BACK: Final = (
    "UPDATE event e SET disposition = 'recorded', because = k.words"
    " FROM unnest(%s::bigint[], %s::text[]) AS k (seq, words) WHERE e.seq = k.seq"
)
"""An event that was held and is taken back: nobody has to act, and nobody has to decide."""


def reviews_of(session: Session, seqs: Sequence[int]) -> dict[int, Review]:
    """Read the reviews of events, by their numbers."""
    return _by_number(session.execute(OF_EVENTS.encode(), (list(seqs),)).fetchall())


def waiting_of(session: Session, sources: Sequence[Source]) -> Mapping[int, Review]:
    """Lock and read the reviews that wait for what a batch takes back."""
    if not sources:
        return {}
    keys = (texts(source[0] for source in sources), texts(source[1] for source in sources))
    return _by_number(session.execute(OF_SOURCES.encode(), keys).fetchall())


def _by_number(rows: Iterable[Sequence[Any]]) -> dict[int, Review]:
    """Read reviews by the numbers of their events."""
    return {each.event_seq: each for each in map(read_review, rows)}


def read_review(row: Sequence[Any]) -> Review:
    """Read a review."""
    values = dict(zip(REVIEW_COLUMNS.split(", "), row, strict=True))
    source = (values.pop("publisher"), values.pop("event_id"))
    return Review(
        source=source,
        candidates=tuple(values.pop("candidates")),
        rejected=frozenset(values.pop("rejected")),
        state=ReviewState(values.pop("state")),
        **values,
    )


def save_reviews(session: Session, work: Work) -> None:
    """Write the reviews that were opened, decided or closed."""
    if not work.changed_reviews:
        return
    seqs = sorted(work.changed_reviews)
    session.execute("DELETE FROM review WHERE event_seq = ANY(%s)", (seqs,))
    if work.taken_back:
        back = sorted(work.taken_back.items())
        words = texts(each for _, each in back)
        session.execute(TAKEN_BACK.encode(), ([seq for seq, _ in back], words))
    copy(session, tables.review, [_row(work.reviews[seq]) for seq in seqs])


def _row(review: Review) -> tuple[Any, ...]:
    """Return a review's row."""
    values = {name: getattr(review, name, None) for name in columns_of(tables.review)}
    values["publisher"], values["event_id"] = review.source
    values["state"] = review.state.value
    values["candidates"], values["rejected"] = list(review.candidates), sorted(review.rejected)
    return tuple(values.values())
