"""A namesake with a case reference number of their own is another person."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from world_builder import PERSON, STRANGER, allocated, assigned, callout

if TYPE_CHECKING:
    from fixtures.ledger import Story

NAMESAKE = replace(
    STRANGER,
    given_name="Rowan",
    family_name=PERSON.family_name,
    born_on=PERSON.born_on,
)
"""Somebody with the person's surname and birth date and with identifiers of their own."""


def test_namesake_with_a_number_of_their_own_begins(story: Story) -> None:
    """Their allocation creates them, and their officer is told of what is theirs."""
    story.given(allocated(NAMESAKE), assigned(NAMESAKE, "OFF02"))
    story.when(callout(NAMESAKE))
    assert story.notice("domestic_abuse_callout_suspect").recipient.officer == "OFF02"
    kept = story.rows("SELECT outcome, reason, array_length(candidates, 1) FROM identity_decision")
    assert kept[-1] == ("created", "name_and_birth_date_only", 1)


@pytest.mark.parametrize("kinds", [("pnc",), ()])
def test_namesake_without_a_number_is_held(story: Story, kinds: tuple[str, ...]) -> None:
    """Without a case reference number, an allocation of a namesake waits for somebody to look."""
    (ended,) = story.when(allocated(NAMESAKE).but(person=NAMESAKE.reference(*kinds)))
    assert ended.disposition == "held"


def test_name_alone_is_then_held_for_both(story: Story) -> None:
    """An event with nothing but the shared surname and birth date has two candidates."""
    story.given(allocated(NAMESAKE), assigned(NAMESAKE, "OFF02"))
    story.when(callout(NAMESAKE).but(person=NAMESAKE.reference()))
    assert story.notice("identity_held").facts["candidates"] == 2
