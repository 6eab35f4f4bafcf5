"""What an officer reads who is assigned a person: checks, what is known, and what is open."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from flows.assigning import ASSIGNED, COPY, DESK, TOLD, assignment
from flows.time_passing import time_passes
from world_builder import (
    NOW,
    NPS,
    a_team,
    an_officer,
    arrested,
    callout,
)
from world_checks import (
    asked,
    asked_by_officer,
    check_withdrawn,
    newly_assigned,
    police_replied,
    replied,
)

from streams.domain.notices import NoticeState

if TYPE_CHECKING:
    from fixtures.ledger import Story


DAY: Final = timedelta(days=1)


@pytest.fixture(autouse=True)
def _with_a_desk(story: Story) -> None:
    """Let every story have an allocation desk."""
    story.given(*DESK)


def checks(story: Story) -> list[tuple[Any, ...]]:
    """Return the checks that the notice of the assignment lists."""
    names = ("kind", "standing", "outcome", "asked_on")
    return [tuple(each[n] for n in names) for each in assignment(story).facts["checks"]]


def test_an_assignment_lists_what_was_never_asked(story: Story) -> None:
    """To ask is a duty of one working day for each check, and the manager sees it."""
    story.when(newly_assigned())
    assert story.came_out() == sorted([*ASSIGNED])
    assert checks(story) == [
        ("police_callouts", "never_asked", None, None),
        ("childrens_services", "never_asked", None, None),
    ]
    assert [each.due_at for each in assignment(story).actions] == [NOW.replace(day=3, hour=17)] * 2
    assert story.notice("checks_never_asked").facts["kinds"] == [
        "police_callouts",
        "childrens_services",
    ]


def test_an_assignment_lists_what_is_out_and_what_was_answered(story: Story) -> None:
    """A check that waits is listed and not asked again; one that nobody could answer is."""
    story.given(
        asked(),
        asked("police_callouts", check_reference="CHK-2", asked_by="OFF01"),
        police_replied("cannot_answer", check_reference="CHK-2"),
    )
    story.when(newly_assigned())
    assert checks(story) == [
        ("childrens_services", "unanswered", None, "2026-03-02"),
        ("police_callouts", "answered", "cannot_answer", "2026-03-02"),
    ]
    assert [each.what[:14] for each in assignment(story).actions] == ["Ask the police"]


def test_checks_that_stand_need_nobody_to_ask(story: Story) -> None:
    """Where everything was asked and answered the manager hears nothing."""
    story.given(
        asked(),
        replied("known"),
        asked("police_callouts", check_reference="CHK-2"),
        police_replied(check_reference="CHK-2"),
        asked("police_callouts", check_reference="CHK-3"),
        check_withdrawn("police_callouts", check_reference="CHK-3"),
    )
    story.when(newly_assigned())
    assert TOLD in story.came_out()
    assert COPY not in story.came_out()
    assert [(kind, standing, outcome) for kind, standing, outcome, _ in checks(story)] == [
        ("childrens_services", "answered", "known"),
        ("police_callouts", "answered", "no_trace"),
        ("police_callouts", "withdrawn", None),
    ]


def test_an_answer_without_its_check_counts_as_asked(story: Story) -> None:
    """What an agency answered was asked, though the ask has not reached us."""
    story.given(replied())
    story.when(newly_assigned())
    assert checks(story) == [
        ("childrens_services", "answered", "no_trace", None),
        ("police_callouts", "never_asked", None, None),
    ]


def test_a_check_of_long_ago_must_be_asked_again(story: Story) -> None:
    """What was answered before the order is known, and does not stand for ever."""
    ago = NOW - timedelta(days=100)
    story.given(asked(at=ago, hearing_at=ago + DAY), replied(at=ago + DAY))
    story.when(newly_assigned())
    assert checks(story)[0] == ("childrens_services", "answered", "no_trace", "2025-11-22")
    assert len(assignment(story).actions) == 2


def test_asking_satisfies_the_duty_to_ask(story: Story) -> None:
    """Each kind of check has its own duty, and the check that is asked closes that one."""
    story.given(newly_assigned())
    story.when(asked_by_officer("police_callouts", asked_by="OFF02"))
    assert story.came_out() == [
        "duty safeguarding_check_answered of OFF02: open",
        "duty safeguarding_check_asked of OFF02: satisfied",
    ]


def test_a_check_that_is_not_asked_in_a_day_is_told(story: Story) -> None:
    """The officer and the manager hear of each in common words."""
    story.given(newly_assigned())
    time_passes(story, until=NOW + DAY + timedelta(hours=8))
    told = [line for line in story.came_out() if "raised" in line]
    assert told == ["raised: duty_overdue to MGR01"] * 2 + ["raised: duty_overdue to OFF02"] * 2


def test_an_assignment_lists_what_is_known_and_what_is_open(story: Story) -> None:
    """Call-outs as suspect and as victim, other matters, and the duties that go to the officer."""
    story.given(
        callout(),
        callout(reference="DA-2", role="victim"),
        callout(reference="DA-0", at=NOW - timedelta(days=400)),
        arrested(),
        arrested(reference="AR-2", covert=True),
    )
    story.when(newly_assigned())
    facts = assignment(story).facts
    assert facts["callouts"] == ["DA-1"]
    assert facts["callouts_as_victim"] == 1
    assert facts["matters"] == ["arrest:AR-1"]
    assert facts["is_reassigned"]
    listed = [each["what"] for each in facts["duties"]]
    assert "Consider a home visit." in listed
    assert assignment(story).actions[0].what.startswith("Do not write, text or ring home")


def test_from_another_provider_only_what_was_handed_over_is_listed(story: Story) -> None:
    """What the CRC had finished with is not told to the service by the way; checks are."""
    story.given(callout(), callout(reference="DA-2", role="unclear"), arrested(), asked())
    for notice in story.notices:
        if notice.matter in {"callout:DA-2", "arrest:AR-1"}:
            story.change(notice, state=NoticeState.DONE)
    nps = {"provider": NPS, "team": "CBR"}
    staff = (a_team("CBR", "MGR02", provider=NPS), an_officer("OFF03", "CBR", provider=NPS))
    story.given(*staff)
    story.when(newly_assigned(officer="OFF03", **nps))
    facts = assignment(story).facts
    assert (facts["callouts"], facts["matters"]) == (["DA-1"], [])
    assert len(facts["duties"]) == 2
    assert [each["kind"] for each in facts["checks"]] == ["childrens_services", "police_callouts"]
