"""Safeguarding checks and assignments on real Kafka with each engine: told as without a broker."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import pytest
from broker.test_courts_on_kafka import working
from broker.test_programmes_on_kafka import by_feed, has_ended
from world_builder import PARTNER, Said, a_county, allocated, assigned, callout, listed
from world_checks import (
    SERVICE,
    asked,
    asked_by_officer,
    check_withdrawn,
    police_replied,
    replied,
)
from world_run import World

if TYPE_CHECKING:
    from pathlib import Path

    from fixtures.command_line import Switchboard

GROUND: Final = (*a_county(), *SERVICE, allocated(PARTNER), assigned(PARTNER, "OFF02"))
ASKED: Final = (
    asked(),
    asked("police_callouts", check_reference="CHK-2"),
    asked_by_officer("police_callouts", check_reference="CHK-3"),
    asked(person=PARTNER, check_reference="CHK-4"),
    check_withdrawn("police_callouts", check_reference="CHK-3"),
)
ANSWERED: Final = (
    replied("child_protection_plan"),
    police_replied("known", check_reference="CHK-2", callouts=2),
    replied("no_trace", PARTNER, check_reference="CHK-4"),
    callout(),
    listed(),
)
"""What was asked in court and after it, and what came of it, on four feeds."""


def told_without_a_broker() -> Counter[tuple[str, str]]:
    """Return who has which kind of notice where the same is worked through in memory."""
    world = World()
    world.send(*GROUND, *ASKED, *ANSWERED)
    return Counter((notice.recipient.officer, notice.type) for notice in world.notices)


@pytest.mark.kafka
@pytest.mark.slow
@pytest.mark.parametrize("engine", ["direct", "faust_worker"])
def test_checks_and_answers_reach_whom_they_must(
    engine: str, switchboard: Switchboard, register: Path, ledger_url: str
) -> None:
    """Checks first, answers when they are known, some twice: the same are told as in memory."""
    folder, sent = register.parent, set[str]()
    said: tuple[tuple[str, tuple[Said, ...]], ...] = (
        ("ground", GROUND),
        ("asked", ASKED),
        ("answered", ANSWERED),
    )
    with working(engine, f"{folder.name}-{engine}", folder / "worker.log"):
        for name, events in said:
            answer = switchboard("publish", *by_feed(folder, name, *events), "--json")
            sent |= {told["event_id"] for told in answer.lines if "topic" in told}
            assert has_ended(ledger_url, len(sent)), (folder / "worker.log").read_text()
    notices = switchboard("notices", "--json").lines
    told = Counter((each["recipient"]["officer"], each["type"]) for each in notices)
    assert told == told_without_a_broker()
    assert switchboard("ledger", "verify").status == 0


def test_the_story_is_worth_sending() -> None:
    """Without a broker officers, the court officer and the hub's officer are told."""
    assert told_without_a_broker() == {
        ("OFF01", "safeguarding_check_reply"): 2,
        ("ENF01", "safeguarding_check_reply"): 3,
        ("OFF02", "safeguarding_check_reply"): 1,
        ("OFF03", "safeguarding_check_request"): 2,
        ("OFF01", "domestic_abuse_callout_suspect"): 1,
        ("OFF01", "new_offence"): 1,
    }
