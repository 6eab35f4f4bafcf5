"""Findings 1 to 4, 6 and 10: each alone on the embedded engine, and who has what in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from following import passes
from open_items import faults
from stories.findings import FINDINGS, Finding, cases, expected_of, held_in, staff, steps_of
from world_builder import NOW

if TYPE_CHECKING:
    from fixtures.ledger import Story


@pytest.mark.parametrize("finding", FINDINGS, ids=lambda each: f"finding {each.number}")
def test_whoever_had_to_know_is_told(empty_story: Story, finding: Finding) -> None:
    """Each notice has the recipient it must, none is missing, and nothing else came of it."""
    empty_story.given(*staff(NOW), *cases(NOW), at=NOW)
    for step in steps_of((finding,), NOW):
        empty_story.when(*step, at=NOW)
        passes(empty_story, NOW)
    assert held_in(empty_story.session) == expected_of((finding,))
    assert faults(empty_story.session, NOW) == []


def test_all_of_them_at_once_end_alike(empty_story: Story) -> None:
    """Played together, none is in another's way."""
    empty_story.given(*staff(NOW), *cases(NOW), at=NOW)
    for step in steps_of(FINDINGS, NOW):
        empty_story.when(*step, at=NOW)
        passes(empty_story, NOW)
    assert held_in(empty_story.session) == expected_of(FINDINGS)
    assert faults(empty_story.session, NOW) == []
