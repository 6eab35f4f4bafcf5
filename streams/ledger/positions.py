"""Positions, attempts and possible loss: what the ledger knows of each partition.

The protocol and its reasons are in `docs/decisions/001-positions-and-locks.md`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from streams.domain.log import Batch, Place
from streams.ledger.arrays import instants, uuids
from streams.ledger.connection import Session, world

FEED_RUNNING: Final = "running"
FEED_PAUSED: Final = "paused"
FEED_LOST: Final = "stopped_for_loss"


class PositionMoved(Exception):
    """Another worker has taken the partition on, or this one lost its place: seek it again."""

    def __init__(self, place: Place, next_offset: int, expected: int) -> None:
        """Say where the ledger stands and what the batch expected."""
        super().__init__(f"{place}: the ledger stands at {next_offset}, the batch at {expected}")
        self.place = place
        self.next_offset = next_offset


@dataclass(frozen=True, slots=True)
class Attempt:
    """What the last worker on a partition had in hand when it stopped without an end."""

    starts: int
    offset_in_hand: int


def next_offset(session: Session, place: Place) -> int | None:
    """Return where a partition is to be read from, or None where it was never read."""
    with world():
        row = session.execute(
            "SELECT next_offset FROM position WHERE topic_id = %s AND partition = %s",
            (place.topic_id, place.partition),
        ).fetchone()
    return None if row is None else int(row[0])


def begin(session: Session, place: Place, first: int, at: datetime) -> int:
    """Return where to start a partition, inserting its position at the log's beginning if new.

    `first` is the first offset that the log still has. A partition that is new to the ledger and
    whose log begins above 0 may have lost what was before; that is recorded.
    """
    with world(), session.transaction():
        inserted = session.execute(
            "INSERT INTO position (topic_id, partition, topic, next_offset, updated_at)"
            " VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING next_offset",
            (place.topic_id, place.partition, place.topic, first, at),
        ).fetchone()
        if inserted is not None and first > 0:
            record_loss(session, place, (0, first), at)
    known = next_offset(session, place)
    return first if known is None else known


def record_loss(session: Session, place: Place, lost: tuple[int, int], at: datetime) -> None:
    """Record that offsets [from, to) were gone from the log before they were read."""
    words = f"{place}: offsets {lost[0]} to {lost[1] - 1} were gone before they were read"
    with world(), session.transaction():
        session.execute(
            "INSERT INTO possible_loss"
            " (topic, topic_id, partition, from_offset, to_offset, found_at)"
            " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (place.topic, place.topic_id, place.partition, *lost, at),
        )
        session.execute(
            "INSERT INTO alarm (raised_at, kind, subject, tell, words) VALUES (%s, %s, %s, %s, %s)",
            (at, "possible_loss", str(place), "operations", words),
        )


def open_loss(session: Session, place: Place) -> tuple[int, int] | None:
    """Return a loss of this partition that nobody has resumed from, which keeps it stopped."""
    with world():
        row = session.execute(
            "SELECT from_offset, to_offset FROM possible_loss WHERE topic_id = %s"
            " AND partition = %s AND resumed_at IS NULL AND from_offset > 0 ORDER BY id LIMIT 1",
            (place.topic_id, place.partition),
        ).fetchone()
    return None if row is None else (int(row[0]), int(row[1]))


def lock(session: Session, batches: Sequence[Batch]) -> list[int]:
    """Lock the positions of partitions of one topic, in their order, and return them.

    Raises `PositionMoved` where a batch is ahead.
    """
    rows = session.execute(
        "SELECT partition, next_offset FROM position WHERE topic_id = %s AND partition = ANY(%s)"
        " ORDER BY partition FOR UPDATE",
        (batches[0].place.topic_id, [batch.place.partition for batch in batches]),
    ).fetchall()
    known = {int(partition): int(offset) for partition, offset in rows}
    for batch in batches:
        stands = known.get(batch.place.partition)
        if stands is None or batch.expected > stands:
            raise PositionMoved(batch.place, stands or 0, batch.expected)
    return [known[batch.place.partition] for batch in batches]


def advance(session: Session, batches: Sequence[Batch], at: datetime) -> None:
    """Move locked positions to the end of their batches, and watermarks to the newest records.

    What was in hand is forgotten: it has come to its end.
    """
    newest = [max((r.broker_at for r in batch.records), default=None) for batch in batches]
    session.execute(
        "WITH ended AS (SELECT * FROM unnest(%s::int[], %s::bigint[], %s::timestamptz[])"
        " AS e (partition, next_offset, newest)),"
        " down AS (UPDATE attempts a SET starts = 0 FROM ended e"
        " WHERE a.topic_id = %s AND a.partition = e.partition)"
        " UPDATE position p SET next_offset = greatest(p.next_offset, e.next_offset),"
        " updated_at = %s, watermark = greatest(p.watermark, e.newest) FROM ended e"
        " WHERE p.topic_id = %s AND p.partition = e.partition",
        (
            [batch.place.partition for batch in batches],
            [batch.next_offset for batch in batches],
            instants(newest),
            batches[0].place.topic_id,
            at,
            batches[0].place.topic_id,
        ),
    )


def attempt(session: Session, place: Place) -> Attempt | None:
    """Return what an earlier worker left in hand, or None where it ended its last batch."""
    with world():
        row = session.execute(
            "SELECT starts, offset_in_hand FROM attempts WHERE topic_id = %s AND partition = %s",
            (place.topic_id, place.partition),
        ).fetchone()
    return Attempt(int(row[0]), int(row[1])) if row is not None and row[0] > 0 else None


def take_in_hand(session: Session, in_hand: Mapping[Place, Attempt], at: datetime) -> None:
    """Write, in a transaction of its own, what is about to be worked on of each partition.

    A killed process does not lose it, only a crashed machine may, so it does not wait for the disk.
    """
    ordered = sorted(in_hand.items(), key=lambda each: (each[0].topic_id, each[0].partition))
    with world():
        session.execute(
            "WITH quick AS (SELECT set_config('synchronous_commit', 'off', true)),"
            " hand AS (SELECT * FROM unnest(%s::uuid[], %s::int[], %s::int[], %s::bigint[])"
            " AS h (topic_id, partition, starts, offset_in_hand))"
            " INSERT INTO attempts (topic_id, partition, starts, offset_in_hand, since)"
            " SELECT hand.*, %s FROM hand, quick"
            " ON CONFLICT (topic_id, partition) DO UPDATE"
            " SET starts = excluded.starts, offset_in_hand = excluded.offset_in_hand,"
            " since = excluded.since",
            (
                uuids(place.topic_id for place, _ in ordered),
                [place.partition for place, _ in ordered],
                [attempt.starts for _, attempt in ordered],
                [attempt.offset_in_hand for _, attempt in ordered],
                at,
            ),
        )


def all_of(session: Session, topic_ids: set[UUID]) -> dict[tuple[UUID, int], int]:
    """Return where every partition of some topics stands."""
    with world():
        rows = session.execute(
            "SELECT topic_id, partition, next_offset FROM position WHERE topic_id = ANY(%s)",
            (sorted(topic_ids),),
        ).fetchall()
    return {(topic_id, int(partition)): int(offset) for topic_id, partition, offset in rows}
