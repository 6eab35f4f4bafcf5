"""The clock: what happens because time has passed, and nobody did anything.

It picks what may be due without locks and lets it happen in small acts, which look again under the
locks. So any number of clocks may run, each may be killed at any instant, and what falls due falls
once; one that was down catches up with the first look that it takes.

A defect in a rule must not silence the rest: its batch is tried act by act. A duty whose flow fails
falls in common words, since somebody must be told; what fails all the same is said to operations
and left alone until the clock starts again.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from threading import Event
from typing import Any, Final

import structlog

from streams.domain.acts import Act, kind_of
from streams.ledger.acting import Actor
from streams.ledger.alarms import OPERATIONS, raise_alarm
from streams.ledger.connection import (
    EXIT_WORLD_DOWN,
    FIRST_PAUSE_SECONDS,
    TRIES_MAX,
    Session,
    WorldDown,
    world,
)
from streams.ledger.erasing_refused import erase_refused
from streams.ledger.late_feeds import tell_of_late_feeds
from streams.ledger.picking import Watch, fallen_duties
from streams.ledger.picking_erased import nobodys_past_their_time
from streams.ledger.picking_open import cases_to_look_at, staff_moves, waiting_notices
from streams.ledger.picking_reviews import certain_now, reviews_in_vain
from streams.ledger.picking_sealed import sealed_of_known, sealed_past_their_time

BATCH_MAX: Final = 50
"""Assumed: locks of so many people are held for some tens of milliseconds."""
LOOK_EVERY_SECONDS: Final = 1.0
FEEDS_EVERY_SECONDS: Final = 30.0

Pick = Callable[[Session, Watch, datetime, int], Sequence[Act]]
PICKS: Final[tuple[Pick, ...]] = (
    staff_moves,
    cases_to_look_at,
    fallen_duties,
    waiting_notices,
    certain_now,
    reviews_in_vain,
    nobodys_past_their_time,
    sealed_past_their_time,
    sealed_of_known,
)
"""What is looked for, in this order: whoever is rung or told is there by then."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Clock:
    """One clock; `now` is read once for each batch of acts."""

    actor: Actor
    watch: Watch
    now: Callable[[], datetime]
    picks: tuple[Pick, ...] = PICKS
    first_pause_seconds: float = FIRST_PAUSE_SECONDS
    _failed: set[Act] = field(default_factory=set)
    _feeds_at: float = float("-inf")

    def tick(self) -> int:
        """Let all happen that is due; return how many acts it took; `WorldDown` where it is."""
        if time.monotonic() >= self._feeds_at:
            now = self.now()
            tell_of_late_feeds(self.actor.session, self.watch, now)
            erase_refused(self.actor.session, self.watch, now)
            self._feeds_at = time.monotonic() + FEEDS_EVERY_SECONDS
        return sum(self._all_of(pick) for pick in self.picks)

    def _all_of(self, pick: Pick) -> int:
        """Let happen what one pick finds, until it finds nothing that still applies."""
        done, last = 0, None
        while True:
            at = self.now()
            most = BATCH_MAX + len(self._failed)
            found = pick(self.actor.session, self.watch, at, most)
            acts = [act for act in found if act not in self._failed][:BATCH_MAX]
            if not acts or acts == last:
                return done
            done += self._batch(acts, at)
            last = acts

    def _batch(self, acts: Sequence[Act], at: datetime) -> int:
        """Do some acts at once; where a rule has a defect, one by one."""
        try:
            return len(self.actor.act(acts, at).acts)
        except WorldDown:
            raise
        except Exception as error:  # noqa: BLE001 - a defect of ours: it is narrowed down next
            log.error("defect in acts", reason=type(error).__name__, count=len(acts))  # noqa: TRY400 - the text may quote a record
        return sum(self._one(act, at) for act in acts)

    def _one(self, act: Act, at: datetime) -> int:
        """Do one act; in common words where its rule fails, and not at all where that fails too."""
        try:
            return len(self.actor.act([act], at).acts)
        except WorldDown:
            raise
        except Exception as error:  # noqa: BLE001 - a defect of ours: said to operations
            self._failed.add(act)
            self._alarm(act, error, at)
        plain = _in_common_words(act)
        return 0 if plain in self._failed else self._one(plain, at)

    def _alarm(self, act: Act, error: Exception, at: datetime) -> None:
        """Tell operations which act failed, without the text of the exception."""
        touched = act.touched
        ids = ", ".join(sorted(map(str, (*touched.duties, *touched.notices, *touched.events))))
        words = f"{kind_of(act)} of {ids}: {type(error).__name__} in Switchboard"
        log.error("defect in an act", code=kind_of(act), reason=type(error).__name__)
        with world(), self.actor.session.transaction():
            raise_alarm(self.actor.session, ("defect", "clock", OPERATIONS), words, at)


def _in_common_words(act: Act) -> Act:
    """Return the act without its flow's words, where it has any."""
    if "in_common_words" not in (each.name for each in fields(act)):
        return act
    changes: dict[str, Any] = {"in_common_words": True}
    return replace(act, **changes)


def run(clock: Clock, stop: Event, reopen: Callable[[], Session]) -> int:
    """Tick every second until told to stop; return the process's exit status."""
    tries = 0
    while not stop.is_set():
        try:
            clock.tick()
            tries = 0
            stop.wait(LOOK_EVERY_SECONDS)
        except WorldDown as down:
            tries += 1
            log.warning("the ledger is away", tries=tries, sqlstate=down.sqlstate)
            if tries == TRIES_MAX:
                return EXIT_WORLD_DOWN
            stop.wait(clock.first_pause_seconds * 2 ** (tries - 1))
            _reopen(clock, reopen)
    return 0


def _reopen(clock: Clock, reopen: Callable[[], Session]) -> None:
    """Open the session anew; while the ledger is away, the next tick fails on the old one."""
    try:
        fresh = reopen()
    except WorldDown:
        return
    clock.actor.session.close()
    clock.actor.session = fresh
