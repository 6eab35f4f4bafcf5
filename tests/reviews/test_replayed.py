"""A replay of events and of decisions about them gives the same ledger again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from deciding import (
    by_name_only,
    held_callout,
    joins,
    number_of,
    overrides,
    person_of,
    rejects,
    teaching,
)
from fixtures.ledger import Story
from following import answers, passes
from world_builder import HEARD_AT, NOW, PARTNER, a_county, allocated, assigned, callout

from streams.domain.notices import Move
from streams.engines.embedded import EmbeddedEngine
from streams.ledger.comparing import differences
from streams.ledger.replaying import replay
from streams.ledger.verify import verify

if TYPE_CHECKING:
    from fixtures.new_ledgers import NewLedger

HOUR: Final = timedelta(hours=1)


def decide_everything(story: Story) -> None:
    """Let every kind of decision be taken, refused, overridden, and met by what agencies send."""
    story.when(*a_county(), allocated(PARTNER, team="ALD"), assigned(PARTNER, "OFF02"), at=HEARD_AT)
    joined, rejected, left = (
        held_callout(reference=reference, grade="high") for reference in ("DA-1", "DA-2", "DA-3")
    )
    taken_back, bound, sure = held_callout(reference="DA-4"), by_name_only(), callout(PARTNER)
    story.when(joined, rejected, left, taken_back, bound, sure)
    answers(story, story.notices[0], Move.ACKNOWLEDGE, "DESK01", at=NOW + HOUR)
    joins(story, number_of(story, joined), person_of(story), at=NOW + HOUR)
    rejects(story, number_of(story, rejected), at=NOW + HOUR)
    joins(story, number_of(story, rejected), person_of(story), "MGR01", at=NOW + HOUR)
    overrides(story, number_of(story, joined), person_of(story, PARTNER), at=NOW + HOUR)
    named = {"instead_of": "DESK01", "at": NOW + HOUR}
    overrides(story, number_of(story, joined), person_of(story, PARTNER), **named)
    overrides(story, number_of(story, sure), person_of(story), at=NOW + HOUR)
    overrides(story, number_of(story, sure), None, at=NOW + 2 * HOUR)
    story.when(taken_back.retracted(), at=NOW + 2 * HOUR)
    story.when(teaching())
    for hours in (1, 2, 3, 8, 24):
        passes(story, NOW + hours * HOUR)
    story.when(joined.retracted(), at=NOW + 25 * HOUR)


def test_decisions_are_replayed(new_ledger: NewLedger) -> None:
    """Events, decisions, what the clock bound and whom it rang come out the same, row by row."""
    first, again = new_ledger(), new_ledger()
    story = Story(EmbeddedEngine(first, NOW))
    decide_everything(story)
    kinds = {row[0] for row in story.rows("SELECT DISTINCT kind FROM act")}
    assert kinds >= {"event_joined", "event_rejected", "event_overridden", "event_bound"}
    states = {row[0] for row in story.rows("SELECT DISTINCT state FROM review")}
    assert states == {"waiting", "rejected", "overridden", "bound", "taken_back"}
    with first.session.transaction():
        assert list(verify(first.session, lambda _: None)) == []

    replay(first.session, again)

    assert differences(first.session, again.session) == []
    heads = "SELECT chain, length, hash FROM audit_head ORDER BY chain"
    assert first.session.execute(heads).fetchall() == again.session.execute(heads).fetchall()
