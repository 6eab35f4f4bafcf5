"""Repairs in one transaction with what is kept about them, whatever comes in between."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import pytest
from fixtures.postgres import DatabaseServer
from msgspec import structs
from world_builder import NOW, PERSON, Said, a_county, callout, listed
from world_run import RULES

from streams.domain.agencies import AgencyRegister
from streams.domain.errors import Refusal, RefusalCode
from streams.domain.log import Batch, RawRecord
from streams.engines.embedded import EmbeddedEngine, place_of
from streams.engines.repair import Repair
from streams.ledger import positions
from streams.ledger.comparing import differences
from streams.ledger.connection import connect
from streams.ledger.refused import find
from streams.ledger.replaying import replay
from streams.ledger.transaction import Ledger
from streams.pipeline import Rules

SECRET: Final = b"a secret of the tests, thirty-two"
LATER: Final = NOW + timedelta(hours=30)
NewLedger = Callable[..., Ledger]
DEFECT: Final = Refusal(RefusalCode.DEFECT, "KeyError in Switchboard")
KILLED: Final = Refusal(RefusalCode.KILLED_THE_WORKER, "the worker died of it three times")
TOLD: Final = "SELECT event_id, notice_id, step FROM notice_step JOIN event USING (seq) ORDER BY 1"


@pytest.fixture
def new_ledger(postgres: DatabaseServer, ledger_template: str) -> Iterator[NewLedger]:
    """Give a maker of empty ledgers, and of more sessions with the last one."""
    urls: list[str] = []
    names: list[str] = []
    with ExitStack() as sessions:

        def make(*, again: bool = False, rules: Rules = RULES) -> Ledger:
            if not again:
                names.append(postgres.new_name())
                urls.append(postgres.create(names[-1], template=ledger_template))
            return Ledger(sessions.enter_context(connect(urls[-1], name="test")), rules, SECRET)

        yield make
    for name in names:
        postgres.drop(name)


def send(ledger: Ledger, feed: str, *said: Said, refused: Refusal | None = None) -> None:
    """Apply what an agency says as one batch of its feed, or refuse it with a reason of ours."""
    place = place_of(feed)
    start = positions.begin(ledger.session, place, 0, NOW)
    records = tuple(structs.replace(each.raw(), offset=start + n) for n, each in enumerate(said))
    ledger.apply(Batch(place, start, records, start + len(records)), NOW, refused=refused)


def a_ledger(new_ledger: NewLedger, *refused: Said, why: Refusal = DEFECT) -> Ledger:
    """Make a ledger with the county, and records that were refused."""
    ledger = new_ledger()
    for each in a_county():
        send(ledger, each.feed, each)
    for each in refused:
        send(ledger, each.feed, each, refused=why)
    return ledger


def repair_of(ledger: Ledger, at: datetime = LATER, *, lives: bool = True) -> Repair:
    """Return a repair of a ledger whose trials end as said."""
    return Repair(EmbeddedEngine(ledger, at), "os:test", lambda _batch: lives)


def test_what_a_defect_cost_is_delivered_late_with_its_first_time(new_ledger: NewLedger) -> None:
    """Deadlines run from when its recipient is told; what came when is as the broker had it."""
    ledger = a_ledger(new_ledger, callout())
    done = repair_of(ledger).replay(1)
    assert done is not None
    assert done.refusal is None
    rows = ledger.session.execute(
        "SELECT topic, broker_at, raised_at, late FROM event WHERE type LIKE 'police.%'"
    ).fetchall()
    assert rows == [("repair", NOW, LATER, True)]
    assert len(ledger.session.execute(TOLD).fetchall()) == 1
    feeds = ledger.session.execute("SELECT feed FROM feed").fetchall()
    assert ("repair",) not in feeds


def test_the_end_is_that_of_a_ledger_without_the_defect(new_ledger: NewLedger) -> None:
    """Whom an event reached, and what its case became, does not depend on the detour."""
    ways = (a_ledger(new_ledger, callout()), a_ledger(new_ledger))
    repair_of(ways[0], NOW).replay(1)
    send(ways[1], callout().feed, callout())
    for statement in (
        "SELECT type, recipient, urgency, due_at, matter FROM notice",
        "SELECT kind, owner, due_at, state FROM duty",
        "SELECT crn, document FROM case_file",
    ):
        one, other = (way.session.execute(statement.encode()).fetchall() for way in ways)
        assert one == other
        assert one


def test_two_operators_at_once_deliver_once(new_ledger: NewLedger) -> None:
    """Both commands start together; one delivers, the other is told that it was done."""
    ledger = a_ledger(new_ledger, callout())
    other = new_ledger(again=True)
    start, ended = threading.Barrier(2), []

    def repair(mine: Ledger) -> None:
        """Replay when both are ready."""
        start.wait(20)
        ended.append(repair_of(mine).replay(1))

    threads = [threading.Thread(target=repair, args=(mine,)) for mine in (ledger, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(done is not None and done.ended is not None for done in ended) == [False, True]
    assert len(ledger.session.execute(TOLD).fetchall()) == 1


@pytest.mark.parametrize("step", ["events", "follow_up", "audit", "advanced"])
def test_a_repair_that_dies_leaves_nothing(new_ledger: NewLedger, step: str) -> None:
    """The event, the state of the record and the audit are one commit; the next try delivers."""
    ledger = a_ledger(new_ledger, callout())

    def die(at: str) -> None:
        """Die as a killed process does."""
        if at == step:
            raise KeyboardInterrupt

    ledger.step = die
    with pytest.raises(KeyboardInterrupt):
        repair_of(ledger).replay(1)
    assert ledger.session.execute(TOLD).fetchall() == []
    assert ledger.session.execute("SELECT * FROM repair").fetchall() == []
    ledger.step = lambda _at: None
    done = repair_of(ledger).replay(1)
    assert done is not None
    assert done.refusal is None
    assert len(ledger.session.execute(TOLD).fetchall()) == 1


def test_a_rule_that_still_raises_keeps_the_record(new_ledger: NewLedger) -> None:
    """The new traceback takes the place of the old reason, and nothing of the try is left."""
    ledger = a_ledger(new_ledger, callout())

    def stumble(at: str) -> None:
        """Raise with what nobody may read."""
        if at == "cases":
            raise ValueError(PERSON.family_name)

    ledger.step = stumble
    done = repair_of(ledger).replay(1)
    assert done is not None
    assert done.refusal is not None
    found = find(ledger.session, 1)
    assert found is not None
    assert (found.state, found.code, found.owner) == ("open", "defect", "switchboard")
    assert found.words == "ValueError in Switchboard, while it was replayed"
    ((detail,),) = ledger.session.execute("SELECT detail FROM quarantine").fetchall()
    assert "in stumble" in detail
    assert PERSON.family_name not in detail
    assert ledger.session.execute("SELECT * FROM event WHERE topic = 'repair'").fetchall() == []


def test_what_killed_a_worker_is_tried_in_a_child_first(new_ledger: NewLedger) -> None:
    """It stays while its child dies of it, and is delivered when one lives."""
    ledger = a_ledger(new_ledger, callout(), why=KILLED)
    done = repair_of(ledger, lives=False).replay(1)
    assert done is not None
    assert done.refusal is not None
    assert done.refusal.code is RefusalCode.KILLED_THE_WORKER
    again = repair_of(ledger).replay(1)
    assert again is not None
    assert again.refusal is None


def test_a_feed_that_left_the_register_is_said(new_ledger: NewLedger) -> None:
    """Nobody may speak for an agency that is not registered any more; the record stays."""
    ledger = a_ledger(new_ledger, callout())
    ledger.rules = replace(RULES, register=AgencyRegister({}, RULES.register.providers))
    done = repair_of(ledger).replay(1)
    assert done is not None
    assert done.refusal is not None
    assert "is not in the agency register" in done.refusal.words
    assert find(ledger.session, 1) is not None


def test_the_owner_is_the_registers_word_and_not_the_feeds_name(new_ledger: NewLedger) -> None:
    """A feed may be named otherwise than its agency; who must act is who is registered for it."""
    police = RULES.register.agencies["durham-police"]
    agencies = {**RULES.register.agencies, police.id: replace(police, feed="feed.force-11")}
    rules = replace(RULES, register=AgencyRegister(agencies, RULES.register.providers))
    ledger = new_ledger(rules=rules)
    rubbish = RawRecord(0, None, b"rubbish", (), NOW)
    place = place_of("feed.force-11")
    positions.begin(ledger.session, place, 0, NOW)
    records = tuple(structs.replace(rubbish, offset=n) for n in range(50))
    ledger.apply(Batch(place, 0, records, 50), NOW)
    owners = ledger.session.execute("SELECT DISTINCT owner FROM quarantine").fetchall()
    assert owners == [("durham-police",)]
    told = ledger.session.execute("SELECT tell FROM alarm ORDER BY tell").fetchall()
    assert told == [("durham-police",), ("operations",)]


def test_a_replay_of_the_ledger_repairs_again(new_ledger: NewLedger) -> None:
    """Repairs of several agencies at one instant come out the same, table by table."""
    said = (callout(), listed(), callout(reference="DA-2", role="unclear"), callout())
    ledger = a_ledger(new_ledger, *said)
    repair = repair_of(ledger)
    for number in (1, 2, 3, 4):
        repair.replay(number)
    repair.close(4, "nobody needs it")
    states = ledger.session.execute("SELECT id, state FROM quarantine ORDER BY id").fetchall()
    assert states == [(1, "replayed"), (2, "replayed"), (3, "replayed"), (4, "replayed")]
    again = new_ledger()
    replay(ledger.session, again)
    assert differences(ledger.session, again.session) == []
