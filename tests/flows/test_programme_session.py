"""Flow 3 through the real ledger: starts, absences and ends of programmes, to who must know."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest
from world_builder import (
    LONG_AGO,
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
from world_programmes import (
    NPS_CASE,
    PROGRAMME_STAFF,
    attended,
    cautioned_tutor,
    completed,
    days,
    missed,
    placed,
    progress,
    referred,
    started,
    suspended,
    waiting,
    withdrawn,
)

from streams.domain.notices import NoticeState, Urgency

if TYPE_CHECKING:
    from fixtures.ledger import Story

TOLD: Final = "raised: programme_session to OFF01"
UPDATED: Final = "update: programme_session to OFF01"
WITHDRAWN: Final = "withdraw: programme_session to OFF01"
WORKER_TOLD: Final = "raised: programme_safety_worker to WSW01"
WORKER_UPDATED: Final = "update: programme_safety_worker to WSW01"
TUTOR_TOLD: Final = "raised: programme_tutor to TUT01"
WORKER: Final = {"womens_safety_worker": "WSW01"}
PLACE_OPEN: Final = "duty programme_place of OFF01: open"
STEPS: Final[dict[str, tuple[Said, list[str]]]] = {
    "referred": (referred(), [PLACE_OPEN]),
    "waiting": (waiting(), []),
    "waiting too long": (waiting(expected_start_on=days(80), start_by_on=days(63)), [TOLD]),
    "placed": (placed(), [TOLD]),
    "started": (started(**WORKER), [WORKER_TOLD, TOLD]),
    "attended": (attended(), []),
    "missed": (missed(**WORKER), [TOLD]),
    "progress": (progress(), [TOLD]),
    "completed": (completed(**WORKER), [WORKER_TOLD, TOLD]),
    "withdrawn": (withdrawn(**WORKER), [WORKER_TOLD, TOLD]),
    "suspended": (suspended(), [TUTOR_TOLD]),
    "caution": (cautioned_tutor(), [TUTOR_TOLD]),
}


@pytest.mark.parametrize("name", STEPS)
def test_each_step_tells_who_must_know_and_nobody_else(story: Story, name: str) -> None:
    """Each first step tells the officer, the worker or the tutor; what needs nobody is kept."""
    said, came_out = STEPS[name]
    story.given(*PROGRAMME_STAFF)
    story.when(said)
    assert story.came_out() == sorted(came_out)


@pytest.mark.parametrize("name", STEPS)
def test_every_step_twice_is_once(story: Story, name: str) -> None:
    """The same step again, in one batch or a later one, changes nothing."""
    said, came_out = STEPS[name]
    story.given(*PROGRAMME_STAFF)
    story.when(said, said)
    story.when(said.same_id_but(published_at=NOW + timedelta(hours=1)))
    assert story.came_out() == sorted(came_out)


@pytest.mark.parametrize("name", STEPS)
def test_every_step_that_is_taken_back_is_withdrawn(story: Story, name: str) -> None:
    """A retracted step is withdrawn from everybody; taken back before it came it tells nobody."""
    said, came_out = STEPS[name]
    story.given(*PROGRAMME_STAFF, said)
    story.when(said.retracted())
    gone = [line.replace("raised", "withdraw").replace("open", "withdrawn") for line in came_out]
    assert story.came_out() == sorted(gone)
    assert story.facts == []
    other = said.but(as_at=NOW)
    story.given(other.retracted())
    story.when(other)
    assert story.came_out() == []


@pytest.mark.parametrize("name", STEPS)
def test_nothing_is_told_of_a_stranger_or_after_supervision(story: Story, name: str) -> None:
    """Steps about nobody we know, or about whom nobody has any more, tell nobody."""
    said, _ = STEPS[name]
    story.given(*PROGRAMME_STAFF, order_made(), order_ended())
    story.when(said, said.but(person=STRANGER.reference("crn")))
    assert story.came_out() == []


def test_one_place_is_one_notice_from_its_start_to_its_end(story: Story) -> None:
    """From the place to its end the officer has one notice, which says all that stands."""
    story.given(*PROGRAMME_STAFF)
    story.when(
        referred(),
        placed(),
        started(**WORKER),
        attended("S2"),
        missed("S3", stated_reason="care", **WORKER),
        missed("S4", **WORKER),
        progress(),
        withdrawn(reason="absence", **WORKER),
    )
    officers = [TOLD, *[UPDATED] * 4]
    workers = [WORKER_TOLD, *[WORKER_UPDATED] * 2]
    satisfied = "duty programme_place of OFF01: satisfied"
    assert story.came_out() == sorted([*officers, *workers, satisfied])
    facts = story.notice("programme_session").facts
    assert (facts["happened"], facts["absences"]) == ("withdrawn", 2)
    assert (facts["starts_on"], facts["session_on"]) == (days(21).isoformat(), str(days(0)))
    assert (facts["withdrawal_reason"], facts["report_reference"]) == ("absence", "R1")
    worker = story.notice("programme_safety_worker")
    assert worker.facts == {"episode_reference": "BBR-1", "happened": "withdrawn", "absences": 2}


def test_two_places_are_two_notices(story: Story) -> None:
    """A second programme is a matter of its own, with absences of its own."""
    story.given(*PROGRAMME_STAFF)
    story.when(missed("S1", **WORKER), missed("S1", episode_reference="TSP-2", **WORKER))
    assert story.came_out() == [TOLD, TOLD]
    assert [n.facts["absences"] for n in story.notices] == [1, 1]


def test_an_officer_of_the_service_hears_of_an_absence_and_must_enforce(story: Story) -> None:
    """For a case of the public service on a CRC's programme its own officer is told, and why."""
    story.given(*PROGRAMME_STAFF, *NPS_CASE)
    story.when(missed())
    assert story.came_out() == ["raised: programme_session to NPS01"]
    notice = story.notice("programme_session")
    assert notice.urgency is Urgency.NEXT_WORKING_DAY
    assert notice.due_at == NOW.replace(day=3, hour=17)
    assert notice.facts["run_by_other_provider"]
    assert [action.what for action in notice.actions] == [
        "Decide whether the absence was acceptable: nobody else has.",
        "Enforcing it is yours: another provider runs the programme and cannot.",
    ]


def test_the_officer_has_five_working_days_before_a_start(story: Story) -> None:
    """What prepares a person for a start is due five working days before it, or at once."""
    story.given(*PROGRAMME_STAFF)
    story.when(placed(starts_on=days(21)), placed(starts_on=days(2), episode_reference="TSP-2"))
    early, late = story.notices
    assert early.actions[0].due_at == NOW.replace(day=16, hour=17)
    assert (late.actions[0].due_at, late.urgency) == (NOW, Urgency.SAME_DAY)


def test_the_later_step_may_come_first(story: Story) -> None:
    """Out of order nobody is told of what is over, and nothing is awaited that came."""
    story.given(*PROGRAMME_STAFF)
    story.when(started(**WORKER), referred(), waiting(), placed())
    assert story.came_out() == [WORKER_TOLD, TOLD]
    assert story.notice("programme_session").facts["happened"] == "started"


def test_absences_count_in_whatever_order_they_come(story: Story) -> None:
    """The earlier absence may come last; it is the second that is heard of, and the worker's."""
    story.given(*PROGRAMME_STAFF)
    story.when(missed("S2", **WORKER))
    earlier = missed("S1", at=NOW - timedelta(days=7), **WORKER)
    story.when(earlier.late(days=7, hours=1))
    assert story.came_out() == [WORKER_TOLD, TOLD, UPDATED]
    assert story.notice("programme_safety_worker").facts["absences"] == 2


def test_an_absence_that_is_taken_back_counts_no_more(story: Story) -> None:
    """After a retraction the next absence is the first again."""
    first = missed("S1", **WORKER)
    story.given(*PROGRAMME_STAFF, first, first.retracted())
    story.when(missed("S2", **WORKER))
    assert story.came_out() == [TOLD]
    assert story.notices[-1].facts["absences"] == 1


def test_a_correction_takes_the_place_of_an_absence(story: Story) -> None:
    """A corrected absence withdraws what was told and tells what holds; it is still one."""
    wrong = missed("S1", stated_reason="none_given", **WORKER)
    story.given(*PROGRAMME_STAFF, wrong)
    story.when(wrong.corrected(stated_reason="health"))
    assert story.came_out() == [TOLD, WITHDRAWN]
    assert story.notices[-1].facts["stated_reason"] == "health"
    assert story.notices[-1].facts["absences"] == 1


def test_a_correction_to_another_person_is_withdrawn_from_the_first(story: Story) -> None:
    """An absence that was somebody else's goes to their officer and leaves the first one's."""
    story.given(*PROGRAMME_STAFF, allocated(PARTNER), assigned(PARTNER, "OFF02"))
    wrong = missed()
    story.given(wrong)
    story.when(wrong.corrected(person=PARTNER.reference("crn")))
    assert story.came_out() == ["raised: programme_session to OFF02", WITHDRAWN]


def test_an_attendance_after_an_absence_asks_which_is_right(story: Story) -> None:
    """The provider's two words about one session reopen what the officer had read."""
    story.given(*PROGRAMME_STAFF, missed("S1"))
    story.change(story.notices[0], state=NoticeState.READ)
    story.when(attended("S1"))
    assert story.came_out() == [UPDATED]
    assert story.notices[0].state is NoticeState.REOPENED
    assert story.notices[0].facts["happened"] == "session_attended"


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
    "restricted": ((restricted(PERSON, "MGR01"),), "MGR01", "manager"),
    "restricted to nobody": ((restricted(PERSON),), "LEAD01", "restricted_access_lead"),
}


@pytest.mark.parametrize("name", STAFFING)
def test_somebody_who_is_there_and_entitled_hears_of_an_absence(story: Story, name: str) -> None:
    """An absence reaches cover, manager, desk or lead; reasons only whoever is an officer."""
    before, officer, reached_as = STAFFING[name]
    story.given(*PROGRAMME_STAFF, *before)
    story.when(missed(stated_reason="health"))
    assert story.came_out() == [f"raised: programme_session to {officer}"]
    notice = story.notices[-1]
    assert notice.recipient.reached_as == reached_as
    may_read = reached_as in {"cover", "manager"}
    assert (notice.facts["stated_reason"] == "health") is may_read


@pytest.mark.parametrize(
    ("before", "officer", "reached_as"),
    [
        ((absent("TUT01", "OFF02"),), "OFF02", "cover"),
        ((absent("TUT01"),), "MGR02", "manager"),
        ((restricted(PERSON, "OFF01"),), "LEAD01", "restricted_access_lead"),
        ((restricted(PERSON, "TUT01"),), "TUT01", "named_officer"),
    ],
)
def test_somebody_stands_in_for_the_tutor(
    story: Story, before: tuple[Said, ...], officer: str, reached_as: str
) -> None:
    """A recall reaches the tutor's cover or manager, and never who may not see the case."""
    story.given(*PROGRAMME_STAFF, *before)
    story.when(suspended())
    assert story.came_out() == [f"raised: programme_tutor to {officer}"]
    assert story.notices[-1].recipient.reached_as == reached_as


def test_a_tutor_whom_nobody_knows_is_said_to_the_officer(story: Story) -> None:
    """A caution for a tutor who is not in the directory comes back to the officer, by id."""
    story.given(an_officer("OFF02", at=LONG_AGO))
    story.when(cautioned_tutor(tutor="TUT77"))
    assert story.came_out() == ["raised: programme_tutor to OFF01"]
    assert "TUT77" in story.notices[0].why_you


def test_two_people_in_one_group_have_notices_apart(story: Story) -> None:
    """Of two supervised people each officer reads of their own and of nobody else."""
    story.given(*PROGRAMME_STAFF, allocated(PARTNER), assigned(PARTNER, "OFF02"))
    theirs = missed("S1", PARTNER, episode_reference="BBR-2")
    story.when(missed(), theirs)
    assert story.came_out() == [TOLD, "raised: programme_session to OFF02"]
    mine, other = (repr(notice) for notice in story.notices)
    for part in (PARTNER.crn, PARTNER.family_name, "BBR-2", "OFF02"):
        assert part not in mine
    for part in (PERSON.crn, PERSON.family_name, "BBR-1", "OFF01"):
        assert part not in other
