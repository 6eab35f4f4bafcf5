"""A ledger that two workers left, rehearsed: the same rules tell everybody the same."""

import random
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from chaos.generator import County
from chaos.offline import Log, apply_all
from fixtures.postgres import DatabaseServer
from world_run import RULES

from streams.engines.differing import differences
from streams.engines.embedded import EmbeddedEngine
from streams.engines.rehearsal import Rehearsal
from streams.ledger.connection import connect
from streams.ledger.recorded import LedgerLog
from streams.ledger.scratch import scratch
from streams.ledger.transaction import Ledger

NOW: Final = datetime(2026, 7, 6, 9, 0, tzinfo=UTC)
SECRET: Final = b"made up for the chaos tests"
COLUMNS: Final = (
    "SELECT seq, because, person_id, late FROM event WHERE payload IS NOT NULL ORDER BY seq",
    "SELECT id, type, recipient, urgency, due_at, state, raised_at FROM notice ORDER BY id",
    "SELECT id, kind, owner, due_at, state FROM duty ORDER BY id",
    "SELECT person_id, crn, document FROM case_file ORDER BY 1",
)


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_the_same_rules_tell_the_same(postgres: DatabaseServer, ledger_url: str, seed: int) -> None:
    """Batches of other feeds and instants end as those did in which the events first came."""
    rng = random.Random(seed)  # noqa: S311 - seeded, and no secret
    county, log = County(seed, NOW, 40), Log()
    with connect(ledger_url, name="test") as session:
        ledger = Ledger(session, RULES, SECRET)
        for hour, sent in enumerate((county.opening(), county.mixed(150), county.mixed(150))):
            at = NOW + timedelta(hours=hour)
            log.append(sent, at)
            apply_all(ledger, log, rng, at, most=7)
        with scratch(ledger_url) as own, session.transaction():
            rehearsal = Rehearsal(EmbeddedEngine(Ledger(own, RULES, SECRET), NOW))
            recorded = LedgerLog(session)
            rehearsal.run(recorded, lambda _done: None)
            with own.transaction():
                assert list(differences(recorded.told(), LedgerLog(own).told())) == []
            for statement in COLUMNS:
                first, again = (s.execute(statement.encode()).fetchall() for s in (session, own))
                assert again == first
    assert rehearsal.refused == []
    assert rehearsal.events > 100
