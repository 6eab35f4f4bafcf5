"""The third call-out in twelve months: what counts, and what lies on the border of the year."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest
from world_builder import (
    NOW,
    PARTNER,
    Said,
    a_team,
    allocated,
    assigned,
    callout,
    no_further_action,
)

from streams.domain.notices import Urgency
from streams.flows.domestic_abuse_callout import LOOK_BACK

if TYPE_CHECKING:
    from fixtures.ledger import Story

REPEATED: Final = "raised: repeat_domestic_abuse_callouts to MGR01"
AGAIN: Final = "update: repeat_domestic_abuse_callouts to MGR01"
TAKEN_BACK: Final = "withdraw: repeat_domestic_abuse_callouts to MGR01"


def ago(reference: str, **gap: float) -> Said:
    """Return a call-out some time ago, heard of when it happened."""
    return callout(reference=reference, at=NOW - timedelta(**gap))


def to_the_manager(story: Story) -> list[str]:
    """Return what came out for the manager."""
    return [line for line in story.came_out() if "repeat" in line]


def test_the_manager_hears_of_the_third(story: Story) -> None:
    """Two are between officer and person; the third goes to the manager's digest as well."""
    story.when(ago("DA-1", days=200))
    story.when(ago("DA-2", days=20))
    assert to_the_manager(story) == []
    story.when(callout(reference="DA-3"))
    assert to_the_manager(story) == [REPEATED]
    notice = story.notice("repeat_domestic_abuse_callouts")
    assert notice.urgency is Urgency.DIGEST
    assert notice.facts == {
        "callouts": 3,
        "window_months": 12,
        "callout_references": ["DA-1", "DA-2", "DA-3"],
    }


def test_a_third_of_high_grade_is_not_left_to_the_digest(story: Story) -> None:
    """The manager hears of it the same day."""
    story.when(ago("DA-1", days=2), ago("DA-2", days=1), callout(reference="DA-3", grade="high"))
    assert story.notice("repeat_domestic_abuse_callouts").urgency is Urgency.SAME_DAY


def test_the_fourth_updates_the_managers_notice(story: Story) -> None:
    """One notice for each person, whatever the number of call-outs."""
    story.given(ago("DA-1", days=3), ago("DA-2", days=2), ago("DA-3", days=1))
    story.when(callout(reference="DA-4"))
    assert to_the_manager(story) == [AGAIN]
    assert story.notice("repeat_domestic_abuse_callouts").facts["callouts"] == 4


@pytest.mark.parametrize(
    ("beyond", "counts"),
    [(timedelta(0), True), (timedelta(microseconds=1), False), (-timedelta(seconds=1), True)],
)
def test_the_border_of_the_year(story: Story, beyond: timedelta, *, counts: bool) -> None:
    """A call-out exactly twelve months before the third still counts, an instant more does not."""
    first = NOW - LOOK_BACK - beyond
    story.when(callout(reference="DA-1", at=first), ago("DA-2", days=1))
    story.when(callout(reference="DA-3"))
    assert to_the_manager(story) == ([REPEATED] if counts else [])


NOT_COUNTED: Final[dict[str, Said]] = {
    "as victim": callout(reference="DA-3", role="victim"),
    "as witness": callout(reference="DA-3", role="witness"),
    "in a role that is unclear": callout(reference="DA-3", role="unclear"),
    "in both roles": callout(reference="DA-3", role="both"),
    "a second report of one call-out": callout(reference="DA-2", grade="medium"),
}


@pytest.mark.parametrize("name", NOT_COUNTED)
def test_what_does_not_count(story: Story, name: str) -> None:
    """Only call-outs as suspect count, each once however many report it."""
    story.when(ago("DA-1", days=2), ago("DA-2", days=1))
    story.when(NOT_COUNTED[name])
    assert to_the_manager(story) == []


@pytest.mark.parametrize("first", [True, False])
def test_no_further_action_uncounts_a_callout(story: Story, *, first: bool) -> None:
    """A call-out that ended with no further action never counts, whichever was heard first."""
    ended = no_further_action(incident_reference="DA-2")
    second = ago("DA-2", days=1)
    story.when(ago("DA-1", days=2), *((ended, second) if first else (second, ended)))
    story.when(callout(reference="DA-3"))
    assert to_the_manager(story) == []
    story.when(callout(reference="DA-4"))
    assert to_the_manager(story) == [REPEATED]
    references = story.notice("repeat_domestic_abuse_callouts").facts["callout_references"]
    assert references == ["DA-1", "DA-3", "DA-4"]


def test_no_further_action_that_is_retracted_lets_it_count_again(story: Story) -> None:
    """Taking back "no further action" counts the call-out as before."""
    ended = no_further_action(incident_reference="DA-2")
    story.given(ago("DA-1", days=2), ago("DA-2", days=1), ended, ended.retracted())
    story.when(callout(reference="DA-3"))
    assert to_the_manager(story) == [REPEATED]


def test_a_retracted_callout_does_not_count(story: Story) -> None:
    """What was taken back is gone from the count, also when it comes after its retraction."""
    second = ago("DA-2", days=1)
    story.when(ago("DA-1", days=2), second.retracted(), second)
    story.when(callout(reference="DA-3"))
    assert to_the_manager(story) == []


def test_retracting_the_third_withdraws_the_managers_notice(story: Story) -> None:
    """The manager is not left with three where there are two."""
    third = callout(reference="DA-3")
    story.given(ago("DA-1", days=2), ago("DA-2", days=1), third)
    story.when(third.retracted())
    assert to_the_manager(story) == [TAKEN_BACK]


def test_a_late_one_is_counted_where_it_happened(story: Story) -> None:
    """The call-out that makes three may be the earliest, heard of last."""
    story.when(ago("DA-2", days=2), callout(reference="DA-3"))
    story.when(ago("DA-1", days=9).late(days=9, hours=1))
    assert to_the_manager(story) == [REPEATED]
    references = story.notice("repeat_domestic_abuse_callouts").facts["callout_references"]
    assert references == ["DA-1", "DA-2", "DA-3"]


def test_another_persons_callouts_are_not_counted(story: Story) -> None:
    """Each person has a count of their own."""
    story.given(a_team("SEA", "MGR01"), allocated(PARTNER, team="SEA"))
    story.given(assigned(PARTNER, "OFF03", team="SEA"))
    story.when(ago("DA-1", days=3), callout(PARTNER, "DA-2"), callout(reference="DA-3"))
    assert to_the_manager(story) == []
