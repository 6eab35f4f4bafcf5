"""An agency learns the end of what was held, once, and nothing that a first receipt would not say.

What is said later of an event is what its first receipt would have said, had it ended so at once;
where that is what the agency was told already, it is told nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from deciding import (
    by_name_only,
    held_callout,
    joins,
    number_of,
    overrides,
    person_of,
    rejects,
    teaching,
)
from fixtures.ledger import RULES, Story
from following import passes
from merging.merges import merge, part
from sealing import stored
from sealing.planted import sealing, strangers
from world_builder import HEARD_AT, NOW, PARTNER, PERSON, a_county, allocated, assigned, callout

from streams.domain.agencies import AgencyRegister, ReceiptGrant
from streams.engines.embedded import EmbeddedEngine
from streams.ledger.comparing import differences
from streams.ledger.outbox import Withheld, unsent
from streams.ledger.replaying import replay
from streams.services.relay import in_order_by, parcel

if TYPE_CHECKING:
    from fixtures.new_ledgers import NewLedger

    from streams.pipeline import Rules

HOUR: Final = timedelta(hours=1)
EVERY: Final = tuple(ReceiptGrant)
POLICE: Final = "durham-police"


def granting(rules: Rules, *grants: ReceiptGrant) -> Rules:
    """Return rules by which the police's receipts may say more."""
    register = rules.register
    police = replace(register.agencies[POLICE], receipts=frozenset(grants))
    agencies = {**register.agencies, POLICE: police}
    return replace(rules, register=AgencyRegister(agencies, register.providers))


def told(story: Story) -> list[tuple[str, str, str | None]]:
    """Return all that the police were told: of which event, what, and by which code."""
    return [
        (answer["event_id"], answer["outcome"], answer["code"])
        for topic, receipt in story.receipts
        if topic == f"receipts.{POLICE}"
        for answer in receipt["answers"]
    ]


@pytest.fixture
def granted(story: Story) -> Story:
    """Give the county with somebody else, where the police may read everything in receipts."""
    story.given(allocated(PARTNER, team="ALD"), assigned(PARTNER, "OFF02"))
    story.session.execute("DELETE FROM outbox")
    story.engine.ledger.rules = granting(RULES, *EVERY)
    return story


def test_a_human_joins(granted: Story) -> None:
    """What was held and is delivered is said in a record of its own, with the event's place."""
    said = held_callout()
    granted.when(callout(), said)
    joins(granted, number_of(granted, said), person_of(granted), at=NOW + HOUR)
    held, delivered = ("held", None), ("routed", "changed")
    assert told(granted)[1:] == [(said.event_id, *held), (said.event_id, *delivered)]
    first, later = (receipt for _, receipt in granted.receipts)
    assert (later["topic"], later["partition"]) == (first["topic"], first["partition"])
    assert later["answers"][0]["offset"] == first["answers"][1]["offset"]
    assert later["made"]["at"] == NOW + HOUR
    assert later["made"]["id"] != first["made"]["id"]
    assert later["answers"][0]["words"] is None


def test_what_is_said_later_comes_later(granted: Story) -> None:
    """The relay has one receipt of a partition under way at a time, and waits for no other."""
    said = held_callout()
    granted.when(said)
    joins(granted, number_of(granted, said), person_of(granted))
    first, later, *steps = sorted(
        unsent(granted.session, Withheld(set(), set()), 100), key=lambda each: each.step is not None
    )
    assert in_order_by(parcel(first)) == in_order_by(parcel(later))
    assert in_order_by(parcel(first)) not in {in_order_by(parcel(each)) for each in steps}
    assert first.id < later.id


def test_a_human_rejects(granted: Story) -> None:
    """What is about nobody whom we know is said to whom that may be said."""
    said = held_callout()
    granted.when(said)
    rejects(granted, number_of(granted, said))
    assert told(granted) == [(said.event_id, "held", None), (said.event_id, "nobodys", "changed")]


def test_it_becomes_certain(granted: Story) -> None:
    """What the clock binds is said as what a human joins."""
    said = by_name_only()
    granted.when(said)
    granted.when(teaching())
    assert passes(granted, NOW + HOUR) == 1
    assert told(granted)[-1] == (said.event_id, "routed", "changed")


def test_it_is_opened_from_the_sealed_store(story: Story) -> None:
    """What was nobody's and is told as look-back is said to be delivered."""
    ledger = story.engine.ledger
    stored.turn_on(ledger)
    ledger.rules = granting(sealing(RULES), *EVERY)
    (one,) = strangers(1, seed=11)
    said = one.said()
    story.when(said)
    crn = {"kind": "crn", "value": "X700001"}
    known = {**one.reference, "identifiers": [*one.reference["identifiers"], crn]}
    story.when(*(each.but(person=known) for each in stored.becomes_known()))
    assert stored.passes(story, NOW + stored.DAY + HOUR) > 0
    assert told(story) == [(said.event_id, "nobodys", None), (said.event_id, "routed", "changed")]


@pytest.mark.parametrize(
    ("grants", "delivered", "rejected"),
    [
        ((), ["accepted"], ["accepted"]),
        ((ReceiptGrant.HELD,), ["held", "accepted"], ["held", "accepted"]),
        ((ReceiptGrant.ROUTED,), ["accepted", "routed"], ["accepted"]),
        ((ReceiptGrant.NOBODYS,), ["accepted"], ["accepted", "nobodys"]),
        (EVERY, ["held", "routed"], ["held", "nobodys"]),
    ],
)
def test_nobody_learns_more_than_at_first(
    granted: Story, grants: tuple[ReceiptGrant, ...], delivered: list[str], rejected: list[str]
) -> None:
    """Without a grant nothing comes later: that would say that something was waited for."""
    granted.engine.ledger.rules = granting(RULES, *grants)
    one, other = held_callout(), held_callout(reference="DA-2")
    granted.when(one, other)
    rejects(granted, number_of(granted, other))
    joins(granted, number_of(granted, one), person_of(granted))
    said = told(granted)
    assert [outcome for event, outcome, _ in said if event == one.event_id] == delivered
    assert [outcome for event, outcome, _ in said if event == other.event_id] == rejected


def test_it_is_said_once(granted: Story) -> None:
    """A repeated decision, one that is not taken, and another person of ours say nothing more."""
    said = held_callout()
    granted.when(said)
    seq, mine = number_of(granted, said), person_of(granted)
    joins(granted, seq, mine)
    before = told(granted)
    joins(granted, seq, mine)
    rejects(granted, seq, "MGR01")
    overrides(granted, seq, person_of(granted, PARTNER), instead_of="DESK01")
    assert told(granted) == before


def test_a_decision_that_is_reversed_is_said(granted: Story) -> None:
    """Each end is said in its order, and nothing of whom it is or was about."""
    said = held_callout()
    granted.when(said)
    seq = number_of(granted, said)
    joins(granted, seq, person_of(granted))
    overrides(granted, seq, None, "DESK01")
    overrides(granted, seq, person_of(granted, PARTNER), "DESK01")
    assert [outcome for _, outcome, _ in told(granted)] == ["held", "routed", "nobodys", "routed"]
    shown = repr(granted.receipts)
    mine = (person_of(granted), PERSON.crn, PERSON.family_name, "OFF01", "OFF02", "DESK01")
    assert not [each for each in mine if str(each) in shown]


def test_what_nobody_can_tell_apart_is_held_again(granted: Story) -> None:
    """Two people are two again, and several events go back to wait: one record says so of all."""
    both: list[Any] = [callout(reference=f"DA-{number}") for number in (5, 6)]
    for each in both:
        each.record["person"]["identifiers"] += PARTNER.reference("pnc")["identifiers"]
    merged = merge(granted)
    granted.when(*both)
    part(granted, merged)
    ids = [each.event_id for each in both]
    assert told(granted) == [
        *((each, "routed", None) for each in ids),
        *((each, "held", "changed") for each in ids),
    ]
    assert len(granted.receipts) == 2


def test_a_replay_answers_nobody(new_ledger: NewLedger) -> None:
    """What was said later is not said again by a replay, whose ledger is the same."""
    first, again = new_ledger(), new_ledger()
    first.rules = again.rules = granting(first.rules, *EVERY)
    story = Story(EmbeddedEngine(first, NOW))
    said = held_callout()
    story.when(*a_county(), at=HEARD_AT)
    story.when(said)
    joins(story, number_of(story, said), person_of(story))
    replay(first.session, again)
    assert differences(first.session, again.session) == []
    answers = "SELECT count(*) FROM outbox WHERE step IS NULL"
    assert again.session.execute(answers).fetchone() == (0,)
