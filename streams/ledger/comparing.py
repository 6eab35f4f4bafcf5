"""Compare two ledgers, table by table, but for the columns that a replay may give otherwise."""

import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from psycopg import sql
from sqlalchemy import Table

from streams.ledger import tables
from streams.ledger.connection import Session

COLUMNS_FILE: Final = Path(__file__).with_name("replay_columns.toml")
SHOWN_MAX: Final = 3
ONLY: Final = {
    "outbox": "step IS NOT NULL",
    "position": "concat_ws('/', topic, topic_id, partition) IN (SELECT chain FROM audit_head)",
}
"""Receipts are left out: agencies are answered by the batch, and a replay answers nobody. So is the
position of a partition of which nothing has come yet: it has nothing to replay."""


def differences(left: Session, right: Session) -> list[str]:
    """Return in words what is different; nothing where the ledgers are the same."""
    left_out = tomllib.loads(COLUMNS_FILE.read_text("utf-8"))
    return [
        fault
        for table in tables.metadata.sorted_tables
        for fault in _of_table(table, frozenset(left_out.get(table.name, ())), (left, right))
    ]


def _of_table(
    table: Table, left_out: frozenset[str], ledgers: tuple[Session, Session]
) -> Iterator[str]:
    """Compare the rows of one table as a whole."""
    names = [column.name for column in table.columns if column.name not in left_out]
    if not names:
        return
    keys = [column.name for column in table.primary_key if column.name not in left_out]
    one, other = (_rows(session, table.name, keys, names) for session in ledgers)
    for word, rows in (("only in the first", one - other), ("only in the second", other - one)):
        if rows:
            shown = ", ".join(str(row[0]) for row in sorted(rows)[:SHOWN_MAX])
            yield f"{table.name}: {sum(rows.values())} rows {word}, such as {shown}"


def _rows(
    session: Session, table: str, keys: Sequence[str], names: Sequence[str]
) -> Counter[tuple[str, str]]:
    """Return each row by its key and a digest of its columns, and how often it is there."""
    statement = sql.SQL("SELECT concat_ws('/', {}), md5(ROW({})::text) FROM {} WHERE {}").format(
        sql.SQL(", ").join(map(sql.Identifier, keys or names[:1])),
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.Identifier(table),
        sql.SQL(ONLY.get(table, "true")),
    )
    return Counter((row[0], row[1]) for row in session.execute(statement))
