"""Those who look for people who are alike and those who teach take turns, and a replay agrees."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING, Final

import psycopg
import pytest
from chaos.offline import Log
from chaos.people import at_home, outgoing
from fixtures.new_ledgers import SECRET
from world_builder import NOW, PARTNER, a_county, allocated, callout
from world_run import RULES

from streams.domain.log import Batch
from streams.ledger import positions
from streams.ledger.comparing import differences
from streams.ledger.connection import connect
from streams.ledger.replaying import replay
from streams.ledger.transaction import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable

    from fixtures.new_ledgers import NewLedger
    from world_builder import Said

WAITS: Final = (
    "SELECT count(*) FROM pg_locks WHERE relation = 'identity_turn'::regclass AND NOT granted"
)
DECIDED: Final = "SELECT outcome, reason FROM identity_decision ORDER BY seq"
SECONDS_MAX: Final = 20
STEP: Final = "decided"


def batches(log: Log, *said: Said) -> list[Batch]:
    """Append what was said to a log, and return it as batches."""
    before = {place: len(records) for place, records in log.records.items()}
    log.append((outgoing(each, b"1") for each in said), NOW)
    found = []
    for place, records in log.records.items():
        start = before.get(place, 0)
        if len(records) > start:
            found.append(Batch(place, start, tuple(records[start:]), len(records)))
    return found


def apply(ledger: Ledger, *some: Batch) -> None:
    """Apply batches, each from where its partition stands."""
    for batch in some:
        positions.begin(ledger.session, batch.place, batch.expected, NOW)
        ledger.apply(batch, NOW)


def address_of(ledger: Ledger) -> str:
    """Return by which address another session reaches a ledger."""
    info = ledger.session.info
    return f"{info.dsn} password={info.password}"


def waiting(ledger: Ledger, until: Callable[[], bool]) -> None:
    """Wait until a session waits for its turn, or something else is so."""
    ledger.session.execute("SET statement_timeout = '20s'")
    while ledger.session.execute(WAITS).fetchall() == [(0,)] and not until():
        ledger.session.execute("SELECT pg_sleep(0.02)")


@pytest.mark.parametrize("teaches_first", [True, False])
def test_who_looks_sees_all_that_was_taught_before(
    new_ledger: NewLedger, *, teaches_first: bool
) -> None:
    """An event and an allocation at once end in one order, by their numbers, whoever was first.

    They share no exact key, on whose row one would wait for the other anyway.
    """
    first, again, log = new_ledger(), new_ledger(), Log()
    apply(first, *batches(log, *a_county()))
    (teaching,) = batches(log, allocated(PARTNER, at=NOW).but(person=at_home(PARTNER, "crn")))
    near = {**at_home(PARTNER), "born_on": PARTNER.born_on.replace(day=31)}
    (looking,) = batches(log, callout(PARTNER).but(person=near))
    before, after = (teaching, looking) if teaches_first else (looking, teaching)
    reached, goes_on = Event(), Event()

    def step(name: str) -> None:
        if name == STEP:
            reached.set()
            assert goes_on.wait(SECONDS_MAX)

    address = address_of(first)
    with (
        connect(address, name="other", limits={}) as other,
        connect(address, name="watch", limits={}) as watch,
        ThreadPoolExecutor(2) as pool,
    ):
        slow = Ledger(other, RULES, SECRET, step=step)
        doing = pool.submit(apply, slow, before)
        assert reached.wait(SECONDS_MAX)
        done = pool.submit(apply, first, after)
        waiting(Ledger(watch, RULES, SECRET), done.done)
        assert not done.done()
        goes_on.set()
        doing.result(SECONDS_MAX)
        done.result(SECONDS_MAX)
    outcome = ("possible", "looks_like") if teaches_first else ("unknown", "nobody_found")
    assert outcome in first.session.execute(DECIDED).fetchall()
    replay(first.session, again)
    assert differences(first.session, again.session) == []


def test_those_who_look_do_not_wait_for_each_other(new_ledger: NewLedger) -> None:
    """Two looks at once go side by side; so do two who teach."""
    first = new_ledger()
    address = address_of(first)
    with psycopg.connect(address) as one, psycopg.connect(address) as two:
        for mode in ("SHARE", "ROW EXCLUSIVE"):
            for each in (one, two):
                each.execute(f"LOCK TABLE identity_turn IN {mode} MODE NOWAIT".encode())
            one.rollback()
            two.rollback()
        one.execute("LOCK TABLE identity_turn IN SHARE MODE")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            two.execute("LOCK TABLE identity_turn IN ROW EXCLUSIVE MODE NOWAIT")
