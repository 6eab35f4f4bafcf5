"""Tables of what has to be done: facts, duties, notices, the outbox and the audit."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)

from streams.ledger.tables.base import instant, metadata, text_column

fact: Final = Table(
    "fact",
    metadata,
    Column("person_id", Uuid, nullable=False),
    text_column("kind"),
    text_column("matter"),
    instant("occurred_at"),
    text_column("publisher"),
    text_column("event_id"),
    Column("seq", BigInteger, nullable=False),
    Index("ix_fact_person_id", "person_id", "kind"),
    Index("ix_fact_matter", "matter"),
    Index("ix_fact_source", "publisher", "event_id"),
)
"""What flows look back on."""

duty: Final = Table(
    "duty",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    text_column("kind"),
    text_column("matter"),
    Column("person_id", Uuid, nullable=False),
    text_column("owner"),
    text_column("what"),
    instant("due_at"),
    text_column("publisher"),
    text_column("event_id"),
    text_column("rule"),
    text_column("state"),
    Column("notice_id", Uuid, nullable=True),
    text_column("expected_of", optional=True),
    Column("facts", LargeBinary, nullable=True),
    text_column("meant", optional=True),
    text_column("satisfied_publisher", optional=True),
    text_column("satisfied_event", optional=True),
    Index("ix_duty_person_id", "person_id", "matter"),
    Index("ix_duty_due_at", "due_at", postgresql_where=text("state = 'open'")),
    Index("ix_duty_owner", "owner", postgresql_where=text("state IN ('open', 'overdue')")),
)
"""What somebody must do by an instant."""

notice: Final = Table(
    "notice",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    text_column("type"),
    text_column("matter"),
    Column("person_id", Uuid, nullable=True),
    text_column("recipient"),
    text_column("provider"),
    text_column("state"),
    text_column("urgency"),
    instant("raised_at"),
    instant("due_at", optional=True),
    Column("document", LargeBinary, nullable=False),
    Index("ix_notice_person_id", "person_id", "matter"),
    Index("ix_notice_recipient", "recipient", "state"),
    Index("ix_notice_seq", "seq"),
    Index(
        "ix_notice_due_at",
        "due_at",
        postgresql_where=text(
            "state IN ('raised', 'sent', 'read', 'escalated', 'handed_over', 'reopened')"
        ),
    ),
    postgresql_with={"fillfactor": 80},
)
"""What somebody was told; the document holds all of it, the columns what is looked for."""

notice_step: Final = Table(
    "notice_step",
    metadata,
    Column("notice_id", Uuid, primary_key=True),
    Column("step", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    text_column("move"),
    text_column("state"),
    instant("at"),
    Index("ix_notice_step_seq", "seq"),
)
"""Every step in the life of a notice."""

outbox: Final = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    text_column("topic"),
    Column("record_key", LargeBinary, nullable=False),
    Column("record_value", LargeBinary, nullable=False),
    text_column("type"),
    Column("subject", Uuid, nullable=False),
    Column("step", Integer, nullable=True),
    Column("seq", BigInteger, nullable=True),
    text_column("traceparent", optional=True),
    instant("created_at"),
    instant("sent_at", optional=True),
    Index("ix_outbox_unsent", "id", postgresql_where=text("sent_at IS NULL")),
    Index("ix_outbox_seq", "seq", postgresql_where=text("seq IS NOT NULL")),
)
"""What Kafka must be told, written with its cause; a relay sends it afterwards.

`subject` and `step` name a record for those who must drop repeats: the notice and its step, or for
a record that is about no notice an id of its own and no step. `seq` is what caused it.
"""

audit: Final = Table(
    "audit",
    metadata,
    Column("chain", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    instant("at"),
    Column("body", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)
"""One chain of entries for each writer."""

audit_head: Final = Table(
    "audit_head",
    metadata,
    Column("chain", Text, primary_key=True),
    Column("length", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)
"""The end of each chain; its row is locked last of all."""
