"""Tables of the sealed store: what was said of suspects whom nobody knows, and by what it is found.

Nothing here can be read, listed or guessed at without the master key, which is in no database.
"""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Uuid, text

from streams.ledger.tables.base import instant, metadata, text_column

VACUUMED_AT_ONCE: Final = {
    "autovacuum_vacuum_threshold": 1,
    "autovacuum_vacuum_scale_factor": 0,
}
"""What was taken out of a table leaves its pages within a minute or so, not some day."""

sealed: Final = Table(
    "sealed",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    text_column("publisher"),
    instant("came_at"),
    text_column("key_id"),
    Column("wrapped_key", LargeBinary, nullable=True),
    Column("ciphertext", LargeBinary, nullable=True),
    text_column("ended", optional=True),
    instant("ended_at", optional=True),
    Index("ix_sealed_came_at", "came_at", postgresql_where=text("ended IS NULL")),
    postgresql_with=VACUUMED_AT_ONCE,
)
"""What an event said, under a key of its own; empty once it was opened, erased or taken back."""

sealed_key: Final = Table(
    "sealed_key",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Index("ix_sealed_key_seq", "seq"),
    postgresql_with=VACUUMED_AT_ONCE,
)
"""Keyed hashes of identifiers and blocking keys, under the master key; gone with their event."""

sealed_look: Final = Table(
    "sealed_look",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("seq", BigInteger, nullable=False),
)
"""People of whom something new is known, so that the sealed store must be looked through for them.

`seq` is what was new last: a look takes a person away only if nothing newer came meanwhile.
"""
