"""Sessions with the ledger, and what their failures mean.

A failure of the world (PostgreSQL away, a lock not had, a deadlock) is `WorldDown`: nothing was
committed, and the same batch may be tried again. Anything else is a defect, and goes to the
quarantine of ours.

Source: DESIGN section 6, *Failure policy*: SQLSTATE classes 08, 53, 57P, 40 and 55P03.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from psycopg import Connection, sql

Session = Connection[tuple[Any, ...]]

WORKER_LIMITS: Final = {
    "idle_in_transaction_session_timeout": "5s",
    "transaction_timeout": "30s",
    "lock_timeout": "2s",
    "synchronous_commit": "on",
}
"""Source: DESIGN 4.3; none of these ends a session that is frozen inside COPY."""
RETRIED_WHOLE: Final = frozenset({"40001", "40P01"})
"""Serialisation failure and deadlock: the whole transaction is tried again."""
WORLD_CLASSES: Final = ("08", "53", "57P", "40", "58")
LOCK_NOT_HAD: Final = "55P03"
TOO_SLOW: Final = frozenset({"25P03", "25P04", "57P01"})
"""A transaction that was idle, or open, for too long, or was ended by another worker for that.

A restart of PostgreSQL also ends sessions with 57P01: a smaller batch afterwards does no harm.
"""
WORLD_STATES: Final = frozenset({LOCK_NOT_HAD}) | TOO_SLOW

EXIT_WORLD_DOWN: Final = 70
"""The status of a process that ends because the world stays down, to be started again later.

Source: DESIGN section 9, exit codes; sysexits EX_SOFTWARE, kept from that table.
"""
TRIES_MAX: Final = 6
FIRST_PAUSE_SECONDS: Final = 0.2
"""Assumed: six tries that wait 0.2, 0.4, ... 3.2 s bridge a restart of PostgreSQL."""


class WorldDown(Exception):
    """The ledger cannot be reached or did not answer in time; nothing was committed."""

    def __init__(self, words: str, sqlstate: str | None = None) -> None:
        """Keep the SQLSTATE beside the words, so that a caller may try again."""
        super().__init__(words)
        self.sqlstate = sqlstate

    @property
    def is_too_slow(self) -> bool:
        """Answer whether we took too long inside the transaction, as on a starved machine."""
        return self.sqlstate in TOO_SLOW

    @property
    def is_to_be_retried(self) -> bool:
        """Answer whether the same transaction may succeed at once."""
        return self.sqlstate in RETRIED_WHOLE or self.sqlstate == LOCK_NOT_HAD


def connect(url: str, *, name: str, limits: dict[str, str] | None = None) -> Session:
    """Open a session; `name` is what operators see in `pg_stat_activity`.

    Raises `WorldDown` where the ledger cannot be reached.
    """
    with world():
        session = psycopg.connect(
            url, application_name=f"switchboard {name}", connect_timeout=10, autocommit=True
        )
        session.prepare_threshold = 1
        for setting, value in (WORKER_LIMITS if limits is None else limits).items():
            session.execute(
                sql.SQL("SET {} = {}").format(sql.Identifier(setting), sql.Literal(value))
            )
    return session


@contextmanager
def world() -> Iterator[None]:
    """Turn the failures of the world into `WorldDown`; leave defects as they are."""
    try:
        yield
    except psycopg.Error as error:
        if not is_world(error):
            raise
        words = f"the ledger did not take it ({error.sqlstate or 'no answer'})"
        raise WorldDown(words, error.sqlstate) from error


def is_world(error: psycopg.Error) -> bool:
    """Answer whether an error of the driver is the world's and not a defect of ours."""
    state = error.sqlstate
    if state is None:
        return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return state.startswith(WORLD_CLASSES) or state in WORLD_STATES
