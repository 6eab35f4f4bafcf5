"""The tables of the ledger: everything that Switchboard must not forget, and nothing else.

Ordinary statements and the migrations use these; the batch path copies rows into them in binary
(`streams.ledger.copying`). Times are instants in UTC. What is opaque is `bytea` on purpose: a case
kept as JSONB costs four times as much to save.
"""

from typing import Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Sequence,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata: Final = MetaData(naming_convention=NAMING)
event_seq: Final = Sequence("event_seq", metadata=metadata)
Instant: Final = DateTime(timezone=True)


def _text(name: str, *, optional: bool = False) -> Column[str]:
    """Make a text column."""
    return Column(name, Text, nullable=optional)


def _instant(name: str, *, optional: bool = False) -> Column[object]:
    """Make a column of instants."""
    return Column(name, Instant, nullable=optional)


position: Final = Table(
    "position",
    metadata,
    Column("topic_id", Uuid, primary_key=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    _text("topic"),
    Column("next_offset", BigInteger, nullable=False),
    _instant("updated_at"),
)
"""Where each partition of each life of a topic stands; written with the effects of its batches."""

attempts: Final = Table(
    "attempts",
    metadata,
    Column("topic_id", Uuid, primary_key=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("starts", Integer, nullable=False),
    Column("offset_in_hand", BigInteger, nullable=False),
    _instant("since"),
)
"""What a worker had in hand; a row that outlives its worker tells that the worker died of it."""

possible_loss: Final = Table(
    "possible_loss",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    _text("topic"),
    Column("topic_id", Uuid, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("from_offset", BigInteger, nullable=False),
    Column("to_offset", BigInteger, nullable=False),
    _instant("found_at"),
    _instant("resumed_at", optional=True),
    UniqueConstraint("topic_id", "partition", "from_offset"),
)
"""Offsets that the log no longer had when we came for them: [from, to)."""

feed: Final = Table(
    "feed",
    metadata,
    Column("feed", Text, primary_key=True),
    _text("state"),
    _text("reason", optional=True),
    Column("bad_in_a_row", Integer, nullable=False),
    Column("seen", Integer, nullable=False),
    Column("bad", Integer, nullable=False),
    _instant("changed_at"),
)
"""Whether a feed runs or is paused, and how much of its last thousand records was refused."""

alarm: Final = Table(
    "alarm",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    _instant("raised_at"),
    _text("kind"),
    _text("subject"),
    _text("tell"),
    _text("words"),
    Index("ix_alarm_raised_at", "raised_at"),
)
"""What operations, or an agency, must be told at once."""

event: Final = Table(
    "event",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    _text("publisher"),
    _text("event_id"),
    Column("content", LargeBinary, nullable=False),
    _text("type"),
    Column("version", SmallInteger, nullable=False),
    _text("topic"),
    Column("topic_id", Uuid, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("log_offset", BigInteger, nullable=False),
    _instant("broker_at"),
    _instant("raised_at"),
    _instant("happened_at"),
    _text("disposition"),
    _text("because"),
    Column("person_id", Uuid, nullable=True),
    Column("suspect_time", Boolean, nullable=False),
    Column("late", Boolean, nullable=False),
    _text("supersedes", optional=True),
    _text("retracts", optional=True),
    Column("payload", LargeBinary, nullable=True),
    UniqueConstraint("publisher", "event_id", "content"),
    Index("ix_event_person_id", "person_id"),
    Index(
        "ix_event_retracts",
        "publisher",
        "retracts",
        postgresql_where=text("retracts IS NOT NULL"),
    ),
)
"""Every admitted event, in the order of the ledger; one about nobody has no payload."""

quarantine: Final = Table(
    "quarantine",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    _text("topic"),
    Column("topic_id", Uuid, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("log_offset", BigInteger, nullable=False),
    Column("record_key", LargeBinary, nullable=True),
    Column("record_value", LargeBinary, nullable=True),
    Column("header_names", ARRAY(Text), nullable=False),
    Column("header_values", ARRAY(LargeBinary), nullable=False),
    _instant("broker_at"),
    _instant("raised_at"),
    _text("code"),
    _text("words"),
    _text("detail", optional=True),
    _text("owner"),
    _text("state"),
    _text("event_id", optional=True),
    _text("type", optional=True),
    UniqueConstraint("topic_id", "partition", "log_offset"),
    Index("ix_quarantine_state", "state"),
)
"""Records that were refused, whole, with their place, the reason, and whose move it is."""

person: Final = Table(
    "person",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("family_names", ARRAY(Text), nullable=False),
    Column("birth_dates", ARRAY(Date), nullable=False),
    Column("created_seq", BigInteger, nullable=False),
)
"""Who is known, and by which normalised surnames and birth dates they are compared."""

person_key: Final = Table(
    "person_key",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    _text("kind"),
    Column("person_ids", ARRAY(Uuid), nullable=False),
)
"""Keyed hashes of identifiers, each with the people who have it."""

source_record: Final = Table(
    "source_record",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    _text("publisher"),
    Column("person_id", Uuid, nullable=False),
    Column("identifiers", ARRAY(Text), nullable=False),
    Index("ix_source_record_person_id", "person_id"),
)
"""Identifiers as an agency gave them, linked to the person, never overwritten."""

identity_decision: Final = Table(
    "identity_decision",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    _text("outcome"),
    _text("reason"),
    Column("person_id", Uuid, nullable=True),
    Column("candidates", ARRAY(Uuid), nullable=False),
)
"""Decisions about identity that somebody may have to look at again."""

case_file: Final = Table(
    "case_file",
    metadata,
    Column("person_id", Uuid, ForeignKey("person.person_id"), primary_key=True),
    Column("version", Integer, nullable=False),
    _text("crn", optional=True),
    Column("document", LargeBinary, nullable=False),
    Index("ix_case_file_crn", "crn"),
    postgresql_with={"fillfactor": 60},
)
"""The folded case of each person; its rows are what transactions about a person lock."""

responsibility: Final = Table(
    "responsibility",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("person_id", Uuid, nullable=False),
    _text("role"),
    _text("provider"),
    _text("team", optional=True),
    _text("officer", optional=True),
    _instant("from_at"),
    Index("ix_responsibility_person_id", "person_id", "from_at"),
)
"""Who had whom from when: the whole history, of which a case keeps the newest part."""

fact: Final = Table(
    "fact",
    metadata,
    Column("person_id", Uuid, nullable=False),
    _text("kind"),
    _text("matter"),
    _instant("occurred_at"),
    _text("publisher"),
    _text("event_id"),
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
    _text("kind"),
    _text("matter"),
    Column("person_id", Uuid, nullable=False),
    _text("owner"),
    _text("what"),
    _instant("due_at"),
    _text("publisher"),
    _text("event_id"),
    _text("rule"),
    _text("state"),
    Column("notice_id", Uuid, nullable=True),
    _text("expected_of", optional=True),
    Index("ix_duty_person_id", "person_id", "matter"),
    Index("ix_duty_due_at", "due_at", postgresql_where=text("state = 'open'")),
)
"""What somebody must do by an instant."""

notice: Final = Table(
    "notice",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    _text("type"),
    _text("matter"),
    Column("person_id", Uuid, nullable=True),
    _text("recipient"),
    _text("provider"),
    _text("state"),
    _text("urgency"),
    _instant("raised_at"),
    _instant("due_at", optional=True),
    Column("document", LargeBinary, nullable=False),
    Index("ix_notice_person_id", "person_id", "matter"),
    Index("ix_notice_recipient", "recipient", "state"),
    Index("ix_notice_seq", "seq"),
    postgresql_with={"fillfactor": 80},
)
"""What somebody was told; the document holds all of it, the columns what is looked for."""

notice_step: Final = Table(
    "notice_step",
    metadata,
    Column("notice_id", Uuid, primary_key=True),
    Column("step", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    _text("move"),
    _text("state"),
    _instant("at"),
)
"""Every step in the life of a notice."""

outbox: Final = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    _text("topic"),
    Column("record_key", LargeBinary, nullable=False),
    Column("record_value", LargeBinary, nullable=False),
    Column("header_names", ARRAY(Text), nullable=False),
    Column("header_values", ARRAY(LargeBinary), nullable=False),
    _instant("created_at"),
    _instant("sent_at", optional=True),
    Index("ix_outbox_unsent", "id", postgresql_where=text("sent_at IS NULL")),
)
"""What Kafka must be told, written with its cause; a relay sends it afterwards."""

audit: Final = Table(
    "audit",
    metadata,
    Column("chain", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    _instant("at"),
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

directory_version: Final = Table(
    "directory_version",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False),
)
"""How often the directory changed; workers keep a copy as long as this stands."""


def _dated(name: str, *columns: Column[object]) -> Table:
    """Make a table of directory entries, each with the instant from which it holds."""
    return Table(
        name,
        metadata,
        Column("seq", BigInteger, primary_key=True, autoincrement=False),
        _instant("from_at"),
        *columns,
    )


officer: Final = _dated(
    "officer",
    Column("officer", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("grade", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("team", Text),
    Column("email", Text),
    Column("phone", Text),
    Column("gone", Boolean, nullable=False),
)
team: Final = _dated(
    "team",
    Column("team", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("manager", Text),
)
role_holding: Final = _dated(
    "role_holding",
    Column("role", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("holder", Text, nullable=False),
    Column("cover", Text),
    Column("until", Instant),
)
absence: Final = _dated(
    "absence",
    Column("absence_id", Text, nullable=False),
    Column("officer", Text, nullable=False),
    Column("until", Instant),
    Column("cover", Text),
)
absence_end: Final = _dated("absence_end", Column("absence_id", Text, nullable=False))
