"""What was sealed, and opened for a human who says that it is nobody's, is erased as well."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from deciding import number_of, rejects
from fixtures.ledger import Story
from replays import assert_replays_exactly
from sealing.planted import dump
from sealing.stored import DAY, a_clock, becomes_known, kept, turn_on
from world_builder import HEARD_AT, NOW, STRANGER, a_county, callout

from streams.engines.embedded import EmbeddedEngine

if TYPE_CHECKING:
    from fixtures.new_ledgers import NewLedger

HOUR: Final = timedelta(hours=1)


def test_it_is_erased_and_replayed(new_ledger: NewLedger) -> None:
    """Its review is opened by the act again, though neither the key nor the content is there."""
    first, again = new_ledger(), new_ledger()
    turn_on(first)
    story = Story(EmbeddedEngine(first, NOW))
    story.when(*a_county(), at=HEARD_AT)
    maybe = callout(STRANGER, "DA-M", summary="Seen at Quillane.", grade="high")
    maybe = maybe.but(person=STRANGER.reference())
    story.when(maybe)
    story.when(*becomes_known(NOW + DAY))
    a_clock(first, NOW + DAY + HOUR).tick()
    assert [row[0] for row in kept(story)] == ["held"]
    assert b"Quillane" in dump(story)
    rejects(story, number_of(story, maybe), at=NOW + 2 * DAY)
    a_clock(first, NOW + 31 * DAY).tick()
    assert story.rows("SELECT seq FROM erased") == [(number_of(story, maybe),)]
    assert b"Quillane" not in dump(story)

    again.rules = first.rules
    assert_replays_exactly(first, again)
