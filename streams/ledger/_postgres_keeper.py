"""Keeps one embedded PostgreSQL for as long as somebody holds it; a program, never imported.

It is started by `embedded.py` with its orders as JSON, leaves its starter at once (its own
session, nobody's child) and imports the standard library only, so that it starts in a moment.
Everybody who uses the server shares a lock on one file. The kernel drops a process's share
however it ends, SIGKILL included; the keeper has everybody gone as soon as it gets the lock
alone, and then stops the server. While it lives it holds `keeper.lock`, inherited open.
"""

import contextlib
import ctypes
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

LOOK_SECONDS: Final = 0.2
"""How often the keeper looks whether anybody is left."""
FAST_STOP_SECONDS: Final = 20.0
"""Assumed: a clean stop takes under 2 s; after this long the server is stopped without one."""
HARD_STOP_SECONDS: Final = 5.0
_SET_PARENT_DEATH_SIGNAL: Final = 1


def main(orders: dict[str, Any]) -> None:
    """Leave the starter, run the server, stop it when the last holder is gone."""
    if os.fork():
        os._exit(0)
    os.setsid()
    asked: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: asked.append(number))
    holders = os.open(orders["holders"], os.O_RDWR)
    server = _start(orders)
    while server.poll() is None:
        if asked or _is_alone(holders):
            _stop(server)
            break
        time.sleep(LOOK_SECONDS)  # holders are processes: none says that it ended
    with contextlib.suppress(OSError):
        Path(orders["socket_folder"]).rmdir()


def _start(orders: dict[str, Any]) -> subprocess.Popen[bytes]:
    """Start the server in its data folder, under its account, with its words going to the log."""
    log = os.open(orders["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        return subprocess.Popen(  # noqa: S603 - the orders come from our own starter
            orders["command"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=orders["folder"],
            env=orders["environment"],
            user=orders["user"],
            group=orders["group"],
            extra_groups=orders["extra_groups"],
            umask=0o077,
            preexec_fn=_die_with_keeper,  # noqa: PLW1509 - this program has one thread
        )
    finally:
        os.close(log)


def _die_with_keeper() -> None:
    """Have Linux stop the server when this keeper is killed; elsewhere the next opener does."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGINT)


def _is_alone(holders: int) -> bool:
    """Say whether nobody holds the server any more; from then on nobody can until we exit."""
    try:
        fcntl.flock(holders, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Stop the server cleanly, ever harder when it does not obey."""
    patience = {
        signal.SIGINT: FAST_STOP_SECONDS,
        signal.SIGQUIT: HARD_STOP_SECONDS,
        signal.SIGKILL: HARD_STOP_SECONDS,
    }
    for number, seconds in patience.items():
        server.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(seconds)
            return


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
