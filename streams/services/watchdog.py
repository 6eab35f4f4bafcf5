"""The watchdog: ends a worker that fetched records and does not apply them.

It measures what was fetched and not yet applied, never offsets: a quiet feed is no alarm, and a
worker whose loop has stopped is. A hang that holds the interpreter's lock is not its business
(`streams.engines.hang`), since its thread would hang as well.
"""

import os
import threading
import time
from collections.abc import Callable
from typing import Final

import structlog

from streams.domain.log import Place

EXIT_STUCK: Final = 70
LOOK_EVERY_SECONDS: Final = 1.0

log = structlog.get_logger(__name__)


def _leave() -> None:
    """End the process at once; its supervisor starts it again."""
    os._exit(EXIT_STUCK)


class Watchdog:
    """Watches every place for which something was fetched; `leave` is called once it is stuck."""

    def __init__(self, seconds: float, leave: Callable[[], None] = _leave) -> None:
        """Watch nothing yet; `seconds` is how long a fetched batch may wait."""
        self._seconds = seconds
        self._leave = leave
        self._since: dict[Place, float] = {}
        self._lock = threading.Lock()
        self._over = threading.Event()

    def fetched(self, place: Place) -> None:
        """Begin to wait for a batch of this place to be applied."""
        with self._lock:
            self._since.setdefault(place, time.monotonic())

    def applied(self, place: Place) -> None:
        """Stop waiting."""
        with self._lock:
            self._since.pop(place, None)

    def stuck(self, now: float) -> Place | None:
        """Return a place that has waited too long at an instant of the monotonic clock."""
        with self._lock:
            late = [p for p, since in self._since.items() if now - since > self._seconds]
        return late[0] if late else None

    def start(self) -> None:
        """Look every second from a thread of its own, until `stop`."""
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def stop(self) -> None:
        """Stop looking."""
        self._over.set()

    def _watch(self) -> None:
        """Look until told to stop."""
        while not self._over.wait(LOOK_EVERY_SECONDS):
            place = self.stuck(time.monotonic())
            if place is not None:
                log.error("stuck: fetched and not applied", place=str(place))
                self._leave()
