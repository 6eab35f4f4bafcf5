"""What the stories of flow 13 have in common: a desk that assigns, and who is told what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from world_builder import OTHER_TEAM, an_officer, holds
from world_checks import newly_allocated

if TYPE_CHECKING:
    from fixtures.ledger import Story

    from streams.domain.notices import Notice

NEW_TEAM: Final = newly_allocated(team=OTHER_TEAM)
"""An allocation that is none of an officer: the provider must assign anew."""
ALLOCATED: Final = ["duty officer_assigned of DESK02: open", "raised: case_allocated to DESK02"]
TO_ASK: Final = ["duty safeguarding_check_asked of OFF02: open"] * 2
TOLD: Final = "raised: case_assigned to OFF02"
COPY: Final = "raised: checks_never_asked to MGR01"
ASSIGNED: Final = [*TO_ASK, TOLD, COPY]
GONE: Final = "raised: case_handed_over to OFF01"
"""What the officer who had the person reads, once, of what was handed over."""
DESK: Final = (an_officer("DESK02", None, grade="desk"), holds("allocation_desk", "DESK02"))


def assignment(story: Story) -> Notice:
    """Return the only notice of an assignment."""
    return story.notice("case_assigned")
