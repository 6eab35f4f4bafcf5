"""Arrays made in binary form arrive in PostgreSQL as the driver's own would."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID, uuid5

import pytest

from streams.ledger import tables
from streams.ledger.arrays import Array, blobs, instants, texts, uuids
from streams.ledger.connection import Session, connect
from streams.ledger.copying import copy

SPACE = UUID(int=7)
IDS = [uuid5(SPACE, str(number)) for number in range(600)]
WORDS = ["", "a", "NULL", '{"', "\\", "Zoë, O'Brien", None, "x" * 5_000]
BYTES = [b"", b"\x00", b"{}", bytes(range(256))]
TIMES = [datetime(2026, 3, 2, 9, 0, 0, 1, UTC), None, datetime(1999, 12, 31, tzinfo=UTC)]


@pytest.fixture
def session(ledger_url: str) -> Iterator[Session]:
    """Open a session with a ledger of its own."""
    opened = connect(ledger_url, name="arrays")
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("made", "kind", "values"),
    [
        (uuids(IDS), "uuid", IDS),
        (uuids([]), "uuid", []),
        (texts(WORDS), "text", WORDS),
        (texts([]), "text", []),
        (blobs(BYTES), "bytea", BYTES),
        (blobs([]), "bytea", []),
        (instants(TIMES), "timestamptz", TIMES),
        (instants([]), "timestamptz", []),
    ],
)
def test_arrays_arrive_whole(
    session: Session, made: Array, kind: str, values: list[object]
) -> None:
    """Every item arrives in its order, nulls and the empty array too."""
    row = session.execute(f"SELECT %s::{kind}[]", (made,)).fetchone()
    assert row is not None
    assert row[0] == values


def test_a_column_says_of_what_type_an_array_is(session: Session) -> None:
    """Where a statement compares with a column, the array needs no cast."""
    found = session.execute("SELECT 1 WHERE 'b' = ANY(%s)", (texts(["a", "b"]),)).fetchone()
    assert found == (1,)


def test_copied_rows_keep_their_arrays(session: Session) -> None:
    """Arrays in rows of COPY arrive whole, the empty ones and those of other tables too."""
    candidates, given = [IDS[1], IDS[0]], ["pnc:1979/0163001B", "a {b}", ""]
    copy(session, tables.identity_decision, [(1, "possible", "names_differ", None, candidates)])
    copy(session, tables.identity_decision, [(2, "unknown", "nobody_found", None, [])])
    copy(session, tables.source_record, [(1, "durham-police", IDS[2], given, None)])
    kept = session.execute("SELECT candidates FROM identity_decision ORDER BY seq").fetchall()
    assert kept == [(candidates,), ([],)]
    assert session.execute("SELECT identifiers FROM source_record").fetchall() == [(given,)]
    assert session.execute("SELECT %s::text[]", (["a", "b"],)).fetchone() == (["a", "b"],)
