"""Absences and reassignments race with events: every open item has one owner who is there."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from chaos.checker import faults
from chaos.generator import County
from chaos.offline import Log
from chaos.ticking import clock_of, owner_faults
from fixtures.postgres import DatabaseServer
from world_run import RULES

from streams.ledger import positions
from streams.ledger.connection import Session, connect
from streams.ledger.transaction import Ledger

SEEDS: Final = (21, 22)
BATCHES_BETWEEN_LOOKS: Final = 4


@pytest.fixture
def session(postgres: DatabaseServer, ledger_template: str) -> Iterator[Session]:
    """Give a session on an empty ledger."""
    name = postgres.new_name()
    url = postgres.create(name, template=ledger_template)
    with connect(url, name="test", limits={"synchronous_commit": "off"}) as opened:
        yield opened
    postgres.drop(name)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_every_event_reaches_one_owner_who_is_there(session: Session, seed: int) -> None:
    """The clock looks between any batches; what is open at the end is with somebody entitled."""
    now = datetime.now(UTC)
    county, log = County(seed, now, 40), Log()
    rng = random.Random(seed)  # noqa: S311 - seeded, and no secret
    ledger, clock, acts = (
        Ledger(session, RULES, b"made up for the chaos tests"),
        clock_of(session),
        0,
    )
    for sent in (county.opening(), county.mixed(500)):
        log.append(sent, now)
        for place in log.records:
            positions.begin(session, place, 0, now)
        for number, batch in enumerate(log.batches(rng, 60)):
            ledger.apply(batch, now + timedelta(milliseconds=number))
            if number % BATCHES_BETWEEN_LOOKS == 0:
                acts += clock.tick()
    assert acts
    assert faults(session, log.witnesses()) == []
    assert owner_faults(session) == []
