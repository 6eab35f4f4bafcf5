"""Events that were held and whose content was erased since, as far as a replay has to know them.

What was decided when they came is kept, and what the desk was told has nothing of what they said.
So they are held again by these, and nothing that they said is needed for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from streams.domain.log import RawRecord
from streams.domain.matching import Known, Possible, PossibleReason
from streams.domain.notices import Notice
from streams.domain.passage import Looked, Opened
from streams.domain.records import Meta, PersonEvent, PersonReference
from streams.domain.shown import whole_of
from streams.ledger.connection import Session
from streams.ledger.load import NOTICES
from streams.ledger.reading import Row, rows
from streams.pipeline import Prepared, Rules

NOBODY_SAID: Final = Looked((), (), Known(UUID(int=0), frozenset(), frozenset()), None)
"""What is looked up of an event without content."""
HELD: Final = (
    "SELECT e.seq, e.publisher, e.event_id, e.content, e.type, e.version, e.log_offset,"
    " e.broker_at, e.happened_at, e.suspect_time, e.late, e.supersedes, d.reason, d.candidates,"
    " r.is_immediate, n.document FROM erased x JOIN event e USING (seq)"
    " JOIN review r ON r.event_seq = e.seq LEFT JOIN identity_decision d ON d.seq = e.seq"
    " JOIN LATERAL (SELECT document FROM notice WHERE person_id IS NULL"
    " AND matter = 'held:' || e.publisher || ':' || e.event_id AND (seq = e.seq OR seq IN"
    " (SELECT a.seq FROM act a WHERE a.kind = 'sealed_opened'"
    " AND (convert_from(a.body, 'UTF8')::jsonb ->> 'event_seq')::bigint = e.seq))"
    " ORDER BY seq LIMIT 1) AS n ON true"
)


@dataclass(frozen=True, slots=True)
class HeldBefore:
    """What is left of one: the event without what it said, and how it was held.

    `decision` is None of what was sealed when it came, and held by an act.
    """

    prepared: Prepared
    words: str
    is_immediate: bool
    decision: Possible | None

    @property
    def opened(self) -> Opened:
        """Return the event."""
        assert self.prepared.opened is not None  # noqa: S101 - it is made with one
        return self.prepared.opened


def held_before(source: Session, rules: Rules) -> dict[int, HeldBefore]:
    """Read all that were erased in a ledger, by their numbers."""
    return {row["seq"]: _held(row, rules) for row in rows(source, HELD)}


def _held(row: Row, rules: Rules) -> HeldBefore:
    """Make an event of what is left of it."""
    notice = NOTICES.validate_json(row["document"])
    raw = RawRecord(row["log_offset"], None, None, (), row["broker_at"])
    agency = rules.register.agencies[row["publisher"]]
    event = PersonEvent(meta=_meta(row, notice), person=PersonReference())
    kept = (bytes(row["content"]), row["happened_at"], row["suspect_time"], row["late"])
    opened = Opened(raw, event, row["type"], row["version"], agency, *kept)
    prepared = Prepared(raw, opened, NOBODY_SAID, agency=agency.id)
    facts = whole_of(notice).facts
    return HeldBefore(prepared, str(facts["reason"]), row["is_immediate"], _decision(row))


def _meta(row: Mapping[str, Any], notice: Notice) -> Meta:
    """Say who said it and how it is to be handled, as the desk's notice has it."""
    return Meta(
        event_id=row["event_id"],
        publisher=row["publisher"],
        occurred_at=row["happened_at"],
        published_at=row["happened_at"],
        supersedes=row["supersedes"],
        gateway=notice.gateway,
        handling=notice.handling,
        nature=notice.nature,
        handling_conditions=notice.handling_conditions,
    )


def _decision(row: Mapping[str, Any]) -> Possible | None:
    """Return how it was decided when it came that nobody is certain."""
    reasons = {each.value for each in PossibleReason}
    if row["reason"] not in reasons:
        return None
    return Possible(tuple(row["candidates"]), PossibleReason(row["reason"]))
