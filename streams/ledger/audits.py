"""The audit's chains: one for each writer, each entry bound to the one before it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from streams.domain.log import Place
from streams.ledger import tables
from streams.ledger.arrays import blobs, texts
from streams.ledger.connection import Session
from streams.ledger.copying import copy
from streams.stages.audit import Head, chain

HEADS: Final = (
    "SELECT chain, length, hash FROM audit_head WHERE chain = ANY(%s) ORDER BY chain FOR UPDATE"
)


def save_audit(session: Session, chain_name: str, bodies: Sequence[bytes], at: datetime) -> None:
    """Append entries to a writer's chain, whose head is locked last of all."""
    save_audits(session, {chain_name: bodies}, at)


def save_audits(session: Session, written: Mapping[str, Sequence[bytes]], at: datetime) -> None:
    """Append entries to several writers' chains; a chain's first entry makes its head."""
    heads = _heads(session, sorted(written))
    rows: list[tuple[str, int, datetime, bytes, bytes]] = []
    for name, head in heads.items():
        entries, heads[name] = chain(head, written[name])
        rows += [(name, e.number, at, e.body, e.hash) for e in entries]
    copy(session, tables.audit, rows)
    session.execute(
        "UPDATE audit_head h SET length = n.length, hash = n.hash FROM"
        " unnest(%s::text[], %s::bigint[], %s::bytea[]) AS n (chain, length, hash)"
        " WHERE h.chain = n.chain",
        (
            texts(heads),
            [end.length for end in heads.values()],
            blobs(e.hash for e in heads.values()),
        ),
    )


def _heads(session: Session, names: Sequence[str]) -> dict[str, Head]:
    """Lock the heads of chains in their order; make those that are missing first."""
    chains = texts(names)
    rows = session.execute(HEADS, (chains,)).fetchall()
    if len(rows) < len(names):
        session.execute(
            "INSERT INTO audit_head (chain, length, hash)"
            " SELECT name, 0, %s FROM unnest(%s::text[]) AS name ON CONFLICT DO NOTHING",
            (Head().hash, chains),
        )
        rows = session.execute(HEADS, (chains,)).fetchall()
    return {name: Head(int(length), bytes(held)) for name, length, held in rows}


def chain_of(place: Place) -> str:
    """Name the audit chain of a partition."""
    return f"{place.topic}/{place.topic_id}/{place.partition}"
