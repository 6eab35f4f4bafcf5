"""A busy day with what agencies get wrong: held, taken back, corrected, out of order, said twice.

What nobody does on purpose but everybody does at some time, all on one day and drawn from a seed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import world_builder as world
from deciding import does, held_callout
from following import passes

from streams.domain.identity_acts import EventJoined, EventOverridden, EventRejected

if TYPE_CHECKING:
    from collections.abc import Callable

    from fixtures.ledger import Story
    from follow_up.busy_day import BusyDay
    from world_said import Said

DECIDERS: Final = ("DESK01", "MGR01", "LEAD01", "MGR02")
ASKED: Final = "asked them"
ABOUT_SOMEBODY: Final = ("police.", "case.assigned", "case.access_restricted")
DUE: Final = (
    "SELECT min(due_at) FROM (SELECT due_at FROM duty WHERE state = 'open' UNION ALL"
    " SELECT due_at FROM notice WHERE state NOT IN ('done', 'withdrawn', 'acknowledged')"
    " UNION ALL SELECT rings_at FROM review WHERE state = 'waiting') AS due WHERE due_at > %s"
)


@dataclass(slots=True)
class TangledDay:
    """Plays one day in a story; `said` is what agencies sent, `later` what is still on its way."""

    story: Story
    day: BusyDay
    at: datetime
    said: list[Said] = field(default_factory=list)
    later: list[Said] = field(default_factory=list)

    def plays(self, steps: int) -> None:
        """Do so many things, and let the clock look after each until it finds nothing more."""
        for _ in range(steps):
            self.at += timedelta(minutes=self.day.rng.choice((1, 5, 30)))
            self.day.rng.choices(list(STEPS), weights=list(STEPS.values()))[0](self)
            self.settles()

    def settles(self) -> None:
        """Let the clock look until there is nothing to do; it must come to that."""
        assert any(passes(self.story, self.at) == 0 for _ in range(6)), "the clock finds no end"

    def sends(self, *said: Said) -> None:
        """Let agencies send something now."""
        self.said += said
        self.story.when(*said, at=self.at)

    def one_of(self) -> Said | None:
        """Draw something that was said about somebody."""
        mine = [each for each in self.said if each.type.startswith(ABOUT_SOMEBODY)]
        return self.day.rng.choice(mine) if mine else None


def is_busy(tangled: TangledDay) -> None:
    """What happens on any day: an event, an absence, a change of hands, a restriction."""
    tangled.sends(tangled.day.said(tangled.at))


def is_held(tangled: TangledDay) -> None:
    """Something comes under somebody's number and another's name."""
    person, number = tangled.day.rng.choice(tangled.day.people), len(tangled.said)
    grade = tangled.day.rng.choice(("standard", "high"))
    tangled.sends(held_callout(person, reference=f"H-{number}", grade=grade, at=tangled.at))


def is_taken_back(tangled: TangledDay) -> None:
    """Something is taken back, whatever has become of it."""
    said = tangled.one_of()
    if said is not None:
        tangled.sends(said.retracted(published_at=tangled.at))


def is_corrected(tangled: TangledDay) -> None:
    """Something is corrected twice; the second correction may come before the first."""
    said = tangled.one_of()
    if said is None:
        return
    graded = f"G-{len(tangled.said)}"
    first = said.corrected(source_grading=graded)
    second = first.corrected(source_grading=f"{graded} again")
    if tangled.day.rng.random() < 0.5:
        tangled.sends(second)
        tangled.later.append(first)
    else:
        tangled.sends(first, second)


def comes_at_last(tangled: TangledDay) -> None:
    """What was on its way comes, or what was said before comes again."""
    if tangled.later:
        tangled.sends(tangled.later.pop(0))
    elif tangled.said:
        tangled.story.when(tangled.day.rng.choice(tangled.said), at=tangled.at)


def leaves(tangled: TangledDay) -> None:
    """Whoever leads, allocates or manages leaves for good."""
    gone = tangled.day.rng.choice(("LEAD01", "DESK02", "MGR02"))
    tangled.sends(world.left(gone, left_at=tangled.at).but(occurred_at=tangled.at))


def decides(tangled: TangledDay) -> None:
    """Somebody who may, or may not, decides what is held, or decides it otherwise."""
    rng = tangled.day.rng
    rows = tangled.story.rows("SELECT event_seq, state, candidates FROM review ORDER BY event_seq")
    if not rows:
        return
    seq, state, candidates = rng.choice(rows)
    by, to = rng.choice(DECIDERS), rng.choice([None, *candidates])
    decision: Any = EventRejected(seq, by, ASKED) if to is None else EventJoined(seq, to, by, ASKED)
    if state != "waiting":
        decision = EventOverridden(seq, to, by, ASKED)
    does(tangled.story, decision, at=tangled.at)


def comes_due(tangled: TangledDay) -> None:
    """Time moves to the very instant at which the next thing is due."""
    ((due,),) = tangled.story.rows(DUE, tangled.at)
    tangled.at = due or tangled.at


STEPS: Final[dict[Callable[[TangledDay], None], int]] = {
    is_busy: 8,
    is_held: 3,
    is_taken_back: 3,
    is_corrected: 3,
    comes_at_last: 2,
    leaves: 1,
    decides: 3,
    comes_due: 2,
}
