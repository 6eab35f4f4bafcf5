"""What was said about nobody we know, by a human's decision, is erased after some days."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

STATEMENT = """
CREATE TABLE erased (
    seq BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_erased PRIMARY KEY (seq))
"""


def upgrade() -> None:
    """Make room; the clock erases what is past its time already."""
    op.execute(STATEMENT)


def downgrade() -> None:
    """Refuse: what the ledger remembers is never thrown away by a migration."""
    message = "what was erased cannot be had back; restore a backup instead"
    raise RuntimeError(message)
