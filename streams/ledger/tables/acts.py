"""The table of acts: what changed notices and duties without an event."""

from typing import Final

from sqlalchemy import BigInteger, Column, LargeBinary, Table

from streams.ledger.tables.base import instant, metadata, text_column

act: Final = Table(
    "act",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    instant("at"),
    text_column("chain"),
    text_column("kind"),
    Column("body", LargeBinary, nullable=False),
)
"""Every act that had an effect, in one order with the events; `chain` is that of its audit."""
