"""The embedded PostgreSQL: shared between programs, and gone with the last of them."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from fixtures.embedded import (
    DEATH_SECONDS,
    IS_ROOT,
    SERVER_UID,
    Holders,
    first_line,
    kill,
    opened_fast,
    run,
    socket_folder,
)
from fixtures.postgres import OwnServer

from streams.ledger._postgres_locks import wait_until


def is_running(pid: int) -> bool:
    """Say whether a process lives (a zombie does not)."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text("utf-8")
    except FileNotFoundError:
        return False


def test_it_dies_with_its_starter(home: Path, holders: Holders) -> None:
    """A starter that is killed leaves no server, no socket and no session behind."""
    holder = holders(home)
    url = first_line(holder)
    session = psycopg.connect(url)
    pid = int((home / "ledger" / "postmaster.pid").read_text("ascii").split()[0])
    assert is_running(pid)
    kill(holder)
    assert wait_until(lambda: not is_running(pid), DEATH_SECONDS)
    assert wait_until(lambda: not socket_folder(url).exists(), DEATH_SECONDS)
    assert not (home / "ledger" / "postmaster.pid").exists()
    with pytest.raises(psycopg.OperationalError):
        session.execute("SELECT 1")


def test_it_is_shared_and_outlives_its_starter(home: Path, holders: Holders) -> None:
    """Two programs see the same ledger; killing its starter does not take it from the other."""
    starter = holders(home)
    url = first_line(starter)
    run(url, "CREATE TABLE theirs (x int)")
    with opened_fast(home) as server:
        assert server.url == url
        pid = server.postmaster_pid()
        kill(starter)
        seen_until = time.monotonic() + 1.0
        while time.monotonic() < seen_until:
            assert run(server.url, "SELECT count(*) FROM theirs") == [(0,)]
        assert server.postmaster_pid() == pid
    assert not is_running(pid)


def test_coming_and_going_at_once_always_gives_a_server(home: Path) -> None:
    """Who opens while another closes waits and gets a server that answers."""

    def come_and_go(_: int) -> list[tuple[object, ...]]:
        """Open, ask, close."""
        with opened_fast(home) as server:
            return run(server.url, "SELECT 1")

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(come_and_go, range(12))) == [[(1,)]] * 12


def test_closing_twice_changes_nothing(home: Path) -> None:
    """The second close of one share does not take the server from another."""
    first, second = opened_fast(home), opened_fast(home)
    first.close()
    first.close()
    assert run(second.url, "SELECT 1") == [(1,)]
    second.close()


def test_a_crashed_server_comes_back_with_its_rows(
    postgres_server: Callable[..., OwnServer],
) -> None:
    """After a kill of the server itself the next opener finds what was committed."""
    server = postgres_server(fsync="off")
    url = server.url
    run(url, "CREATE TABLE kept AS SELECT 7 AS x")
    server.kill()
    assert server.start() == url
    assert run(url, "SELECT x FROM kept") == [(7,)]
    server.stop()
    with pytest.raises(psycopg.OperationalError):
        run(url, "SELECT 1")
    assert server.start() == url
    assert run(url, "SELECT x FROM kept") == [(7,)]


def test_a_frozen_session_of_a_crashed_server_does_not_block(home: Path) -> None:
    """What is left of a crashed server holds its memory; the next opener ends it."""
    with opened_fast(home) as crashed, psycopg.connect(crashed.url) as session:
        frozen = session.info.backend_pid
        os.kill(frozen, signal.SIGSTOP)
        os.kill(crashed.postmaster_pid(), signal.SIGKILL)
        with opened_fast(home) as server:
            assert run(server.url, "SELECT 1") == [(1,)]
            assert not is_running(frozen)


def test_a_number_in_a_stale_pid_file_that_is_somebody_elses_does_not_block(home: Path) -> None:
    """After a restart of the machine a dead server's number may be any process of the account."""
    user = SERVER_UID if IS_ROOT else None
    with subprocess.Popen(["sleep", "60"], user=user) as innocent:
        stale = home / "ledger" / "postmaster.pid"
        stale.write_text(f"{innocent.pid}\n{home}/ledger\n0\n5432\n/nowhere\n\n", "ascii")
        os.chown(stale, SERVER_UID, -1)
        with opened_fast(home) as server:
            assert run(server.url, "SELECT 1") == [(1,)]
        assert innocent.poll() is None
        innocent.kill()


def test_a_killed_keeper_takes_the_server_with_it(home: Path) -> None:
    """Without its keeper the server would never stop; the next opener gets one that is kept."""
    with opened_fast(home) as server:
        orphan = server.postmaster_pid()
        status = Path(f"/proc/{orphan}/status").read_text("utf-8")
        keeper = int(status.split("\nPPid:\t")[1].split("\n")[0])
        assert b"_postgres_keeper.py" in Path(f"/proc/{keeper}/cmdline").read_bytes()
        os.kill(keeper, signal.SIGKILL)
        assert wait_until(lambda: not is_running(orphan), DEATH_SECONDS)
        with opened_fast(home) as again:
            assert again.postmaster_pid() != orphan
            assert run(again.url, "SELECT 1") == [(1,)]


def test_an_interrupted_initdb_is_done_again(tmp_path: Path, holders: Holders) -> None:
    """A ledger that was half made when its maker was killed is never taken for a whole one."""
    home = tmp_path / "home"
    maker = holders(home)
    assert wait_until(lambda: bool(list(home.glob("ledger.new-*/base"))), 20)
    kill(maker)
    assert not (home / "ledger").exists()
    with opened_fast(home) as server:
        assert run(server.url, "SELECT 1") == [(1,)]
    assert not list(home.glob("ledger.new-*"))
