"""Two people who are one: which merge did it, and which rows it moved from whom."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STATEMENTS = """
CREATE TABLE merge (
    seq BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    kept UUID NOT NULL,
    gone UUID NOT NULL,
    remembered BYTEA NOT NULL,
    undone_seq BIGINT,
    CONSTRAINT pk_merge PRIMARY KEY (seq));

CREATE UNIQUE INDEX ix_merge_gone ON merge (gone) WHERE undone_seq IS NULL;

CREATE INDEX ix_merge_kept ON merge (kept) WHERE undone_seq IS NULL;

CREATE TABLE merge_moved (
    merge_seq BIGINT NOT NULL,
    what TEXT NOT NULL,
    key TEXT NOT NULL,
    CONSTRAINT pk_merge_moved PRIMARY KEY (merge_seq, what, key))
"""


def upgrade() -> None:
    """Make room for merges and for what each of them moved."""
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    """Refuse: what the ledger remembers is never thrown away by a migration."""
    message = "which people were merged cannot be forgotten; restore a backup instead"
    raise RuntimeError(message)
