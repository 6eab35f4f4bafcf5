"""The chaos checker itself: it finds nothing in a good ledger, and whatever is done to it."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import pytest
from chaos.checker import Witnesses, faults, published_faults
from chaos.generator import County
from chaos.offline import Log, apply_all
from fixtures.postgres import DatabaseServer
from world_run import RULES

from streams.ledger.connection import Session, connect
from streams.ledger.transaction import Ledger

NOW: Final = datetime(2026, 7, 6, 9, 0, tzinfo=UTC)
SEED: Final = 3


@dataclass(frozen=True, slots=True)
class Told:
    """A ledger, and what a reader of the log found."""

    session: Session
    witnesses: Witnesses


@pytest.fixture(scope="module")
def told(postgres: DatabaseServer, ledger_template: str) -> Iterator[Told]:
    """Give a small county's ledger, applied in batches of many sizes, partitions taking turns."""
    name = postgres.new_name()
    url = postgres.create(name, template=ledger_template)
    county, log = County(SEED, NOW, 40), Log()
    rng = random.Random(SEED)  # noqa: S311 - seeded, and no secret
    with connect(url, name="test", limits={"synchronous_commit": "off"}) as session:
        ledger = Ledger(session, RULES, b"made up for the chaos tests")
        for sent in (county.opening(), county.mixed(500)):
            log.append(sent, NOW)
            apply_all(ledger, log, rng, NOW)
        yield Told(session, log.witnesses())
    postgres.drop(name)


def test_a_good_ledger_has_no_faults(told: Told) -> None:
    """Everything that was sent ended as the model of the world says."""
    assert faults(told.session, told.witnesses) == []


@pytest.mark.parametrize(
    ("sabotage", "found"),
    [
        ("DELETE FROM notice WHERE id = (SELECT min(id::text)::uuid FROM notice)", "not told"),
        ("UPDATE notice SET recipient = 'OFF09' WHERE recipient = 'MGR01'", "told too much"),
        ("UPDATE notice SET state = 'withdrawn'", "told too much"),
        ("DELETE FROM quarantine WHERE id = (SELECT min(id) FROM quarantine)", "must have ended"),
        ("DELETE FROM audit WHERE number = 3", "must be in the audit once"),
        ("UPDATE event SET disposition = 'recorded'", "expected routed; found recorded"),
        ("UPDATE event SET seq = 1000000 - seq", "out of order"),
        ("DELETE FROM event WHERE seq = (SELECT max(seq) FROM event)", "must have ended"),
        ("UPDATE case_file SET crn = crn || '0'", "the people in the ledger"),
    ],
)
def test_whatever_is_done_to_a_ledger_is_found(told: Told, sabotage: str, found: str) -> None:
    """Each kind of loss, doubling and disorder is named."""
    with told.session.transaction(force_rollback=True):
        told.session.execute(sabotage.encode())
        assert found in "\n".join(faults(told.session, told.witnesses))


def test_what_the_broker_does_not_have_is_found(told: Told) -> None:
    """A record that was acknowledged and is not in Kafka is named, and one nobody sent."""
    some = dict(list(told.witnesses.in_kafka.items())[1:])
    less = Witnesses(some, told.witnesses.published)
    more = Witnesses(told.witnesses.in_kafka, told.witnesses.published[1:])
    assert any("only in the list" in fault for fault in published_faults(less))
    assert any("only in Kafka" in fault for fault in published_faults(more))
