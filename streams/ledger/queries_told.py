"""What came of an event: who was told, the steps since, the duties, and the way out."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from streams.ledger.connection import Session
from streams.ledger.queries_notices import as_read
from streams.ledger.reading import Row, rows


def told_by(
    session: Session, seq: int, disclosed: Sequence[Mapping[str, str]]
) -> list[dict[str, Any]]:
    """Return each notice that an event raised, updated or withdrew, with all its steps.

    What is true of the moment itself (to whom, as what, by which rule) is the audit's word; the
    rest is the notice as it now is.
    """
    ids = [
        row[0]
        for row in session.execute(
            "SELECT notice_id FROM notice_step WHERE seq = %s GROUP BY 1 ORDER BY 1", (seq,)
        ).fetchall()
    ]
    found = rows(session, _STEPS, (ids,))
    out = _by_notice(rows(session, _OUTBOX, ([step["seq"] for step in found], ids)))
    steps = _by_notice(found)
    then = {each["notice"]: each for each in disclosed}
    documents = rows(session, "SELECT document FROM notice WHERE id = ANY(%s) ORDER BY seq", (ids,))
    return [
        _told(document["document"], seq, then, {"steps": steps, "outbox": out})
        for document in documents
    ]


_STEPS: Final = (
    "SELECT s.notice_id, s.step, s.move, s.state, s.at, s.seq, w.answered_by, w.from_officer,"
    " w.to_officer, w.because FROM notice_step s LEFT JOIN step_note w USING (notice_id, step)"
    " WHERE s.notice_id = ANY(%s) ORDER BY s.notice_id, s.step"
)
_OUTBOX: Final = (
    "SELECT subject AS notice_id, id, topic, step, created_at, sent_at FROM outbox"
    " WHERE seq = ANY(%s) AND subject = ANY(%s) ORDER BY id"
)


def _by_notice(found: Sequence[Row]) -> dict[UUID, list[Row]]:
    """Collect rows by their notice, in order."""
    grouped: dict[UUID, list[Row]] = {}
    for row in found:
        grouped.setdefault(row.pop("notice_id"), []).append(row)
    return grouped


def _told(
    document: bytes,
    seq: int,
    then: Mapping[str, Mapping[str, str]],
    more: Mapping[str, Mapping[UUID, list[Row]]],
) -> dict[str, Any]:
    """Return one notice of the story."""
    notice = as_read(document)
    audited = then.get(str(notice.id), {})
    steps = more["steps"].get(notice.id, [])
    here = next((step for step in steps if step["seq"] == seq), None)
    to = audited.get("to", notice.recipient.officer)
    return {
        "notice_id": notice.id,
        "type": notice.type,
        "move": here["move"] if here else None,
        "step": here["step"] if here else None,
        "rule": audited.get("rule", f"{notice.rule}.{notice.rule_version}"),
        "recipient": to,
        "with_officer": notice.recipient.officer,
        "provider": notice.recipient.provider,
        "reached_as": audited.get("as", notice.recipient.reached_as),
        "handling_conditions": list(notice.handling_conditions),
        "why_you": notice.why_you if to == notice.recipient.officer else None,
        "urgency": notice.urgency,
        "due_at": notice.due_at,
        "state": notice.state,
        "steps": steps,
        "outbox": more["outbox"].get(notice.id, []),
    }


def duties_opened(session: Session, seq: int) -> list[Row]:
    """Return the duties that an event opened, as they now stand, the first due first."""
    statement = (
        "SELECT id AS duty_id, kind, what, owner, due_at, state, expected_of, notice_id"
        " FROM duty WHERE seq = %s ORDER BY due_at, kind"
    )
    return rows(session, statement, (seq,))
