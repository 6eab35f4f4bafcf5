"""A clock that looks all the while, whatever befalls the database, and what is open at the end."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Self

from open_items import faults

from streams.engines.wiring import production_rules
from streams.ledger.acting import CLOCK_CHAIN, Actor
from streams.ledger.connection import Session, WorldDown, connect
from streams.ledger.picking import Watch
from streams.services.clock import Clock

if TYPE_CHECKING:
    from types import TracebackType

LOOK_EVERY_SECONDS: Final = 0.3
FEED_LATE_AFTER: Final = timedelta(hours=1)


def clock_of(session: Session) -> Clock:
    """Return a clock by the time on the wall."""
    rules = production_rules()
    watch = Watch(rules, FEED_LATE_AFTER)
    return Clock(Actor(session, rules, CLOCK_CHAIN), watch, lambda: datetime.now(UTC))


@dataclass(slots=True)
class Ticking:
    """Looks again and again on a ledger until it is left; opens a new session where it must."""

    url: str
    acts: int = 0
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Begin to look."""
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _: TracebackType | None,
    ) -> None:
        """Look no more."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def _look(self) -> None:
        """Look until it is over; a database that is down is tried again."""
        while not self._over.is_set():
            try:
                with connect(self.url, name="clock") as session:
                    clock = clock_of(session)
                    while not self._over.wait(LOOK_EVERY_SECONDS):
                        self.acts += clock.tick()
            except WorldDown:
                self._over.wait(LOOK_EVERY_SECONDS)


def owner_faults(session: Session) -> list[str]:
    """Let the clock look until nothing is left to do, and name what has no owner who is there."""
    clock = clock_of(session)
    while clock.tick():
        pass
    return faults(session, datetime.now(UTC))
