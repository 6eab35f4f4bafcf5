"""Batches of any size end alike, and what may come in any order ends alike in any order."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st
from world_builder import (
    NOW,
    PARTNER,
    PERSON,
    STRANGER,
    Said,
    a_county,
    absent,
    allocated,
    arrested,
    assigned,
    bailed,
    callout,
    charged,
    enforced_by,
    listed,
    no_further_action,
    on_register,
    order_ended,
    order_made,
    restricted,
    resulted,
)
from world_run import World

from streams.domain.notices import NoticeState
from streams.stages.summarise import CASE_HANDED_OVER

DAY = timedelta(days=1)
COURT_ORDER = [{"kind": "community_order"}]
FIRST = callout(grade="high")
EVENTS: Final[tuple[Said, ...]] = (
    *a_county(),
    allocated(PARTNER),
    assigned(PARTNER, "OFF02"),
    FIRST,
    FIRST.same_id_but(grade="medium"),
    FIRST.same_id_but(grade="medium", supersedes=FIRST.event_id),
    FIRST.corrected(grade="standard"),
    FIRST.corrected(grade="standard").retracted(),
    FIRST.retracted(),
    callout(PARTNER, role="victim"),
    callout(reference="DA-2"),
    callout(reference="DA-3"),
    callout(reference="DA-3").retracted(),
    callout(STRANGER),
    callout(reference="DA-9").but(person=PERSON.reference()),
    no_further_action(incident_reference="DA-2"),
    arrested(covert=True),
    bailed(),
    charged(),
    listed(),
    resulted(PERSON, "order_made", orders=COURT_ORDER),
    enforced_by(),
    absent(cover="OFF02"),
    assigned(officer="OFF02", effective_at=NOW),
    assigned(officer="OFF02", effective_at=NOW).retracted(),
    restricted(PERSON, "OFF02"),
    on_register("ADVP"),
    order_made(),
    order_ended(),
    order_ended().retracted(),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(EVENTS), max_size=40), st.integers(1, 7))
def test_a_batch_of_many_ends_where_batches_of_few_do(said: list[Said], batch_max: int) -> None:
    """Whatever agencies send, in whatever order, the size of a fetch changes nothing."""
    whole, parts = World(), World()
    whole.send(*said)
    parts.send(*said, batch_max=batch_max)
    assert whole.snapshot() == parts.snapshot()
    assert [told.notice for told in whole.told] == [told.notice for told in parts.told]
    assert [told.move for told in whole.told] == [told.move for told in parts.told]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(EVENTS), max_size=40))
def test_repeats_change_nothing(said: list[Said]) -> None:
    """Sending everything again leaves every notice, duty, fact and case as it was."""
    world = World()
    world.send(*a_county(), *said)
    before = world.snapshot()
    accepted = [each.prepared.opened for each in world.ended if each.seq is not None]
    again = [
        each
        for each in said
        if any(opened and opened.raw.value == each.value for opened in accepted)
    ]
    ended = world.send(*again)
    assert all(each.is_repeat for each in ended)
    assert world.told == []
    assert {**world.snapshot(), "ended": None} == {**before, "ended": None}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(EVENTS), max_size=40))
def test_every_event_ends_somewhere_and_every_notice_has_somebody(said: list[Said]) -> None:
    """A record is routed, recorded, held, quarantined or a repeat, and always with a reason."""
    world = World()
    ended = world.send(*said)
    assert len(ended) == len(said)
    assert all(each.because for each in ended)
    assert all(each.seq is not None or each.refusal or each.is_repeat for each in ended)
    assert len({notice.id for notice in world.notices}) == len(world.notices)
    for notice in world.notices:
        assert notice.recipient.officer
        assert notice.recipient.name
        if notice.type != CASE_HANDED_OVER:  # that tells of no event, but of what is open
            assert bool(notice.sources) is (notice.state is not NoticeState.WITHDRAWN)


CALLOUTS = tuple(
    callout(reference=f"DA-{n}", at=NOW - n * 100 * DAY).late(days=n * 100) for n in range(6)
)


@settings(max_examples=60, deadline=None)
@given(st.permutations(CALLOUTS), st.sets(st.integers(0, 5), max_size=2))
def test_repeat_callouts_are_counted_alike_in_any_order(order: list[Said], ended: set[int]) -> None:
    """The manager hears of three in twelve months whichever of them was heard of last."""
    nfa = [no_further_action(incident_reference=f"DA-{n}") for n in ended]
    world = World()
    world.send(*a_county(), *nfa, *order)
    days = [n * 100 for n in range(6) if n not in ended]
    most = max(sum(first <= day <= first + 365 for day in days) for first in days)
    told = world.of_type("repeat_domestic_abuse_callouts")
    assert len(told) == (1 if most >= 3 else 0)
    assert all(notice.facts["callouts"] >= 3 for notice in told)
