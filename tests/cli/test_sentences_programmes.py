"""What happened on a programme or at a test, as an officer reads it: words and dates, no codes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest
from world_builder import a_county
from world_programmes import NOTICE_STORIES, found, told_when_overdue
from world_run import World

from schemas import catalogue
from streams.cli._sentences import SENTENCES
from streams.cli._sentences_programmes import FOR_WORKER, STEPS

if TYPE_CHECKING:
    from streams.domain.notices import Notice

SAID: Final = {
    "programme_session": (
        "On Building Better Relationships (BBR-1, requirement): this person was withdrawn from it."
        " A place is expected on 21 May 2026. The first session is on 23 March 2026. The session"
        " told of last was on 2 March 2026. The place ended on 2 March 2026. Reason that they"
        " state: health. Reason of the provider: moved. Sessions missed so far: 1. Report to ask"
        " for: R1. It is run by crc-durham-tees-valley."
    ),
    "programme_safety_worker": (
        "The person of place BBR-1 is on it no more. Sessions missed so far: 1."
    ),
    "programme_tutor": (
        "About place BBR-1: the person cannot come from 2 March 2026 (recalled). There is a safety"
        " caution, to read in full."
    ),
    "programme_not_placed": (
        "Nobody was placed in time on Building Better Relationships (BBR-1, requirement). It is run"
        " by crc-durham-tees-valley."
    ),
    "substance_test_positive": (
        "Test T1 of 2 March 2026, under requirement REQ-1: not positive, though an earlier result"
        " of it was. Found: cocaine not positive (presumptive, cut-off 15 ng/ml). Positive tests"
        " within a year: 1."
    ),
    "substance_test_diluted": (
        "Test T2 of 2 March 2026, under requirement REQ-1 (urine): the sample was diluted, which"
        " says nothing either way."
    ),
    "substance_test_not_completed": (
        "Test T3 of 2 March 2026, under requirement REQ-1: missed. Such tests within a year: 1."
    ),
    "substance_test_unreported": (
        "The result of test T1 was to be reported by 6 March 2026 by durham-recovery, and was not."
    ),
}


def last_told() -> dict[str, Notice]:
    """Return the last that was told of each kind."""
    notices: list[Notice] = []
    for story in NOTICE_STORIES.values():
        world = World()
        world.send(*a_county())
        world.send(*story)
        notices += [told.notice for told in world.told]
    return {notice.type: notice for notice in [*told_when_overdue(), *notices]}


@pytest.mark.parametrize("kind", SAID)
def test_each_kind_of_notice_is_said_in_words(kind: str) -> None:
    """An officer, a manager, a worker and a tutor read what happened, with days and no codes."""
    assert SENTENCES[kind](last_told()[kind].facts) == SAID[kind]


def test_every_kind_has_words() -> None:
    """No notice of these flows is told by the meaning of its schema."""
    kinds = {
        each for each in catalogue.types() if re.match(r"notices\.(programme|substance)_", each)
    }
    assert {f"notices.{kind}.v1" for kind in SAID} == kinds


@pytest.mark.parametrize("happened", STEPS)
def test_every_step_has_words(happened: str) -> None:
    """No code of a step is shown."""
    text = SENTENCES["programme_session"]({"happened": happened, "basis": "voluntary"})
    assert "_" not in text
    assert STEPS[happened] in text


@pytest.mark.parametrize("happened", FOR_WORKER)
def test_every_step_for_a_worker_has_words(happened: str) -> None:
    """A women's safety worker reads what happened and nothing of where or why."""
    text = SENTENCES["programme_safety_worker"]({"happened": happened, "episode_reference": "B"})
    assert text == f"The person of place B {FOR_WORKER[happened]}."


@pytest.mark.parametrize(
    ("medicine", "words"),
    [
        (None, "opiates positive (confirmed)"),
        ("codeine", "opiates positive (confirmed, explained by codeine)"),
        ("withheld: ask", "opiates positive (confirmed, medicine withheld)"),
    ],
)
def test_a_medicine_is_said_or_said_to_be_withheld(medicine: str | None, words: str) -> None:
    """What explains a finding stands beside it, for who may read it."""
    finding = found("opiates", standing="confirmed", cut_off=None, prescribed_medicine=medicine)
    facts = {"test_reference": "T1", "test_on": "2026-03-02", "outcome": "positive"}
    text = SENTENCES["substance_test_positive"]({**facts, "findings": [finding]})
    assert text == f"Test T1 of 2 March 2026, under consent: positive. Found: {words}."


def test_nothing_found_is_not_listed() -> None:
    """A later result without findings says only how it ended."""
    facts = {"test_reference": "T1", "test_on": "2026-03-02", "outcome": "not_positive"}
    assert "Found" not in SENTENCES["substance_test_positive"](facts)


def test_a_place_with_a_last_day_names_it() -> None:
    """The manager reads by when somebody should have begun."""
    facts = {"programme": "P", "basis": "rar", "start_by_on": "2026-05-04"}
    text = SENTENCES["programme_not_placed"](facts)
    assert "rehabilitation activity requirement), which was to begin by 4 May 2026" in text
