"""Relays in processes of their own, started again however they end, and what Kafka has of them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

import psycopg
from broker.callouts import records
from broker.local_kafka import until

from streams.settings import PROJECT_ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from kafka.consumer.fetcher import ConsumerRecord

SECONDS_MAX: Final = 90.0
"""How long anything may take before a test fails; a relay starts in 3 s on an idle machine."""
LOOK_SECONDS: Final = 0.05
NOT_STARTED_AGAIN: Final = frozenset({0, 2})
UNSENT: Final = "SELECT count(*) FROM outbox WHERE sent_at IS NULL"
SENT: Final = "SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL"
HOLDER: Final = (
    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'switchboard relay'"
    " AND datname = current_database()"
)


@dataclass(slots=True)
class Relays:
    """Keeps so many relays running until it is left; every one that it started is gone then."""

    kafka: str
    ledger_url: str
    folder: Path
    feed_prefix: str
    count: int = 1
    settings: dict[str, str] = field(default_factory=dict)
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Start the relays and whoever watches them."""
        text = (PROJECT_ROOT / "agencies.toml").read_text("utf-8")
        own = re.sub(r'feed = "feed\.', f'feed = "{self.feed_prefix}.', text)
        (self.folder / "agencies.toml").write_text(own, "utf-8")
        self.running = [self._start() for _ in range(self.count)]
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End them, by force where it must be."""
        self.stop()

    def stop(self) -> list[int]:
        """End them all in order and return how each ended."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        for relay in self.running:
            relay.send_signal(signal.SIGCONT)
            relay.terminate()
        ended = [self._ended(relay) for relay in self.running]
        self.running = []
        return ended

    @property
    def log(self) -> str:
        """Return what the relays said last."""
        return (self.folder / "relay.log").read_text()[-3000:]

    def kill(self, number: int) -> None:
        """Kill one of them where it stands, and wait until another was started for it."""
        with self._lock:
            killed = self.running[number]
            killed.kill()
        assert until(lambda: self.running[number].pid != killed.pid, SECONDS_MAX), self.log

    def ask(self, statement: str, *values: object) -> int:
        """Ask the ledger for a number."""
        with psycopg.connect(self.ledger_url, autocommit=True) as session:
            row = session.execute(statement.encode(), values).fetchone()
        return int(row[0]) if row else 0

    def all_sent(self) -> bool:
        """Wait until nothing is unsent."""
        return bool(until(lambda: self.ask(UNSENT) == 0, SECONDS_MAX))

    def start_another(self) -> None:
        """Start one more, beside those that run."""
        with self._lock:
            self.running.append(self._start())

    def _ended(self, relay: subprocess.Popen[bytes]) -> int:
        """Wait for a relay to end."""
        try:
            return relay.wait(30)
        except subprocess.TimeoutExpired:
            relay.kill()
            return relay.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        """Start one relay; what it logs goes to a file of the test."""
        with (self.folder / "relay.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "streams.cli", "relay"],
                env={**os.environ, **self._environment(), **self.settings},
                cwd=PROJECT_ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def _environment(self) -> dict[str, str]:
        """Return the settings of the relays."""
        return {
            "SWITCHBOARD_KAFKA": self.kafka,
            "SWITCHBOARD_DATABASE_URL": self.ledger_url,
            "SWITCHBOARD_REGISTER_FILE": str(self.folder / "agencies.toml"),
            "SWITCHBOARD_HOME": str(self.folder),
            "SWITCHBOARD_KEY_SECRET": "made up for the broker tests",
        }

    def _watch(self) -> None:
        """Start again whoever ended, on any status but 0 and 2."""
        while not self._over.wait(LOOK_SECONDS):
            with self._lock:
                for place, relay in enumerate(self.running):
                    status = relay.poll()
                    if status is None:
                        continue
                    self.statuses.append(status)
                    if status not in NOT_STARTED_AGAIN:
                        self.running[place] = self._start()


def on_topic(kafka: str, topic: str) -> list[tuple[dict[str, str], ConsumerRecord]]:
    """Read a topic whole: each record with its headers as text, in the order of each partition."""
    return [
        ({name: value.decode() for name, value in record.headers}, record)
        for record in records(kafka, topic)
    ]
