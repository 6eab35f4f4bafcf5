"""Made-up traffic, some thousands of events, ends as the independent model of the world says."""

from collections import Counter
from typing import Final

import pytest
from simulation.pure import Simulation
from simulation.simulated import against, simulate
from simulation.traffic import Traffic
from world_model_found import Difference
from world_run import RULES

from streams.ledger.connection import Session

EVENTS: Final = 700
SEEDS: Final = (2, 3, 4, 5, 6, 7, 29, 43, 80, 141, 180)
SHOWN_MAX: Final = 10


@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=pytest.mark.slow) for n in SEEDS)])
def test_everybody_is_told_as_the_model_says(seed: int) -> None:
    """Each record ends where it must, about whom it must, with everybody told once and in time."""
    simulation = Simulation(RULES)
    found = simulation.play(Traffic(seed).events(EVENTS))
    assert not found, in_words(found)
    ended = Counter(outcome.disposition for outcome in simulation.outcomes)
    assert ended.keys() == {"routed", "recorded", "held", "quarantined"}, ended


@pytest.mark.slow
def test_the_ledger_tells_everybody_as_the_model_says(empty_ledger: Session) -> None:
    """The same through the embedded engine and a ledger, as it stands there afterwards."""
    with empty_ledger.transaction(force_rollback=True):
        published = simulate(empty_ledger, RULES, Traffic(seed=7).events(EVENTS))
        found = against(empty_ledger, published)
    assert not found, in_words(found)


def in_words(found: list[Difference]) -> str:
    """Show the first differences, and how many there are."""
    return "\n".join((f"{len(found)} differences", *map(str, found[:SHOWN_MAX])))
