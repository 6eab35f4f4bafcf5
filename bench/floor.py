"""The floor under the engines: what Kafka, Avro and COPY take by themselves, without any rule.

It consumes the same records, decodes them, and writes with COPY exactly the rows that a run wrote,
read from its tables afterwards, into an empty ledger with the same indexes, in transactions of the
same batch size and `synchronous_commit`. An engine can come near it and never under it.

Source: DESIGN section 10. Frozen after its first commit: a floor that moves measures nothing.
"""

import asyncio
import pickle
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from aiokafka import AIOKafkaConsumer, TopicPartition
from psycopg import sql

from schemas.codec import CodecRefused, decode

FETCH_BYTES_MAX = 8 << 20
WAIT_MS = 50


Session = psycopg.Connection[Any]
NUMBERED_BY_EVENT = (
    "event",
    "source_record",
    "identity_decision",
    "responsibility",
    "fact",
    "duty",
    "notice",
    "notice_step",
)


@dataclass(frozen=True, slots=True)
class Marks:
    """What tells a run's rows from those before: numbers that stood, and the ids of its topics."""

    seq: int
    outbox: int
    topic_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableRows:
    """The rows of one table that a run wrote, and how to write them again."""

    table: str
    columns: tuple[str, ...]
    types: tuple[int, ...]
    rows: list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Share:
    """What one process of the floor does."""

    bootstrap: str
    url: str
    partitions: tuple[tuple[str, int], ...]
    records: int
    batch: int
    tables: tuple[TableRows, ...]


def rows_of_run(url: str, marks: Marks) -> list[TableRows]:
    """Read every row that a run wrote: what is numbered above what stood before it."""
    by_seq = [(table, "seq > %s", marks.seq) for table in NUMBERED_BY_EVENT]
    by_place = [
        ("quarantine", "topic_id::text = ANY(%s)", list(marks.topic_ids)),
        ("audit", "split_part(chain, '/', 2) = ANY(%s)", list(marks.topic_ids)),
        ("outbox", "id > %s", marks.outbox),
    ]
    with psycopg.connect(url) as session:
        found = [_rows(session, *each) for each in (*by_seq, *by_place)]
    return [each for each in found if each.rows]


def _rows(session: Session, table: str, condition: str, parameter: object) -> TableRows:
    """Read the rows of one table."""
    query = sql.SQL("SELECT * FROM {} WHERE ").format(sql.Identifier(table)) + sql.SQL(condition)
    cursor = session.execute(query, (parameter,))
    described = cursor.description or []
    columns = tuple(each.name for each in described)
    return TableRows(table, columns, tuple(each.type_code for each in described), cursor.fetchall())


def run(share: Share) -> tuple[float, float]:
    """Do one process's share; return when it began and ended on the system's monotonic clock."""
    with psycopg.connect(share.url, autocommit=True) as session:
        session.execute("SET synchronous_commit = on")
        return asyncio.run(_consume(share, session))


async def _consume(share: Share, session: Session) -> tuple[float, float]:
    """Fetch, decode and write until every record of the share has come."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=share.bootstrap,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        fetch_max_wait_ms=WAIT_MS,
        max_partition_fetch_bytes=FETCH_BYTES_MAX,
    )
    await consumer.start()
    consumer.assign([TopicPartition(*each) for each in share.partitions])
    begun, done = 0.0, 0
    try:
        while done < share.records:
            fetched = await consumer.getmany(timeout_ms=WAIT_MS)
            begun = begun or time.monotonic()
            for records in fetched.values():
                for start in range(0, len(records), share.batch):
                    batch = records[start : start + share.batch]
                    _decode(batch)
                    _copy(session, share, (done, done + len(batch)))
                    done += len(batch)
        return begun, time.monotonic()
    finally:
        await consumer.stop()


def _decode(batch: Sequence[Any]) -> None:
    """Decode a batch; what cannot be decoded costs its time all the same."""
    for record in batch:
        try:
            decode(record.value)
        except CodecRefused:
            continue


def _copy(session: Session, share: Share, part: tuple[int, int]) -> None:
    """Write the rows that go with a part of the records, in one transaction."""
    with session.transaction():
        for each in share.tables:
            first, last = (len(each.rows) * record // share.records for record in part)
            if first == last:
                continue
            names = sql.SQL(", ").join(map(sql.Identifier, each.columns))
            statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
                sql.Identifier(each.table), names
            )
            with session.cursor().copy(statement) as pipe:
                pipe.set_types(each.types)
                for row in each.rows[first:last]:
                    pipe.write_row(row)


def main(path: str) -> int:
    """Do the share that a file holds, and print its two instants."""
    share: Share = pickle.loads(Path(path).read_bytes())  # noqa: S301 - our own file
    begun, ended = run(share)
    print(begun, ended)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
