"""A county for a day: a ledger of its own, the embedded engine, and a clock that the day moves.

Everything but the broker is what production runs: the translators, the codec, the pipeline, the
ledger on PostgreSQL. The ledger lies in a temporary folder and goes with the demo, however it ends.
"""

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from connectors.publisher.spool import Parcel
from connectors.publisher.wire import to_parcel, to_rejected_parcel
from connectors.sources import find_source, source_named
from connectors.translation import Rejection, Skipped, SourceEvent
from schemas.codec import encode
from streams.cli._demo_story import Delivery
from streams.domain.agencies import Agency, Gateway
from streams.domain.notices import Notice
from streams.engines.embedded import EmbeddedEngine
from streams.engines.wiring import rules_of
from streams.ledger import migrations
from streams.ledger.connection import connect
from streams.ledger.embedded import EmbeddedServer
from streams.ledger.queries_moves import crn_of, moved_by
from streams.ledger.transaction import Ledger
from streams.pipeline import Ended, Rules
from streams.settings import Settings

UNSAFE: Final = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""Nobody needs the data of a demo after a power cut."""
GATEWAY: Final = Gateway.OFFENDER_MANAGEMENT_ACT.value
"""For formats that do not name the power under which they are sent, as those of the courts."""


@dataclass(frozen=True, slots=True)
class Happened:
    """What became of one event, or of a part of a file that is none (then `rejection` says why)."""

    delivery: Delivery
    agency: Agency
    ended: Ended
    event_id: str
    event: SourceEvent | None
    rejection: Rejection | None
    moved: tuple[tuple[Notice, str], ...]
    crn: str | None


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of a whole file, and what its translator left out."""

    delivery: Delivery
    agency: Agency
    happened: tuple[Happened, ...]
    skipped: tuple[Skipped, ...]


@dataclass(slots=True)
class County:
    """The engine on its ledger, and the rules; `deliver` moves the clock to the delivery."""

    engine: EmbeddedEngine
    rules: Rules
    secret: bytes
    url: str

    def deliver(self, delivery: Delivery) -> Delivered:
        """Translate one file as its agency's connector does, and apply what it holds."""
        self.engine.advance(delivery.at - self.engine.now)
        agency = self.rules.register.agencies[delivery.agency]
        raw = delivery.path.read_bytes()
        source = source_named(find_source(raw) or agency.source or "")
        translated = source.translate(
            raw, agency=agency.id, received_at=delivery.at, gateway=GATEWAY
        )
        parts: list[SourceEvent | Rejection] = [*translated.events, *translated.rejections]
        parcels = [self._parcel(part, raw, agency) for part in parts]
        applied = self.engine.publish(agency.feed, [(p.value, dict(p.headers)) for p in parcels])
        happened = tuple(
            self._happened(delivery, agency, part, ended)
            for part, ended in zip(parts, applied.ended, strict=True)
        )
        return Delivered(delivery, agency, happened, translated.skipped)

    def _parcel(self, part: SourceEvent | Rejection, raw: bytes, agency: Agency) -> Parcel:
        """Make the record that a connector would send."""
        if isinstance(part, SourceEvent):
            return to_parcel(part, agency, self.secret, encode)
        return to_rejected_parcel(raw, part, agency, self.secret)

    def _happened(
        self, delivery: Delivery, agency: Agency, part: SourceEvent | Rejection, ended: Ended
    ) -> Happened:
        """Bring together what came and what the ledger made of it."""
        session = self.engine.ledger.session
        event = part if isinstance(part, SourceEvent) else None
        return Happened(
            delivery=delivery,
            agency=agency,
            ended=ended,
            event_id=ended.prepared.raw.header("ce_id") or "",
            event=event,
            rejection=None if isinstance(part, SourceEvent) else part,
            moved=() if ended.seq is None else tuple(moved_by(session, ended.seq)),
            crn=None if ended.person_id is None else crn_of(session, ended.person_id),
        )


@contextmanager
def county(settings: Settings, begins: Delivery) -> Iterator[County]:
    """Give a fresh county whose clock stands at its first delivery; nothing of it stays behind.

    Raises `EmbeddedRefused` in production: this ledger is for made-up data.
    """
    home = Path(tempfile.mkdtemp(prefix="switchboard-demo-"))
    try:
        with EmbeddedServer.open(
            home, run_as=settings.postgres_user, mode=settings.mode, settings=UNSAFE
        ) as server:
            migrations.upgrade(server.url)
            session = connect(server.url, name="demo")
            try:
                rules, secret = rules_of(settings), secrets.token_bytes(32)
                ledger = Ledger(session, rules, secret)
                yield County(EmbeddedEngine(ledger, begins.at), rules, secret, server.url)
            finally:
                session.close()
    finally:
        shutil.rmtree(home, ignore_errors=True)
