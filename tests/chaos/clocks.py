"""Three clocks at once, killed again and again, and whoever starts them anew."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

from broker.local_kafka import until
from chaos.offline import ROOT, environment

if TYPE_CHECKING:
    import random
    from pathlib import Path

COMMAND: Final = ["-m", "streams.cli", "clock"]
NURSERIES: Final = 2
LIVES_SECONDS: Final = (5.0, 12.0)
"""How long the command is left alone before it is killed from outside."""
START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 25.0


@dataclass(slots=True)
class Clocks:
    """Two nurseries of clocks that die inside their transactions, and the command beside them."""

    folder: Path
    settings: dict[str, str]
    rng: random.Random
    killed: int = 0
    nurseries: list[subprocess.Popen[bytes]] = field(default_factory=list)
    command: subprocess.Popen[bytes] | None = None
    _until: float = 0.0

    def __enter__(self) -> Self:
        """Start them, and wait for the nurseries to be ready."""
        self.log.touch()
        seeds = [str(self.rng.randrange(1_000_000)) for _ in range(NURSERIES)]
        self.nurseries = [self._start("-m", "chaos.clock_process", seed) for seed in seeds]
        assert until(lambda: self._said("ready") == NURSERIES, START_SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        """End whatever still runs."""
        self._end_nurseries()
        if self.command is not None:
            self.command.kill()
            self.command.wait()

    def trouble(self) -> None:
        """Kill the command when its time has come, and start it anew."""
        if self.command is not None and time.monotonic() > self._until:
            self.command.send_signal(signal.SIGKILL)
            self.command.wait()
            self.command = None
            self.killed += 1
        if self.command is None:
            self._until = time.monotonic() + self.rng.uniform(*LIVES_SECONDS)
            self.command = self._start(*COMMAND)
        for each in (self.command, *self.nurseries):
            assert each.poll() is None, self.log.read_text()[-3000:]

    def calm(self) -> None:
        """Leave the command alone, and send the nurseries home."""
        self._end_nurseries()
        self.killed += self._said("killed")
        if self.command is None:
            self.command = self._start(*COMMAND)

    def stop(self) -> int:
        """Tell the command to stop, and return how it ended."""
        assert self.command is not None
        self.command.terminate()
        return self.command.wait(STOP_SECONDS)

    @property
    def log(self) -> Path:
        """Return what the clocks said."""
        return self.folder / "clock.log"

    def _said(self, word: str) -> int:
        """Count how often the nurseries said something."""
        return self.log.read_text().splitlines().count(word)

    def _end_nurseries(self) -> None:
        """End the nurseries, each with the clock that it has."""
        for each in self.nurseries:
            each.terminate()
            each.wait(STOP_SECONDS)
        self.nurseries = []

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        """Start a process of clocks."""
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *words],
                env=environment(**self.settings),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
