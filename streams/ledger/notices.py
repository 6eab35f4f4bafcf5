"""The rows of notices: the notice, its steps, and the record that tells Kafka of each step."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID  # noqa: TC003 - for ruff only: the rows are keyed by it

from schemas.codec import encode_trusted
from streams.domain.log import RawRecord
from streams.domain.notices import Notice, NoticeState
from streams.ledger.arrays import Array, blobs, instants, texts, uuids
from streams.ledger.load import NOTICES
from streams.pipeline import Work

NOTICE_TOPIC: Final = "notices."
NOT_CERTAIN: Final = "not certain"
TRACE: Final = "traceparent"
TRACEPARENT: Final = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
"""Source: W3C Trace Context, version 00."""


def notice_rows(work: Work) -> list[tuple[Any, ...]]:
    """Return the rows of the notices that were raised, in the order in which they were."""
    rows: dict[UUID, tuple[Any, ...]] = {}
    for seq, told in work.told:
        if told.notice.id in work.new_notices and told.notice.id not in rows:
            rows[told.notice.id] = _row(seq, work.notices[told.notice.id])
    return list(rows.values())


def _row(seq: int, notice: Notice) -> tuple[Any, ...]:
    """Return a notice's row as it now is."""
    return (
        notice.id,
        seq,
        notice.type,
        notice.matter,
        notice.person_id,
        notice.recipient.officer,
        notice.recipient.provider,
        notice.state,
        notice.urgency,
        notice.raised_at,
        notice.due_at,
        NOTICES.dump_json(notice),
    )


def notice_changes(work: Work) -> tuple[Array, ...] | None:
    """Return the columns of the notices that changed and are not new: id, type, recipient, ..."""
    changed = sorted({told.notice.id for _, told in work.told} - work.new_notices)
    if not changed:
        return None
    notices = [work.notices[each] for each in changed]
    return (
        uuids(changed),
        texts(notice.type for notice in notices),
        texts(notice.recipient.officer for notice in notices),
        texts(notice.recipient.provider for notice in notices),
        texts(notice.state for notice in notices),
        texts(notice.urgency for notice in notices),
        instants(notice.due_at for notice in notices),
        blobs(NOTICES.dump_json(notice) for notice in notices),
    )


def step_rows(work: Work, at: datetime) -> list[tuple[Any, ...]]:
    """Return one row for each step in the life of a notice."""
    return [
        (
            told.notice.id,
            told.notice.steps,
            seq,
            told.move or NoticeState.RAISED,
            told.notice.state,
            at,
        )
        for seq, told in work.told
    ]


def outbox_rows(work: Work, at: datetime) -> list[tuple[Any, ...]]:
    """Return one record for each step, to the topic of the recipient's provider."""
    if not work.told:
        return []
    causes = {seq for seq, _ in work.told}
    traces = {each.seq: trace_of(each.prepared.raw) for each in work.ended if each.seq in causes}
    return [
        (
            NOTICE_TOPIC + told.notice.recipient.provider,
            told.notice.recipient.officer.encode(),
            as_record(told.notice),
            f"notices.{told.notice.type}.v1",
            told.notice.id,
            told.notice.steps,
            seq,
            traces.get(seq),
            at,
            None,
        )
        for seq, told in work.told
    ]


def trace_of(raw: RawRecord) -> str | None:
    """Return the trace that a record's sender began, None where it began none that can be read."""
    given = raw.header(TRACE)
    return given if given is not None and TRACEPARENT.fullmatch(given) else None


def as_record(notice: Notice) -> bytes:
    """Encode a notice by its own schema, as its consumers read it."""
    return encode_trusted(
        f"notices.{notice.type}.v1", {"notice": _envelope(notice), **_plain(notice.facts)}
    )


def _envelope(notice: Notice) -> dict[str, Any]:
    """Return the part that every notice has."""
    recipient = notice.recipient
    return {
        "notice_id": str(notice.id),
        "step": notice.steps,
        "state": notice.state,
        "rule": notice.rule,
        "rule_version": notice.rule_version,
        "raised_at": notice.raised_at,
        "due_at": notice.due_at,
        "urgency": notice.urgency,
        "recipient": {
            "officer": recipient.officer,
            "name": recipient.name,
            "provider": recipient.provider,
            "team": recipient.team,
            "reached_as": recipient.reached_as,
        },
        "why_you": notice.why_you,
        "about": {
            "person_id": str(notice.person_id) if notice.person_id else NOT_CERTAIN,
            "crn": notice.crn,
        },
        "says_who": notice.says_who,
        "nature": notice.nature,
        "occurred_at": notice.occurred_at,
        "late": notice.late,
        "gateway": notice.gateway,
        "handling": notice.handling,
        "handling_conditions": notice.handling_conditions,
        "restricted": notice.restricted,
        "actions": [{"what": each.what, "due_at": each.due_at} for each in notice.actions],
        "updates": notice.updates,
    }


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts as Avro takes them; what went through the ledger comes back as text."""
    return {name: _value(name, value) for name, value in facts.items()}


def _value(name: str, value: Any) -> Any:  # noqa: ANN401 - a field of any type
    """Turn texts back into dates and instants, by name: `..._on` is a date, `..._at` an instant."""
    if isinstance(value, str):
        if name.endswith("_on"):
            return date.fromisoformat(value)
        return datetime.fromisoformat(value) if name.endswith("_at") else value
    if isinstance(value, list | tuple):
        return [_value(name, each) for each in value]
    return _plain(value) if isinstance(value, dict) else value
