"""Where the time of an event goes: the steps of the transaction, in µs for each event.

    python -m bench.profile [--events N] [--people N] [--seed N] [--calls]

The embedded engine applies a day of the county in this process, so nothing of Kafka is in the
figures. `idle` is the time in which this process waited, nearly all of it for PostgreSQL; `--calls`
adds the functions that took the most, by Python's own profiler, which slows everything down.
"""

import argparse
import cProfile
import pstats
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bench.generator import events, parcels
from bench.ground import BATCH, DAY, SECRET, Ground, batches, ground, publish
from streams.engines.embedded import EmbeddedEngine
from streams.ledger.collector import settle

LINES_SHOWN = 75
NANOSECONDS = 1_000_000_000


@dataclass(slots=True)
class Stopwatch:
    """Adds up the time between the steps of the transaction, on the clock and on the processor."""

    spent: Counter[str] = field(default_factory=Counter)
    busy: Counter[str] = field(default_factory=Counter)
    _clock: float = 0.0
    _cpu: float = 0.0

    def step(self, name: str) -> None:
        """Count the time since the last step to the step that ends here."""
        clock, cpu = time.perf_counter(), time.process_time()
        if name != "begun":
            self.spent[name] += clock - self._clock
            self.busy[name] += cpu - self._cpu
        self._clock, self._cpu = clock, cpu


def measure(made: Ground, count: int, profiler: cProfile.Profile | None) -> tuple[Stopwatch, float]:
    """Apply a day's events and return the times of the steps and PostgreSQL's processor time."""
    said = events(made.county, made.now - DAY, count)
    day = list(batches(parcels(said, made.rules.register, SECRET), BATCH * 4))
    watch = Stopwatch()
    ledger = made.open("profile")
    ledger.step = watch.step
    engine = EmbeddedEngine(ledger, made.now + timedelta(seconds=1))
    server = ledger.session.info.backend_pid
    before = cpu_of(server)

    settle()
    if profiler is not None:
        profiler.enable()
    for batch in day:
        publish(engine, batch)
    if profiler is not None:
        profiler.disable()

    return watch, cpu_of(server) - before


def cpu_of(process: int) -> float:
    """Return the processor time of a process of one thread in seconds; 0 where no system tells."""
    try:
        fields = Path(f"/proc/{process}/schedstat").read_text().split()
    except OSError:
        return 0.0
    return int(fields[0]) / NANOSECONDS


def show(watch: Stopwatch, server: float, count: int) -> None:
    """Print a line for each step, and the sums."""
    print(f"{'step':12}{'µs/event':>10}{'busy':>8}{'idle':>8}")
    for name, spent in watch.spent.items():
        _line(name, spent / count, watch.busy[name] / count)
    total, busy = watch.spent.total() / count, watch.busy.total() / count
    _line("all", total, busy)
    print(f"PostgreSQL's processor time: {server / count * 1e6:.0f} µs/event")
    print(f"one process alone: {1 / total:.0f} events/s")


def _line(name: str, spent: float, busy: float) -> None:
    print(f"{name:12}{spent * 1e6:10.1f}{busy * 1e6:8.1f}{(spent - busy) * 1e6:8.1f}")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--people", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--calls", action="store_true")
    options = parser.parse_args()
    profiler = cProfile.Profile() if options.calls else None
    with ground(options.people, options.seed) as made:
        watch, server = measure(made, options.events, profiler)
    show(watch, server, options.events)
    if profiler is not None:
        pstats.Stats(profiler).sort_stats("tottime").print_stats(LINES_SHOWN)
    return 0


if __name__ == "__main__":
    sys.exit(main())
