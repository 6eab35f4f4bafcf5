"""Poison among good events: kept whole with a reason, and its neighbours arrive."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stories.poison import GOOD, POISONS, POLICE, TYPE, good
from world_builder import NOW, PERSON, STRANGER, callout

from streams.engines.embedded import place_of

if TYPE_CHECKING:
    from fixtures.ledger import Story

TOLD: Final = "raised: domestic_abuse_callout_role_unclear to OFF01"
COLUMNS: Final = (
    "topic, topic_id, partition, record_value, header_names, header_values, code, owner, state,"
    " log_offset, broker_at"
)


@pytest.mark.parametrize("name", POISONS)
def test_one_in_eleven_is_quarantined_and_ten_arrive(story: Story, name: str) -> None:
    """Bytes, headers, place and reason are kept; the same person's neighbours are told of."""
    poison = POISONS[name]
    values = [(each.value, dict(TYPE)) for each in good(10)]
    values.insert(5, (poison.value, dict(poison.headers)))
    applied = story.send_raw(POLICE, *values)
    assert applied.next_offset == 11
    refused = f"quarantined: {poison.code}, durham-police must act"
    assert story.came_out() == sorted([refused, *[TOLD] * 10])
    names, headers = [n for n, _ in poison.headers], [v for _, v in poison.headers]
    place = place_of(POLICE)
    ((*kept, words),) = story.rows(f"SELECT {COLUMNS}, words FROM quarantine")  # noqa: S608 - a constant
    assert kept[:6] == [POLICE, place.topic_id, 0, poison.value, names, headers]
    assert kept[6:] == [poison.code, "durham-police", "open", 5, NOW]
    for part in poison.words:
        assert part in words
    for content in (PERSON.family_name, STRANGER.family_name, PERSON.pnc, "Aldermoor"):
        assert content not in words


def test_all_poisons_at_once_end_like_one_by_one(story: Story) -> None:
    """A batch of every poison there is, between good events, loses none of either."""
    values = [(poison.value, dict(poison.headers)) for poison in POISONS.values()]
    mixed = [pair for each in zip(values, good(len(values)), strict=True) for pair in each]
    story.send_raw(
        POLICE, *(each if isinstance(each, tuple) else (each.value, dict(TYPE)) for each in mixed)
    )
    assert story.came_out().count(TOLD) == len(POISONS)
    codes = [row[0] for row in story.rows("SELECT code FROM quarantine ORDER BY log_offset")]
    assert codes == [poison.code for poison in POISONS.values()]


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.one_of(
        st.binary(max_size=64),
        st.binary(max_size=64).map(lambda tail: GOOD[:10] + tail),
        st.integers(0, len(GOOD) - 1).map(lambda cut: GOOD[:cut]),
        st.tuples(st.integers(0, len(GOOD) - 1), st.integers(1, 255)).map(
            lambda flip: GOOD[: flip[0]] + bytes([GOOD[flip[0]] ^ flip[1]]) + GOOD[flip[0] + 1 :]
        ),
    )
)
def test_no_bytes_stop_the_feed(story: Story, value: bytes) -> None:
    """Whatever bytes come, the record ends somewhere, and the good event beside it is itself."""
    story.send_raw(POLICE, (GOOD, dict(TYPE)))
    before = _kept(story)
    first, second = story.send_raw(POLICE, (value, dict(TYPE)), (GOOD, dict(TYPE))).ended
    assert second.is_repeat
    assert _kept(story) - before == (0 if first.is_repeat else 1)


def _kept(story: Story) -> int:
    """Count the records that were admitted or refused."""
    ((kept,),) = story.rows("SELECT (SELECT count(*) FROM event) + count(*) FROM quarantine")
    return int(kept)


@pytest.mark.parametrize(
    ("occurred", "is_marked"),
    [
        (NOW + timedelta(minutes=4), False),
        (NOW + timedelta(minutes=6), True),
        (NOW + timedelta(days=400), True),
        (NOW - timedelta(days=4 * 365), False),
        (NOW - timedelta(days=10 * 365), True),
    ],
)
def test_a_time_that_cannot_be_is_marked(
    story: Story, occurred: object, *, is_marked: bool
) -> None:
    """An event of the future, or ten years back, is told of at the time at which it came."""
    story.when(callout(role="unclear", occurred_at=occurred))
    assert story.came_out() == [TOLD]
    notice = story.notices[0]
    assert ("the sender's time cannot be right" in notice.why_you) is is_marked
    assert notice.occurred_at == (NOW if is_marked else occurred)
    assert story.rows("SELECT suspect_time FROM event ORDER BY seq DESC LIMIT 1") == [(is_marked,)]


def test_a_doubtful_time_cannot_make_three_of_two(story: Story) -> None:
    """A call-out dated ten years back counts when it came, since nobody knows when it was."""
    ago = NOW - timedelta(days=3650)
    for n in range(3):
        story.when(callout(reference=f"DA-{n}", occurred_at=ago))
    happened = story.rows("SELECT DISTINCT happened_at FROM event WHERE type LIKE 'police%%'")
    assert happened == [(NOW,)]


def test_the_same_id_with_other_content_is_a_contradiction(story: Story) -> None:
    """Two contents under one id, without a word of correction, are the sender's to sort out."""
    first = callout(role="unclear")
    story.when(first, first.same_id_but(grade="high"))
    assert story.came_out() == ["quarantined: contradiction, durham-police must act", TOLD]
    ((words,),) = story.rows("SELECT words FROM quarantine")
    assert first.event_id in words
    assert "meta.supersedes" in words
    assert "Durham Constabulary must" in words


def test_a_contradiction_claims_nothing(story: Story) -> None:
    """After a contradiction the first content is still a repeat and the second still refused."""
    first = callout(role="unclear")
    other = first.same_id_but(grade="high")
    story.given(first, other)
    story.when(first, other)
    assert story.came_out() == ["quarantined: contradiction, durham-police must act"]


def test_an_event_may_correct_itself_under_its_own_id(story: Story) -> None:
    """The same id with other content that says it supersedes itself takes its place."""
    first = callout(role="unclear")
    story.given(first)
    story.when(first.same_id_but(grade="high", supersedes=first.event_id))
    withdrawn = "withdraw: domestic_abuse_callout_role_unclear to OFF01"
    assert story.came_out() == [TOLD, withdrawn]


@pytest.mark.parametrize("in_one_batch", [True, False])
def test_a_corrected_resend_of_a_quarantined_event_gets_in(
    story: Story, *, in_one_batch: bool
) -> None:
    """A refused record never claimed its id: the same event, mended, is told of."""
    wrong = callout(role="unclear", gateway="safeguarding_duties")
    mended = wrong.same_id_but(gateway="offender_management_act_2007_s14")
    if in_one_batch:
        story.when(wrong, mended)
    else:
        story.when(wrong)
        story.when(mended)
    assert story.came_out() == ["quarantined: not_granted, durham-police must act", TOLD]


def test_a_resend_with_another_time_of_publishing_is_a_repeat(story: Story) -> None:
    """When something was sent is no part of what it says."""
    first = callout(role="unclear")
    again = first.same_id_but(published_at=NOW + timedelta(days=1))
    story.when(first, again)
    story.when(again)
    assert story.came_out() == [TOLD]
    assert [each.is_repeat for each in story.ended] == [False, True, True]


def test_poison_never_pauses_a_feed_and_is_told_at_fifty(story: Story) -> None:
    """Fifty refusals in a row tell operations and the agency; the good event after them arrives."""
    bad = [(b"junk", dict(TYPE))] * 49
    story.send_raw(POLICE, *bad)
    assert not [line for line in story.came_out() if line.startswith("alarm")]
    applied = story.send_raw(POLICE, (b"junk", dict(TYPE)), (good(1)[0].value, dict(TYPE)))
    assert not applied.feed_is_paused
    assert [line for line in story.came_out() if not line.startswith("quarantined")] == [
        f"alarm: refusals on {POLICE} to durham-police",
        f"alarm: refusals on {POLICE} to operations",
        TOLD,
    ]
