"""Every public Common Platform payload ends as a notice, held, nobody's or quarantined.

The payloads are read where they are at hand (`SWITCHBOARD_SAMPLES`, else a folder beside the
project) and never copied; without them these tests skip. The same stories run on our own fixtures.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.sources import common_platform
from connectors.translation import SourceEvent
from schemas.codec import encode
from streams.domain.calendar import WorkingCalendar
from streams.domain.case_events import CASE_EVENTS
from streams.domain.directory_events import DIRECTORY_EVENTS
from streams.engines.embedded import EmbeddedEngine
from streams.engines.wiring import discovered_flows
from streams.ledger.connection import connect
from streams.ledger.transaction import Applied, Ledger
from streams.pipeline import Disposition, make_rules
from streams.settings import Settings, load_register

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=4 * 365)
OWN = Path(__file__).parent.parent / "sources" / "fixtures"
SAMPLES = Path(
    os.environ.get("SWITCHBOARD_SAMPLES", Path(__file__).parents[3] / "shared" / "samples")
)
PATTERNS = (
    "*/*/cp_payload.json",
    "court-case-matcher/messages/common-platform/hearing*.json",
    "court-case-matcher/messages/common-platform/youth*.json",
    "court-hearing-event-receiver/json/*.json",
    "laa-court-data-adaptor/spec/fixtures/files/hearing/*.json",
    "hmpps-person-record/examples/commonPlatformSQSMessage.json",
)
PUBLIC = sorted({path for pattern in PATTERNS for path in SAMPLES.glob(pattern)})


@pytest.fixture
def engine(ledger_url: str) -> Iterator[EmbeddedEngine]:
    """Give the embedded engine on a fresh ledger with the production rules."""
    rules = make_rules(
        discovered_flows(),
        {**CASE_EVENTS, **DIRECTORY_EVENTS},
        load_register(Settings().register_file),
        WorkingCalendar(),
    )
    with connect(ledger_url, name="test") as session:
        yield EmbeddedEngine(Ledger(session, rules, b"s" * 32), NOW)


def _meta(event_id: str) -> dict[str, Any]:
    return {
        "event_id": event_id,
        "publisher": "case-management",
        "occurred_at": LONG_AGO,
        "published_at": NOW,
        "supersedes": None,
        "retracts": None,
        "gateway": "offender_management_act_2007_s14",
        "handling": "official_sensitive",
        "nature": "fact",
        "subject_category": None,
        "as_at": None,
        "source_grading": None,
        "handling_conditions": [],
    }


def _allocate(engine: EmbeddedEngine, number: int, person: dict[str, Any], officer: str) -> None:
    """Allocate a person, as case management knows them, and assign an officer."""
    provider = {"provider": "crc-durham-tees-valley", "team": "T1", "effective_at": LONG_AGO}
    allocated = {"meta": _meta(f"a{number}"), "person": person, **provider, "reason": None}
    assigned = {"meta": _meta(f"b{number}"), "person": person, **provider, "officer": officer}
    assigned["role"] = "responsible_officer"
    engine.publish(
        "feed.case-management",
        [
            (encode("case.allocated.v1", allocated), {}),
            (encode("case.assigned.v1", assigned), {}),
        ],
    )


def _publish(engine: EmbeddedEngine, events: tuple[SourceEvent, ...]) -> Applied:
    """Publish a court's events as its connector would."""
    return engine.publish(
        "feed.hmcts",
        [(encode(e.event_type, e.record), {"ce_type": e.event_type.encode()}) for e in events],
    )


def _translated(path: Path) -> tuple[SourceEvent, ...]:
    """Translate a payload; what is rejected is told to the court, path by path."""
    result = common_platform.translate(
        path.read_bytes(),
        agency="hmcts",
        received_at=NOW,
        gateway="offender_management_act_2007_s14",
    )
    assert result.events or all(r.path and r.expected and r.fix for r in result.rejections)
    assert result.events or result.rejections or result.skipped
    return result.events


def _recipients(engine: EmbeddedEngine) -> list[tuple[str, str]]:
    rows = engine.ledger.session.execute("SELECT type, recipient FROM notice ORDER BY seq")
    return [(str(kind), str(officer)) for kind, officer in rows.fetchall()]


def _tells_named_officer(engine: EmbeddedEngine, path: Path) -> None:
    """Allocate each person of a payload first, then expect a notice to the officer of each."""
    events = _translated(path)
    for number, event in enumerate(events):
        _allocate(engine, number, _with_crn(event.record["person"], number), f"OFF{number}")
    held_before = _held(engine)
    ended = _publish(engine, events).ended
    assert all(each.because for each in ended)
    assert all(each.disposition is not Disposition.QUARANTINED for each in ended)
    people = {each.person_id for each in ended if each.person_id is not None}
    told = {officer for _, officer in _recipients(engine)}
    assert {_officer_of(engine, person) for person in people} <= told
    held = [each for each in ended if each.disposition is Disposition.HELD]
    assert _held(engine) - held_before == len(held)


def _held(engine: EmbeddedEngine) -> int:
    return [kind for kind, _ in _recipients(engine)].count("identity_held")


def _with_crn(person: dict[str, Any], number: int) -> dict[str, Any]:
    """Give a person the case reference number that case management always has."""
    crn = {"kind": "crn", "value": f"X{number:06d}"}
    return {**person, "identifiers": [*person["identifiers"], crn]}


def _officer_of(engine: EmbeddedEngine, person: object) -> str:
    """Return the officer to whom a person was assigned last."""
    row = engine.ledger.session.execute(
        "SELECT officer FROM responsibility WHERE person_id = %s AND officer IS NOT NULL"
        " ORDER BY from_at DESC, seq DESC LIMIT 1",
        (person,),
    ).fetchone()
    assert row is not None
    return str(row[0])


@pytest.mark.parametrize("name", ["resulted_hearing", "application_hearing"])
def test_own_payload_reaches_the_officer(engine: EmbeddedEngine, name: str) -> None:
    """A hearing of our own fixtures becomes a notice to the officer of each person in it."""
    _tells_named_officer(engine, OWN / f"{name}.json")
    assert any(kind == "new_offence" for kind, _ in _recipients(engine))


@pytest.mark.skipif(not PUBLIC, reason=f"the public payloads are not at hand ({SAMPLES})")
@pytest.mark.parametrize("path", PUBLIC, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_public_payload_is_never_silent(engine: EmbeddedEngine, path: Path) -> None:
    """A public payload, its people allocated first, reaches their officers or says why not."""
    _tells_named_officer(engine, path)


@pytest.mark.skipif(not PUBLIC, reason=f"the public payloads are not at hand ({SAMPLES})")
@pytest.mark.parametrize("path", PUBLIC, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_public_payload_about_nobody_keeps_nothing(engine: EmbeddedEngine, path: Path) -> None:
    """A public payload about people whom nobody knows is recorded without its content."""
    ended = _publish(engine, _translated(path)).ended
    assert all(each.disposition is Disposition.RECORDED for each in ended)
    kept = engine.ledger.session.execute(
        "SELECT count(*) FROM event WHERE payload IS NOT NULL"
    ).fetchone()
    assert kept == (0,)
    assert engine.ledger.session.execute("SELECT count(*) FROM person_key").fetchone() == (0,)


@pytest.mark.skipif(not PUBLIC, reason=f"the public payloads are not at hand ({SAMPLES})")
@pytest.mark.parametrize("path", PUBLIC, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_public_payload_sent_again_tells_nobody(engine: EmbeddedEngine, path: Path) -> None:
    """A public payload that is sent twice is told once."""
    events = _translated(path)
    for number, event in enumerate(events):
        _allocate(engine, number, event.record["person"], f"OFF{number}")
    _publish(engine, events)
    before = _recipients(engine)
    assert all(ended.is_repeat for ended in _publish(engine, events).ended)
    assert _recipients(engine) == before
