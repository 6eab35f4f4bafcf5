"""The sealed store: what was said of suspects whom nobody knows, kept unreadable for some days."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STATEMENTS = """
CREATE TABLE sealed (
    seq BIGINT NOT NULL,
    publisher TEXT NOT NULL,
    came_at TIMESTAMP WITH TIME ZONE NOT NULL,
    key_id TEXT NOT NULL,
    wrapped_key BYTEA,
    ciphertext BYTEA,
    ended TEXT,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_sealed PRIMARY KEY (seq))
    WITH (autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0);

CREATE INDEX ix_sealed_came_at ON sealed (came_at) WHERE ended IS NULL;

CREATE TABLE sealed_key (
    digest BYTEA NOT NULL,
    seq BIGINT NOT NULL,
    CONSTRAINT pk_sealed_key PRIMARY KEY (digest, seq))
    WITH (autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0);

CREATE INDEX ix_sealed_key_seq ON sealed_key (seq);

CREATE TABLE sealed_look (
    person_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    CONSTRAINT pk_sealed_look PRIMARY KEY (person_id))
"""


def upgrade() -> None:
    """Make the sealed store."""
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    """Refuse: what the ledger remembers is never thrown away by a migration."""
    message = "what was sealed cannot be forgotten; restore a backup instead"
    raise RuntimeError(message)
