"""What all tables share: the metadata, the names of constraints, and two sorts of columns."""

from typing import Final

from sqlalchemy import Column, DateTime, MetaData, Sequence, Text

NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata: Final = MetaData(naming_convention=NAMING)
event_seq: Final = Sequence("event_seq", metadata=metadata)
Instant: Final = DateTime(timezone=True)


def text_column(name: str, *, optional: bool = False) -> Column[str]:
    """Make a text column."""
    return Column(name, Text, nullable=optional)


def instant(name: str, *, optional: bool = False) -> Column[object]:
    """Make a column of instants."""
    return Column(name, Instant, nullable=optional)
