"""Flow 13 through the real ledger: a desk that must assign, and one notice to who is assigned."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest
from flows.assigning import ALLOCATED, ASSIGNED, DESK, NEW_TEAM, TO_ASK, TOLD, assignment
from flows.time_passing import time_passes
from world_builder import (
    NOW,
    NPS,
    OTHER_TEAM,
    PERSON,
    Said,
    absent,
    an_officer,
    callout,
    enforced_by,
    holds,
    left,
    order_ended,
    order_made,
    restricted,
)
from world_checks import (
    newly_allocated,
    newly_assigned,
)

if TYPE_CHECKING:
    from fixtures.ledger import Story


DAY: Final = timedelta(days=1)


@pytest.fixture(autouse=True)
def _with_a_desk(story: Story) -> None:
    """Let every story have an allocation desk."""
    story.given(*DESK)


def test_an_allocation_tells_the_desk_by_when_it_must_assign(story: Story) -> None:
    """The desk has two full working days after sentence, and nobody else is told."""
    story.given(order_made(made_on=(NOW - DAY).date()))
    story.when(NEW_TEAM)
    assert story.came_out() == ALLOCATED
    notice = story.notice("case_allocated")
    assert notice.facts == {
        "allocated_on": "2026-03-02",
        "sentenced_on": "2026-03-01",
        "team": OTHER_TEAM,
    }
    assert notice.actions[0].due_at == NOW.replace(day=3, hour=17)


def test_an_allocation_for_no_order_that_is_known_counts_from_its_own_day(story: Story) -> None:
    """An order of long ago is not what the person is allocated for."""
    story.given(order_made())
    story.when(NEW_TEAM)
    assert story.notice("case_allocated").facts["sentenced_on"] is None
    assert story.notice("case_allocated").actions[0].due_at == NOW.replace(day=4, hour=17)


def test_an_assignment_closes_what_the_desk_had_to_do(story: Story) -> None:
    """The desk's duty is done and its notice is over; the officer has one notice with it all."""
    story.given(NEW_TEAM)
    story.when(newly_assigned(effective_at=NOW + timedelta(minutes=1), at=NOW + DAY))
    assert story.came_out() == sorted(
        [
            "duty officer_assigned of OFF02: satisfied",
            *ASSIGNED,
            "withdraw: case_allocated to DESK02",
        ]
    )


@pytest.mark.parametrize(
    "said",
    [
        newly_assigned(officer="OFF01"),
        newly_assigned(effective_at=NOW - timedelta(days=15)),
        newly_allocated(),
        newly_allocated(team=OTHER_TEAM, effective_at=NOW - timedelta(days=15)),
        enforced_by(effective_at=NOW, at=NOW),
    ],
    ids=["the same officer", "of long ago", "the same provider", "allocated long ago", "enforcing"],
)
def test_nothing_is_told_of_what_is_not_new(story: Story, said: Said) -> None:
    """A caseload that is loaded, and who has the person already, are recorded."""
    story.when(said)
    raised = [line for line in story.came_out() if "case_a" in line or "checks" in line]
    assert raised == []


@pytest.mark.parametrize("first", [True, False])
def test_what_was_overtaken_tells_nobody(story: Story, *, first: bool) -> None:
    """Out of order the later assignment stands, and only its officer hears of it."""
    older = newly_assigned(officer="OFF03", effective_at=NOW - DAY)
    newer = newly_assigned()
    story.given(an_officer("OFF03"))
    story.when(*((newer, older) if first else (newer, older, NEW_TEAM.but(effective_at=NOW - DAY))))
    assert [line for line in story.came_out() if "case_a" in line] == [TOLD]


def test_the_same_assignment_twice_is_told_once(story: Story) -> None:
    """A repeat changes nothing; a new one of the same officer is no news either."""
    story.when(newly_assigned(), newly_assigned())
    story.when(newly_assigned(effective_at=NOW + timedelta(seconds=1), at=NOW + DAY))
    assert story.came_out() == sorted(ASSIGNED)


def test_a_late_assignment_says_that_it_is_late(story: Story) -> None:
    """The provider recorded on Monday who has had the person since Thursday."""
    story.when(newly_assigned(at=NOW - 4 * DAY, effective_at=NOW - 4 * DAY).late(days=4))
    assert assignment(story).late


def test_a_corrected_assignment_tells_the_right_officer(story: Story) -> None:
    """What the wrong officer was told is withdrawn, with what they had to do."""
    wrong = newly_assigned(officer="OFF03")
    story.given(an_officer("OFF03"), wrong)
    story.when(wrong.corrected(officer="OFF02"))
    lines = story.came_out()
    assert {"withdraw: case_assigned to OFF03", TOLD, *TO_ASK} <= set(lines)
    assert lines.count("duty safeguarding_check_asked of OFF03: withdrawn") == 2


def test_an_assignment_that_is_taken_back_leaves_the_desk_to_assign(story: Story) -> None:
    """The officer's notice is withdrawn, and the desk has its duty again with its time."""
    story.given(NEW_TEAM)
    wrong = newly_assigned(effective_at=NOW + timedelta(minutes=1), at=NOW + DAY)
    story.given(wrong)
    story.when(wrong.retracted())
    lines = story.came_out()
    assert {"withdraw: case_assigned to OFF02", "duty officer_assigned of DESK02: open"} <= set(
        lines
    )
    story.given()
    time_passes(story, until=NOW + 3 * DAY)
    assert "duty officer_assigned of DESK02: overdue" in story.came_out()


def test_an_officer_who_begins_later_is_told_by_name_before(story: Story) -> None:
    """The one who has the person until then hears nothing of it, and still has them."""
    story.when(newly_assigned(effective_at=NOW + 7 * DAY))
    assert story.came_out() == sorted(ASSIGNED)
    assert assignment(story).recipient.reached_as == "named_officer"
    story.given()
    story.when(callout())
    assert "raised: domestic_abuse_callout_suspect to OFF01" in story.came_out()


@pytest.mark.parametrize("is_overtaken", [False, True])
def test_an_allocation_that_begins_later_is_told_when_it_begins(
    story: Story, *, is_overtaken: bool
) -> None:
    """The desk that will have the person is told then, unless they have an officer by then."""
    story.given(
        an_officer("DESK01", None, grade="desk", provider=NPS),
        holds("allocation_desk", "DESK01", NPS),
    )
    story.when(newly_allocated(provider=NPS, team=None, effective_at=NOW + 7 * DAY))
    assert story.came_out() == ["duty allocation_begins of DESK02: open"]
    if is_overtaken:
        story.given(newly_assigned(provider=NPS, team=None, effective_at=NOW + 8 * DAY))
    story.given()
    time_passes(story, until=NOW + 7 * DAY)
    told = [line for line in story.came_out() if "case_allocated" in line]
    assert told == ([] if is_overtaken else ["raised: case_allocated to DESK01"])


@pytest.mark.parametrize(
    ("before", "to"),
    [
        ((absent("OFF02", "OFF03"), an_officer("OFF03")), "OFF03"),
        ((absent("OFF02"),), "MGR01"),
        ((left("OFF02"), left("MGR01")), "DESK01"),
        ((restricted(PERSON, "OFF01"),), "LEAD01"),
    ],
)
def test_somebody_hears_of_an_assignment(story: Story, before: tuple[Said, ...], to: str) -> None:
    """An officer who is away, gone or not entitled has somebody who is told in their stead."""
    story.given(*before)
    story.when(newly_assigned())
    assert f"raised: case_assigned to {to}" in story.came_out()


def test_nobody_is_told_after_supervision(story: Story) -> None:
    """An assignment of a case that has ended is recorded."""
    story.given(order_made(), order_ended())
    story.when(newly_assigned(effective_at=NOW - 9 * DAY))
    assert story.came_out() == []
