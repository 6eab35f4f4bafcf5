"""Clocks like that of `switchboard clock`, each of which dies at a random step of a transaction.

Started as `python -m chaos.clock_process SEED`, it is their nursery: it has everything loaded, lets
one clock at a time run in a process of its own, and starts the next when that was killed, without
the seconds that an interpreter needs to begin. It says `ready` once, and `killed` for each.
"""

import os
import random
import signal
import sys
from threading import Event
from types import FrameType

from chaos import clock_rules

from streams.cli.clock import clock_parts
from streams.services.clock import run
from streams.settings import Settings

DIES = 0.15
"""How likely a clock is to die at each step; a transaction has five."""


def a_clock(seed: int) -> int:
    """Run one clock until it dies by its own hand; return its status where it ends otherwise."""
    rng = random.Random(seed)  # noqa: S311 - seeded, and no secret

    def die(_name: str) -> None:
        """Die as if the machine had, now and then."""
        if rng.random() < DIES:
            os.kill(os.getpid(), signal.SIGKILL)

    with clock_parts(Settings(), die) as (clock, reopen):
        return run(clock, Event(), reopen)


def say(word: str) -> None:
    """Say something to whoever counts."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main() -> None:
    """Run one clock after the other until told to stop."""
    clock_rules.rules()
    say("ready")
    child = 0

    def stop(_number: int, _frame: FrameType | None) -> None:
        """End the clock that runs, and the nursery."""
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os._exit(0)

    seed = int(sys.argv[1])
    while True:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
            os._exit(a_clock(seed))
        signal.signal(signal.SIGTERM, stop)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            sys.exit(os.waitstatus_to_exitcode(status))
        say("killed")
        seed += 1


if __name__ == "__main__":
    main()
