"""Who waits for whom at once: those who look and those who teach, who is shown and who changes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING, Final

import psycopg
import pytest
from chaos.offline import Log
from chaos.people import at_home, outgoing
from fixtures.new_ledgers import SECRET
from world_builder import (
    CRC,
    HEARD_AT,
    NOW,
    NPS,
    PARTNER,
    a_county,
    allocated,
    an_officer,
    callout,
    holds,
    listed,
)
from world_run import RULES

from streams.domain.log import Batch
from streams.ledger import positions
from streams.ledger.comparing import differences
from streams.ledger.connection import connect
from streams.ledger.replaying import replay
from streams.ledger.transaction import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fixtures.new_ledgers import NewLedger
    from world_builder import Said

WAITS: Final = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
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
    """Wait until a session waits for another, or something else is so."""
    ledger.session.execute("SET statement_timeout = '20s'")
    while ledger.session.execute(WAITS).fetchall() == [(0,)] and not until():
        ledger.session.execute("SELECT pg_sleep(0.02)")


@contextmanager
def under_way(first: Ledger, batch: Batch) -> Iterator[Callable[[], None]]:
    """Apply a batch as far as its decisions; calling what is given takes it to its end."""
    reached, goes_on = Event(), Event()

    def step(name: str) -> None:
        if name == STEP:
            reached.set()
            assert goes_on.wait(SECONDS_MAX)

    with (
        connect(address_of(first), name="other", limits={}) as other,
        ThreadPoolExecutor(1) as pool,
    ):
        doing = pool.submit(apply, Ledger(other, RULES, SECRET, step=step), batch)

        def finish() -> None:
            goes_on.set()
            doing.result(SECONDS_MAX)

        try:
            assert reached.wait(SECONDS_MAX)
            yield finish
        finally:
            goes_on.set()


def apply_in_turns(first: Ledger, before: Batch, after: Batch) -> None:
    """Apply two batches at once, of which the second waits for the end of the first."""
    with (
        connect(address_of(first), name="watch", limits={}) as watch,
        under_way(first, before) as finish,
        ThreadPoolExecutor(1) as pool,
    ):
        done = pool.submit(apply, first, after)
        waiting(Ledger(watch, RULES, SECRET), done.done)
        assert not done.done()
        finish()
        done.result(SECONDS_MAX)


def agrees(first: Ledger, again: Ledger) -> bool:
    """Answer whether a replay gives the same ledger."""
    replay(first.session, again)
    return differences(first.session, again.session) == []


def like_partner() -> Said:
    """Return a call-out about somebody who is much like the partner, under no identifier."""
    return callout(PARTNER).but(
        person={**at_home(PARTNER), "born_on": PARTNER.born_on.replace(day=31)}
    )


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
    (looking,) = batches(log, like_partner())
    apply_in_turns(first, *((teaching, looking) if teaches_first else (looking, teaching)))
    outcome = ("possible", "looks_like") if teaches_first else ("unknown", "nobody_found")
    assert outcome in first.session.execute(DECIDED).fetchall()
    assert agrees(first, again)


@pytest.mark.parametrize("changes_first", [True, False])
def test_who_is_asked_follows_the_case_of_whoever_is_shown(
    new_ledger: NewLedger, *, changes_first: bool
) -> None:
    """A held event and a change of who has the person it may be about end in one order."""
    first, again, log = new_ledger(), new_ledger(), Log()
    known = allocated(PARTNER, at=NOW).but(person=at_home(PARTNER, "crn"))
    desk = an_officer("DESK02", None, provider=NPS, grade="desk"), holds("duty_desk", "DESK02", NPS)
    apply(first, *batches(log, *a_county(), *desk, known))
    # Nothing is taught by it, for which one would wait for the other anyway.
    moved = allocated(PARTNER, NPS, effective_at=HEARD_AT).but(person=PARTNER.reference("crn"))
    (changing,) = batches(log, moved)
    (looking,) = batches(log, like_partner())
    apply_in_turns(first, *((changing, looking) if changes_first else (looking, changing)))
    asked = first.session.execute("SELECT desk FROM review").fetchall()
    assert asked == [(NPS if changes_first else CRC,)]
    assert agrees(first, again)


@pytest.mark.parametrize("looks_first", [True, False])
def test_whoever_is_only_shown_may_be_told_about_meanwhile(
    new_ledger: NewLedger, *, looks_first: bool
) -> None:
    """A held event and news of a person it may be about go side by side: neither waits."""
    first, again, log = new_ledger(), new_ledger(), Log()
    known = allocated(PARTNER, at=NOW).but(person=at_home(PARTNER, "crn", "pnc"))
    apply(first, *batches(log, *a_county(), known))
    (telling,) = batches(log, listed(PARTNER))
    (looking,) = batches(log, like_partner())
    before, after = (looking, telling) if looks_first else (telling, looking)
    with under_way(first, before) as finish:
        apply(first, after)
        finish()
    ended = first.session.execute("SELECT disposition FROM event ORDER BY 1 LIMIT 1").fetchall()
    assert ended == [("held",)]
    assert agrees(first, again)


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
