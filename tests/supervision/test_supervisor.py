"""Services that fail are started again, and all end with their supervisor, however it ends."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from streams.cli import run
from streams.ledger._postgres_locks import wait_until
from streams.services.pidfile import NAME, AlreadyUp, began, held, running

ROOT: Final = Path(__file__).parents[2]
SECONDS_MAX: Final = 30.0
LIVES: Final = (
    "import os, signal, sys, time\n"
    "signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\n"
    "print('pid', os.getpid(), os.getpgrp(), flush=True)\n"
    "while True: time.sleep(0.1)"
)
"""A service that runs until it is asked to end."""
STUBBORN: Final = LIVES.replace("lambda *_: sys.exit(0)", "signal.SIG_IGN")


@dataclass(slots=True)
class Supervised:
    """A supervisor in a process of its own, and what it has printed so far."""

    process: subprocess.Popen[str]
    out: Path
    err: Path
    killed: list[int] = field(default_factory=list)

    def said(self) -> str:
        """Return what was passed on to standard output."""
        return self.out.read_text()

    def told(self) -> str:
        """Return what was said on standard error."""
        return self.err.read_text()

    def pids(self) -> list[int]:
        """Return the process ids that services printed, in order."""
        return [int(found) for found in re.findall(r"\| pid (\d+)", self.said())]

    def awaits(self, condition: Callable[[], bool]) -> None:
        """Wait for something, and say what was printed where it does not come."""
        assert wait_until(condition, SECONDS_MAX), self.said() + self.told()

    def ends(self) -> int:
        """Wait for the end and return the status."""
        return self.process.wait(SECONDS_MAX)


Start = Callable[..., Supervised]


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Start]:
    """Give a way to start supervisors, each of which is ended after the test."""
    started: list[Supervised] = []

    def start(**programs: str) -> Supervised:
        """Start a supervisor of services, given as programs by name."""
        number = len(started)
        out, err = tmp_path / f"out{number}", tmp_path / f"err{number}"
        given = [f"{name}={program}" for name, program in programs.items()]
        command = [sys.executable, "-m", "supervision.supervising", str(tmp_path), *given]
        search = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
        with out.open("w") as said, err.open("w") as told:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=told,
                text=True,
                env={**os.environ, "PYTHONPATH": search, "PYTHONUNBUFFERED": "1"},
                process_group=0,
            )
        started.append(Supervised(process, out, err))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
        each.process.wait()


def is_gone(pid: int) -> bool:
    """Answer whether a process has ended; one that nobody has collected yet has, too."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True
    return stat.rpartition(")")[2].split()[0] == "Z"


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("raise SystemExit(1)", "ended with status 1 (it failed)"),
        ("raise SystemExit(70)", "ended with status 70 (the world is down for it)"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "ended by SIGKILL"),
    ],
)
def test_what_fails_is_started_again_and_counted(
    supervise: Start, program: str, words: str
) -> None:
    """A service that keeps dying is said on standard error with how often, and tried less often."""
    up = supervise(poor=f"print('begun', flush=True); {program}", good=LIVES)
    up.awaits(lambda: "4 times in 10 minutes" in up.told())
    assert f"up   | poor {words}, once; it is started again in 0.1 s\n" in up.told()
    assert "3 times in 10 minutes; it is started again in 0.4 s" in up.told()
    assert "4 times in 10 minutes; it is started again in 0.4 s" in up.told()
    assert up.said().count("poor | begun\n") >= 4
    assert len(up.pids()) == 1


def test_what_is_done_or_was_started_wrongly_is_left(supervise: Start) -> None:
    """0 and 2 are followed by no start; when nothing runs any more, the worse of them is told."""
    up = supervise(done="print('did it')", wrong="import sys; sys.exit('usage' and 2)")
    assert up.ends() == 2
    assert up.said() == "done  | did it\n"
    assert "up    | done has ended; it is not started again\n" in up.told()
    assert "up    | wrong was started wrongly (status 2); it is left as it is\n" in up.told()
    assert supervise(done="pass").ends() == 0


def test_each_line_comes_whole_behind_its_name(supervise: Start) -> None:
    """Lines keep order and stream; a last one without its end is passed on, a long one is cut."""
    up = supervise(
        a="import sys; print('one'); print('two'); sys.stderr.write('wrong\\nhalf')",
        bb="import sys; sys.stdout.write('x' * 200_000 + '\\nlast')",
    )
    assert up.ends() == 0
    lines = up.said().splitlines()
    assert [line for line in lines if line.startswith("a ")] == ["a  | one", "a  | two"]
    assert "a  | wrong\n" in up.told()
    assert "a  | half\n" in up.told()
    assert lines[-1] == "bb | last" or "bb | last" in lines
    assert all(set(line[5:]) == {"x"} for line in lines if line.startswith("bb | x"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_everything_ends_when_the_supervisor_is_told(
    supervise: Start, number: signal.Signals
) -> None:
    """Services are asked to end, none is started again, and the file that names us goes."""
    up = supervise(one=LIVES, two=LIVES)
    up.awaits(lambda: len(up.pids()) == 2)
    groups = set(re.findall(r"pid \d+ (\d+)", up.said()))
    assert groups == {str(up.process.pid)}
    up.process.send_signal(number)
    assert up.ends() == 0
    assert all(is_gone(pid) for pid in up.pids())
    assert "started again" not in up.told()
    assert not (up.out.parent / NAME).exists()


def test_control_c_reaches_the_whole_group(supervise: Start) -> None:
    """A terminal interrupts every process of the group, and that is the same end."""
    up = supervise(one=LIVES.replace("SIGTERM", "SIGINT"), two=LIVES)
    up.awaits(lambda: len(up.pids()) == 2)
    os.killpg(up.process.pid, signal.SIGINT)
    assert up.ends() == 0
    assert all(is_gone(pid) for pid in up.pids())


def test_what_does_not_end_is_killed(supervise: Start) -> None:
    """A service that does not listen is killed by its id, which is said and told by the status."""
    up = supervise(deaf=STUBBORN, one=LIVES)
    up.awaits(lambda: len(up.pids()) == 2)
    up.process.terminate()
    assert up.ends() == 1
    assert "up   | deaf does not end; it is killed\n" in up.told()
    assert all(is_gone(pid) for pid in up.pids())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_services_end_with_a_supervisor_that_was_killed(supervise: Start) -> None:
    """Nobody is left behind, and what the file says is known to speak of nobody."""
    up = supervise(one=LIVES, two=LIVES)
    up.awaits(lambda: len(up.pids()) == 2)
    up.process.kill()
    up.ends()
    up.awaits(lambda: all(is_gone(pid) for pid in up.pids()))
    assert (up.out.parent / NAME).exists()
    assert running(up.out.parent) is None


def test_down_ends_what_up_started_and_nothing_else(
    supervise: Start, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two homes do not know each other; where nothing is up, that is said and is no failure."""
    up = supervise(one=LIVES)
    up.awaits(lambda: len(up.pids()) == 1)
    monkeypatch.setenv("SWITCHBOARD_HOME", str(up.out.parent / "elsewhere"))
    assert run(["down"]) == 0
    assert capsys.readouterr().out.startswith("Nothing is up")
    assert up.process.poll() is None
    monkeypatch.setenv("SWITCHBOARD_HOME", str(up.out.parent))
    assert run(["down"]) == 0
    assert "have ended" in capsys.readouterr().out
    assert up.ends() == 0
    assert is_gone(up.pids()[0])
    assert run(["down"]) == 0


def test_a_second_one_is_refused(supervise: Start) -> None:
    """One home has one supervisor; who comes second is told under which process the first is."""
    up = supervise(one=LIVES)
    up.awaits(lambda: len(up.pids()) == 1)
    with pytest.raises(AlreadyUp, match=f"process {up.process.pid}"), held(up.out.parent):
        pass
    assert up.process.poll() is None


def test_a_file_that_was_left_over_names_nobody(tmp_path: Path) -> None:
    """Its process id may be a stranger's by now: who began at another time is not meant."""
    with held(tmp_path):
        found = running(tmp_path)
        assert found is not None
        assert (found.pid, found.began) == (os.getpid(), began(os.getpid()))
        path = tmp_path / NAME
        assert path.stat().st_mode & 0o777 == 0o600
        whole = path.read_text()
        path.write_text(whole.replace(found.began, "another time"))
        assert running(tmp_path) is None
    for text in ("", "nonsense", '{"pid": 1}', whole):
        path.write_text(text)
        assert running(tmp_path) is None
    with held(tmp_path):
        assert running(tmp_path) == found
