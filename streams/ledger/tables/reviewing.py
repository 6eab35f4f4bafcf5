"""Tables of reviews: events whose person a human decides, and everything that was decided."""

from typing import Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Index,
    Table,
    Uuid,
    text,
)

from streams.ledger.tables.base import instant, metadata, text_column

review: Final = Table(
    "review",
    metadata,
    Column("event_seq", BigInteger, primary_key=True, autoincrement=False),
    text_column("publisher"),
    text_column("event_id"),
    text_column("desk"),
    Column("is_immediate", Boolean, nullable=False),
    Column("candidates", ARRAY(Uuid), nullable=False),
    instant("opened_at"),
    instant("due_at"),
    instant("rings_at", optional=True),
    text_column("state"),
    Column("decided_seq", BigInteger, nullable=True),
    instant("decided_at", optional=True),
    text_column("decided_by", optional=True),
    text_column("reason"),
    Column("person_id", Uuid, nullable=True),
    Column("rejected", ARRAY(Uuid), nullable=False),
    Index("ix_review_due_at", "due_at", postgresql_where=text("state = 'waiting'")),
    Index("ix_review_person_id", "person_id", postgresql_where=text("person_id IS NOT NULL")),
)
"""Each event that waited for a human, or about which one decided; the newest decision counts."""

erased: Final = Table(
    "erased",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    instant("at"),
)
"""Events whose content was erased, since a human has said that they are about nobody we know."""

review_decision: Final = Table(
    "review_decision",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("event_seq", BigInteger, nullable=False),
    instant("at"),
    text_column("kind"),
    text_column("decided_by", optional=True),
    Column("person_id", Uuid, nullable=True),
    text_column("reason"),
    text_column("refused", optional=True),
    Index("ix_review_decision_event_seq", "event_seq"),
)
"""Everything that anybody decided about an event, in order; `refused` says why it was not taken."""
