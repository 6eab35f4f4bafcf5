"""Courts as they send it, on real Kafka with each engine: published, carried, told to the officer.

Everything goes through the commands that the README names. The public payloads are read where they
are at hand (`SWITCHBOARD_SAMPLES`, else a folder beside the project); our own go the same way.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from broker.local_kafka import until
from fixtures.command_line import Switchboard
from stories.test_court_payloads import OWN, PUBLIC

from connectors.sources import common_platform
from schemas.codec import to_json
from streams.settings import PROJECT_ROOT

SECONDS_MAX = 120.0
AT = "2020-01-01T09:00:00Z"
PAYLOADS = (*PUBLIC, OWN / "resulted_hearing.json", OWN / "application_hearing.json")


def allocations(folder: Path) -> Path:
    """Write who has each person of the payloads: a provider, and an officer for each."""
    lines = []
    for number, person in enumerate(people()):
        known = {**person, "identifiers": [*person["identifiers"], crn(number)]}
        case = {"provider": "nps-north-east", "team": "NE-1", "effective_at": AT}
        assigned = {**case, "officer": f"NE{number:04d}", "role": "responsible_officer"}
        for kind, body in (("allocated", case), ("assigned", assigned)):
            meta = {"event_id": f"{kind}-{number}", "publisher": "case-management"}
            meta |= {"occurred_at": AT, "published_at": AT, "handling": "official_sensitive"}
            meta |= {"nature": "fact", "gateway": "offender_management_act_2007_s14"}
            lines.append({"type": f"case.{kind}.v1", "meta": meta, "person": known, **body})
    file = folder / "allocations.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return file


def people() -> list[dict[str, object]]:
    """Return every person of the payloads once, as the court names them."""
    found: dict[str, dict[str, object]] = {}
    for path in PAYLOADS:
        translated = common_platform.translate(
            path.read_bytes(),
            agency="hmcts",
            received_at=datetime(2026, 3, 2, tzinfo=UTC),
            gateway="offender_management_act_2007_s14",
        )
        for event in translated.events:
            person = to_json(event.record["person"])
            found.setdefault(json.dumps(person, sort_keys=True), person)
    return list(found.values())


def crn(number: int) -> dict[str, str]:
    """Make up the case reference number that case management always has."""
    return {"kind": "crn", "value": f"X{number:06d}"}


@contextmanager
def working(engine: str, group: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker while something is awaited; it must stop well when told to."""
    path = os.pathsep.join([str(PROJECT_ROOT), str(PROJECT_ROOT / "tests")])
    with log.open("wb") as out:
        worker = subprocess.Popen(
            [sys.executable, "-m", "broker.worker_process", engine, group],
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
    try:
        yield worker
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(SECONDS_MAX)


def ended(ledger_url: str) -> int:
    """Count what the ledger has ended: admitted events and quarantined records."""
    with psycopg.connect(ledger_url) as session:
        row = session.execute(
            "SELECT (SELECT count(*) FROM event) + (SELECT count(*) FROM quarantine)"
        ).fetchone()
    return 0 if row is None else int(row[0])


@pytest.mark.kafka
@pytest.mark.slow
@pytest.mark.parametrize("engine", ["direct", "faust_worker"])
def test_every_court_payload_ends_and_its_story_is_told(
    engine: str, switchboard: Switchboard, register: Path, ledger_url: str
) -> None:
    """All is sent at once; each payload is told, held, nobody's or refused, and is explained."""
    folder = register.parent
    answer = switchboard("publish", allocations(folder), *PAYLOADS, "--json")
    sent = [told for told in answer.lines if "topic" in told]
    courts = [told["event_id"] for told in sent if told.get("type", "").startswith("courts.")]
    with working(engine, f"{folder.name}-{engine}", folder / "worker.log"):
        done = until(lambda: ended(ledger_url) >= len(sent), SECONDS_MAX)
        assert done, (folder / "worker.log").read_text()
    assert ended(ledger_url) == len(sent)
    for event_id in courts:
        story = switchboard("explain", event_id, "--json")
        assert story.status == 0
        assert '"disposition": "recorded"' not in story.out
    told = {line["recipient"]["officer"] for line in switchboard("notices", "--json").lines}
    assert len([officer for officer in told if officer.startswith("NE0")]) >= len(PAYLOADS) // 2
    assert switchboard("ledger", "verify").status == 0
