"""What the follow-up needs: what steps say, who is away, what to look at again, and by whose."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATEMENTS = """
CREATE TABLE step_note (
    notice_id UUID NOT NULL,
    step INTEGER NOT NULL,
    answered_by TEXT,
    from_officer TEXT,
    to_officer TEXT,
    because TEXT NOT NULL,
    CONSTRAINT pk_step_note PRIMARY KEY (notice_id, step));

CREATE INDEX ix_step_note_from_officer ON step_note (from_officer);

CREATE TABLE away (
    officer TEXT NOT NULL,
    cause TEXT NOT NULL,
    cover TEXT,
    from_at TIMESTAMP WITH TIME ZONE NOT NULL,
    until TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_away PRIMARY KEY (officer));

CREATE TABLE look_again (
    person_id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_look_again PRIMARY KEY (person_id, at));

ALTER TABLE duty ADD COLUMN meant TEXT;

CREATE INDEX ix_notice_due_at ON notice (due_at)
    WHERE state IN ('raised', 'sent', 'read', 'escalated', 'handed_over', 'reopened');

CREATE INDEX ix_duty_owner ON duty (owner) WHERE state IN ('open', 'overdue');

CREATE INDEX ix_responsibility_officer ON responsibility (officer)
"""


def upgrade() -> None:
    """Make what the follow-up needs."""
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    """Refuse: what the ledger remembers is never thrown away by a migration."""
    message = "what was followed up cannot be forgotten; restore a backup instead"
    raise RuntimeError(message)
