"""Tables of people: who is known, by what, and who has their case."""

from typing import Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
)

from streams.ledger.tables.base import instant, metadata, text_column

person: Final = Table(
    "person",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("family_names", ARRAY(Text), nullable=False),
    Column("birth_dates", ARRAY(Date), nullable=False),
    Column("created_seq", BigInteger, nullable=False),
    Column("description", LargeBinary, nullable=True),
    Column("given_names", ARRAY(Text), nullable=False),
)
"""Who is known, by which normalised names and birth dates they are compared, and all that case
management said of them, by which they are scored."""

person_key: Final = Table(
    "person_key",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    text_column("kind"),
    Column("person_ids", ARRAY(Uuid), nullable=False),
)
"""Keyed hashes of identifiers, each with the people who have it."""

source_record: Final = Table(
    "source_record",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    text_column("publisher"),
    Column("person_id", Uuid, nullable=False),
    Column("identifiers", ARRAY(Text), nullable=False),
    Column("reference", LargeBinary, nullable=True),
    Index("ix_source_record_person_id", "person_id"),
)
"""What an agency said of the person, as it was given, never overwritten."""

person_block: Final = Table(
    "person_block",
    metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("person_id", Uuid, primary_key=True),
    Index("ix_person_block_person_id", "person_id"),
)
"""Keyed hashes under which people who are alike meet, to be scored."""

block_form: Final = Table(
    "block_form",
    metadata,
    Column("form", BigInteger, primary_key=True, autoincrement=False),
)
"""By which form of keys `person_block` was made; nothing where it was not made yet."""

secret_mark: Final = Table(
    "secret_mark",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("mark", LargeBinary, nullable=False),
)
"""A hash of the secret by which this ledger's keyed hashes are made, to know it again."""

identity_turn: Final = Table(
    "identity_turn",
    metadata,
    Column("nothing", Integer, primary_key=True, autoincrement=False),
)
"""Always empty: its lock parts those who look for people who are alike from those who teach."""

identity_decision: Final = Table(
    "identity_decision",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    text_column("outcome"),
    text_column("reason"),
    Column("person_id", Uuid, nullable=True),
    Column("candidates", ARRAY(Uuid), nullable=False),
)
"""Decisions about identity that somebody may have to look at again."""

case_file: Final = Table(
    "case_file",
    metadata,
    Column("person_id", Uuid, ForeignKey("person.person_id"), primary_key=True),
    Column("version", Integer, nullable=False),
    text_column("crn", optional=True),
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
    text_column("role"),
    text_column("provider"),
    text_column("team", optional=True),
    text_column("officer", optional=True),
    instant("from_at"),
    Index("ix_responsibility_person_id", "person_id", "from_at"),
    Index("ix_responsibility_officer", "officer"),
)
"""Who had whom from when: the whole history, of which a case keeps the newest part."""
