"""What an agency takes back while it is held is held no longer, and waits for nobody."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Final

import pytest
from deciding import held_callout, number_of, review_of
from fixtures.ledger import Story
from following import passes
from replays import assert_replays_exactly
from world_builder import HEARD_AT, NOW, STRANGER, Said, a_county

from streams.domain.reviews import ReviewState
from streams.engines.embedded import EmbeddedEngine
from streams.ledger.queries_reviews import review_story, waiting_counts
from streams.pipeline.undo import CORRECTED, RETRACTED

if TYPE_CHECKING:
    from fixtures.new_ledgers import NewLedger

DAY: Final = timedelta(days=1)


def end_of(story: Story, said: Said) -> tuple[str, str]:
    """Return how an event has ended, and why."""
    ((disposition, because),) = story.rows(
        "SELECT disposition, because FROM event WHERE seq = %s", number_of(story, said)
    )
    return disposition, because


@pytest.mark.parametrize("in_one_batch", [True, False])
def test_a_retracted_event_is_held_no_longer(story: Story, *, in_one_batch: bool) -> None:
    """It ends recorded, in words; its review is closed and its desk's notice withdrawn."""
    said = held_callout()
    for batch in ([said, said.retracted()],) if in_one_batch else ([said], [said.retracted()]):
        story.when(*batch)
    assert end_of(story, said) == ("recorded", RETRACTED)
    assert review_of(story, number_of(story, said)).state is ReviewState.TAKEN_BACK
    assert [notice.state.value for notice in story.notices] == ["withdrawn"]
    assert story.rows("SELECT FROM event WHERE disposition = 'held'") == []


def test_a_retraction_about_nobody_ends_it_too(story: Story) -> None:
    """Whoever takes back what was held need not name the same person again."""
    said = held_callout()
    story.when(said)
    story.when(said.retracted(person=STRANGER.reference("pnc")))
    assert end_of(story, said) == ("recorded", RETRACTED)


def test_a_corrected_event_is_held_no_longer(story: Story) -> None:
    """Its correction is held instead, with a review of its own."""
    said = held_callout()
    again = said.corrected(grade="high")
    story.when(said)
    story.when(again)
    assert end_of(story, said) == ("recorded", CORRECTED)
    assert end_of(story, again)[0] == "held"


def test_nothing_waits_or_rings_for_what_was_taken_back(story: Story) -> None:
    """No clock looks at it again, and nobody is counted as waiting."""
    said = held_callout(grade="high")
    story.when(said)
    story.when(said.retracted())
    story.given()
    for days in range(1, 5):
        passes(story, NOW + days * DAY)
    assert story.came_out() == []
    assert waiting_counts(story.session, NOW + DAY)["count"] == 0
    told = review_story(story.session, number_of(story, said))
    assert told is not None
    assert (told["state"], told["rings_at"]) == ("taken_back", None)


def test_older_ledgers_are_mended(story: Story) -> None:
    """The migration says of what was held for ever what is said of it now, word for word."""
    one, other, third = (held_callout(reference=f"DA-{n}") for n in range(3))
    story.when(one, other, third)
    story.when(one.retracted(), other.corrected(grade="high"))
    ends = "SELECT seq, disposition, because FROM event ORDER BY seq"
    now = story.rows(ends)
    held = "UPDATE event SET disposition = 'held', because = 'it waits' WHERE seq = ANY(%s)"
    story.session.execute(held, ([number_of(story, each) for each in (one, other)],))
    assert story.rows(ends) != now
    migration = import_module("streams.ledger.migrations.versions.0013_held_no_longer")
    story.session.execute(migration.STATEMENT)
    assert story.rows(ends) == now


def test_it_is_verified_and_replayed(new_ledger: NewLedger) -> None:
    """The audit says that it was held when it came; a retraction that kept no content ends it."""
    first, again = new_ledger(), new_ledger()
    story = Story(EmbeddedEngine(first, NOW))
    story.when(*a_county(), at=HEARD_AT)
    one, other, third = (held_callout(reference=f"DA-{n}") for n in range(3))
    story.when(one, other, third)
    story.when(one.retracted(), other.retracted(person=STRANGER.reference("pnc")))
    story.when(third.corrected(grade="high"))
    without = "SELECT count(*) FROM event WHERE retracts <> '' AND payload IS NULL"
    assert story.rows(without) == [(2,)]

    assert_replays_exactly(first, again)
