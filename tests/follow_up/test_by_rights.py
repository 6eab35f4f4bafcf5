"""Whoever comes and goes, each open notice is with whose it is by rights, as the model says."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest
from deciding import held_callout
from follow_up.busy_day import BusyDay
from follow_up.by_rights import Rights
from follow_up.test_races import publish, settle_down
from open_items import faults
from world_builder import LONG_AGO, NOW

from streams.engines.embedded import EmbeddedEngine

if TYPE_CHECKING:
    from fixtures.new_ledgers import NewLedger

STEPS: Final = 25
"""So few that nothing waits for long: most of it has not climbed."""
SEEDS: Final = range(12)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_each_notice_is_with_whose_it_is(new_ledger: NewLedger, seed: int) -> None:
    """After each look of the clock nothing is with a stand-in for somebody who is there."""
    ledger, day, rights = new_ledger(), BusyDay(seed), Rights()
    engine, at = EmbeddedEngine(ledger, LONG_AGO), NOW
    opening = [*day.opening()]
    publish(engine, opening, LONG_AGO)
    rights.hear(opening, LONG_AGO)
    for _ in range(STEPS):
        at += timedelta(minutes=day.rng.choice((1, 3, 5)))
        said = [day.said(at)]
        if day.rng.random() < 0.3:
            said.append(held_callout(day.rng.choice(day.people), reference=f"H-{at}"))
        publish(engine, said, at)
        rights.hear(said, at)
        settle_down(ledger.session, at)
        assert rights.wrong(ledger.session, at) == []
        assert faults(ledger.session, at) == []
