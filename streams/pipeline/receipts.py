"""Receipts: what an agency may be told became of each record that it sent.

"Accepted" or "quarantined" is always said. That an event was routed to an officer, is held or is
about nobody we know is said only to an agency to which the register grants it, since it tells
whether somebody is supervised; to all others the three of them are "accepted".

Source: DESIGN section 8.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from msgspec import Struct

from streams.domain.agencies import Agency, AgencyRegister, ReceiptGrant
from streams.domain.matching import Unknown
from streams.domain.passage import Identity
from streams.pipeline.values import Disposition, Ended

ACCEPTED: Final = "accepted"
QUARANTINED: Final = "quarantined"
REPEATED: Final = "repeated"
CHANGED: Final = "changed"
"""The code of an answer that takes the place of an earlier one."""
EVENT_ID: Final = "ce_id"
ID_CHARS_MAX: Final = 200
WORDS_CHARS_MAX: Final = 2_000
"""Assumed: who needs more than this to mend a record asks for it by its offset."""


class Answer(Struct, frozen=True):
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


@dataclass(frozen=True, slots=True)
class Stood:
    """How an admitted event has ended, and about whom it is."""

    disposition: Disposition
    person_id: UUID | None


def changed(before: Stood, now: Stood, agency: Agency) -> str | None:
    """Return what an agency is told when its event ends otherwise than before; None for nothing."""
    was, said = (_said(_of_person(each), agency) for each in (before, now))
    return None if said == was else said


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
    grant = _grant(ended.disposition, is_nobodys=ended.seq in silent)
    return Answer(event_id, raw.offset, _said(grant, agency))


def _said(grant: ReceiptGrant | None, agency: Agency) -> str:
    """Return what an agency is told of an event, where more than "accepted" takes a grant."""
    return grant.value if grant is not None and grant in agency.receipts else ACCEPTED


def _of_person(stood: Stood) -> ReceiptGrant | None:
    """Return which grant it takes to be told how an event about a person stands."""
    return _grant(stood.disposition, is_nobodys=stood.person_id is None)


def _grant(disposition: Disposition | None, *, is_nobodys: bool) -> ReceiptGrant | None:
    """Return which grant it takes to be told how an event ended; None where it takes none."""
    if disposition is Disposition.ROUTED:
        return ReceiptGrant.ROUTED
    if disposition is Disposition.HELD:
        return ReceiptGrant.HELD
    return ReceiptGrant.NOBODYS if is_nobodys else None


def _plain(text: str) -> str:
    """Return text as every reader takes it: what a stranger put into a header may be anything."""
    return text.replace("\x00", "?").encode("utf-8", "replace").decode("utf-8")
