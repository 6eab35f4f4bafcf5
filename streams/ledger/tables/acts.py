"""The table of acts: what changed notices and duties without an event."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, text

from streams.ledger.tables.base import instant, metadata, text_column

OF_IDENTITY: Final = (
    "'event_joined', 'event_overridden', 'event_rejected', 'people_merged', 'people_unmerged'"
)
"""Kinds of acts after which people may be known by something else."""

act: Final = Table(
    "act",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    instant("at"),
    text_column("chain"),
    text_column("kind"),
    Column("body", LargeBinary, nullable=False),
    Index("ix_act_of_identity", "seq", postgresql_where=text(f"kind IN ({OF_IDENTITY})")),
)
"""Every act that had an effect, in one order with the events; `chain` is that of its audit."""
