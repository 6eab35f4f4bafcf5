"""Events that were held until their publisher took them back are held no longer."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

STATEMENT = """
UPDATE event e SET disposition = 'recorded', because = (
    SELECT CASE WHEN u.retracts = e.event_id THEN 'retracted' ELSE 'corrected' END
        || ' by the agency before anybody decided who it is about'
    FROM event u WHERE u.publisher = e.publisher AND u.seq > e.seq
        AND e.event_id IN (u.retracts, u.supersedes) ORDER BY u.seq LIMIT 1)
FROM review r WHERE r.event_seq = e.seq AND r.state = 'taken_back' AND e.disposition = 'held'
    AND EXISTS (SELECT FROM event u WHERE u.publisher = e.publisher AND u.seq > e.seq
        AND e.event_id IN (u.retracts, u.supersedes))
"""


def upgrade() -> None:
    """Let them end as those do that are taken back from here on."""
    op.execute(STATEMENT)


def downgrade() -> None:
    """Refuse: what the ledger remembers is never thrown away by a migration."""
    message = "what was taken back is not held again; restore a backup instead"
    raise RuntimeError(message)
