"""Tables of what was mended: refused records that somebody saw to, and restores of the ledger."""

from typing import Final

from sqlalchemy import BigInteger, Column, Identity, Index, Integer, LargeBinary, Table, Uuid

from streams.ledger.tables.base import instant, metadata, text_column

repair: Final = Table(
    "repair",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("topic_id", Uuid, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("log_offset", BigInteger, nullable=False),
    instant("at"),
    text_column("action"),
    text_column("account"),
    text_column("words"),
    text_column("code", optional=True),
    Column("seq", BigInteger, nullable=True),
    Column("record_value", LargeBinary, nullable=True),
    Index("ix_repair_topic_id_partition_log_offset", "topic_id", "partition", "log_offset"),
)
"""Who did what about a refused record, which is named by its place in the log.

`record_value` is the record as it was mended, `seq` the event that came of it, `code` why it had
been refused until then.
"""

ledger_server: Final = Table(
    "ledger_server",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    text_column("system_identifier"),
    Column("timeline", BigInteger, nullable=False),
    instant("noted_at"),
)
"""On which PostgreSQL, and in which history of it, this ledger was last known to be; one row."""

restore: Final = Table(
    "restore",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    instant("found_at"),
    text_column("words"),
    instant("resumed_at", optional=True),
    text_column("resumed_by", optional=True),
)
"""Each time the ledger was found restored; nothing is pushed while one is not resumed."""

restore_mark: Final = Table(
    "restore_mark",
    metadata,
    Column("topic_id", Uuid, primary_key=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("committed_offset", BigInteger, nullable=False),
)
"""How far Kafka's committed offsets were ahead when a restore was found by them.

So a restore that operations have seen to is not found again while a partition still catches up.
"""
