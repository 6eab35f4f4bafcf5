"""Merges race with events, each other and the clock: one after the other, and nothing is lost."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Final

import pytest
from fixtures.ledger import RULES, Story
from fixtures.new_ledgers import SECRET
from following import FEED_LATE_AFTER, passes
from merging.generated import KNOWN, MANAGER, opening
from merging.invariants import faults
from merging.merges import act, who_is
from world_builder import HEARD_AT, NOW, PARTNER, PERSON, a_county, arrested, callout, order_made

from streams.domain.merge_acts import PeopleMerged, PeopleUnmerged
from streams.engines.embedded import EmbeddedEngine
from streams.ledger.acting import CLOCK_CHAIN, Actor
from streams.ledger.comparing import differences
from streams.ledger.connection import connect
from streams.ledger.picking import Watch
from streams.ledger.replaying import replay
from streams.ledger.transaction import Ledger
from streams.services.clock import Clock

if TYPE_CHECKING:
    from uuid import UUID

    from fixtures.new_ledgers import NewLedger

    from streams.ledger.connection import Session

LIMITS: Final = {"synchronous_commit": "off", "lock_timeout": "30s"}
EVENTS: Final = 60
TRIES: Final = 12
HEADS: Final = "SELECT chain, length, hash FROM audit_head ORDER BY chain"


@dataclass(slots=True)
class Running:
    """An instant that moves on whenever somebody looks, the same for all."""

    at: datetime = NOW
    _lock: Lock = field(default_factory=Lock)

    def now(self) -> datetime:
        """Return the instant, a little later each time."""
        with self._lock:
            self.at += timedelta(seconds=5)
            return self.at


def sends(session: Session, time: Running, seed: int) -> int:
    """Send events about everybody, each in a batch of its own; return how many."""
    rng = random.Random(seed)  # noqa: S311 - seeded, and no secret
    story = Story(EmbeddedEngine(Ledger(session, RULES, SECRET), NOW))
    for number in range(EVENTS):
        person = rng.choice(KNOWN)
        makers = (
            lambda p=person, n=number: callout(p, reference=f"DA-{n}", role="unclear"),
            lambda p=person, n=number: arrested(p, reference=f"AR-{n}"),
            lambda p=person, n=number: order_made(f"ORD-{n}", p),
        )
        story.when(rng.choice(makers)(), at=time.now())
    return EVENTS


def merges(session: Session, time: Running, people: tuple[UUID, UUID]) -> int:
    """Merge two people and part them, again and again, in one direction; return how often."""
    story, done = Story(EmbeddedEngine(Ledger(session, RULES, SECRET), NOW)), 0
    for _ in range(TRIES):
        acted = act(story, PeopleMerged(*people, MANAGER, "one"), at=time.now())
        if not acted.refused:
            done += 1
            undo = PeopleUnmerged(acted.acts[0][0], *people, MANAGER, "two")
            assert act(story, undo, at=time.now()).refused == ()
    return done


def looks(session: Session, time: Running, stop: list[bool]) -> int:
    """Look as the clock does until told to stop."""
    actor = Actor(session, RULES, CLOCK_CHAIN, secret=SECRET)
    clock, done = Clock(actor, Watch(RULES, FEED_LATE_AFTER, secret=SECRET), time.now), 0
    while not stop:
        done += clock.tick()
    return done


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_both_directions_at_once_while_events_arrive(
    ledger_url: str, new_ledger: NewLedger, seed: int
) -> None:
    """Two desks merge the same two in both directions; each event is somebody's in the end."""
    time, stop = Running(), list[bool]()
    with ExitStack() as stack:
        one, two, three, four = (
            stack.enter_context(connect(ledger_url, name="test", limits=LIMITS)) for _ in range(4)
        )
        story = Story(EmbeddedEngine(Ledger(one, RULES, SECRET), NOW))
        story.when(*a_county(), at=HEARD_AT)
        story.when(*opening())
        people = who_is(story, PERSON), who_is(story, PARTNER)
        with ThreadPoolExecutor() as pool:
            looking = pool.submit(looks, four, time, stop)
            sending = pool.submit(sends, one, time, seed)
            there = pool.submit(merges, two, time, people)
            back = pool.submit(merges, three, time, people[::-1])
            done = (there.result(), back.result(), sending.result())
            stop.append(True)
            looking.result()
        assert min(done) > 0
        at = time.now()
        while passes(story, at):
            pass
        assert story.rows("SELECT 1 FROM merge WHERE undone_seq IS NULL") == []
        assert len(story.rows("SELECT 1 FROM event WHERE type LIKE 'police.%%'")) > 0
        with one.transaction():
            assert faults(story, at) == []
        again = new_ledger()
        replay(one, again)
        assert differences(one, again.session) == []
        assert one.execute(HEADS).fetchall() == again.session.execute(HEADS).fetchall()
