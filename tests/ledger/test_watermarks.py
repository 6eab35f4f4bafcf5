"""How far a feed is: as far as its slowest partition, and no further while anything is in doubt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

import pytest
from world_builder import NOW, callout
from world_run import RULES

from streams.domain.log import Batch, Place
from streams.engines.embedded import place_of
from streams.ledger import positions, watermarks
from streams.ledger.connection import connect
from streams.ledger.picking import Watch, fallen_duties
from streams.ledger.watermarks import LogEnds

if TYPE_CHECKING:
    from fixtures.ledger import Story

    from streams.domain.acts import DutyFell

FEED: Final = "feed.durham-police"
LIFE: Final = place_of(FEED).topic_id
OTHER_LIFE: Final = UUID(int=3)
HOUR: Final = timedelta(hours=1)
WATCH: Final = Watch(RULES, HOUR)
DUE: Final = datetime(2026, 3, 3, 12, tzinfo=UTC)


def log(*ends: int, life: UUID = LIFE) -> dict[str, LogEnds]:
    """Return where the partitions of the feed end."""
    return {FEED: LogEnds(life, dict(enumerate(ends)))}


def rise(story: Story, *ends: int, at: datetime, life: UUID = LIFE) -> datetime | None:
    """Let workers find where the log ends; return how far the feed is then."""
    watermarks.know(story.session, log(*ends, life=life))
    watermarks.rise(story.session, log(*ends, life=life), at)
    return watermarks.of_feeds(story.session)[FEED]


def begin(story: Story, partition: int, at: int = 0, life: UUID = LIFE) -> None:
    """Let a worker have come to a partition, up to an offset."""
    positions.begin(story.session, Place(FEED, life, partition), at, NOW)


def test_a_batch_moves_it_to_its_newest_record(story: Story) -> None:
    """While records come, the broker's time of the newest one counts, never the worker's clock."""
    story.given(callout(at=NOW))
    watermarks.know(story.session, log(1))
    assert watermarks.of_feeds(story.session) == {FEED: NOW}


def test_at_the_end_of_its_log_it_rises_with_the_time(story: Story) -> None:
    """It never goes back, and does not rise where anything is left to be read."""
    begin(story, 0)
    assert rise(story, 0, at=NOW) == NOW
    assert rise(story, 0, at=NOW - HOUR) == NOW
    assert rise(story, 1, at=NOW + HOUR) == NOW
    assert rise(story, 0, at=NOW + HOUR) == NOW + HOUR


def test_a_feed_is_as_far_as_its_slowest_partition(story: Story) -> None:
    """One that was never read, or has something to read, holds the feed back."""
    begin(story, 0)
    assert rise(story, 0, 0, at=NOW) is None
    begin(story, 1)
    assert rise(story, 0, 0, at=NOW) == NOW
    assert rise(story, 0, 5, at=NOW + HOUR) == NOW
    assert rise(story, 0, 0, 0, at=NOW + HOUR) is None


def test_a_topic_that_was_made_again_begins_anew(story: Story) -> None:
    """What its former life had is not what the agency has sent since."""
    begin(story, 0)
    assert rise(story, 0, at=NOW) == NOW
    assert rise(story, 0, at=NOW, life=OTHER_LIFE) is None
    begin(story, 0, life=OTHER_LIFE)
    assert rise(story, 0, at=NOW + HOUR, life=OTHER_LIFE) == NOW + HOUR


def test_what_may_be_lost_holds_it_back(story: Story) -> None:
    """A partition that is stopped for a possible loss is not applied, wherever it stands."""
    begin(story, 0, at=0)
    place = Place(FEED, LIFE, 0)
    positions.record_loss(story.session, place, (7, 9), NOW)
    assert rise(story, 0, at=NOW) is None


def test_a_partition_that_is_worked_on_is_not_waited_for(ledger_url: str) -> None:
    """A batch under way holds its position: the others rise, and it does when the batch is over."""
    with connect(ledger_url, name="one") as one, connect(ledger_url, name="two") as two:
        for partition in (0, 1):
            positions.begin(one, Place(FEED, LIFE, partition), 0, NOW)
        watermarks.know(one, log(0, 0))
        watermarks.rise(one, log(0, 0), NOW)
        with two.transaction():
            positions.lock(two, [Batch(Place(FEED, LIFE, 0), 0, (), 0)])
            watermarks.rise(one, log(0, 0), NOW + HOUR)
        marks = one.execute("SELECT watermark FROM position ORDER BY partition").fetchall()
        assert marks == [(NOW,), (NOW + HOUR,)]
        watermarks.rise(one, log(0, 0), NOW + HOUR)
        assert watermarks.of_feeds(one) == {FEED: NOW + HOUR}


def waits(story: Story, expected_of: str | None = "durham-police") -> None:
    """Let one duty be open that a reply is expected for, due at noon."""
    story.given(callout())
    story.session.execute("DELETE FROM duty WHERE kind <> 'risk_reviewed'")
    story.session.execute("UPDATE duty SET due_at = %s, expected_of = %s", (DUE, expected_of))
    story.session.execute("UPDATE position SET watermark = NULL")


def picked(story: Story, at: datetime, watch: Watch = WATCH) -> list[DutyFell]:
    """Return what the clock picks at an instant."""
    return list(fallen_duties(story.session, watch, at, 10))


def test_a_duty_of_nobody_else_falls_at_its_time(story: Story) -> None:
    """What no agency is to answer waits for no feed, and nor does what nobody can answer."""
    waits(story, expected_of=None)
    assert picked(story, DUE - timedelta(seconds=1)) == []
    assert [each.feed_late for each in picked(story, DUE)] == [False]
    story.session.execute("UPDATE duty SET expected_of = 'an-agency-that-is-gone'")
    assert [each.feed_late for each in picked(story, DUE)] == [False]


@pytest.mark.parametrize(
    ("reached", "now", "late"),
    [
        (DUE - timedelta(minutes=1), DUE, None),
        (DUE, DUE + timedelta(minutes=1), None),
        (DUE + timedelta(milliseconds=1), DUE + timedelta(minutes=1), False),
        (DUE - timedelta(minutes=10), DUE + timedelta(minutes=49), None),
        (DUE - timedelta(minutes=10), DUE + timedelta(minutes=50), True),
        (DUE - timedelta(hours=3), DUE, True),
        (DUE + timedelta(minutes=1), DUE + timedelta(days=3), False),
        (None, DUE, True),
    ],
)
def test_a_duty_waits_for_the_feed_that_would_answer(
    story: Story, reached: datetime | None, now: datetime, *, late: bool | None
) -> None:
    """It falls when the feed is past its time; late, after an hour of the feed being behind."""
    waits(story)
    begin(story, 0)
    watermarks.know(story.session, log(1))
    story.session.execute("UPDATE position SET watermark = %s WHERE topic = %s", (reached, FEED))
    assert [each.feed_late for each in picked(story, now)] == ([] if late is None else [late])


def test_a_moved_clock_moves_the_brokers_time_with_it(story: Story) -> None:
    """In a trial the watermarks, which go by the brokers' clocks, are seen as moved as far."""
    waits(story)
    begin(story, 0)
    watermarks.know(story.session, log(1))
    story.session.execute("UPDATE position SET watermark = %s WHERE topic = %s", (DUE, FEED))
    moved = Watch(RULES, HOUR, offset=timedelta(minutes=5))
    assert picked(story, DUE + timedelta(minutes=5)) == []
    assert len(picked(story, DUE + timedelta(minutes=5), moved)) == 1


def test_the_longest_overdue_come_first(story: Story) -> None:
    """With more than fit, the rest are for the next look."""
    story.given(callout(), callout(reference="DA-2"))
    found = fallen_duties(story.session, WATCH, NOW + timedelta(days=30), 3)
    dues = [
        story.rows("SELECT due_at FROM duty WHERE id = %s", each.duty_id)[0][0] for each in found
    ]
    assert len(dues) == 3
    assert dues == sorted(dues)
