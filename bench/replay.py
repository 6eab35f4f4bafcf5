"""Events per second of a recorded log that is replayed with the rules of now.

A day's traffic of a county is applied first as it would come in a year: in small batches of one
feed, minutes apart. What is measured is `switchboard replay` over that record, from its first event
to the last comparison of what was told. A year is reckoned from the last third alone, in which the
scratch ledger is fullest; whether it goes on so is not known, so the first third stands beside it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Final

from bench.day import Day
from bench.generator import TRAFFIC, parcels
from bench.ground import SECRET, Ground, batches, ground, publish
from streams.engines.differing import differences
from streams.engines.embedded import EmbeddedEngine
from streams.engines.rehearsal import Rehearsal
from streams.ledger.collector import settle
from streams.ledger.reading import reading
from streams.ledger.recorded import LedgerLog
from streams.ledger.scratch import scratch
from streams.ledger.transaction import Ledger

YEAR_EVENTS: Final = 1_000_000
"""Source: DESIGN section 10: a year of an area of 5,000 people."""
YEAR: Final = timedelta(days=365)
RECORDED_BATCH: Final = 20
"""Assumed: what a feed sends in some minutes."""
THIRDS: Final = 3


@dataclass(frozen=True, slots=True)
class Figures:
    """What a replay took: in whole, in its first and last third, and for a year like the last."""

    events: int
    seconds: float
    events_s: float
    first_third_events_s: float
    last_third_events_s: float
    compare_seconds: float
    busy_us: float
    """Processor time of this process for each event, which says more on a machine in use."""
    differences: int

    @property
    def year_minutes(self) -> float:
        """Reckon the minutes of a year's million events, comparison included."""
        compared = self.compare_seconds / self.events * YEAR_EVENTS
        return (YEAR_EVENTS / self.last_third_events_s + compared) / 60


def measure(people: int, events: int, seed: int) -> Figures:
    """Record a day's traffic spread over a year, and replay it."""
    with ground(people, seed) as made:
        _record(made, events)
        settle()
        return _replay(made)


def _record(made: Ground, count: int) -> None:
    """Apply the traffic in small batches, each at its own instant of a year."""
    day = Day(made.county, made.now - YEAR, pace=YEAR / count)
    engine = EmbeddedEngine(made.open("recorded"), made.now)
    sent = parcels(day.events(count, TRAFFIC), made.rules.register, SECRET)
    for batch in batches(sent, RECORDED_BATCH):
        engine.advance(timedelta(minutes=1))
        publish(engine, batch)
    engine.ledger.session.execute("VACUUM ANALYZE")
    engine.ledger.session.close()


def _replay(made: Ground) -> Figures:
    """Replay the record, with a mark at each third."""
    with reading(made.url) as session, scratch(made.url) as own:
        log, ledger = LedgerLog(session), Ledger(own, made.rules, SECRET)
        rehearsal = Rehearsal(EmbeddedEngine(ledger, made.now))
        total = log.count()
        marks: list[float] = []
        begun, busy = time.perf_counter(), time.process_time()
        rehearsal.run(log, _marking(total, marks))
        run = time.perf_counter()
        with own.transaction():
            found = sum(1 for _ in islice(differences(log.told(), LedgerLog(own).told()), total))
        ended, busy = time.perf_counter(), time.process_time() - busy
    third = total / THIRDS
    return Figures(
        events=total,
        seconds=ended - begun,
        events_s=total / (ended - begun),
        first_third_events_s=third / (marks[0] - begun),
        last_third_events_s=third / (run - marks[1]),
        compare_seconds=ended - run,
        busy_us=busy / total * 1e6,
        differences=found,
    )


def _marking(total: int, marks: list[float]) -> Callable[[int], None]:
    """Return a progress that notes when each third was done."""
    done = 0

    def progress(count: int) -> None:
        """Count, and note the time at the end of each third."""
        nonlocal done
        done += count
        while len(marks) < THIRDS and done * THIRDS >= total * (len(marks) + 1):
            marks.append(time.perf_counter())

    return progress
