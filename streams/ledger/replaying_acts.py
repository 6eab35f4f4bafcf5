"""Acts in a replay: read in one order with the events, and done again with their numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from streams.domain.acts import Act, from_bytes
from streams.ledger.acting import Actor
from streams.ledger.connection import Session
from streams.ledger.transaction import Ledger
from streams.ledger.unsealing import LoggedStore

FETCHED_AT_ONCE: Final = 2_000
ACTS: Final = "SELECT seq, at, chain, kind, body FROM act ORDER BY seq"


@dataclass(frozen=True, slots=True)
class Done:
    """One act as it was done; `after` is its number, by which it stands among the events."""

    after: int
    at: datetime
    chain: str
    act: Act


def acts_of(source: Session) -> Iterator[Done]:
    """Read every act in the order of its number; the session is inside a transaction."""
    with source.cursor("acts") as cursor:
        cursor.itersize = FETCHED_AT_ONCE
        for seq, at, chain, kind, body in cursor.execute(ACTS):
            yield Done(seq, at, chain, from_bytes(kind, bytes(body)))


def act_again(ledger: Ledger, done: Sequence[Done], store: LoggedStore) -> None:
    """Do acts of one chain and instant again; `store` has what was sealed until one of them."""
    first = done[0]
    actor = Actor(
        ledger.session,
        ledger.rules,
        first.chain,
        directory=ledger.directory,
        store=store,
        secret=ledger.secret,
        erased_since=store.erased_since,
    )
    actor.act([each.act for each in done], first.at, seqs=[each.after for each in done])
