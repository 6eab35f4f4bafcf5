"""What the clock needs: acts, watermarks, and what a duty keeps to say that it is overdue."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE act (
        seq BIGINT NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        chain TEXT NOT NULL,
        kind TEXT NOT NULL,
        body BYTEA NOT NULL,
        CONSTRAINT pk_act PRIMARY KEY (seq)
    )
    """,
    """
    CREATE TABLE feed_log (
        feed TEXT NOT NULL,
        topic_id UUID NOT NULL,
        partitions INTEGER NOT NULL,
        CONSTRAINT pk_feed_log PRIMARY KEY (feed)
    )
    """,
    "ALTER TABLE position ADD COLUMN watermark TIMESTAMP WITH TIME ZONE",
    "ALTER TABLE duty ADD COLUMN facts BYTEA",
)


def upgrade() -> None:
    """Make what the clock needs."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse: what the ledger remembers is never thrown away by a migration."""
    message = "what the clock keeps cannot be taken away; restore a backup instead"
    raise RuntimeError(message)
