"""What was asked under the one number and answered under the other is answered once merged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from merging.merges import differences, holds, merge, part
from world_builder import PARTNER, PERSON, allocated, assigned
from world_checks import SERVICE, asked, replied

from streams.ledger.verify import verify

if TYPE_CHECKING:
    from fixtures.ledger import Story


@pytest.fixture
def two(story: Story) -> Story:
    """Give a story with two people, of whom a check was asked about the first."""
    story.given(*SERVICE, allocated(PARTNER), assigned(PARTNER, "OFF02"), asked())
    return story


def awaited(story: Story) -> list[tuple[str, ...]]:
    """Return how the duties to reply stand."""
    return story.rows("SELECT state FROM duty WHERE expected_of = 'durham-mash' ORDER BY 1")


def test_a_reply_about_the_other_answers_after_a_merge(two: Story) -> None:
    """It comes by the number of who is gone, and closes what was asked about who is kept."""
    merge(two)
    two.when(replied(person=PARTNER))
    assert awaited(two) == [("satisfied",)]


def test_a_reply_that_had_come_answers_by_the_merge(two: Story) -> None:
    """It was about somebody of whom nothing was asked, until they were one with whom it was."""
    two.given(replied(person=PARTNER))
    assert awaited(two) == [("open",)]
    before = holds(two.session)
    merged = merge(two)
    assert awaited(two) == [("satisfied",)]
    assert part(two, merged).refused == ()
    assert awaited(two) == [("open",)]
    assert differences(before, holds(two.session)) == {}
    assert list(verify(two.session, lambda _: None)) == []


def test_what_was_answered_meanwhile_is_awaited_again(two: Story) -> None:
    """The reply was about the other, so that whoever asked still waits for theirs."""
    merged = merge(two)
    two.given(replied(person=PARTNER))
    part(two, merged)
    assert awaited(two) == [("open",)]
    two.when(replied(person=PERSON, outcome="known"))
    assert awaited(two) == [("satisfied",)]
