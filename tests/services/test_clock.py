"""The clock: whatever is due happens, once, and no defect of one rule silences the rest."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import Event
from typing import TYPE_CHECKING, Final

import pytest
from world_builder import NOW, callout

from streams.flows import domestic_abuse_callout
from streams.ledger.acting import CLOCK_CHAIN, Actor
from streams.ledger.connection import EXIT_WORLD_DOWN, TRIES_MAX, WorldDown, connect
from streams.ledger.picking import Watch, fallen_duties
from streams.services import clock as service
from streams.services.clock import Clock, run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from fixtures.ledger import Story

    from streams.domain.acts import Act
    from streams.ledger.connection import Session

LATER: Final = NOW + timedelta(days=30)
HOUR: Final = timedelta(hours=1)


def a_clock(story: Story) -> Clock:
    """Return a clock of duties on a story's ledger that stands a month after it began."""
    rules = story.engine.ledger.rules
    actor = Actor(story.session, rules, CLOCK_CHAIN)
    return Clock(actor, Watch(rules, HOUR), lambda: LATER, picks=(fallen_duties,))


def states(story: Story) -> set[str]:
    """Return the states of all duties."""
    return {row[0] for row in story.rows("SELECT state FROM duty")}


def test_a_tick_takes_all_that_is_due(story: Story) -> None:
    """However many there are, in batches; a second look finds nothing."""
    story.given(*(callout(reference=f"DA-{n}") for n in range(40)))
    (count,) = story.rows("SELECT count(*) FROM duty")[0]
    clock = a_clock(story)
    assert count > service.BATCH_MAX
    assert clock.tick() == count
    assert clock.tick() == 0
    assert states(story) == {"overdue"}


def test_a_defect_of_a_flow_is_told_in_common_words(story: Story) -> None:
    """The owner is told all the same, operations are told of the defect, the others fall."""

    def overdue(duty: object, view: object, now: object) -> tuple[()]:
        """Fail."""
        raise RuntimeError("a defect, quoting a name: Brackenridge")

    story.with_rules(replace(domestic_abuse_callout.FLOW, overdue=overdue))
    story.given(callout())
    duties = len(story.rows("SELECT id FROM duty"))
    assert a_clock(story).tick() == duties
    assert states(story) == {"overdue"}
    assert "raised: duty_overdue to OFF01" in story.came_out()
    alarms = [row[0] for row in story.rows("SELECT words FROM alarm")]
    assert len(alarms) == duties
    assert not any("Brackenridge" in each for each in alarms)


def test_what_cannot_be_done_is_left_and_the_rest_goes_on(story: Story) -> None:
    """Operations are told once of each that fails in any words; the clock does not spin on it."""
    story.given(callout(), callout(reference="DA-2"))
    story.session.execute("UPDATE event SET payload = NULL WHERE seq = (SELECT min(seq) FROM duty)")
    clock = a_clock(story)
    (bad,) = story.rows("SELECT count(*) FROM duty WHERE seq = (SELECT min(seq) FROM duty)")[0]
    (count,) = story.rows("SELECT count(*) FROM duty")[0]
    assert clock.tick() == count - bad
    assert clock.tick() == 0
    assert len(story.rows("SELECT id FROM alarm")) == 2 * bad


@dataclass(slots=True)
class Away:
    """A pick that finds the world down for so many looks, and then stops the clock."""

    looks: int
    stop: Event = field(default_factory=Event)
    looked: int = 0

    def __call__(self, *_: object) -> Sequence[Act]:
        """Look."""
        self.looked += 1
        if self.looked <= self.looks:
            raise WorldDown("away")
        self.stop.set()
        return ()


@pytest.mark.parametrize(("looks", "status"), [(2, 0), (99, EXIT_WORLD_DOWN)])
def test_the_world_being_down_is_waited_for(
    story: Story, ledger_url: str, looks: int, status: int
) -> None:
    """A few times, with a new session; then the process ends, for its supervisor to start again."""
    away, opened = Away(looks), []

    def reopen() -> Session:
        """Open a session, but for the first time."""
        opened.append(connect(ledger_url, name="clock"))
        if len(opened) == 1:
            raise WorldDown("still away")
        return opened[-1]

    clock = Clock(
        Actor(connect(ledger_url, name="clock"), story.engine.ledger.rules, CLOCK_CHAIN),
        Watch(story.engine.ledger.rules, HOUR),
        lambda: LATER,
        picks=(away,),
        first_pause_seconds=0.001,
    )
    assert run(clock, away.stop, reopen) == status
    assert away.looked == min(looks + 1, TRIES_MAX)
    for session in {clock.actor.session, *opened}:
        session.close()


@pytest.mark.parametrize("late", [True, False])
def test_silence_is_told_from_an_outage(story: Story, *, late: bool) -> None:
    """Where the agency's feed was read up to now it was silent; else the feed is late."""
    story.given(callout())
    story.session.execute("UPDATE duty SET expected_of = 'hmcts'")
    if not late:
        story.engine.now = LATER
        story.engine.quiet()
    a_clock(story).tick()
    told = [each for each in story.notices if each.type == "duty_overdue"]
    assert {(each.facts["expected_of"], each.facts["feed_late"]) for each in told} == {
        ("HM Courts and Tribunals Service", late)
    }


def test_the_clock_is_read_for_each_batch(story: Story) -> None:
    """What falls is stamped with the instant of the look, after that at the feeds."""
    story.given(callout())
    instants: list[datetime] = []

    def now() -> datetime:
        """Move on a second with each look."""
        instants.append(LATER + timedelta(seconds=len(instants)))
        return instants[-1]

    clock = a_clock(story)
    clock.now = now
    clock.tick()
    assert story.rows("SELECT DISTINCT at FROM act") == [(instants[1],)]
