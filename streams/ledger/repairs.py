"""Repair: what becomes of a refused record when somebody sees to it.

A record may be mended (its bytes are kept beside the ones that came), replayed (worked through as
an event, under the pseudo-partition `repair`), or closed with a reason. The row in the quarantine
stays for ever, so that what was refused stays countable; `repair` says who did what and when, and
the operations' audit chain that it was done.

One transaction has all of a replay, in the order of the locks: the position of the repair, the
refused record, then whatever its event touches. A record that is refused again leaves nothing of
that behind but its new reason.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Final
from uuid import UUID

from psycopg import Rollback

from streams.domain.errors import OURS as OUR_CODES
from streams.domain.errors import Refusal
from streams.domain.hash_keys import as_key
from streams.domain.log import REPAIR, Batch, Place, RawRecord
from streams.ledger import positions
from streams.ledger.audits import save_audit
from streams.ledger.blockers import CHAIN
from streams.ledger.connection import Session, world
from streams.ledger.records import OURS
from streams.ledger.refused import WAITING, QuarantineState, Refused, find
from streams.pipeline import Ended, Prepared
from streams.stages.audit import body

PLACE: Final = Place(REPAIR, UUID("6f0f8a0e-3c1b-5c57-9d5e-6b7f5f0c2a41"), 0)
"""Where every repair of a ledger stands; no topic of Kafka's has this id."""
REASON_CHARS_MAX: Final = 500
DIGEST_BYTES: Final = 16
_USE: Final = b"refused-content"


@dataclass(frozen=True, slots=True)
class Act:
    """Who does something about a refused record, and when; an account, never a person's name.

    `secret` keys the digests that stay in the audit when what they are of is erased.
    """

    account: str
    at: datetime
    secret: bytes = field(default=b"", repr=False)


def keep_fix(session: Session, quarantine_id: int, value: bytes, act: Act) -> Refused | None:
    """Keep a mended record beside the one that came; None where it waits for nobody any more.

    Returns the record as it stood before.
    """
    with world(), session.transaction():
        found = find(session, quarantine_id, lock=True)
        if found is None or found.state not in WAITING:
            return None
        _set_state(session, found, QuarantineState.FIXED)
        words = f"mended, {len(value)} bytes"
        log(session, found, (QuarantineState.FIXED, words), act, record_value=value)
        digests = {"was": digest(found.value, act.secret), "now": digest(value, act.secret)}
        note(session, "quarantine_fixed", found, act, **digests)
    return found


def close(session: Session, quarantine_id: int, reason: str, act: Act) -> Refused | None:
    """Close a record that nobody will mend; return it as it stood before, None without one.

    The reason is text of an operator, so the audit has its digest only.
    """
    with world(), session.transaction():
        found = find(session, quarantine_id, lock=True)
        if found is not None and found.state in WAITING:
            _set_state(session, found, QuarantineState.CLOSED)
            log(session, found, (QuarantineState.CLOSED, reason[:REASON_CHARS_MAX]), act)
            note(
                session,
                "quarantine_closed",
                found,
                act,
                because=digest(reason.encode(), act.secret),
            )
    return found


@dataclass(frozen=True, slots=True)
class Replayed:
    """How a replay ended: the record as it stood before, and what became of its event.

    `ended` is None where nothing was tried, because the record does not wait any more.
    """

    found: Refused
    ended: Ended | None = None

    @property
    def refusal(self) -> Refusal | None:
        """Return why the record was refused again, if it was."""
        return self.ended.refusal if self.ended is not None else None


def replay(
    session: Session, quarantine_id: int, act: Act, apply: Callable[[Batch], Ended]
) -> Replayed | None:
    """Work a refused record through, in one transaction with what is kept about it.

    `apply` applies a batch of one record to the ledger of this session and says how it ended.
    Returns None where there is no such record. Raises `WorldDown`.
    """
    positions.begin(session, PLACE, 0, act.at)
    with world(), session.transaction():
        # First of all locks, as in every batch: whoever comes second sees what the first has done.
        row = session.execute(
            "SELECT next_offset FROM position WHERE topic_id = %s AND partition = %s FOR UPDATE",
            (PLACE.topic_id, PLACE.partition),
        ).fetchone()
        found = find(session, quarantine_id, lock=True)
        if found is None or row is None:
            return None
        if found.state not in WAITING:
            return Replayed(found)
        ended = _tried(session, apply, batch_of(found, int(row[0])))
        if ended.refusal is not None:
            _keep_refusal(session, found, ended, act)
        else:
            _keep_replayed(session, found, ended, act)
    return Replayed(found, ended)


def batch_of(found: Refused, offset: int) -> Batch:
    """Make the batch of a repair: the record with its first broker time, at its own place."""
    kept = tuple(h for h in found.raw.headers if found.mended is None or h[0] not in STALE)
    raw = RawRecord(offset, found.raw.key, found.value, kept, found.raw.broker_at)
    return Batch(PLACE, offset, (raw,), offset + 1, feed=found.place.topic)


STALE: Final = frozenset({"sb_rejection", "ce_type", "ce_id"})
"""Headers that spoke of the bytes that came, and not of the mended ones."""


def _tried(session: Session, apply: Callable[[Batch], Ended], batch: Batch) -> Ended:
    """Apply a batch; take back whatever it did where its record is refused again."""
    tried: list[Ended] = []
    with session.transaction() as attempt:
        tried.append(apply(batch))
        if tried[0].refusal is not None:
            raise Rollback(attempt)
    return tried[0]


def refused_again(batch: Batch, refusal: Refusal) -> Ended:
    """Say that a record was refused without being worked through."""
    return Ended(Prepared(batch.records[0], refusal=refusal), None, refusal.words, refusal=refusal)


def _keep_refusal(session: Session, found: Refused, ended: Ended, act: Act) -> None:
    """Keep the record in quarantine with the reason that it has now."""
    refusal, opened = ended.refusal, ended.prepared.opened
    assert refusal is not None  # noqa: S101 - the caller looked
    owner = OURS if refusal.code in OUR_CODES else ended.prepared.agency or found.owner
    session.execute(
        "UPDATE quarantine SET state = %s, code = %s, words = %s, detail = %s, owner = %s,"
        " event_id = coalesce(%s, event_id), type = coalesce(%s, type) WHERE id = %s",
        (
            QuarantineState.OPEN,
            refusal.code,
            refusal.words.replace("\x00", "?"),
            refusal.detail.replace("\x00", "?") if refusal.detail else None,
            owner,
            opened.event.meta.event_id if opened else None,
            opened.type if opened else None,
            found.id,
        ),
    )
    log(session, found, ("refused_again", refusal.words.replace("\x00", "?")), act)
    note(session, "quarantine_refused_again", found, act, code=refusal.code.value)


def _keep_replayed(session: Session, found: Refused, ended: Ended, act: Act) -> None:
    """Keep that the record became an event, or that its event had come in the meantime."""
    opened = ended.prepared.opened
    session.execute(
        "UPDATE quarantine SET state = %s, event_id = %s, type = %s WHERE id = %s",
        (
            QuarantineState.REPLAYED,
            opened.event.meta.event_id if opened else None,
            opened.type if opened else None,
            found.id,
        ),
    )
    log(session, found, (QuarantineState.REPLAYED, ended.because), act, seq=ended.seq)
    disposition = ended.disposition.value if ended.disposition else "repeated"
    note(session, "quarantine_replayed", found, act, seq=ended.seq, ended=disposition)


def _set_state(session: Session, found: Refused, state: QuarantineState) -> None:
    """Move a record to another state."""
    session.execute("UPDATE quarantine SET state = %s WHERE id = %s", (state, found.id))


def log(session: Session, found: Refused, done: tuple[str, str], act: Act, **more: object) -> None:
    """Keep who did what about a record, given as action and words, and why it was refused."""
    session.execute(
        "INSERT INTO repair (topic_id, partition, log_offset, at, action, account, words, code,"
        " seq, record_value) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(found.place.topic_id, found.place.partition, found.raw.offset),
            *(act.at, done[0], act.account, done[1], found.code),
            *(more.get("seq"), more.get("record_value")),
        ),
    )


def note(session: Session, action: str, found: Refused, act: Act, **more: object) -> None:
    """Write what was done to the operations' chain: identifiers and digests only."""
    fields = {
        "action": action,
        "quarantine": found.id,
        "place": str(found.place),
        "topic_id": str(found.place.topic_id),
        "offset": found.raw.offset,
        "by": act.account,
        **more,
    }
    save_audit(session, CHAIN, [body(fields)], act.at)


def digest(content: bytes | None, secret: bytes) -> str:
    """Return a digest of what must not stand in the audit, which nobody can guess from there."""
    made = blake2b(content or b"", key=as_key(secret), digest_size=DIGEST_BYTES, person=_USE)
    return made.hexdigest()
