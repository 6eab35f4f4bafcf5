"""Both parties to one call-out on supervision: two notices, composed apart, and the manager."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from world_builder import (
    NPS,
    OTHER_TEAM,
    PARTNER,
    PERSON,
    TEAM,
    THIRD,
    Said,
    a_team,
    allocated,
    an_officer,
    assigned,
    callout,
    order_ended,
    order_made,
)

if TYPE_CHECKING:
    from fixtures.ledger import Story

SHARED: Final = "raised: both_parties_supervised to MGR01"
SHARED_AGAIN: Final = "update: both_parties_supervised to MGR01"
SHARED_OUT: Final = "duty supervision_shared_out of MGR01: open"
SAME_OFFICER: Final = (allocated(PARTNER, team=TEAM), assigned(PARTNER, "OFF01"))
SAME_TEAM: Final = (allocated(PARTNER, team=TEAM), assigned(PARTNER, "OFF02"))
OTHER_TEAMS: Final = (
    a_team(OTHER_TEAM, "MGR02"),
    an_officer("OFF03", OTHER_TEAM),
    allocated(PARTNER, team=OTHER_TEAM),
    assigned(PARTNER, "OFF03", team=OTHER_TEAM),
)
OTHER_PROVIDER: Final = (
    a_team(TEAM, "MGR02", provider=NPS),
    an_officer("OFF03", TEAM, provider=NPS),
    allocated(PARTNER, provider=NPS, team=TEAM),
    assigned(PARTNER, "OFF03", provider=NPS, team=TEAM),
)
SUSPECT: Final = callout(children_present=True, at_address_of="other_party")
VICTIM: Final = callout(PARTNER, role="victim")


def shared(story: Story) -> list[str]:
    """Return what came out of both being supervised."""
    return [line for line in story.came_out() if "both_parties" in line or "shared_out" in line]


@pytest.mark.parametrize("order", [(SUSPECT, VICTIM), (VICTIM, SUSPECT)])
@pytest.mark.parametrize("in_one_batch", [True, False])
@pytest.mark.parametrize(("partner", "same"), [(SAME_OFFICER, "officer"), (SAME_TEAM, "team")])
def test_the_manager_decides_who_holds_what(
    story: Story,
    partner: tuple[Said, ...],
    same: str,
    order: tuple[Said, Said],
    *,
    in_one_batch: bool,
) -> None:
    """Where one officer or team has both, its manager is told once for each side."""
    story.given(*partner)
    if in_one_batch:
        story.when(*order)
    else:
        story.when(order[0])
        story.when(order[1])
    assert shared(story) == [SHARED_OUT, SHARED]
    notice = story.notice("both_parties_supervised")
    assert notice.facts == {"callout_reference": "DA-1", "same": same}
    kinds = sorted(n.type for n in story.notices)
    assert kinds == [
        "both_parties_supervised",
        "domestic_abuse_callout_suspect",
        "domestic_abuse_callout_victim",
    ]


@pytest.mark.parametrize("partner", [OTHER_TEAMS, OTHER_PROVIDER])
@pytest.mark.parametrize("order", [(SUSPECT, VICTIM), (VICTIM, SUSPECT)])
def test_two_teams_hold_them_apart_already(
    story: Story, partner: tuple[Said, ...], order: tuple[Said, Said]
) -> None:
    """Where teams or providers differ nobody has to share out anything."""
    story.given(*partner)
    story.when(*order)
    assert shared(story) == []
    assert [n.recipient.officer for n in story.notices if "victim" in n.type] == ["OFF03"]
    assert [n.recipient.officer for n in story.notices if "suspect" in n.type] == ["OFF01"]


@pytest.mark.parametrize("order", [(SUSPECT, VICTIM), (VICTIM, SUSPECT)])
def test_neither_side_shows_the_other(story: Story, order: tuple[Said, Said]) -> None:
    """No notice names the other party in any way, nor where it was to the victim's side."""
    story.given(*SAME_OFFICER)
    story.when(*order)
    sides = {notice.type: notice for notice in story.notices}
    suspect = repr(sides["domestic_abuse_callout_suspect"])
    victim = repr(sides["domestic_abuse_callout_victim"])
    for other, told in ((PARTNER, suspect), (PERSON, victim)):
        for part in (other.given_name, other.family_name, other.crn, other.pnc):
            assert part not in told
    ids = {each.crn: str(each.person_id) for each in story.notices if each.crn}
    assert ids[PARTNER.crn] not in suspect
    assert ids[PERSON.crn] not in victim
    assert "other_party" not in victim


def test_a_witness_is_no_party(story: Story) -> None:
    """A supervised witness of the same team shares nothing out."""
    story.given(*SAME_TEAM)
    story.when(SUSPECT, callout(PARTNER, role="witness"))
    assert shared(story) == []


def test_another_callout_is_another_matter(story: Story) -> None:
    """Two people of one team at two call-outs are not two parties to one."""
    story.given(*SAME_TEAM)
    story.when(SUSPECT, callout(PARTNER, "DA-2", role="victim"))
    assert shared(story) == []


def test_a_retracted_party_is_none(story: Story) -> None:
    """Whose part was taken back before the other's came has no part."""
    story.given(*SAME_TEAM)
    story.when(SUSPECT, SUSPECT.retracted(), VICTIM)
    assert shared(story) == []


def test_a_party_whose_supervision_ended_is_nobodys(story: Story) -> None:
    """The officer of a person whose order has ended has them no more."""
    story.given(*SAME_TEAM, order_made("ORD-9", PARTNER), order_ended("ORD-9", PARTNER))
    story.when(SUSPECT, VICTIM)
    assert shared(story) == []


def test_a_third_party_updates_what_the_manager_was_told(story: Story) -> None:
    """Three people of one team at one call-out: three officers, one duty for each side."""
    story.given(*SAME_TEAM, allocated(THIRD, team=TEAM), assigned(THIRD, "OFF01"))
    story.when(SUSPECT, VICTIM, callout(THIRD, role="unclear"))
    assert [line for line in shared(story) if "raised" in line] == [SHARED, SHARED]
    assert sum("raised: domestic" in line for line in story.came_out()) == 3


def test_what_is_kept_back_of_two_matters_is_two_notices(story: Story) -> None:
    """A manager who may read neither has both: somebody to ask about each, and each is kept."""
    kept_back = {"handling_conditions": ["not_for_provider"]}
    story.given(*SAME_TEAM, VICTIM.but(meta=VICTIM.record["meta"] | kept_back))
    story.given(*(callout(reference=f"DA-{n}", **kept_back) for n in (2, 3)))
    story.when(callout(**kept_back))
    assert story.came_out().count("raised: contact_originator to MGR01") == 2
    theirs = [each for each in story.notices if each.recipient.officer == "MGR01"]
    assert sorted(each.facts["instead_of"] for each in theirs) == [
        "both_parties_supervised",
        "repeat_domestic_abuse_callouts",
    ]
