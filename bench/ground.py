"""What every benchmark stands on: a ledger in which a county is known, on an embedded server."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench.county import County
from bench.generator import parcels
from connectors.publisher.spool import Parcel
from streams.domain.log import Place
from streams.engines.embedded import EmbeddedEngine, place_of
from streams.engines.wiring import rules_of
from streams.ledger import migrations
from streams.ledger.connection import connect
from streams.ledger.embedded import EmbeddedServer
from streams.ledger.transaction import Ledger
from streams.pipeline import Rules
from streams.settings import Settings

SECRET: Final = b"a secret that guards made-up people"
BATCH: Final = Settings.model_fields["batch_max"].default
STANDING_AGE: Final = timedelta(days=60)
DAY: Final = timedelta(hours=8)
"""How long before now the traffic begins, so that nothing of it lies in the future."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A ledger's address, the rules, and the county that the ledger knows."""

    url: str
    rules: Rules
    county: County
    now: datetime

    def places(self) -> list[Place]:
        """Return the places from which the standing events were applied."""
        return [place_of(agency.feed) for agency in self.rules.register.agencies.values()]

    def open(self, name: str) -> Ledger:
        """Open a session of its own with the ledger."""
        return Ledger(connect(self.url, name=name), self.rules, SECRET)


@contextmanager
def ground(people: int, seed: int, settings: Settings | None = None) -> Iterator[Ground]:
    """Start a server in a temporary folder, migrate it, and let the county become known."""
    settings = settings or Settings()
    now = datetime.now(UTC).replace(microsecond=0)
    with TemporaryDirectory(prefix="switchboard-bench-") as folder:
        home = Path(folder) / "home"
        server = EmbeddedServer.open(home, run_as=settings.postgres_user, mode=settings.mode)
        with server:
            migrations.upgrade(server.url)
            county = County(people, now - STANDING_AGE, seed)
            made = Ground(server.url, rules_of(settings), county, now)
            _become_known(made)
            yield made


def _become_known(made: Ground) -> None:
    """Apply what the county says of its staff and people, in large batches, and settle it."""
    engine = EmbeddedEngine(made.open("standing"), made.now)
    for batch in batches(parcels(made.county.standing(), made.rules.register, SECRET), BATCH):
        publish(engine, batch)
    engine.ledger.session.execute("VACUUM ANALYZE")
    engine.ledger.session.execute("CHECKPOINT")
    engine.ledger.session.close()


def publish(engine: EmbeddedEngine, batch: Iterable[Parcel]) -> None:
    """Apply parcels, one batch for each feed of them, in the order of the feeds' first parcel."""
    by_feed: dict[str, list[Parcel]] = {}
    for parcel in batch:
        by_feed.setdefault(parcel.topic, []).append(parcel)
    for feed, of_feed in by_feed.items():
        engine.publish(feed, [(parcel.value, dict(parcel.headers)) for parcel in of_feed])


def batches(items: Iterable[Parcel], size: int) -> Iterator[list[Parcel]]:
    """Cut a stream into lists of one size, the last one shorter."""
    left = iter(items)
    while batch := list(islice(left, size)):
        yield batch
