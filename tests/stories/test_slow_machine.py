"""A machine that is starved takes a batch in smaller parts; nothing is lost or doubled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from stories.applied import feed_of
from stories.poison import POLICE
from world_builder import NOW, callout

from streams.ledger.connection import WorldDown
from streams.ledger.transaction import Applied, Ledger

if TYPE_CHECKING:
    from datetime import datetime

    from fixtures.ledger import Story

    from streams.domain.log import Batch

MOST = 2
"""How many records the starved ledger takes in one transaction."""


class StarvedLedger(Ledger):
    """A ledger whose transactions are ended for taking too long, but for small ones."""

    sqlstate = "25P03"

    def apply(self, batch: Batch, raised_at: datetime, **given: Any) -> Applied:  # noqa: ANN401 - as its base
        """Apply a small batch; end a larger one as PostgreSQL would."""
        if len(batch.records) > MOST:
            raise WorldDown("ended for being idle in a transaction", self.sqlstate)
        return super().apply(batch, raised_at, **given)


class StuckLedger(Ledger):
    """A ledger whose every transaction is ended for taking too long."""

    def apply(self, _batch: Batch, _raised_at: datetime, **_given: Any) -> Applied:  # noqa: ANN401 - as its base
        """End it as PostgreSQL would."""
        raise WorldDown("ended for being idle in a transaction", "25P03")


def starved(story: Story) -> StarvedLedger:
    """Return a starved ledger on the session of a story."""
    ledger = story.engine.ledger
    return StarvedLedger(ledger.session, ledger.rules, ledger.secret)


def no_other() -> Ledger:
    """Give no other session, so that the story's own stays open."""
    raise WorldDown("no other session is to be had")


@pytest.mark.parametrize("sqlstate", ["25P03", "25P04", "57P01"])
def test_batch_is_halved_until_it_fits(
    story: Story, monkeypatch: pytest.MonkeyPatch, sqlstate: str
) -> None:
    """Every event of a batch that was too slow is applied once, in its order, whoever ended it."""
    monkeypatch.setattr(StarvedLedger, "sqlstate", sqlstate)
    feed = feed_of(story, POLICE)
    feed.applier.ledger = starved(story)
    feed.applier.reconnect = no_other
    said = [callout(reference=f"DA/{n}") for n in range(5)]
    applied = feed.send(*said)
    assert [each.seq is not None for each in applied.ended] == [True] * 5
    assert [each.prepared.raw.offset for each in applied.ended] == [0, 1, 2, 3, 4]
    assert applied.next_offset == 5
    assert story.outcomes[-5:] == [("police.domestic_abuse_callout", "routed")] * 5


def test_one_record_that_is_too_slow_is_the_world(story: Story) -> None:
    """A single record that takes too long is tried again, and then the worker gives up."""
    feed = feed_of(story, POLICE)

    ledger = story.engine.ledger
    stuck = StuckLedger(ledger.session, ledger.rules, ledger.secret)
    feed.applier.ledger = stuck
    feed.applier.reconnect = no_other
    with pytest.raises(WorldDown):
        feed.send(callout(at=NOW))
