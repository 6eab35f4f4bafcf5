"""By what two people are recognised: read before they become one, and made again afterwards.

The keys of identifiers that a person has are found by a walk through all of them, which takes some
tenths of a second where a quarter of a million people are known. So it is taken before the
directory's lock, for which everybody would have to wait, and again under it only where the person's
records have changed meanwhile.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from streams.domain.alike import Scorer
from streams.domain.block_keys import key_number, keys_of
from streams.domain.portraits import PORTRAIT, Portrait, of_all, together
from streams.ledger.arrays import blobs, numbers, uuids
from streams.ledger.connection import Session

CHANGED: Final = (
    "SELECT count(*), coalesce(sum(seq), 0) FROM source_record WHERE person_id = ANY(%s)"
)
KEYS: Final = "SELECT digest, person_ids FROM person_key WHERE person_ids && %s"
BLOCKS: Final = "SELECT key, person_id FROM person_block WHERE person_id = ANY(%s)"
REFERENCES: Final = (
    "SELECT seq, person_id, reference FROM source_record"
    " WHERE person_id = ANY(%s) AND reference IS NOT NULL ORDER BY seq"
)
FORGET: Final = "DELETE FROM person_block WHERE key = ANY(%s) AND person_id = %s"
KNOW: Final = (
    "INSERT INTO person_block (key, person_id) SELECT key, %s FROM unnest(%s::bigint[]) AS k (key)"
    " ON CONFLICT DO NOTHING"
)
DESCRIBE: Final = "UPDATE person SET description = %s WHERE person_id = %s"


@dataclass(frozen=True, slots=True)
class KnownBy:
    """The keys of people, by person: digests of identifiers, and keys of those who are alike."""

    digests: Mapping[UUID, frozenset[bytes]] = field(default_factory=dict)
    blocks: Mapping[UUID, frozenset[int]] = field(default_factory=dict)
    stamp: tuple[int, int] = (0, 0)


def known_by(session: Session, people: Sequence[UUID]) -> KnownBy:
    """Read by what people are found now."""
    stamp = _stamp(session, people)
    digests: dict[UUID, set[bytes]] = {person: set() for person in people}
    for digest, holders in session.execute(KEYS, (uuids(people),)).fetchall():
        for person in digests.keys() & set(holders):
            digests[person].add(bytes(digest))
    blocks: dict[UUID, set[int]] = {person: set() for person in people}
    for key, person in session.execute(BLOCKS, (uuids(people),)).fetchall():
        blocks[person].add(key)
    return KnownBy(
        {person: frozenset(found) for person, found in digests.items()},
        {person: frozenset(found) for person, found in blocks.items()},
        stamp,
    )


def still_known_by(session: Session, people: Sequence[UUID], before: KnownBy) -> KnownBy:
    """Return what was read before the lock, or read it again where somebody was taught since."""
    return before if _stamp(session, people) == before.stamp else known_by(session, people)


def _stamp(session: Session, people: Sequence[UUID]) -> tuple[int, int]:
    """Return what changes with every record that teaches something of people."""
    row = session.execute(CHANGED, (uuids(people),)).fetchone()
    return (0, 0) if row is None else (int(row[0]), int(row[1]))


def form_of_blocks(session: Session) -> int | None:
    """Return by which form of keys people are found who are alike; None where none was noted."""
    row = session.execute("SELECT form FROM block_form").fetchone()
    return None if row is None else int(row[0])


def references_of(session: Session, people: Sequence[UUID]) -> list[tuple[int, UUID, Portrait]]:
    """Read what events said of people, with the number of each, in the order of the ledger."""
    rows = session.execute(REFERENCES, (uuids(people),)).fetchall()
    return [(row[0], row[1], PORTRAIT.validate_json(bytes(row[2]))) for row in rows]


def describe(session: Session, person_id: UUID, portrait: Portrait | None) -> None:
    """Write by what a person is recognised."""
    if portrait is not None:
        session.execute(DESCRIBE, (PORTRAIT.dump_json(portrait), person_id))


def find_under(
    session: Session, person_id: UUID, *, before: Iterable[int], now: Iterable[int]
) -> None:
    """Let a person be found under these keys, and no longer under those of before."""
    left, found = frozenset(before), frozenset(now)
    session.execute(FORGET, (numbers(sorted(left - found)), person_id))
    session.execute(KNOW, (person_id, numbers(sorted(found))))


def blocks_of(portraits: Iterable[Portrait], scorer: Scorer, secret: bytes) -> frozenset[int]:
    """Return the keys of portraits, as the ledger has them."""
    return frozenset(
        key_number(key, secret) for each in portraits for key in keys_of(scorer.ready(each))
    )


def on_the_way(said: Iterable[Portrait], portrait: Portrait | None = None) -> list[Portrait]:
    """Return the portrait after each reference, beginning with what was known before."""
    found: list[Portrait] = []
    for each in said:
        portrait = together(portrait, each)
        found.append(portrait)
    return found


def as_one(said: Iterable[tuple[int, UUID, Portrait]]) -> Portrait:
    """Return what the references of several records add up to."""
    return of_all(portrait for _, _, portrait in said)


def has_keys(session: Session, digests: Iterable[bytes], *, gone: UUID, kept: UUID) -> None:
    """Let one person have the keys of another, who has none any more."""
    session.execute(
        "UPDATE person_key SET person_ids = ARRAY(SELECT DISTINCT unnest"
        "(array_append(array_remove(person_ids, %s), %s)) ORDER BY 1) WHERE digest = ANY(%s)",
        (gone, kept, blobs(sorted(digests))),
    )
