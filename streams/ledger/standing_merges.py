"""The merges that name somebody: those that stand, and by which acts others were undone."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from streams.ledger.arrays import uuids
from streams.ledger.connection import Session
from streams.pipeline.merge_values import Standing

MERGES: Final = (
    "SELECT seq, kept, gone, undone_seq FROM merge WHERE kept = ANY(%s) OR gone = ANY(%s)"
    " ORDER BY seq"
)


def merges_of(
    session: Session, people: Sequence[UUID]
) -> tuple[tuple[Standing, ...], dict[int, int]]:
    """Read the merges that name any of them; the second are the undone ones, with the act of it."""
    ids = uuids(people)
    rows = session.execute(MERGES, (ids, ids)).fetchall()
    standing = tuple(Standing(seq, kept, gone) for seq, kept, gone, undone in rows if not undone)
    return standing, {seq: undone for seq, _, _, undone in rows if undone}
