"""The worker processes of a benchmark: started with a ledger and a Kafka, and ended."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bench.cluster import wait_for_members
from bench.ground import SECRET, Ground
from streams.engines.partitions import GROUP
from streams.settings import PROJECT_ROOT, Settings

STOP_SECONDS_MAX = 15.0


@contextmanager
def workers(made: Ground, settings: Settings, engine: str, processes: int) -> Iterator[None]:
    """Run workers; go on when all have joined; end them and wait for them."""
    environment = {
        **os.environ,
        "SWITCHBOARD_DATABASE_URL": made.url,
        "SWITCHBOARD_KAFKA": settings.kafka,
        "SWITCHBOARD_REGISTER_FILE": str(settings.register_file),
        "SWITCHBOARD_KEY_SECRET": SECRET.decode(),
    }
    command = [sys.executable, "-m", "streams.cli", "worker", "--engine", engine]
    running = [
        subprocess.Popen(command, cwd=PROJECT_ROOT, env=environment)  # noqa: S603 - our own
        for _ in range(processes)
    ]
    try:
        wait_for_members(settings.kafka, GROUP, processes)
        yield
    finally:
        for each in running:
            each.send_signal(signal.SIGTERM)
        for each in running:
            try:
                each.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                each.kill()
                each.wait()
