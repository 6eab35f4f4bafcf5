"""A ledger that is put back from a backup, while Kafka goes on as it was.

The data folder of the stopped server is copied, an hour goes by, and the copy takes its place: the
crudest of restores, which PostgreSQL itself does not notice.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from broker.local_kafka import until
from broker.worker_process import SECONDS_MAX, Ground
from fixtures.postgres import OwnServer

from streams.engines.partitions import GROUP
from streams.ledger.migrations import upgrade
from streams.topics import TopicIds

HELD_SECONDS: Final = 3.0
"""Long after a relay that may push has pushed: it looks every twentieth of a second."""


@dataclass(slots=True)
class Installation(Ground):
    """A feed on Kafka, a ledger on a server of its own, and the commands that run there."""

    server: OwnServer | None = None

    @property
    def group(self) -> str:
        """The group of `switchboard worker`."""
        return GROUP

    def command(self, *words: str) -> "subprocess.Popen[bytes]":
        """Start a command of ours."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "streams.cli", *words],
                env={**os.environ, **self.environment()},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.workers.append(process)
        return process

    def start(self, engine: str) -> "subprocess.Popen[bytes]":
        """Start a worker, by the command that operators use."""
        return self.command("worker", "--engine", engine)

    def run(self, *words: str) -> str:
        """Run a command to its end and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "streams.cli", *words],
            env={**os.environ, **self.environment()},
            capture_output=True,
            text=True,
            check=True,
            timeout=SECONDS_MAX,
        )
        return done.stdout

    def end(self, process: "subprocess.Popen[bytes]") -> None:
        """End a process that we started, and see it end well."""
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS_MAX) == 0, self.log.read_text()[-3000:]

    def exchange(self, found: Path, kept: Path) -> None:
        """Put a copy of one data folder in the place of another, while the server is down."""
        assert self.server is not None
        self.forget_session()
        self.server.stop()
        shutil.rmtree(kept, ignore_errors=True)
        subprocess.run(["cp", "-a", str(found), str(kept)], check=True)
        # The folder that took the other's place is another one, and so is its socket.
        self.ledger_url = self.server.start()

    def unsent(self) -> int:
        """Count what waits to be pushed."""
        [(count,)] = self.query("SELECT count(*) FROM outbox WHERE sent_at IS NULL")
        assert isinstance(count, int)
        return count

    def pushed(self) -> int:
        """Count the records that the police have on their topic of receipts."""
        with TopicIds(self.kafka) as topics:
            return sum(each.end for each in topics.bounds("receipts.durham-police").values())


@pytest.fixture
def installation(
    kafka: str,
    feed_prefix: str,
    tmp_path: Path,
    postgres_server: Callable[..., OwnServer],
) -> Iterator[Installation]:
    """Give a feed of this test's own, and a ledger on a server that it may stop."""
    server = postgres_server()
    upgrade(server.url)
    with Installation(kafka, server.url, feed_prefix, tmp_path, server=server) as made:
        yield made


@pytest.mark.kafka
@pytest.mark.slow
@pytest.mark.parametrize("engine", ["direct", "faust"])
def test_the_lost_hour_comes_again_and_nothing_is_pushed(
    installation: Installation, engine: str
) -> None:
    """Inbound events of the hour are there again; pushes wait until somebody resumes, audited."""
    there = installation
    assert there.server is not None
    data, backup = there.server.home / "ledger", there.folder / "backup"
    there.rubbish(5)
    first = there.start(engine)
    there.awaits({0: range(5)})
    assert until(lambda: there.committed().get(0) == 5, SECONDS_MAX)
    there.end(first)
    there.exchange(data, backup)

    there.rubbish(7)
    second = there.start(engine)
    there.awaits({0: range(12)})
    assert until(lambda: there.committed().get(0) == 12, SECONDS_MAX)
    assert there.query("SELECT count(*) FROM restore") == [(0,)]
    there.end(second)

    there.exchange(backup, data)
    assert there.handled() == {0: [*range(5)]}
    before = there.pushed()
    relay = there.command("relay")
    worker = there.start(engine)
    there.awaits({0: range(12)})
    words = f"{there.feed}[0] stands at 5 and 12 was committed to Kafka"
    assert there.query("SELECT words FROM restore") == [(words,)]
    assert words in there.run("status")
    waiting = there.unsent()
    assert waiting > 0
    assert not until(lambda: there.pushed() > before or there.unsent() < waiting, HELD_SECONDS)
    assert relay.poll() is None

    assert words in there.run("ledger", "resume-after-restore")
    assert until(lambda: there.unsent() == 0, SECONDS_MAX), there.log.read_text()[-3000:]
    assert there.pushed() > before
    for process in (relay, worker):
        there.end(process)
    is_not_found_again(there, engine)


def is_not_found_again(there: Installation, engine: str) -> None:
    """Hold that a worker which starts after the resumption finds no other restore."""
    third = there.start(engine)
    there.rubbish(1)
    there.awaits({0: range(13)})
    assert there.query("SELECT count(*) FROM restore WHERE resumed_at IS NULL") == [(0,)]
    there.end(third)
