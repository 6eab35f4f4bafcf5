"""One chaos run: two workers on a real Kafka and PostgreSQL, and everything that befalls them.

For each thing that befalls the workers a slice of the records is published, so that it falls under
load; the next slice comes as soon as it has fallen and been mended.
"""

from __future__ import annotations

import random
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import cycle
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit, urlunsplit

from broker.local_kafka import until
from chaos import checker
from chaos.generator import County
from chaos.orders import BEFORE_OFFSETS, IN_COPY, PLACES, Act, Fell, Order, fallen, give
from chaos.reading import Publishing, published, read_all
from chaos.ticking import Ticking, owner_faults
from chaos.workers import Workers

from streams import topics
from streams.engines.wiring import production_rules
from streams.ledger import migrations
from streams.ledger.comparing import differences
from streams.ledger.connection import Session, WorldDown, connect
from streams.ledger.replaying import replay
from streams.ledger.transaction import Ledger
from streams.ledger.verify import verify
from streams.settings import PROJECT_ROOT, load_register

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from broker.local_kafka import LocalKafka
    from fixtures.postgres import OwnServer

    from streams.domain.agencies import AgencyRegister

FREEZE_SECONDS: Final = 9.0
"""Longer than the session timeout of 6 s: the others have taken the partitions by then."""
FALL_SECONDS: Final = 120.0
SETTLE_SECONDS: Final = 150.0
BATCH_MAX: Final = "60"
SECRET: Final = "made up for the chaos tests"
BUSY_FEEDS: Final = ("feed.durham-police", "feed.hmcts", "feed.case-management")
FROZEN_AT: Final = ("loaded", IN_COPY, "committed")
"""Between statements, inside COPY, and between two transactions."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything."""

    events: int
    people: int
    kills: int
    freezes: int
    batches_min: int


CI: Final = Size(events=3_000, people=300, kills=3, freezes=1, batches_min=20)
FULL: Final = Size(events=20_000, people=2_000, kills=len(PLACES), freezes=3, batches_min=60)


@dataclass(slots=True)
class Chaos:
    """The parts of a run, and what fell where."""

    engine: str
    kafka: LocalKafka
    postgres: OwnServer
    folder: Path
    size: Size
    seed: int
    story: list[str] = field(default_factory=list)
    _began: float = field(default_factory=time.monotonic)

    def run(self) -> list[str]:
        """Let everything befall the workers and return what is wrong at the end."""
        rng = random.Random(self.seed)  # noqa: S311 - seeded, and no secret
        base = datetime.now(UTC)
        self.tell(f"engine {self.engine}, seed {self.seed}, {self.size}")
        county = County(self.seed, base, self.size.people)
        migrations.upgrade(self.postgres.url)
        topics.apply(self.kafka.bootstrap, topics.declared(self.register))
        publishing = Publishing(self.kafka.bootstrap, self.folder / "published.jsonl")
        try:
            with self.workers() as workers, Ticking(self.postgres.url) as clock:
                self._published_all(publishing, county, rng, workers)
                self._settled()
                self.tell(f"{clock.acts} acts of the clock")
                self.tell(f"ended {workers.stop()}, earlier {workers.statuses}")
        finally:
            publishing.close()
        return self._checked()

    @property
    def register(self) -> AgencyRegister:
        """The agencies of production."""
        return load_register(PROJECT_ROOT / "agencies.toml")

    @property
    def feeds(self) -> list[str]:
        """The feeds that are read."""
        return sorted(agency.feed for agency in self.register.agencies.values())

    def workers(self) -> Workers:
        """Return the two workers of this run, not yet started."""
        settings = {
            "kafka": self.kafka.bootstrap,
            "database_url": self.postgres.url,
            "home": str(self.folder),
            "key_secret": SECRET,
            "batch_max": BATCH_MAX,
        }
        return Workers(self.engine, self.folder, settings)

    def tell(self, words: str) -> None:
        """Print what happens, with the time since the beginning."""
        line = f"[{time.monotonic() - self._began:6.1f} s] {words}"
        self.story.append(line)
        sys.stderr.write(f"{line}\n")

    def _published_all(
        self, publishing: Publishing, county: County, rng: random.Random, workers: Workers
    ) -> None:
        """Publish everything, a slice for each thing that befalls the workers."""
        opening = list(county.opening())
        publishing.send(opening)
        self._settled()
        mixed = list(county.mixed(self.size.events - len(opening)))
        rng.shuffle(befalls := self._befalls(rng))
        size = -(-len(mixed) // (len(befalls) + 1))
        slices = [mixed[start : start + size] for start in range(0, len(mixed), size)]
        for number, befall in enumerate(befalls):
            befall(number, lambda n=number: publishing.send(slices[n]), workers)
        publishing.send(slices[-1])

    def _befalls(self, rng: random.Random) -> list[Callable[..., None]]:
        """Draw what befalls the workers: kills at every step in turn, freezes, two restarts."""
        steps = list(PLACES)
        rng.shuffle(steps)
        if self.size.kills < len(PLACES):
            steps.sort(key=lambda step: step != BEFORE_OFFSETS)
        feeds = cycle(rng.sample(BUSY_FEEDS, len(BUSY_FEEDS)))
        kills = [an_order(Act.KILL, step, next(feeds), rng) for step in steps[: self.size.kills]]
        freezes = list(FROZEN_AT)
        rng.shuffle(freezes)
        if self.size.kills < len(PLACES):
            # A freeze inside COPY is in the full size, and by itself in test_frozen.py.
            freezes.sort(key=lambda step: step == IN_COPY)
        frozen = [
            an_order(Act.FREEZE, step, next(feeds), rng) for step in freezes[: self.size.freezes]
        ]
        ordered = [self._ordered(order) for order in (*kills, *frozen)]
        return [*ordered, self._kafka_restarts, self._postgres_restarts]

    def _ordered(self, order: Order) -> Callable[..., None]:
        """Return a befall in which a worker gets an order."""

        def befall(number: int, publish: Callable[[], int], workers: Workers) -> None:
            before = len(fallen(self.folder))
            give(self.folder, number, order)
            publish()
            fell = self._fell(number, before, workers)
            self.tell(f"{fell.act} at {fell.step} (time {order.times}), in {fell.thread}")
            if fell.act is Act.FREEZE:
                self._stays_frozen(fell)
                workers.thaw(fell.pid)
                self.tell("thawed")

        return befall

    def _stays_frozen(self, fell: Fell) -> None:
        """Wait past the session timeout; inside COPY, until another worker has ended the holder."""
        ended = self._holders_ended()
        until(lambda: False, FREEZE_SECONDS)
        if fell.step == IN_COPY:
            assert until(lambda: self._holders_ended() > ended, FALL_SECONDS), "it still holds"
            self.tell("another worker has ended its session")

    def _holders_ended(self) -> int:
        """Count how often a worker ended the sessions that held its partition."""
        with self.session() as session:
            return count(session, "audit WHERE chain = 'operations'")

    def _fell(self, number: int, before: int, workers: Workers) -> Fell:
        """Wait until the order was carried out; one whose worker ended otherwise is given again."""

        def has_fallen() -> bool:
            alive = {str(worker.pid) for worker in workers.running}
            for claimed in self.folder.glob(f"{number}.[0-9]*"):
                if claimed.suffix[1:] not in alive and len(fallen(self.folder)) == before:
                    claimed.rename(claimed.with_suffix(".order"))
            return len(fallen(self.folder)) > before

        assert until(has_fallen, FALL_SECONDS), "an order was not carried out"
        return fallen(self.folder)[-1]

    def _kafka_restarts(self, _number: int, publish: Callable[[], int], _w: Workers) -> None:
        """Kill Kafka under load and start it again."""
        publish()
        self.kafka.kill()
        self.tell("Kafka was killed")
        self.kafka.start()
        self.tell("Kafka is back")

    def _postgres_restarts(self, _number: int, publish: Callable[[], int], _w: Workers) -> None:
        """Kill PostgreSQL under load and start it again."""
        publish()
        self.postgres.kill()
        self.tell("PostgreSQL was killed")
        self.postgres.start()
        self.tell("PostgreSQL is back")

    def _settled(self) -> None:
        """Wait until the ledger stands at the end of every partition."""
        began = time.monotonic()
        with topics.TopicIds(self.kafka.bootstrap) as ids:
            ends = {
                (feed, partition): bounds.end
                for feed in self.feeds
                for partition, bounds in ids.bounds(feed).items()
                if bounds.end
            }
        assert until(lambda: self._positions().items() >= ends.items(), SETTLE_SECONDS), (
            f"not applied: {dict(ends.items() - self._positions().items())}"
        )
        self.tell(f"the ledger has everything, {time.monotonic() - began:.1f} s after the last")

    def _positions(self) -> dict[tuple[str, int], int]:
        """Return where the ledger stands."""
        try:
            with self.session() as session:
                rows = session.execute("SELECT topic, partition, next_offset FROM position")
                return {(topic, partition): offset for topic, partition, offset in rows}
        except WorldDown:
            return {}

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open a session with the ledger."""
        with connect(self.postgres.url, name="chaos", limits={}) as session:
            yield session

    def _checked(self) -> list[str]:
        """Compare the ledger with Kafka and the publisher's list."""
        listed = published(self.folder / "published.jsonl")
        witnesses = checker.Witnesses(read_all(self.kafka.bootstrap, self.feeds), listed)
        with self.session() as session:
            batches = count(
                session, "(SELECT DISTINCT topic_id, partition, raised_at FROM event) b"
            )
            found = checker.faults(session, witnesses)
            rows = {name: count(session, name) for name in ("event", "notice", "quarantine")}
            with session.transaction():
                found += [str(broken) for broken in verify(session, lambda _: None)]
            found += owner_faults(session)
            found += self._replayed(session)
        self.tell(f"{batches} batches, {len(listed)} records, {rows}, {len(found)} faults")
        return found if batches >= self.size.batches_min else [*found, f"only {batches} batches"]

    def _replayed(self, session: Session) -> list[str]:
        """Replay the ledger into an empty one and return what came out otherwise."""
        session.execute("CREATE DATABASE again")
        url = urlunsplit(urlsplit(self.postgres.url)._replace(path="/again"))
        migrations.upgrade(url)
        with connect(url, name="replay", limits={}) as again:
            ledger = Ledger(again, production_rules(), SECRET.encode())
            self.tell(f"{replay(session, ledger)} events replayed")
            return differences(session, again)


def an_order(act: Act, step: str, feed: str, rng: random.Random) -> Order:
    """Draw how often a step is passed first; offsets are committed seldom, and for any feed."""
    if step == BEFORE_OFFSETS:
        return Order(act, step)
    return Order(act, step, rng.randint(1, 2), feed)


def count(session: Session, table: str) -> int:
    """Count the rows of a table."""
    row = session.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - our own words
    return int(row[0]) if row else 0
