"""Somebody who may write to the ledger and tampers with a thousand entries of its audit."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from schemas.codec import to_json
from streams.ledger.audits import save_audit
from streams.services.heads import signing_key_of
from streams.settings import Settings
from streams.stages.audit import FIRST_HASH, Head, body, linked

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from streams.ledger.connection import Session
    from streams.ledger.signing import SignedHead

CHAIN: Final = "trial"
ENTRIES: Final = 1_000
EVERY: Final = 100
"""A head is signed after so many entries, but none after the last of them."""
AT: Final = datetime(2026, 3, 2, 10, tzinfo=UTC)
Row = tuple[int, bytes, bytes]


@dataclass(slots=True)
class Audit:
    """One chain of the audit, the heads that were signed of it, and what can be done to it."""

    session: Session
    file: Path

    def write(self) -> None:
        """Write the entries as a service does, signing a head now and then."""
        signed = []
        for first in range(0, ENTRIES, EVERY):
            bodies = [body({"action": "read", "number": first + n}) for n in range(EVERY)]
            save_audit(self.session, CHAIN, bodies, AT)
            signed.append(self.sign(AT + timedelta(minutes=first // EVERY)))
        self.keep(signed[:-1])

    def sign(self, at: datetime, home: Path | None = None) -> SignedHead:
        """Sign where the chain ends now, with the key of a home."""
        row = self.session.execute(
            "SELECT length, hash FROM audit_head WHERE chain = %s", (CHAIN,)
        ).fetchone()
        assert row is not None
        settings = Settings() if home is None else Settings(home=home)
        return signing_key_of(settings).sign(CHAIN, Head(row[0], bytes(row[1])), at)

    def keep(self, heads: Iterable[SignedHead]) -> None:
        """Keep heads in the file, as `ledger heads` writes them."""
        with self.file.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(to_json(head.record())) + "\n" for head in heads)

    def rows(self) -> list[Row]:
        """Return the entries."""
        found = self.session.execute(
            "SELECT number, body, hash FROM audit WHERE chain = %s ORDER BY number", (CHAIN,)
        ).fetchall()
        return [(row[0], bytes(row[1]), bytes(row[2])) for row in found]

    def replace(self, rows: Sequence[Row], *, head: bool = True) -> None:
        """Put other entries in their place, with a head in the ledger that suits them."""
        self.session.execute("DELETE FROM audit WHERE chain = %s", (CHAIN,))
        self.session.cursor().executemany(
            "INSERT INTO audit (chain, number, at, body, hash) VALUES (%s, %s, %s, %s, %s)",
            [(CHAIN, number, AT, content, kept) for number, content, kept in rows],
        )
        if head:
            last = rows[-1] if rows else (0, b"", FIRST_HASH)
            self.session.execute(
                "UPDATE audit_head SET length = %s, hash = %s WHERE chain = %s",
                (last[0], last[2], CHAIN),
            )


def anew(bodies: Iterable[bytes]) -> list[Row]:
    """Number entries and reckon every hash, so that the chain is whole."""
    rows: list[Row] = []
    last = FIRST_HASH
    for number, content in enumerate(bodies, start=1):
        last = linked(last, number, content)
        rows.append((number, content, last))
    return rows
