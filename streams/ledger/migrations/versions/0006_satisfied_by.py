"""By which event a duty was satisfied, so that it stands again where that event is taken back."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATEMENT = "ALTER TABLE duty ADD COLUMN satisfied_publisher TEXT, ADD COLUMN satisfied_event TEXT"


def upgrade() -> None:
    """Let a duty remember what satisfied it."""
    op.execute(STATEMENT)


def downgrade() -> None:
    """Refuse: what the ledger remembers is never thrown away by a migration."""
    message = "what satisfied a duty cannot be forgotten; restore a backup instead"
    raise RuntimeError(message)
