"""What whoever decides may read: both sides, but nothing that is always withheld."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from deciding import does, held_callout, joins, number_of, person_of, rejects
from following import passes
from world_builder import (
    CRC,
    LONG_AGO,
    NOW,
    NPS,
    PARTNER,
    PERSON,
    a_team,
    absent,
    allocated,
    an_officer,
    assigned,
    callout,
    holds,
    restricted,
)
from world_run import RULES

from streams.domain.identity_acts import ReviewShown
from streams.ledger.queries_reviews import ReviewsWanted, find_reviews, review_whole

if TYPE_CHECKING:
    from fixtures.ledger import Story

PROTECTED: Final = "Brightwater"
HOUR: Final = timedelta(hours=1)


def with_protected_name(reference: dict[str, Any]) -> dict[str, Any]:
    """Return a reference with a former name that is shown to nobody."""
    alias = {"kind": "protected", "given_name": "Corin", "family_name": PROTECTED}
    return {**reference, "aliases": [alias]}


def test_a_protected_name_is_shown_to_nobody(story: Story) -> None:
    """A name that may only be matched by is neither shown nor explained, on either side."""
    taught = assigned(at=NOW).but(person=with_protected_name(PERSON.reference("crn")))
    story.given(taught)
    said = callout(role="unclear").but(
        person=with_protected_name({"identifiers": [], "born_on": PERSON.born_on, "name": None})
    )
    story.given(said)
    whole = review_whole(story.session, number_of(story, said), RULES, provider=CRC)
    assert whole is not None
    assert [each.person_id for each in whole.candidates] == [person_of(story)]
    assert PROTECTED not in repr(whole)
    assert "Corin" not in repr(whole)
    (candidate,) = whole.candidates
    assert candidate.score is not None
    assert "family" not in {part.field.value for part in candidate.score.parts}


def test_what_its_sender_keeps_from_a_provider_is_not_shown_there(story: Story) -> None:
    """Staff of a contracted provider are told whom to ask; those of the public service read it."""
    said = held_callout(handling_conditions=["not_for_provider"])
    story.given(said)
    seq = number_of(story, said)
    theirs = review_whole(story.session, seq, RULES, provider=CRC)
    ours = review_whole(story.session, seq, RULES, provider=NPS)
    assert theirs is not None
    assert ours is not None
    assert theirs.said is None
    assert ours.said is not None
    assert theirs.agency.contact


def test_who_is_alike_is_asked_of_the_desk_that_has_them(empty_story: Story) -> None:
    """An event without an identifier goes to the desk of whoever is most like its person."""
    empty_story.given(
        a_team(),
        an_officer("DESK01", None, grade="desk"),
        an_officer("DESK02", None, grade="desk", provider=NPS),
        holds("duty_desk", "DESK01"),
        holds("duty_desk", "DESK02", NPS),
        allocated(PERSON, NPS, team=None, at=LONG_AGO),
    )
    nearly = {**PERSON.reference(), "born_on": PERSON.born_on.replace(day=PERSON.born_on.day - 1)}
    said = callout(role="unclear").but(person={**nearly, "identifiers": []})
    empty_story.when(said)
    (row,) = find_reviews(empty_story.session, ReviewsWanted())
    assert (row["officer"], row["provider"], row["candidates"]) == ("DESK02", NPS, 1)
    assert find_reviews(empty_story.session, ReviewsWanted(desk=CRC)) == []
    assert len(find_reviews(empty_story.session, ReviewsWanted(officer="DESK02"))) == 1


def test_what_is_decided_is_listed_only_where_asked(story: Story) -> None:
    """The list is of what waits; what was decided stays to be found."""
    first, second = held_callout(), held_callout(reference="DA-2", grade="high")
    story.given(first, second)
    joins(story, number_of(story, first), person_of(story))
    (waiting,) = find_reviews(story.session, ReviewsWanted())
    assert waiting["event_seq"] == number_of(story, second)
    rejects(story, number_of(story, second))
    every = find_reviews(story.session, ReviewsWanted(decided=True))
    assert [row["state"] for row in every] == ["rejected", "joined"]


def test_only_who_may_see_the_case_decides(story: Story) -> None:
    """Of a restricted case the lead decides; a desk that may not see it reads nothing of it."""
    story.given(restricted(PERSON, "OFF01"))
    said = held_callout()
    story.given(said)
    seq = number_of(story, said)
    for refused in (joins(story, seq, person_of(story)), does(story, ReviewShown(seq, "DESK01"))):
        assert "may not see every case" in refused.refused[0]
    assert story.notice("identity_held").recipient.officer == "LEAD01"
    assert not does(story, ReviewShown(seq, "LEAD01")).refused
    assert not joins(story, seq, person_of(story), "LEAD01").refused


def test_who_may_see_the_case_counts_though_nobody_has_the_person(story: Story) -> None:
    """Of somebody whose allocation was taken back, nobody is asked who may not see the case."""
    taken_back = allocated(PARTNER)
    story.given(taken_back, restricted(PARTNER, "OFF01"), taken_back.retracted())
    story.given(held_callout(PARTNER))
    assert story.outcomes[-1] == ("police.domestic_abuse_callout", "held")
    assert story.notice("identity_held").recipient.reached_as == "restricted_access_lead"


def test_what_may_concern_a_restricted_case_stays_with_who_may_see_it(story: Story) -> None:
    """While the lead is away no desk is asked in their place that may not see the case."""
    story.given(restricted(PERSON, "OFF01"), held_callout())
    assert story.notice("identity_held").recipient.officer == "LEAD01"
    story.given(absent("LEAD01"))
    passes(story, NOW + HOUR)
    held = story.notice("identity_held")
    assert (held.recipient.officer, held.restricted) == (f"restricted_access_lead:{CRC}", True)
