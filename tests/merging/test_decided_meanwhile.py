"""What a human decided about an event while two people were taken for one, once they are two again.

A machine never undoes a human's decision: where their word, or the event's own identifiers, say
which of the two it is, it stands; only what is truly open is asked again, and they are told.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest
from deciding import by_name_only, ended, held_callout, number_of, review_of
from fixtures.ledger import Story
from merging.invariants import faults
from merging.merges import act, merge, part, who_is
from world_builder import (
    HEARD_AT,
    NOW,
    PARTNER,
    PERSON,
    Person,
    Said,
    a_county,
    allocated,
    assigned,
    callout,
)

from streams.domain.acts import from_bytes, to_bytes
from streams.domain.identity_acts import EventJoined, EventOverridden
from streams.domain.reviews import ReviewState
from streams.engines.embedded import EmbeddedEngine
from streams.ledger.comparing import differences
from streams.ledger.replaying import replay

if TYPE_CHECKING:
    from fixtures.new_ledgers import NewLedger

WHY: Final = "the police have read the arrest record again"
TOLD: Final = "domestic_abuse_callout_role_unclear"
OPENING: Final = (
    allocated(PARTNER),
    assigned(PARTNER, "OFF02", effective_at=NOW - timedelta(days=1)),
)


@pytest.fixture
def two(story: Story) -> Story:
    """Give a story with two people: OFF01 has the one, OFF02 the other."""
    story.given(*OPENING)
    return story


def joined_between(story: Story, said: Said, named: str | None, *, by: str = "DESK01") -> int:
    """Hold an event, merge, let somebody join it, and part the two again; return its number."""
    story.when(said)
    seq = number_of(story, said)
    merged = merge(story)
    join = EventJoined(seq, who_is(story, PERSON), by, WHY, named)
    assert act(story, join).refused == ()
    assert part(story, merged).refused == ()
    return seq


def has(story: Story, seq: int) -> list[str]:
    """Return who has what is told of an event, where it still stands."""
    ((key,),) = story.rows("SELECT event_id FROM event WHERE seq = %s", seq)
    return [
        each.recipient.officer
        for each in story.notices
        if each.type == TOLD
        and each.state != "withdrawn"
        and key in {event for _, event in each.sources}
    ]


@pytest.mark.parametrize(("whose", "officer"), [(PERSON, "OFF01"), (PARTNER, "OFF02")])
def test_it_goes_to_whom_the_human_named(two: Story, whose: Person, officer: str) -> None:
    """Whoever joined it by the number of one of the two has decided which, whatever it says."""
    seq = joined_between(two, held_callout(), whose.crn)
    assert ended(two, seq) == ("routed", who_is(two, whose))
    review = review_of(two, seq)
    assert (review.state, review.decided_by) == (ReviewState.JOINED, "DESK01")
    assert review.person_id == who_is(two, whose)
    assert has(two, seq) == [officer]
    assert faults(two, NOW) == []


@pytest.mark.parametrize("whose", [PERSON, PARTNER])
def test_it_goes_to_whom_its_identifiers_name(two: Story, whose: Person) -> None:
    """A human has said that it is the one: which of the two, its PNC id says without the name."""
    seq = joined_between(two, held_callout(whose), None)
    assert ended(two, seq) == ("routed", who_is(two, whose))
    review = review_of(two, seq)
    assert (review.state, review.person_id) == (ReviewState.JOINED, who_is(two, whose))
    assert "decision_reopened" not in {each.type for each in two.notices}
    assert faults(two, NOW) == []


def test_an_override_stands_as_a_join_does(two: Story) -> None:
    """What a human took from somebody else to the one goes to the number that they named."""
    said = callout(PERSON, reference="DA-7")
    two.when(said)
    seq = number_of(two, said)
    act(two, EventOverridden(seq, None, "MGR01", WHY))
    merged = merge(two)
    over = EventOverridden(seq, who_is(two, PERSON), "MGR01", WHY, "MGR01", PARTNER.crn)
    assert act(two, over).refused == ()
    part(two, merged)
    assert ended(two, seq) == ("routed", who_is(two, PARTNER))
    assert review_of(two, seq).state is ReviewState.OVERRIDDEN
    assert faults(two, NOW) == []


def test_what_is_truly_open_is_asked_again_and_they_are_told(two: Story) -> None:
    """Neither the human nor the event says which: it waits, and who decided reads that it does."""
    said = by_name_only()
    seq = joined_between(two, said, None, by="MGR01")
    assert ended(two, seq) == ("held", None)
    assert review_of(two, seq).waits
    assert has(two, seq) == []
    asked = next(each for each in two.notices if each.type == "identity_held" and each.waits)
    assert asked.recipient.officer == "DESK01"
    assert "(MGR01) had decided that it is about the one person" in asked.facts["reason"]
    told = two.notice("decision_reopened")
    assert (told.recipient.officer, told.person_id) == ("MGR01", None)
    assert told.facts["events"] == [said.event_id]
    assert told.facts["parted_by"] == "MGR01"
    assert faults(two, NOW) == []


def test_whoever_is_asked_again_is_told_once(two: Story) -> None:
    """Where the desk that decided is the one that is asked, the question itself says it."""
    joined_between(two, by_name_only(), None)
    assert "decision_reopened" not in {each.type for each in two.notices}
    asked = next(each for each in two.notices if each.type == "identity_held" and each.waits)
    assert "(DESK01) had decided" in asked.facts["reason"]


def test_a_number_that_was_learnt_since_says_nothing(two: Story) -> None:
    """A number of the one that neither of the two had names neither of them."""
    said = by_name_only()
    two.when(said)
    seq = number_of(two, said)
    merged = merge(two)
    new = PERSON.reference("crn")
    new["identifiers"] = [*new["identifiers"], {"kind": "crn", "value": "X700001"}]
    two.when(assigned(PERSON, "OFF02", at=NOW).but(person=new))
    act(two, EventJoined(seq, who_is(two, PERSON), "DESK01", WHY, "X700001"))
    part(two, merged)
    assert ended(two, seq) == ("held", None)


def test_what_the_join_taught_goes_with_it(two: Story) -> None:
    """A prison number that a human's decision taught is of whom the event is about after all."""
    joined_between(two, by_name_only(), PARTNER.crn)
    by_number = {"identifiers": [{"kind": "nomis", "value": "A1234BC"}]}
    asked = callout(reference="DA-8", role="unclear").but(person=by_number)
    two.when(asked)
    assert ended(two, number_of(two, asked)) == ("routed", who_is(two, PARTNER))


def test_a_later_human_still_overrides_by_name(two: Story) -> None:
    """What stands is a human's decision still: who disagrees says with whom they disagree."""
    seq = joined_between(two, held_callout(), PARTNER.crn)
    mine = who_is(two, PERSON)
    (words,) = act(two, EventOverridden(seq, mine, "MGR01", WHY)).refused
    assert "DESK01" in words
    assert act(two, EventOverridden(seq, mine, "MGR01", WHY, "DESK01")).refused == ()


def test_decisions_between_are_replayed(new_ledger: NewLedger) -> None:
    """Whoever named what, and what went back, comes out the same, down to each chain's end."""
    first, again = new_ledger(), new_ledger()
    story = Story(EmbeddedEngine(first, NOW))
    story.when(*a_county(), at=HEARD_AT)
    story.when(*OPENING)
    joined_between(story, held_callout(), PARTNER.crn)
    joined_between(story, by_name_only(reference="DA-12"), None, by="MGR01")
    replay(first.session, again)
    assert differences(first.session, again.session) == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (
            "event_joined",
            b'{"event_seq":7,"person_id":"80b875a8-017c-59f4-aa80-aa1e9fb0b32c","by":"D","reason":""}',
        ),
        (
            "event_overridden",
            b'{"event_seq":7,"person_id":null,"by":"D","reason":"r","instead_of":null}',
        ),
    ],
)
def test_an_act_from_before_is_written_again_as_it_was(kind: str, body: bytes) -> None:
    """A replay of a ledger whose decisions named no number writes the same bytes."""
    assert to_bytes(from_bytes(kind, body)) == body
