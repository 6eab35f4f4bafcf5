"""The sealed store: what is kept of suspects whom nobody knows, and when it goes again.

What an event said is encrypted before it reaches the ledger, in the transaction that admits it, and
taken away in the transaction that takes the event back. A row stays without its content, so that
what became of it can be counted; the keyed hashes by which it was found go with the content.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from streams.domain.alike import Scorer
from streams.domain.passage import Source
from streams.domain.sealing import CLEARS, event_texts, exact_texts, matter_texts
from streams.ledger import tables
from streams.ledger.arrays import blobs, texts, uuids
from streams.ledger.connection import Session
from streams.ledger.copying import copy
from streams.ledger.vault import Vault
from streams.pipeline import Ended, Work


class SealedEnd(StrEnum):
    """What became of a sealed copy."""

    DELIVERED = "delivered"
    HELD = "held"
    ERASED = "erased"
    TAKEN_BACK = "taken_back"
    CLEARED = "cleared"


KEPT_FOR_COUNTING: Final = (
    "ended = %(ended)s, ended_at = %(at)s, wrapped_key = NULL, ciphertext = NULL"
)
END: Final = (
    "WITH gone AS (UPDATE sealed SET"  # noqa: S608 - a constant of ours
    f" {KEPT_FOR_COUNTING} WHERE seq = ANY(%(seqs)s) AND ended IS NULL RETURNING seq)"
    " DELETE FROM sealed_key WHERE seq IN (SELECT seq FROM gone)"
)
TAKE_BACK: Final = (
    f"WITH gone AS (UPDATE sealed s SET {KEPT_FOR_COUNTING} FROM event e"  # noqa: S608 - the same
    " JOIN unnest(%(publishers)s::text[], %(events)s::text[], %(taken_at)s::bigint[])"
    " AS k (publisher, event_id, seq) USING (publisher, event_id)"
    " WHERE s.seq = e.seq AND e.seq < k.seq AND s.ended IS NULL RETURNING s.seq)"
    " DELETE FROM sealed_key WHERE seq IN (SELECT seq FROM gone)"
)
CLEAR: Final = (
    "WITH found AS (SELECT m.at, k.seq FROM unnest(%(matters_at)s::bigint[], %(matters)s::bytea[])"  # noqa: S608 - the same
    " AS m (at, digest) JOIN sealed_key k USING (digest) INTERSECT"
    " SELECT p.at, k.seq FROM unnest(%(people_at)s::bigint[], %(people)s::bytea[])"
    " AS p (at, digest) JOIN sealed_key k USING (digest)),"
    f" gone AS (UPDATE sealed s SET {KEPT_FOR_COUNTING} FROM found f"
    " WHERE s.seq = f.seq AND s.seq < f.at AND s.ended IS NULL RETURNING s.seq)"
    " DELETE FROM sealed_key WHERE seq IN (SELECT seq FROM gone)"
)
LOOK: Final = (
    "INSERT INTO sealed_look (person_id, seq)"
    " SELECT person_id, %(seq)s FROM unnest(%(people)s::uuid[]) AS p (person_id)"
    " WHERE EXISTS (SELECT FROM sealed WHERE ended IS NULL)"
    " ON CONFLICT (person_id) DO UPDATE SET seq = greatest(sealed_look.seq, excluded.seq)"
)


def save_sealed(session: Session, work: Work, vault: Vault | None, at: datetime) -> None:
    """Seal what a batch keeps unreadable, take away what it took back, and note whom to look for.

    Without a vault nothing is sealed: in a replay, whose content is that of the ledger it reads.
    """
    taken = _taken_back(work.ended)
    if vault is not None:
        seals = [each for each in work.ended if each.seals and _stays(each, taken)]
        _seal(session, seals, vault, work.alike.scorer)
    if taken:
        sources = sorted(taken.items())
        values = {
            "ended": SealedEnd.TAKEN_BACK.value,
            "at": at,
            "publishers": texts(publisher for (publisher, _), _ in sources),
            "events": texts(event for (_, event), _ in sources),
            "taken_at": [seq for _, seq in sources],
        }
        session.execute(TAKE_BACK.encode(), values)
    if vault is not None:
        _clear(session, [each for each in work.ended if _clears(each)], vault, at)
    note_people(session, work)


def end_sealed(session: Session, seqs: Iterable[int], end: SealedEnd, at: datetime) -> None:
    """Take away sealed copies, and say what became of them."""
    values = {"seqs": sorted(seqs), "ended": end.value, "at": at}
    session.execute(END.encode(), values)


def note_people(session: Session, work: Work) -> None:
    """Remember to look through the sealed store for people of whom something new is known.

    The clock does it. Nothing is noted while nothing is sealed.
    """
    people = work.created | work.changed_people | {each.kept for each in work.merged}
    if people:
        numbers = [each.seq for each in work.ended if each.seq is not None]
        last = max([*numbers, *(seq for seq, _ in work.acted)])
        session.execute(LOOK.encode(), {"people": uuids(sorted(people)), "seq": last})


def sealed_by_others(session: Session, key_id: str) -> dict[str, int]:
    """Count what waits sealed by other master keys than this, by their ids."""
    rows = session.execute(
        "SELECT key_id, count(*) FROM sealed WHERE ended IS NULL AND key_id <> %s GROUP BY 1",
        (key_id,),
    ).fetchall()
    return {row[0]: int(row[1]) for row in rows}


def _taken_back(ended: Iterable[Ended]) -> dict[Source, int]:
    """Return what a batch retracts or supersedes, each with the last event that does."""
    taken: dict[Source, int] = {}
    for each in ended:
        if each.seq is None or each.prepared.opened is None:
            continue
        meta = each.prepared.opened.event.meta
        for target in (meta.retracts, meta.supersedes):
            if target is not None:
                taken[meta.publisher, target] = each.seq
    return taken


def _stays(ended: Ended, taken: dict[Source, int]) -> bool:
    """Answer whether nothing later in the same batch takes an event back."""
    opened = ended.prepared.opened
    return opened is not None and taken.get(opened.key, -1) <= (ended.seq or 0)


def _seal(session: Session, ended: Sequence[Ended], vault: Vault, scorer: Scorer | None) -> None:
    """Encrypt the payloads of events, and write by what they are found."""
    rows: list[tuple[Any, ...]] = []
    keys: list[tuple[bytes, int]] = []
    for each in ended:
        prepared = each.prepared
        opened, seq, payload = prepared.opened, each.seq, prepared.raw.value
        if opened is None or prepared.looked is None or seq is None or payload is None:
            continue
        sealed = vault.seal(seq, payload)
        content = (sealed.key_id, sealed.wrapped_key, sealed.ciphertext)
        rows.append((seq, opened.agency.id, prepared.raw.broker_at, *content, None, None))
        texts_of = event_texts(opened, prepared.looked, scorer)
        keys += [(held, seq) for held in sorted(vault.digests(texts_of))]
    copy(session, tables.sealed, rows)
    copy(session, tables.sealed_key, keys)


def _clears(ended: Ended) -> bool:
    """Answer whether an event says that somebody whom nobody knows is no suspect any more."""
    opened, looked = ended.prepared.opened, ended.prepared.looked
    is_nobodys = ended.seq is not None and ended.person_id is None
    return is_nobodys and opened is not None and looked is not None and opened.type in CLEARS


def _clear(session: Session, ended: Sequence[Ended], vault: Vault, at: datetime) -> None:
    """Take away what was sealed of the same people and matters: they are no suspects any more."""
    matters: list[tuple[int, bytes]] = []
    people: list[tuple[int, bytes]] = []
    for each in ended:
        opened, looked = each.prepared.opened, each.prepared.looked
        if each.seq is not None and opened is not None and looked is not None:
            matters += [(each.seq, held) for held in sorted(vault.digests(matter_texts(opened)))]
            people += [(each.seq, held) for held in sorted(vault.digests(exact_texts(looked)))]
    if not matters or not people:
        return
    values = {
        "ended": SealedEnd.CLEARED.value,
        "at": at,
        "matters_at": [seq for seq, _ in matters],
        "matters": blobs(held for _, held in matters),
        "people_at": [seq for seq, _ in people],
        "people": blobs(held for _, held in people),
    }
    session.execute(CLEAR.encode(), values)
