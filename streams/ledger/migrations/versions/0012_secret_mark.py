"""A hash of the secret by which the keyed hashes of this ledger are made, to know it again.

From here on the digests of events are keyed too. They are longer than those without a key, which
old rows keep: a resend of such an event is known by the old form.
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STATEMENTS = """
CREATE TABLE secret_mark (
    id INTEGER NOT NULL,
    mark BYTEA NOT NULL,
    CONSTRAINT pk_secret_mark PRIMARY KEY (id))
"""


def upgrade() -> None:
    """Make room; the first process that has the secret notes it."""
    op.execute(STATEMENTS)


def downgrade() -> None:
    """Refuse: what the ledger remembers is never thrown away by a migration."""
    message = "digests under a key cannot be taken back; restore a backup instead"
    raise RuntimeError(message)
