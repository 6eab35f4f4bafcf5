"""Tables of the directory: entries with the instants from which they hold."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, SmallInteger, Table, Text

from streams.ledger.tables.base import Instant, instant, metadata

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
        instant("from_at"),
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
