"""Quarantined records as operators and agencies ask for them, and the audit of who looked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from streams.ledger.audits import save_audit
from streams.ledger.connection import Session, connect, world
from streams.ledger.reading import Row, rows
from streams.stages.audit import body

CONSULTATIONS: Final = "consultations"
"""The audit chain of those who looked at personal data through a command."""

_ERASED_AT: Final = (
    "(SELECT max(r.at) FROM repair r WHERE r.action = 'erased' AND"
    " (r.topic_id, r.partition, r.log_offset) = (q.topic_id, q.partition, q.log_offset))"
    " AS erased_at"
)
_LISTED: Final = (
    "SELECT id AS quarantine_id, topic, topic_id, partition, log_offset AS offset, broker_at,"  # noqa: S608 - constants
    " raised_at, code, words, owner, state, type, event_id,"
    f" octet_length(record_value) AS size, {_ERASED_AT} FROM quarantine q"
)
_WHOLE: Final = (
    "SELECT id AS quarantine_id, topic, topic_id, partition, log_offset AS offset, broker_at,"  # noqa: S608 - constants
    " raised_at, code, words, detail, owner, state, type, event_id, record_key, record_value,"
    f" header_names, header_values, {_ERASED_AT} FROM quarantine q"
)


@dataclass(frozen=True, slots=True)
class QuarantineWanted:
    """Which quarantined records; what is None does not matter."""

    state: str | None = None
    owner: str | None = None
    topic: str | None = None
    code: str | None = None

    def values(self) -> Mapping[str, object]:
        """Return the values of the statement's placeholders."""
        return {
            "state": self.state,
            "owner": self.owner,
            "topic": self.topic,
            "code": self.code,
        }


_FILTERS: Final = " WHERE " + " AND ".join(
    f"(%({name})s::text IS NULL OR {name} = %({name})s)"
    for name in ("state", "owner", "topic", "code")
)


def count_quarantined(session: Session, wanted: QuarantineWanted) -> int:
    """Count the quarantined records that are wanted."""
    statement = "SELECT count(*) FROM quarantine" + _FILTERS  # noqa: S608 - constants of ours
    row = session.execute(statement.encode(), wanted.values()).fetchone()
    return int(row[0]) if row else 0


def count_by_state(session: Session, wanted: QuarantineWanted) -> dict[str, int]:
    """Count what is wanted by its state, whatever state is asked for: what is closed counts too."""
    statement = f"SELECT state, count(*) AS count FROM quarantine{_FILTERS} GROUP BY 1 ORDER BY 1"  # noqa: S608 - constants
    found = rows(session, statement, {**wanted.values(), "state": None})
    return {row["state"]: row["count"] for row in found}


def repairs_of(session: Session, record: Row) -> list[Row]:
    """Return who did what about a refused record, in order, without what they made of it."""
    return rows(
        session,
        "SELECT at, action, account, words, code, seq FROM repair"
        " WHERE topic_id = %s AND partition = %s AND log_offset = %s ORDER BY id",
        (record["topic_id"], record["partition"], record["offset"]),
    )


def find_quarantined(session: Session, wanted: QuarantineWanted, limit: int | None) -> list[Row]:
    """Return quarantined records without what they hold, the oldest first."""
    statement = f"{_LISTED}{_FILTERS} ORDER BY id LIMIT %(limit)s"
    return rows(session, statement, {**wanted.values(), "limit": limit})


def quarantined_by_id(session: Session, quarantine_id: int) -> list[Row]:
    """Return a quarantined record whole, or nothing."""
    return rows(session, _WHOLE + " WHERE id = %s", (quarantine_id,))


def quarantined_at(session: Session, place: tuple[str, int, int]) -> list[Row]:
    """Return what was quarantined at a topic, partition and offset, in any life of the topic."""
    statement = _WHOLE + " WHERE topic = %s AND partition = %s AND log_offset = %s ORDER BY id"
    return rows(session, statement, place)


def note_consultation(url: str, quarantine_id: int, by: str, at: datetime) -> None:
    """Write into the audit that somebody looks at a quarantined record, before they do.

    `by` is an account, never a person's name.
    """
    fields = {"action": "consulted", "quarantine": quarantine_id, "by": by, "via": "command"}
    _note(url, fields, at)


def note_export(url: str, by: str, at: datetime) -> None:
    """Write into the audit that somebody takes the whole log out of the ledger, before they do."""
    _note(url, {"action": "exported", "what": "log", "by": by, "via": "command"}, at)


def _note(url: str, fields: Mapping[str, object], at: datetime) -> None:
    """Write an entry to the chain of consultations."""
    session = connect(url, name="consultation")
    try:
        with world(), session.transaction():
            save_audit(session, CONSULTATIONS, [body(fields)], at)
    finally:
        session.close()
