"""File locks between processes: the kernel lets go of them however a process ends.

The lock belongs to the open file, so a child that is forked (not one that is started anew)
keeps holding it.
"""

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self

from streams.ledger._postgres_errors import EmbeddedFailed

POLL_SECONDS: Final = 0.02
"""How often a condition between processes is looked at again."""


def wait_until(is_met: Callable[[], bool], seconds: float) -> bool:
    """Look again and again until the condition is met; say whether it was in time."""
    deadline = time.monotonic() + seconds
    while not is_met():
        if time.monotonic() >= deadline:
            return False
        time.sleep(POLL_SECONDS)  # what is waited for is another process, which says nothing
    return True


class FileLock:
    """One open lock file, held by us alone, shared with others, or not at all."""

    def __init__(self, path: Path) -> None:
        """Open the file, readable by its owner alone; hold nothing yet."""
        self.path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    def __enter__(self) -> Self:
        """Return the lock itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go and close."""
        self.close()

    def fileno(self) -> int:
        """Return the descriptor, for a child that is to hold the lock after us."""
        return self._file

    def is_closed(self) -> bool:
        """Say whether the lock was let go of for good."""
        return self._file < 0

    def try_alone(self) -> bool:
        """Hold it alone if nobody else holds it; where we shared it, failing keeps nothing."""
        return self._try(fcntl.LOCK_EX)

    def try_shared(self) -> bool:
        """Hold it with others unless somebody holds it alone."""
        return self._try(fcntl.LOCK_SH)

    def wait_alone(self, seconds: float) -> None:
        """Hold it alone, or say who must act when that takes too long."""
        if not wait_until(self.try_alone, seconds):
            raise EmbeddedFailed(self._too_long(seconds))

    def wait_shared(self, seconds: float) -> None:
        """Hold it with others, or say who must act when that takes too long."""
        if not wait_until(self.try_shared, seconds):
            raise EmbeddedFailed(self._too_long(seconds))

    def close(self) -> None:
        """Let go of the lock and close the file; closing twice changes nothing."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _try(self, kind: int) -> bool:
        """Ask the kernel once."""
        try:
            fcntl.flock(self._file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _too_long(self, seconds: float) -> str:
        """Say what was waited for."""
        return (
            f"another process has held {self.path} for {seconds:.0f} s while it starts or stops "
            "the embedded ledger; end that process and start again"
        )
