"""Events that were admitted, opened again from what is kept of them as they were when they came."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from streams.domain.log import REPAIR, RawRecord
from streams.domain.passage import Opened
from streams.pipeline import Disposition, Prepared, Rules, prepare
from streams.pipeline.values import Admitted
from streams.stages.admit import open_record

UNDONE: Final = (
    "EXISTS (SELECT FROM event u WHERE u.publisher = e.publisher AND u.seq > e.seq"
    " AND (u.retracts = e.event_id OR u.supersedes = e.event_id))"
)
"""Whether the publisher of an event `e` took it back or corrected it since."""
ADMITTED: Final = (
    "e.seq, e.publisher, e.topic, e.log_offset, e.payload, e.broker_at, e.content, e.disposition,"
    f" e.because, e.person_id, e.raised_at, {UNDONE} AS undone"
)
"""What `admitted_of` reads of an event `e`; whether its person began with it may come after."""


def opened_again(row: Sequence[Any], rules: Rules) -> Opened | None:
    """Open an event; its headers were checked when it came, and are not kept.

    The row has the publisher, the offset, the payload and the broker's time, and the digest where
    anything is derived from it. Returns None for what can no longer be read.
    """
    publisher, offset, payload, broker_at, *content = row
    agency = rules.register.agencies.get(publisher)
    if agency is None:
        return None
    raw = as_it_came(offset, payload, broker_at, *content)
    opened = open_record(raw, agency, rules.models)
    return opened if isinstance(opened, Opened) else None


def read_again(row: Sequence[Any], rules: Rules) -> Prepared | None:
    """Prepare an event as it was prepared when it came; None for nobody's, and as `opened_again`.

    The row has the publisher, the topic, the offset, the payload and the broker's time, and the
    digest where anything is derived from it.
    """
    publisher, topic, offset, payload, broker_at, *content = row
    agency = rules.register.agencies.get(publisher)
    if agency is None:
        return None
    raw = as_it_came(offset, payload, broker_at, *content)
    prepared = prepare(raw, agency.feed, rules, is_repair=topic == REPAIR)
    return prepared if prepared.opened is not None and prepared.looked is not None else None


def as_it_came(
    offset: int, payload: bytes | None, broker_at: datetime, content: bytes | None = None
) -> RawRecord:
    """Make the record of an event, with the digest that is kept of it where that was read.

    Its headers were checked when it came, and are not kept; nor is what said of somebody unknown.
    """
    value = None if payload is None else bytes(payload)
    kept = None if content is None else bytes(content)
    return RawRecord(offset, None, value, (), broker_at, content=kept)


def admitted_of(rows: Iterable[Sequence[Any]], rules: Rules) -> Iterator[Admitted]:
    """Read events by the columns of `ADMITTED`; what can no longer be read is left out."""
    for seq, publisher, topic, offset, payload, broker_at, content, *rest in rows:
        prepared = read_again((publisher, topic, offset, payload, broker_at, content), rules)
        if prepared is not None:
            disposition, because, person_id, worked_at, undone, *began = rest
            how = (Disposition(disposition), because, person_id, worked_at)
            yield Admitted(seq, prepared, *how, is_undone=undone, began=any(began))
