"""Migrations of the ledger, by Alembic: `upgrade` brings a database to the newest version.

Every command sees to it that its ledger is up to date, and nearly always it is. So that is asked
without Alembic, whose import takes longer than all the rest of a read.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import psycopg

if TYPE_CHECKING:
    from alembic.config import Config

DRIVER = "postgresql+psycopg"
SCRIPTS: Final = Path(__file__).parent
LOCK: Final = 7_160_001
"""Key of the advisory lock of whoever migrates; any number that nothing else uses."""


def sqlalchemy_url(url: str) -> str:
    """Return a PostgreSQL address in the form that names SQLAlchemy's driver."""
    scheme, _, rest = url.partition("://")
    return f"{DRIVER}://{rest}" if scheme in {"postgres", "postgresql"} else url


def _config(url: str) -> Config:
    """Configure Alembic without a file of its own; the scripts are beside this module."""
    from alembic.config import Config  # noqa: PLC0415 - seldom needed, see above

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["url"] = sqlalchemy_url(url)
    return config


def upgrade(url: str) -> None:
    """Bring the database at `url` to the newest version; it does nothing where it is there.

    Services that start together take turns: the first one migrates, and the others find it done.
    """
    if is_newest(url):
        return
    from alembic import command  # noqa: PLC0415 - seldom needed, see above

    with psycopg.connect(url, autocommit=True) as turn:
        turn.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        if not is_newest(url):
            command.upgrade(_config(url), "head")


def is_newest(url: str) -> bool:
    """Answer whether a database is at the newest version; false where that cannot be asked."""
    try:
        with psycopg.connect(url) as connection:
            rows = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    except psycopg.Error:
        return False
    return rows == [(newest(),)]


def newest() -> str | None:
    """Return the newest version that these scripts know, by their names."""
    scripts = (SCRIPTS / "versions").glob("[0-9]*.py")
    return max((path.name.partition("_")[0] for path in scripts), default=None)


def current(url: str) -> str | None:
    """Return the version of the database at `url`, or None where it has none."""
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415 - as above
    from sqlalchemy import create_engine  # noqa: PLC0415 - as above

    engine = create_engine(sqlalchemy_url(url))
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
