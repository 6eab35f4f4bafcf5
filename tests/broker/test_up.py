"""`switchboard up` with the real services on a real Kafka: whatever is killed comes again."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from broker.local_kafka import until
from broker.worker_process import SECONDS_MAX, Ground

from streams.cli.up import SERVICES


@pytest.fixture
def ground(kafka: str, ledger_url: str, feed_prefix: str, tmp_path: Path) -> Iterator[Ground]:
    """A feed, a ledger and services of this test's own."""
    with Ground(kafka, ledger_url, feed_prefix, tmp_path) as made:
        yield made


def command(ground: Ground, *words: str) -> "subprocess.Popen[bytes]":
    """Start a command of ours."""
    with ground.log.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "streams.cli", *words],
            env={**os.environ, **ground.environment()},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    ground.workers.append(process)
    return process


def children(parent: int) -> dict[str, int]:
    """Return the services that a supervisor runs at this moment, with their process ids."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            stat = (entry / "stat").read_text().rpartition(")")[2].split()
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if int(stat[1]) == parent and stat[0] != "Z" and b"streams.cli" in words:
            found[words[words.index(b"streams.cli") + 1].decode()] = int(entry.name)
    return found


@pytest.mark.kafka
@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks for the services in /proc")
def test_all_services_run_come_again_and_end(ground: Ground) -> None:
    """A record becomes a receipt on Kafka, a killed service is started again, `down` ends all."""
    up = command(ground, "up", "--engine", "direct")
    ground.rubbish(2)
    ground.awaits({0: range(2)})
    sent = "SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL"
    assert until(lambda: ground.query(sent) != [(0,)], SECONDS_MAX), ground.log.read_text()[-3000:]
    assert until(lambda: set(children(up.pid)) == set(SERVICES), SECONDS_MAX)
    before = children(up.pid)
    for name in SERVICES:
        os.kill(before[name], signal.SIGKILL)
    assert until(
        lambda: (
            {name for name, pid in children(up.pid).items() if pid not in before.values()}
            == set(SERVICES)
        ),
        SECONDS_MAX,
    )
    log = ground.log.read_text()
    for name in SERVICES:
        assert f"up     | {name} ended by SIGKILL, once; it is started again in 1.0 s" in log
    ground.rubbish(3)
    ground.awaits({0: range(5)})
    groups = {os.getpgid(pid) for pid in children(up.pid).values()}
    assert groups == {up.pid}
    down = command(ground, "down")
    assert down.wait(SECONDS_MAX) == 0
    assert up.wait(SECONDS_MAX) == 0, ground.log.read_text()[-3000:]
    assert children(up.pid) == {}
