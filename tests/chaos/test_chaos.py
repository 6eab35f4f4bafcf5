"""Workers are killed and frozen, Kafka and PostgreSQL restarted: nothing lost, nobody told twice.

`SWITCHBOARD_CHAOS=full` runs the whole size; `SWITCHBOARD_CHAOS_SEED` repeats a run. What fell
where is printed as it falls (`-s` shows it) and with every failure.
"""

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from broker.local_kafka import LocalKafka
from chaos.checker import in_words
from chaos.run import CI, FULL, Chaos
from fixtures.postgres import OwnServer

SIZE = FULL if os.environ.get("SWITCHBOARD_CHAOS") == "full" else CI
SEED = int(os.environ.get("SWITCHBOARD_CHAOS_SEED", random.randrange(1 << 31)))  # noqa: S311 - printed, no secret


@pytest.mark.slow
@pytest.mark.kafka
@pytest.mark.chaos
@pytest.mark.timeout(900)
@pytest.mark.parametrize("engine", ["direct", "faust"])
def test_nothing_is_lost_and_nobody_is_told_twice(
    engine: str,
    private_kafka: LocalKafka,
    postgres_server: Callable[..., OwnServer],
    tmp_path: Path,
) -> None:
    """Whatever befalls two workers, each record ends once, in order, and with the right notice."""
    chaos = Chaos(engine, private_kafka, postgres_server(), tmp_path, SIZE, SEED)
    found = chaos.run()
    assert not found, in_words(found)
