"""Each step of the transaction fails in turn, the process dies at each in turn: the same end."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from chaos.generator import County
from chaos.log_worker import Errand, give_errand, run_until_done
from chaos.offline import Log
from chaos.orders import BEFORE_OFFSETS, IN_COPY, PLACES, Act, Order, fallen, give
from fixtures.postgres import DatabaseServer

from streams.ledger.comparing import differences
from streams.ledger.connection import connect

NOW = datetime(2026, 7, 6, 9, 0, tzinfo=UTC)
SEED = 7
STEPS = tuple(step for step in PLACES if step != BEFORE_OFFSETS)
"""There are no offsets to commit without a broker; tests/chaos/test_chaos.py has that gap."""
BATCH_MAX = 5
KILLED = -9
TIMES = {Act.KILL: 1, Act.WORLD_DOWN: 1, Act.DEFECT: BATCH_MAX + 2}
"""A defect is looked for record by record; the next one is planted only after that, since a record
that raises alone is quarantined."""
COPIES_MAX = 16
"""Tables that one transaction copies rows into, at most: inside COPY is a place once for each."""


def an_errand() -> Errand:
    """Return a small county's records, in batches that are the same every time."""
    county, log = County(SEED, NOW, 12), Log()
    log.append(county.opening(), NOW)
    opening = list(log.batches(random.Random(SEED), BATCH_MAX))  # noqa: S311 - seeded, no secret
    log.append(county.mixed(240), NOW)
    mixed = list(log.batches(random.Random(SEED), BATCH_MAX))  # noqa: S311 - the same
    return Errand([*opening, *mixed], NOW)


@pytest.fixture(scope="module")
def undisturbed(
    postgres: DatabaseServer, ledger_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Give a ledger to which everything was applied, and which nothing befell."""
    name, folder = postgres.new_name(), tmp_path_factory.mktemp("undisturbed")
    url = postgres.create(name, template=ledger_template)
    give_errand(folder, an_errand())
    assert run_until_done(url, folder) == [0]
    yield url
    postgres.drop(name)


@pytest.mark.slow
@pytest.mark.chaos
@pytest.mark.parametrize("act", [Act.KILL, Act.WORLD_DOWN, Act.DEFECT])
def test_whatever_befalls_a_step_the_end_is_the_same(
    act: Act, undisturbed: str, ledger_url: str, tmp_path: Path
) -> None:
    """The ledger is the same as one that nothing befell, table by table and column by column."""
    give_errand(tmp_path, an_errand())
    for number, step in enumerate(STEPS, 10):
        often = COPIES_MAX if (act, step) == (Act.DEFECT, IN_COPY) else 1
        give(tmp_path, number, Order(act, step, TIMES[act] * often))

    statuses = run_until_done(ledger_url, tmp_path)

    assert [(fell.act, fell.step) for fell in fallen(tmp_path)] == [(act, step) for step in STEPS]
    # A worker whose ledger stays away ends with 70 and is started again; a defect ends nobody.
    deaths = {Act.KILL: [KILLED] * len(STEPS), Act.WORLD_DOWN: [70, 70], Act.DEFECT: []}
    assert statuses == [*deaths[act], 0], (tmp_path / "worker.log").read_text()[-2_000:]
    with (
        connect(undisturbed, name="one", limits={}) as one,
        connect(ledger_url, name="other", limits={}) as other,
    ):
        assert differences(one, other) == []
        left = other.execute("SELECT count(*) FROM attempts WHERE starts > 0").fetchone()
        assert left == (0,)
