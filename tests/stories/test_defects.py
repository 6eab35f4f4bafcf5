"""A defect of ours costs its record and nothing else, and says nothing about anybody."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

import pytest
import structlog
from stories.applied import CASES, feed_of
from stories.poison import POLICE, good
from world_builder import NOW, PERSON, Said, allocated, callout, event
from world_run import FLOWS

from streams.domain.case_events import RiskAssessed
from streams.domain.errors import RefusalCode
from streams.domain.instructions import CaseView, Flow, Instruction
from streams.engines.embedded import place_of
from streams.ledger import positions
from streams.ledger.alarms import IN_A_ROW_MAX
from streams.ledger.positions import Attempt
from streams.stages.decide import SilentFlow

if TYPE_CHECKING:
    from datetime import datetime

    from fixtures.ledger import Story

    from streams.domain.records import PersonEvent

TOLD: Final = "raised: domestic_abuse_callout_role_unclear to OFF01"
OURS: Final = "quarantined: defect, switchboard must act"
DEFECT: Final = f"alarm: defect on {CASES} to operations"


class Stumbled(Exception):
    """What a rule raises here; its text quotes the person, as a careless one would."""


def stumble(given: PersonEvent, _view: CaseView, _now: datetime) -> tuple[Instruction, ...]:
    """Raise with all that the event says about its person."""
    raise Stumbled(repr(given.person))


def say_nothing(_given: PersonEvent, _view: CaseView, _now: datetime) -> tuple[Instruction, ...]:
    """Answer with no instruction, which no rule may."""
    return ()


def broken(decide: Any = stumble) -> Flow:  # noqa: ANN401 - any rule
    """Return a flow with a defect, about risk assessments."""
    return Flow("broken", 1, {"case.risk_assessed": RiskAssessed}, decide, lambda _event: ())


def assessed(n: int = 0) -> Said:
    """Return a risk assessment, about which the broken flow decides."""
    fields = {"rosh": "high", "assessed_on": NOW.date(), "tier": f"T{n}"}
    return event("case.risk_assessed", PERSON.reference("crn"), **fields)


def test_the_neighbours_of_a_defect_arrive(story: Story) -> None:
    """Ten good events around a rule that raises are applied; the one is quarantined as ours."""
    story.with_rules(*FLOWS, broken())
    feed = feed_of(story)
    registered = [
        event("case.registered", PERSON.reference("crn"), register=code, registered_on=NOW.date())
        for code in ("ADVP", "RMDO", "MAPP", "WEAP", "RPIR", "STRG", "APPO", "RCCO", "RCHD", "ALSH")
    ]
    applied = feed.send(*registered[:5], assessed(), *registered[5:])
    assert applied.next_offset == feed.end
    assert len(applied.ended) == 11
    assert not applied.feed_is_paused
    assert story.came_out() == [DEFECT, OURS]
    story.when(callout(role="unclear"))
    assert story.notices[0].urgency == "immediate"


def test_a_defect_is_kept_with_its_place_and_traceback(story: Story) -> None:
    """We find where it happened and what came; nobody finds out about whom."""
    story.with_rules(*FLOWS, broken())
    said = assessed()
    feed = feed_of(story)
    with structlog.testing.capture_logs() as logs:
        feed.send(said)
    ((words, detail, value, owner),) = story.rows(
        "SELECT words, detail, record_value, owner FROM quarantine"
    )
    assert words == f"{CASES}[0] offset {feed.end - 1}: Stumbled in Switchboard"
    assert "in stumble" in detail
    assert (value, owner) == (said.value, "switchboard")
    alarms = story.rows("SELECT words FROM alarm")
    for content in (PERSON.family_name, PERSON.given_name, PERSON.crn, str(PERSON.born_on)):
        assert content not in words + detail + repr(logs) + repr(alarms)
    assert logs


def test_a_rule_that_says_nothing_has_a_defect(story: Story) -> None:
    """Silence is not an outcome: the event is quarantined as ours, not recorded."""
    story.with_rules(*FLOWS, broken(say_nothing))
    feed_of(story).send(assessed())
    assert story.came_out() == [DEFECT, OURS]
    assert SilentFlow.__name__ in story.rows("SELECT words FROM quarantine")[0][0]


@pytest.mark.parametrize("error", [MemoryError, RecursionError, ZeroDivisionError, KeyError])
def test_whatever_a_rule_raises_is_a_defect(story: Story, error: type[Exception]) -> None:
    """Out of memory and too deep are defects at once like any other."""

    def raises(*_: object) -> tuple[Instruction, ...]:
        """Raise what was asked for."""
        raise error(PERSON.family_name)

    story.with_rules(*FLOWS, broken(raises))
    feed_of(story).send(assessed())
    assert story.came_out() == [DEFECT, OURS]
    assert PERSON.family_name not in repr(story.rows("SELECT words, detail FROM quarantine"))


def test_a_defect_leaves_nothing_half_done(story: Story) -> None:
    """What the event would have changed before the rule raised is not changed."""
    story.with_rules(*FLOWS, broken())
    before = story.rows("SELECT document, version FROM case_file")
    feed_of(story).send(assessed())
    assert story.rows("SELECT document, version FROM case_file") == before


def test_a_mended_rule_takes_what_comes_next(story: Story) -> None:
    """After the defect is mended the feed goes on, and the record may be sent again."""
    story.with_rules(*FLOWS, broken())
    feed = feed_of(story)
    feed.send(assessed())
    story.with_rules(*FLOWS)
    feed.send(assessed(), allocated())
    assert story.came_out() == [DEFECT, OURS]
    assert story.outcomes[-1] == ("case.risk_assessed", "recorded")


def test_fifty_defects_in_a_row_pause_the_feed(story: Story) -> None:
    """Going on would only make more of them; operations are told, and another feed goes on."""
    story.with_rules(*FLOWS, broken())
    feed = feed_of(story)
    assert not feed.send(*(assessed(n) for n in range(IN_A_ROW_MAX - 1))).feed_is_paused
    assert feed.send(assessed(IN_A_ROW_MAX)).feed_is_paused
    state = story.rows("SELECT state, reason FROM feed WHERE feed = %s", CASES)
    assert state == [("paused", "too many defects of ours")]
    assert story.came_out().count(DEFECT) == IN_A_ROW_MAX
    assert f"alarm: refusals on {CASES} to operations" in story.came_out()
    story.send(POLICE, *good(1))
    assert TOLD in story.came_out()


def test_a_record_that_killed_the_worker_twice_is_tried_in_a_child(story: Story) -> None:
    """At the third start the one in hand is tried; it dies, is quarantined, and others arrive."""
    feed = feed_of(story, POLICE)
    place = place_of(POLICE)
    positions.take_in_hand(story.session, {place: Attempt(2, feed.end + 1)}, NOW)
    again = feed_of(story, POLICE, lives=False)
    again.send(*good(3))
    assert again.tried == [feed.end + 1]
    killed = f"quarantined: {RefusalCode.KILLED_THE_WORKER}, switchboard must act"
    assert story.came_out() == [f"alarm: defect on {POLICE} to operations", killed, TOLD, TOLD]


def test_a_record_that_lives_in_the_child_is_applied(story: Story) -> None:
    """A worker may have died of something else: the record in hand then arrives."""
    feed = feed_of(story, POLICE)
    positions.take_in_hand(story.session, {place_of(POLICE): Attempt(2, feed.end)}, NOW)
    again = feed_of(story, POLICE)
    again.send(*good(2))
    assert again.tried == [feed.end]
    assert story.came_out() == [TOLD, TOLD]


def test_nothing_of_a_defect_reaches_the_ordinary_log(
    story: Story, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither the standard log nor what is printed says about whom the record was."""
    story.with_rules(*FLOWS, broken())
    with caplog.at_level(logging.DEBUG):
        feed_of(story).send(assessed())
    printed = capsys.readouterr()
    said = caplog.text + printed.out + printed.err
    for content in (PERSON.family_name, PERSON.given_name, PERSON.crn, str(PERSON.born_on)):
        assert content not in said
