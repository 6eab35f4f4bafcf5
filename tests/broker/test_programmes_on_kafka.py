"""Programmes and tests on real Kafka with each engine: the same are told as without a broker."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import pytest
from broker.local_kafka import until
from broker.test_courts_on_kafka import SECONDS_MAX, ended, working
from world_builder import Said, a_county
from world_programmes import (
    NPS_CASE,
    PROGRAMME_STAFF,
    attended,
    cautioned_tutor,
    expected,
    found,
    missed,
    placed,
    referred,
    reported,
    started,
    suspended,
    withdrawn,
)
from world_run import World

if TYPE_CHECKING:
    from pathlib import Path

    from fixtures.command_line import Switchboard

WORKER: Final = {"womens_safety_worker": "WSW01"}
GROUND: Final = (*a_county(), *PROGRAMME_STAFF, *NPS_CASE)
SAID: Final = (
    referred(),
    placed(),
    started(**WORKER),
    attended("S2"),
    missed("S3", **WORKER),
    missed("S4", **WORKER),
    missed("S4", **WORKER),
    withdrawn(**WORKER),
    cautioned_tutor(),
    suspended(),
    expected(),
    reported(),
    reported(findings=[found(standing="confirmed")], publisher="north-east-laboratory"),
    reported("missed", "T2"),
    reported("negative", "T3"),
    reported("positive", "T4", requirement_id=None),
)
"""What was never passed on: a place from referral to withdrawal, and tests of every sort."""


def told_without_a_broker() -> Counter[tuple[str, str]]:
    """Return who has which kind of notice where the same is worked through in memory."""
    world = World()
    world.send(*GROUND, *SAID)
    return Counter((notice.recipient.officer, notice.type) for notice in world.notices)


def by_feed(folder: Path, name: str, *said: Said) -> list[Path]:
    """Write a file of JSON lines for each feed, as its agency would keep it, the last one twice."""
    files: dict[str, list[str]] = {}
    for each in said:
        files.setdefault(each.key[0], []).append(each.line())
    paths = []
    for publisher, lines in files.items():
        path = folder / f"{name}-{publisher}.jsonl"
        path.write_text("\n".join([*lines, lines[-1]]) + "\n", "utf-8")
        paths.append(path)
    return paths


def has_ended(ledger_url: str, number: int) -> bool:
    """Wait until the ledger has ended so many events; answer whether it has."""
    return until(lambda: ended(ledger_url) >= number, SECONDS_MAX)


@pytest.mark.kafka
@pytest.mark.slow
@pytest.mark.parametrize("engine", ["direct", "faust_worker"])
def test_absences_and_results_reach_the_officer(
    engine: str, switchboard: Switchboard, register: Path, ledger_url: str
) -> None:
    """Once staff are known all is sent at once, some twice: the same are told as in memory."""
    folder, sent = register.parent, set[str]()
    assert switchboard("topics", "apply").status == 0
    with working(engine, f"{folder.name}-{engine}", folder / "worker.log"):
        for name, said in (("ground", GROUND), ("said", SAID)):
            answer = switchboard("publish", *by_feed(folder, name, *said), "--json")
            sent |= {told["event_id"] for told in answer.lines if "topic" in told}
            assert has_ended(ledger_url, len(sent)), (folder / "worker.log").read_text()
    notices = switchboard("notices", "--json").lines
    told = Counter((each["recipient"]["officer"], each["type"]) for each in notices)
    assert told == told_without_a_broker()
    assert switchboard("ledger", "verify").status == 0


def test_the_story_is_worth_sending() -> None:
    """Without a broker an officer of the service, a worker and a tutor are told."""
    assert told_without_a_broker() == {
        ("NPS01", "programme_session"): 1,
        ("NPS01", "substance_test_positive"): 1,
        ("NPS01", "substance_test_not_completed"): 1,
        ("WSW01", "programme_safety_worker"): 1,
        ("TUT01", "programme_tutor"): 1,
    }
    assert len({said.feed for said in (*GROUND, *SAID)}) == 5
