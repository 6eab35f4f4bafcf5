"""The direct engine on a real Kafka: nothing is lost, whatever happens to topics and workers."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from broker import scenarios
from broker.worker_process import Ground

ENGINE = "direct"


@pytest.fixture
def ground(kafka: str, ledger_url: str, feed_prefix: str, tmp_path: Path) -> Iterator[Ground]:
    """A feed of two partitions, a ledger and workers of this test's own."""
    with Ground(kafka, ledger_url, feed_prefix, tmp_path) as made:
        yield made


@pytest.mark.kafka
@pytest.mark.slow
@pytest.mark.parametrize(
    "play",
    [
        scenarios.topic_created_again,
        scenarios.retention_passes,
        scenarios.aborted_records,
        scenarios.partition_added,
        scenarios.zombie,
        scenarios.group_ahead,
    ],
    ids=lambda play: str(play.__name__),
)
def test_nothing_is_missing_or_twice(ground: Ground, play: Callable[[Ground, str], None]) -> None:
    """Every record that there is to read is handled once, in order, through each scenario."""
    play(ground, ENGINE)
