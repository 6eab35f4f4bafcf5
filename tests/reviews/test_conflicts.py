"""Two humans disagree, agencies take back what is decided about, and not everybody may decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

import pytest
from deciding import (
    RANG,
    ended,
    held_callout,
    joins,
    number_of,
    overrides,
    person_of,
    rejects,
    review_of,
)
from world_builder import (
    NOW,
    PARTNER,
    PERSON,
    STRANGER,
    allocated,
    assigned,
    callout,
)

from streams.domain.reviews import ReviewState
from streams.ledger.queries_reviews import ReviewsWanted, find_reviews
from streams.pipeline.decision_refusals import (
    ALREADY,
    BEGINS,
    NO_PERSON,
    NOT_WAITING,
    SAY_WHY,
    UNDONE,
    WAITS,
)
from streams.pipeline.erasing import NO_EVENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from fixtures.ledger import Story

    from streams.ledger.acting import Acted


def held(story: Story) -> int:
    """Let an event be held, and return its number."""
    said = held_callout()
    story.given(said)
    return number_of(story, said)


def test_a_second_human_is_told_of_the_first(story: Story) -> None:
    """Who decides otherwise hears who decided what and why; nothing moves, and both are kept."""
    seq = held(story)
    joins(story, seq, person_of(story))
    story.given()
    second = rejects(story, seq, "MGR01")
    assert "(DESK01) has decided who it is about" in second.refused[0]
    assert RANG in second.refused[0]
    assert story.came_out() == []
    kept = story.rows("SELECT kind, decided_by, refused IS NULL FROM review_decision ORDER BY seq")
    assert kept == [("joined", "DESK01", True), ("rejected", "MGR01", False)]
    (disputed,) = find_reviews(story.session, ReviewsWanted(disputed=True))
    assert (disputed["event_seq"], disputed["disputed"]) == (seq, True)


def test_an_override_must_name_whom_it_replaces(story: Story) -> None:
    """Without the name of who decided it is refused; with it, it counts."""
    seq = held(story)
    rejects(story, seq)
    assert overrides(story, seq, person_of(story)).refused
    assert ended(story, seq) == ("recorded", None)
    assert not overrides(story, seq, person_of(story), instead_of="DESK01").refused
    assert ended(story, seq) == ("routed", person_of(story))
    review = review_of(story, seq)
    assert (review.state, review.decided_by) == (ReviewState.OVERRIDDEN, "MGR01")
    assert review.rejected == set()


def test_whoever_decided_may_think_again(story: Story) -> None:
    """Nobody has to name themselves to correct their own decision."""
    seq = held(story)
    joins(story, seq, person_of(story))
    assert not overrides(story, seq, None, "DESK01").refused
    assert ended(story, seq) == ("recorded", None)
    assert review_of(story, seq).rejected == {person_of(story)}


def test_the_same_decision_again_changes_nothing(story: Story) -> None:
    """A repeat is neither refused nor kept, whoever gives it."""
    seq = held(story)
    joins(story, seq, person_of(story))
    for again in (
        joins(story, seq, person_of(story)),
        joins(story, seq, person_of(story), "MGR01"),
    ):
        assert (again.acts, again.refused) == ((), ())


def test_what_was_matched_is_overridden_by_a_human(story: Story) -> None:
    """An event of which nobody doubted whose it was goes to somebody else, on a human's word."""
    story.given(allocated(PARTNER, team="ALD"), assigned(PARTNER, "OFF02"))
    said = callout(role="unclear")
    story.given(said)
    seq = number_of(story, said)
    overrides(story, seq, person_of(story, PARTNER))
    assert story.came_out() == [
        "raised: domestic_abuse_callout_role_unclear to OFF02",
        "withdraw: domestic_abuse_callout_role_unclear to OFF01",
    ]
    notes = story.rows("SELECT because FROM step_note")
    assert notes == [("this was not about this person: somebody has said who it is about",)]
    overrides(story, seq, person_of(story), "MGR01")
    assert ended(story, seq) == ("routed", person_of(story))


REFUSED: Final[dict[str, tuple[Callable[[Story, int], Acted], str]]] = {
    "nothing waits": (rejects, NOT_WAITING),
    "they have it": (lambda s, seq: overrides(s, seq, person_of(s)), ALREADY),
    "no reason": (lambda s, seq: overrides(s, seq, None, reason=" "), SAY_WHY),
    "too much": (lambda s, seq: overrides(s, seq, None, reason="x" * 1_001), "1001 characters"),
    "no person": (lambda s, seq: overrides(s, seq, UUID(int=1)), NO_PERSON),
    "their officer": (lambda s, seq: overrides(s, seq, None, "OFF01"), "only the desk of"),
    "a stranger": (lambda s, seq: overrides(s, seq, None, "OFF99"), "is not in post"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_is_not_taken_says_why(story: Story, why: str) -> None:
    """A decision that cannot be taken changes nothing, and is kept with the reason."""
    said = callout(role="unclear")
    story.given(said)
    decide, words = REFUSED[why]
    refused = decide(story, number_of(story, said)).refused
    assert words in refused[0]
    assert story.came_out() == []
    assert story.rows("SELECT refused FROM review_decision") == [refused]


def test_nothing_is_decided_about_what_is_not_kept(story: Story) -> None:
    """An unknown number, and an event about a stranger, can be nobody's decision."""
    said = callout(STRANGER)
    story.given(said)
    for seq in (number_of(story, said), 10**9):
        assert overrides(story, seq, person_of(story)).refused == (NO_EVENT,)
    assert story.rows("SELECT count(*) FROM act") == [(0,)]


def test_what_waits_is_decided_and_not_overridden(story: Story) -> None:
    """An override needs something to override."""
    assert overrides(story, held(story), person_of(story)).refused == (WAITS,)


def test_the_event_that_begins_a_person_stays_theirs(story: Story) -> None:
    """Of an allocation nobody says that it is about somebody else: the two are merged instead."""
    ((seq,),) = story.rows("SELECT created_seq FROM person")
    assert overrides(story, seq, None).refused == (BEGINS,)


def test_a_retraction_closes_the_review(story: Story) -> None:
    """What its publisher takes back needs no decision, and takes none."""
    said = held_callout()
    story.given(said)
    seq = number_of(story, said)
    story.when(said.retracted())
    assert review_of(story, seq).state is ReviewState.TAKEN_BACK
    assert joins(story, seq, person_of(story)).refused == (UNDONE,)
    assert story.came_out() == ["withdraw: identity_held to DESK01"]


def test_a_correction_closes_the_review_and_may_open_another(story: Story) -> None:
    """Each statement of an event is decided for itself."""
    said = held_callout()
    story.given(said)
    first = number_of(story, said)
    again = said.corrected(grade="high")
    story.when(again)
    assert review_of(story, first).state is ReviewState.TAKEN_BACK
    assert review_of(story, number_of(story, again)).waits


def test_a_retraction_in_the_same_batch_closes_the_review(story: Story) -> None:
    """Nothing waits for anybody that was taken back before anybody was asked."""
    said = held_callout()
    story.when(said, said.retracted())
    assert review_of(story, number_of(story, said)).state is ReviewState.TAKEN_BACK
    assert story.notices[0].state.value == "withdrawn"


def test_a_decided_event_can_still_be_retracted(story: Story) -> None:
    """The officer who was told late is told that it was taken back, like any other."""
    said = held_callout()
    story.given(said)
    joins(story, number_of(story, said), person_of(story))
    story.given()
    story.when(said.retracted())
    assert story.came_out() == [
        "withdraw: domestic_abuse_callout_role_unclear to OFF01",
        "withdraw: identity_held to DESK01",
    ]


def test_a_rejected_allocation_begins_a_person(story: Story) -> None:
    """Whom case management allocates is somebody, though it gave another's identifier for them."""
    twin = PARTNER.reference("crn")
    twin["identifiers"] = [*twin["identifiers"], {"kind": "pnc", "value": PERSON.pnc}]
    said = allocated(at=NOW, team="ALD").but(person=twin)
    story.given(said)
    seq = number_of(story, said)
    rejects(story, seq)
    disposition, person_id = ended(story, seq)
    assert (disposition, person_id) == ("recorded", person_of(story, PARTNER))
    assert story.rows("SELECT person_id FROM responsibility WHERE seq = %s", seq) == [(person_id,)]
    by_crn = callout(role="unclear").but(person=PARTNER.reference("crn"))
    story.when(by_crn, callout(role="unclear", reference="DA-2"))
    assert [person for _, person in story.outcomes[-2:]] == ["routed", "routed"]


def test_a_case_event_is_folded_in_its_place(story: Story) -> None:
    """An assignment that was held and decided late is older than the one that came since."""
    other = {"name": {"family_name": STRANGER.family_name}, "born_on": STRANGER.born_on}
    doubted = assigned(officer="OFF02", at=NOW, effective_at=NOW).but(
        person=PERSON.reference("crn") | other
    )
    story.given(doubted)
    seq = number_of(story, doubted)
    assert story.outcomes[-1] == ("case.assigned", "held")
    joins(story, seq, person_of(story))
    assert story.rows("SELECT officer FROM responsibility WHERE seq = %s", seq) == [("OFF02",)]
    story.when(callout(role="unclear"))
    assert story.notice("domestic_abuse_callout_role_unclear").recipient.officer == "OFF02"
    overrides(story, seq, None, instead_of="DESK01")
    assert story.rows("SELECT officer FROM responsibility WHERE seq = %s", seq) == []
    assert story.notice("domestic_abuse_callout_role_unclear").recipient.officer == "OFF01"


def test_an_override_takes_back_what_was_learnt(story: Story) -> None:
    """The identifier that a wrong decision gave to a person finds them no more."""
    said = held_callout().but(
        person={
            "identifiers": [
                {"kind": "pnc", "value": PERSON.pnc},
                {"kind": "nomis", "value": "A1234BC"},
            ],
            "name": {"family_name": STRANGER.family_name},
            "born_on": STRANGER.born_on,
        }
    )
    before = _known(story)
    story.given(said)
    seq = number_of(story, said)
    joins(story, seq, person_of(story))
    assert _known(story) != before
    overrides(story, seq, None, "DESK01")
    assert _known(story) == before


def _known(story: Story) -> list[list[tuple[object, ...]]]:
    """Return by what people are known."""
    return [
        story.rows("SELECT digest, person_ids FROM person_key ORDER BY digest"),
        story.rows("SELECT * FROM person ORDER BY person_id"),
        story.rows("SELECT seq, person_id FROM source_record ORDER BY seq"),
    ]


def test_nobody_goes_on_reading_what_is_about_another(story: Story) -> None:
    """Of two events in one notice, the one that stays is told again, without the other's words."""
    story.given(allocated(PARTNER, team="ALD"), assigned(PARTNER, "OFF02"))
    mine, others = callout(grade="standard"), callout(grade="high", arrest_made=True)
    story.given(mine, others)
    told = story.notice("domestic_abuse_callout_suspect")
    assert (told.urgency.value, len(told.sources)) == ("immediate", 2)
    seq = number_of(story, others)
    overrides(story, seq, person_of(story, PARTNER))
    kept = [n for n in story.notices if n.type == told.type and n.person_id == told.person_id]
    assert [each.state.value for each in kept] == ["withdrawn", "raised"]
    assert (kept[1].facts["grade"], len(kept[1].sources)) == ("standard", 1)
    assert "you are told this again, since another part" in kept[1].why_you
    assert [n.facts["grade"] for n in story.notices if n.recipient.officer == "OFF02"] == ["high"]
