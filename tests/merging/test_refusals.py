"""Who may merge whom, and when it is not taken: in words, kept, and without any other effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from merging.merges import REASON, act, differences, holds, merge, part, who_is
from world_builder import (
    NOW,
    PARTNER,
    PERSON,
    THIRD,
    allocated,
    an_officer,
    assigned,
    callout,
    restricted,
)

from streams.domain.identity_acts import EventOverridden
from streams.domain.merge_acts import PeopleMerged, PeopleUnmerged

if TYPE_CHECKING:
    from fixtures.ledger import Story


@pytest.fixture
def three(story: Story) -> Story:
    """Give a story with three people, and an officer who has none of them."""
    story.given(
        an_officer("OFF03", team="SEA"),
        allocated(PARTNER),
        assigned(PARTNER, "OFF02"),
        allocated(THIRD),
        assigned(THIRD, "OFF02"),
    )
    return story


def refusal(story: Story, acted: object) -> str:
    """Return why an act was not taken; it is kept and audited all the same."""
    (words,) = acted.refused  # type: ignore[attr-defined]  # what acting gives
    ((body,),) = story.rows(
        "SELECT body FROM audit WHERE chain = 'desk' ORDER BY number DESC LIMIT 1"
    )
    assert b'"refused":true' in bytes(body)
    return str(words)


@pytest.mark.parametrize(
    ("by", "words"),
    [
        ("OFF03", "is neither of those who have either of them"),
        ("NOBODY", "NOBODY is not in post"),
    ],
)
def test_only_those_who_have_either_may_merge(three: Story, by: str, words: str) -> None:
    """An officer of somebody else's is told so, and nothing changes."""
    before = holds(three.session)
    assert words in refusal(three, merge(three, by=by))
    assert differences(before, holds(three.session)) == {}


@pytest.mark.parametrize("by", ["OFF01", "OFF02", "MGR01", "DESK01"])
def test_whoever_has_either_may_merge(three: Story, by: str) -> None:
    """The officers of both, their manager and their desk may say so, and are not told of it."""
    assert merge(three, by=by).refused == ()
    told = [each.recipient.officer for each in three.notices if each.type == "people_merged"]
    assert by not in told


def test_a_merge_has_a_reason(three: Story) -> None:
    """Nobody merges people without saying why, nor with a novel."""
    people = who_is(three, PERSON), who_is(three, PARTNER)
    assert "say why" in refusal(three, act(three, PeopleMerged(*people, "MGR01", "  ")))
    assert "too many" in refusal(three, act(three, PeopleMerged(*people, "MGR01", "x" * 1_001)))


def test_who_may_not_see_both_cases_may_not_merge(three: Story) -> None:
    """A merge would open a restricted case to whoever makes it."""
    three.given(restricted(PARTNER, "OFF02"))
    assert "may not see both" in refusal(three, merge(three, by="OFF01"))
    assert merge(three, by="OFF02").refused == ()


def test_a_merge_opens_no_case(three: Story) -> None:
    """Where the newer restriction is the looser, case management must mend it first."""
    three.given(
        restricted(PERSON, "OFF01", "OFF02"),
        restricted(PARTNER, "OFF01", "OFF02", "MGR01", effective_at=NOW),
    )
    assert "open to somebody from whom" in refusal(three, merge(three, by="OFF02"))


def test_nobody_reads_of_a_merge_who_may_not_see_the_case(three: Story) -> None:
    """An officer who is kept out of the one case is passed over, though they had the other."""
    three.given(restricted(PARTNER, "OFF02", "MGR01"))
    merge(three, by="MGR01")
    told = [each.recipient.officer for each in three.notices if each.type == "people_merged"]
    assert "OFF01" not in told
    assert "OFF02" in told
    open_ones = {e.recipient.officer for e in three.notices if e.waits and e.person_id is not None}
    assert "OFF01" not in open_ones


def test_after_an_unmerge_nobody_reads_of_a_case_that_is_closed_to_them(three: Story) -> None:
    """Who has the one reads neither the other's number nor why, where they may not see it."""
    merged = merge(three, by="MGR01")
    three.given(restricted(PARTNER, "OFF02", "MGR01"))
    part(three, merged, by="MGR01", reason="PARTNER lives at a refuge")
    (of_other,) = (
        each
        for each in three.notices
        if each.type == "people_unmerged" and each.person_id == who_is(three, PERSON)
    )
    assert of_other.recipient.officer == "OFF01"
    assert (of_other.facts["other_crn"], of_other.facts["reason"]) == (None, None)


def test_two_parties_to_one_callout_are_not_one(three: Story) -> None:
    """Suspect and victim of one call-out are two people, whatever a human says."""
    three.given(callout(PERSON), callout(PARTNER, role="victim"))
    assert "two in one matter" in refusal(three, merge(three))


def test_who_was_merged_is_merged_no_more(three: Story) -> None:
    """A second merge, or one in the other direction, names who is there now."""
    kept, gone = who_is(three, PERSON), who_is(three, PARTNER)
    merge(three)
    for people in ((kept, gone), (gone, kept), (gone, who_is(three, THIRD))):
        words = refusal(three, act(three, PeopleMerged(*people, "MGR01", REASON)))
        assert f"was merged into {kept}" in words
    assert "one person already" in refusal(
        three, act(three, PeopleMerged(kept, kept, "MGR01", "x"))
    )


def test_nobody_decides_an_event_for_who_is_no_more(three: Story) -> None:
    """An override to somebody who was merged names who is there now, too."""
    gone = who_is(three, PARTNER)
    three.given(callout(THIRD))
    merge(three)
    ((seq,),) = three.rows("SELECT max(seq) FROM event")
    acted = act(three, EventOverridden(seq, gone, "MGR01", "not them"))
    assert "was merged into" in refusal(three, acted)


def test_merges_are_undone_in_their_order(three: Story) -> None:
    """One that came later and has to do with the same people is undone first."""
    before = holds(three.session)
    first = merge(three, PERSON, PARTNER)
    second = merge(three, THIRD, PERSON)
    ((number, _),) = second.acts
    assert f"merge {number} came later" in refusal(three, part(three, first))
    assert part(three, second).refused == ()
    assert part(three, first).refused == ()
    assert differences(before, holds(three.session)) == {}


def test_a_merge_is_undone_once(three: Story) -> None:
    """A second un-merge, or one of a merge that is not, says so."""
    merged = merge(three)
    ((seq, done),) = part(three, merged).acts
    assert f"undone already, by act {seq}" in refusal(three, part(three, merged))
    assert isinstance(done, PeopleUnmerged)
    other = PeopleUnmerged(4711, done.kept, done.gone, "MGR01", "x")
    assert "there is no merge 4711" in refusal(three, act(three, other))


def test_people_can_be_merged_again(three: Story) -> None:
    """Merged, parted and merged again, they are one; and two again, as they were."""
    before = holds(three.session)
    for _ in range(2):
        assert part(three, merge(three)).refused == ()
    assert differences(before, holds(three.session)) == {}
