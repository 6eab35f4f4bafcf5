"""How urgent each step of a new matter is, row by row, through the real ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from world_builder import (
    NOW,
    PERSON,
    Said,
    an_offence,
    arrested,
    bailed,
    cautioned,
    charged,
    listed,
    no_further_action,
    resulted,
    under_investigation,
    warrant,
)

from streams.domain.notices import Urgency
from streams.domain.offence_events import Outcome

if TYPE_CHECKING:
    from fixtures.ledger import Story

TOLD: Final = "raised: new_offence to OFF01"
ASKED: Final = "duty safeguarding_check_asked of DESK01: open"
"""What a listed hearing brings beside it, once for each kind of check."""


def urgencies() -> dict[str, tuple[Said, Urgency]]:
    """Return how urgent each step is (FLOWS row 10)."""
    now, day, next_day = Urgency.IMMEDIATE, Urgency.SAME_DAY, Urgency.NEXT_WORKING_DAY
    rows: dict[str, tuple[Said, Urgency]] = {
        "an arrest for anything": (arrested(), now),
        "a warrant": (warrant(), now),
        "no further action": (no_further_action(), next_day),
        "cleared": (resulted(PERSON, "acquitted", "discontinued"), next_day),
        "cleared of violence": (
            resulted(PERSON, "acquitted", offences=[{"title": "Common assault"}]),
            next_day,
        ),
        "a court's title": (listed(offences=[{"title": "Assault by beating"}]), now),
        "no outcome at all": (resulted(PERSON), day),
    }
    serious = {"violence", "domestic_abuse", "child", "sexual"}
    for group in ("violence", "domestic_abuse", "child", "sexual", "drugs", "motoring", "weapons"):
        expected = now if group in serious else day
        offences = [an_offence("An offence", group)]
        rows[f"charged with {group}"] = (charged(offences=offences), expected)
        rows[f"bailed for {group}"] = (bailed(offences=offences), expected)
        rows[f"investigated for {group}"] = (under_investigation(offences=offences), expected)
        rows[f"cautioned for {group}"] = (cautioned(offences=offences), expected)
    at_once = {"remanded_in_custody", "custody", "warrant_issued", "protective_order_made"}
    for outcome in Outcome:
        cleared = outcome in {Outcome.ACQUITTED, Outcome.DISCONTINUED}
        expected = now if outcome.value in at_once else next_day if cleared else day
        rows[f"resulted {outcome.value}"] = (resulted(PERSON, outcome.value), expected)
    return rows


@pytest.mark.parametrize("name", URGENCIES := urgencies())
def test_how_urgent_a_step_is(story: Story, name: str) -> None:
    """Row by row: arrest, warrant, remand and serious groups are immediate, clearing can wait."""
    said, urgency = URGENCIES[name]
    story.when(said)
    (notice,) = story.notices
    due = {
        Urgency.IMMEDIATE: NOW.replace(hour=11),
        Urgency.SAME_DAY: NOW.replace(hour=17),
        Urgency.NEXT_WORKING_DAY: NOW.replace(day=3, hour=17),
    }
    assert (notice.urgency, notice.due_at) == (urgency, due[urgency])
    assert story.came_out() == [
        *([ASKED] * 2 if said.type == "courts.hearing_listed" else []),
        TOLD,
    ]
