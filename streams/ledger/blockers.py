"""End the sessions of frozen workers that keep what we need locked.

`idle_in_transaction_session_timeout` ends a session that froze between statements; nothing ends one
that froze inside COPY but another session (measured: still held after 50 s). A worker that waited
two seconds for the position of a partition that is its own ends whoever holds it. One that waited
for any other lock ends the workers' sessions whose client has said nothing inside a COPY for as
long as it may between statements: a frozen worker holds people and the directory, too, and with
them the feeds for which its own partition would wait. Both are audited.

Source: DESIGN 4.3.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

import structlog

from streams.domain.log import Place
from streams.ledger.audits import save_audit
from streams.ledger.connection import Session, WorldDown, connect
from streams.stages.audit import body

LOOK_EVERY_SECONDS: Final = 0.2
LOOKS_MAX: Final = 8
SILENT_SECONDS_MAX: Final = 5
"""Source: DESIGN 4.3, idle_in_transaction_session_timeout."""
CHAIN: Final = "operations"
FROZEN: Final = (
    "SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database()"
    " AND application_name ~ '^switchboard (worker|clock|desk)'"
    " AND state = 'active' AND wait_event = 'ClientRead' AND query LIKE 'COPY %%'"
    " AND query_start < clock_timestamp() - make_interval(secs => %s)"
)

log = structlog.get_logger(__name__)


@contextmanager
def ending_holders(url: str, waiting: Session, place: Place) -> Iterator[None]:
    """End whoever blocks the session `waiting` while what is inside runs."""
    over = threading.Event()
    pid = waiting.info.backend_pid
    watcher = threading.Thread(target=_watch, args=(url, pid, place, over), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _watch(url: str, pid: int, place: Place, over: threading.Event) -> None:
    """Look a few times whether the session is blocked, and end its blockers once."""
    try:
        with connect(url, name="ending holders") as session:
            for _ in range(LOOKS_MAX):
                if over.wait(LOOK_EVERY_SECONDS) or _end(session, pid, place):
                    return
    except WorldDown as down:
        log.warning("holders were not ended", place=str(place), sqlstate=down.sqlstate)


def _end(session: Session, pid: int, place: Place) -> bool:
    """End the blockers of a session; answer whether there were any."""
    rows = session.execute(
        "SELECT b, pg_terminate_backend(b) FROM unnest(pg_blocking_pids(%s)) AS b", (pid,)
    ).fetchall()
    if rows:
        _audit(session, place, len(rows))
    return bool(rows)


def end_frozen(url: str, place: Place | str) -> None:
    """End the writers' sessions that are frozen inside COPY; `place` is what has to wait."""
    try:
        with connect(url, name="ending frozen") as session:
            rows = session.execute(FROZEN, (SILENT_SECONDS_MAX,)).fetchall()
            if rows:
                _audit(session, place, len(rows))
    except WorldDown as down:
        log.warning("frozen sessions were not ended", place=str(place), sqlstate=down.sqlstate)


def _audit(session: Session, place: Place | str, count: int) -> None:
    """Say that sessions were ended, and for whom."""
    log.warning("ended the sessions of frozen workers", place=str(place), sessions=count)
    entry = body({"action": "ended_sessions", "place": str(place), "sessions": count})
    with session.transaction():
        save_audit(session, CHAIN, [entry], datetime.now(UTC))
