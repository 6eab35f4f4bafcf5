"""The third call-out as suspect in twelve months goes to the manager, however it is heard of."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace
from world_builder import NOW, Said, allocated, assigned, callout
from world_folds import folded

from streams.domain.duties import WorkingDays
from streams.domain.instructions import Addressee, CaseView, Fact, FactKind, Task, Tell
from streams.domain.notices import Urgency
from streams.flows.domestic_abuse_callout import REFERENCES_MAX, decide

ME = UUID(int=1)
DAY = timedelta(days=1)
HELD = folded(allocated(), assigned())
K = FactKind


def fact(reference: str, days_ago: float, kind: FactKind = K.CALLOUT_AS_SUSPECT) -> Fact:
    """Return something to look back on."""
    at = NOW - timedelta(days=days_ago)
    return Fact(ME, kind, f"callout:{reference}", at, ("durham-police", f"{kind}{reference}"))


def repeat(said: Said, *facts: Fact, happened_at: datetime = NOW) -> Tell | None:
    """Return what the manager is told of repeats."""
    told = decide(said.model(), CaseView(HELD, happened_at, facts), NOW)
    tells = {each.notice: each for each in told if isinstance(each, Tell)}
    return tells.get("repeat_domestic_abuse_callouts")


def test_the_third_in_twelve_months_goes_to_the_manager() -> None:
    """Two do not; the third does, with all three named, the earliest first."""
    assert repeat(callout(), fact("B", 10)) is None
    told = repeat(callout(), fact("B", 10), fact("A", 20))
    assert told is not None
    assert (told.to, told.urgency) == (Addressee.MANAGER, Urgency.DIGEST)
    assert told.facts == {
        "callouts": 3,
        "window_months": 12,
        "callout_references": ["A", "B", "DA-1"],
    }
    assert told.tasks == (Task("Look at this case with the officer.", WorkingDays(2)),)


def test_a_high_third_is_told_individually() -> None:
    """A grade of high lifts it out of the digest."""
    told = repeat(callout(grade="high"), fact("A", 20), fact("B", 10))
    assert told is not None
    assert told.urgency is Urgency.SAME_DAY


@pytest.mark.parametrize(("days_ago", "counts"), [(365, True), (365.01, False), (0, True)])
def test_the_window_is_twelve_months(days_ago: float, *, counts: bool) -> None:
    """A call-out a year ago to the hour counts, an older one does not."""
    assert (repeat(callout(), fact("A", days_ago), fact("B", 10)) is not None) is counts


def test_one_that_is_told_again_happened_when_it_first_is_said_to_have() -> None:
    """Whichever of two statements of one call-out comes last, its earlier time is what counts."""
    first, others = fact("DA-1", 10), (fact("A", 20), fact("B", 15))
    assert repeat(callout(), first, *others, happened_at=NOW - 400 * DAY) is None
    known = fact("DA-1", 400)
    assert repeat(callout(), known, *others) is None


@pytest.mark.parametrize("late", [5, 15, 30])
def test_one_heard_of_late_may_make_the_third(late: int) -> None:
    """Whichever of the three comes last, the manager is told, in the order in which they were."""
    told = repeat(callout(), fact("A", 20), fact("B", 10), happened_at=NOW - late * DAY)
    assert told is not None
    order = sorted([(20, "A"), (10, "B"), (late, "DA-1")], reverse=True)
    assert told.facts["callout_references"] == [reference for _, reference in order]


def test_a_late_one_counts_in_the_fullest_window() -> None:
    """Two years of call-outs are not one window."""
    facts = [fact("A", 700), fact("B", 470), fact("C", 100), fact("D", 90)]
    told = repeat(callout(), *facts, happened_at=NOW - 300 * DAY)
    assert told is not None
    assert told.facts["callout_references"] == ["DA-1", "C", "D"]


def test_the_same_callout_told_twice_counts_once() -> None:
    """The safeguarding hub and the police name one call-out."""
    again = replace(fact("A", 20), source=("mash", "e9"))
    assert repeat(callout(), fact("A", 20), again) is None
    assert repeat(callout(), fact("A", 20), fact("DA-1", 1)) is None


@pytest.mark.parametrize("kind", [K.CALLOUT_PARTY, K.NO_FURTHER_ACTION])
def test_only_callouts_as_suspect_count(kind: FactKind) -> None:
    """Having been a victim, or there, is not counted, nor is what ended."""
    assert repeat(callout(), fact("A", 20, kind), fact("B", 10)) is None


@pytest.mark.parametrize("ended", ["A", "B", "DA-1"])
def test_no_further_action_never_counts(ended: str) -> None:
    """An ended call-out does not count, be it an earlier one or this one, told before or after."""
    nfa = fact(ended, 1, K.NO_FURTHER_ACTION)
    assert repeat(callout(), fact("A", 20), fact("B", 10), nfa) is None


def test_many_callouts_are_counted_whole_and_named_in_part() -> None:
    """A notice stays readable."""
    told = repeat(callout(), *(fact(f"{n:03d}", 100 - n) for n in range(40)))
    assert told is not None
    assert told.facts["callouts"] == 41
    assert len(told.facts["callout_references"]) == REFERENCES_MAX
    assert told.facts["callout_references"][-1] == "DA-1"
