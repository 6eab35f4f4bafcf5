"""A held event becomes certain by itself, and the clock binds it; a review in vain rings on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from deciding import (
    by_name_only,
    ended,
    held_callout,
    joins,
    number_of,
    person_of,
    rejects,
    review_of,
    teaching,
)
from following import answers, passes
from world_builder import NOW, PARTNER, PERSON, STRANGER, allocated, assigned, callout

from streams.domain.notices import Move
from streams.domain.reviews import ReviewState
from streams.services.clock import BATCH_MAX

if TYPE_CHECKING:
    from fixtures.ledger import Story

HOUR: Final = timedelta(hours=1)
TOLD: Final = "raised: domestic_abuse_callout_role_unclear to OFF01"


def test_an_identifier_that_case_management_teaches_binds(story: Story) -> None:
    """What was held by name is delivered once its identifier is known, and nobody has to decide."""
    said = by_name_only()
    story.given(said)
    story.when(teaching())
    assert passes(story, NOW + HOUR) == 1
    assert story.came_out() == [TOLD, "withdraw: identity_held to DESK01"]
    seq = number_of(story, said)
    assert ended(story, seq) == ("routed", person_of(story))
    review = review_of(story, seq)
    assert (review.state, review.decided_by) == (ReviewState.BOUND, None)
    why = story.notice("domestic_abuse_callout_role_unclear").why_you
    assert "this is 1 hour old: it was held until it was certain who it is about" in why


def test_what_stays_uncertain_waits(story: Story) -> None:
    """A look that finds nothing new leaves the event where it is, however often it is taken."""
    said = by_name_only()
    story.given(said)
    story.when(allocated(PARTNER, at=NOW + HOUR))
    assert [passes(story, NOW + HOUR) for _ in range(2)] == [0, 0]
    assert review_of(story, number_of(story, said)).waits


def test_what_a_human_has_joined_makes_the_next_certain(story: Story) -> None:
    """Of two held events under one identifier a human decides the one, and the clock the other."""
    first, second = held_callout(), held_callout(reference="DA-2")
    story.given(first, second)
    joins(story, number_of(story, first), person_of(story))
    assert passes(story, NOW + HOUR) == 1
    assert review_of(story, number_of(story, second)).state is ReviewState.BOUND


def test_more_than_one_look_takes_are_all_bound(story: Story) -> None:
    """However many held events become certain at once, one tick of the clock binds them all."""
    held = [held_callout(reference=f"DA-{number}") for number in range(BATCH_MAX + 3)]
    story.given(*held)
    joins(story, number_of(story, held[0]), person_of(story))
    assert passes(story, NOW + HOUR) == len(held) - 1


def test_a_machine_never_undoes_a_human(story: Story) -> None:
    """An event of which a human said that it is not about a person is not joined to them."""
    said = by_name_only()
    story.given(said)
    rejects(story, number_of(story, said))
    story.given()
    story.when(teaching())
    passes(story, NOW + HOUR)
    assert story.came_out() == []
    assert ended(story, number_of(story, said)) == ("recorded", None)


def test_a_review_that_was_seen_and_not_decided_goes_to_the_manager(story: Story) -> None:
    """Two working hours after an immediate event the manager is asked, then the desk again."""
    said = held_callout(grade="high")
    story.given(said)
    answers(story, story.notice("identity_held"), Move.ACKNOWLEDGE, "DESK01")
    assert passes(story, NOW + 2 * HOUR) == 1
    steps = story.rows("SELECT move FROM notice_step WHERE step > 0 ORDER BY step")
    assert steps == [("acknowledge",), ("escalate",)]
    assert story.notice("identity_held").recipient.officer == "MGR01"
    review = review_of(story, number_of(story, said))
    assert review.waits
    assert review.rings_at == NOW + 4 * HOUR


def test_nobody_is_rung_before_the_time_or_out_of_hours(story: Story) -> None:
    """A review in its time, and one whose time passes at night, ring nobody."""
    story.given(held_callout(grade="high"))
    answers(story, story.notice("identity_held"), Move.ACKNOWLEDGE, "DESK01")
    story.given()
    assert [passes(story, NOW + HOUR), passes(story, NOW.replace(hour=23))] == [0, 0]


def test_the_end_of_the_ladder_is_told_to_operations(story: Story) -> None:
    """Where nobody decides though everybody was asked, operations hear of it; it waits still."""
    said = held_callout(grade="high")
    story.given(said)
    at = NOW
    for officer in ("DESK01", "MGR01", "DESK01"):
        notice = story.notice("identity_held")
        assert notice.recipient.officer == officer
        answers(story, notice, Move.ACKNOWLEDGE, officer, at=at)
        at = review_of(story, number_of(story, said)).rings_at or at
        passes(story, at)
    alarms = story.rows("SELECT kind, subject FROM alarm")
    assert alarms == [("nobody_answered", f"review {number_of(story, said)}")]
    review = review_of(story, number_of(story, said))
    assert review.waits
    assert review.rings_at is None


def test_the_notice_cannot_be_finished_without_a_decision(story: Story) -> None:
    """Whoever would be done with it while the event still waits is told how to decide."""
    story.given(held_callout())
    notice = story.notice("identity_held")
    answers(story, notice, Move.ACKNOWLEDGE, "DESK01")
    done = answers(story, notice, Move.FINISH, "DESK01", because="looked at it")
    assert "identity review decide" in done.refused[0]
    assert STRANGER.family_name not in repr(done)


def test_a_held_event_of_case_management_teaches_once_it_is_certain(story: Story) -> None:
    """What it would have taught in time it teaches late: the next finds the person by it."""
    twin = PERSON.reference("crn")
    both = [{"kind": "pnc", "value": PARTNER.pnc}, {"kind": "nomis", "value": "A1234BC"}]
    held = assigned(at=NOW).but(person={**twin, "identifiers": [*twin["identifiers"], *both]})
    story.given(allocated(PARTNER, at=NOW), held)
    seq = number_of(story, held)
    assert ended(story, seq) == ("held", None)
    joins(story, seq, person_of(story))
    by_number = {"identifiers": [{"kind": "nomis", "value": "A1234BC"}]}
    found = callout(role="unclear").but(person=by_number)
    story.when(found)
    assert ended(story, number_of(story, found)) == ("routed", person_of(story))
    theirs = callout(role="unclear", reference="DA-9").but(person=PARTNER.reference("pnc"))
    story.when(theirs)
    assert ended(story, number_of(story, theirs))[1] == person_of(story, PARTNER)
