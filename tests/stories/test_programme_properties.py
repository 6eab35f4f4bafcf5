"""Programmes and tests: whatever the order, the repeats, the splits and the crashes, one end."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from fixtures.ledger import told_and_forgotten
from hypothesis import given, settings
from hypothesis import strategies as st
from stories.disturbed import applied_with_a_crash, bounded, with_repeats
from stories.replayed import batches_of, play, snapshot
from world_builder import NOW, PARTNER, Said, a_county, absent, allocated, assigned, restricted
from world_programmes import (
    NPS_CASE,
    PROGRAMME_STAFF,
    attended,
    cautioned_tutor,
    completed,
    days,
    expected,
    found,
    missed,
    placed,
    progress,
    referred,
    reported,
    started,
    suspended,
    waiting,
    withdrawn,
)
from world_run import World

from streams.domain.duties import UNDONE
from streams.ledger.transaction import STEPS

if TYPE_CHECKING:
    from streams.ledger.connection import Session

many: Final = settings(max_examples=100, deadline=None, print_blob=True)
WORKER: Final = {"womens_safety_worker": "WSW01"}
PLACE: Final = (
    referred(),
    waiting(expected_start_on=days(80), start_by_on=days(63)),
    placed(),
    started(**WORKER),
    attended("S9"),
    missed("S1", **WORKER),
    missed("S2", stated_reason="care", **WORKER),
    missed("S3", **WORKER),
    progress(),
    completed(**WORKER),
    withdrawn(**WORKER),
    missed("S1", episode_reference="TSP-2", **WORKER),
)
"""Steps that contradict nothing, so that no order of them does."""
CONFIRMED_NOT: Final = [found(is_positive=False, standing="confirmed")]
RESULTS: Final = (
    expected("T1"),
    reported(),
    reported("negative", findings=CONFIRMED_NOT, publisher="north-east-laboratory"),
    expected("T2"),
    reported(test="T2"),
    reported("missed", "T3"),
    reported("refused", "T4"),
    reported("diluted", "T5"),
    expected("T6"),
    reported("negative", "T7"),
)
CHANGES: Final = (
    attended("S1"),
    missed("S1", **WORKER).retracted(),
    missed("S2", **WORKER).corrected(stated_reason="health"),
    placed().corrected(starts_on=days(3)),
    referred().retracted(),
    reported().retracted(),
    reported(test="T2").corrected(outcome="diluted", findings=[]),
    reported("missed", "T3").same_id_but(outcome="refused"),
    suspended(),
    cautioned_tutor(),
    missed("S1", PARTNER, episode_reference="BBR-2"),
    allocated(PARTNER),
    assigned(PARTNER, "OFF02"),
    assigned(officer="OFF02", effective_at=NOW),
    restricted(),
    absent("OFF01", "OFF02"),
    absent("WSW01"),
    *NPS_CASE[2:],
)
anything: Final = st.lists(st.sampled_from([*PLACE, *RESULTS, *CHANGES]), min_size=2, max_size=14)
orders: Final = st.lists(
    st.sampled_from([*PLACE, *RESULTS]), min_size=2, unique_by=lambda said: said.key
).flatmap(lambda said: st.tuples(st.just(said), st.permutations(said)))


def played(session: Session, said: list[Said], sizes: tuple[int, ...] = (500,)) -> dict[str, Any]:
    """Play events on a ledger that forgets them, and return what was left."""
    with told_and_forgotten(session) as story:
        story.given(*PROGRAMME_STAFF)
        return play(story, batches_of(said, sizes))


@bounded
@given(said=anything, again=st.lists(st.integers(0, 100), max_size=6))
def test_repeats_change_nothing(county_ledger: Session, said: list[Said], again: list[int]) -> None:
    """Whatever is sent again, at any later time, leaves what was there."""
    assert played(county_ledger, with_repeats(said, again)) == played(county_ledger, said)


@bounded
@given(said=anything, sizes=st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple))
def test_batch_splits_change_nothing(
    county_ledger: Session, said: list[Said], sizes: tuple[int, ...]
) -> None:
    """A batch of many ends exactly where many batches of one would."""
    assert played(county_ledger, said, sizes) == played(county_ledger, said)


@bounded
@given(said=anything, name=st.sampled_from(STEPS), at=st.integers(0, 100))
def test_a_crash_after_any_effect_loses_and_doubles_nothing(
    county_ledger: Session, said: list[Said], name: str, at: int
) -> None:
    """A batch that dies at a named step is applied again and ends where it would have."""
    with told_and_forgotten(county_ledger) as story:
        story.given(*PROGRAMME_STAFF)
        applied_with_a_crash(story, batches_of(said, (3,)), name, at)
        after = snapshot(story)
    assert after == played(county_ledger, said, (3,))


@cache
def a_world() -> World:
    """Return the county with a tutor and a safety worker; a batch changes nothing of it."""
    world = World()
    world.send(*a_county(), *PROGRAMME_STAFF)
    return world


def end_of(said: list[Said]) -> dict[str, object]:
    """Return who was told of which matter, what is awaited, and what counts, in the end."""
    county = a_world()
    world = World(loaded=county.loaded, seq=county.seq)
    world.send(*said)
    notices = [n for n in world.notices if n.type != "substance_test_positive"]
    absences = [n.facts["absences"] for n in world.of_type("programme_session")]
    positives = [n.facts["positives"] for n in world.of_type("substance_test_positive")]
    times = [n.facts["times"] for n in world.of_type("substance_test_not_completed")]
    return {
        "told": {(n.type, n.recipient.officer, n.matter) for n in notices},
        "kinds": len(notices),
        "awaited": {(duty.kind, duty.matter) for duty in world.duties if duty.state in UNDONE},
        "absences": sorted(absences),
        "positives": sum(positives),
        "times": sum(times),
    }


@many
@given(both=orders)
def test_any_order_tells_the_same_people_of_the_same_matters(
    both: tuple[list[Said], list[Said]],
) -> None:
    """Steps of places and results of tests in any order: the same told, awaited and counted.

    What a confirmation puts right is told only if it came first; it counts in neither order.
    """
    one, other = both
    assert end_of(other) == end_of(one)
