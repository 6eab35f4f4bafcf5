"""A trial: one record is worked through in a child process, which may die of it.

The child has limits of time and memory and its own session with the ledger. It does everything
that the worker would do and then rolls back, so that a trial has no effect but its answer.

Only a child that dies of the record condemns it. One that never came to the record, or that met a
world that was down, answers nothing, and the worker ends as it does when the world is down: a
record must not be quarantined because PostgreSQL was starting.
"""

import pickle
import resource
import select
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from streams.domain.log import Batch
from streams.engines.wiring import rules_named
from streams.ledger.connection import WorldDown, connect
from streams.ledger.transaction import Ledger

START_SECONDS: Final = 60.0
"""Assumed: a child on a busy machine has come to the record by then."""
TRIAL_SECONDS: Final = 20.0
"""Assumed: no honest record takes longer, counted from when the child has come to it."""
TRIAL_MEMORY_BYTES: Final = 1 << 30
"""Assumed: no honest record needs more than 1 GiB of data."""
LIVED: Final = 0
DEFECT: Final = 3
"""The child met an ordinary defect: it lived, and the worker will meet the same and say so."""
NO_ANSWER: Final = 70
"""The world was down for the child."""
COME: Final = b"come to the record\n"


@dataclass(frozen=True, slots=True)
class _Errand:
    """What a child is told; it comes from its own parent and from nobody else."""

    url: str
    rules: str
    secret: bytes
    batch: Batch


@dataclass(frozen=True, slots=True)
class ChildTrial:
    """Tries a record in a child of this process; `rules` names the factory of its rules."""

    url: str
    rules: str
    secret: bytes
    seconds: float = TRIAL_SECONDS

    def __call__(self, batch: Batch) -> bool:
        """Answer whether the child lived; raise `WorldDown` where it cannot say."""
        errand = pickle.dumps(_Errand(self.url, self.rules, self.secret, batch))
        command = [sys.executable, "-m", "streams.engines.trial"]
        with subprocess.Popen(  # noqa: S603 - our own module, by our own interpreter
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as child:
            try:
                return self._lived(child, errand)
            finally:
                child.kill()

    def _lived(self, child: "subprocess.Popen[bytes]", errand: bytes) -> bool:
        """Wait until the child has come to the record, and then until it has ended of it."""
        assert child.stdin is not None  # noqa: S101 - asked for above
        assert child.stdout is not None  # noqa: S101 - asked for above
        with suppress(BrokenPipeError), child.stdin:
            child.stdin.write(errand)
        is_there, _, _ = select.select([child.stdout], [], [], START_SECONDS)
        if not is_there or child.stdout.readline() != COME:
            raise WorldDown("the trial of a record did not come to the record")
        try:
            status = child.wait(self.seconds)
        except subprocess.TimeoutExpired:
            return False
        if status == NO_ANSWER:
            raise WorldDown("the world was down for the trial of a record")
        return status in {LIVED, DEFECT}


class _Undo(Exception):
    """Raised at the end of a trial so that nothing of it stays."""


def _undo_at_the_end(step: str) -> None:
    """Roll the transaction back at its last step."""
    if step == "advanced":
        raise _Undo


def main() -> int:
    """Run one errand from standard input; the status says whether this process lived."""
    errand: _Errand = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own parent
    try:
        session = connect(errand.url, name="trial")
        ledger = Ledger(session, rules_named(errand.rules), errand.secret, step=_undo_at_the_end)
        resource.setrlimit(resource.RLIMIT_DATA, (TRIAL_MEMORY_BYTES, TRIAL_MEMORY_BYTES))
        sys.stdout.buffer.write(COME)
        sys.stdout.buffer.flush()
        ledger.apply(errand.batch, datetime.now(UTC))
    except _Undo:
        return LIVED
    except WorldDown:
        return NO_ANSWER
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - a defect of ours: the worker will quarantine it
        return DEFECT
    return LIVED


if __name__ == "__main__":
    sys.exit(main())
