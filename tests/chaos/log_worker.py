"""A worker without a broker: it applies a log from a file, and may be told to die on the way.

    python -m chaos.log_worker LEDGER_URL FOLDER

It goes through the batches of `FOLDER/log` in their order, from where the ledger stands, with all
the care of a real worker (`Applier`), and ends with 0 when everything is applied. The clock stands
still and every record has its number, so that two runs end alike to the byte, whatever befell them.
"""

import pickle
import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from chaos.chaos_worker import open_to_orders_in_copy
from chaos.offline import ROOT, environment
from chaos.orders import Obedience

from streams.domain.errors import Refusal
from streams.domain.log import Batch, Place
from streams.engines.hang import Hang
from streams.engines.port import Applier, Gate
from streams.engines.trial import ChildTrial
from streams.engines.wiring import rules_named
from streams.ledger.connection import EXIT_WORLD_DOWN, WorldDown, connect
from streams.ledger.transaction import Applied, Ledger
from streams.settings import Settings

SECRET: Final = b"made up for the chaos tests"
TRIAL_SECONDS: Final = 5.0
LOG: Final = "log"
RUNS_MAX: Final = 40


@dataclass(frozen=True, slots=True)
class Errand:
    """What is to be applied, in which batches, and what time it is."""

    batches: Sequence[Batch]
    now: datetime

    def number_of(self) -> dict[tuple[Place, int], int]:
        """Number every record as a ledger would that nothing ever befell."""
        records = [
            (batch.place, record.offset) for batch in self.batches for record in batch.records
        ]
        return {where: number for number, where in enumerate(records, 1)}


@dataclass(slots=True)
class NumberedLedger(Ledger):
    """A ledger whose numbers do not depend on how often a transaction was tried."""

    numbers: dict[tuple[Place, int], int] | None = None

    def apply(
        self,
        batch: Batch,
        raised_at: datetime,
        *,
        refused: Refusal | None = None,
        seqs: Sequence[int] | None = None,
    ) -> Applied:
        """Apply a batch with the numbers of its records."""
        assert self.numbers is not None
        mine = [self.numbers[batch.place, record.offset] for record in batch.records]
        return Ledger.apply(self, batch, raised_at, refused=refused, seqs=seqs or mine)


def run_until_done(url: str, folder: Path, **settings: str) -> list[int]:
    """Run the worker until it has applied everything; return how each run ended."""
    statuses: list[int] = []
    while not statuses or statuses[-1] != 0:
        assert len(statuses) < RUNS_MAX, f"it never ends: {statuses}"
        with (folder / "worker.log").open("ab") as log:
            done = subprocess.run(
                [sys.executable, "-m", "chaos.log_worker", url, str(folder)],
                env=environment(**settings),
                cwd=ROOT,
                stdout=log,
                stderr=log,
                check=False,
            )
        statuses.append(done.returncode)
    return statuses


def give_errand(folder: Path, errand: Errand) -> None:
    """Put an errand where the worker finds it."""
    (folder / LOG).write_bytes(pickle.dumps(errand))


def main() -> int:
    """Apply what is left of the log."""
    url, folder, settings = sys.argv[1], Path(sys.argv[2]), Settings()
    resource.setrlimit(resource.RLIMIT_DATA, (settings.memory_bytes_max, resource.RLIM_INFINITY))
    errand: Errand = pickle.loads((folder / LOG).read_bytes())  # noqa: S301 - the test wrote it
    obedience = Obedience(folder)
    open_to_orders_in_copy(obedience)
    rules, numbers = rules_named(settings.rules), errand.number_of()

    def open_ledger() -> Ledger:
        session = connect(url, name="worker log")
        return NumberedLedger(session, rules, SECRET, obedience.at, url, numbers=numbers)

    trial = ChildTrial(url, settings.rules, SECRET, TRIAL_SECONDS)
    hang = Hang(settings.hang_seconds)
    applier = Applier(open_ledger(), open_ledger, trial, Gate(), hang, lambda: errand.now)
    applier.pause = lambda _seconds: None
    try:
        apply_what_is_left(applier, errand)
    except WorldDown:
        return EXIT_WORLD_DOWN
    return 0


def apply_what_is_left(applier: Applier, errand: Errand) -> None:
    """Apply every batch that the ledger does not have, or what is left of it."""
    places = dict.fromkeys(batch.place for batch in errand.batches)
    stands = {place: applier.start(place, 0) for place in places}
    for batch in errand.batches:
        at = stands[batch.place]
        if batch.next_offset <= at:
            continue
        records = tuple(record for record in batch.records if record.offset >= at)
        left = replace(batch, expected=at, records=records)
        stands[batch.place] = applier.apply(left).next_offset


if __name__ == "__main__":
    sys.exit(main())
