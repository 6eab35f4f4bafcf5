"""What people are scored by, and the keyed hashes under which those who are alike are found."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE person ADD COLUMN description BYTEA;

ALTER TABLE source_record ADD COLUMN reference BYTEA;

CREATE TABLE person_block (
    key BIGINT NOT NULL,
    person_id UUID NOT NULL,
    CONSTRAINT pk_person_block PRIMARY KEY (key, person_id));

CREATE TABLE block_form (
    form BIGINT NOT NULL,
    CONSTRAINT pk_block_form PRIMARY KEY (form));

CREATE TABLE identity_turn (
    nothing INTEGER NOT NULL,
    CONSTRAINT pk_identity_turn PRIMARY KEY (nothing))
"""


def upgrade() -> None:
    """Make room; `switchboard ledger migrate`, or the next worker, describes whoever is known."""
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    """Refuse: what the ledger remembers is never thrown away by a migration."""
    message = "how people were described cannot be forgotten; restore a backup instead"
    raise RuntimeError(message)
