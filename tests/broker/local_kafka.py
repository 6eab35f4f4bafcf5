"""A real Kafka on this machine, from its release jars: for the tests and for `./run kafka`.

Only Python's standard library, Java 17 or later and Maven are used. The jars are copied once into
a cache folder named by their versions. The port is fixed for the life of a `LocalKafka`, so that a
broker that was stopped or killed comes back under the same address, as a real one does.

The JVM is the child of a keeper, which passes on our signals and reads from a pipe that the starter
holds open: however the starter ends, by SIGKILL too, the pipe closes and the keeper ends the JVM.
(PR_SET_PDEATHSIG would follow the thread that started it, not the process.) Only its parent ever
signals the JVM, so no signal can reach a stranger that was given its process id.
"""

import argparse
import base64
import contextlib
import os
import secrets
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Self

HERE = Path(__file__).resolve().parent
if __name__ == "__main__":  # started as a file, so its own folder's parent is not on the path
    sys.path.insert(0, str(HERE.parent))

from broker.kafka_jars import KafkaUnavailableError, fetch_jars, find_java  # noqa: E402 - see above

HOST = "127.0.0.1"
USUAL_PORT = 9092
START_SECONDS_MAX = 90.0
STOP_SECONDS_MAX = 15.0
HEAP = "512m"
PORTS = range(20_000, 32_000)
"""Below the ports that systems hand to outgoing connections: ours is not taken while it is down."""

WORLD_DOWN = 70
"""Exit code; DESIGN section 9."""
FORMATTED: dict[str, bytes] = {}
"""What the first temporary data folder of this process had in it, for the others."""

WELCOME = """
Kafka answers on {bootstrap} (its log is {log}). Ctrl-C stops it.
In another terminal:

  export SWITCHBOARD_KAFKA={bootstrap}
  ./run topics apply       makes the topics that agencies.toml declares
  ./run worker             takes events from Kafka into the ledger
  ./run publish --help     sends events as an agency would
"""

KEEPER = """
import subprocess, sys, threading, time
jvm = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=sys.stderr)
print(jvm.pid, flush=True)
def obey():
    for signal_number in sys.stdin:
        jvm.send_signal(int(signal_number))
    jvm.terminate()
    time.sleep(10)  # what it needs to close its files
    jvm.kill()
threading.Thread(target=obey, daemon=True).start()
sys.exit(jvm.wait() != 0)
"""


class LocalKafka:
    """One KRaft node that can be stopped, killed and started again under the same address.

    `data` is kept when given, else it is a temporary folder that `close` removes.
    """

    def __init__(self, data: Path | None = None, *, port: int | None = None) -> None:
        self.temporary = data is None
        folder = Path(tempfile.mkdtemp(prefix="switchboard-kafka-")) if data is None else data
        self.folder = folder.resolve()
        self.port = port if port is not None else free_port()
        self.log = self.folder / "kafka.log"
        self._controller_port = free_port()
        self._keeper: subprocess.Popen[str] | None = None

    @property
    def bootstrap(self) -> str:
        """The address that clients are given; it outlives a restart."""
        return f"{HOST}:{self.port}"

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Start the broker and return when it answers, or raise `KafkaUnavailableError`."""
        if self._keeper is not None:
            return
        java = [find_java(), *self._java_options(fetch_jars())]
        self._write_settings()
        if not (self.folder / "data" / "meta.properties").exists():
            self._format(java)
        self._keeper = self._keep([*java, "kafka.Kafka", str(self.folder / "server.properties")])
        self._await_answer(self._keeper)

    def stop(self) -> None:
        """End the broker in order (SIGTERM), and by force only when it does not end in time."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the broker as a crash would (SIGKILL)."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop in order and start again, under the same address and with the same data."""
        self.stop()
        self.start()

    def close(self) -> None:
        """Stop, and remove the data when they were temporary."""
        self._end(signal.SIGKILL if self.temporary else signal.SIGTERM)
        if self.temporary:
            shutil.rmtree(self.folder, ignore_errors=True)

    def is_running(self) -> bool:
        """Answer whether the broker's process is there (it may not answer yet)."""
        return self._keeper is not None and self._keeper.poll() is None

    def _end(self, how: signal.Signals) -> None:
        """Have the keeper send one signal, and SIGKILL when the broker does not end by it."""
        keeper = self._keeper
        if keeper is None:
            return
        for number in (how, signal.SIGKILL):
            with contextlib.suppress(BrokenPipeError, subprocess.TimeoutExpired):
                print(int(number), file=keeper.stdin, flush=True)
                keeper.wait(STOP_SECONDS_MAX)
            if keeper.poll() is not None:
                break
        with contextlib.suppress(BrokenPipeError):
            keeper.communicate()
        self._keeper = None

    def _write_settings(self) -> None:
        """Write the file that the JVM reads; a restart writes the same again."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        text = (HERE / "server.properties").read_text("utf-8")
        ports = {"port": self.port, "controller_port": self._controller_port}
        filled = text.format(host=HOST, data=self.folder / "data", **ports)
        (self.folder / "server.properties").write_text(filled, "utf-8")

    def _java_options(self, jars: Path) -> list[str]:
        """Return what is the same for the broker and its tools."""
        logging = f"-Dlog4j2.configurationFile={HERE / 'log4j2.properties'}"
        # It does not live long enough to win back what the second compiler costs at its start.
        jvm = ["-Xms128m", f"-Xmx{HEAP}", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        return [*jvm, logging, f"-Dswitchboard.log={self.log}", "-cp", f"{jars}/*"]

    def _format(self, java: list[str]) -> None:
        """Prepare the data folder, once: without it a KRaft node refuses to start."""
        data = self.folder / "data"
        if self.temporary and FORMATTED:  # which spares it a JVM
            data.mkdir()
            for name, content in FORMATTED.items():
                (data / name).write_bytes(content)
            return
        # Not every UUID will do: Kafka refuses a cluster id that starts with a dash.
        cluster = "s" + base64.urlsafe_b64encode(uuid.uuid4().bytes).decode()[1:22]
        tool = ["kafka.tools.StorageTool", "format", "-t", cluster]
        done = subprocess.run(
            [*java, *tool, "-c", str(self.folder / "server.properties")],
            capture_output=True,
            text=True,
            timeout=START_SECONDS_MAX,
            check=False,
        )
        if done.returncode != 0:
            told = f"Kafka could not format {self.folder}: {done.stderr[-800:]}"
            raise KafkaUnavailableError(told)
        if self.temporary:
            FORMATTED.update({file.name: file.read_bytes() for file in data.iterdir()})

    def _keep(self, command: list[str]) -> subprocess.Popen[str]:
        """Start a command under the keeper, away from the terminal's Ctrl-C."""
        with (self.folder / "console.log").open("w") as console:
            return subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", KEEPER, *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=console,
                text=True,
                start_new_session=True,
            )

    def _await_answer(self, keeper: subprocess.Popen[str]) -> None:
        """Return when the broker answers a request; say why when it ends or stays silent."""
        until(lambda: keeper.poll() is not None or answers(self.port), START_SECONDS_MAX)
        if keeper.poll() is None and answers(self.port):
            return
        self.kill()
        console, log = self.folder / "console.log", self.log
        told = [file.read_text(errors="replace")[-600:] for file in (console, log) if file.exists()]
        raise KafkaUnavailableError(f"Kafka did not start on {self.bootstrap}: {' '.join(told)}")


def until(holds: Callable[[], bool], seconds_max: float) -> bool:
    """Return True as soon as a condition holds, False when it has not held in time."""
    ends_at = time.monotonic() + seconds_max
    while not holds():
        if time.monotonic() > ends_at:
            return False
        time.sleep(0.05)
    return True


def answers(port: int) -> bool:
    """Answer whether a broker on this port serves requests (an open port alone is too early)."""
    request = struct.pack(">hhih", 18, 0, 7, -1)  # ApiVersions, version 0, our number 7, no name
    try:
        with socket.create_connection((HOST, port), 1.0) as connection:
            connection.sendall(struct.pack(">i", len(request)) + request)
            return connection.recv(10)[4:] == struct.pack(">ih", 7, 0)
    except OSError:
        return False


def is_free(port: int) -> bool:
    """Answer whether nobody listens on a port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex((HOST, port)) != 0 and _can_bind(probe, port)


def _can_bind(probe: socket.socket, port: int) -> bool:
    try:
        probe.bind((HOST, port))
    except OSError:
        return False
    return True


def free_port() -> int:
    """Pick a port on which nobody listens."""
    return next(p for p in iter(lambda: secrets.choice(PORTS), None) if is_free(p))


def main(arguments: list[str] | None = None) -> int:
    """Run a Kafka until Ctrl-C: what `./run kafka` does."""
    options = _parse(arguments)
    port = options.port or next(p for p in range(USUAL_PORT, USUAL_PORT + 100) if is_free(p))
    # Also where a shell started us in the background and so had us ignore Ctrl-C.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    kafka = LocalKafka(None if options.temporary else options.data, port=port)
    print(f"Starting Kafka with its data in {kafka.folder} (about 8 s) ...", flush=True)
    try:
        with kafka:
            print(WELCOME.format(bootstrap=kafka.bootstrap, log=kafka.log), flush=True)
            until(lambda: not kafka.is_running(), float("inf"))
            print(f"Kafka ended by itself; {kafka.log} says why", file=sys.stderr)
            return WORLD_DOWN
    except KafkaUnavailableError as unavailable:
        print(f"kafka: {unavailable}", file=sys.stderr)
        return WORLD_DOWN
    except KeyboardInterrupt:
        print("Kafka has stopped.", flush=True)
        return 0


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    home = Path(os.environ.get("SWITCHBOARD_HOME", HERE.parent.parent / ".switchboard"))
    parser = argparse.ArgumentParser(
        prog="./run kafka", description="A Kafka on this machine, from its release jars."
    )
    parser.add_argument("--port", type=int, help="default 9092, or the next that is free")
    parser.add_argument("--data", type=Path, default=home / "kafka", help="default %(default)s")
    parser.add_argument(
        "--temporary", action="store_true", help="keep nothing: the data go when it stops"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
