"""A decision and what agencies send at the same moment come one after the other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from deciding import RANG, ended, held_callout, number_of, person_of, review_of
from fixtures.ledger import LIMITS, SECRET, story_in
from world_builder import HEARD_AT, NOW, a_county
from world_run import RULES

from streams.domain.identity_acts import EventJoined
from streams.domain.reviews import ReviewState
from streams.ledger.acting import DESK_CHAIN, Acted, Actor
from streams.ledger.connection import connect
from streams.ledger.verify import verify
from streams.pipeline.decision_refusals import UNDONE

if TYPE_CHECKING:
    from concurrent.futures import Future


@pytest.mark.parametrize("meets_at", ["loaded", "decided", "follow_up"])
def test_a_decision_waits_for_a_retraction_under_way(ledger_url: str, meets_at: str) -> None:
    """Whoever decides while the event is being taken back is told so: nobody hears of it late."""
    with (
        connect(ledger_url, name="worker", limits=LIMITS) as one,
        connect(ledger_url, name="desk", limits=LIMITS) as other,
        ThreadPoolExecutor(1) as pool,
    ):
        story, said = story_in(one), held_callout()
        story.when(*a_county(), at=HEARD_AT)
        story.when(said)
        seq, person_id = number_of(story, said), person_of(story)
        deciding: list[Future[Acted]] = []

        def decide() -> Acted:
            """Join the event, in another session."""
            actor = Actor(other, RULES, DESK_CHAIN, secret=SECRET)
            return actor.act([EventJoined(seq, person_id, "DESK01", RANG)], NOW)

        def step(name: str) -> None:
            """Let the desk begin in the middle of the worker's transaction."""
            if name == meets_at and not deciding:
                deciding.append(pool.submit(decide))

        story.with_step(step)
        story.when(said.retracted())
        assert deciding[0].result(timeout=30).refused == (UNDONE,)
        assert ended(story, seq) == ("recorded", None)
        assert review_of(story, seq).state is ReviewState.TAKEN_BACK
        with one.transaction():
            assert list(verify(one, lambda _: None)) == []
