"""Make again by what people are recognised, from the references that are kept of each.

A portrait is what references add up to in their order, and the keys are those of every portrait on
the way to it: so both come out as they were written while the references came in.
"""

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from streams.domain.alike import Scorer, key_number, keys_of
from streams.domain.portraits import PORTRAIT, Portrait, together
from streams.ledger.arrays import numbers, uuids
from streams.ledger.connection import Session

REFERENCES: Final = (
    "SELECT person_id, reference FROM source_record"
    " WHERE person_id = ANY(%s) AND reference IS NOT NULL ORDER BY seq"
)
FORGET: Final = "DELETE FROM person_block WHERE key = ANY(%s) AND person_id = ANY(%s)"
KNOW: Final = (
    "INSERT INTO person_block (key, person_id) SELECT key, %s FROM unnest(%s::bigint[]) AS k (key)"
    " ON CONFLICT DO NOTHING"
)


def describe_again(
    session: Session, people: Sequence[UUID], scorer: Scorer | None, secret: bytes
) -> None:
    """Write by what people are recognised now, whichever of them had it before."""
    if scorer is None:
        return
    said = _references(session, people)
    every = frozenset[int]()
    keys: dict[UUID, frozenset[int]] = {}
    for person_id in people:
        portraits = list(_on_the_way(each for whose, each in said if whose == person_id))
        keys[person_id] = _keys(portraits, scorer, secret)
        every |= keys[person_id]
        if portraits:
            session.execute(
                "UPDATE person SET description = %s WHERE person_id = %s",
                (PORTRAIT.dump_json(portraits[-1]), person_id),
            )
    # As one they were recognised by what both were called.
    every |= _keys(_on_the_way(each for _, each in said), scorer, secret)
    session.execute(FORGET, (numbers(sorted(every)), uuids(people)))
    for person_id, known_by in keys.items():
        session.execute(KNOW, (person_id, numbers(sorted(known_by))))


def recognise_as_one(
    session: Session, people: tuple[UUID, UUID], scorer: Scorer | None, secret: bytes
) -> None:
    """Let the first of two be recognised by what both were called, and the second by nothing."""
    if scorer is None:
        return
    kept, gone = people
    said = _references(session, people)
    each_alone = [_on_the_way(each for whose, each in said if whose == person) for person in people]
    as_one = list(_on_the_way(each for _, each in said))
    mine, theirs = (_keys(portraits, scorer, secret) for portraits in each_alone)
    known_by = mine | theirs | _keys(as_one[-1:], scorer, secret)
    if as_one:
        session.execute(
            "UPDATE person SET description = %s WHERE person_id = %s",
            (PORTRAIT.dump_json(as_one[-1]), kept),
        )
    session.execute(FORGET, (numbers(sorted(theirs)), uuids((gone,))))
    session.execute(KNOW, (kept, numbers(sorted(known_by))))


def _references(session: Session, people: Sequence[UUID]) -> list[tuple[UUID, Portrait]]:
    """Read what events said of people, in the order of the ledger."""
    rows = session.execute(REFERENCES, (uuids(people),)).fetchall()
    return [(row[0], PORTRAIT.validate_json(bytes(row[1]))) for row in rows]


def _on_the_way(said: Iterable[Portrait]) -> Iterable[Portrait]:
    """Yield the portrait after each reference."""
    portrait: Portrait | None = None
    for each in said:
        portrait = together(portrait, each)
        yield portrait


def _keys(portraits: Iterable[Portrait], scorer: Scorer, secret: bytes) -> frozenset[int]:
    """Return the keys of portraits, as the ledger has them."""
    return frozenset(
        key_number(key, secret) for each in portraits for key in keys_of(scorer.ready(each))
    )
