"""Tables of the follow-up: what steps say, who is away, and what to look at again."""

from typing import Final

from sqlalchemy import Column, Index, Integer, Table, Text, Uuid

from streams.ledger.tables.base import Instant, instant, metadata, text_column

step_note: Final = Table(
    "step_note",
    metadata,
    Column("notice_id", Uuid, primary_key=True),
    Column("step", Integer, primary_key=True, autoincrement=False),
    text_column("answered_by", optional=True),
    text_column("from_officer", optional=True),
    text_column("to_officer", optional=True),
    text_column("because"),
    Index("ix_step_note_from_officer", "from_officer"),
)
"""What a step says beyond its move: who answered and how, or from whom to whom it went and why."""

away: Final = Table(
    "away",
    metadata,
    Column("officer", Text, primary_key=True),
    text_column("cause"),
    text_column("cover", optional=True),
    instant("from_at"),
    instant("until", optional=True),
)
"""Officers whose open items were handed over since they are away or gone, and until when."""

look_again: Final = Table(
    "look_again",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("at", Instant, primary_key=True),
)
"""When somebody else will have a person, or may see their case, so that owners must be looked at.

An assignment or restriction that was told in advance changes nothing until its instant.
"""
