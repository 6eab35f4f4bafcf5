"""What the clock does about the sealed store: it opens what is about somebody known, and erases.

When a case starts, an identifier appears or two people merge, whoever it is about is noted, and the
store is looked through for them. Whoever is sealed at that moment is not missed: those who look for
people and those who teach of them take turns (`streams.ledger.alike`), and so do all who have an
identifier in common, so that either the event finds the person or the look finds the event.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from streams.domain.matching import Known, Possible
from streams.domain.passage import Identity
from streams.domain.portraits import PORTRAIT, Portrait
from streams.domain.sealed_acts import SealedErased, SealedOpened
from streams.domain.sealing import person_texts
from streams.ledger.alarms import OPERATIONS, raise_alarm
from streams.ledger.arrays import blobs, texts
from streams.ledger.connection import Session, world
from streams.ledger.looking_again import identities_now
from streams.ledger.picking import Watch
from streams.ledger.reading_again import read_again
from streams.ledger.vault import Sealed, Vault, VaultRefused
from streams.pipeline import Prepared

ERASED_AT_ONCE: Final = 500
"""Assumed: one act names so many events."""
LOOKED_AT_ONCE: Final = 100
"""Assumed: so many are decrypted and looked up in one transaction, for some tens of ms."""
PAST: Final = (
    "SELECT seq FROM sealed WHERE ended IS NULL AND came_at <= %(since)s"
    " ORDER BY came_at, seq LIMIT %(most)s"
)
NEXT_PERSON: Final = (
    "SELECT l.person_id, l.seq, p.family_names, p.birth_dates, p.description"
    " FROM sealed_look l LEFT JOIN person p USING (person_id) ORDER BY l.seq, l.person_id LIMIT 1"
    " OFFSET %(after)s"
)
FOUND: Final = (
    "WITH k AS MATERIALIZED (SELECT DISTINCT seq FROM sealed_key WHERE digest = ANY(%(digests)s))"
    " SELECT s.seq FROM k JOIN sealed s USING (seq)"
    " WHERE s.ended IS NULL AND s.publisher = ANY(%(on)s) ORDER BY s.seq"
)
"""By the hashes first, whatever PostgreSQL believes of the tables' sizes: 2 ms, not 3 s."""
CONTENT: Final = (
    "SELECT s.seq, s.publisher, e.topic, s.key_id, s.wrapped_key, s.ciphertext, e.log_offset,"
    " e.broker_at"
    " FROM sealed s JOIN event e USING (seq) WHERE s.seq = ANY(%(seqs)s) AND s.ended IS NULL"
    " ORDER BY s.seq"
)
TOLD_OF: Final = "SELECT FROM alarm WHERE subject = 'sealed store' AND words = %(words)s LIMIT 1"
LOOKED_FOR: Final = "DELETE FROM sealed_look WHERE person_id = %(person)s AND seq = %(seq)s"


def sealed_past_their_time(
    session: Session, watch: Watch, at: datetime, most: int
) -> Sequence[SealedErased]:
    """Pick what was sealed for as long as it may be."""
    del most
    values = {"since": at - watch.sealed_for, "most": ERASED_AT_ONCE}
    with world():
        rows = session.execute(PAST.encode(), values).fetchall()
    return [SealedErased(tuple(row[0] for row in rows))] if rows else []


def sealed_of_known(
    session: Session, watch: Watch, at: datetime, most: int
) -> Sequence[SealedOpened]:
    """Pick what is about somebody who is known now; nothing where the store is off."""
    if watch.vault is None:
        return []
    with world():
        look = _Look(session, watch, watch.vault, at)
        return look.at_people(most)


@dataclass(frozen=True, slots=True)
class _Look:
    """One look through the store."""

    session: Session
    watch: Watch
    vault: Vault
    at: datetime

    @property
    def _on(self) -> list[str]:
        """Return the agencies for which the store is on: what others sealed is not opened."""
        register = self.watch.rules.register
        return sorted(each.id for each in register.agencies.values() if each.seals_suspects)

    def at_people(self, most: int) -> list[SealedOpened]:
        """Look for whoever something new is known of; who is looked for in vain is done with."""
        acts: dict[int, SealedOpened] = {}
        left = 0
        while len(acts) < most and (row := self._next(left)) is not None:
            person, seq, *known = row
            opened = self._opened(self._found(person, known))
            if opened:
                # Whoever it is stays noted until nothing more is found.
                left += 1
                acts |= {each.event_seq: each for each in opened}
            else:
                self.session.execute(LOOKED_FOR.encode(), {"person": person, "seq": seq})
        return list(acts.values())[:most]

    def _next(self, after: int) -> Sequence[Any] | None:
        """Return a person who is noted, with what is known of them."""
        row: Sequence[Any] | None = self.session.execute(
            NEXT_PERSON.encode(), {"after": after}
        ).fetchone()
        return row

    def _found(self, person: UUID, known: Sequence[Any]) -> list[int]:
        """Find the sealed events that a person has something in common with."""
        names, births, description = known
        who = Known(person, frozenset(names or ()), frozenset(births or ()))
        portrait = Portrait() if description is None else PORTRAIT.validate_json(bytes(description))
        held = self.vault.digests(person_texts(who, portrait, self.watch.rules.scorer))
        values = {"digests": blobs(sorted(held)), "on": texts(self._on)}
        return [row[0] for row in self.session.execute(FOUND.encode(), values).fetchall()]

    def _opened(self, seqs: Sequence[int]) -> list[SealedOpened]:
        """Decrypt events and decide who each is about now; who is still nobody is left sealed."""
        acts: list[SealedOpened] = []
        for start in range(0, len(seqs), LOOKED_AT_ONCE):
            prepared = self._prepared(seqs[start : start + LOOKED_AT_ONCE])
            found = identities_now(
                self.session,
                list(prepared.values()),
                self.watch.rules,
                directory=self.watch.staff,
                secret=self.watch.secret,
            )
            pairs = zip(prepared, found, strict=True)
            acts += [act for seq, who in pairs if (act := _act(seq, who)) is not None]
        return acts

    def _prepared(self, seqs: Sequence[int]) -> Mapping[int, Prepared]:
        """Decrypt events and open them as they were when they came."""
        rows = self.session.execute(CONTENT.encode(), {"seqs": list(seqs)}).fetchall()
        found = {row[0]: self._read(row) for row in rows}
        lost = sorted(seq for seq, each in found.items() if each is None)
        for seq in lost:
            self._tell_of_lost(seq)
        return {seq: each for seq, each in found.items() if each is not None}

    def _tell_of_lost(self, seq: int) -> None:
        """Tell operations once of what cannot be read; the clock goes on: duties must fall."""
        words = f"sealed event {seq} cannot be opened: find out who changed it, or which rules did"
        if self.session.execute(TOLD_OF.encode(), {"words": words}).fetchone() is None:
            raise_alarm(self.session, ("defect", "sealed store", OPERATIONS), words, self.at)

    def _read(self, row: Sequence[Any]) -> Prepared | None:
        """Decrypt one event; None where it was changed, or cannot be read by these rules."""
        seq, publisher, topic, key_id, wrapped, ciphertext, offset, broker_at = row
        try:
            payload = self.vault.open(seq, Sealed(key_id, bytes(wrapped), bytes(ciphertext)))
        except VaultRefused:
            return None
        return read_again((publisher, topic, offset, payload, broker_at), self.watch.rules)


def _act(seq: int, identity: Identity) -> SealedOpened | None:
    """Return what is to be done about an event that may be about somebody now."""
    if identity.person_id is not None:
        return SealedOpened(seq, identity.person_id)
    decision = identity.decision
    if isinstance(decision, Possible):
        return SealedOpened(seq, None, decision.candidates, decision.reason.value)
    return None
