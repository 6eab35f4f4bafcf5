"""Findings 1 to 4, 6 and 10 on real Kafka with each engine: published, carried, told, handed over.

Everything goes through the commands that the README names; after each step the clock looks. What
was told is compared with the stories' own list, and with the model of the world.
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest
from broker.local_kafka import until
from broker.test_courts_on_kafka import SECONDS_MAX, ended, working
from open_items import faults
from stories.findings import FINDINGS, cases, expected_of, held_in, staff, steps_of

from streams.engines.wiring import rules_of
from streams.ledger.acting import CLOCK_CHAIN, Actor
from streams.ledger.connection import connect
from streams.ledger.picking import Watch
from streams.services.clock import Clock
from streams.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from fixtures.command_line import Switchboard
    from world_builder import Said


def clock_looks(ledger_url: str) -> None:
    """Let the clock look once, by the clock on the wall."""
    with closing(connect(ledger_url, name="clock")) as session:
        rules = rules_of(Settings())
        actor = Actor(session, rules, CLOCK_CHAIN)
        Clock(actor, Watch(rules, timedelta(hours=1)), lambda: datetime.now(UTC)).tick()


def sent(switchboard: Switchboard, folder: Path, said: tuple[Said, ...]) -> None:
    """Publish what is said as JSON lines, in its order, and keep the list of what was sent."""
    file = folder / "said.jsonl"
    file.write_text("".join(f"{each.line()}\n" for each in said), "utf-8")
    answer = switchboard("publish", file, "--record", folder / "published.jsonl")
    assert answer.status == 0, answer.out + answer.err


@pytest.mark.kafka
@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("engine", ["direct", "faust_worker"])
def test_whoever_had_to_know_is_told(
    engine: str,
    switchboard: Switchboard,
    register: Path,
    ledger_url: str,
) -> None:
    """Each notice has the recipient it must, none is missing, and nothing else came of it."""
    folder, now, count = register.parent, datetime.now(UTC), 0
    told = expected_of(FINDINGS)
    with working(engine, f"{folder.name}-{engine}", folder / "worker.log"):
        for step in (staff(now), cases(now), *steps_of(FINDINGS, now)):
            sent(switchboard, folder, step)
            count += len(step)
            done = until(lambda: ended(ledger_url) >= count, SECONDS_MAX)  # noqa: B023 - awaited here
            assert done, (folder / "worker.log").read_text()
            clock_looks(ledger_url)
    with psycopg.connect(ledger_url, autocommit=True) as session:
        assert held_in(session) == told, Counter(held_in(session)) - told
        assert faults(session, datetime.now(UTC)) == []
    answer = switchboard("ledger", "verify", "--against", folder / "published.jsonl")
    assert answer.status == 0, answer.out
