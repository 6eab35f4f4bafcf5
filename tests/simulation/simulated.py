"""A simulation: traffic through the embedded engine and a ledger, and what the model says of it."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

import world_model_found as found
from chaos.reading import decoded
from world_model_found import Difference, Published, of_register

from streams.engines.embedded import EmbeddedEngine
from streams.ledger.queries_outcomes import outcomes
from streams.ledger.transaction import Ledger
from streams.settings import PROJECT_ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from world_builder import Said

    from streams.ledger.connection import Session
    from streams.pipeline import Rules

REGISTER: Final = PROJECT_ROOT / "agencies.toml"
AGENCIES: Final = of_register(REGISTER).register.agencies
SECRET: Final = b"a secret of the simulation"


def simulate(session: Session, rules: Rules, said: Iterable[Said]) -> list[Published]:
    """Apply what is said, one batch for each run of one feed and one instant; return all of it."""
    engine: EmbeddedEngine | None = None
    published: list[Published] = []
    ends: dict[str, int] = {}
    for (feed, at), group in groupby(said, key=lambda each: (feed_of(each), each.came_at)):
        batch = list(group)
        engine = engine or EmbeddedEngine(Ledger(session, rules, SECRET), at)
        engine.now = at
        start = ends.get(feed, 0)
        ends[feed] = start + len(batch)
        engine.publish(feed, [(each.value, {"ce_type": ce_type(each)}) for each in batch])
        published += [record(feed, start + n, each) for n, each in enumerate(batch)]
    return published


def feed_of(said: Said) -> str:
    """Return on whose feed it is sent: of the agency that may say it, whatever it claims."""
    may = {name: each for name, each in AGENCIES.items() if said.type in each["event_types"]}
    return may.get(said.key[0], next(iter(may.values())))["feed"]


def ce_type(said: Said) -> bytes:
    """Return the header with which an event travels."""
    return f"{said.type}.v1".encode()


def record(feed: str, offset: int, said: Said) -> Published:
    """Return a record as the model hears it, through bytes and back."""
    agency = feed.removeprefix("feed.")
    return Published(agency, *decoded(said.value), (feed, 0, offset))


def against(session: Session, published: list[Published]) -> list[Difference]:
    """Return what the ledger has otherwise than the model."""
    with session.transaction():
        ledger = list(outcomes(session))
    return list(found.differences(of_register(REGISTER), published, ledger))
