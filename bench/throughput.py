"""Events per second from Kafka to committed notices, for each engine, beside the floor.

A day of the county is sent to feeds of its own first. Then the workers start, with the feeds
paused until all of them have joined; the clock runs from the first position that moves in the
ledger to the last. So starting Python and dealing out partitions are not in the figure, and all
that is between Kafka and the commit is.

Runs from a checkout: it needs `bench/` and, where SWITCHBOARD_KAFKA is not set, `tests/broker`.
"""

import pickle
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psycopg

from bench import floor
from bench.cluster import send
from bench.generator import events, parcels
from bench.ground import BATCH, DAY, SECRET, Ground
from bench.poison import neighbours_wait
from bench.workers import on_kafka, peak_megabytes, workers
from streams.ledger import feeds, migrations
from streams.ledger.connection import connect
from streams.settings import PROJECT_ROOT, Settings

POLL_SECONDS = 0.1
QUIET_SECONDS_MAX = 60.0
FLOOR_DATABASE = "floor"


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure: how many events of how large a county, by how many processes."""

    events: int = 30_000
    people: int = 5_000
    processes: int = 2
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Figures:
    """What one engine's run gave: events each second, the floor's, and what the run wrote.

    `worker_mb` is the most memory that each worker had until the day was applied.
    """

    engine: str
    events_s: float
    floor_events_s: float
    rows: dict[str, int]
    poison_seconds: float
    ended: dict[str, int] = field(default_factory=dict)
    worker_mb: tuple[int, ...] = ()


class Stalled(Exception):
    """The ledger has stopped moving; the workers' own words were on standard error."""


def measure(engine: str, plan: Plan) -> Figures:
    """Run one engine over a day of the county, then the floor over the same records."""
    with on_kafka(plan.people, plan.seed) as on:
        run = _Run(on.made, on.settings, plan, on.folder)
        sent = run.send_day()
        before = run.marks()
        run.hold()
        with workers(on.made, on.settings, engine, plan.processes) as running:
            run.let_go()
            events_s = run.follow(sent)
            peaks = tuple(map(peak_megabytes, running))
            tables, ended = run.written(before), run.ended(before[0])
            poison = neighbours_wait(on.made, on.settings.kafka)
        floor_s = run.floor_of(tables, sent)
        rows = {each.table: len(each.rows) for each in tables}
        return Figures(engine, events_s, floor_s, rows, poison, ended, peaks)


@dataclass(frozen=True, slots=True)
class _Run:
    """One run on its ground."""

    made: Ground
    settings: Settings
    plan: Plan
    folder: Path

    @property
    def feeds(self) -> list[str]:
        """Return the run's feeds."""
        return sorted(agency.feed for agency in self.made.rules.register.agencies.values())

    def send_day(self) -> int:
        """Send the day's events to Kafka; return how many records there are."""
        said = events(self.made.county, self.made.now - DAY, self.plan.events)
        return send(self.settings.kafka, parcels(said, self.made.rules.register, SECRET))

    def hold(self) -> None:
        """Pause the run's feeds."""
        with connect(self.made.url, name="bench") as session:
            for feed in self.feeds:
                feeds.pause(session, feed, "until every worker has joined", self.made.now)

    def let_go(self) -> None:
        """Let the run's feeds run; workers see it within a second."""
        with connect(self.made.url, name="bench") as session:
            for feed in self.feeds:
                feeds.resume(session, feed, self.made.now)

    def marks(self) -> tuple[int, int]:
        """Return where the ledger stands: its last event and its last output."""
        return (
            self._number("SELECT coalesce(max(seq), 0) FROM event"),
            self._number("SELECT coalesce(max(id), 0) FROM outbox"),
        )

    def _number(self, query: str) -> int:
        """Ask the ledger for a number."""
        with psycopg.connect(self.made.url, autocommit=True) as session:
            row = session.execute(query.encode()).fetchone()
        return int(row[0]) if row else 0

    def follow(self, sent: int) -> float:
        """Watch the positions until all records are applied; return the events per second."""
        query = "SELECT coalesce(sum(next_offset), 0) FROM position WHERE topic_id = ANY(%s)"
        with psycopg.connect(self.made.url, autocommit=True) as session:
            first = last = (time.monotonic(), 0)
            while last[1] < sent:
                time.sleep(POLL_SECONDS)  # the ledger tells no reader that it has moved
                row = session.execute(query, (self._topic_ids(session),)).fetchone()
                now, done = time.monotonic(), int(row[0]) if row else 0
                if done > last[1]:
                    first = first if first[1] else (now, done)
                    last = (now, done)
                if now - last[0] > QUIET_SECONDS_MAX:
                    message = f"{last[1]} of {sent} records applied, then nothing"
                    raise Stalled(message)
        return (last[1] - first[1]) / max(last[0] - first[0], POLL_SECONDS)

    def _topic_ids(self, session: psycopg.Connection[Any]) -> list[Any]:
        """Return the ids of Kafka's topics; the standing events had places of their own."""
        embedded = {place.topic_id for place in self.made.places()}
        rows = session.execute(
            "SELECT DISTINCT topic_id FROM position WHERE topic = ANY(%s)", (self.feeds,)
        ).fetchall()
        return [row[0] for row in rows if row[0] not in embedded]

    def written(self, before: tuple[int, int]) -> list[floor.TableRows]:
        """Read what the run wrote."""
        with psycopg.connect(self.made.url) as session:
            ids = tuple(map(str, self._topic_ids(session)))
        return floor.rows_of_run(self.made.url, floor.Marks(*before, ids))

    def ended(self, after: int) -> dict[str, int]:
        """Count how the run's events ended."""
        with psycopg.connect(self.made.url) as session:
            rows = session.execute(
                "SELECT disposition, count(*) FROM event WHERE seq > %s GROUP BY 1", (after,)
            ).fetchall()
        return dict(Counter(dict(rows)))

    def floor_of(self, tables: Sequence[floor.TableRows], sent: int) -> float:
        """Run the floor in as many processes over the same records; return its events/s."""
        url = self._empty_ledger()
        running = []
        for number, share in enumerate(self._shares(url, tables)):
            path = self.folder / f"share-{number}"
            path.write_bytes(pickle.dumps(share))
            command = [sys.executable, "-m", "bench.floor", str(path)]
            running.append(
                subprocess.Popen(  # noqa: S603 - our own
                    command, cwd=PROJECT_ROOT, stdout=subprocess.PIPE, text=True
                )
            )
        told = [each.communicate()[0].split() for each in running]
        begun = min(float(each[0]) for each in told)
        return sent / (max(float(each[1]) for each in told) - begun)

    def _empty_ledger(self) -> str:
        """Make an empty ledger beside the run's, with the same tables and indexes."""
        with psycopg.connect(self.made.url, autocommit=True) as session:
            session.execute(f"CREATE DATABASE {FLOOR_DATABASE}")
            session.execute("CHECKPOINT")
        head, _, tail = self.made.url.partition("?")
        url = f"{head.rpartition('/')[0]}/{FLOOR_DATABASE}?{tail}"
        migrations.upgrade(url)
        return url

    def _shares(self, url: str, tables: Sequence[floor.TableRows]) -> list[floor.Share]:
        """Deal partitions and rows out to the processes, the fullest partition first."""
        with psycopg.connect(self.made.url) as session:
            full = session.execute(
                "SELECT topic, partition, next_offset FROM position WHERE topic_id = ANY(%s)"
                " ORDER BY next_offset DESC",
                (self._topic_ids(session),),
            ).fetchall()
        total = self.plan.processes
        shares = []
        for number in range(total):
            mine = full[number::total]
            of_tables = tuple(replace(each, rows=each.rows[number::total]) for each in tables)
            places = tuple((topic, partition) for topic, partition, _ in mine)
            records = sum(count for _, _, count in mine)
            shares.append(floor.Share(self.settings.kafka, url, places, records, BATCH, of_tables))
        return shares


def summary(found: Sequence[Figures]) -> dict[str, float | None]:
    """Return the figures by the names that other programs read."""
    by_engine = {each.engine: each for each in found}
    floors = [each.floor_events_s for each in found]
    answer: dict[str, float | None] = {"floor_events_s": round(max(floors), 1)}
    for engine in ("direct", "faust"):
        one = by_engine.get(engine)
        answer[f"{engine}_events_s"] = round(one.events_s, 1) if one else None
        answer[f"{engine}_to_floor"] = round(one.events_s / one.floor_events_s, 3) if one else None
    answer["worker_mb"] = max((mb for each in found for mb in each.worker_mb), default=None)
    answer["poison_neighbours_s"] = round(max(each.poison_seconds for each in found), 2)
    return answer
