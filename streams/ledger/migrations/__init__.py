"""Migrations of the ledger, by Alembic: `upgrade` brings a database to the newest version."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

DRIVER = "postgresql+psycopg"


def sqlalchemy_url(url: str) -> str:
    """Return a PostgreSQL address in the form that names SQLAlchemy's driver."""
    scheme, _, rest = url.partition("://")
    return f"{DRIVER}://{rest}" if scheme in {"postgres", "postgresql"} else url


def _config(url: str) -> Config:
    """Configure Alembic without a file of its own; the scripts are beside this module."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["url"] = sqlalchemy_url(url)
    return config


def upgrade(url: str) -> None:
    """Bring the database at `url` to the newest version; it does nothing where it is there."""
    command.upgrade(_config(url), "head")


def newest() -> str | None:
    """Return the newest version that these scripts know."""
    return ScriptDirectory(str(Path(__file__).parent)).get_current_head()


def current(url: str) -> str | None:
    """Return the version of the database at `url`, or None where it has none."""
    engine = create_engine(sqlalchemy_url(url))
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
