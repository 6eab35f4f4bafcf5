"""What acts upon the sealed store read and leave: content put back, and copies taken away.

Content that is opened is put back into its event before the act is worked through, so that from
there on the event is as one that was held. The directory's lock is taken for itself first, as by
everything that decides late whose an event is: no batch that may take it back is under way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Protocol

from streams.domain.acts import Act
from streams.domain.sealed_acts import SealedErased, SealedOpened
from streams.ledger.arrays import blobs
from streams.ledger.connection import Session
from streams.ledger.directories import DirectoryCache
from streams.ledger.held_before import HeldBefore
from streams.ledger.sealed import SealedEnd, end_sealed
from streams.ledger.vault import Sealed, Vault, VaultRefused
from streams.pipeline import Disposition

WAITING: Final = (
    "SELECT seq, key_id, wrapped_key, ciphertext FROM sealed"
    " WHERE seq = ANY(%s) AND ended IS NULL ORDER BY seq FOR UPDATE"
)
FORGET_WHOM: Final = (
    "DELETE FROM sealed_look WHERE NOT EXISTS (SELECT FROM sealed WHERE ended IS NULL)"
)
PUT_BACK: Final = (
    "UPDATE event e SET payload = c.payload FROM"
    " unnest(%s::bigint[], %s::bytea[]) AS c (seq, payload) WHERE e.seq = c.seq"
)


def put_back(
    store: "Store", session: Session, acts: Sequence[Act], directory: DirectoryCache
) -> list[Act]:
    """Put back the content of what acts open; return the acts, less what is sealed no more."""
    if _opened_seqs(acts):
        directory.load(session, exclusive=True)
    return store.put_back(session, acts)


class Store(Protocol):
    """Where the content of what is opened comes from: the sealed store, or the log of a replay."""

    def put_back(self, session: Session, acts: Sequence[Act]) -> list[Act]:
        """Put content back into its events; return the acts, less what is sealed no more."""


@dataclass(frozen=True, slots=True)
class SealedStore:
    """The sealed store of this ledger; without a vault nothing in it can be opened."""

    vault: Vault | None = None

    def put_back(self, session: Session, acts: Sequence[Act]) -> list[Act]:
        """Decrypt what is opened, and leave out what was taken back or erased meanwhile."""
        seqs = _seqs_of(acts)
        if not seqs:
            return list(acts)
        rows = session.execute(WAITING.encode(), (seqs,)).fetchall()
        waiting = {row[0]: Sealed(row[1], bytes(row[2]), bytes(row[3])) for row in rows}
        left = [still for act in acts if (still := _still(act, waiting)) is not None]
        opened = {seq: self._opened(seq, waiting[seq]) for seq in _opened_seqs(left)}
        _put_back(session, opened)
        return left

    def _opened(self, seq: int, sealed: Sealed) -> bytes:
        """Decrypt the content of one event."""
        if self.vault is None:
            words = "SWITCHBOARD_SEALED_KEY_FILE names no key; operations must set it"
            raise VaultRefused(f"event {seq} is sealed, and {words}")
        return self.vault.open(seq, sealed)


@dataclass(slots=True)
class LoggedStore:
    """What a log that is replayed has of the content of what was opened later, by number.

    Of what was erased since it has what is left of that.
    """

    payloads: dict[int, bytes] = field(default_factory=dict)
    erased_since: dict[int, HeldBefore] = field(default_factory=dict)

    def put_back(self, session: Session, acts: Sequence[Act]) -> list[Act]:
        """Put back what the log has; a replay does every act that was done."""
        opened = {s: self.payloads[s] for s in _opened_seqs(acts) if s in self.payloads}
        _put_back(session, opened)
        return list(acts)


AS_IT_WAS_SEALED: Final = {
    "payload": None,
    "person_id": None,
    "disposition": Disposition.RECORDED.value,
}
"""What the row of an event says until it is opened."""


def opened_later(session: Session) -> frozenset[int]:
    """Return the numbers of the events that were sealed when they came and were opened since."""
    rows = session.execute(
        "SELECT seq FROM sealed WHERE ended = ANY(%s)",
        ([SealedEnd.DELIVERED.value, SealedEnd.HELD.value],),
    ).fetchall()
    return frozenset(row[0] for row in rows)


def close_sealed(
    session: Session, acts: Sequence[Act], done: Sequence[tuple[int, Act]], at: datetime
) -> None:
    """Take away the copies of what was opened or erased, and whatever was put back in vain."""
    if not _seqs_of(acts):
        return
    applied = [act for _, act in done]
    ends: dict[SealedEnd, list[int]] = {}
    for act in applied:
        if isinstance(act, SealedErased):
            ends.setdefault(SealedEnd.ERASED, []).extend(act.event_seqs)
        elif isinstance(act, SealedOpened):
            end = SealedEnd.HELD if act.person_id is None else SealedEnd.DELIVERED
            ends.setdefault(end, []).append(act.event_seq)
    for end, seqs in ends.items():
        end_sealed(session, seqs, end, at)
    if SealedEnd.ERASED in ends:
        # Where the store was turned off nobody looks for those any more who were noted.
        session.execute(FORGET_WHOM.encode())
    in_vain = sorted(set(_opened_seqs(acts)) - set(_opened_seqs(applied)))
    if in_vain:
        session.execute("UPDATE event SET payload = NULL WHERE seq = ANY(%s)", (in_vain,))


def _seqs_of(acts: Sequence[Act]) -> list[int]:
    """Return the numbers of all events that acts open or erase, in order."""
    erased = [seq for act in acts if isinstance(act, SealedErased) for seq in act.event_seqs]
    return sorted({*erased, *_opened_seqs(acts)})


def _opened_seqs(acts: Sequence[Act]) -> list[int]:
    """Return the numbers of the events that acts open."""
    return [act.event_seq for act in acts if isinstance(act, SealedOpened)]


def _still(act: Act, waiting: Mapping[int, Sealed]) -> Act | None:
    """Return what of an act is still to be done; None for nothing."""
    if isinstance(act, SealedOpened):
        return act if act.event_seq in waiting else None
    if isinstance(act, SealedErased):
        seqs = tuple(seq for seq in act.event_seqs if seq in waiting)
        return replace(act, event_seqs=seqs) if seqs else None
    return act


def _put_back(session: Session, opened: Mapping[int, bytes]) -> None:
    """Give events their content again."""
    if opened:
        session.execute(PUT_BACK.encode(), (list(opened), blobs(opened.values())))
