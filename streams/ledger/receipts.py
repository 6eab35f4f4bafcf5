"""Receipts on their way out: one record for each batch and agency, or a few where one is too large.

One record for each event would double what the outbox takes; of a batch of five hundred it is the
bytes of the event ids and little more. What an act changes of events is said in records of its own,
each of one partition, by the same transaction.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from schemas.codec import encode_trusted
from streams.domain.agencies import AgencyRegister
from streams.domain.derived_ids import derived_id
from streams.domain.log import Batch, Place
from streams.domain.passage import Identity
from streams.ledger import tables
from streams.ledger.connection import Session
from streams.ledger.copying import copy
from streams.pipeline import Disposition, Ended
from streams.pipeline.receipts import CHANGED, Answer, Stood, answers, changed, nobodys

TYPE: Final = "receipts.records_received.v1"
TOPIC: Final = "receipts."
BYTES_MAX: Final = 192 * 1024
"""Below what our codec writes into one record, and well below what the topic takes."""
ANSWERS_MAX: Final = 2_000
"""Assumed: half of the items that one record may hold."""
ANSWER_BYTES: Final = 32
"""Room for what is not text: the outcome, the offset and the lengths."""
AS_THEY_STOOD: Final = (
    "SELECT seq, publisher, event_id, topic, topic_id, partition, log_offset, disposition,"
    " person_id FROM event WHERE seq = ANY(%s) ORDER BY topic, topic_id, partition, log_offset"
)
_IDS: Final = UUID("9d1b6f0e-1a0c-5c0b-9c55-2f6f4a4f0c11")


def save_receipts(
    session: Session,
    said: Sequence[tuple[Batch, Sequence[Ended]]],
    decisions: Sequence[tuple[int, Identity]],
    register: AgencyRegister,
    *,
    at: datetime,
) -> None:
    """Write what each agency is told of batches; of a repair, too, which has a feed of its own."""
    silent = nobodys(decisions)
    rows = [
        _row(agency, batch.place, part, at)
        for batch, ended in said
        for agency, mine in sorted(answers(ended, silent, _feed(batch), register).items())
        for part in _parts(mine)
    ]
    copy(session, tables.outbox, rows)


def save_changed_receipts(
    session: Session,
    ended: Sequence[Ended],
    register: AgencyRegister,
    *,
    act_seq: int,
    at: datetime,
) -> None:
    """Write what agencies are told of events that end otherwise by an act.

    It is called before the act is written: how the events stood is read from the ledger.
    """
    now = {each.seq: each for each in ended if each.seq is not None}
    if not now:
        return
    said: dict[tuple[str, Place], list[Answer]] = {}
    for row in session.execute(AS_THEY_STOOD, (list(now),)):
        found = _changed_answer(row, now, register)
        if found is not None:
            said.setdefault((row[1], Place(*row[3:6])), []).append(found)
    rows = [
        _row(agency, place, part, at, by=f" by act {act_seq}")
        for (agency, place), mine in said.items()
        for part in _parts(mine)
    ]
    copy(session, tables.outbox, rows)


def _changed_answer(
    row: Sequence[Any], now: Mapping[int, Ended], register: AgencyRegister
) -> Answer | None:
    """Return what an agency is told of one event now; None where that is nothing new."""
    seq, publisher, event_id, *_, offset, disposition, person_id = row
    ended, agency = now[seq], register.agencies.get(publisher)
    if agency is None or ended.disposition is None:
        return None
    before = Stood(Disposition(disposition), person_id)
    outcome = changed(before, Stood(ended.disposition, ended.person_id), agency)
    return None if outcome is None else Answer(event_id, offset, outcome, CHANGED)


def _feed(batch: Batch) -> str:
    """Return the feed on which a batch came first."""
    return batch.feed or batch.place.topic


def _parts(given: Sequence[Answer]) -> Iterator[Sequence[Answer]]:
    """Cut answers into lists that each fit one record."""
    begin, size = 0, 0
    for index, each in enumerate(given):
        more = ANSWER_BYTES + sum(map(_size, (each.event_id, each.code, each.words)))
        if size + more > BYTES_MAX or index - begin == ANSWERS_MAX:
            yield given[begin:index]
            begin, size = index, 0
        size += more
    yield given[begin:]


def _size(text: str | None) -> int:
    """Return how many bytes a text takes."""
    if text is None:
        return 0
    return len(text) if text.isascii() else len(text.encode())


def _row(
    agency: str, place: Place, part: Sequence[Answer], at: datetime, *, by: str = ""
) -> tuple[Any, ...]:
    """Return the outbox's row of one receipt, whose id is the same however often it is made."""
    where = f"{place.topic}/{place.topic_id}/{place.partition}"
    subject = derived_id(_IDS, f"{agency} {where}@{part[0].offset}-{part[-1].offset}{by}")
    record = {
        "made": {"id": str(subject), "at": at},
        "topic": place.topic,
        "partition": place.partition,
        "answers": [_fields(each) for each in part],
    }
    value = encode_trusted(TYPE, record)
    return (TOPIC + agency, where.encode(), value, TYPE, subject, None, None, None, at, None)


def _fields(answer: Answer) -> dict[str, str | None]:
    """Return an answer as its schema has it."""
    return {
        "event_id": answer.event_id,
        "offset": str(answer.offset),
        "outcome": answer.outcome,
        "code": answer.code,
        "words": answer.words,
    }
