"""Time that passes on a ledger: what the clock would see to by an instant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.domain.acts import DutyFell
from streams.ledger.acting import CLOCK_CHAIN, Actor

if TYPE_CHECKING:
    from datetime import datetime

    from fixtures.ledger import Story


def time_passes(story: Story, *, until: datetime) -> None:
    """Let every duty that is open and has passed its time by then fall, as the clock does."""
    actor = Actor(story.session, story.engine.ledger.rules, CLOCK_CHAIN)
    late = "SELECT id FROM duty WHERE state = 'open' AND due_at <= %s ORDER BY due_at, id"
    for (duty,) in story.rows(late, until):
        actor.act([DutyFell(duty)], until)
