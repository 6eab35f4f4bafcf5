"""A record that kills the process, on Kafka: the third worker quarantines it and goes on."""

from collections.abc import Mapping
from pathlib import Path

import pytest
import world_builder as world
from broker.local_kafka import until
from broker.worker_process import SECONDS_MAX, Ground, producing
from chaos import malicious
from world_builder import PERSON

RULES = "chaos.malicious:rules"


class MaliciousGround(Ground):
    """A feed whose workers run with the malicious rules."""

    def environment(self) -> Mapping[str, str]:
        """Name the rules."""
        return {**super().environment(), "SWITCHBOARD_RULES": RULES}


@pytest.mark.slow
@pytest.mark.chaos
@pytest.mark.kafka
@pytest.mark.parametrize("engine", ["direct", "faust_worker"])
def test_a_killer_on_kafka_kills_two_workers_and_no_third(
    engine: str, kafka: str, ledger_url: str, feed_prefix: str, tmp_path: Path
) -> None:
    """Two workers die of it; the third quarantines it and goes on with what comes after."""
    with MaliciousGround(kafka, ledger_url, feed_prefix, tmp_path) as ground:
        references = ("DA-1", malicious.EXIT, "DA-2")
        with producing(kafka) as producer:
            for each in references:
                producer.send(ground.feed, world.callout(PERSON, each).value, partition=0)
        for _ in range(2):
            assert ground.start(engine).wait(SECONDS_MAX) == malicious.STATUS
        third = ground.start(engine)
        ground.awaits({0: [1]})
        assert third.poll() is None
        arrived = "SELECT log_offset FROM event ORDER BY seq"
        assert until(lambda: ground.query(arrived) == [(0,), (2,)], SECONDS_MAX)
        assert ground.query("SELECT code FROM quarantine") == [("killed_the_worker",)]
