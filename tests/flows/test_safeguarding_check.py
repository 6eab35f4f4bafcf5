"""Flow 2 through the real ledger: what is asked, who waits for it, and who hears of the answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest
from world_builder import (
    LONG_AGO,
    NOW,
    PERSON,
    STRANGER,
    Said,
    absent,
    allocated,
    an_officer,
    assigned,
    left,
    order_ended,
    order_made,
    restricted,
)
from world_checks import (
    COURT,
    HUB,
    SERVICE,
    asked,
    asked_by_officer,
    check_withdrawn,
    police_replied,
    replied,
)

from streams.domain.notices import NoticeState, Urgency

if TYPE_CHECKING:
    from fixtures.ledger import Story

    from streams.domain.notices import Notice

DAY: Final = timedelta(days=1)
WAITS: Final = f"duty safeguarding_check_answered of {COURT}: open"
DONE: Final = f"duty safeguarding_check_answered of {COURT}: satisfied"
REQUEST: Final = f"raised: safeguarding_check_request to {HUB}"
NO_REQUEST: Final = f"withdraw: safeguarding_check_request to {HUB}"
TOLD: Final = "raised: safeguarding_check_reply to OFF01"
TOLD_ASKER: Final = f"raised: safeguarding_check_reply to {COURT}"
ANSWERED: Final = [DONE, TOLD_ASKER, TOLD, NO_REQUEST]
POLICE: Final = asked("police_callouts", check_reference="CHK-2")


def reply_to(story: Story, officer: str) -> Notice:
    """Return what somebody was told of the answer."""
    told = (n for n in story.notices if n.type == "safeguarding_check_reply")
    (notice,) = [n for n in told if n.recipient.officer == officer]
    return notice


@pytest.fixture(autouse=True)
def _with_the_service(story: Story) -> None:
    """Let every story have a court officer and the hub's officer."""
    story.given(*SERVICE)


def test_a_check_waits_for_its_answer(story: Story) -> None:
    """Whoever asked is told nothing of their own check; the hub's officer is asked to answer."""
    story.when(asked())
    assert story.came_out() == [WAITS, REQUEST]
    assert story.facts == [("check_asked", "check:childrens_services:CHK-1")]


def test_a_check_of_the_police_waits_and_tells_nobody(story: Story) -> None:
    """The hub's officer has nothing to do with what the police are asked."""
    story.when(POLICE)
    assert story.came_out() == [WAITS]


def test_the_answer_goes_to_the_officer_and_to_whoever_asked(story: Story) -> None:
    """The officer has the duty; the court officer reads the answer; nobody waits any more."""
    story.given(asked())
    story.when(replied("child_in_need", children_count=2, children_age_bands=["under_5"]))
    assert story.came_out() == ["duty safeguarding_acted_on of OFF01: open", *ANSWERED]
    assert reply_to(story, "OFF01").facts == {
        "check_reference": "CHK-1",
        "kind": "childrens_services",
        "outcome": "child_in_need",
        "callouts": None,
        "children_count": 2,
        "children_age_bands": ["under_5"],
        "was_overdue": False,
    }
    assert reply_to(story, COURT).facts["children_age_bands"] == []


def test_an_officer_who_asked_is_told_once(story: Story) -> None:
    """Of a check that the responsible officer asked, nobody else hears."""
    story.given(asked_by_officer("police_callouts"))
    story.when(police_replied("known", callouts=4))
    assert story.came_out() == [
        "duty check_answer_assessed of OFF01: open",
        "duty safeguarding_check_answered of OFF01: satisfied",
        TOLD,
    ]
    assert reply_to(story, "OFF01").facts["callouts"] == 4


def test_a_cover_who_asked_is_told_beside_the_officer(story: Story) -> None:
    """Who asks as a responsible officer and does not have the person reads the answer too."""
    story.given(asked_by_officer("police_callouts", asked_by="OFF02"))
    story.when(police_replied())
    assert story.came_out() == [
        "duty safeguarding_check_answered of OFF01: satisfied",
        TOLD,
        "raised: safeguarding_check_reply to OFF02",
    ]


def test_a_former_officer_who_asked_is_not_told(story: Story) -> None:
    """Who had the person when they asked has no business with the answer once another has them."""
    story.given(asked_by_officer("police_callouts"))
    story.given(assigned(officer="OFF02", effective_at=NOW + DAY, at=NOW + DAY))
    story.when(police_replied(at=NOW + DAY))
    assert "raised: safeguarding_check_reply to OFF02" in story.came_out()
    assert not any(line.endswith("reply to OFF01") for line in story.came_out())


def test_the_same_again_changes_nothing(story: Story) -> None:
    """A check, and an answer, that are sent twice are there once."""
    story.when(asked(), asked())
    story.when(replied(), replied())
    story.when(asked(), replied())
    assert story.came_out() == sorted([DONE, TOLD, TOLD_ASKER, REQUEST, NO_REQUEST])


def test_an_answer_before_its_check_leaves_nobody_waiting(story: Story) -> None:
    """Out of order the officer is told at once, and whoever asked when their check comes."""
    story.when(replied("previously_known"))
    assert story.came_out() == [TOLD]
    story.given()
    story.when(asked())
    assert story.came_out() == [TOLD_ASKER]
    assert reply_to(story, COURT).facts["outcome"] == "previously_known"


def test_an_officers_own_check_after_its_answer_tells_nobody(story: Story) -> None:
    """The answer was theirs when it came."""
    story.given(replied())
    story.when(asked_by_officer())
    assert story.came_out() == []


def test_a_second_answer_updates_the_first(story: Story) -> None:
    """More of an answer is the same notice, and as urgent as the worse of the two."""
    story.given(asked(), replied())
    story.when(replied("child_protection_plan"))
    assert story.came_out() == [
        "duty safeguarding_acted_on of OFF01: open",
        "update: safeguarding_check_reply to ENF01",
        "update: safeguarding_check_reply to OFF01",
    ]
    notice = reply_to(story, "OFF01")
    assert (notice.urgency, notice.facts["outcome"]) == (
        Urgency.IMMEDIATE,
        "child_protection_plan",
    )


def test_a_corrected_answer_takes_the_place_of_the_first(story: Story) -> None:
    """What was told is withdrawn, the right answer is told, and nobody waits."""
    wrong = replied("known")
    story.given(asked(), wrong)
    story.when(wrong.corrected(outcome="no_trace"))
    assert story.came_out() == [
        "duty check_answer_assessed of OFF01: withdrawn",
        TOLD_ASKER,
        TOLD,
        "withdraw: safeguarding_check_reply to ENF01",
        "withdraw: safeguarding_check_reply to OFF01",
    ]


def test_a_check_that_is_taken_back_is_not_awaited(story: Story) -> None:
    """Entered in error, it is as if it had never been asked; before it came, it tells nobody."""
    wrong = asked()
    story.given(wrong)
    story.when(wrong.retracted())
    assert story.came_out() == [WAITS.replace("open", "withdrawn"), NO_REQUEST]
    other = wrong.but(as_at=NOW)
    story.given(other.retracted())
    story.when(other)
    assert story.came_out() == []
    assert story.facts == []


def test_a_check_that_nobody_needs_is_not_awaited(story: Story) -> None:
    """Whoever asked says so, before or after the check itself has come."""
    story.given(asked())
    story.when(check_withdrawn())
    assert story.came_out() == [DONE, NO_REQUEST]
    story.given(check_withdrawn("police_callouts", check_reference="CHK-2"))
    story.when(POLICE)
    assert story.came_out() == []
    assert story.because() == ["a check was asked"]


def test_a_late_answer_says_that_it_is_late(story: Story) -> None:
    """What was answered days ago and sent today is marked."""
    story.given(asked())
    story.when(replied().late(days=3))
    assert story.came_out() == ANSWERED
    assert reply_to(story, "OFF01").late


@pytest.mark.parametrize(
    ("before", "officer", "reached_as"),
    [
        ((absent("OFF01", "OFF02"),), "OFF02", "cover"),
        ((absent("OFF01"),), "MGR01", "manager"),
        ((left("OFF01"), left("MGR01")), "DESK01", "duty_desk"),
        ((restricted(),), "LEAD01", "restricted_access_lead"),
    ],
)
def test_somebody_hears_of_the_answer(
    story: Story, before: tuple[Said, ...], officer: str, reached_as: str
) -> None:
    """Whoever stands in for the officer is told, and nobody who may not see the case."""
    story.given(asked_by_officer("police_callouts"), *before)
    story.when(police_replied("known"))
    assert [line for line in story.came_out() if "raised" in line] == [
        f"raised: safeguarding_check_reply to {officer}"
    ]
    assert reply_to(story, officer).recipient.reached_as == reached_as


def test_whoever_asked_and_is_away_has_somebody_who_hears(story: Story) -> None:
    """The court officer's manager is told in their stead."""
    story.given(asked(), absent(COURT))
    story.when(replied())
    assert "raised: safeguarding_check_reply to MGR02" in story.came_out()


def test_an_answer_about_somebody_whom_nobody_has_goes_to_a_desk(story: Story) -> None:
    """Before the allocation takes effect the duty desk of the service is told."""
    story.given(an_officer("OFF02", at=LONG_AGO))
    theirs = PERSON.reference("pnc", "crn")
    story.given(allocated(PERSON, effective_at=NOW + 9 * DAY, at=NOW))
    story.when(replied(at=NOW).but(person=theirs))
    assert story.came_out() == [TOLD]


@pytest.mark.parametrize("outcome", ["no_trace", "child_protection_plan"])
def test_nothing_is_told_of_a_stranger_or_after_supervision(story: Story, outcome: str) -> None:
    """Checks and answers about nobody we know, or nobody has any more, tell nobody."""
    story.given(order_made(), order_ended())
    story.when(asked(), asked("police_callouts", STRANGER), replied(outcome))
    story.when(replied(outcome, STRANGER))
    assert story.came_out() == []


def test_a_notice_that_was_read_is_reopened_by_more(story: Story) -> None:
    """Who had acknowledged an answer is shown the next one."""
    story.given(asked_by_officer(), replied())
    story.change(reply_to(story, "OFF01"), state=NoticeState.ACKNOWLEDGED)
    story.when(replace(replied("known"), came_at=NOW))
    assert reply_to(story, "OFF01").state is NoticeState.REOPENED
    assert "update: safeguarding_check_reply to OFF01" in story.came_out()
