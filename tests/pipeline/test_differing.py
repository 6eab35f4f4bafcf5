"""What events told and what they would tell, compared notice by notice."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as some

from streams.engines.differing import Kind, differences
from streams.ledger.recorded import Telling

AT: Final = datetime(2026, 7, 6, 16, 0, tzinfo=UTC)
ONE: Final = Telling(
    *(7, "durham-police", "call-7", "police.domestic_abuse_callout"),
    *("raised", "callout", "DA-7", "OFF01", "same_day", AT),
)
TELLINGS: Final = some.builds(
    replace,
    some.just(ONE),
    seq=some.integers(1, 3),
    move=some.sampled_from(["raised", "update"]),
    notice=some.sampled_from(["callout", "repeat"]),
    recipient=some.sampled_from(["OFF01", "OFF02"]),
    urgency=some.sampled_from(["same_day", "immediate"]),
)
LOGS: Final = some.lists(TELLINGS, max_size=6).map(lambda log: sorted(log, key=lambda t: t.seq))


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"recipient": "OFF02"}, Kind.OTHER_RECIPIENT),
        ({"urgency": "immediate"}, Kind.OTHER_TERMS),
        ({"due_at": None}, Kind.OTHER_TERMS),
        ({"move": "update"}, Kind.OTHER_MOVE),
        ({"recipient": "OFF02", "urgency": "immediate"}, Kind.OTHER_RECIPIENT),
    ],
)
def test_what_changed_is_one_difference(change: dict[str, Any], kind: Kind) -> None:
    """A notice that is told otherwise is not told as one gone and one new."""
    (found,) = differences([ONE], [replace(ONE, **change)])
    assert (found.kind, found.before, found.now) == (kind, ONE, replace(ONE, **change))


@pytest.mark.parametrize("change", [{"notice": "other"}, {"matter": "DA-8"}, {"seq": 8}])
def test_another_notice_is_one_gone_and_one_new(change: dict[str, Any]) -> None:
    """What is about another matter, or of another sort, or of another event, is another notice."""
    other = replace(ONE, **change)
    found = list(differences([ONE], [other]))
    assert {(each.kind, each.event) for each in found} == {(Kind.GONE, ONE), (Kind.NEW, other)}


def test_the_closest_likeness_is_paired_first() -> None:
    """Of two recipients of which one stays, the other is the one that changed."""
    two, three = replace(ONE, recipient="OFF02"), replace(ONE, recipient="OFF03")
    (found,) = differences([ONE, two], [three, ONE])
    assert (found.kind, found.before, found.now) == (Kind.OTHER_RECIPIENT, two, three)


@given(log=LOGS, order=some.randoms(use_true_random=False))
def test_a_log_is_like_itself_in_any_order(log: list[Telling], order: Any) -> None:  # noqa: ANN401 - a Random
    """The order of the notices of one event means nothing."""
    again = list(log)
    order.shuffle(again)
    assert list(differences(log, sorted(again, key=lambda t: t.seq))) == []


@given(before=LOGS, now=LOGS)
def test_every_notice_is_accounted_for(before: list[Telling], now: list[Telling]) -> None:
    """Each is the same, told otherwise, gone or new, and both ways there are as many of each."""
    there, back = list(differences(before, now)), list(differences(now, before))
    gone = [each for each in there if each.kind is Kind.GONE]
    new = [each for each in there if each.kind is Kind.NEW]
    assert len(before) - len(gone) == len(now) - len(new)
    assert sorted(each.kind for each in there if each.kind not in {Kind.GONE, Kind.NEW}) == sorted(
        each.kind for each in back if each.kind not in {Kind.GONE, Kind.NEW}
    )
    assert len(gone) == sum(each.kind is Kind.NEW for each in back)
