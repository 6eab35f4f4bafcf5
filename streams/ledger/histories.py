"""The events that were folded into cases, so that a case can be made again without one of them."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from schemas.codec import decode
from streams.domain.case_events import CASE_EVENTS
from streams.domain.passage import Folded
from streams.domain.records import PersonEvent
from streams.ledger.connection import Session
from streams.pipeline import Prepared

FOLDED: Final = (
    "SELECT e.person_id, e.seq, e.publisher, e.event_id, e.type, e.payload FROM event e"
    " WHERE e.person_id = ANY(%s) AND e.type = ANY(%s) AND e.retracts IS NULL"
    " AND e.payload IS NOT NULL"
    " AND NOT EXISTS (SELECT FROM event u WHERE u.publisher = e.publisher"
    " AND u.retracts = e.event_id AND u.seq > e.seq)"
    " AND NOT EXISTS (SELECT FROM event u WHERE u.publisher = e.publisher"
    " AND u.supersedes = e.event_id AND u.seq > e.seq)"
    " ORDER BY e.seq"
)
"""What still stands of the case events; one that was taken back before it came has no payload."""


def load_histories(
    session: Session, batch: Sequence[Prepared], people: Sequence[UUID]
) -> dict[UUID, list[Folded]]:
    """Load what was folded into each case, whole; nothing where the batch takes nothing back."""
    if not people or not any(_takes_back(each) for each in batch):
        return {}
    return folded_of(session, people)


def folded_of(session: Session, people: Sequence[UUID]) -> dict[UUID, list[Folded]]:
    """Load what was folded into the case of each, in the order of the ledger."""
    histories: dict[UUID, list[Folded]] = {person: [] for person in people}
    for row in session.execute(FOLDED, (list(people), sorted(CASE_EVENTS))):
        histories[row[0]].append(_folded(row))
    return histories


def _takes_back(prepared: Prepared) -> bool:
    """Answer whether an event of case management retracts or supersedes another."""
    if prepared.opened is None or prepared.opened.type not in CASE_EVENTS:
        return False
    meta = prepared.opened.event.meta
    return meta.retracts is not None or meta.supersedes is not None


def _folded(row: Sequence[Any]) -> Folded:
    """Read an event as it was folded."""
    _, seq, publisher, event_id, event_type, payload = row
    event = CASE_EVENTS[event_type].model_validate(decode(bytes(payload)).record)
    if not isinstance(event, PersonEvent):
        message = f"event {event_id}: {event_type} is about nobody and was folded into a case"
        raise TypeError(message)
    return Folded(seq, (publisher, event_id), event)
