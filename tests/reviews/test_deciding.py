"""A named human decides who a held event is about, through the ledger."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

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
from world_builder import NOW, PARTNER, allocated, assigned

from streams.domain.notices import NoticeState
from streams.domain.reviews import ReviewState

if TYPE_CHECKING:
    from fixtures.ledger import Story

LATER: Final = NOW + timedelta(days=2, hours=3)
TOLD: Final = "raised: domestic_abuse_callout_role_unclear to OFF01"
DECIDED: Final = [
    "acknowledge: identity_held to DESK01",
    "finish: identity_held to DESK01",
]


def test_a_held_event_waits_with_a_clock_and_an_owner(story: Story) -> None:
    """Whoever is asked has two working hours for what is immediate, a day for the rest."""
    said = held_callout(grade="high")
    story.when(said)
    review = review_of(story, number_of(story, said))
    assert review.waits
    assert review.is_immediate
    assert review.candidates == (person_of(story),)
    assert (review.opened_at, review.due_at) == (NOW, NOW + timedelta(hours=2))
    assert story.notice("identity_held").recipient.officer == "DESK01"


def test_the_officer_is_told_late_with_the_age(story: Story) -> None:
    """Once the desk has decided, the officer reads what happened, how old it is and why."""
    said = held_callout()
    story.given(said)
    seq = number_of(story, said)
    joins(story, seq, person_of(story), at=LATER)
    assert story.came_out() == sorted([TOLD, *DECIDED])
    notice = story.notice("domestic_abuse_callout_role_unclear")
    assert notice.late
    assert notice.raised_at == LATER
    assert "this is 2 days and 3 hours old: it was held until" in notice.why_you
    assert ended(story, seq) == ("routed", person_of(story))
    review = review_of(story, seq)
    assert (review.state, review.decided_by, review.reason) == (ReviewState.JOINED, "DESK01", RANG)
    assert story.notice("identity_held").state is NoticeState.DONE


def test_a_join_teaches_what_the_event_says(story: Story) -> None:
    """The same identifier under the same other name is certain from then on."""
    first, second = held_callout(), held_callout(reference="DA-2")
    story.given(first)
    joins(story, number_of(story, first), person_of(story))
    story.when(second)
    assert ended(story, number_of(story, second)) == ("routed", person_of(story))


def test_what_is_rejected_is_nobodys(story: Story) -> None:
    """The event stays with its content, about nobody; the desk is done and nobody else is told."""
    said = held_callout()
    story.given(said)
    seq = number_of(story, said)
    rejects(story, seq)
    assert story.came_out() == DECIDED
    assert ended(story, seq) == ("recorded", None)
    review = review_of(story, seq)
    assert (review.state, review.rejected) == (ReviewState.REJECTED, {person_of(story)})


def test_an_override_takes_the_event_from_one_to_the_other(story: Story) -> None:
    """Whoever was told first is told that it was not theirs, and whoever has the other is told."""
    story.given(allocated(PARTNER, team="ALD"), assigned(PARTNER, "OFF02"))
    said = held_callout()
    story.given(said)
    seq = number_of(story, said)
    joins(story, seq, person_of(story))
    story.given()
    overrides(story, seq, person_of(story, PARTNER), instead_of="DESK01", at=LATER)
    assert story.came_out() == [
        "raised: domestic_abuse_callout_role_unclear to OFF02",
        "withdraw: domestic_abuse_callout_role_unclear to OFF01",
    ]
    assert ended(story, seq) == ("routed", person_of(story, PARTNER))
    assert review_of(story, seq).rejected == {person_of(story)}
