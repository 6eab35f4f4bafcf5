"""Who is there: absence, cover, managers, desks, restriction and exclusion, through the ledger."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest
from world_builder import (
    CRC,
    LONG_AGO,
    NOW,
    NPS,
    OTHER_TEAM,
    PARTNER,
    PERSON,
    TEAM,
    Said,
    a_team,
    absent,
    allocated,
    an_officer,
    arrested,
    assigned,
    back,
    callout,
    holds,
    left,
    restricted,
)

if TYPE_CHECKING:
    from fixtures.ledger import Story

YESTERDAY: Final = NOW - timedelta(days=1)
WEEKS_AGO: Final = NOW - timedelta(days=20)
"""So long ago that nobody is told of it any more."""
STAFFING: Final[dict[str, tuple[tuple[Said, ...], str, str]]] = {
    "the officer is there": ((), "OFF01", "responsible_officer"),
    "the officer is away with cover": ((absent("OFF01", "OFF02"),), "OFF02", "cover"),
    "the officer is away without cover": ((absent("OFF01"),), "MGR01", "manager"),
    "the cover is away too": (
        (absent("OFF01", "OFF02"), absent("OFF02")),
        "MGR01",
        "manager",
    ),
    "the cover has cover of their own, which is not followed": (
        (absent("OFF01", "OFF02"), absent("OFF02", "MGR02")),
        "MGR01",
        "manager",
    ),
    "the manager is away with cover": (
        (absent("OFF01"), absent("MGR01", "OFF02")),
        "OFF02",
        "cover",
    ),
    "the manager is away": ((absent("OFF01"), absent("MGR01")), "DESK01", "duty_desk"),
    "everybody is away, the desk too": (
        (absent("OFF01"), absent("MGR01"), absent("DESK01")),
        f"duty_desk:{CRC}",
        "duty_desk",
    ),
    "the officer is back": (
        (absent("OFF01", "OFF02"), back("OFF01")),
        "OFF01",
        "responsible_officer",
    ),
    "the officer will be away": (
        (absent("OFF01", "OFF02", starts_at=NOW + timedelta(hours=1)),),
        "OFF01",
        "responsible_officer",
    ),
    "the absence ended yesterday": (
        (absent("OFF01", "OFF02", starts_at=LONG_AGO, ends_at=YESTERDAY),),
        "OFF01",
        "responsible_officer",
    ),
    "the absence was extended": (
        (
            absent("OFF01", "OFF02", starts_at=LONG_AGO, ends_at=YESTERDAY),
            absent("OFF01", "OFF02", starts_at=LONG_AGO, ends_at=NOW + timedelta(days=1)),
        ),
        "OFF02",
        "cover",
    ),
    "the officer has left": ((left("OFF01"),), "MGR01", "manager"),
    "the officer leaves tomorrow": (
        (left("OFF01", NOW + timedelta(days=1)),),
        "OFF01",
        "responsible_officer",
    ),
    "the officer is unknown to the directory": (
        (assigned(officer="OFF77", effective_at=WEEKS_AGO, at=NOW),),
        "OFF77",
        "responsible_officer",
    ),
    "the team has no manager": (
        (absent("OFF01"), a_team(manager=None, effective_at=YESTERDAY)),
        "DESK01",
        "duty_desk",
    ),
    "the officer moved to another team, whose manager is asked": (
        (
            a_team(OTHER_TEAM, "MGR02"),
            an_officer("MGR02", OTHER_TEAM),
            an_officer("OFF01", OTHER_TEAM, effective_at=YESTERDAY),
            absent("OFF01"),
        ),
        "MGR02",
        "manager",
    ),
    "nobody is assigned yet": (
        (
            holds("allocation_desk", "DESK02"),
            an_officer("DESK02", team=None, grade="desk"),
            allocated(provider=NPS, effective_at=WEEKS_AGO, team=None, at=NOW),
        ),
        "DESK01",
        "duty_desk",
    ),
    "nobody is assigned yet and there is an allocation desk": (
        (
            holds("allocation_desk", "DESK02", NPS),
            an_officer("DESK02", team=None, grade="desk", provider=NPS),
            allocated(provider=NPS, effective_at=WEEKS_AGO, team=None, at=NOW),
        ),
        "DESK02",
        "allocation_desk",
    ),
}


@pytest.mark.parametrize("name", STAFFING)
def test_somebody_who_is_there_is_told(story: Story, name: str) -> None:
    """The first of officer, cover, manager and desk who is there is told, and nobody else."""
    before, officer, reached_as = STAFFING[name]
    story.given(*before)
    story.when(callout())
    (notice,) = story.notices
    assert (notice.recipient.officer, notice.recipient.reached_as) == (officer, reached_as)
    assert story.came_out() == sorted(
        [
            f"raised: domestic_abuse_callout_suspect to {officer}",
            f"duty home_visit_considered of {officer}: open",
            f"duty risk_reviewed of {officer}: open",
        ]
    )


def test_the_notice_says_who_was_passed(story: Story) -> None:
    """Whoever is told for another reads who was passed over and why."""
    story.given(absent("OFF01", "OFF02"), absent("OFF02"))
    story.when(callout())
    why = story.notices[0].why_you
    assert "since responsible officer Marguerite Oxenholme (OFF01) is away and cover" in why
    assert "Tobias Fenwright (OFF02) is away: " in why


def test_nobody_responsible_ends_at_the_desk(empty_story: Story) -> None:
    """A person whom a provider will only have tomorrow is the desk's of the sending agency."""
    empty_story.given(
        an_officer("DESK01", team=None, grade="desk", provider=NPS),
        holds("duty_desk", "DESK01", NPS),
        allocated(effective_at=NOW + timedelta(days=1)),
    )
    empty_story.when(callout(role="unclear"))
    assert empty_story.came_out() == ["raised: domestic_abuse_callout_role_unclear to DESK01"]


def test_an_empty_directory_has_desks_by_construction(empty_story: Story) -> None:
    """Where nobody was ever recorded, the provider's desk is named all the same."""
    empty_story.given(allocated())
    empty_story.when(callout(role="unclear"))
    assert empty_story.came_out() == [
        f"raised: domestic_abuse_callout_role_unclear to duty_desk:{CRC}"
    ]


ACCESS: Final[dict[str, tuple[Said, str, str]]] = {
    "the officer is entitled": (restricted(PERSON, "OFF01"), "OFF01", "responsible_officer"),
    "only the manager is": (restricted(PERSON, "MGR01"), "MGR01", "manager"),
    "only the desk is": (restricted(PERSON, "DESK01"), "DESK01", "duty_desk"),
    "nobody is": (restricted(PERSON), "LEAD01", "restricted_access_lead"),
    "only somebody elsewhere is": (
        restricted(PERSON, "OFF99"),
        "LEAD01",
        "restricted_access_lead",
    ),
    "the officer is excluded": (
        restricted(PERSON, restricted=False, excluded_officers=["OFF01"]),
        "MGR01",
        "manager",
    ),
    "the team is excluded": (
        restricted(PERSON, restricted=False, excluded_teams=[TEAM]),
        "DESK01",
        "duty_desk",
    ),
    "entitled and excluded": (
        restricted(PERSON, "OFF01", excluded_officers=["OFF01"]),
        "LEAD01",
        "restricted_access_lead",
    ),
    "the lead is excluded too": (
        restricted(PERSON, excluded_officers=["LEAD01"]),
        f"restricted_access_lead:{CRC}",
        "restricted_access_lead",
    ),
    "restricted from tomorrow binds today": (
        restricted(PERSON, "MGR01", effective_at=NOW + timedelta(days=1)),
        "MGR01",
        "manager",
    ),
}


@pytest.mark.parametrize("name", ACCESS)
def test_only_who_may_see_the_case_is_told(story: Story, name: str) -> None:
    """The chain is computed over people entitled to the case; its last is a lead, named."""
    said, officer, reached_as = ACCESS[name]
    story.given(said)
    story.when(callout(role="unclear"))
    (notice,) = story.notices
    assert (notice.recipient.officer, notice.recipient.reached_as) == (officer, reached_as)
    assert notice.restricted is said.record["restricted"]
    assert story.came_out() == [f"raised: domestic_abuse_callout_role_unclear to {officer}"]


def test_a_cover_who_is_not_entitled_is_passed(story: Story) -> None:
    """A restricted case goes past a cover who may not see it."""
    story.given(absent("OFF01", "OFF02"), restricted(PERSON, "OFF01", "MGR01"))
    story.when(callout(role="unclear"))
    assert story.came_out() == ["raised: domestic_abuse_callout_role_unclear to MGR01"]
    assert "cover Tobias Fenwright (OFF02) is not entitled" in story.notices[0].why_you


def test_a_restriction_that_was_lifted_binds_nobody(story: Story) -> None:
    """After it is lifted the officer is told as before."""
    story.given(
        restricted(PERSON, "MGR01"),
        restricted(PERSON, restricted=False, effective_at=YESTERDAY),
    )
    story.when(callout(role="unclear"))
    assert story.came_out() == ["raised: domestic_abuse_callout_role_unclear to OFF01"]


def test_a_retracted_assignment_gives_the_person_back(story: Story) -> None:
    """An assignment that was a mistake, taken back, leaves the officer before it."""
    mistake = assigned(officer="OFF02", effective_at=YESTERDAY)
    story.given(mistake, mistake.retracted())
    story.when(callout(role="unclear"))
    assert story.came_out() == ["raised: domestic_abuse_callout_role_unclear to OFF01"]


def test_a_corrected_assignment_counts_alone(story: Story) -> None:
    """Of an assignment and its correction, in one batch or two, the correction holds."""
    mistake = assigned(officer="OFF02", effective_at=YESTERDAY)
    story.given(mistake)
    story.given(mistake.corrected(officer="MGR01"))
    story.when(callout(role="unclear"))
    assert story.came_out() == ["raised: domestic_abuse_callout_role_unclear to MGR01"]


def test_a_retracted_restriction_and_register_are_undone(story: Story) -> None:
    """What was folded into a case is folded out again when it is taken back, and nothing else."""
    kept_out = restricted(PERSON, "MGR01")
    story.given(kept_out)
    story.given(kept_out.retracted())
    story.when(callout(role="unclear"))
    assert story.came_out() == ["raised: domestic_abuse_callout_role_unclear to OFF01"]
    assert not story.notices[0].restricted


def test_an_assignment_that_was_taken_back_before_it_came_changes_nothing(story: Story) -> None:
    """A retraction may outrun the assignment it takes back."""
    mistake = assigned(officer="OFF02", effective_at=YESTERDAY)
    story.given(mistake.retracted())
    story.given(mistake)
    story.when(callout(role="unclear"))
    assert story.came_out() == ["raised: domestic_abuse_callout_role_unclear to OFF01"]


def test_who_has_the_person_by_then_has_the_notice(story: Story) -> None:
    """What is open goes over with the case, and the next event of the matter updates it there."""
    story.given(arrested())
    story.given(assigned(officer="OFF02", effective_at=NOW, at=NOW))
    story.when(arrested(at=NOW + timedelta(hours=1), custody_station="Aldermoor"))
    assert story.came_out() == ["update: new_offence to OFF02"]


def test_another_persons_staff_are_not_asked(story: Story) -> None:
    """Two people with officers of two teams: each call-out goes to its own side only."""
    story.given(
        a_team(OTHER_TEAM, "MGR02"),
        an_officer("OFF03", OTHER_TEAM),
        allocated(PARTNER, team=OTHER_TEAM),
        assigned(PARTNER, "OFF03", team=OTHER_TEAM),
    )
    story.when(callout(PARTNER, role="unclear"))
    assert story.came_out() == ["raised: domestic_abuse_callout_role_unclear to OFF03"]
