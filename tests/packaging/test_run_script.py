"""What ./run does and says, tried in every shell that is here with a Python that is made up."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FAKE_PYTHON = Path(__file__).with_name("fake_python.sh")
TOOLS = (
    "awk cat cksum cp dirname grep head ls mkdir readlink rm sed sh tail tr uname".split()  # noqa: SIM905 - words
)
WAYS = (["dash"], ["bash", "--posix"], ["busybox", "sh"], ["sh"])
"""How to start each shell that may stand behind /bin/sh; those that are here are tried."""
SECONDS_MAX = 60
"""How long one call of ./run with the made-up Python may take; it needs less than one second."""

WORLD_DOWN = 70


@dataclass
class Clone:
    """A folder with what ./run reads, and a PATH on which only the needed tools are."""

    folder: Path
    tools: Path
    shell: list[str]
    variables: dict[str, str] = field(default_factory=dict)

    def start(self, *words: str, cwd: Path | None = None) -> subprocess.Popen[str]:
        """Start ./run with these words."""
        basics = {"PATH": str(self.tools), "REAL_PYTHON": sys.executable}
        basics |= {"FAKE_LOG": str(self.folder.parent / "log"), "LC_ALL": "C"}
        return subprocess.Popen(
            [*self.shell, str(self.folder / "run"), *words],
            cwd=cwd or self.folder,
            env=basics | self.variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run ./run with these words to its end."""
        with self.start(*words, cwd=cwd) as process:
            out, err = process.communicate(timeout=SECONDS_MAX)
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    def calls_of_python(self, what: str) -> int:
        """How often the made-up Python was asked for this."""
        log = self.folder.parent / "log"
        return log.read_text().count(what) if log.exists() else 0

    def add_python(self, name: str = "python3") -> None:
        """Put the made-up Python on PATH."""
        shutil.copy(FAKE_PYTHON, self.tools / name)


def shells() -> Iterator[list[str]]:
    """Each shell that is here, once, whatever names it goes by."""
    seen = set()
    for name, *options in WAYS:
        program = shutil.which(name)
        if program and (real := os.path.realpath(program)) not in seen:
            seen.add(real)
            yield [program, *options]


@pytest.fixture(params=list(shells()), ids=lambda shell: Path(shell[0]).name)
def clone(request: pytest.FixtureRequest, tmp_path: Path) -> Clone:
    """A clone under a path with a space, without any Python yet, for each shell that is here."""
    folder, tools = tmp_path / "a clone", tmp_path / "tools"
    folder.mkdir()
    tools.mkdir()
    for name in ("run", "constraints.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    for name in TOOLS:
        (tools / name).symlink_to(shutil.which(name) or pytest.fail(f"no {name} on PATH"))
    return Clone(folder, tools, request.param)


def test_installs_once(clone: Clone) -> None:
    """The first call makes the environment and says so; the next ones only start what is asked."""
    clone.add_python()
    first, second = clone.run("demo"), clone.run("demo")
    assert (first.returncode, second.returncode) == (0, 0)
    assert "making the environment" in first.stderr
    assert "the environment is ready" in first.stderr
    assert second.stderr == ""
    assert first.stdout == second.stdout
    assert clone.calls_of_python("-m pip install") == 2


def test_words_arrive_as_they_were_typed(clone: Clone, tmp_path: Path) -> None:
    """The words, spaces and all, go to switchboard in the folder in which they were typed."""
    clone.add_python()
    done = clone.run("check", "a file.json", "", "*", cwd=tmp_path)
    told = f"started in {tmp_path} with:\n<-P>\n<-m>\n<streams.cli>\n"
    assert done.stdout == told + "<check>\n<a file.json>\n<>\n<*>\n"


def test_test_starts_pytest_in_the_clone(clone: Clone, tmp_path: Path) -> None:
    """`./run test` is pytest with the arguments, in the clone from wherever it is called."""
    clone.add_python()
    done = clone.run("test", "-m", "not slow", cwd=tmp_path)
    told = f"started in {clone.folder} with:\n<-P>\n<-m>\n<pytest>\n"
    assert done.stdout == told + "<-m>\n<not slow>\n"


def test_is_found_through_a_link(clone: Clone, tmp_path: Path) -> None:
    """A symbolic link to ./run works like the file itself."""
    clone.add_python()
    (tmp_path / "links").mkdir()
    (tmp_path / "links/switchboard").symlink_to(Path("../a clone/run"))
    linked = Clone(clone.folder, clone.tools, clone.shell)
    linked.folder = tmp_path / "links"
    (tmp_path / "links/run").symlink_to("switchboard")
    assert linked.run("status").returncode == 0
    assert (clone.folder / ".venv/switchboard-stamp").exists()


def test_no_word_prints_the_words(clone: Clone) -> None:
    """Without a word ./run prints what it can do, installs nothing and exits with 2."""
    done = clone.run()
    assert done.returncode == 2
    assert "./run demo" in done.stderr
    assert not (clone.folder / ".venv").exists()


def test_changed_pin_installs_again(clone: Clone) -> None:
    """A pin that changed makes the environment afresh."""
    clone.add_python()
    clone.run("demo")
    with (clone.folder / "constraints.txt").open("a") as pins:
        pins.write("# changed\n")
    done = clone.run("demo")
    assert "out of date" in done.stderr
    assert clone.calls_of_python("-m pip install") == 4


def test_moved_clone_installs_again(clone: Clone, tmp_path: Path) -> None:
    """A clone that was moved is not run from the environment of the old place."""
    clone.add_python()
    clone.run("demo")
    clone.folder = clone.folder.rename(tmp_path / "another clone")
    assert "out of date" in clone.run("demo").stderr


def test_interrupted_install_is_done_again(clone: Clone, tmp_path: Path) -> None:
    """An install that was killed half way is not taken for a finished one."""
    clone.add_python()
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    clone.variables["FAKE_PIP_GATE"] = str(gate)
    # Opening the gate waits until pip reads it, so the kill falls into the install.
    with clone.start("demo") as process, gate.open("w"):
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(SECONDS_MAX)
    del clone.variables["FAKE_PIP_GATE"]
    done = clone.run("demo")
    assert "unfinished" in done.stderr
    assert done.returncode == 0


def test_two_at_once_install_once(clone: Clone, tmp_path: Path) -> None:
    """A second ./run waits for the install of the first, says so, and uses it."""
    clone.add_python()
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    clone.variables["FAKE_PIP_GATE"] = str(gate)
    # The gate opens to us when pip reads it: the first is installing, and stays at it.
    with clone.start("demo") as first, gate.open("w") as held, clone.start("demo") as second:
        try:
            assert second.stderr is not None
            assert "waiting for it" in second.stderr.readline()
        finally:
            held.close()
        first.communicate(timeout=SECONDS_MAX)
        second.communicate(timeout=SECONDS_MAX)
    assert (first.returncode, second.returncode) == (0, 0)
    assert clone.calls_of_python("-m pip install") == 2


def test_no_python_is_told(clone: Clone) -> None:
    """Without any Python the message says which one is needed and how to get it."""
    done = clone.run("demo")
    assert done.returncode == WORLD_DOWN
    assert "needs Python 3.11 or later, and there is no python3 on PATH" in done.stderr


def test_old_python_is_told(clone: Clone) -> None:
    """A Python that is too old is named with its version."""
    clone.add_python()
    clone.variables["FAKE_VERSION"] = "3.9.2"
    done = clone.run("demo")
    assert done.returncode == WORLD_DOWN
    assert f"{clone.tools / 'python3'} is Python 3.9.2" in done.stderr


def test_newer_python_beside_an_old_one_is_found(clone: Clone) -> None:
    """An old python3 does no harm where a newer Python has its own name."""
    (clone.tools / "python3").write_text("#!/bin/sh\nexit 1\n")
    (clone.tools / "python3").chmod(0o755)
    clone.add_python("python3.12")
    done = clone.run("demo")
    assert done.returncode == 0
    assert str(clone.tools / "python3.12") in done.stderr


def test_missing_ensurepip_is_told(clone: Clone) -> None:
    """A Python without venv or ensurepip, as Debian ships it, names the package to install."""
    clone.add_python()
    clone.variables["FAKE_NO_ENSUREPIP"] = "1"
    done = clone.run("demo")
    assert done.returncode == WORLD_DOWN
    assert "python3-venv" in done.stderr


@pytest.mark.parametrize(
    ("pip_says", "told"),
    [
        (
            "NewConnectionError: [Errno -3] Temporary failure in name resolution",
            "check the network",
        ),
        ("SSLError: CERTIFICATE_VERIFY_FAILED", "name your certificates"),
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES", "not the one that was pinned"),
        ("error: command 'gcc' failed: No such file", "no ready build for Python 3.12.0"),
        ("something nobody has seen", "What failed is above"),
    ],
)
def test_failed_install_is_told(clone: Clone, pip_says: str, told: str) -> None:
    """Each way in which an install fails has its own words, after what pip said."""
    clone.add_python()
    clone.variables["FAKE_PIP_SAYS"] = pip_says
    done = clone.run("demo")
    assert done.returncode == WORLD_DOWN
    assert pip_says in done.stderr
    assert told in done.stderr.splitlines()[-1] + done.stderr.splitlines()[-2]
    assert done.stdout == ""


def test_place_that_cannot_be_written_is_told(clone: Clone) -> None:
    """Where .venv cannot be made, the message says where a clone belongs."""
    clone.add_python()
    # Root is stopped by no permission, so the tool that makes folders refuses.
    (clone.tools / "mkdir").unlink()
    (clone.tools / "mkdir").write_text("#!/bin/sh\nexit 1\n")
    (clone.tools / "mkdir").chmod(0o755)
    done = clone.run("demo")
    assert done.returncode == WORLD_DOWN
    assert f"cannot write to {clone.folder}" in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="needs an account that permissions stop")
def test_read_only_clone_is_told(clone: Clone) -> None:
    """A clone that may only be read says so instead of failing half way."""
    clone.add_python()
    clone.folder.chmod(0o555)
    done = clone.run("demo")
    clone.folder.chmod(0o755)
    assert done.returncode == WORLD_DOWN
    assert f"cannot write to {clone.folder}" in done.stderr


def test_folder_that_is_no_environment_is_kept(clone: Clone) -> None:
    """A .venv that holds something else is not thrown away."""
    clone.add_python()
    (clone.folder / ".venv").mkdir()
    (clone.folder / ".venv/thesis.txt").write_text("years of work")
    done = clone.run("demo")
    assert done.returncode == WORLD_DOWN
    assert "move it away" in done.stderr
    assert (clone.folder / ".venv/thesis.txt").read_text() == "years of work"
