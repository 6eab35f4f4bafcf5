"""The model of the world sees what is wrong: each rule that is wrong in one way is caught by it."""

from typing import Any, Final

import pytest
from simulation.mutants_services import MUTANTS
from simulation.pure import Simulation
from simulation.traffic import Traffic
from world_run import rules

EVENTS: Final = 500
SEEDS: Final = (11, 12, 13, 14, 15, 17, 20, 22)
"""More traffic is drawn until a mutant is caught; the rules as they are must pass all of it."""


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_a_wrong_rule_is_caught(monkeypatch: pytest.MonkeyPatch, mutant: Any) -> None:  # noqa: ANN401 - a mutant
    """Some traffic ends otherwise than the model says, which is said in words."""
    wrong = mutant(monkeypatch)
    runs = (Simulation(wrong).play(Traffic(seed).events(EVENTS)) for seed in SEEDS)
    found = next(filter(None, runs), None)
    assert found, mutant.__doc__
    assert all(str(each).count("; found ") == 1 for each in found)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_the_rules_as_they_are_pass(seed: int) -> None:
    """The same traffic ends as the model says where nothing is wrong."""
    assert Simulation(rules()).play(Traffic(seed).events(EVENTS)) == []
