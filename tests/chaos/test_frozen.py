"""A worker that is frozen inside COPY holds nobody up for long, whatever it has locked."""

import json
from contextlib import closing
from datetime import UTC, datetime

import pytest
import world_builder as world
from chaos.offline import Log
from chaos.people import outgoing
from psycopg import Connection
from world_run import RULES

from streams.domain.log import Batch
from streams.ledger import positions
from streams.ledger.connection import connect
from streams.ledger.directories import DIRECTORY_LOCK
from streams.ledger.transaction import Ledger

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
HOLDS = {
    "the position": "SELECT FROM position FOR UPDATE",
    "a person": "SELECT FROM person_key FOR UPDATE",
    "a case": "SELECT FROM case_file FOR UPDATE",
    "the directory": f"SELECT pg_advisory_xact_lock({DIRECTORY_LOCK})",
}


@pytest.mark.slow
@pytest.mark.chaos
@pytest.mark.parametrize("held", HOLDS)
def test_a_session_frozen_inside_copy_is_ended(held: str, ledger_url: str) -> None:
    """The next batch that needs what it holds ends it, says so in the audit, and goes through."""
    log = Log()
    log.append((outgoing(said, b"1") for said in (*world.a_county(), world.callout())), NOW)
    *opening, (place, records) = log.records.items()
    with (
        connect(ledger_url, name="worker a") as session,
        closing(connect(ledger_url, name="worker frozen")) as frozen,
    ):
        ledger = Ledger(session, RULES, b"made up for the chaos tests", url=ledger_url)
        for each, its in opening:
            positions.begin(session, each, 0, NOW)
            ledger.apply(Batch(each, 0, tuple(its), len(its)), NOW)
        positions.begin(session, place, 0, NOW)
        _freeze_inside_copy(frozen, HOLDS[held])

        applied = ledger.apply(Batch(place, 0, tuple(records), len(records)), NOW)

        assert applied.next_offset == len(records)
        assert session.execute("SELECT count(*) FROM notice").fetchone() == (1,)
        [(body,)] = session.execute("SELECT body FROM audit WHERE chain = 'operations'").fetchall()
        assert json.loads(body) == {
            "action": "ended_sessions",
            "place": str(place),
            "sessions": 1,
        }


def _freeze_inside_copy(session: Connection[tuple[object, ...]], hold: str) -> None:
    """Lock something and begin a COPY whose rows never come."""
    session.execute("BEGIN")
    session.execute(hold.encode())
    session.pgconn.exec_(b"COPY fact FROM STDIN (FORMAT BINARY)")
