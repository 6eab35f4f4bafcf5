"""Rows into tables by binary COPY: one statement for a table and batch, whatever its size."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, Final

import psycopg
from psycopg import sql
from psycopg.adapt import PyFormat
from sqlalchemy import ARRAY, Table
from sqlalchemy.types import (
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    TypeEngine,
    Uuid,
)

from streams.ledger.arrays import Array, blobs, take_made_arrays, texts, uuids
from streams.ledger.connection import Session

Row = Sequence[Any]
Maker = Callable[[Iterable[Any]], Array]
MAKERS: Final[dict[str, Maker]] = {"text[]": texts, "bytea[]": blobs, "uuid[]": uuids}

_TYPES: tuple[tuple[type[TypeEngine[Any]], str], ...] = (
    (Uuid, "uuid"),
    (SmallInteger, "int2"),
    (BigInteger, "int8"),
    (Integer, "int4"),
    (Boolean, "bool"),
    (Date, "date"),
    (DateTime, "timestamptz"),
    (LargeBinary, "bytea"),
    (Text, "text"),
)


# The driver's last word for bytes is a class of the DB-API, which is slow; this is its quick one.
psycopg.adapters.register_dumper(bytes, psycopg.adapters.get_dumper(bytes, PyFormat.BINARY))


def copy(session: Session, table: Table, rows: Iterable[Row]) -> None:
    """Append rows to a table; each has the values of `columns_of` in order."""
    rows = list(rows)
    if not rows:
        return
    statement, types = _statement(table)
    cursor = session.cursor()
    makers = [(at, MAKERS[kind]) for at, kind in enumerate(types) if kind in MAKERS]
    if makers:
        take_made_arrays(cursor.adapters)
        rows = [_with_arrays(row, makers) for row in rows]
    with cursor.copy(statement) as pipe:
        pipe.set_types(types)
        for row in rows:
            pipe.write_row(row)


def _with_arrays(row: Row, makers: Sequence[tuple[int, Maker]]) -> Row:
    """Make the arrays of a row, which the driver would dump item by item."""
    made = list(row)
    for at, make in makers:
        made[at] = make(row[at])
    return made


def columns_of(table: Table) -> tuple[str, ...]:
    """Return the columns that a row gives: all but those that the database numbers itself."""
    return tuple(column.name for column in table.columns if column.identity is None)


@cache
def _statement(table: Table) -> tuple[bytes, tuple[str, ...]]:
    """Compose the COPY statement of a table and the types of its columns."""
    names = columns_of(table)
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    return statement.as_bytes(), tuple(_type_name(table.columns[name].type) for name in names)


def _type_name(kind: TypeEngine[Any]) -> str:
    """Name a column's type as PostgreSQL does."""
    if isinstance(kind, ARRAY):
        return f"{_type_name(kind.item_type)}[]"
    return next(name for each, name in _TYPES if isinstance(kind, each))
