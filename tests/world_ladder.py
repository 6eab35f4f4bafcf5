"""Staff with every rung of the ladder, and who of them is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from world_builder import (
    NOW,
    NPS,
    OTHER_TEAM,
    Said,
    a_team,
    allocated,
    an_officer,
    assigned,
    holds,
)
from world_folds import directory, folded

from streams.domain.instructions import Addressee
from streams.stages.assign import assign

if TYPE_CHECKING:
    from streams.domain.passage import Assigned

STAFF = (
    a_team(),
    a_team(OTHER_TEAM, manager="MGR02"),
    an_officer("OFF01"),
    an_officer("OFF02", team=OTHER_TEAM),
    an_officer("MGR01"),
    an_officer("MGR02", team=OTHER_TEAM),
    an_officer("DESK01", team=None, grade="desk"),
    an_officer("DESK02", team=None, grade="desk"),
    an_officer("LEAD01", team=None),
    an_officer("ENF01", team=None, provider=NPS),
    holds("duty_desk", "DESK01"),
    holds("allocation_desk", "DESK02"),
    holds("restricted_access_lead", "LEAD01"),
    holds("duty_desk", "ENF01", NPS),
)
HELD = (allocated(), assigned())


def reached(
    *changes: Said, of: tuple[Said, ...] = HELD, to: Addressee = Addressee.RESPONSIBLE_OFFICER
) -> tuple[str, str]:
    """Return who is told and as what they were reached, after these changes of staff."""
    found = assign(folded(*of), directory(*STAFF, *changes), to, NOW)
    assert found is not None
    return (found.recipient.officer, found.recipient.reached_as)


def passed(
    *changes: Said, of: tuple[Said, ...] = HELD, to: Addressee = Addressee.RESPONSIBLE_OFFICER
) -> Assigned:
    """Return the whole answer."""
    found = assign(folded(*of), directory(*STAFF, *changes), to, NOW)
    assert found is not None
    return found
