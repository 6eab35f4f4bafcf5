"""A hang is ended by the interpreter itself, since a thread of ours may never run again.

A regular expression that never returns holds the interpreter's lock, so a watching thread would
hang with it; `faulthandler` runs outside. It has one timer for the process, which is set to the
earliest deadline of the batches under way. When it fires, the stack of every thread is written and
the process ends with status 1, and its supervisor starts it again.
"""

import faulthandler
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Hang:
    """Ends the process when something that it watches takes longer than `seconds`."""

    def __init__(self, seconds: float) -> None:
        """Watch nothing yet."""
        self._seconds = seconds
        self._lock = threading.Lock()
        self._deadlines: dict[int, float] = {}

    @contextmanager
    def watched(self, _what: str) -> Iterator[None]:
        """Watch what is done inside."""
        ticket = threading.get_ident()
        with self._lock:
            self._deadlines[ticket] = time.monotonic() + self._seconds
            self._arm()
        try:
            yield
        finally:
            with self._lock:
                self._deadlines.pop(ticket, None)
                self._arm()

    def _arm(self) -> None:
        """Set the one timer to the earliest deadline, or stop it."""
        if not self._deadlines:
            faulthandler.cancel_dump_traceback_later()
            return
        left = max(0.001, min(self._deadlines.values()) - time.monotonic())
        faulthandler.dump_traceback_later(left, exit=True)
