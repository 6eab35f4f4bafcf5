"""What little came of several partitions goes into one transaction, and ends as it would alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from stories.applied import CASES, feed_of
from stories.poison import POLICE, good
from stories.test_defects import DEFECT, OURS, TOLD, assessed, broken
from stories.test_slow_machine import no_other
from world_builder import NOW, Said, on_register
from world_run import FLOWS

from streams.domain.log import Batch, Place, RawRecord
from streams.engines.embedded import place_of
from streams.engines.partitions import shares
from streams.ledger.connection import WorldDown
from streams.ledger.positions import PositionMoved
from streams.ledger.transaction import Applied, Ledger

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from fixtures.ledger import Story
    from stories.applied import Feed

    from streams.engines.port import Applier

PARTITIONS: Final = 3


def places(feed: Feed) -> list[Place]:
    """Start some partitions of a feed beside the one that every story has."""
    topic_id = place_of(feed.name).topic_id
    others = [Place(feed.name, topic_id, number) for number in range(1, PARTITIONS + 1)]
    for place in others:
        assert feed.applier.start(place, 0) == 0
    return others


def batch(place: Place, said: Sequence[Said], begin: int = 0) -> Batch:
    """Return what a fetch brought of one partition."""
    records = tuple(
        RawRecord(begin + n, None, each.value, each.raw().headers, NOW)
        for n, each in enumerate(said)
    )
    return Batch(place, begin, records, begin + len(records))


def together(applier: Applier, batches: Sequence[Batch]) -> list[int]:
    """Apply batches, of which none may have moved, and return where the partitions stand."""
    ended = applier.apply_together(batches)
    assert all(isinstance(each, Applied) for each in ended)
    return [each.next_offset for each in ended]


def transactions(story: Story) -> int:
    """Count the transactions that admitted the call-outs."""
    ((count,),) = story.rows(
        "SELECT count(DISTINCT xmin::text) FROM event WHERE topic = %s", POLICE
    )
    return int(count)


def test_partitions_share_a_transaction_and_nothing_else(story: Story) -> None:
    """One commit, but each partition has its own position, audit chain and receipt."""
    feed = feed_of(story, POLICE)
    said = good(4)
    mine = zip(places(feed), (said[:1], said[1:3], said[3:]), strict=True)
    stand = together(feed.applier, [batch(*each) for each in mine])
    assert stand == [1, 2, 1]
    assert transactions(story) == 1
    assert story.came_out() == [TOLD] * 4
    chains = story.rows(
        "SELECT length FROM audit_head WHERE chain LIKE %s ORDER BY chain", f"{POLICE}/%"
    )
    assert chains == [(1,), (2,), (1,)]
    receipts = story.rows(
        "SELECT count(*) FROM outbox WHERE topic LIKE 'receipts.%%' AND record_key LIKE %s",
        f"{POLICE}/%".encode(),
    )
    assert receipts == [(3,)]
    positions = story.rows(
        "SELECT next_offset, watermark FROM position WHERE topic = %s AND partition > 0"
        " ORDER BY partition",
        POLICE,
    )
    assert positions == [(1, NOW), (2, NOW), (1, NOW)]
    assert story.rows("SELECT starts FROM attempts WHERE starts > 0") == []


def test_a_partition_that_moved_keeps_no_other_back(story: Story) -> None:
    """What another worker has taken on is given back; its neighbours are applied, once each."""
    feed = feed_of(story, POLICE)
    one, two, three = places(feed)
    said = good(3)
    ahead = batch(two, said[1:2], begin=7)
    ended = feed.applier.apply_together([batch(one, said[:1]), ahead, batch(three, said[2:])])
    moved = ended[1]
    assert isinstance(moved, PositionMoved)
    assert (moved.place, moved.next_offset) == (two, 0)
    assert story.came_out() == [TOLD, TOLD]
    assert transactions(story) == 2


def test_a_defect_costs_its_record_and_no_other_partition(story: Story) -> None:
    """Where one of the partitions meets a defect, all records but that one arrive."""
    story.with_rules(*FLOWS, broken())
    feed = feed_of(story)
    one, two, three = places(feed)
    fine = [on_register(code) for code in ("ADVP", "MAPP", "WEAP")]
    mine = [batch(one, fine[:1]), batch(two, [fine[1], assessed()]), batch(three, fine[2:])]
    assert together(feed.applier, mine) == [1, 2, 1]
    assert story.came_out() == [DEFECT, OURS]
    admitted = story.rows(
        "SELECT partition, count(*) FROM event WHERE topic = %s AND partition > 0"
        " GROUP BY 1 ORDER BY 1",
        CASES,
    )
    assert admitted == [(1, 1), (2, 1), (3, 1)]


def test_a_starved_machine_takes_each_partition_by_itself(story: Story) -> None:
    """A transaction that took too long is tried again in smaller ones."""
    feed = feed_of(story, POLICE)
    mine = places(feed)
    ledger = story.engine.ledger
    feed.applier.ledger = StarvedLedger(ledger.session, ledger.rules, ledger.secret)
    feed.applier.reconnect = no_other
    batches = [batch(place, [said]) for place, said in zip(mine, good(3), strict=True)]
    assert together(feed.applier, batches) == [1, 1, 1]
    assert story.came_out() == [TOLD] * 3


class StarvedLedger(Ledger):
    """A ledger whose transactions are ended for taking too long, but for those of one partition."""

    def apply_together(
        self, _batches: Sequence[Batch], _raised_at: datetime
    ) -> tuple[Applied, ...]:
        """End it as PostgreSQL would."""
        raise WorldDown("ended for being idle in a transaction", "25P03")


@given(st.lists(st.integers(1, 40), max_size=6), st.integers(1, 20))
def test_shares_keep_the_order_and_the_limit(sizes: list[int], most: int) -> None:
    """All that was fetched is in the shares, in order; none has too much, or a partition twice."""
    said = batch(place_of(POLICE), good(1)).records[0]
    fetched = [
        (
            Place(POLICE, place_of(POLICE).topic_id, n),
            [replace(said, offset=i) for i in range(size)],
        )
        for n, size in enumerate(sizes)
    ]
    came: dict[Place, list[RawRecord]] = {}
    for share in shares(fetched, most):
        assert len({place for place, _ in share}) == len(share)
        assert 0 < sum(len(records) for _, records in share) <= most
        for place, records in share:
            came.setdefault(place, []).extend(records)
    assert came == dict(fetched)
