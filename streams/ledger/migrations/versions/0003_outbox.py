"""The outbox with a column for each thing that a record's headers say, and two indexes.

Two arrays of headers in every row took longer to write than the rest of the row.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE outbox ADD COLUMN type TEXT, ADD COLUMN subject UUID, ADD COLUMN step INTEGER,
    ADD COLUMN seq BIGINT, ADD COLUMN traceparent TEXT;

UPDATE outbox SET
    type = encode(header_values[array_position(header_names, 'ce_type')], 'escape'),
    subject = encode(header_values[array_position(header_names, 'notice_id')], 'escape')::uuid,
    step = encode(header_values[array_position(header_names, 'step')], 'escape')::integer;

UPDATE outbox o SET seq = s.seq FROM notice_step s
    WHERE s.notice_id = o.subject AND s.step = o.step;

ALTER TABLE outbox ALTER COLUMN type SET NOT NULL, ALTER COLUMN subject SET NOT NULL,
    DROP COLUMN header_names, DROP COLUMN header_values;

CREATE INDEX ix_outbox_seq ON outbox (seq) WHERE seq IS NOT NULL;

CREATE INDEX ix_notice_step_seq ON notice_step (seq)
"""


def upgrade() -> None:
    """Turn the headers of each row into columns."""
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    """Refuse: what the ledger remembers is never thrown away by a migration."""
    message = "the outbox cannot go back to arrays of headers; restore a backup instead"
    raise RuntimeError(message)
