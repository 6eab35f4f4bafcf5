"""What came to somebody in another's stead goes to whose it is, once they are back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from deciding import held_callout, joins, number_of, person_of
from following import answers, holders, passes
from open_items import faults
from world_builder import (
    CRC,
    NOW,
    PARTNER,
    PERSON,
    absent,
    allocated,
    arrested,
    assigned,
    back,
    callout,
    holds,
    left,
    restricted,
)

from streams.domain.notices import Move

if TYPE_CHECKING:
    from fixtures.ledger import Story
    from world_said import Said

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SOON, LATER = NOW + HOUR / 4, NOW + HOUR / 2
HELD = "identity_held"
THIRD = "repeat_domestic_abuse_callouts"


def returns(story: Story, officer: str) -> None:
    """Let an officer come back, and the clock look until there is nothing to do."""
    story.when(back(officer, ended_at=LATER), at=LATER)
    passes(story, LATER)
    assert faults(story.session, LATER) == []
    assert passes(story, LATER) == 0


def test_a_held_event_comes_back_to_the_desk(story: Story) -> None:
    """The manager decides while the desk is away; what is undecided is the desk's again."""
    story.given(held_callout())
    story.given(absent("DESK01", starts_at=NOW))
    passes(story, NOW)
    assert story.notice(HELD).recipient.officer == "MGR01"
    returns(story, "DESK01")
    held = story.notice(HELD)
    assert (held.recipient.officer, held.recipient.reached_as) == ("DESK01", "duty_desk")
    assert "hand_over: identity_held to DESK01" in story.came_out()
    assert story.notice("returned_summary").facts["given_back"] == 1


def test_what_was_held_while_the_desk_was_away_comes_to_it(story: Story) -> None:
    """It never was the desk's, and is now; whoever stood in may decide it until then."""
    story.given(absent("DESK01", starts_at=NOW))
    passes(story, NOW)
    said = held_callout()
    story.when(said, at=SOON)
    assert story.notice(HELD).recipient.officer == "MGR01"
    returns(story, "DESK01")
    assert story.notice(HELD).recipient.officer == "DESK01"
    assert joins(story, number_of(story, said), person_of(story), at=LATER).refused == ()


def test_what_a_stand_in_has_seen_and_not_decided_comes_back(story: Story) -> None:
    """Who acknowledged a review in the desk's stead need not decide it once the desk is there."""
    story.given(absent("DESK01", starts_at=NOW))
    passes(story, NOW)
    story.when(held_callout(), at=SOON)
    answers(story, story.notice(HELD), Move.ACKNOWLEDGE, "MGR01", at=SOON)
    returns(story, "DESK01")
    assert story.notice(HELD).recipient.officer == "DESK01"


def test_what_nobody_decided_in_time_stays_with_the_manager(story: Story) -> None:
    """Waiting in vain is not being away: what has climbed does not come down again."""
    story.given(held_callout())
    passes(story, NOW + DAY * 2)
    assert (story.notice(HELD).recipient.officer, story.notice(HELD).climbed) == ("MGR01", 1)
    story.given(absent("DESK01", starts_at=NOW + DAY * 2))
    passes(story, NOW + DAY * 2)
    story.when(back("DESK01", ended_at=NOW + DAY * 2 + HOUR / 4), at=NOW + DAY * 2 + HOUR / 4)
    passes(story, NOW + DAY * 2 + HOUR / 4)
    assert story.notice(HELD).recipient.officer == "MGR01"


@pytest.mark.parametrize("before", [False, True])
def test_what_few_may_see_comes_back_to_the_lead(story: Story, *, before: bool) -> None:
    """While the lead is away it is with the lead's role, and with nobody else."""
    held, away = held_callout(), absent("LEAD01", starts_at=NOW)
    story.given(restricted(PERSON, "OFF01"))
    for said in (held, away) if before else (away, held):
        story.when(said)
        passes(story, NOW)
    assert story.notice(HELD).recipient.officer == f"restricted_access_lead:{CRC}"
    returns(story, "LEAD01")
    assert story.notice(HELD).recipient.officer == "LEAD01"


def test_the_desk_that_is_always_there_gives_it_to_the_desk(story: Story) -> None:
    """What went to the provider's desk because no person was there is its holder's again."""
    story.given(absent("DESK01", starts_at=NOW), absent("MGR01", starts_at=NOW))
    passes(story, NOW)
    story.when(held_callout(), at=SOON)
    assert story.notice(HELD).recipient.officer == f"duty_desk:{CRC}"
    returns(story, "DESK01")
    assert story.notice(HELD).recipient.officer == "DESK01"


def test_a_manager_who_is_back_has_what_came_meanwhile(story: Story) -> None:
    """What is for a manager goes to the desk while they are away, and to them afterwards."""
    story.given(absent("MGR01", starts_at=NOW))
    passes(story, NOW)
    story.when(*(callout(reference=f"DA-{n}") for n in range(3)), at=SOON)
    assert story.notice(THIRD).recipient.officer == "DESK01"
    returns(story, "MGR01")
    assert story.notice(THIRD).recipient.officer == "MGR01"
    assert story.notice("returned_summary").facts["raised"] == 1


def test_what_climbed_past_a_manager_who_was_away_is_the_managers(story: Story) -> None:
    """Nobody answered in time, and the rung above was away: it is theirs once they are back."""
    story.given(callout(grade="high"), at=NOW - HOUR)
    story.given(absent("MGR01", starts_at=NOW - HOUR / 2))
    passes(story, NOW)
    assert set(holders(story).values()) == {"DESK01"}
    returns(story, "MGR01")
    assert set(holders(story).values()) == {"MGR01"}


@pytest.mark.parametrize("cover", [None, "OFF02"])
def test_an_allocation_desk_has_the_matters_of_whom_nobody_has_yet(
    story: Story, cover: str | None
) -> None:
    """Between allocation and assignment, as soon as somebody is at the desk again."""
    story.given(holds("allocation_desk", "DESK02", cover=cover), absent("DESK02", starts_at=NOW))
    passes(story, NOW)
    story.when(allocated(PARTNER), arrested(PARTNER), at=SOON)
    assert story.notice("new_offence").recipient.officer == (cover or "MGR01")
    returns(story, "DESK02")
    assert story.notice("new_offence").recipient.officer == "DESK02"


def test_a_cover_who_is_back_has_what_they_cover(story: Story) -> None:
    """The manager has what came while officer and cover were both away."""
    story.given(absent("OFF01", cover="OFF02", starts_at=NOW), absent("OFF02", starts_at=NOW))
    passes(story, NOW)
    story.when(arrested(), at=SOON)
    assert story.notice("new_offence").recipient.officer == "MGR01"
    returns(story, "OFF02")
    assert story.notice("new_offence").recipient.officer == "OFF02"


def answered(said: Said, story: Story) -> None:
    """Let the manager see to what came in a desk's stead."""
    story.when(said, at=SOON)
    answers(story, story.notice("new_offence"), Move.ACKNOWLEDGE, "MGR01", at=SOON)


def test_what_a_stand_in_has_seen_to_stays_with_them(story: Story) -> None:
    """Nobody is asked again for what somebody has answered."""
    story.given(allocated(PARTNER), absent("DESK02", starts_at=NOW))
    passes(story, NOW)
    answered(arrested(PARTNER), story)
    returns(story, "DESK02")
    assert story.notice("new_offence").recipient.officer == "MGR01"


def test_others_keep_what_is_theirs(story: Story) -> None:
    """A desk that is back takes nothing from an officer, nor from who stands in for another."""
    story.given(allocated(PARTNER), assigned(PARTNER, "OFF02"))
    story.given(absent("DESK01", starts_at=NOW), absent("OFF02", starts_at=NOW))
    passes(story, NOW)
    story.when(arrested(), arrested(PARTNER, "AR-9"), at=SOON)
    returns(story, "DESK01")
    have = {each.recipient.officer for each in story.notices if each.type == "new_offence"}
    assert have == {"OFF01", "MGR01"}


def test_who_covers_for_a_leaver_has_what_the_manager_had(story: Story) -> None:
    """Whether it is said before they leave or afterwards, and until it is said to be over."""
    story.given(arrested(), left("OFF01", left_at=NOW))
    passes(story, NOW)
    assert story.notice("new_offence").recipient.officer == "MGR01"
    story.when(absent("OFF01", cover="OFF02", starts_at=NOW), at=SOON)
    passes(story, SOON)
    assert story.notice("new_offence").recipient.officer == "OFF02"
    assert [n.recipient.officer for n in story.notices if n.type == "officer_left" and n.waits] == [
        "OFF02"
    ]
    story.when(back("OFF01", ended_at=LATER), at=LATER)
    passes(story, LATER)
    assert story.notice("new_offence").recipient.officer == "MGR01"
    assert passes(story, LATER) == 0
