"""Sessions that only read the ledger, and what goes wrong when one is opened.

Everything that one command shows comes from one snapshot, so that its numbers agree with each
other while workers go on writing.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from psycopg import IsolationLevel
from psycopg.rows import dict_row
from sqlalchemy.exc import ArgumentError, DBAPIError

from streams.ledger.connection import Session, WorldDown, connect, is_world, world
from streams.ledger.migrations import newest

Row = dict[str, Any]

READER_LIMITS: Final = {"statement_timeout": "300s", "lock_timeout": "2s"}
"""Assumed: a command that has not read what it needs in five minutes is of no use to anybody."""


class NotMigrated(Exception):
    """The database is there without the tables that this version reads.

    The words say whose move it is.
    """


class AddressRefused(Exception):
    """What was given as the ledger's address is no address of a PostgreSQL database."""


@contextmanager
def reading(url: str) -> Iterator[Session]:
    """Give a session inside one read-only snapshot of the ledger.

    Raises `WorldDown`, `NotMigrated` or `AddressRefused`.
    """
    session = connect(url, name="reader", limits=READER_LIMITS)
    try:
        session.isolation_level = IsolationLevel.REPEATABLE_READ
        session.read_only = True
        with world(), session.transaction():
            demand_tables(session)
            yield session
    finally:
        session.close()


def demand_tables(session: Session) -> None:
    """Raise `NotMigrated` where the database has no ledger, or one of another version."""
    row = session.execute("SELECT to_regclass('alembic_version')").fetchone()
    if row is None or row[0] is None:
        words = "the database has no ledger yet; run `switchboard ledger migrate` once"
        raise NotMigrated(words)
    found = session.execute("SELECT version_num FROM alembic_version").fetchone()
    version = "none" if found is None else str(found[0])
    if version != newest():
        raise NotMigrated(
            f"the ledger is of version {version}, this Switchboard reads {newest()};"
            " run `switchboard ledger migrate`, with the newer of the two"
        )


def rows(
    session: Session, statement: str, values: Sequence[object] | Mapping[str, object] = ()
) -> list[Row]:
    """Run a statement and return its rows by column."""
    with session.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement, values).fetchall()


def foreseen(error: BaseException) -> Exception | None:
    """Return what a failure to reach or migrate the ledger means, or None for a defect.

    The words of the driver are left out: they may repeat the address, with its password.
    """
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, psycopg.Error) and is_world(cause):
        return WorldDown(f"the ledger did not take it ({cause.sqlstate or 'no answer'})")
    if isinstance(error, ArgumentError | psycopg.ProgrammingError) and _is_about_address(cause):
        return AddressRefused(
            "SWITCHBOARD_DATABASE_URL is no PostgreSQL address; it must be like "
            "postgresql://user:password@host:5432/database"
        )
    return None


def _is_about_address(cause: BaseException | None) -> bool:
    """Answer whether the address was refused before any server was asked."""
    return not isinstance(cause, psycopg.Error) or cause.sqlstate is None
