"""A scratch ledger: an empty database beside the ledger's own, for as long as something is tried.

What is written there is as personal as what it is made of, so it goes with the command that made
it. One that was killed leaves its database behind; whoever comes next drops those that nobody uses.
Any PostgreSQL will do whose account may create databases, the embedded one included.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from streams.ledger import migrations
from streams.ledger.connection import Session, connect, world

PREFIX: Final = "switchboard_scratch_"
LOCK: Final = 7_160_040
"""Key of the advisory lock under which scratch databases are made and dropped."""
UNHURRIED: Final = {"synchronous_commit": "off", "lock_timeout": "30s"}
"""Nobody needs a scratch ledger after a power cut."""
OWN: Final = "SELECT oid FROM pg_database WHERE datname = current_database()"
LEFT_OVER: Final = (
    "SELECT datname FROM pg_database d WHERE starts_with(datname, %s)"
    " AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datname = d.datname)"
)


class ScratchRefused(Exception):
    """No database could be made beside the ledger; the words say whose move it is."""


@contextmanager
def scratch(url: str) -> Iterator[Session]:
    """Give a session with an empty ledger beside the one at `url`; drop it afterwards.

    Raises `WorldDown` or `ScratchRefused`.
    """
    with connect(url, name="scratch", limits={}) as beside:
        prefix = prefix_of(beside)
        name = f"{prefix}{secrets.token_hex(4)}"
        own = _make(beside, url, (prefix, name))
        try:
            yield own
        finally:
            own.close()
            with world():
                beside.execute(_named("DROP DATABASE IF EXISTS {} WITH (FORCE)", name))


def prefix_of(session: Session) -> str:
    """Return how the names of a ledger's scratch databases begin; another's begin otherwise."""
    with world():
        row = session.execute(OWN.encode()).fetchone()
    return f"{PREFIX}{row[0] if row else 0}_"


def _make(beside: Session, url: str, names: tuple[str, str]) -> Session:
    """Make a database, given as prefix and name, and open the session that shows it in use."""
    prefix, name = names
    with world():
        beside.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        try:
            for (left,) in beside.execute(LEFT_OVER.encode(), (prefix,)).fetchall():
                beside.execute(_named("DROP DATABASE IF EXISTS {}", left))
            beside.execute(_named("CREATE DATABASE {} TEMPLATE template0", name))
            address = url_of(url, name)
            own = connect(address, name="scratch", limits=UNHURRIED)
        except psycopg.errors.InsufficientPrivilege as refused:
            words = "the account of SWITCHBOARD_DATABASE_URL may not create a database"
            raise ScratchRefused(f"{words}; its keeper must grant CREATEDB") from refused
        finally:
            beside.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))
    migrations.upgrade(address)
    return own


def analyze(session: Session) -> None:
    """Let PostgreSQL count what a scratch ledger has, so that it plans for that."""
    with world():
        session.execute("ANALYZE")


def _named(statement: str, name: str) -> sql.Composed:
    """Put the name of a database into a statement."""
    return sql.SQL(statement).format(sql.Identifier(name))


def url_of(url: str, database: str) -> str:
    """Return the address of another database on the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))
