"""Generated histories of identity end sound, and a merge undone leaves no trace.

Two hundred are played; `SWITCHBOARD_HISTORIES=1000` plays a thousand (five minutes). The seed of a
failing one is its number: `-k "histories[...]"` plays its part of them again.
"""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING, Final

import pytest
from fixtures.ledger import told_and_forgotten
from merging.generated import KNOWN, MANAGER, STEPS_MAX, History, opening
from merging.invariants import faults
from merging.merges import act, differences, holds

from streams.domain.merge_acts import PeopleMerged, PeopleUnmerged

if TYPE_CHECKING:
    from uuid import UUID

    from streams.ledger.connection import Session

QUICK: Final = range(20)
HISTORIES: Final = int(os.environ.get("SWITCHBOARD_HISTORIES", "200"))
MORE: Final = [range(n, min(n + 20, HISTORIES)) for n in range(len(QUICK), HISTORIES, 20)]


def play(session: Session, seed: int) -> None:
    """Play one history, and then merge and part two of its people, if they may be."""
    rng = random.Random(seed)  # noqa: S311 - seeded, and no secret
    with told_and_forgotten(session) as story:
        story.when(*opening())
        history = History(story, rng)
        history.play(rng.randint(4, STEPS_MAX))
        assert faults(story, history.at) == [], f"seed {seed}: {history.log}"
        sent = {each.key for each in history.said}
        kept = {tuple(row) for row in story.rows("SELECT publisher, event_id FROM event")}
        refused = {row[0] for row in story.rows("SELECT event_id FROM quarantine")}
        lost = {key for key in sent - kept if key[1] not in refused}
        assert lost == set(), f"seed {seed}: lost {lost} of {history.log}"
        _there_and_back(history, seed)


def _there_and_back(history: History, seed: int) -> None:
    """Merge two people and part them again: but for history, nothing has changed."""
    story = history.story
    people: list[UUID] = sorted({history.id_of(each) for each in KNOWN})
    if len(people) > 1:
        one, other = history.rng.sample(people, 2)
        before = holds(story.session)
        merged = act(story, PeopleMerged(one, other, MANAGER, "one"), at=history.at)
        if not merged.refused:
            undo = PeopleUnmerged(merged.acts[0][0], one, other, MANAGER, "two")
            assert act(story, undo, at=history.at).refused == ()
            left = differences(before, holds(story.session))
            assert left == {}, f"seed {seed}: {history.log}"


@pytest.mark.parametrize("seed", QUICK)
def test_a_history_ends_sound(county_ledger: Session, seed: int) -> None:
    """Nothing is lost, nobody is told about somebody else, and whatever waits has an owner."""
    play(county_ledger, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seeds", MORE, ids=lambda seeds: f"{seeds.start}")
def test_histories_end_sound(county_ledger: Session, seeds: range) -> None:
    """The same of all the others that are asked for."""
    for seed in seeds:
        play(county_ledger, seed)
