"""A replay of events, merges, un-merges and decisions in one order gives the same ledger again."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final

import pytest
from fixtures.ledger import Story
from merging.generated import History, opening
from merging.invariants import faults
from world_builder import HEARD_AT, NOW, a_county

from streams.engines.embedded import EmbeddedEngine
from streams.ledger.comparing import differences
from streams.ledger.replaying import replay

if TYPE_CHECKING:
    from fixtures.new_ledgers import NewLedger

HEADS: Final = "SELECT chain, length, hash FROM audit_head ORDER BY chain"
STEPS: Final = 30


@pytest.mark.parametrize(
    "seed", [1, *(pytest.param(each, marks=pytest.mark.slow) for each in range(2, 12))]
)
def test_a_history_is_replayed(new_ledger: NewLedger, seed: int) -> None:
    """Whatever was merged, parted and decided comes out the same, down to each chain's end."""
    first, again = new_ledger(), new_ledger()
    story = Story(EmbeddedEngine(first, NOW))
    story.when(*a_county(), at=HEARD_AT)
    story.when(*opening())
    history = History(story, random.Random(seed))  # noqa: S311 - seeded, and no secret
    history.play(STEPS)
    with first.session.transaction():
        assert faults(story, history.at) == [], f"seed {seed}: {history.log}"
    kinds = {row[0] for row in story.rows("SELECT DISTINCT kind FROM act")}
    assert kinds >= {"people_merged"}

    replay(first.session, again)

    assert differences(first.session, again.session) == []
    assert first.session.execute(HEADS).fetchall() == again.session.execute(HEADS).fetchall()
