"""Find the keys by which somebody is recognised without a walk through everybody's."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index; some twenty seconds where a quarter of a million people are known."""
    op.execute("CREATE INDEX ix_person_block_person_id ON person_block (person_id)")


def downgrade() -> None:
    """Take the index away."""
    op.execute("DROP INDEX ix_person_block_person_id")
