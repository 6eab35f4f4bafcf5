"""The embedded ledger: a PostgreSQL of our own on this machine, for made-up data.

Several processes share one server on the same home. Three lock files in the home keep them in
step, and the kernel lets go of every lock however its process ends:

* `start.lock`, held alone while somebody opens: one at a time looks and, if need be, starts.
* `holders.lock`, shared by everybody who uses the server; whoever gets it alone is the last.
* `keeper.lock`, held by the server's keeper (`_postgres_keeper.py`) while it lives.

The keeper stops the server as soon as it gets `holders.lock` alone. An opener that comes then
waits for its share until the keeper has gone, and starts anew. A keeper whose server died goes
too, so the next opener finds `keeper.lock` free and starts the server again.
"""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final, Self

from streams.ledger import _postgres_cluster, _postgres_server
from streams.ledger._postgres_account import Account
from streams.ledger._postgres_cluster import Cluster
from streams.ledger._postgres_errors import (
    EmbeddedError,
    EmbeddedFailed,
    EmbeddedRefused,
    refused_by_system,
)
from streams.ledger._postgres_locks import FileLock, wait_until
from streams.settings import Mode

__all__ = ["EmbeddedError", "EmbeddedFailed", "EmbeddedRefused", "EmbeddedServer"]

WAIT_SECONDS: Final = 120.0
"""Assumed: how long others may take to start or stop, and a crashed server to recover."""
CLOSE_SECONDS: Final = 10.0
"""How long the last holder waits to see the server stopped; it stops in any case."""

_NO_SETTINGS: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(slots=True)
class EmbeddedServer:
    """One process's share in the embedded PostgreSQL of a home; a context manager."""

    home: Path
    url: str = field(repr=False)
    _holders: FileLock = field(repr=False)

    @classmethod
    def open(
        cls, home: Path, *, run_as: str, mode: Mode, settings: Mapping[str, str] = _NO_SETTINGS
    ) -> Self:
        """Share the server of this home, making and starting it where it is not running.

        `run_as` names the account for the server when we are root. `settings` go over
        `SERVER_SETTINGS` where this call is the one that starts the server.
        Raises `EmbeddedRefused` (a setting or folder must change) or `EmbeddedFailed`.
        """
        if mode is Mode.PRODUCTION:
            message = (
                "the embedded PostgreSQL is for made-up data and SWITCHBOARD_MODE is production; "
                "set SWITCHBOARD_DATABASE_URL to the production ledger"
            )
            raise EmbeddedRefused(message)
        account = Account.find(run_as)
        try:
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            return cls._share(Cluster(home.resolve(), account), settings)
        except OSError as error:
            raise refused_by_system(error, home) from error

    @classmethod
    def _share(cls, cluster: Cluster, settings: Mapping[str, str]) -> Self:
        """Take a share, one opener at a time, and see to it that the server answers."""
        with FileLock(cluster.home / "start.lock") as start:
            start.wait_alone(WAIT_SECONDS)
            holders = FileLock(cluster.home / "holders.lock")
            try:
                holders.wait_shared(WAIT_SECONDS)
                return cls(cluster.home, _have_running(cluster, settings), holders)
            except BaseException:
                holders.close()
                raise

    def __enter__(self) -> Self:
        """Return the server itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Give up this process's share."""
        self.close()

    def postmaster_pid(self) -> int:
        """Return the process id of the running server, or 0 where it is down."""
        return _postgres_cluster.read_postmaster_pid(self.home / "ledger")

    def close(self) -> None:
        """Give up the share; the last one to do so waits until the server has stopped."""
        if self._holders.is_closed():
            return
        is_last = self._holders.try_alone()
        self._holders.close()
        if is_last:
            wait_until(self._is_stopped_or_shared, CLOSE_SECONDS)

    def _is_stopped_or_shared(self) -> bool:
        """Say whether the keeper has gone, or somebody else has come and it stays."""
        with FileLock(self.home / "keeper.lock") as keeper:
            if keeper.try_shared():
                return True
        with FileLock(self.home / "holders.lock") as holders:
            return not holders.try_alone() and holders.try_shared()


def _have_running(cluster: Cluster, settings: Mapping[str, str]) -> str:
    """Return the URL of a kept server that answers; start one where there is no keeper."""
    log_starts: list[int] = []

    def is_up() -> bool:
        """Look once; a free `keeper.lock` after a start means that the start failed."""
        with FileLock(cluster.home / "keeper.lock") as keeper:
            if keeper.try_alone():
                if log_starts:
                    _postgres_server.judge_failure(cluster, log_starts[0])
                log_starts.append(_postgres_server.start(cluster, keeper, settings))
        return _postgres_server.is_answering(cluster)

    try:
        in_time = wait_until(is_up, WAIT_SECONDS)
    except subprocess.SubprocessError as error:
        message = f"the keeper of the embedded PostgreSQL did not start; see {cluster.log}"
        raise EmbeddedFailed(message) from error
    url = _postgres_server.address(cluster, _postgres_server.DATABASE)
    if in_time and url is not None:
        return url
    message = (
        f"the embedded PostgreSQL has not answered within {WAIT_SECONDS:.0f} s; "
        f"see {cluster.log}, end what overloads the machine, and start again"
    )
    raise EmbeddedFailed(message)
