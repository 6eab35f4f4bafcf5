"""A trial: one record is worked through in a child process, which may die of it.

The child has limits of time and memory and its own session with the ledger. It does everything
that the worker would do and then rolls back, so that a trial has no effect but its answer.
"""

import pickle
import resource
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from streams.domain.log import Batch
from streams.engines.wiring import rules_named
from streams.ledger.connection import connect
from streams.ledger.transaction import Ledger

TRIAL_SECONDS: Final = 20.0
"""Assumed: no honest record takes longer."""
TRIAL_MEMORY_BYTES: Final = 1 << 30
"""Assumed: no honest record needs more than 1 GiB of data."""
LIVED: Final = 0
DEFECT: Final = 3
"""The child met an ordinary defect: it lived, and the worker will meet the same and say so."""


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
        """Answer whether the child lived."""
        errand = pickle.dumps(_Errand(self.url, self.rules, self.secret, batch))
        command = [sys.executable, "-m", "streams.engines.trial"]
        try:
            done = subprocess.run(  # noqa: S603 - our own module, by our own interpreter
                command, input=errand, timeout=self.seconds, check=False, capture_output=True
            )
        except subprocess.TimeoutExpired:
            return False
        return done.returncode in {LIVED, DEFECT}


class _Undo(Exception):
    """Raised at the end of a trial so that nothing of it stays."""


def _undo_at_the_end(step: str) -> None:
    """Roll the transaction back at its last step."""
    if step == "advanced":
        raise _Undo


def main() -> int:
    """Run one errand from standard input; the status says whether this process lived."""
    resource.setrlimit(resource.RLIMIT_DATA, (TRIAL_MEMORY_BYTES, TRIAL_MEMORY_BYTES))
    errand: _Errand = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own parent
    session = connect(errand.url, name="trial")
    ledger = Ledger(session, rules_named(errand.rules), errand.secret, step=_undo_at_the_end)
    try:
        ledger.apply(errand.batch, datetime.now(UTC))
    except _Undo:
        return LIVED
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - a defect of ours: the worker will quarantine it
        return DEFECT
    return LIVED


if __name__ == "__main__":
    sys.exit(main())
