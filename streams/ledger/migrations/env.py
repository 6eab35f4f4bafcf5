"""Alembic's entry: run the migrations in one transaction, under a lock that lets one run at a time.

Several processes may start on an empty ledger at once; the advisory lock makes them take turns.
"""

from alembic import context
from sqlalchemy import create_engine, text

from streams.ledger.tables import metadata

MIGRATION_LOCK = 7_160_021
"""Key of the advisory lock under which migrations run; any number that nothing else uses."""


def run() -> None:
    """Run the migrations on the database that the configuration names."""
    engine = create_engine(context.config.attributes["url"])
    try:
        with engine.connect() as connection, connection.begin():
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            context.configure(connection=connection, target_metadata=metadata)
            context.run_migrations()
    finally:
        engine.dispose()


run()
