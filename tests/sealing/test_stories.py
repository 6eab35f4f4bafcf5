"""What is said of a suspect whom nobody knows waits unreadable, and reaches whoever has them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from fixtures.ledger import SECRET
from sealing.stored import DAY, VAULT, a_clock, becomes_known, kept, passes, turn_on
from world_builder import NOW, PERSON, STRANGER, THIRD, Said, arrested, callout, no_further_action
from world_run import RULES

from streams.domain.agencies import SEALED_FOR_MAX
from streams.domain.merge_acts import PeopleMerged
from streams.ledger.acting import DESK_CHAIN, Actor
from streams.ledger.picking import Watch
from streams.ledger.unsealing import SealedStore
from streams.pipeline import Disposition

if TYPE_CHECKING:
    from fixtures.ledger import Story

MINUTE = timedelta(minutes=1)
POLICE = "feed.durham-police"


@pytest.fixture
def sealing_story(story: Story) -> Story:
    """Give a story in the county, with the sealed store on for the police."""
    turn_on(story.engine.ledger)
    return story


def known_by(said: Said, **reference: object) -> Said:
    """Say the same of the stranger with another reference."""
    return said.but(person={**STRANGER.reference(), **reference})


def told_of(story: Story, *types: str) -> list[tuple[str, str]]:
    """Return who was told of what, by the matters that begin like this."""
    return [(n.type, n.recipient.officer) for n in story.notices if n.type in types]


def test_what_was_sealed_reaches_the_officer_with_its_age(sealing_story: Story) -> None:
    """Sealed when nobody knew the suspect; told once somebody has them; then the copy is gone."""
    story = sealing_story
    said = callout(STRANGER, "DA-9")
    story.when(said)
    assert story.came_out() == []
    assert story.rows(
        "SELECT disposition, payload, person_id FROM event ORDER BY seq DESC LIMIT 1"
    ) == [("recorded", None, None)]
    ((ended, has_content, keys),) = kept(story)
    assert (ended, has_content) == (None, True)
    assert keys > 1
    passes(story, NOW + MINUTE)
    assert kept(story) == [(None, True, keys)]

    story.when(*becomes_known())
    assert passes(story, NOW + DAY + MINUTE) > 0

    notice = story.notice("domestic_abuse_callout_suspect")
    assert notice.recipient.officer == "OFF01"
    assert "this is 1 day old: it came before this person was known to us" in notice.why
    assert notice.late
    assert kept(story) == [("delivered", False, 0)]
    payload = "SELECT payload, disposition FROM event WHERE event_id = %s"
    assert story.rows(payload, said.event_id) == [(said.value, "routed")]
    assert passes(story, NOW + DAY + 2 * MINUTE) == 0
    assert len(told_of(story, "domestic_abuse_callout_suspect")) == 1


def test_where_the_store_is_off_nothing_is_sealed(story: Story) -> None:
    """That is how it is delivered: the event is recorded without its content, and never told."""
    story.engine.ledger.vault = VAULT
    story.when(callout(STRANGER), *becomes_known())
    assert passes(story, NOW + DAY) == 0
    assert kept(story) == []
    assert story.rows("SELECT count(*) FROM sealed_look") == [(0,)]


@pytest.mark.parametrize(
    "said",
    [
        *(callout(STRANGER, role=role) for role in ("victim", "witness", "both", "unclear")),
        callout(STRANGER, subject_category="victim"),
        callout(STRANGER, subject_category="child"),
        arrested(STRANGER),
        known_by(callout(STRANGER), born_on=(NOW - 17 * 365 * DAY).date()),
    ],
)
def test_nobody_but_a_suspect_who_is_no_child_is_sealed(sealing_story: Story, said: Said) -> None:
    """Of victims, witnesses, children and whoever is not said to be a suspect nothing stays."""
    sealing_story.when(said, *becomes_known())
    passes(sealing_story, NOW + 2 * DAY)
    assert kept(sealing_story) == []
    assert told_of(sealing_story, "domestic_abuse_callout_suspect", "new_offence") == []


def test_after_28_days_it_is_erased_by_the_clock(sealing_story: Story) -> None:
    """Not a minute before, and not found any more by whoever becomes known afterwards."""
    story = sealing_story
    story.when(callout(STRANGER))
    passes(story, NOW + SEALED_FOR_MAX - MINUTE)
    assert [each[1] for each in kept(story)] == [True]
    assert passes(story, NOW + SEALED_FOR_MAX) == 1
    assert kept(story) == [("erased", False, 0)]
    assert story.rows("SELECT kind FROM act ORDER BY seq DESC LIMIT 1") == [("sealed_erased",)]
    story.when(*becomes_known(NOW + SEALED_FOR_MAX + DAY))
    passes(story, NOW + SEALED_FOR_MAX + 2 * DAY)
    assert told_of(story, "domestic_abuse_callout_suspect") == []


def test_turned_off_again_it_opens_nothing_and_erases_on_time(sealing_story: Story) -> None:
    """Neither needs a key; whoever was noted to be looked for is forgotten with the rest."""
    story = sealing_story
    story.when(callout(STRANGER), *becomes_known())
    story.engine.ledger.rules, story.engine.ledger.vault = RULES, None
    clock = a_clock(story.engine.ledger, NOW + 2 * DAY)
    clock.actor.store, clock.watch = SealedStore(), Watch(RULES, DAY)
    clock.tick()
    assert [each[:2] for each in kept(story)] == [(None, True)]
    clock.now = lambda: NOW + SEALED_FOR_MAX
    clock.tick()
    assert kept(story) == [("erased", False, 0)]
    assert told_of(story, "domestic_abuse_callout_suspect") == []
    assert story.rows("SELECT count(*) FROM sealed_look") == [(0,)]


def test_what_its_publisher_takes_back_is_gone_at_once(sealing_story: Story) -> None:
    """A retraction in a later batch, in the same batch, or before the event, leaves nothing."""
    story = sealing_story
    first, second, third = (callout(STRANGER, f"DA-{n}") for n in range(3))
    story.when(first)
    story.when(first.retracted())
    assert kept(story) == [("taken_back", False, 0)]
    story.send(POLICE, second, second.retracted(), third.retracted(), third)
    assert kept(story) == [("taken_back", False, 0)]
    story.when(*becomes_known())
    passes(story, NOW + 2 * DAY)
    assert told_of(story, "domestic_abuse_callout_suspect") == []


def test_a_correction_takes_the_place_of_what_it_corrects(sealing_story: Story) -> None:
    """Only what holds is told; a correction that says victim erases, and is not sealed."""
    story = sealing_story
    said = callout(STRANGER)
    story.when(said)
    graver = said.corrected(grade="high")
    story.when(graver)
    assert [each[:2] for each in kept(story)] == [("taken_back", False), (None, True)]
    story.when(*becomes_known())
    passes(story, NOW + 2 * DAY)
    (notice,) = [n for n in story.notices if n.type == "domestic_abuse_callout_suspect"]
    assert notice.sources == (graver.key,)

    other = callout(STRANGER, "DA-7").but(person=SOMEBODY_ELSE)
    story.when(other)
    story.when(other.corrected(role="victim"))
    assert kept(story)[-1] == ("taken_back", False, 0)


def test_whoever_is_no_suspect_any_more_is_not_kept(sealing_story: Story) -> None:
    """No further action takes away what was sealed of that matter and person, and no other."""
    story = sealing_story
    suspect = {"subject_category": "suspect"}
    at_all = callout(STRANGER, "DA-1")
    story.when(
        arrested(STRANGER, "AR-1", incident_reference="DA-1", **suspect),
        at_all,
        at_all.but(person=SOMEBODY_ELSE),
        arrested(STRANGER, "AR-2", **suspect),
    )
    story.when(no_further_action(STRANGER, arrest_reference="AR-9"))
    assert {each[0] for each in kept(story)} == {None}
    story.when(no_further_action(STRANGER, arrest_reference="AR-1", incident_reference="DA-1"))
    assert [each[0] for each in kept(story)] == ["cleared", "cleared", None, None]
    assert [each[1] for each in kept(story)] == [False, False, True, True]


SOMEBODY_ELSE = {
    "identifiers": [],
    "name": {"given_name": "Thaddeus", "family_name": "Quarrendon"},
    "born_on": THIRD.born_on,
}


def test_the_same_event_again_is_a_repeat(sealing_story: Story) -> None:
    """Though the digest by which it is known is keyed; another content is a contradiction."""
    story = sealing_story
    said = callout(STRANGER)
    ended = [each for _ in range(2) for each in story.when(said)]
    assert [each.is_repeat for each in ended] == [False, True]
    (refused,) = story.when(said.same_id_but(grade="high"))
    assert refused.disposition is Disposition.QUARANTINED
    assert len(kept(story)) == 1


def test_an_identifier_that_appears_later_finds_what_was_sealed(sealing_story: Story) -> None:
    """Somebody known for long gets a PNC id: what came under it reaches their officer."""
    story = sealing_story
    without = {**STRANGER.reference("crn"), "name": None, "born_on": None}
    story.when(*(replace(each.but(person=without), came_at=NOW) for each in becomes_known(NOW)))
    story.when(known_by(callout(STRANGER), **STRANGER.reference("pnc")))
    passes(story, NOW + MINUTE)
    assert [each[0] for each in kept(story)] == [None]
    taught, _ = becomes_known(NOW + DAY)
    story.when(taught)
    passes(story, NOW + 2 * DAY)
    assert told_of(story, "domestic_abuse_callout_suspect") == [
        ("domestic_abuse_callout_suspect", "OFF01")
    ]
    assert kept(story) == [("delivered", False, 0)]


def test_a_name_and_a_birth_date_are_left_to_a_human(sealing_story: Story) -> None:
    """Without an identifier nobody is certain: it is held, and a desk is told, but not of what."""
    story = sealing_story
    story.when(known_by(callout(STRANGER)))
    story.when(*becomes_known())
    passes(story, NOW + 2 * DAY)
    assert kept(story) == [("held", False, 0)]
    assert told_of(story, "domestic_abuse_callout_suspect") == []
    assert [n.type for n in story.notices if n.type == "identity_held"] == ["identity_held"]
    assert story.rows("SELECT count(*) FROM review WHERE state = 'waiting'") == [(1,)]


def test_what_cannot_be_opened_is_said_to_operations_and_stops_nothing(
    sealing_story: Story,
) -> None:
    """A byte that was changed in the ledger costs that event, and neither another nor the clock."""
    story = sealing_story
    story.when(callout(STRANGER, "DA-1"), callout(STRANGER, "DA-2"))
    story.session.execute(
        "UPDATE sealed SET ciphertext = set_byte(ciphertext, 40, get_byte(ciphertext, 40) # 1)"
        " WHERE seq = (SELECT min(seq) FROM sealed)"
    )
    story.when(*becomes_known())
    passes(story, NOW + 2 * DAY)
    assert [each[:2] for each in kept(story)] == [(None, True), ("delivered", False)]
    assert len(told_of(story, "domestic_abuse_callout_suspect")) == 1
    alarms = story.rows("SELECT words FROM alarm WHERE subject = 'sealed store'")
    assert len(alarms) == 1
    assert "cannot be opened" in alarms[0][0]
    assert passes(story, NOW + 2 * DAY + MINUTE) == 0


def test_two_who_are_merged_are_looked_for(sealing_story: Story) -> None:
    """What tells a person apart may come of two records together, or be one's of the two."""
    story = sealing_story
    story.when(callout(STRANGER), *becomes_known(NOW, person=THIRD))
    passes(story, NOW + MINUTE)
    ((third,),) = story.rows("SELECT person_id FROM case_file WHERE crn = %s", THIRD.crn)
    ((known,),) = story.rows("SELECT person_id FROM case_file WHERE crn = %s", PERSON.crn)
    desk = Actor(story.session, story.engine.ledger.rules, DESK_CHAIN, secret=SECRET)
    done = desk.act([PeopleMerged(known, third, "MGR01", "one man with two numbers")], NOW + DAY)
    assert len(done.acts) == 1
    assert story.rows("SELECT person_id FROM sealed_look") == [(known,)]
    passes(story, NOW + DAY + MINUTE)
    assert story.rows("SELECT count(*) FROM sealed_look") == [(0,)]


def test_somebody_else_who_becomes_known_is_told_nothing(sealing_story: Story) -> None:
    """Only whoever it is about, or may be about, has anything to do with what is sealed."""
    story = sealing_story
    story.when(callout(STRANGER))
    story.when(*becomes_known(person=replace(PERSON, family_name="Ollerenshaw", number=771_203)))
    assert passes(story, NOW + 2 * DAY) == 0
    assert [each[0] for each in kept(story)] == [None]
    assert story.rows("SELECT count(*) FROM sealed_look") == [(0,)]
