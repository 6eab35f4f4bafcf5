"""A lease: which of several processes of one kind is the active one.

It is an advisory lock of a session that does nothing else. PostgreSQL lets go of it when the
session ends, however its process did. A process that was frozen keeps its session; so the holder
says something every second, and whoever waits ends a session that has been silent for too long.
The one that was frozen then finds its lease lost, and must do nothing more.
"""

import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, Self

import psycopg
import structlog

from streams.ledger.audits import save_audit
from streams.ledger.blockers import CHAIN
from streams.ledger.connection import Session, WorldDown, connect, world
from streams.stages.audit import body

BEAT_SECONDS: Final = 1.0
SILENT_SECONDS_MAX: Final = 8.0
"""Assumed: eight beats missed are no busy machine; a standby then delivers within 15 s."""
LIMITS: Final = {"lock_timeout": "2s", "statement_timeout": "5s"}
_FROZEN: Final = (
    "SELECT a.pid, pg_terminate_backend(a.pid) FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
    " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1"
    " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND (l.classid::bigint << 32) + l.objid::bigint = %s AND a.application_name = %s"
    " AND a.state_change < clock_timestamp() - make_interval(secs => %s)"
)

log = structlog.get_logger(__name__)


class Lease:
    """The right to be the active process of one kind; `key` is the number of its lock."""

    def __init__(self, url: str, kind: str, key: int) -> None:
        """Open the lease's own session; raise `WorldDown` where the ledger is away."""
        self._kind = kind
        self._key = key
        self._name = f"{kind} lease"
        self._session = connect(url, name=self._name, limits=LIMITS)
        self._over = threading.Event()
        self._heard = time.monotonic()

    def __enter__(self) -> Self:
        """Give the lease, which is not taken yet."""
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _: TracebackType | None,
    ) -> None:
        """Let go, so that another process can begin at once."""
        self._over.set()
        with suppress(psycopg.Error):
            self._session.close()

    def take(self) -> bool:
        """Try to become the active process, ending a holder that is frozen; raise `WorldDown`."""
        with world():
            row = self._session.execute("SELECT pg_try_advisory_lock(%s)", (self._key,)).fetchone()
            taken = row is not None and bool(row[0])
            if not taken:
                self._end_frozen()
        if taken:
            self._heard = time.monotonic()
            threading.Thread(target=self._beat, name=self._name, daemon=True).start()
        return taken

    @property
    def is_lost(self) -> bool:
        """Answer whether the lease may be another's by now."""
        return time.monotonic() - self._heard > SILENT_SECONDS_MAX or self._session.closed

    def _beat(self) -> None:
        """Say something every second, so that nobody takes this process for frozen."""
        try:
            while not self._over.wait(BEAT_SECONDS):
                with world():
                    self._session.execute("SELECT 1")
                self._heard = time.monotonic()
        except WorldDown as down:
            self._heard = float("-inf")
            if not self._over.is_set():
                log.warning("the lease is lost", process=self._kind, sqlstate=down.sqlstate)

    def _end_frozen(self) -> None:
        """End the session of a holder that has been silent for too long, and say so."""
        silent = (self._key, f"switchboard {self._name}", SILENT_SECONDS_MAX)
        ended = self._session.execute(_FROZEN, silent).fetchall()
        if ended:
            log.warning("ended the session of a frozen process", process=self._kind)
            _audit(self._session, self._kind, len(ended))


def _audit(session: Session, kind: str, count: int) -> None:
    """Write into the audit of operations that sessions were ended, and of what."""
    entry = body({"action": "ended_sessions", "process": kind, "sessions": count})
    with session.transaction():
        save_audit(session, CHAIN, [entry], datetime.now(UTC))
