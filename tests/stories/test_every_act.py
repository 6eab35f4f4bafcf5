"""Every kind of act that there is happens in one ledger, and a replay of it gives the same ledger.

Who adds a kind of act adds it to the story: one that is in no story fails here.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest
from deciding import (
    clock_does,
    does,
    held_callout,
    joins,
    number_of,
    overrides,
    person_of,
    rejects,
)
from fixtures.ledger import Story
from following import answers
from merging.merges import merge, part
from sealing.planted import strangers
from sealing.stored import becomes_known, passes, turn_on
from world_builder import (
    HEARD_AT,
    NOW,
    PARTNER,
    a_county,
    absent,
    allocated,
    assigned,
    back,
    callout,
    left,
)

from streams.domain.acts import KINDS
from streams.domain.identity_acts import ReviewShown, ReviewWaited
from streams.domain.notices import Move
from streams.engines.embedded import EmbeddedEngine
from streams.ledger.comparing import differences
from streams.ledger.replaying import replay
from streams.ledger.verify import verify

if TYPE_CHECKING:
    from fixtures.new_ledgers import NewLedger

    from streams.ledger.transaction import Ledger

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
HEADS: Final = "SELECT chain, length, hash FROM audit_head ORDER BY chain"


def begins(ledger: Ledger) -> Story:
    """Give the county two people, with an officer each, and a sealed store."""
    turn_on(ledger)
    story = Story(EmbeddedEngine(ledger, NOW))
    case = (allocated(PARTNER), assigned(PARTNER, "OFF02"))
    story.when(*a_county(), *case, at=HEARD_AT)
    return story


def decides(story: Story) -> None:
    """Desks read and decide whom events are about, or not in time, and override each other."""
    joined, certain = (held_callout(reference=each) for each in ("DA-1", "DA-2"))
    rejected = held_callout(PARTNER, reference="DA-3")
    waits = held_callout(PARTNER, reference="DA-4", grade="high")
    story.when(waits)
    answers(story, story.notice("identity_held"), Move.ACKNOWLEDGE, "DESK01")
    story.when(joined, certain, rejected)
    seq = number_of(story, joined)
    does(story, ReviewShown(seq, "DESK01"), at=NOW)
    does(story, ReviewShown(seq, "OFF02"), at=NOW)
    joins(story, seq, person_of(story))
    rejects(story, number_of(story, rejected))
    passes(story, NOW + HOUR)
    overrides(story, seq, None, instead_of="DESK01", at=NOW + HOUR)
    assert passes(story, NOW + 2 * HOUR) > 0
    assert clock_does(story, ReviewWaited(seq), at=NOW + 3 * HOUR).acts == ()


def comes_and_goes(story: Story) -> None:
    """Officers are away, come back and leave; a case changes hands; nobody answers in time."""
    at = NOW + 4 * HOUR
    story.when(callout(grade="high", reference="DA-7"), at=at)
    story.when(absent(starts_at=at, at=at), left("OFF02", at, at=at), at=at)
    story.when(assigned(effective_at=at + HOUR, at=at), at=at)
    passes(story, at)
    passes(story, at + HOUR)
    story.when(back(ended_at=at + 2 * HOUR, at=at + 2 * HOUR), at=at + 2 * HOUR)
    passes(story, at + 2 * HOUR)
    passes(story, at + 2 * DAY)


def merges(story: Story) -> None:
    """Two people become one and are two again."""
    at = NOW + 3 * DAY
    merged = merge(story, at=at)
    story.when(callout(PARTNER, reference="DA-9"), at=at)
    assert part(story, merged, at=at).refused == ()


def seals(story: Story) -> None:
    """Of two sealed events one is opened, when its person is known, and one is erased."""
    at = NOW + 4 * DAY
    opened, erased = strangers(2, seed=11)
    story.when(opened.said(), erased.said(), at=at)
    crn = {"kind": "crn", "value": "X700001"}
    known = {**opened.reference, "identifiers": [*opened.reference["identifiers"], crn]}
    story.when(*(each.but(person=known) for each in becomes_known(at + DAY)))
    passes(story, at + DAY)
    passes(story, at + 30 * DAY)


@pytest.fixture
def lived(new_ledger: NewLedger) -> Story:
    """Give a ledger in which everything has been done that can be."""
    story = begins(new_ledger())
    for part_of_it in (decides, comes_and_goes, merges, seals):
        part_of_it(story)
    return story


def test_every_kind_of_act_is_replayed(lived: Story, new_ledger: NewLedger) -> None:
    """Each kind was done, each is done again, and the ledger is the same to each chain's end."""
    kinds = dict(lived.rows("SELECT kind, count(*) FROM act GROUP BY 1"))
    assert set(kinds) == set(KINDS)
    first, again = lived.engine.ledger, new_ledger()
    with first.session.transaction():
        assert list(verify(first.session, lambda _: None)) == []
    again.rules = first.rules
    replay(first.session, again)
    assert differences(first.session, again.session) == []
    assert dict(again.session.execute("SELECT kind, count(*) FROM act GROUP BY 1")) == kinds
    assert first.session.execute(HEADS).fetchall() == again.session.execute(HEADS).fetchall()
