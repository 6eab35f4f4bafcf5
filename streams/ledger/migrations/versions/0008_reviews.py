"""Reviews of events whose person is not certain, with what was decided about them."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

STATEMENTS = """
CREATE TABLE review (
    event_seq BIGINT NOT NULL,
    publisher TEXT NOT NULL,
    event_id TEXT NOT NULL,
    desk TEXT NOT NULL,
    is_immediate BOOLEAN NOT NULL,
    candidates UUID[] NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    rings_at TIMESTAMP WITH TIME ZONE,
    state TEXT NOT NULL,
    decided_seq BIGINT,
    decided_at TIMESTAMP WITH TIME ZONE,
    decided_by TEXT,
    reason TEXT NOT NULL,
    person_id UUID,
    rejected UUID[] NOT NULL,
    CONSTRAINT pk_review PRIMARY KEY (event_seq));

CREATE INDEX ix_review_due_at ON review (due_at) WHERE state = 'waiting';

CREATE INDEX ix_review_person_id ON review (person_id) WHERE person_id IS NOT NULL;

CREATE TABLE review_decision (
    seq BIGINT NOT NULL,
    event_seq BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    kind TEXT NOT NULL,
    decided_by TEXT,
    person_id UUID,
    reason TEXT NOT NULL,
    refused TEXT,
    CONSTRAINT pk_review_decision PRIMARY KEY (seq));

CREATE INDEX ix_review_decision_event_seq ON review_decision (event_seq);

CREATE INDEX ix_act_of_identity ON act (seq) WHERE kind IN
    ('event_joined', 'event_overridden', 'event_rejected', 'people_merged', 'people_unmerged');

INSERT INTO review (event_seq, publisher, event_id, desk, is_immediate, candidates,
    opened_at, due_at, rings_at, state, reason, rejected)
SELECT e.seq, e.publisher, e.event_id, n.provider, n.urgency = 'immediate', d.candidates,
    e.raised_at, n.by, n.by,
    CASE WHEN n.state = 'withdrawn' THEN 'taken_back' ELSE 'waiting' END, '', '{}'
FROM event e JOIN identity_decision d ON d.seq = e.seq
JOIN LATERAL (SELECT provider, urgency, state, coalesce(
        (convert_from(document, 'UTF8')::jsonb #>> '{actions,0,due_at}')::timestamptz,
        due_at, raised_at) AS by FROM notice WHERE seq = e.seq AND person_id IS NULL
        AND matter = 'held:' || e.publisher || ':' || e.event_id LIMIT 1) AS n ON true
WHERE e.disposition = 'held'
"""


def upgrade() -> None:
    """Make the tables, with a review for each event that is held already."""
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    """Refuse: what the ledger remembers is never thrown away by a migration."""
    message = "what people decided about events cannot be forgotten; restore a backup instead"
    raise RuntimeError(message)
