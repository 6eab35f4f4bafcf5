"""The running embedded PostgreSQL: its socket, its settings, its start, and whether it answers."""

import contextlib
import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

import psycopg
from psycopg import sql

from streams.ledger import _postgres_cluster
from streams.ledger._postgres_binaries import find_binaries, is_reachable_by_all
from streams.ledger._postgres_cluster import ENVIRONMENT, SUPERUSER, Cluster
from streams.ledger._postgres_errors import EmbeddedFailed, EmbeddedRefused, meaning_of
from streams.ledger._postgres_locks import FileLock

DATABASE: Final = "switchboard"
PORT: Final = 5432
"""Only names the socket file: the server listens on no network address."""
SOCKET_PATH_CHARS_MAX: Final = 99
"""Linux allows 107 characters, macOS 103."""
CONNECT_SECONDS: Final = 5
LOG_BYTES_MAX: Final = 5 * 1024 * 1024
"""A longer log is put aside when the server starts; one older log is kept."""

SERVER_SETTINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "max_connections": "60",
        "shared_buffers": "512MB",
        "huge_pages": "off",
        "max_wal_size": "2GB",
        "wal_compression": "on",
        "fsync": "on",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_checkpoints": "off",
        # A failed statement's words may hold a person's data: the client gets them, no log does.
        "log_min_messages": "log",
        "log_error_verbosity": "terse",
    }
)
"""Assumed: two cores and a laptop's memory.

Pages are taken as they are read. The keys of 250,000 people are 273 MB (docs/decisions/011): with
less than that every batch of look-ups reads some of them anew.
"""

_HOPELESS: Final = {
    "password authentication failed": (
        "ledger.password is not the password of the ledger beside it; put the right one back, "
        "or move the folder 'ledger' away to start with an empty one"
    ),
    "too many clients": "all of its sessions are in use; end some of the programs that use it",
    "No space left on device": "the disk is full; free some space and start again",
}
"""What the server says when there is no use in asking again."""

_KEEPER: Final = Path(__file__).with_name("_postgres_keeper.py")
_LINE_OF_SOCKET_FOLDER: Final = 4
_STILL_IN_USE: Final = "is still in use"


def start(cluster: Cluster, keeper: FileLock, settings: Mapping[str, str]) -> int:
    """Start the server under a keeper that inherits `keeper.lock`, held alone by the caller.

    Returns the length of the log before the start. The server may not answer yet, or ever.
    """
    binaries = find_binaries(cluster.account)
    _postgres_cluster.clear_unfinished(cluster.home)
    if not cluster.data.exists():
        _postgres_cluster.make(cluster, binaries)
    cluster.check()
    sockets = _make_socket_folder(cluster)
    _postgres_cluster.end_leftovers(cluster.data, sockets)
    log_start = _turn_log(cluster.log)
    chosen = {**SERVER_SETTINGS, **settings, "unix_socket_directories": str(sockets)}
    place = cluster.account.name_for(cluster.data)
    command = [str(binaries.postgres), "-D", str(place), "-p", str(PORT)]
    command += [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]
    orders = {
        "command": command,
        "folder": str(cluster.data),
        "environment": ENVIRONMENT,
        "user": cluster.account.user,
        "group": cluster.account.group,
        "extra_groups": cluster.account.extra_groups,
        "holders": str(cluster.home / "holders.lock"),
        "log": str(cluster.log),
        "socket_folder": str(sockets),
    }
    _start_keeper(orders, keeper, cluster.log)
    return log_start


def _start_keeper(orders: Mapping[str, object], keeper: FileLock, log: Path) -> None:
    """Start the keeper, which leaves us at once; its own words go to the log too."""
    with log.open("ab") as words:
        subprocess.run(  # noqa: S603 - our own program and orders
            [sys.executable, "-I", "-S", str(_KEEPER), json.dumps(orders)],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=words,
            cwd="/",
            pass_fds=(keeper.fileno(),),
        )


def judge_failure(cluster: Cluster, log_start: int) -> None:
    """Raise `EmbeddedFailed` with the reason for a failed start, unless it is worth another try.

    It is while processes of a server that was killed have not all ended yet.
    """
    with cluster.log.open("rb") as log:
        log.seek(log_start)
        output = log.read().decode("utf-8", "replace")
    if _STILL_IN_USE not in output:
        message = f"embedded ledger in {cluster.home} did not start: {meaning_of(output)}"
        raise EmbeddedFailed(message)


def address(cluster: Cluster, database: str) -> str | None:
    """Return the URL of a database on the server that runs now, or None where none does yet.

    The server writes the socket's folder into its pid file; two openers may disagree about
    where temporary folders are.
    """
    try:
        lines = (cluster.data / "postmaster.pid").read_text("utf-8").splitlines()
        folder = lines[_LINE_OF_SOCKET_FOLDER]
    except (FileNotFoundError, IndexError):
        return None
    login = f"{SUPERUSER}:{cluster.password()}"
    return f"postgresql://{login}@/{database}?host={quote(folder, safe='')}&port={PORT}"


def is_answering(cluster: Cluster) -> bool:
    """Say whether the server lets us in; see to it that it has the ledger's database.

    Raises `EmbeddedFailed` where waiting will not help.
    """
    url = address(cluster, "postgres")
    if url is None:
        return False
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=CONNECT_SECONDS) as session:
            _have_database(session)
    except psycopg.OperationalError as error:
        for sign, meaning in _HOPELESS.items():
            if sign in str(error):
                raise EmbeddedFailed(f"embedded ledger in {cluster.home}: {meaning}") from error
        return False
    return True


def _have_database(session: psycopg.Connection) -> None:
    """Create the ledger's database where it is not there yet."""
    found = session.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
    if found is None:
        session.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


def _make_socket_folder(cluster: Cluster) -> Path:
    """Make the folder for the socket under the first temporary folder that can serve."""
    account = cluster.account
    found = cluster.data.stat()
    # Of the folder itself, not of its path: a home deleted under its server may come again.
    digest = hashlib.sha256(f"{found.st_dev}:{found.st_ino}".encode()).hexdigest()[:12]
    for parent in dict.fromkeys((tempfile.gettempdir(), "/tmp", "/var/tmp")):  # noqa: S108 - the folder in it is ours alone
        folder = Path(parent).resolve() / f"switchboard-{account.uid}-{digest}"
        is_short = len(f"{folder}/.s.PGSQL.{PORT}") <= SOCKET_PATH_CHARS_MAX
        if is_short and (not account.given_away or is_reachable_by_all(folder.parent)):
            with contextlib.suppress(FileNotFoundError, PermissionError):
                account.make_private_folder(folder)
                return folder
    message = (
        f"no temporary folder can take the socket of PostgreSQL (short, and open to uid "
        f"{account.uid}); set TMPDIR to one, or set SWITCHBOARD_DATABASE_URL"
    )
    raise EmbeddedRefused(message)


def _turn_log(log: Path) -> int:
    """Put a long log aside; make sure that ours is private; return its length."""
    if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
        log.rename(log.with_name(f"{log.name}.1"))
    log.touch(mode=0o600)
    return log.stat().st_size
