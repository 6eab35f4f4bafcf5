"""One officer who has two open notices of one matter, since two people are one, is told that."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from fixtures.ledger import Story
from following import answers
from merging.invariants import faults
from merging.merges import differences, holds, merge, part, who_is
from world_builder import (
    HEARD_AT,
    NOW,
    PARTNER,
    PERSON,
    a_county,
    allocated,
    arrested,
    assigned,
    callout,
)

from streams.domain.notices import Move, Notice
from streams.engines.embedded import EmbeddedEngine
from streams.ledger.comparing import differences as compared
from streams.ledger.replaying import replay

if TYPE_CHECKING:
    from fixtures.new_ledgers import NewLedger

HOUR = timedelta(hours=1)
SUSPECT = "domestic_abuse_callout_suspect"
TWO = (
    allocated(PARTNER),
    assigned(PARTNER, "OFF02", effective_at=NOW - timedelta(days=1)),
    callout(PERSON, reference="DA-1"),
)
AGAIN = callout(PARTNER, reference="DA-1", grade="high")
"""The same call-out, told of the other record of the one man."""


@pytest.fixture
def one_callout(story: Story) -> Story:
    """Give a call-out that the police told twice, of two records of one man."""
    story.given(*TWO)
    story.given(AGAIN, at=NOW + HOUR)
    return story


def both(story: Story) -> tuple[Notice, Notice]:
    """Return the two notices of the call-out, the earlier first."""
    earlier, later = (each for each in story.notices if each.type == SUSPECT)
    return earlier, later


def beside(notice: Notice) -> list[str]:
    """Return what a notice says of another."""
    return [each.what for each in notice.actions if "The same matter" in each.what]


def test_the_later_says_that_the_earlier_exists(one_callout: Story) -> None:
    """Both stay, each with its events and its time, and the later one names the earlier."""
    was = both(one_callout)
    merge(one_callout, at=NOW + 2 * HOUR)
    earlier, later = both(one_callout)
    assert {each.recipient.officer for each in (earlier, later)} == {"OFF02"}
    assert beside(earlier) == []
    assert beside(later) == [
        f"The same matter is in notice {earlier.id} too: read them together, and answer each."
    ]
    assert [each.sources for each in (earlier, later)] == [each.sources for each in was]
    assert later.due_at == was[1].due_at
    assert faults(one_callout, NOW + 2 * HOUR) == []


def test_a_merge_undone_leaves_neither_word(one_callout: Story) -> None:
    """Every table but those of history is as it was."""
    before = holds(one_callout.session)
    part(one_callout, merge(one_callout, at=NOW + 2 * HOUR), at=NOW + 2 * HOUR)
    assert differences(before, holds(one_callout.session)) == {}


def test_what_was_read_since_does_not_go_on_saying_so(one_callout: Story) -> None:
    """A notice that its officer has read meanwhile loses the word when the two are two again."""
    merged = merge(one_callout, at=NOW + 2 * HOUR)
    _, later = both(one_callout)
    answers(one_callout, later, Move.READ, "OFF02", at=NOW + 2 * HOUR)
    part(one_callout, merged, at=NOW + 2 * HOUR)
    _, later = both(one_callout)
    assert later.person_id == who_is(one_callout, PARTNER)
    assert beside(later) == []
    assert faults(one_callout, NOW + 2 * HOUR) == []


def test_what_is_answered_or_of_another_matter_says_nothing(one_callout: Story) -> None:
    """Nobody is rung for what they have acknowledged, nor told of what is no matter of both."""
    _, later = both(one_callout)
    answers(one_callout, later, Move.ACKNOWLEDGE, "OFF02", at=NOW + HOUR)
    one_callout.when(arrested(PERSON), at=NOW + HOUR)
    merge(one_callout, at=NOW + 2 * HOUR)
    assert [said for each in one_callout.notices for said in beside(each)] == []


def test_it_is_replayed(new_ledger: NewLedger) -> None:
    """What a merge says beside notices comes out the same."""
    first, again = new_ledger(), new_ledger()
    story = Story(EmbeddedEngine(first, NOW))
    story.when(*a_county(), at=HEARD_AT)
    story.when(*TWO)
    story.when(AGAIN, at=NOW + HOUR)
    merged = merge(story, at=NOW + 2 * HOUR)
    assert beside(both(story)[1])
    part(story, merged, at=NOW + 3 * HOUR)
    replay(first.session, again)
    assert compared(first.session, again.session) == []
