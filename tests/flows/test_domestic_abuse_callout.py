"""Flow 1 through the real ledger: who hears of a domestic abuse call-out, and who never does."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from world_builder import (
    NOW,
    PERSON,
    STRANGER,
    an_officer,
    back,
    callout,
    on_register,
    order_ended,
    order_made,
)

from streams.domain.case_events import Register
from streams.domain.notices import Action, NoticeState, Urgency

if TYPE_CHECKING:
    from fixtures.ledger import Story

TOLD: Final = "raised: domestic_abuse_callout_suspect to OFF01"
UPDATED: Final = "update: domestic_abuse_callout_suspect to OFF01"
WITHDRAWN: Final = "withdraw: domestic_abuse_callout_suspect to OFF01"
REVIEW: Final = ["duty home_visit_considered of OFF01: open", "duty risk_reviewed of OFF01: open"]
REVIEW_WITHDRAWN: Final = [each.replace("open", "withdrawn") for each in REVIEW]
REFERRAL: Final = "duty childrens_referral_confirmed of OFF01: open"
REGISTERS: Final = (
    Register.DOMESTIC_ABUSE_PERPETRATOR,
    Register.DOMESTIC_ABUSE_VICTIM,
    Register.DOMESTIC_ABUSE_HISTORY,
    Register.MARAC,
)


def test_the_officer_of_a_suspect_is_told(story: Story) -> None:
    """A call-out about a supervised suspect tells the officer and opens what they must do."""
    story.when(callout(children_present=True, children_count=2))
    assert story.came_out() == sorted([TOLD, REFERRAL, *REVIEW])
    notice = story.notice("domestic_abuse_callout_suspect")
    assert notice.crn == PERSON.crn
    assert notice.says_who == "Durham Constabulary"
    assert notice.why_you == (
        "You are told as responsible officer: the police name this person as suspect at a"
        " domestic abuse call-out."
    )
    assert story.facts == [
        ("callout_as_suspect", "callout:DA-1"),
        ("callout_party", "callout:DA-1"),
    ]


def test_a_victim_has_a_notice_of_another_kind(story: Story) -> None:
    """The officer of a supervised victim reads how not to make it worse, and it never counts."""
    story.when(callout(role="victim"))
    assert story.came_out() == [
        "duty support_considered of OFF01: open",
        "raised: domestic_abuse_callout_victim to OFF01",
    ]
    notice = story.notice("domestic_abuse_callout_victim")
    assert "at_address_of" not in notice.facts
    assert "Do not write, text or ring home" in notice.actions[0].what
    assert story.facts == [("callout_party", "callout:DA-1")]


@pytest.mark.parametrize("role", ["both", "unclear"])
def test_a_role_that_is_unclear_is_said_to_be_so(story: Story, role: str) -> None:
    """Whoever may be suspect or victim is treated as a victim and never counted."""
    story.when(callout(role=role))
    assert story.came_out() == ["raised: domestic_abuse_callout_role_unclear to OFF01"]
    assert story.facts == [("callout_party", "callout:DA-1")]


def test_a_witness_is_only_recorded(story: Story) -> None:
    """A call-out at which the person was a witness is kept, and nobody is told."""
    story.when(callout(role="witness"))
    assert story.came_out() == []
    assert story.outcomes[-1] == ("police.domestic_abuse_callout", "recorded")
    assert "nobody has to act" in story.because()[0]


def test_a_stranger_is_nobodys(story: Story) -> None:
    """A call-out about somebody nobody supervises is recorded as nobody's."""
    story.when(callout(STRANGER))
    assert story.came_out() == []
    assert story.rows("SELECT payload, person_id FROM event ORDER BY seq DESC LIMIT 1") == [
        (None, None)
    ]


def test_twice_is_once(story: Story) -> None:
    """The same event again, with another time of publishing, changes nothing."""
    later = NOW + timedelta(hours=3)
    story.when(callout())
    story.when(callout(), callout().same_id_but(published_at=later), at=later)
    assert story.came_out() == sorted([TOLD, *REVIEW])
    assert [each.disposition for each in story.ended[1:]] == [None, None]


def test_what_is_told_late_is_marked(story: Story) -> None:
    """A call-out that was sent two days on says so; its deadlines begin when it came."""
    story.when(callout().late(days=2))
    assert story.came_out() == sorted([TOLD, *REVIEW])
    notice = story.notice("domestic_abuse_callout_suspect")
    assert notice.late
    assert notice.occurred_at == NOW
    assert notice.due_at == NOW.replace(day=4, hour=17)


def test_a_second_report_of_one_callout_updates_its_notice(story: Story) -> None:
    """Police and hub may both report one call-out: one notice, no less urgent than before."""
    story.given(callout(grade="high"))
    story.when(callout(children_present=True, children_count=1))
    assert story.came_out() == [REFERRAL, UPDATED]
    notice = story.notice("domestic_abuse_callout_suspect")
    assert (notice.urgency, notice.updates) == (Urgency.IMMEDIATE, 1)
    assert notice.facts["children_count"] == 1


def test_out_of_order_reports_end_in_one_notice(story: Story) -> None:
    """The earlier of two call-outs may come last: each has its notice, with its own time."""
    story.when(callout(reference="DA-2"), callout(at=NOW - timedelta(hours=5)).late(hours=6))
    assert story.came_out() == sorted([TOLD, TOLD, *REVIEW, *REVIEW])
    assert [n.occurred_at for n in story.notices] == [NOW, NOW - timedelta(hours=5)]


def test_a_correction_takes_the_place_of_what_was_told(story: Story) -> None:
    """A corrected grade withdraws the first notice and raises another, duties too."""
    wrong = callout()
    story.given(wrong)
    story.when(wrong.corrected(grade="high"))
    assert story.came_out() == sorted([TOLD, WITHDRAWN, *REVIEW, *REVIEW_WITHDRAWN])
    assert [n.state for n in story.notices] == [NoticeState.WITHDRAWN, NoticeState.RAISED]
    assert len(story.facts) == 2


def test_a_correction_that_comes_first_wins(story: Story) -> None:
    """What was corrected before it came tells nobody when it comes at last."""
    wrong = callout()
    story.when(wrong.corrected(grade="high"), at=NOW)
    story.when(wrong, at=NOW + timedelta(minutes=5))
    assert story.came_out() == sorted([TOLD, *REVIEW])
    assert "taken it back before it came" in story.because()[1]


def test_a_correction_that_names_the_victim_withdraws_from_the_suspect(story: Story) -> None:
    """The role was mistaken: the notice and the count go, the victim's notice comes."""
    wrong = callout()
    story.given(wrong)
    story.when(wrong.corrected(role="victim"))
    assert story.came_out() == sorted(
        [
            WITHDRAWN,
            *REVIEW_WITHDRAWN,
            "raised: domestic_abuse_callout_victim to OFF01",
            "duty support_considered of OFF01: open",
        ]
    )
    assert story.facts == [("callout_party", "callout:DA-1")]


@pytest.mark.parametrize("state", [NoticeState.RAISED, NoticeState.READ, NoticeState.ACKNOWLEDGED])
def test_a_retraction_withdraws_whatever_was_done_with_it(story: Story, state: NoticeState) -> None:
    """A retracted call-out is withdrawn from the officer whether they had read it or not."""
    said = callout()
    story.given(said)
    story.change(story.notices[0], state=state)
    story.when(said.retracted())
    assert story.came_out() == sorted([WITHDRAWN, *REVIEW_WITHDRAWN])
    assert story.notices[0].state is NoticeState.WITHDRAWN
    assert story.facts == []


def test_what_is_retracted_before_it_comes_tells_nobody(story: Story) -> None:
    """A call-out whose retraction came first is recorded without its content."""
    said = callout()
    story.when(said.retracted())
    story.when(said, at=NOW + timedelta(minutes=1))
    assert story.came_out() == []
    assert story.facts == []
    assert story.rows("SELECT payload FROM event ORDER BY seq DESC LIMIT 1") == [(None,)]


def test_a_retraction_twice_is_once(story: Story) -> None:
    """Two retractions of one call-out, and one of nothing, withdraw one notice once."""
    said = callout()
    story.given(said)
    again = said.retracted(as_at=NOW)
    story.when(said.retracted(), again, callout(reference="DA-9", retracts="never sent"))
    assert story.came_out() == sorted([WITHDRAWN, *REVIEW_WITHDRAWN])


def test_a_retraction_of_one_report_leaves_the_other(story: Story) -> None:
    """Of two reports of one call-out one is taken back: the notice stays, and says so."""
    first = callout()
    story.given(first, callout(grade="high"))
    story.when(first.retracted())
    assert story.came_out()[-1] == UPDATED
    notice = story.notice("domestic_abuse_callout_suspect")
    assert notice.actions[0].what.startswith("The sender took back part")


def test_after_supervision_nobody_is_told(story: Story) -> None:
    """A call-out about somebody whose order has ended is recorded with the reason."""
    story.given(order_made(), order_ended())
    story.when(callout())
    assert story.came_out() == []
    assert story.because() == ["supervision ended on 2026-02-23; nobody has the person now"]


def test_a_covert_or_cautious_sender_is_heeded_first(story: Story) -> None:
    """A notice that must not be told to the person says so before anything else."""
    story.when(callout(handling_conditions=["do_not_tell_person", "unsafe_to_contact"]))
    assert story.came_out() == sorted([TOLD, *REVIEW])
    assert story.notices[0].actions[0] == Action("Do not tell this person.")


URGENCIES: Final[tuple[tuple[dict[str, Any], Register | None, Urgency], ...]] = (
    ({}, None, Urgency.SAME_DAY),
    ({"grade": "medium"}, None, Urgency.SAME_DAY),
    ({"grade": "high"}, None, Urgency.IMMEDIATE),
    ({"children_present": True}, None, Urgency.IMMEDIATE),
    ({"order_breached": True}, None, Urgency.IMMEDIATE),
    ({"arrest_made": True}, None, Urgency.SAME_DAY),
    ({"at_address_of": "other_party"}, None, Urgency.SAME_DAY),
    ({"children_count": 0}, None, Urgency.SAME_DAY),
    *(({}, register, Urgency.IMMEDIATE) for register in REGISTERS),
    ({}, Register.MENTAL_HEALTH, Urgency.SAME_DAY),
)
"""What FLOWS row 1 makes immediate, and what it does not."""
ROLES: Final = {
    "suspect": "domestic_abuse_callout_suspect",
    "victim": "domestic_abuse_callout_victim",
    "unclear": "domestic_abuse_callout_role_unclear",
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("said", "register", "urgency"), URGENCIES)
def test_how_urgent_a_callout_is(
    story: Story, said: dict[str, Any], register: Register | None, urgency: Urgency, role: str
) -> None:
    """High grade, children, a breach or a domestic abuse register make it immediate."""
    story.given(*([on_register(register.value)] if register else []))
    story.when(callout(role=role, **said))
    notice = story.notice(ROLES[role])
    assert notice.urgency is urgency
    due_hour = 11 if urgency is Urgency.IMMEDIATE else 17
    assert notice.due_at == NOW.replace(hour=due_hour)
    assert len([line for line in story.came_out() if not line.startswith("duty")]) == 1


@pytest.mark.parametrize("register", REGISTERS)
def test_the_officer_reads_the_registers_that_made_it_urgent(
    story: Story, register: Register
) -> None:
    """A notice names the domestic abuse registers, and those only."""
    story.given(on_register(register.value), on_register("RMDO"))
    story.when(callout())
    assert story.notices[0].facts["known_registers"] == [register.value]


def test_the_officer_who_is_back_is_told_again(story: Story) -> None:
    """An absence that was ended keeps nobody from being told."""
    story.given(an_officer("OFF02"), back("OFF01"))
    story.when(callout())
    assert story.came_out() == sorted([TOLD, *REVIEW])
