"""Whatever the repeats, the splits, the order of feeds and the crashes: the same end.

A failing example prints the line that plays it again (`print_blob`); it is not shrunk, which would
take minutes on a ledger.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fixtures.ledger import told_and_forgotten
from hypothesis import given
from hypothesis import strategies as st
from stories.disturbed import applied_with_a_crash, bounded, with_repeats
from stories.replayed import batches_of, play, snapshot
from world_builder import (
    NOW,
    PARTNER,
    PERSON,
    STRANGER,
    Said,
    absent,
    allocated,
    an_offence,
    arrested,
    assigned,
    back,
    bailed,
    callout,
    charged,
    enforced_by,
    event,
    listed,
    no_further_action,
    on_register,
    order_made,
    restricted,
    resulted,
    warrant,
)

from streams.ledger.transaction import STEPS

if TYPE_CHECKING:
    from streams.ledger.connection import Session

EVENTS_MAX: Final = 14
ORDERS: Final = [{"kind": "community_order", "made_on": NOW.date()}]
VIOLENT: Final = [an_offence("Assault", "violence")]
CALLOUTS: Final = tuple(callout(reference=f"DA-{n}") for n in range(4))
POLICE: Final = (
    *CALLOUTS,
    CALLOUTS[0].retracted(),
    CALLOUTS[1].corrected(grade="high"),
    CALLOUTS[2].corrected(role="victim"),
    CALLOUTS[3].same_id_but(grade="high"),
    callout(grade="high", children_present=True),
    callout(PARTNER, role="victim"),
    callout(STRANGER),
    callout().but(person=PERSON.reference()),
    no_further_action(incident_reference="DA-1"),
    arrested(offences=VIOLENT),
    arrested(covert=True),
    bailed(),
    charged(),
    callout(gateway="safeguarding_duties"),
)
COURTS: Final = (
    listed(),
    listed(hearing_id="H-2"),
    resulted(PERSON, "convicted", orders=ORDERS),
    resulted(PERSON, "acquitted"),
    resulted(PERSON, "convicted").retracted(),
    warrant(),
)
MISTAKE: Final = assigned(officer="OFF02", effective_at=NOW, at=NOW)
CASES: Final = (
    allocated(PARTNER, team="ALD"),
    assigned(PARTNER, "OFF02"),
    MISTAKE,
    MISTAKE.retracted(),
    MISTAKE.corrected(officer="MGR01"),
    enforced_by(),
    restricted(PERSON, "OFF01"),
    on_register("ADVP"),
    order_made(),
)
STAFF: Final = (absent("OFF01", "OFF02"), back("OFF01"), absent("OFF02"))
anything: Final = st.lists(
    st.sampled_from([*POLICE, *COURTS, *CASES, *STAFF]), min_size=2, max_size=EVENTS_MAX
)
assessed: Final = event(
    "case.risk_assessed", PERSON.reference("crn"), rosh="high", assessed_on=NOW.date()
)
some_of: Final[dict[str, Any]] = {
    "police": st.lists(st.sampled_from(POLICE[:-2]), max_size=8, unique_by=lambda said: said.key),
    "courts": st.lists(st.sampled_from(COURTS), max_size=4, unique_by=lambda said: said.key),
}


def played(session: Session, said: list[Said], sizes: tuple[int, ...] = (500,)) -> dict[str, Any]:
    """Play events on a ledger that forgets them, and return what was left."""
    with told_and_forgotten(session) as story:
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
    whole = played(county_ledger, said)
    assert played(county_ledger, said, sizes) == whole
    assert played(county_ledger, said, (1,)) == whole


@bounded
@given(said=anything, name=st.sampled_from(STEPS), at=st.integers(0, 100), fresh=st.booleans())
def test_a_crash_after_any_effect_loses_and_doubles_nothing(
    county_ledger: Session, said: list[Said], name: str, at: int, *, fresh: bool
) -> None:
    """A batch that dies at a named step is applied again, by the same worker or a new one."""
    with told_and_forgotten(county_ledger) as story:
        applied_with_a_crash(story, batches_of(said, (3,)), name, at, fresh=fresh)
        after = snapshot(story)
    assert after == played(county_ledger, said, (3,))


@bounded
@given(said=some_of["police"], others=some_of["courts"], draw=st.randoms(use_true_random=False))
def test_any_order_of_feeds_has_the_same_end(
    county_ledger: Session,
    said: list[Said],
    others: list[Said],
    draw: Any,  # noqa: ANN401 - hypothesis' own
) -> None:
    """Feeds whose matters differ end alike, to the last word, whichever is ahead."""
    known = event(
        "case.risk_assessed", PERSON.reference("crn"), rosh="high", assessed_on=NOW.date()
    )
    feeds = [said, others, [known, order_made()]]
    one = [each for feed in feeds for each in feed]
    assert played(county_ledger, interleaved(feeds, draw)) == played(county_ledger, one)


@bounded
@given(others=some_of["courts"], draw=st.randoms(use_true_random=False))
def test_one_matter_of_two_feeds_is_one_notice_in_any_order(
    county_ledger: Session,
    others: list[Said],
    draw: Any,  # noqa: ANN401 - hypothesis' own
) -> None:
    """A charge and its hearings are one notice to the officer, resting on the same events."""
    feeds = [[charged(offences=VIOLENT)], others]
    ends = [
        played(county_ledger, each)["notices"].values()
        for each in ([*feeds[0], *others], interleaved(feeds, draw), [*others, *feeds[0]])
    ]
    one, *more = [
        sorted((n.type, n.recipient.officer, n.matter, n.urgency, sorted(n.sources)) for n in end)
        for end in ends
    ]
    assert more == [one, one]


def interleaved(feeds: list[list[Said]], draw: Any) -> list[Said]:  # noqa: ANN401 - hypothesis' own
    """Shuffle feeds together, keeping the order of each."""
    turns = [number for number, feed in enumerate(feeds) for _ in feed]
    draw.shuffle(turns)
    left = [iter(feed) for feed in feeds]
    return [next(left[turn]) for turn in turns]
