"""The file that says which process runs a home's services, so that `down` ends that one only.

It holds the process id with the instant at which the process began, since ids are given out again.
Whoever runs the services holds a lock on the file for as long as it lives, however it ends; a file
that nobody holds is left over, and speaks of nobody.
"""

import fcntl
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, TextIO

NAME: Final = "up.pid"
BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
LOOK_SECONDS: Final = 0.1
_START_FIELD: Final = 19
"""The 22nd field of /proc/PID/stat, counted from the one after the program's name."""


class AlreadyUp(Exception):
    """The services of this home run already; the words say under which process."""


@dataclass(frozen=True, slots=True)
class Running:
    """A process: its id, and when it began, in the words of this machine."""

    pid: int
    began: str


def began(pid: int) -> str | None:
    """Return when a process began, as the machine counts it; None where there is no such process.

    On Linux in clock ticks since the machine's start, whose own id is part of it.
    """
    if BOOT.exists():
        with suppress(OSError, IndexError):
            stat = Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace")
            boot = BOOT.read_text("ascii").strip()
            return f"{boot}/{stat.rpartition(')')[2].split()[_START_FIELD]}"
        return None
    told = subprocess.run(  # noqa: S603 - a number is all that varies
        ["/bin/ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return told.stdout.strip() or None


@contextmanager
def held(home: Path) -> Iterator[None]:
    """Say in a home that this process runs its services; raise `AlreadyUp` where another does."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = home / NAME
    with _locked(path) as file:
        file.truncate(0)
        mine = Running(os.getpid(), began(os.getpid()) or "")
        file.write(json.dumps(asdict(mine)) + "\n")
        file.flush()
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def _locked(path: Path) -> TextIO:
    """Open the file, which nobody else may read, and lock it."""
    while True:
        file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            file.close()
            other = _read(path)
            who = f"process {other.pid}" if other else "another process"
            words = f"the services of {path.parent} run already, under {who}"
            raise AlreadyUp(f"{words}; `switchboard down` ends them") from taken
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                return file
        # Whoever held it before has taken it away in between.
        file.close()


def running(home: Path) -> Running | None:
    """Return the process that runs a home's services; None where there is none.

    A file that nobody holds, or whose process began at another time, speaks of nobody.
    """
    path = home / NAME
    found = _read(path)
    if found is None or not _is_held(path) or began(found.pid) != found.began:
        return None
    return found


def _read(path: Path) -> Running | None:
    """Read the file; None where there is none, or where it is not whole."""
    try:
        told = json.loads(path.read_text("utf-8"))
        return Running(int(told["pid"]), str(told["began"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _is_held(path: Path) -> bool:
    """Answer whether a living process holds the file."""
    with suppress(FileNotFoundError), path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def end(home: Path, process: Running, seconds: float) -> bool:
    """Ask a process to end its services and itself; answer whether it did in that time."""
    if began(process.pid) == process.began:
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGTERM)
    until = time.monotonic() + seconds
    while began(process.pid) == process.began and _is_held(home / NAME):
        if time.monotonic() > until:
            return False
        time.sleep(LOOK_SECONDS)  # it is no child of ours, whose end could be waited for
    return True
