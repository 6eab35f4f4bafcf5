"""Made-up traffic, some thousands of events, ends as the independent model of the world says.

What to run each night, with seeds that nobody has played yet (each takes some seconds):
`SWITCHBOARD_SEEDS=200 SWITCHBOARD_SEEDS_FROM=$(date +%y%j)000 ./run test -m slow tests/simulation`.
A difference names its seed. Every one so far that was the rules' was a real defect.
"""

import os
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
SEEDS: Final = (2, 3, 4, 5, 6, 7, 21, 29, 43, 80, 141, 180, 219)
"""Seeds that have shown a mistake, of the rules or of the model."""
MORE: Final = int(os.environ.get("SWITCHBOARD_SEEDS", "10"))
MORE_FROM: Final = int(os.environ.get("SWITCHBOARD_SEEDS_FROM", "501"))
SHOWN_MAX: Final = 10


@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=pytest.mark.slow) for n in SEEDS)])
def test_everybody_is_told_as_the_model_says(seed: int) -> None:
    """Each record ends where it must, about whom it must, with everybody told once and in time."""
    play(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(MORE_FROM, MORE_FROM + MORE))
def test_everybody_is_told_as_the_model_says_of_other_seeds(seed: int) -> None:
    """The same of as many other seeds as are asked for."""
    play(seed)


@pytest.mark.slow
def test_the_ledger_tells_everybody_as_the_model_says(empty_ledger: Session) -> None:
    """The same through the embedded engine and a ledger, as it stands there afterwards."""
    with empty_ledger.transaction(force_rollback=True):
        published = simulate(empty_ledger, RULES, Traffic(seed=7).events(EVENTS))
        found = against(empty_ledger, published)
    assert not found, in_words(found)


def play(seed: int) -> None:
    """Play one seed; nothing is otherwise than the model says, and every way to end is there."""
    simulation = Simulation(RULES)
    found = simulation.play(Traffic(seed).events(EVENTS))
    assert not found, f"seed {seed}: {in_words(found)}"
    ended = Counter(outcome.disposition for outcome in simulation.outcomes)
    assert ended.keys() == {"routed", "recorded", "held", "quarantined"}, ended


def in_words(found: list[Difference]) -> str:
    """Show the first differences, and how many there are."""
    return "\n".join((f"{len(found)} differences", *map(str, found[:SHOWN_MAX])))
