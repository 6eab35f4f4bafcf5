"""Only what is said of a suspect who is no child may be sealed, and only under an agreement."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from msgspec import structs
from world_builder import NOW, STRANGER, allocated, arrested, callout, no_further_action
from world_run import RULES

from streams.domain.sealing import may_be_sealed
from streams.pipeline import prepare

if TYPE_CHECKING:
    from world_builder import Said


def may(said: Said, *, seals: bool = True) -> bool:
    """Answer for an event of an agency that has the sealed store on, or off."""
    found = prepare(said.raw(), said.feed, RULES)
    assert found.opened is not None
    assert found.looked is not None
    agency = replace(found.opened.agency, seals_suspects=seals)
    return may_be_sealed(structs.replace(found.opened, agency=agency), found.looked)


def born(on: date | None) -> dict[str, object]:
    """Return the stranger with another birth date."""
    return {**STRANGER.reference("pnc"), "born_on": on}


SAID_SUSPECT = {"subject_category": "suspect"}


@pytest.mark.parametrize(
    "said",
    [callout(STRANGER), callout(STRANGER, **SAID_SUSPECT), arrested(STRANGER, **SAID_SUSPECT)],
)
def test_a_suspect_may_be_sealed(said: Said) -> None:
    """It is enough that the role or the category says so, where neither says otherwise."""
    assert may(said)


@pytest.mark.parametrize("said", [callout(STRANGER), arrested(STRANGER, **SAID_SUSPECT)])
def test_without_an_agreement_nothing_is_sealed(said: Said) -> None:
    """The store is off for an agency unless the register turns it on."""
    assert not may(said, seals=False)
    assert not any(agency.seals_suspects for agency in RULES.register.agencies.values())


@pytest.mark.parametrize("role", ["victim", "witness", "both", "unclear"])
@pytest.mark.parametrize("category", [None, "suspect"])
def test_whoever_is_also_something_else_is_not_sealed(role: str, category: str | None) -> None:
    """A victim, a witness, or a part that is not clear is never sealed, whatever else is said."""
    assert not may(callout(STRANGER, role=role, subject_category=category))


@pytest.mark.parametrize(
    "category", [None, "convicted", "victim", "witness", "child", "third_party"]
)
def test_an_event_that_does_not_say_suspect_is_not_sealed(category: str | None) -> None:
    """An arrest that says nothing of the person's part is not taken for one that does."""
    assert not may(arrested(STRANGER, subject_category=category))
    if category is not None:
        assert not may(callout(STRANGER, subject_category=category))


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(NOW.year - 18, NOW.month, NOW.day), True),
        (date(NOW.year - 18, NOW.month, NOW.day + 1), False),
        (date(NOW.year - 12, 1, 1), False),
        (date(1900, 1, 1), False),
        (None, False),
    ],
)
def test_a_child_is_never_sealed(on: date | None, expected: bool) -> None:
    """Who is not shown to be eighteen on that day may be a child."""
    assert may(callout(STRANGER).but(person=born(on))) is expected


def test_neither_retractions_nor_cases_are_sealed() -> None:
    """What takes something back says nothing worth keeping; case management knows its people."""
    assert not may(callout(STRANGER).retracted())
    assert not may(allocated(STRANGER))


def test_the_end_of_a_suspicion_is_not_sealed() -> None:
    """Whatever category its publisher gives: the person is no suspect by what it says."""
    assert not may(no_further_action(STRANGER, arrest_reference="AR-1", **SAID_SUSPECT))
