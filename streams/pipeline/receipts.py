"""Receipts: what an agency may be told became of each record that it sent.

"Accepted" or "quarantined" is always said. That an event was routed to an officer, is held or is
about nobody we know is said only to an agency to which the register grants it, since it tells
whether somebody is supervised; to all others the three of them are "accepted".

Source: DESIGN section 8.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from streams.domain.agencies import Agency, AgencyRegister, ReceiptGrant
from streams.domain.matching import Unknown
from streams.domain.passage import Identity
from streams.pipeline.values import Disposition, Ended

ACCEPTED: Final = "accepted"
QUARANTINED: Final = "quarantined"
REPEATED: Final = "repeated"
EVENT_ID: Final = "ce_id"
ID_CHARS_MAX: Final = 200
WORDS_CHARS_MAX: Final = 2_000
"""Assumed: who needs more than this to mend a record asks for it by its offset."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one record; `event_id` is None where the record has none."""

    event_id: str | None
    offset: int
    outcome: str
    code: str | None = None
    words: str | None = None


def nobodys(decisions: Iterable[tuple[int, Identity]]) -> frozenset[int]:
    """Return the numbers of the events that are about nobody we know."""
    return frozenset(
        seq
        for seq, identity in decisions
        if isinstance(identity.decision, Unknown) and not identity.created
    )


def answers(
    batch: Iterable[Ended], silent: Collection[int], feed: str, register: AgencyRegister
) -> dict[str, list[Answer]]:
    """Return the answers of a batch by agency, in the order of the log.

    A feed is one agency's. A record that came by another way (a repair) goes to its publisher.
    `silent` are the numbers of the events that are about nobody we know.
    """
    owner = register.of_feed(feed)
    found: dict[str, list[Answer]] = {}
    for ended in batch:
        agency = owner or _publisher(ended, register)
        if agency is not None:
            found.setdefault(agency.id, []).append(_answer(ended, agency, silent))
    return found


def _publisher(ended: Ended, register: AgencyRegister) -> Agency | None:
    """Return the agency that an event says it is from, None for what is no event."""
    opened = ended.prepared.opened
    return None if opened is None else register.agencies.get(opened.event.meta.publisher)


def _answer(ended: Ended, agency: Agency, silent: Collection[int]) -> Answer:
    """Say what became of one record, as far as this agency may know."""
    opened, raw, refusal = ended.prepared.opened, ended.prepared.raw, ended.refusal
    if opened is None or refusal is not None:
        given = opened.event.meta.event_id if opened else raw.header(EVENT_ID)
        event_id = None if given is None else _plain(given)[:ID_CHARS_MAX]
        code = refusal.code.value if refusal else None
        words = _plain(refusal.words)[:WORDS_CHARS_MAX] if refusal else None
        return Answer(event_id, raw.offset, QUARANTINED, code, words)
    event_id = opened.event.meta.event_id
    if ended.is_repeat:
        return Answer(event_id, raw.offset, ACCEPTED, REPEATED)
    said = _grant(ended, silent)
    return Answer(event_id, raw.offset, said.value if said in agency.receipts else ACCEPTED)


def _grant(ended: Ended, silent: Collection[int]) -> ReceiptGrant | None:
    """Return which grant it takes to be told how an event ended; None where it takes none."""
    if ended.disposition is Disposition.ROUTED:
        return ReceiptGrant.ROUTED
    if ended.disposition is Disposition.HELD:
        return ReceiptGrant.HELD
    return ReceiptGrant.NOBODYS if ended.seq in silent else None


def _plain(text: str) -> str:
    """Return text as every reader takes it: what a stranger put into a header may be anything."""
    return text.replace("\x00", "?").encode("utf-8", "replace").decode("utf-8")
