"""What a benchmark runs on: a county's ledger beside a Kafka, and the worker processes between."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.cluster import broker, make_topics, own_register, wait_for_members
from bench.ground import SECRET, Ground, ground
from streams.engines.partitions import GROUP
from streams.settings import PROJECT_ROOT, Settings

STOP_SECONDS_MAX = 15.0


@dataclass(frozen=True, slots=True)
class OnKafka:
    """A ledger that knows its county, and a Kafka with feeds that nobody else uses."""

    made: Ground
    settings: Settings
    folder: Path


@contextmanager
def on_kafka(people: int, seed: int) -> Iterator[OnKafka]:
    """Make both, and take away what is ours of them."""
    with TemporaryDirectory(prefix="switchboard-bench-") as folder, broker() as bootstrap:
        register = own_register(Path(folder), Settings().register_file)
        settings = Settings(register_file=register, kafka=bootstrap)
        with ground(people, seed, settings) as made:
            make_topics(bootstrap, register)
            yield OnKafka(made, settings, Path(folder))


@contextmanager
def workers(made: Ground, settings: Settings, engine: str, processes: int) -> Iterator[list[int]]:
    """Run workers, yield their process ids when all have joined, and end them."""
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
        yield [each.pid for each in running]
    finally:
        for each in running:
            each.send_signal(signal.SIGTERM)
        for each in running:
            try:
                each.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                each.kill()
                each.wait()


def peak_megabytes(process: int) -> int:
    """Return the most memory that a process has had; 0 where the system does not tell."""
    try:
        told = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    return int(told.partition("VmHWM:")[2].split()[0]) // 1024
