"""Held, taken back, corrected out of order, decided, moved, due: every open item has its owner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from fixtures.ledger import told_and_forgotten
from follow_up.busy_day import BusyDay
from follow_up.tangled_day import TangledDay
from merging import invariants
from open_items import faults
from world_builder import LONG_AGO, NOW

if TYPE_CHECKING:
    from streams.ledger.connection import Session

STEPS: Final = 40
LEFT_OUT: Final = (
    "SELECT publisher, event_id FROM event e WHERE disposition = 'routed' AND retracts IS NULL"
    " AND NOT EXISTS (SELECT FROM notice_step s WHERE s.seq = e.seq)"
    " AND NOT EXISTS (SELECT FROM review_decision d WHERE d.event_seq = e.seq)"
)
"""Events of which it is said that somebody was told, and nobody was."""
TWICE: Final = (
    "SELECT matter, type, recipient, person_id FROM notice WHERE state NOT IN ('withdrawn', 'done')"
    " AND type = 'identity_held' GROUP BY 1, 2, 3, 4 HAVING count(*) > 1"
)


def wrong(tangled: TangledDay) -> list[object]:
    """Return what is wrong in a ledger, whatever has happened."""
    story = tangled.story
    return [
        *faults(story.session, tangled.at),
        *invariants.faults(story, tangled.at),
        *story.rows(LEFT_OUT),
        *story.rows(TWICE),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_a_tangled_day_ends_sound(empty_ledger: Session, seed: int) -> None:
    """Nothing is lost, nothing is with somebody who is away or may not see it, nothing twice."""
    with told_and_forgotten(empty_ledger) as story:
        day = BusyDay(seed)
        story.when(*day.opening(), at=LONG_AGO)
        tangled = TangledDay(story, day, NOW)
        for _ in range(STEPS):
            tangled.plays(1)
            assert wrong(tangled) == []
