"""What the model believes of the ledger about a likeness, and what it does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from chaos.reading import decoded
from simulation.simulated import REGISTER
from world_builder import NOW, PARTNER, PERSON, STRANGER, allocated, arrested
from world_model_found import of_register
from world_model_values import Heard

if TYPE_CHECKING:
    from world_said import Said

NAMESAKE = replace(PERSON, number=204_915, born_on=date(1991, 9, 27))
NEAR = replace(PARTNER, number=PERSON.number + 1, born_on=date(1991, 6, 15))


def heard(said: Said, ended: str | None = None) -> Heard:
    """Return what is said as the model hears it, with how the ledger ended it."""
    return Heard(said.key[0], *decoded(said.value), NOW, NOW, ended=ended)


def ends(reference: dict[str, Any], ended: str) -> str:
    """Return how an arrest must end, by the model, that the ledger has ended like this."""
    world = of_register(REGISTER)
    world.hear(heard(allocated(PERSON)))
    return world.hear(heard(arrested().but(person=reference), ended)).outcome


@pytest.mark.parametrize("ended", ["held", "recorded"])
def test_a_likeness_that_is_not_weighed_ends_as_it_was_found(ended: str) -> None:
    """Two numbers and a birth of their own speak against a name; two slips speak for a stranger."""
    near = {**NEAR.reference("crn"), "name": {**NEAR.reference()["name"]}}
    near["name"]["given_name"] = PERSON.given_name
    assert ends(NAMESAKE.reference("pnc", "crn"), ended) == ended
    assert ends(near, ended) == ended


@pytest.mark.parametrize("ended", ["held", "recorded"])
def test_anything_else_ends_as_the_model_says(ended: str) -> None:
    """A namesake is asked about, and a stranger is not, whatever the ledger has done."""
    assert ends(NAMESAKE.reference(), ended) == "held"
    assert ends(NAMESAKE.reference("pnc"), ended) == "held"
    assert ends(STRANGER.reference("pnc", "crn"), ended) == "recorded"
    assert ends(PERSON.reference("crn"), ended) == "routed"


def test_what_came_to_another_end_is_not_believed() -> None:
    """A likeness is held or nobody's; where it was told to somebody, the model says it is held."""
    assert ends(NAMESAKE.reference("pnc", "crn"), "routed") == "held"
