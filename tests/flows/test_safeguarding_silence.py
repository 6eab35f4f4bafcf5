"""Flow 2 when time passes: silence is told, so is what was never asked, and an answer ends both."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest
from flows.time_passing import time_passes
from world_builder import (
    NOW,
    listed,
)
from world_checks import (
    COURT,
    HEARING,
    HUB,
    SERVICE,
    asked,
    asked_by_officer,
    police_replied,
    replied,
)

if TYPE_CHECKING:
    from fixtures.ledger import Story

    from streams.domain.notices import Notice

DAY: Final = timedelta(days=1)
WAITS: Final = f"duty safeguarding_check_answered of {COURT}: open"
WAITS_TOO: Final = "duty safeguarding_check_answered of OFF01: open"
DONE: Final = f"duty safeguarding_check_answered of {COURT}: satisfied"
NO_REQUEST: Final = f"withdraw: safeguarding_check_request to {HUB}"
TOLD: Final = "raised: safeguarding_check_reply to OFF01"
TOLD_ASKER: Final = f"raised: safeguarding_check_reply to {COURT}"
SILENCE: Final = [
    f"duty safeguarding_check_answered of {COURT}: overdue",
    f"raised: safeguarding_check_overdue to {COURT}",
    "raised: safeguarding_check_overdue to MGR01",
    "raised: safeguarding_check_overdue to MGR02",
    f"raised: safeguarding_check_overdue to {HUB}",
]
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


def test_an_answer_that_is_taken_back_is_awaited_again(story: Story) -> None:
    """The check is as unanswered as before, and its time runs out as before, once."""
    wrong = replied()
    story.given(asked(), wrong)
    story.when(wrong.retracted())
    assert story.came_out() == [
        WAITS,
        "withdraw: safeguarding_check_reply to ENF01",
        "withdraw: safeguarding_check_reply to OFF01",
    ]
    story.given()
    time_passes(story, until=HEARING + timedelta(hours=1))
    assert story.came_out() == SILENCE


def test_an_answer_after_silence_takes_back_what_was_said_of_it(story: Story) -> None:
    """Nobody is left with a notice that the answer is missing, and the answer says it was late."""
    story.given(asked())
    time_passes(story, until=HEARING + timedelta(hours=1))
    story.given()
    wrong = replied(at=HEARING + DAY)
    story.when(wrong)
    over = [line.replace("raised", "withdraw") for line in SILENCE[1:]]
    assert story.came_out() == [DONE, TOLD_ASKER, TOLD, *over, NO_REQUEST]
    assert reply_to(story, "OFF01").facts["was_overdue"]
    story.given(wrong.retracted(), at=HEARING + DAY)
    time_passes(story, until=HEARING + 2 * DAY)
    assert story.came_out() == SILENCE


def test_a_corrected_check_has_its_own_time(story: Story) -> None:
    """The hearing that was moved is the one by which the answer is needed."""
    wrong = POLICE
    story.given(wrong)
    story.when(wrong.corrected(hearing_at=HEARING + 7 * DAY))
    assert story.came_out() == [WAITS.replace("open", "withdrawn"), WAITS][::-1]
    time_passes(story, until=HEARING + DAY)
    assert [state for (state,) in story.rows("SELECT state FROM duty ORDER BY seq")] == [
        "withdrawn",
        "open",
    ]


def test_a_check_of_which_silence_is_told(story: Story) -> None:
    """By the hearing nobody answered: whoever asked, the hub's officer, and both managers hear."""
    story.given(asked(domestic_abuse_flagged=True))
    time_passes(story, until=HEARING - timedelta(minutes=1))
    assert story.came_out() == []
    time_passes(story, until=HEARING + timedelta(minutes=1))
    assert story.came_out() == SILENCE
    time_passes(story, until=HEARING + timedelta(hours=2))
    notice = next(n for n in story.notices if n.recipient.reached_as == "named_officer")
    assert notice.facts["hearing_on"] == "2026-03-16"
    assert notice.recipient.officer == COURT
    assert [each.what for each in notice.actions] == [
        "Ask again by telephone, and record what was said."
    ]


def test_a_hearing_without_checks_is_told_to_the_court_officer(story: Story) -> None:
    """At the close of the working day before, unless the checks were asked by then."""
    story.when(listed())
    waits = f"duty safeguarding_check_asked of {COURT}: open"
    assert story.came_out() == [waits, waits, "raised: new_offence to OFF01"]
    story.given(POLICE)
    time_passes(story, until=HEARING - 3 * DAY + timedelta(hours=8))
    told = f"raised: safeguarding_check_not_asked to {COURT}"
    assert told in story.came_out()
    assert len([line for line in story.came_out() if "not_asked" in line]) == 1
    notice = story.notice("safeguarding_check_not_asked")
    assert (notice.facts["kind"], notice.facts["hearing_on"]) == (
        "childrens_services",
        "2026-03-16",
    )
    story.given()
    story.when(asked(at=HEARING - 2 * DAY))
    assert f"withdraw: safeguarding_check_not_asked to {COURT}" in story.came_out()
    assert f"duty safeguarding_check_asked of {COURT}: satisfied" in story.came_out()


def test_a_hearing_for_which_checks_stand_asks_for_none(story: Story) -> None:
    """Checks that are out or answered serve the next hearing too."""
    story.given(asked(), POLICE, police_replied(check_reference="CHK-2"))
    story.when(listed())
    assert story.came_out() == ["raised: new_offence to OFF01"]


def test_a_check_that_cannot_be_answered_must_be_asked_again(story: Story) -> None:
    """The officer has a day to ask with what the agency needs; the new check closes that."""
    story.given(asked_by_officer("police_callouts"))
    story.when(police_replied("cannot_answer"))
    assert story.came_out() == [
        "duty safeguarding_check_answered of OFF01: satisfied",
        "duty safeguarding_check_asked of OFF01: open",
        TOLD,
    ]
    story.given()
    story.when(asked_by_officer("police_callouts", check_reference="CHK-9"))
    assert story.came_out() == [
        WAITS_TOO,
        "duty safeguarding_check_asked of OFF01: satisfied",
    ]


def test_what_an_officer_does_not_do_with_an_answer_is_told_in_common_words(
    story: Story,
) -> None:
    """A duty of this flow that is no check has no words of its own."""
    story.given(asked_by_officer("police_callouts"), police_replied("known"))
    time_passes(story, until=NOW + 3 * DAY)
    told = [line for line in story.came_out() if "raised" in line]
    assert told == ["raised: duty_overdue to MGR01", "raised: duty_overdue to OFF01"]
