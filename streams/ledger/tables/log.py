"""Tables of what came: positions, feeds, admitted events and refused records."""

from typing import Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from streams.ledger.tables.base import instant, metadata, text_column

position: Final = Table(
    "position",
    metadata,
    Column("topic_id", Uuid, primary_key=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    text_column("topic"),
    Column("next_offset", BigInteger, nullable=False),
    instant("updated_at"),
    instant("watermark", optional=True),
)
"""Where each partition of each life of a topic stands; written with the effects of its batches.

`watermark` is the broker's time up to which the partition is applied."""

feed_log: Final = Table(
    "feed_log",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("topic_id", Uuid, nullable=False),
    Column("partitions", Integer, nullable=False),
)
"""The life of a feed's topic that workers read, and how many partitions it has."""

attempts: Final = Table(
    "attempts",
    metadata,
    Column("topic_id", Uuid, primary_key=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("starts", Integer, nullable=False),
    Column("offset_in_hand", BigInteger, nullable=False),
    instant("since"),
)
"""What a worker had in hand; a row that outlives its worker tells that the worker died of it."""

possible_loss: Final = Table(
    "possible_loss",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    text_column("topic"),
    Column("topic_id", Uuid, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("from_offset", BigInteger, nullable=False),
    Column("to_offset", BigInteger, nullable=False),
    instant("found_at"),
    instant("resumed_at", optional=True),
    UniqueConstraint("topic_id", "partition", "from_offset"),
)
"""Offsets that the log no longer had when we came for them: [from, to)."""

feed: Final = Table(
    "feed",
    metadata,
    Column("feed", Text, primary_key=True),
    text_column("state"),
    text_column("reason", optional=True),
    Column("bad_in_a_row", Integer, nullable=False),
    Column("seen", Integer, nullable=False),
    Column("bad", Integer, nullable=False),
    instant("changed_at"),
)
"""Whether a feed runs or is paused, and how much of its last thousand records was refused."""

alarm: Final = Table(
    "alarm",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    instant("raised_at"),
    text_column("kind"),
    text_column("subject"),
    text_column("tell"),
    text_column("words"),
    Index("ix_alarm_raised_at", "raised_at"),
)
"""What operations, or an agency, must be told at once."""

event: Final = Table(
    "event",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    text_column("publisher"),
    text_column("event_id"),
    Column("content", LargeBinary, nullable=False),
    text_column("type"),
    Column("version", SmallInteger, nullable=False),
    text_column("topic"),
    Column("topic_id", Uuid, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("log_offset", BigInteger, nullable=False),
    instant("broker_at"),
    instant("raised_at"),
    instant("happened_at"),
    text_column("disposition"),
    text_column("because"),
    Column("person_id", Uuid, nullable=True),
    Column("suspect_time", Boolean, nullable=False),
    Column("late", Boolean, nullable=False),
    text_column("supersedes", optional=True),
    text_column("retracts", optional=True),
    Column("payload", LargeBinary, nullable=True),
    UniqueConstraint("publisher", "event_id", "content"),
    Index("ix_event_person_id", "person_id"),
    Index(
        "ix_event_retracts",
        "publisher",
        "retracts",
        postgresql_where=text("retracts IS NOT NULL"),
    ),
    Index(
        "ix_event_supersedes",
        "publisher",
        "supersedes",
        postgresql_where=text("supersedes IS NOT NULL"),
    ),
)
"""Every admitted event, in the order of the ledger; one about nobody has no payload."""

quarantine: Final = Table(
    "quarantine",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    text_column("topic"),
    Column("topic_id", Uuid, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("log_offset", BigInteger, nullable=False),
    Column("record_key", LargeBinary, nullable=True),
    Column("record_value", LargeBinary, nullable=True),
    Column("header_names", ARRAY(Text), nullable=False),
    Column("header_values", ARRAY(LargeBinary), nullable=False),
    instant("broker_at"),
    instant("raised_at"),
    text_column("code"),
    text_column("words"),
    text_column("detail", optional=True),
    text_column("owner"),
    text_column("state"),
    text_column("event_id", optional=True),
    text_column("type", optional=True),
    UniqueConstraint("topic_id", "partition", "log_offset"),
    Index("ix_quarantine_state", "state"),
)
"""Records that were refused, whole, with their place, the reason, and whose move it is."""
