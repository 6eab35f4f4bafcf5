"""Two people become one, and two again: what moves, who is told, and what comes meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from deciding import number_of, overrides, review_of
from merging.invariants import faults
from merging.merges import act, differences, holds, merge, part, who_is
from world_builder import (
    NOW,
    PARTNER,
    PERSON,
    allocated,
    assigned,
    callout,
    order_made,
)

from streams.domain.notice_acts import Answered
from streams.domain.notices import Move
from streams.ledger.verify import verify

if TYPE_CHECKING:
    from fixtures.ledger import Story

TABLES = ("event", "fact", "duty", "notice", "responsibility", "source_record", "person_block")


@pytest.fixture
def two(story: Story) -> Story:
    """Give a story with two people: OFF01 has the one, OFF02 the other."""
    story.given(
        allocated(PARTNER),
        assigned(PARTNER, "OFF02", effective_at=NOW - timedelta(days=1)),
        callout(PERSON, reference="DA-1"),
        callout(PARTNER, reference="DA-2"),
    )
    return story


def unsound(story: Story) -> list[object]:
    """Return what does not hold of the ledger that always must."""
    return list(verify(story.session, lambda _: None))


def about(story: Story, reference: str) -> dict[str, set[object]]:
    """Return who is told of a call-out, and about whom, in notices that still stand."""
    return {
        each.type: {each.recipient.officer, each.person_id}
        for each in story.notices
        if reference in each.matter and each.state != "withdrawn"
    }


def test_everything_of_the_one_is_of_the_other(two: Story) -> None:
    """Events, notices, duties, facts and numbers move, and nothing is left behind."""
    kept, gone = who_is(two, PERSON), who_is(two, PARTNER)
    assert merge(two).refused == ()
    for table in TABLES:
        assert two.rows(f"SELECT 1 FROM {table} WHERE person_id = %s", gone) == []  # noqa: S608 - names above
    assert who_is(two, PARTNER) == kept
    assert {each.person_id for each in two.notices} == {kept}
    assert unsound(two) == []


def test_both_sides_are_told_and_what_is_open_goes_to_one(two: Story) -> None:
    """Whoever had either reads that they are one, and by whom; who has them now has all of it."""
    merge(two)
    assert [each for each in two.came_out() if not each.startswith("raised: dom")] == [
        "duty home_visit_considered of OFF02: open",
        "duty risk_reviewed of OFF02: open",
        "hand_over: domestic_abuse_callout_suspect to OFF02",
        "raised: people_merged to OFF01",
        "raised: people_merged to OFF02",
    ]
    told = next(each for each in two.notices if each.type == "people_merged")
    assert told.facts["decided_by"] == "MGR01"
    assert (told.facts["kept_crn"], told.facts["gone_crn"]) == (PERSON.crn, PARTNER.crn)
    assert told.facts["items"] == 4


def test_a_merge_undone_leaves_what_there_was(two: Story) -> None:
    """Every table but those of history is as it was, to the last byte."""
    before = holds(two.session)
    merged = merge(two)
    assert differences(before, holds(two.session))
    assert part(two, merged).refused == ()
    assert differences(before, holds(two.session)) == {}
    assert unsound(two) == []


def test_whoever_has_either_is_told_that_they_are_two(two: Story) -> None:
    """What was told of the merge is withdrawn, and each side reads of its own person."""
    merged = merge(two)
    two.given()
    part(two, merged)
    assert [each for each in two.came_out() if "people" in each] == [
        "raised: people_unmerged to OFF01",
        "raised: people_unmerged to OFF02",
        "withdraw: people_merged to OFF01",
        "withdraw: people_merged to OFF02",
    ]


def test_what_comes_after_a_merge_by_either_number_is_of_the_one(two: Story) -> None:
    """The identifiers of who is gone still say who somebody is, and one officer is told."""
    kept = who_is(two, PERSON)
    merge(two)
    two.when(callout(PARTNER, reference="DA-3"), callout(PERSON, reference="DA-4"))
    assert about(two, "DA-3") == {"domestic_abuse_callout_suspect": {"OFF02", kept}}
    assert about(two, "DA-4") == {"domestic_abuse_callout_suspect": {"OFF02", kept}}
    assert unsound(two) == []


def test_what_came_meanwhile_goes_to_whom_it_names(two: Story) -> None:
    """After an un-merge each has what its own identifiers say, and the other has none of it."""
    kept, gone = who_is(two, PERSON), who_is(two, PARTNER)
    merged = merge(two)
    two.given(
        callout(PARTNER, reference="DA-3"),
        callout(PERSON, reference="DA-4"),
        order_made("ORD-9", PARTNER),
    )
    part(two, merged)
    assert about(two, "DA-3") == {"domestic_abuse_callout_suspect": {"OFF02", gone}}
    assert about(two, "DA-4") == {"domestic_abuse_callout_suspect": {"OFF01", kept}}
    orders = two.rows("SELECT person_id, document FROM case_file")
    assert {person for person, document in orders if b"ORD-9" in bytes(document)} == {gone}
    assert unsound(two) == []


def test_what_nobody_can_tell_apart_waits_for_a_human(two: Story) -> None:
    """An event that names both of two who were taken for one is held with a review."""
    both = callout(PERSON, reference="DA-5")
    both.record["person"]["identifiers"] += PARTNER.reference("pnc")["identifiers"]
    merged = merge(two)
    two.given(both)
    assert two.outcomes[-1] == ("police.domestic_abuse_callout", "routed")
    part(two, merged)
    assert two.outcomes[-1] == ("police.domestic_abuse_callout", "held")
    ((state, candidates),) = two.rows("SELECT state, candidates FROM review")
    assert (state, set(candidates)) == ("waiting", {who_is(two, PERSON), who_is(two, PARTNER)})
    assert about(two, "DA-5") == {}
    assert any("identity_held" in each for each in two.came_out())
    assert unsound(two) == []


def test_what_an_officer_did_meanwhile_stands(two: Story) -> None:
    """An answer that was given between a merge and its undoing is not taken back."""
    notice = next(each for each in two.notices if "DA-1" in each.matter)
    merged = merge(two)
    act(
        two, Answered(notice.id, Move.READ, "OFF02"), Answered(notice.id, Move.ACKNOWLEDGE, "OFF02")
    )
    part(two, merged)
    again = next(each for each in two.notices if each.id == notice.id)
    assert again.person_id == who_is(two, PERSON)
    assert again.recipient.officer == "OFF01"
    assert unsound(two) == []


def test_a_number_learnt_meanwhile_is_of_whom_it_was_said(two: Story) -> None:
    """An allocation under the number of who was gone teaches that person, and nobody else."""
    taught = allocated(PARTNER, team="ALD", at=NOW)
    taught.record["person"]["identifiers"].append({"kind": "nomis", "value": "A1234BC"})
    merged = merge(two)
    two.given(taught)
    part(two, merged)
    asked = callout(PARTNER, reference="DA-6")
    asked.record["person"]["identifiers"] = [{"kind": "nomis", "value": "A1234BC"}]
    two.when(asked)
    assert about(two, "DA-6")["domestic_abuse_callout_suspect"] == {"OFF02", who_is(two, PARTNER)}
    assert unsound(two) == []


def test_what_is_left_with_who_is_no_more_is_found(two: Story) -> None:
    """The ledger's own verification says that a merge was not whole."""
    gone = who_is(two, PARTNER)
    merge(two)
    two.session.execute(
        "UPDATE fact SET person_id = %s WHERE seq = (SELECT max(seq) FROM fact)", (gone,)
    )
    (found,) = unsound(two)
    assert "merged_have_nothing" in str(found)


def test_who_was_ruled_out_is_so_again_only_when_they_are_two(two: Story) -> None:
    """Whoever merges two says that an event of the one is of the other, though one ruled it out."""
    said = callout(PERSON, reference="DA-7")
    two.when(said)
    seq = number_of(two, said)
    one, other = who_is(two, PERSON), who_is(two, PARTNER)
    assert overrides(two, seq, other).refused == ()
    assert review_of(two, seq).rejected == {one}
    merged = merge(two)
    assert (review_of(two, seq).person_id, review_of(two, seq).rejected) == (one, frozenset())
    assert faults(two, NOW) == []
    part(two, merged)
    assert (review_of(two, seq).person_id, review_of(two, seq).rejected) == (other, {one})
    assert faults(two, NOW) == []
