"""Tables of merges: who was found to be whom, and which rows that moved."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text, Uuid, text

from streams.ledger.tables.base import instant, metadata

merge: Final = Table(
    "merge",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    instant("at"),
    Column("kept", Uuid, nullable=False),
    Column("gone", Uuid, nullable=False),
    Column("remembered", LargeBinary, nullable=False),
    Column("undone_seq", BigInteger, nullable=True),
    Index("ix_merge_gone", "gone", unique=True, postgresql_where=text("undone_seq IS NULL")),
    Index("ix_merge_kept", "kept", postgresql_where=text("undone_seq IS NULL")),
)
"""Two people who are one: `seq` is the act's number, `undone_seq` that of the act that parted them.

`remembered` is what both were before, so that they can be parted exactly; by whom and why is in the
act."""

merge_moved: Final = Table(
    "merge_moved",
    metadata,
    Column("merge_seq", BigInteger, primary_key=True, autoincrement=False),
    Column("what", Text, primary_key=True),
    Column("key", Text, primary_key=True),
)
"""The rows that a merge moved, by table and key, and which were of the other before."""
