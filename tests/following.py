"""What officers and the clock do in a story: time passes, somebody answers, and who has what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from world_builder import NOW

from streams.domain.notice_acts import Answered
from streams.domain.notices import Move, Notice
from streams.ledger.acting import CLOCK_CHAIN, DESK_CHAIN, Acted, Actor
from streams.ledger.picking import Watch
from streams.services.clock import Clock

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from fixtures.ledger import Story

from datetime import timedelta

FEED_LATE_AFTER = timedelta(hours=1)


def passes(story: Story, at: datetime) -> int:
    """Let the clock look once at an instant; return how many acts that took."""
    rules = story.engine.ledger.rules
    secret = story.engine.ledger.secret
    actor = Actor(story.session, rules, CLOCK_CHAIN, secret=secret)
    return Clock(actor, Watch(rules, FEED_LATE_AFTER, secret=secret), lambda: at).tick()


def answers(
    story: Story, notice: Notice | UUID, move: Move, by: str = "OFF01", **given: object
) -> Acted:
    """Let an officer answer a notice; `at`, `because`, `no_action` and `step` may be given."""
    at = given.pop("at", NOW)
    notice_id = notice.id if isinstance(notice, Notice) else notice
    actor = Actor(story.session, story.engine.ledger.rules, DESK_CHAIN)
    return actor.act([Answered(notice_id, move, by, **given)], at)  # type: ignore[arg-type]  # what a test gives


def holders(story: Story) -> dict[str, str]:
    """Return who has each notice now, by its type; a type that is there twice has a number."""
    found: dict[str, str] = {}
    for notice in story.notices:
        name = notice.type
        while name in found:
            name += "+"
        found[name] = notice.recipient.officer
    return found
