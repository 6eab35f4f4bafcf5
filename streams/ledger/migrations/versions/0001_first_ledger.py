"""The first ledger: everything in `0001_first_ledger.sql`, which stands beside this file."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    for statement in Path(__file__).with_suffix(".sql").read_text("utf-8").split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    """Refuse: what the ledger remembers is never thrown away by a migration."""
    message = "the first ledger cannot be taken away; drop the database instead"
    raise RuntimeError(message)
