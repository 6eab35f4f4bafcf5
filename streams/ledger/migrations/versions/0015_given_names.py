"""Given names of people, by which it shows that an identifier was given for somebody else."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room; `switchboard ledger migrate`, or the next worker, fills it from descriptions."""
    op.execute("ALTER TABLE person ADD COLUMN given_names TEXT[] NOT NULL DEFAULT '{}'")
    # Keys are made again with descriptions where no form of them is noted.
    op.execute("DELETE FROM block_form")


def downgrade() -> None:
    """Refuse: what the ledger remembers is never thrown away by a migration."""
    message = "by which names people are compared cannot be forgotten; restore a backup instead"
    raise RuntimeError(message)
