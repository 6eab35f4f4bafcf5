"""The outbox: a row says by itself what its record's headers will say."""

from __future__ import annotations

from uuid import UUID

import psycopg
from alembic import command

from streams.ledger.migrations import _config, upgrade

NOTICE = UUID("7b0c0c1e-5f5e-4a37-9b1b-0d9d5ad5a001")
ROW = "SELECT topic, type, subject, step, seq, traceparent, sent_at FROM outbox"


def test_headers_in_arrays_become_columns(empty_database_url: str) -> None:
    """What an older ledger had to send keeps its type, its notice, its step and its cause."""
    command.upgrade(_config(empty_database_url), "0001")
    with psycopg.connect(empty_database_url) as session:
        session.execute(
            "INSERT INTO notice_step VALUES (%s, 3, 41, 'read', 'read', now())", (NOTICE,)
        )
        session.execute(
            "INSERT INTO outbox (topic, record_key, record_value, header_names, header_values,"
            " created_at) VALUES ('notices.nps', 'k', 'v', '{notice_id,step,ce_type}',"
            " ARRAY[%s::bytea, '3', 'notices.new_order.v1'], now())",
            (str(NOTICE).encode(),),
        )
    upgrade(empty_database_url)
    with psycopg.connect(empty_database_url) as session:
        row = session.execute(ROW).fetchone()
    assert row == ("notices.nps", "notices.new_order.v1", NOTICE, 3, 41, None, None)
