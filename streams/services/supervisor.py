"""The supervisor: services as children of one process, each started again when it fails.

A service that ends with 0 has done its work, and one that ends with 2 was started wrongly, which no
restart mends; every other end is followed by another start, later each time until it keeps running.
Each line that a service says is passed on behind its name.

One thread does everything, so that a child may be told at its birth to end with us (Linux), which
is not safe beside other threads. Children stay in our process group, and have Ctrl-C from the
terminal as we do; they are ended by their ids only.
"""

import ctypes
import os
import selectors
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import IO, Final, cast

LOOK_SECONDS: Final = 0.2
READ_BYTES: Final = 64 * 1024
LINE_BYTES_MAX: Final = 64 * 1024
"""Assumed: what is longer is no line that anybody reads, and is cut."""
DONE: Final = 0
USAGE: Final = 2
MEANINGS: Final = {1: "it failed", 70: "the world is down for it"}
UP: Final = "up"
_SET_PARENT_DEATH_SIGNAL: Final = 1
_LIBC: Final = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class Service:
    """A program to keep running, under a name."""

    name: str
    command: Sequence[str]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for what, in seconds."""

    first_pause: float = 1.0
    pause_max: float = 30.0
    steady: float = 60.0
    """Assumed: what has run for so long is well, and its next pause is the first again."""
    counted: float = 600.0
    stop: float = 25.0
    """Longer than any service's own end, which includes a batch under way."""


@dataclass(slots=True)
class _Child:
    """One service: its process while it runs, and how it ended before."""

    service: Service
    process: "subprocess.Popen[bytes] | None" = None
    begun: float = 0.0
    due: float | None = 0.0
    """When it is to be started; None where it is not."""
    pause: float = 0.0
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=1_000))
    status: int | None = None
    said: dict[int, bytearray] = field(default_factory=dict)
    """What was read of each pipe and is not yet a whole line."""


class Supervisor:
    """Runs services until each has done its work, or until told to stop."""

    def __init__(
        self,
        services: Sequence[Service],
        *,
        patience: Patience | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Take the services; nothing is started before `run`."""
        self._children = [_Child(service) for service in services]
        self._patience = patience or Patience()
        self._environment = environment
        self._width = max(len(name) for name in (UP, *(s.name for s in services)))
        self._selector = selectors.DefaultSelector()
        self._stopping = False
        self._killed = False
        self._deaf = False

    def stop(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """Let `run` end all services and return; for use by a signal handler too."""
        self._stopping = True

    def run(self) -> int:
        """Keep the services running; return 0, 1 where one had to be killed, or 2 as one did."""
        try:
            while not self._stopping:
                self._start_due()
                self._listen()
                self._reap()
                if all(c.process is None and c.due is None for c in self._children):
                    break
        finally:
            self._end_all()
            self._selector.close()
        if self._killed:
            return 1
        return USAGE if any(child.status == USAGE for child in self._children) else DONE

    def _start_due(self) -> None:
        """Start what is to be started by now."""
        now = time.monotonic()
        for child in self._children:
            if child.process is None and child.due is not None and child.due <= now:
                self._start(child)

    def _start(self, child: _Child) -> None:
        """Start one service, with its words going to us."""
        parent = os.getpid()

        def end_with_parent() -> None:
            """Have Linux end this child when we are killed; we may have been already."""
            if _LIBC is not None:
                _LIBC.prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
                if os.getppid() != parent:
                    os.kill(os.getpid(), signal.SIGTERM)

        child.process = subprocess.Popen(  # noqa: S603 - services of ours
            list(child.service.command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self._environment,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - this process has one thread
        )
        child.begun, child.due = time.monotonic(), None
        for pipe in _pipes(child.process):
            os.set_blocking(pipe.fileno(), False)
            child.said[pipe.fileno()] = bytearray()
            self._selector.register(pipe, selectors.EVENT_READ, child)

    def _listen(self) -> None:
        """Pass on what the services say, waiting a moment for it."""
        if not self._selector.get_map():
            time.sleep(LOOK_SECONDS)  # nobody runs, so nobody speaks; a start has its instant
            return
        for key, _ in self._selector.select(LOOK_SECONDS):
            pipe = cast("IO[bytes]", key.fileobj)
            if not self._read(key.data, pipe):
                self._selector.unregister(pipe)

    def _read(self, child: _Child, pipe: "IO[bytes]") -> bool:
        """Read what a pipe has now, and pass on its whole lines; False at its end."""
        try:
            read = os.read(pipe.fileno(), READ_BYTES)
        except BlockingIOError:
            return True
        waiting = child.said[pipe.fileno()]
        waiting += read
        *lines, rest = bytes(waiting).split(b"\n")
        if not read or len(rest) > LINE_BYTES_MAX:
            lines, rest = [*lines, rest[:LINE_BYTES_MAX]] if rest else lines, b""
        waiting[:] = rest
        assert child.process is not None  # noqa: S101 - its pipes are open
        is_error = pipe is child.process.stderr
        for line in lines:
            self._pass_on(child.service.name, line, is_error=is_error)
        return bool(read)

    def _pass_on(self, name: str, line: bytes, *, is_error: bool) -> None:
        """Say a line behind the name of who said it; nobody to hear it is a reason to stop."""
        if self._deaf:
            return
        stream = sys.stderr.buffer if is_error else sys.stdout.buffer
        try:
            stream.write(f"{name:<{self._width}} | ".encode() + line + b"\n")
            stream.flush()
        except OSError:
            self._deaf = self._stopping = True

    def say(self, words: str) -> None:
        """Say something of our own, on standard error."""
        self._pass_on(UP, words.encode(), is_error=True)

    def _reap(self) -> None:
        """See which services have ended, and when each of them is started again."""
        for child in self._children:
            if child.process is not None and child.process.poll() is not None:
                self._ended(child, child.process)

    def _ended(self, child: _Child, process: "subprocess.Popen[bytes]") -> None:
        """Keep how a service ended, and decide about its next start."""
        self._close(child, process)
        child.process, child.status = None, process.returncode
        if self._stopping:
            return
        if child.status == DONE:
            self.say(f"{child.service.name} has ended; it is not started again")
        elif child.status == USAGE:
            self.say(f"{child.service.name} was started wrongly (status 2); it is left as it is")
        else:
            self._again(child)

    def _again(self, child: _Child) -> None:
        """Plan the next start of a service that failed, and say how often it does."""
        now, patience = time.monotonic(), self._patience
        child.deaths.append(now)
        was_steady = now - child.begun >= patience.steady
        longer = min(child.pause * 2, patience.pause_max)
        child.pause = patience.first_pause if was_steady or not child.pause else longer
        child.due = now + child.pause
        count = sum(now - each <= patience.counted for each in child.deaths)
        often = f"{count} times in {patience.counted / 60:.0f} minutes" if count > 1 else "once"
        how = _how(child.status or 0)
        self.say(
            f"{child.service.name} ended {how}, {often}; it is started again in {child.pause:.1f} s"
        )

    def _close(self, child: _Child, process: "subprocess.Popen[bytes]") -> None:
        """Read the last words of a process that ended, and close its pipes."""
        for pipe in _pipes(process):
            # A process that a service left behind may hold the pipe open: only what is there.
            with suppress(OSError, ValueError, KeyError):
                while self._has_more(pipe) and self._read(child, pipe):
                    pass
            with suppress(KeyError, ValueError):
                self._selector.unregister(pipe)
            rest = child.said.pop(pipe.fileno(), None)
            if rest:
                self._pass_on(child.service.name, bytes(rest), is_error=pipe is process.stderr)
            pipe.close()

    def _has_more(self, pipe: "IO[bytes]") -> bool:
        """Answer whether a pipe has something to read, or has ended, at this moment."""
        with selectors.DefaultSelector() as look:
            look.register(pipe, selectors.EVENT_READ)
            return bool(look.select(0))

    def _end_all(self) -> None:
        """End every service that runs: asked first, and killed when it does not obey in time."""
        self._stopping = True
        running = [child for child in self._children if child.process is not None]
        for child in running:
            _send(child, signal.SIGTERM)
        until = time.monotonic() + self._patience.stop
        while any(child.process is not None for child in running):
            self._listen()
            self._reap()
            if time.monotonic() > until:
                for child in running:
                    if child.process is not None:
                        self.say(f"{child.service.name} does not end; it is killed")
                        self._killed = True
                        _send(child, signal.SIGKILL)
                until = float("inf")


def _pipes(process: "subprocess.Popen[bytes]") -> tuple["IO[bytes]", "IO[bytes]"]:
    """Return the two pipes of a process that we started."""
    assert process.stdout is not None  # noqa: S101 - asked for when it was started
    assert process.stderr is not None  # noqa: S101 - the same
    return process.stdout, process.stderr


def _send(child: _Child, number: signal.Signals) -> None:
    """Send a signal to a service that may just have ended; Popen never hits a stranger."""
    if child.process is not None:
        child.process.send_signal(number)


def _how(status: int) -> str:
    """Say how a process ended."""
    if status < 0:
        with suppress(ValueError):
            return f"by {signal.Signals(-status).name}"
        return f"by signal {-status}"
    meaning = MEANINGS.get(status)
    return f"with status {status}" + (f" ({meaning})" if meaning else "")
