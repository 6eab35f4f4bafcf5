"""An outage of a feed is told to operations, once, and again when it is another one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from world_builder import NOW
from world_run import RULES

from streams.ledger.late_feeds import tell_of_late_feeds
from streams.ledger.picking import Watch

if TYPE_CHECKING:
    from fixtures.ledger import Story

FEED: Final = "feed.durham-police"
HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)
WATCH: Final = Watch(RULES, HOUR)


def test_an_outage_is_told_once(story: Story) -> None:
    """Not before it has lasted an hour, and not again for as long as it lasts."""
    story.engine.now = NOW
    story.engine.quiet()
    story.given()
    assert tell_of_late_feeds(story.session, WATCH, NOW + HOUR - MINUTE) == []
    told = tell_of_late_feeds(story.session, WATCH, NOW + HOUR)
    assert FEED in told
    assert tell_of_late_feeds(story.session, WATCH, NOW + 9 * HOUR) == []
    assert story.came_out() == sorted(f"alarm: feed_late on {feed} to operations" for feed in told)


def test_the_next_outage_is_told_anew(story: Story) -> None:
    """A feed that went on and stood still again has another outage."""
    story.engine.now = NOW
    story.engine.quiet()
    first = tell_of_late_feeds(story.session, WATCH, NOW + HOUR)
    story.engine.advance(2 * HOUR)
    story.engine.quiet()
    assert tell_of_late_feeds(story.session, WATCH, NOW + 2 * HOUR) == []
    assert tell_of_late_feeds(story.session, WATCH, NOW + 3 * HOUR) == first


def test_a_feed_that_is_not_read_is_no_outage(story: Story) -> None:
    """Nobody waits for what was never connected; a moved clock moves the watermarks with it."""
    assert tell_of_late_feeds(story.session, WATCH, NOW + 9 * HOUR) == []
    story.engine.now = NOW
    story.engine.quiet()
    moved = Watch(RULES, HOUR, offset=2 * HOUR)
    assert tell_of_late_feeds(story.session, moved, NOW + 2 * HOUR) == []
