"""Order does not matter where it should not: before a merge, after it, or with one undone.

What each of many generated sequences leaves is compared as people see it: who has what open about
whom, whose each event, fact, order and number is. Ids and instants differ, since what is told anew
is told now. So may urgency: it is decided with what was known of the one when the event came, and
what was decided before a merge is not decided again.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import pytest
from fixtures.ledger import told_and_forgotten
from merging.generated import MANAGER, opening
from merging.invariants import faults
from merging.merges import TELLS, act, who_is
from world_builder import (
    NOW,
    PARTNER,
    PERSON,
    Said,
    allocated,
    arrested,
    bailed,
    callout,
    charged,
    on_register,
    order_made,
)

from streams.domain.merge_acts import PeopleMerged, PeopleUnmerged
from streams.domain.notices import NoticeState

if TYPE_CHECKING:
    from fixtures.ledger import Story

    from streams.ledger.connection import Session

QUICK: Final = range(6)
ALL: Final = [range(start, start + 15) for start in range(6, 51, 15)]
EVENTS_MAX: Final = 7


def some_events(rng: random.Random) -> list[Said]:
    """Draw events about two people whose matters are their own."""
    found: list[Said] = []
    for number in range(rng.randint(2, EVENTS_MAX)):
        person = rng.choice([PERSON, PARTNER])
        makers = [
            lambda p=person, n=number: arrested(p, reference=f"AR-{n}"),
            lambda p=person, n=number: charged(p, court_case=f"CC-{n}"),
            lambda p=person, n=number: bailed(p, arrest_reference=f"AR-{n}"),
            lambda p=person, n=number: callout(p, reference=f"DA-{n}", role="victim"),
            lambda p=person, n=number: order_made(f"ORD-{n}", p),
            lambda p=person: on_register(rng.choice(["ADVP", "ADVV"]), p),
        ]
        said = rng.choice(makers)()
        if said.key not in {each.key for each in found}:
            found.append(said)
    if rng.random() < 0.3:
        taught = allocated(rng.choice([PERSON, PARTNER]), team="ALD")
        taught.record["person"]["identifiers"].append({"kind": "nomis", "value": "A1234BC"})
        found.append(taught)
    return found


def seen(story: Story) -> dict[str, Any]:
    """Return what people would see of a ledger, without ids and instants."""
    open_ones = Counter(
        (each.type, each.matter, each.recipient.officer, each.person_id)
        for each in story.notices
        if each.state is not NoticeState.WITHDRAWN and each.type not in TELLS
    )
    return {
        "open": open_ones,
        "events": story.rows(
            "SELECT publisher, event_id, person_id, disposition FROM event ORDER BY 1, 2, content"
        ),
        "facts": story.rows("SELECT person_id, kind, matter FROM fact ORDER BY 1, 2, 3"),
        "duties": story.rows(
            "SELECT person_id, kind, matter, owner FROM duty WHERE state = 'open' ORDER BY 1, 2, 3"
        ),
        "keys": story.rows("SELECT digest, person_ids FROM person_key ORDER BY 1"),
        "people": story.rows(
            "SELECT person_id, family_names, birth_dates, given_names FROM person ORDER BY 1"
        ),
        "has": story.rows(
            "SELECT person_id, officer, from_at FROM responsibility ORDER BY 1, 3, 2"
        ),
        "cases": _cases(story),
    }


def _cases(story: Story) -> list[tuple[object, ...]]:
    """Return who has each case, under which orders and on which registers."""
    rows = story.rows("SELECT person_id, crn, document FROM case_file ORDER BY 1")
    ranks = dict(story.rows("SELECT seq, rank() OVER (ORDER BY publisher, event_id) FROM event"))
    return [(person, crn, _ranked(bytes(document), ranks)) for person, crn, document in rows]


def _ranked(document: bytes, ranks: dict[int, int]) -> str:
    """Return a case with ranks in the place of numbers."""
    text = document.decode()
    for seq in sorted(ranks, reverse=True):
        text = text.replace(f'"seq":{seq},', f'"seq":r{ranks[seq]},')
    return text


def merged(story: Story) -> tuple[int, PeopleMerged]:
    """Let the manager say that the two are one."""
    people = who_is(story, PERSON), who_is(story, PARTNER)
    acted = act(story, PeopleMerged(*people, MANAGER, "one"))
    assert acted.refused == ()
    ((seq, done),) = acted.acts
    assert isinstance(done, PeopleMerged)
    return seq, done


def parted(story: Story, merge: tuple[int, PeopleMerged]) -> None:
    """Let the manager say that they are two after all."""
    seq, done = merge
    acted = act(story, PeopleUnmerged(seq, done.kept, done.gone, MANAGER, "two"))
    assert acted.refused == ()


def with_merge_at(session: Session, said: list[Said], places: tuple[int, int | None]) -> Any:  # noqa: ANN401 - what is seen
    """Play events with a merge before one of them, and an un-merge before a later one."""
    at, until = places
    with told_and_forgotten(session) as story:
        story.when(*opening())
        merge = None
        for place, each in enumerate([*said, None]):
            if place == at:
                merge = merged(story)
            if place == until and merge is not None:
                parted(story, merge)
            if each is not None:
                story.when(each)
        assert faults(story, NOW) == []
        return seen(story)


def never_merged(session: Session, said: list[Said]) -> Any:  # noqa: ANN401 - what is seen
    """Play the same events without any merge."""
    with told_and_forgotten(session) as story:
        story.when(*opening(), *said)
        return seen(story)


def check(session: Session, seed: int) -> None:
    """Play one sequence with a merge early, late, and undone."""
    rng = random.Random(seed)  # noqa: S311 - seeded, and no secret
    said = some_events(rng)
    first, last = 0, len(said)
    early, late = (with_merge_at(session, said, (at, None)) for at in (first, last))
    some = with_merge_at(session, said, (rng.randint(first, last), None))
    assert early == late, f"seed {seed}"
    assert some == late, f"seed {seed}"
    alone = never_merged(session, said)
    begin = rng.randint(first, last)
    for places in ((first, last), (begin, rng.randint(begin, last))):
        assert with_merge_at(session, said, places) == alone, f"seed {seed}: {places}"


@pytest.mark.parametrize("seed", QUICK)
def test_when_two_are_merged_does_not_matter(county_ledger: Session, seed: int) -> None:
    """Early or late, the same is open with the same officers; undone, it is as if it never was."""
    check(county_ledger, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seeds", ALL, ids=lambda seeds: f"{seeds.start}")
def test_when_any_two_are_merged_does_not_matter(county_ledger: Session, seeds: range) -> None:
    """The same of many more."""
    for seed in seeds:
        check(county_ledger, seed)
