"""Absences and reassignments race with events: every open item has an owner who may have it."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Final

import pytest
from fixtures.ledger import RULES, header_of
from fixtures.new_ledgers import SECRET
from follow_up.busy_day import BusyDay, Desk
from following import FEED_LATE_AFTER
from open_items import faults
from world_builder import LONG_AGO, NOW

from streams.engines.embedded import EmbeddedEngine
from streams.ledger.acting import CLOCK_CHAIN, DESK_CHAIN, Actor
from streams.ledger.comparing import differences
from streams.ledger.connection import connect
from streams.ledger.picking import Watch
from streams.ledger.replaying import replay
from streams.ledger.transaction import Ledger
from streams.ledger.verify import verify
from streams.services.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fixtures.new_ledgers import NewLedger
    from world_said import Said

    from streams.ledger.connection import Session

STEPS: Final = 50
LIMITS: Final = {"synchronous_commit": "off", "lock_timeout": "10s"}
HEADS: Final = "SELECT chain, length, hash FROM audit_head ORDER BY chain"
TOLD_TWICE: Final = (
    "SELECT matter, recipient, type, raised_at FROM notice WHERE matter LIKE 'absence:%'"
    " AND state NOT IN ('withdrawn') AND type <> 'returned_summary'"
    " GROUP BY matter, recipient, type, raised_at HAVING count(*) > 1"
)


def publish(engine: EmbeddedEngine, said: Iterable[Said], at: datetime) -> None:
    """Let agencies send something, each in a batch of its own."""
    engine.now = at
    for each in said:
        engine.publish(each.feed, [(each.value, header_of(each))])


def clock_on(session: Session, now: datetime) -> Clock:
    """Return a clock that stands."""
    return Clock(Actor(session, RULES, CLOCK_CHAIN), Watch(RULES, FEED_LATE_AFTER), lambda: now)


def settle_down(session: Session, at: datetime) -> None:
    """Let the clock look until nothing is left to do."""
    clock = clock_on(session, at)
    for _ in range(5):
        if clock.tick() == 0:
            return
    pytest.fail("the clock finds something to do again and again")


def broken(session: Session) -> list[object]:
    """Return the promises that a ledger breaks."""
    with session.transaction():
        return [*verify(session, lambda _done: None)]


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(each, marks=pytest.mark.slow) for each in range(1, 8))]
)
def test_whatever_happens_every_open_item_has_an_owner(new_ledger: NewLedger, seed: int) -> None:
    """After each look of the clock it holds; nothing is told twice; a replay gives the same."""
    ledger, day = new_ledger(), BusyDay(seed)
    engine, at = EmbeddedEngine(ledger, LONG_AGO), NOW
    publish(engine, day.opening(), LONG_AGO)
    desk = Desk(Actor(ledger.session, RULES, DESK_CHAIN), day.rng)
    for _ in range(STEPS):
        at += timedelta(minutes=day.rng.choice((1, 5, 20, 90)))
        publish(engine, [day.said(at)], at)
        if day.rng.random() < 0.5:
            desk.answers(at)
        if day.rng.random() < 0.5:
            settle_down(ledger.session, at)
            assert faults(ledger.session, at) == []
    settle_down(ledger.session, at)
    assert faults(ledger.session, at) == []
    assert ledger.session.execute(TOLD_TWICE).fetchall() == []
    assert broken(ledger.session) == []

    again = new_ledger()
    replay(ledger.session, again)
    assert differences(ledger.session, again.session) == []
    assert ledger.session.execute(HEADS).fetchall() == again.session.execute(HEADS).fetchall()


@dataclass(slots=True)
class Running:
    """An instant that moves on whenever somebody looks, the same for all."""

    at: datetime
    _lock: Lock = field(default_factory=Lock)

    def now(self) -> datetime:
        """Return the instant, a little later each time."""
        with self._lock:
            self.at += timedelta(seconds=7)
            return self.at


def work(ledger: Ledger, day: BusyDay, time: Running) -> None:
    """Send what a day has, one thing after another."""
    engine = EmbeddedEngine(ledger, NOW)
    for _ in range(STEPS * 2):
        at = time.now()
        publish(engine, [day.said(at)], at)


def look(clock: Clock, stop: list[bool]) -> int:
    """Look as a clock does, until told to stop."""
    done = 0
    while not stop:
        done += clock.tick()
    return done


def answer(desk: Desk, time: Running) -> None:
    """Answer as officers do, all the time."""
    for _ in range(STEPS):
        desk.answers(time.now())


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_two_clocks_a_worker_and_a_desk_at_once(
    ledger_url: str, new_ledger: NewLedger, seed: int
) -> None:
    """Sessions that race leave every item with one owner, tell once, and can be replayed."""
    day, time, stop = BusyDay(seed), Running(NOW), list[bool]()
    with ExitStack() as sessions, ThreadPoolExecutor(4) as pool:

        def session(name: str) -> Session:
            return sessions.enter_context(connect(ledger_url, name=name, limits=LIMITS))

        ledger = Ledger(session("worker"), RULES, SECRET, url=None)
        publish(EmbeddedEngine(ledger, LONG_AGO), day.opening(), LONG_AGO)
        watch = partial(Watch, RULES, FEED_LATE_AFTER)
        clocks = [
            pool.submit(
                look, Clock(Actor(session("clock"), RULES, CLOCK_CHAIN), watch(), time.now), stop
            )
            for _ in range(2)
        ]
        desk = Desk(Actor(session("desk"), RULES, DESK_CHAIN), random.Random(seed))  # noqa: S311 - seeded
        others = [pool.submit(work, ledger, day, time), pool.submit(answer, desk, time)]
        try:
            for each in others:
                each.result(timeout=120)
        finally:
            stop.append(True)
        assert sum(each.result(timeout=60) for each in clocks) > 0
        reader = session("reader")
        settle_down(reader, time.now())
        assert faults(reader, time.at) == []
        assert reader.execute(TOLD_TWICE).fetchall() == []
        assert broken(reader) == []
        again = new_ledger()
        replay(reader, again)
        assert differences(reader, again.session) == []
        assert reader.execute(HEADS).fetchall() == again.session.execute(HEADS).fetchall()
