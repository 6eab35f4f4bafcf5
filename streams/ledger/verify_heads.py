"""The audit held against the heads that were signed and sent away.

The walk along a chain (`verify_chains`) shows that each entry follows from the one before. Who can
write to the ledger can make all of them follow again; what he cannot make is a head. A signed head
whose entry is as it says proves all entries up to it. One whose entry is another, or is not there,
shows from where on the chain was changed: behind the last entry that an earlier head proves. What
no head has reached yet is unproved, which is said and is no break.

Heads are taken a page at a time, and what is kept of them is a few numbers for each chain.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from streams.ledger.connection import Session
from streams.ledger.reading import rows
from streams.ledger.signing import PublicKeys, SignedHead, is_signed
from streams.ledger.verify_values import Finding, Found

PAGE_HEADS: Final = 1_000


@dataclass(slots=True)
class Proof:
    """How far one chain is proved: `length` is what the ledger has, `proved` what heads prove."""

    chain: str
    length: int = 0
    heads: int = 0
    proved: int = 0
    proved_at: datetime | None = None
    broken_by: SignedHead | None = None
    sound: int = 0

    @property
    def unproved(self) -> int:
        """Return how many entries no head has reached."""
        return max(0, self.length - self.proved)

    def take(self, head: SignedHead, *, holds: bool) -> None:
        """Take one head into account."""
        self.heads += 1
        if holds and head.length >= self.proved:
            self.proved, self.proved_at = head.length, head.at
        elif not holds and (self.broken_by is None or head.length < self.broken_by.length):
            self.broken_by = head
            # Heads come in the order in which they were signed, so the chain only grew till here.
            self.sound = min(self.proved, head.length - 1)


@dataclass(slots=True)
class Verdict:
    """What the heads say: each chain's proof, and what is broken."""

    proofs: dict[str, Proof]
    found: Found

    def findings(self) -> Iterator[Finding]:
        """Yield what does not hold."""
        for chain in sorted(self.proofs):
            self._broken(self.proofs[chain])
        yield from self.found.findings()

    def _broken(self, proof: Proof) -> None:
        """Say from where on a chain is not what was signed."""
        head = proof.broken_by
        if head is None:
            return
        if proof.length < head.length:
            words = (
                f"{proof.chain}: entry {proof.length + 1} and what followed is missing; the head "
                f"of {head.at.isoformat()} had {head.length}"
            )
            self.found.add("audit_cut", words)
        else:
            words = (
                f"{proof.chain}: entry {proof.sound + 1} or what followed, up to {head.length}, is "
                f"not what the head of {head.at.isoformat()} covers"
            )
            self.found.add("audit_as_signed", words)


def hold_to_heads(
    session: Session, heads: Iterable[SignedHead | None], keys: PublicKeys
) -> Verdict:
    """Hold every chain to the heads, in the order in which they were sent; None is unreadable.

    No head may be younger than the session's snapshot, which would lack what it covers.
    """
    verdict = Verdict(_lengths(session), Found())
    for page in _pages(heads):
        sound = [head for head in page if _is_sound(head, keys, verdict.found)]
        known = [head for head in sound if head is not None]
        for head, kept in zip(known, _hashes(session, known), strict=True):
            proof = verdict.proofs.setdefault(head.chain, Proof(head.chain))
            proof.take(head, holds=kept == head.hash)
    return verdict


def _pages(heads: Iterable[SignedHead | None]) -> Iterator[list[SignedHead | None]]:
    """Cut the heads into pages."""
    left = iter(heads)
    while page := list(islice(left, PAGE_HEADS)):
        yield page


def _is_sound(head: SignedHead | None, keys: PublicKeys, found: Found) -> bool:
    """Answer whether a head can be read and was signed by us; report what is not."""
    if head is None:
        found.add("audit_head_readable", "a record that is no head")
        return False
    if not is_signed(head, keys):
        words = f"{head.chain}: the head of {head.at.isoformat()}, key {head.key_id}"
        found.add("audit_head_signed", words)
        return False
    return True


def _hashes(session: Session, heads: list[SignedHead]) -> list[bytes | None]:
    """Return what the ledger has at the end of each head; None where it has nothing."""
    statement = (
        "SELECT a.hash FROM unnest(%s::text[], %s::bigint[]) WITH ORDINALITY"
        " AS h (chain, number, place) LEFT JOIN audit a USING (chain, number) ORDER BY h.place"
    )
    asked = ([head.chain for head in heads], [head.length for head in heads])
    found = session.execute(statement, asked).fetchall()
    return [None if row[0] is None else bytes(row[0]) for row in found]


def _lengths(session: Session) -> dict[str, Proof]:
    """Return each chain with the number of its last entry, whatever its head in the ledger says."""
    found = rows(session, "SELECT chain, max(number) AS last FROM audit GROUP BY chain")
    return {row["chain"]: Proof(row["chain"], int(row["last"])) for row in found}
