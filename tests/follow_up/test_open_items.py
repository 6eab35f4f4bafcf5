"""The check itself finds what it is for, so that a day without faults means something."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from open_items import faults
from world_builder import NOW, PERSON, absent, callout, left, restricted

if TYPE_CHECKING:
    from fixtures.ledger import Story

DAY = timedelta(days=1)


def words(story: Story) -> set[str]:
    """Return what is said of the owners, without the ids."""
    return {fault.rpartition(": ")[2] for fault in faults(story.session, NOW)}


def test_an_owner_who_is_there_is_no_fault(story: Story) -> None:
    """Nothing is found where everything is as it should be, or will change only tomorrow."""
    story.given(callout(), absent(starts_at=NOW + DAY), left("MGR01", left_at=NOW + DAY))
    assert faults(story.session, NOW) == []


def test_each_sort_of_fault_is_found(story: Story) -> None:
    """Away, gone, not on the list and kept out are found of notices and of duties."""
    story.given(callout())
    assert faults(story.session, NOW) == []
    story.given(absent(starts_at=NOW))
    assert words(story) == {"is away"}
    assert len(faults(story.session, NOW)) == 1 + len(story.rows("SELECT id FROM duty"))
    story.given(left("OFF01", left_at=NOW))
    assert words(story) == {"has left"}


def test_who_may_not_see_a_case_is_found(story: Story) -> None:
    """Though the owner is there; the lead may see what is restricted."""
    story.given(callout(), restricted(PERSON, "OFF01"))
    story.session.execute("UPDATE notice SET recipient = 'MGR01'")
    assert "may not see the restricted case" in words(story)
    assert any("names two owners" in fault for fault in faults(story.session, NOW))
    story.given(restricted(restricted=False, excluded_officers=["OFF02"]))
    story.session.execute("UPDATE duty SET owner = 'OFF02'")
    assert "is kept out of the case" in words(story)
