"""Two workers and whoever starts them again, as compose and `switchboard up` do."""

import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from chaos.offline import ROOT, environment

LOOK_EVERY_SECONDS: Final = 0.1
STOP_SECONDS: Final = 25.0
NOT_STARTED_AGAIN: Final = frozenset({0, 2})
"""Source: DESIGN section 6: started again on any status but 0 and 2."""


@dataclass(slots=True)
class Workers:
    """Keeps `count` workers running until it is left; every one it started is gone then."""

    engine: str
    orders: Path
    settings: dict[str, str]
    count: int = 2
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Start the workers and whoever watches them."""
        self.running = [self._start() for _ in range(self.count)]
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _: TracebackType | None,
    ) -> None:
        """Stop them in order, and by force whoever does not; thaw those that are frozen."""
        self.stop()

    def stop(self) -> list[int]:
        """End them all and return how each that was running ended."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        for worker in self.running:
            worker.send_signal(signal.SIGCONT)
            worker.terminate()
        ended = [self._ended(worker) for worker in self.running]
        self.running = []
        return ended

    def thaw(self, pid: int) -> None:
        """Let a frozen worker go on."""
        for worker in self.running:
            if worker.pid == pid:
                worker.send_signal(signal.SIGCONT)

    def is_frozen(self, pid: int) -> bool:
        """Answer whether one of our workers is stopped."""
        try:
            told = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2]
        except FileNotFoundError:
            return False
        return told.startswith("T")

    def _ended(self, worker: subprocess.Popen[bytes]) -> int:
        """Wait for a worker to end."""
        try:
            return worker.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            worker.kill()
            return worker.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        """Start one worker; what it logs goes to a file beside the orders."""
        with (self.orders / "worker.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "chaos.chaos_worker", self.engine, str(self.orders)],
                env=environment(**self.settings),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def _watch(self) -> None:
        """Start again whoever ended, on any status but 0 and 2."""
        while not self._over.is_set():
            for place, worker in enumerate(self.running):
                status = worker.poll()
                if status is None:
                    continue
                self.statuses.append(status)
                if status not in NOT_STARTED_AGAIN:
                    self.running[place] = self._start()
            time.sleep(LOOK_EVERY_SECONDS)
