"""A ledger is brought to the newest version, and asked cheaply whether it is there."""

from __future__ import annotations

import subprocess
import sys

import psycopg
from alembic.script import ScriptDirectory

from streams.ledger.migrations import SCRIPTS, current, is_newest, newest, upgrade

SLOW_TO_LOAD = ("alembic", "faust", "aiokafka", "kafka")


def test_the_newest_version_is_the_one_that_alembic_goes_to() -> None:
    """The names of the scripts say the same as their revisions."""
    assert newest() == ScriptDirectory(str(SCRIPTS)).get_current_head()


def test_an_empty_database_is_brought_to_the_newest(empty_database_url: str) -> None:
    """What has no version, or another one, is not taken for the newest."""
    assert not is_newest(empty_database_url)
    upgrade(empty_database_url)
    assert is_newest(empty_database_url)
    assert current(empty_database_url) == newest()
    upgrade(empty_database_url)
    with psycopg.connect(empty_database_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
    assert not is_newest(empty_database_url)


def test_services_that_start_together_migrate_once(empty_database_url: str) -> None:
    """Three processes at once find or make the newest version, and none of them fails."""
    program = "import sys; from streams.ledger.migrations import upgrade; upgrade(sys.argv[1])"
    command = [sys.executable, "-c", program, empty_database_url]
    started = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    told = [process.communicate(timeout=120)[1] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], told
    assert is_newest(empty_database_url)


def test_an_address_without_a_database_is_not_at_the_newest() -> None:
    """Where nobody can be asked, Alembic is left to say what is wrong."""
    assert not is_newest("postgresql://127.0.0.1:1/none?connect_timeout=2")
    assert not is_newest("not an address")


def test_a_read_loads_no_engine_and_no_alembic(ledger_url: str) -> None:
    """A ledger that is up to date is read without what takes longest to load."""
    program = (
        "import sys, streams.cli.notices\n"
        "from streams.ledger.migrations import upgrade\n"
        "upgrade(sys.argv[1])\n"
        f"print([name for name in {SLOW_TO_LOAD} if name in sys.modules])\n"
    )
    command = [sys.executable, "-c", program, ledger_url]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "[]\n"
