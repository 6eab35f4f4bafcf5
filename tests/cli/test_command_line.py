"""What holds for every command: statuses, words instead of tracebacks, lines for programs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from fixtures.command_line import Switchboard

from streams.ledger.connection import connect
from streams.settings import PROJECT_ROOT

COMMANDS = (
    ("check",),
    ("explain",),
    ("ledger", "migrate"),
    ("ledger", "verify"),
    ("notices",),
    ("publish",),
    ("quarantine", "list"),
    ("quarantine", "show"),
    ("schemas", "check"),
    ("schemas", "export"),
    ("schemas", "list"),
    ("status",),
    ("topics", "apply"),
    ("topics", "list"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_says_what_it_does_and_has_json(
    switchboard: Switchboard, command: tuple[str, ...]
) -> None:
    """Help names what the command takes, and --json is there for programs."""
    answer = switchboard(*command, "--help")
    assert answer.status == 0
    assert "--json" in answer.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("notices", "--nonsense"),
        ("explain",),
        ("check", "no-such-file"),
        ("topics",),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_said_and_ends_with_2(
    switchboard: Switchboard, arguments: tuple[str, ...]
) -> None:
    """Who mistypes is told so on stderr, and nothing is printed."""
    answer = switchboard(*arguments)
    assert (answer.status, answer.out) == (2, "")
    assert "--help" in answer.err


@pytest.mark.parametrize(
    ("variable", "value", "status", "words"),
    [
        ("SWITCHBOARD_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/x", 70, "the ledger"),
        ("SWITCHBOARD_DATABASE_URL", "not an address", 2, "is no PostgreSQL address"),
        ("SWITCHBOARD_REGISTER_FILE", "/nonexistent/agencies.toml", 2, "agency register"),
        ("SWITCHBOARD_BATCH_MAX", "many", 2, "SWITCHBOARD_BATCH_MAX"),
    ],
)
def test_a_failure_of_the_world_is_words_and_a_status(
    switchboard: Switchboard,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
    *,
    status: int,
    words: str,
) -> None:
    """What an operator can mend is said without a traceback, and tells a supervisor what to do."""
    monkeypatch.setenv(variable, value)
    answer = switchboard("status")
    assert (answer.status, answer.out) == (status, "")
    assert words in answer.err
    assert "Traceback" not in answer.err
    assert "nobody@" not in answer.err


def test_a_database_without_ledger_is_said(
    switchboard: Switchboard, monkeypatch: pytest.MonkeyPatch, empty_database_url: str
) -> None:
    """A read never migrates a database of others; it says what is to be run."""
    monkeypatch.setenv("SWITCHBOARD_DATABASE_URL", empty_database_url)
    answer = switchboard("notices")
    assert answer.status == 70
    assert "switchboard ledger migrate" in answer.err
    assert switchboard("ledger", "migrate").status == 0
    assert switchboard("notices").out == "0 notices.\n"


def test_a_ledger_of_another_version_is_said(switchboard: Switchboard, ledger_url: str) -> None:
    """A read of tables that are not there yet, or no longer, is no defect; it says what to run."""
    assert switchboard("status").status == 0
    with connect(ledger_url, name="a test") as session:
        session.execute("UPDATE alembic_version SET version_num = '0001'")
        session.commit()
    answer = switchboard("status")
    assert answer.status == 70
    assert "of version 0001" in answer.err
    assert "switchboard ledger migrate" in answer.err


def test_kafka_away_ends_with_70(switchboard: Switchboard) -> None:
    """A command that needs Kafka says that it is away, and whose move it is."""
    answer = switchboard("topics", "list", "--kafka", "127.0.0.1:1")
    assert answer.status == 70
    assert "does not answer" in answer.err


def test_it_runs_as_a_module_and_a_reader_may_leave(
    switchboard: Switchboard, tmp_path: Path
) -> None:
    """`python -m streams.cli` is the command; a closed pipe ends it without a traceback."""
    command = [sys.executable, "-m", "streams.cli", "schemas", "list", "--json"]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT_ROOT)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, cwd=tmp_path
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = process.stdout.readline()
        assert first.startswith(b'{"type": '), process.stderr.read()
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
    assert process.returncode == 141


INTERRUPTED_EARLY = """
import sys
from importlib.abc import MetaPathFinder

class CtrlC(MetaPathFinder):
    def find_spec(self, name, *_):
        if name == "streams.cli.status":
            raise KeyboardInterrupt

sys.meta_path.insert(0, CtrlC())
from streams.cli import run
sys.exit(run(["status"]))
"""


def test_ctrl_c_while_a_command_is_loaded_is_no_traceback() -> None:
    """What a command needs takes a second to load; whoever stops it then has their prompt back."""
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_EARLY],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_a_letter_that_the_terminal_does_not_have_ends_nothing(tmp_path: Path) -> None:
    """Names come in every script; where the output is not UTF-8 they are shown by their codes."""
    file = tmp_path / "Zoë ☃.json"
    file.write_bytes(b"{}")
    done = subprocess.run(
        [sys.executable, "-m", "streams.cli", "check", file],
        cwd=PROJECT_ROOT,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert r"Zo\xeb \u2603.json: the document" in done.stdout
