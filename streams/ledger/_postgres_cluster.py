"""The data folder of the embedded PostgreSQL: made once and whole, checked ever after."""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from streams.ledger._postgres_account import Account
from streams.ledger._postgres_binaries import MAJOR, Binaries
from streams.ledger._postgres_errors import EmbeddedFailed, EmbeddedRefused, meaning_of
from streams.ledger._postgres_locks import wait_until

ENVIRONMENT: Final = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
"""All that PostgreSQL gets to know of our environment."""
SUPERUSER: Final = "switchboard"
ROOM_BYTES: Final = 200 * 1024 * 1024
"""Assumed: below this a new ledger would soon stop; initdb alone writes 40 MB."""
INITDB_SECONDS: Final = 120.0
ORPHAN_SECONDS: Final = 10.0
_NEW: Final = "ledger.new-"


@dataclass(frozen=True, slots=True)
class Cluster:
    """The folder `home`: the data in `ledger`, and beside it password, log and lock files."""

    home: Path
    account: Account

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder, 0700, owned by the account."""
        return self.home / "ledger"

    @property
    def log(self) -> Path:
        """What the server said, 0600."""
        return self.home / "ledger.log"

    @property
    def password_file(self) -> Path:
        """The superuser's password, 0600."""
        return self.home / "ledger.password"

    def password(self) -> str:
        """Read the password; say what to do where it is lost."""
        try:
            return self.password_file.read_text("ascii").strip()
        except FileNotFoundError:
            message = (
                f"{self.password_file} is missing, without which {self.data} cannot be opened; "
                f"put it back, or move {self.data} away to start with an empty ledger"
            )
            raise EmbeddedRefused(message) from None

    def check(self) -> None:
        """Refuse data of another account or of another PostgreSQL than the programs'."""
        self.account.check_private_folder(self.data)
        try:
            found = (self.data / "PG_VERSION").read_text("ascii").strip()
        except FileNotFoundError:
            message = f"{self.data} is not a data folder of PostgreSQL; move it away"
            raise EmbeddedRefused(message) from None
        if found != str(MAJOR):
            message = (
                f"{self.data} was made by PostgreSQL {found}, but the programs here are "
                f"PostgreSQL {MAJOR}; move the folder away to start with an empty ledger, "
                f"or install the release that made it"
            )
            raise EmbeddedRefused(message)


def make(cluster: Cluster, binaries: Binaries) -> None:
    """Run initdb beside the data's place and move the result there once it is whole."""
    _check_room(cluster.home)
    password = secrets.token_urlsafe(24)
    fresh = cluster.home / f"{_NEW}{secrets.token_hex(4)}"
    cluster.account.make_private_folder(fresh)
    try:
        _run_initdb(cluster, binaries, fresh, password)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    cluster.password_file.unlink(missing_ok=True)
    _write_private(cluster.password_file, password)
    fresh.rename(cluster.data)


def end_leftovers(data: Path, sockets: Path) -> None:
    """End PostgreSQL processes that lost their keeper, and forget a dead server's pid files.

    To be called only while holding `keeper.lock`. PostgreSQL itself refuses to start when the
    number in its pid file belongs to any process of the account, which after a restart of the
    machine it easily does. Only Linux shows us whose process that is; elsewhere we leave both.
    """
    if not Path("/proc/self/cwd").exists():
        return
    postmaster = read_postmaster_pid(data)
    if postmaster in _postgres_processes(data):
        _signal(postmaster, signal.SIGINT)
        wait_until(lambda: not _postgres_processes(data), ORPHAN_SECONDS)
    _kill_processes(data)
    for stale in (data / "postmaster.pid", *sockets.glob(".s.PGSQL.*")):
        stale.unlink(missing_ok=True)


def read_postmaster_pid(data: Path) -> int:
    """Return the server's process id as it wrote it down, or 0 where there is none."""
    try:
        return int((data / "postmaster.pid").read_text("ascii").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return 0


def _kill_processes(folder: Path) -> None:
    """End whatever of PostgreSQL still works in a folder, and see it gone."""
    for pid in _postgres_processes(folder):
        _signal(pid, signal.SIGKILL)
    wait_until(lambda: not _postgres_processes(folder), ORPHAN_SECONDS)


def _postgres_processes(folder: Path) -> frozenset[int]:
    """Return the ids of PostgreSQL's living processes in this folder; none where not on Linux."""
    found = set()
    if not Path("/proc/self/cwd").exists():
        return frozenset()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        with contextlib.suppress(OSError):
            program = (entry / "exe").readlink().name.removesuffix(" (deleted)")
            if program in {"postgres", "initdb"} and (entry / "cwd").samefile(folder):
                found.add(int(entry.name))
    return frozenset(found)


def _signal(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process that may just have ended."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def clear_unfinished(home: Path) -> None:
    """Remove what an initdb left behind whose starter was killed half way; it may still run."""
    for leftover in home.glob(f"{_NEW}*"):
        _kill_processes(leftover)
        shutil.rmtree(leftover, ignore_errors=True)


def _check_room(home: Path) -> None:
    """Refuse to begin a ledger on a disk that is about to be full."""
    free = shutil.disk_usage(home).free
    if free < ROOM_BYTES:
        message = (
            f"embedded ledger in {home}: a new ledger needs {ROOM_BYTES // 2**20} MB and the disk "
            f"has {free // 2**20} MB left; free some space, or set SWITCHBOARD_HOME to another disk"
        )
        raise EmbeddedRefused(message)


def _write_private(path: Path, text: str) -> None:
    """Write a new file that only its owner may read; an existing one is an error."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)


def _run_initdb(cluster: Cluster, binaries: Binaries, fresh: Path, password: str) -> None:
    """Run initdb in its folder; say in words why it failed.

    It reads the password from a file without a name: a named one would have to lie where both
    root and the account can walk, which is where others can meddle.
    """
    with tempfile.TemporaryFile() as given:
        given.write(password.encode("ascii"))
        given.seek(0)
        if cluster.account.given_away:
            os.fchown(given.fileno(), cluster.account.uid, cluster.account.gid)
        try:
            done = _initdb(cluster.account, binaries, fresh, given.fileno())
        except subprocess.TimeoutExpired:
            message = f"initdb took over {INITDB_SECONDS:.0f} s; end what overloads the machine"
            raise EmbeddedFailed(message) from None
    if done.returncode != 0:
        message = f"embedded ledger in {cluster.home}: initdb failed: {meaning_of(done.stdout)}"
        raise EmbeddedFailed(message)


def _initdb(
    account: Account, binaries: Binaries, fresh: Path, password_file: int
) -> subprocess.CompletedProcess[str]:
    """Run initdb under the account, inside the folder that it fills."""
    command = [
        *(str(binaries.initdb), "-D", str(account.name_for(fresh)), "-U", SUPERUSER, "-N"),
        *("--auth=scram-sha-256", f"--pwfile=/dev/fd/{password_file}", "--encoding=UTF8"),
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
    ]
    return subprocess.run(  # noqa: S603 - our own program and arguments
        command,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=INITDB_SECONDS,
        cwd=fresh,
        env=ENVIRONMENT,
        user=account.user,
        group=account.group,
        extra_groups=account.extra_groups,
        umask=0o077,
        pass_fds=(password_file,),
    )
