"""Flow 10 through the real ledger: each step of a new matter, to whoever has the person."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import pytest
from world_builder import (
    NOW,
    PERSON,
    STRANGER,
    Said,
    an_offence,
    arrested,
    bailed,
    cautioned,
    charged,
    listed,
    no_further_action,
    order_ended,
    order_made,
    resulted,
    under_investigation,
    warrant,
)

from streams.domain.notices import NoticeState, Urgency

if TYPE_CHECKING:
    from fixtures.ledger import Story

TOLD: Final = "raised: new_offence to OFF01"
UPDATED: Final = "update: new_offence to OFF01"
WITHDRAWN: Final = "withdraw: new_offence to OFF01"
URN: Final = "11AM0417826"
STEPS: Final[dict[str, tuple[Said, str]]] = {
    "arrested": (arrested(), "arrested"),
    "bailed": (bailed(), "bailed"),
    "under investigation": (under_investigation(), "released_under_investigation"),
    "charged": (charged(), "charged"),
    "no further action": (no_further_action(), "no_further_action"),
    "cautioned": (cautioned(), "cautioned"),
    "listed": (listed(), "listed"),
    "resulted": (resulted(PERSON, "convicted"), "resulted"),
    "acquitted": (resulted(PERSON, "acquitted"), "cleared"),
    "warrant": (warrant(), "warrant_issued"),
}


def checks(said: Said, state: str = "open") -> list[str]:
    """Return what a listed hearing brings beside: two safeguarding checks to be asked before."""
    line = f"duty safeguarding_check_asked of DESK01: {state}"
    return [line, line] if said.type == "courts.hearing_listed" else []


@pytest.mark.parametrize("name", STEPS)
def test_the_officer_hears_of_every_step(story: Story, name: str) -> None:
    """Each kind of step tells the officer, says which step it is, and tells nobody else."""
    said, happened = STEPS[name]
    story.when(said)
    assert story.came_out() == [*checks(said), TOLD]
    notice = story.notices[0]
    assert notice.facts["happened"] == happened
    assert notice.recipient.reached_as == "responsible_officer"


@pytest.mark.parametrize("name", STEPS)
def test_every_step_twice_is_once(story: Story, name: str) -> None:
    """The same step again changes nothing."""
    said, _ = STEPS[name]
    story.when(said, said)
    story.when(said)
    assert story.came_out() == [*checks(said), TOLD]


@pytest.mark.parametrize("name", STEPS)
def test_every_step_that_is_taken_back_is_withdrawn(story: Story, name: str) -> None:
    """A retracted step is withdrawn; taken back before it came, it tells nobody."""
    said, _ = STEPS[name]
    story.given(said)
    story.when(said.retracted())
    assert story.came_out() == [*checks(said, "withdrawn"), WITHDRAWN]
    other = said.but(as_at=NOW)
    story.given(other.retracted())
    story.when(other)
    assert story.came_out() == []


@pytest.mark.parametrize("name", STEPS)
def test_nothing_is_told_of_a_stranger_or_after_supervision(story: Story, name: str) -> None:
    """Steps about nobody we know, or about whom nobody has any more, tell nobody."""
    said, _ = STEPS[name]
    story.given(order_made(), order_ended())
    story.when(said, said.but(person=STRANGER.reference("pnc")))
    assert story.came_out() == []


def test_hearings_of_one_case_update_one_notice(story: Story) -> None:
    """Charge, listing, listing again and result of one court case are one notice to the officer."""
    story.when(
        charged(),
        listed(),
        listed(hearing_id="H-2", sittings=[NOW + timedelta(days=40)]),
        resulted(PERSON, "convicted", "fine"),
    )
    assert story.came_out() == [*checks(listed()), TOLD, UPDATED, UPDATED, UPDATED]
    notice = story.notices[0]
    assert notice.facts["outcomes"] == ["convicted", "fine"]
    assert notice.facts["matter"] == f"court_case:{URN}"
    assert notice.updates == 3


def test_a_date_that_was_told_before_reaches_kafka_again(story: Story) -> None:
    """The notice that goes to Kafka after an update has the facts of the ledger, dates too."""
    story.when(charged(first_hearing_on=date(2026, 3, 20)), listed())
    story.when(resulted(PERSON, "adjourned"))
    assert [each["next_on"] for each in story.outbox] == [
        date(2026, 3, 20),
        date(2026, 3, 16),
        None,
    ]


def test_two_court_cases_are_two_notices(story: Story) -> None:
    """A second case is a matter of its own."""
    story.when(charged(), charged(court_case="11AM0999999"))
    assert story.came_out() == [TOLD, TOLD]


def test_an_outcome_amends_what_was_told(story: Story) -> None:
    """An acquittal changes the notice of the case: cleared, and it says so to who had read it."""
    story.given(charged(offences=[an_offence("Assault", "violence")]))
    story.change(story.notices[0], state=NoticeState.READ)
    story.when(resulted(PERSON, "acquitted"))
    assert story.came_out() == [UPDATED]
    notice = story.notices[0]
    assert (notice.state, notice.facts["happened"]) == (NoticeState.REOPENED, "cleared")


def test_no_further_action_amends_the_arrest(story: Story) -> None:
    """The officer who was told of an arrest is told that nothing came of it."""
    story.given(arrested())
    story.when(no_further_action())
    assert story.came_out() == [UPDATED]
    assert story.notices[0].facts["happened"] == "no_further_action"


def test_the_later_step_may_come_first(story: Story) -> None:
    """Out of order there is still one notice, and nothing that a court decided is lost."""
    story.when(resulted(PERSON, "convicted"))
    story.when(listed(at=NOW - timedelta(days=3)).late(days=3, hours=2))
    assert story.came_out() == [*checks(listed()), TOLD, UPDATED]
    assert story.notices[0].facts["outcomes"] == ["convicted"]


def test_a_correction_takes_the_place_of_a_step(story: Story) -> None:
    """A corrected charge withdraws the notice and raises one with the right offence."""
    wrong = charged(offences=[an_offence("Robbery", "violence")])
    story.given(wrong)
    story.when(wrong.corrected(offences=[an_offence("Theft", "acquisitive")]))
    assert story.came_out() == [TOLD, WITHDRAWN]
    assert story.notices[1].facts["offence_groups"] == ["acquisitive"]
    assert story.notices[1].urgency is Urgency.SAME_DAY
