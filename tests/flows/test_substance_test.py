"""Flow 4 through the real ledger: results of tests, to whoever has the person, or nobody."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from flows.time_passing import time_passes
from world_builder import (
    NOW,
    PARTNER,
    PERSON,
    STRANGER,
    Said,
    absent,
    allocated,
    an_officer,
    assigned,
    holds,
    order_ended,
    order_made,
    restricted,
)
from world_programmes import days, expected, found, reported

from streams.domain.notices import NoticeState, Urgency

if TYPE_CHECKING:
    from fixtures.ledger import Story

POSITIVE: Final = "raised: substance_test_positive to OFF01"
UPDATED: Final = "update: substance_test_positive to OFF01"
WITHDRAWN: Final = "withdraw: substance_test_positive to OFF01"
NOT_COMPLETED: Final = "raised: substance_test_not_completed to OFF01"
DILUTED: Final = "raised: substance_test_diluted to OFF01"
OPEN: Final = "duty test_result of OFF01: open"
SATISFIED: Final = "duty test_result of OFF01: satisfied"
CONFIRMED: Final = {"standing": "confirmed"}
STEPS: Final[dict[str, tuple[Said, list[str]]]] = {
    "expected": (expected(), [OPEN]),
    "positive": (reported(), [POSITIVE]),
    "negative": (reported("negative"), []),
    "diluted": (reported("diluted"), [DILUTED]),
    "adulterated": (reported("adulterated"), [NOT_COMPLETED]),
    "refused": (reported("refused"), [NOT_COMPLETED]),
    "missed": (reported("missed"), [NOT_COMPLETED]),
    "from the laboratory": (reported(publisher="north-east-laboratory"), [POSITIVE]),
    "with consent": (reported("missed", requirement_id=None, consented=True), [NOT_COMPLETED]),
    "without any basis": (reported(requirement_id=None), []),
}


@pytest.mark.parametrize("name", STEPS)
def test_each_result_tells_the_officer_or_nobody(story: Story, name: str) -> None:
    """Each result but a negative tells the officer the same day, and nobody else."""
    said, came_out = STEPS[name]
    story.when(said)
    assert story.came_out() == came_out
    assert all(notice.urgency is Urgency.SAME_DAY for notice in story.notices)


@pytest.mark.parametrize("name", STEPS)
def test_every_result_twice_is_once(story: Story, name: str) -> None:
    """The same result again, in one batch or a later one, changes nothing."""
    said, came_out = STEPS[name]
    story.when(said, said)
    story.when(said.same_id_but(published_at=NOW + timedelta(hours=1)))
    assert story.came_out() == came_out


@pytest.mark.parametrize("name", STEPS)
def test_every_result_that_is_taken_back_is_withdrawn(story: Story, name: str) -> None:
    """A retracted result is withdrawn; taken back before it came it tells nobody."""
    said, came_out = STEPS[name]
    story.given(said)
    story.when(said.retracted())
    gone = [line.replace("raised", "withdraw").replace("open", "withdrawn") for line in came_out]
    assert story.came_out() == gone
    assert story.facts == []
    other = said.but(as_at=NOW)
    story.given(other.retracted())
    story.when(other)
    assert story.came_out() == []


@pytest.mark.parametrize("name", STEPS)
def test_nothing_is_told_of_a_stranger_or_after_supervision(story: Story, name: str) -> None:
    """Results about nobody we know, or about whom nobody has any more, tell nobody."""
    said, _ = STEPS[name]
    story.given(order_made(), order_ended())
    story.when(said, said.but(person=STRANGER.reference("crn")))
    assert story.came_out() == []


def test_a_positive_after_a_positive_updates_one_notice(story: Story) -> None:
    """Two positives under one requirement are one notice, which counts them."""
    story.given(reported())
    story.change(story.notices[0], state=NoticeState.ACKNOWLEDGED)
    story.when(reported(test="T2", findings=[found("opiates")]))
    assert story.came_out() == [UPDATED]
    notice = story.notice("substance_test_positive")
    assert (notice.state, notice.updates) == (NoticeState.REOPENED, 1)
    assert (notice.facts["positives"], notice.facts["test_reference"]) == (2, "T2")
    assert [each["substance"] for each in notice.facts["findings"]] == ["opiates"]


def test_two_requirements_are_two_notices(story: Story) -> None:
    """A drug and an alcohol requirement each have a notice of their own."""
    alcohol = [found("alcohol", cut_off=80.0, cut_off_unit="mg_per_100_ml")]
    story.when(reported(), reported(test="T2", requirement_id="REQ-2", findings=alcohol))
    assert story.came_out() == [POSITIVE, POSITIVE]


def test_a_confirmation_updates_what_the_screen_told(story: Story) -> None:
    """The laboratory confirms the provider's screen: one test, one notice, one positive."""
    story.given(reported())
    story.when(reported(findings=[found(**CONFIRMED)], publisher="north-east-laboratory"))
    assert story.came_out() == [UPDATED]
    notice = story.notice("substance_test_positive")
    assert (notice.facts["is_confirmed"], notice.facts["positives"]) == (True, 1)


def test_a_confirmation_that_finds_nothing_amends_what_the_screen_told(story: Story) -> None:
    """The officer is told that the later result is not positive, and it counts no more."""
    story.given(reported())
    nothing = [found(is_positive=False, **CONFIRMED)]
    story.when(reported("negative", findings=nothing, publisher="north-east-laboratory"))
    assert story.came_out() == [UPDATED]
    facts = story.notice("substance_test_positive").facts
    assert (facts["outcome"], facts["positives"]) == ("not_positive", 0)
    story.given()
    story.when(reported(test="T2"))
    assert story.notice("substance_test_positive").facts["positives"] == 1


def test_a_screen_that_comes_after_its_confirmation_tells_nobody(story: Story) -> None:
    """Out of order the confirmed result stands."""
    nothing = [found(is_positive=False, **CONFIRMED)]
    story.given(reported("negative", findings=nothing))
    story.when(reported().late(hours=5))
    assert story.came_out() == []


def test_a_correction_takes_the_place_of_a_result(story: Story) -> None:
    """A corrected result withdraws what was told; a positive that was none counts for nothing."""
    wrong = reported()
    story.given(wrong)
    findings = [found(is_positive=False)]
    story.when(wrong.corrected(outcome="negative", findings=findings))
    assert story.came_out() == [WITHDRAWN]
    story.given()
    story.when(reported(test="T2"))
    assert story.notices[-1].facts["positives"] == 1


def test_a_result_closes_what_was_awaited(story: Story) -> None:
    """The result of another agency closes the duty; in the other order none is opened."""
    story.when(expected(), reported("negative", publisher="north-east-laboratory"))
    assert story.came_out() == [SATISFIED]
    story.given()
    story.when(reported("negative", "T2"), expected("T2"))
    assert story.came_out() == []


def test_a_late_result_is_asked_of_the_provider_and_then_told(story: Story) -> None:
    """On its day the provider is asked, a working day later the officer is told, each once."""
    story.given(expected())
    time_passes(story, until=NOW + timedelta(days=4, hours=6))
    assert story.came_out() == []
    time_passes(story, until=NOW + timedelta(days=4, hours=8))
    asked = "duty test_result_after_asking of OFF01: open"
    overdue = "duty test_result of OFF01: overdue"
    alarm = f"alarm: asked on {expected().event_id} to durham-recovery"
    assert story.came_out() == [alarm, overdue, asked]
    time_passes(story, until=NOW + timedelta(days=8))
    told = "raised: substance_test_unreported to OFF01"
    assert story.came_out() == [alarm, overdue, asked.replace("open", "overdue"), told]
    notice = story.notice("substance_test_unreported")
    assert notice.facts["report_by_on"] == days(4).isoformat()
    assert notice.actions[0].what.startswith("Ask the provider for the result")


def test_a_result_that_comes_after_all_takes_back_that_it_did_not(story: Story) -> None:
    """What the officer was told of a missing result is withdrawn once it is there."""
    story.given(expected())
    time_passes(story, until=NOW + timedelta(days=4, hours=8))
    time_passes(story, until=NOW + timedelta(days=8))
    story.given()
    story.when(reported("negative", at=NOW + timedelta(days=9)))
    assert story.came_out() == [
        "duty test_result of OFF01: satisfied",
        "duty test_result_after_asking of OFF01: satisfied",
        "withdraw: substance_test_unreported to OFF01",
    ]


def test_a_result_that_is_taken_back_is_awaited_again(story: Story) -> None:
    """Without any result the provider is asked as before; with another nobody is."""
    screen, other = reported("negative"), reported("negative", publisher="north-east-laboratory")
    story.given(expected(), screen)
    story.when(screen.retracted(), at=NOW + timedelta(hours=1))
    assert story.came_out() == [OPEN]
    story.given(other)
    story.when(other.retracted(), at=NOW + timedelta(hours=2))
    assert story.came_out() == [OPEN]
    later = screen.but(as_at=NOW)
    story.given(later, other.but(as_at=NOW))
    story.when(later.retracted(), at=NOW + timedelta(hours=3))
    time_passes(story, until=NOW + timedelta(days=5))
    assert story.came_out() == ["duty test_result of OFF01: overdue"]


def test_a_result_about_nobody_certain_is_held(story: Story) -> None:
    """A result without an identifier waits for the desk, which reads nothing of it."""
    story.when(reported().but(person=PERSON.reference()))
    assert story.came_out() == ["held", "raised: identity_held to DESK01"]
    assert "cocaine" not in repr(story.notices)


STAFFING: Final[dict[str, tuple[tuple[Said, ...], str, str]]] = {
    "away with cover": ((absent("OFF01", "OFF02"),), "OFF02", "cover"),
    "away without cover": ((absent("OFF01"),), "MGR01", "manager"),
    "nobody assigned": (
        (
            an_officer("DESK02", None, grade="desk"),
            holds("allocation_desk", "DESK02"),
            allocated(team="SEA", effective_at=NOW - timedelta(days=1)),
        ),
        "DESK02",
        "allocation_desk",
    ),
    "nobody there": ((absent("OFF01"), absent("MGR01")), "DESK01", "duty_desk"),
    "restricted": ((restricted(PERSON, "MGR01"),), "MGR01", "manager"),
    "restricted to nobody": ((restricted(PERSON),), "LEAD01", "restricted_access_lead"),
}


@pytest.mark.parametrize("name", STAFFING)
def test_somebody_who_is_there_and_entitled_hears_of_a_positive(story: Story, name: str) -> None:
    """A positive reaches cover, manager, desk or lead; what was found only who may read it."""
    before, officer, reached_as = STAFFING[name]
    story.given(*before)
    medicine: dict[str, Any] = {"prescribed_medicine": "codeine"}
    story.when(reported(findings=[found("opiates", **medicine)]))
    assert story.came_out() == [f"raised: substance_test_positive to {officer}"]
    notice = story.notices[-1]
    assert notice.recipient.reached_as == reached_as
    shown = repr(notice.facts)
    assert ("codeine" in shown) is (reached_as in {"cover", "manager"})
    assert ("opiates" in shown) is (reached_as not in {"allocation_desk", "duty_desk"})
    assert notice.facts["is_explained"]


def test_two_supervised_people_have_notices_apart(story: Story) -> None:
    """Two partners tested on one day: each officer reads of their own and of nobody else."""
    story.given(allocated(PARTNER), assigned(PARTNER, "OFF02"))
    story.when(reported(), reported(of=PARTNER, test="T9", requirement_id="REQ-9"))
    assert story.came_out() == [POSITIVE, "raised: substance_test_positive to OFF02"]
    mine, other = (repr(notice) for notice in story.notices)
    for part in (PARTNER.crn, "T9", "REQ-9", "OFF02"):
        assert part not in mine
    for part in (PERSON.crn, "'T1'", "REQ-1", "OFF01"):
        assert part not in other
