"""The rows of events and of quarantined records."""

from datetime import datetime
from typing import Any

from streams.domain.log import Place
from streams.pipeline import Ended

OPEN = "open"
OURS = "switchboard"


def event_row(ended: Ended, place: Place, raised_at: datetime) -> tuple[Any, ...]:
    """Return the row of an admitted event; what is about nobody we know keeps no content."""
    raw, opened = ended.prepared.raw, ended.prepared.opened
    if opened is None or ended.disposition is None:
        message = f"{place} offset {raw.offset}: admitted without an event"
        raise ValueError(message)
    meta = opened.event.meta
    return (
        ended.seq,
        meta.publisher,
        meta.event_id,
        opened.content,
        opened.type,
        opened.version,
        place.topic,
        place.topic_id,
        place.partition,
        raw.offset,
        raw.broker_at,
        raised_at,
        opened.happened_at,
        ended.disposition,
        ended.because,
        ended.person_id,
        opened.is_suspect_time,
        opened.is_late,
        meta.supersedes,
        meta.retracts,
        raw.value if ended.keeps_content else None,
    )


def quarantine_row(ended: Ended, place: Place, raised_at: datetime) -> tuple[Any, ...]:
    """Return the row of a refused record: whole, with its place, the reason and the owner."""
    prepared, refusal = ended.prepared, ended.refusal
    raw, opened = prepared.raw, prepared.opened
    if refusal is None:
        message = f"{place} offset {raw.offset}: quarantined without a reason"
        raise ValueError(message)
    return (
        place.topic,
        place.topic_id,
        place.partition,
        raw.offset,
        raw.key,
        raw.value,
        [name for name, _ in raw.headers],
        [value for _, value in raw.headers],
        raw.broker_at,
        raised_at,
        refusal.code.value,
        refusal.words.replace("\x00", "?"),
        refusal.detail.replace("\x00", "?") if refusal.detail else None,
        OURS if refusal.is_ours else prepared.agency or OURS,
        OPEN,
        opened.event.meta.event_id if opened else None,
        opened.type if opened else None,
    )
