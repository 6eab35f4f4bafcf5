"""Ladders whatever staff do: they end, nobody is rung twice in a row, and nobody is barred."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from world_builder import (
    CRC,
    NOW,
    OTHER_TEAM,
    PERSON,
    TEAM,
    Said,
    a_county,
    a_team,
    absent,
    an_officer,
    assigned,
    callout,
    holds,
    left,
    restricted,
)
from world_folds import directory, folded
from world_ladder import HELD, STAFF
from world_run import RULES, World

from streams.domain.directory_events import Role
from streams.domain.instructions import Addressee
from streams.domain.ladders import LADDERS
from streams.domain.officers import apply
from streams.domain.passage import Passing
from streams.domain.rungs import LEAD, Candidate, Standing, why_not
from streams.stages.pass_on import NOBODY_ANSWERED, UNANSWERED, climb, hand_over, is_at_end

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.domain.notices import Notice

RUNGS_MAX: Final = 6
"""Of the longest ladder: holder, cover, manager, desk, lead, and the desk that is always there."""
BASE: Final = directory(*STAFF)


def a_notice() -> Notice:
    """Return the notice that a call-out raises in the county."""
    world = World()
    world.send(*a_county(), callout(grade="high"))
    return world.notices[0]


NOTICE: Final = a_notice()


def here(*changes: Said, of: Sequence[Said] = HELD) -> Passing:
    """Return what a notice is passed on with, after changes of staff and case."""
    numbered = enumerate((each.model() for each in changes), start=100)
    staff = reduce(lambda known, each: apply(known, each[1], each[0]), numbered, BASE)
    return Passing(Standing(folded(*of), staff, NOW), RULES.calendar, RULES.contracted, "")


def raised_for(to: Addressee, **fields: object) -> Notice:
    """Return a notice that is at the foot of an addressee's ladder."""
    ladder = tuple(replace(NOTICE.ladder[0], role=role) for role in LADDERS[to])
    return replace(NOTICE, addressee=to.value, ladder=ladder, **fields)  # type: ignore[arg-type]  # what a test gives


STAFF_IDS: Final = ("OFF01", "OFF02", "MGR01", "MGR02", "DESK01", "DESK02", "LEAD01", "ENF01")
changes = st.one_of(
    st.builds(
        lambda officer, cover: absent(officer, cover=cover, absence_id=f"A-{officer}-{cover}"),
        st.sampled_from(STAFF_IDS),
        st.none() | st.sampled_from((*STAFF_IDS, "NOBODY")),
    ),
    st.builds(left, st.sampled_from(STAFF_IDS)),
    st.builds(
        lambda role, holder, cover: holds(role, holder, cover=cover, effective_at=NOW),
        st.sampled_from(("duty_desk", "restricted_access_lead", "court_duty_officer")),
        st.sampled_from((*STAFF_IDS, "NOBODY")),
        st.none() | st.sampled_from(STAFF_IDS),
    ),
    st.builds(
        lambda team, manager: a_team(team, manager, effective_at=NOW),
        st.sampled_from((TEAM, OTHER_TEAM)),
        st.none() | st.sampled_from((*STAFF_IDS, "NOBODY")),
    ),
    st.builds(
        lambda officer, team: an_officer(officer, team, effective_at=NOW),
        st.sampled_from(("OFF01", "OFF02", "MGR01")),
        st.sampled_from((TEAM, OTHER_TEAM)),
    ),
)
cases = st.tuples(
    st.sampled_from(
        (
            HELD,
            (HELD[0],),
            (),
            (*HELD, assigned(officer="OFF02")),
            (*HELD, assigned(officer="NOBODY")),
        )
    ),
    st.none() | st.sets(st.sampled_from(STAFF_IDS), max_size=3),
    st.sets(st.sampled_from(STAFF_IDS), max_size=3),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    staff=st.lists(st.lists(changes, max_size=4), min_size=1, max_size=3),
    case=cases,
    to=st.sampled_from(Addressee),
    meant=st.none() | st.sampled_from((*STAFF_IDS, "NOBODY")),
)
def test_a_ladder_ends_and_every_rung_is_entitled(
    staff: list[list[Said]],
    case: tuple[tuple[Said, ...], set[str] | None, set[str]],
    to: Addressee,
    meant: str | None,
) -> None:
    """However staff change between the steps: never twice in a row, in a circle, or barred."""
    held, only, kept_out = case
    of = held
    if only is not None or kept_out:
        of = (
            *held,
            restricted(
                PERSON,
                *(only or ()),
                restricted=only is not None,
                excluded_officers=sorted(kept_out),
            ),
        )
    notice, rungs = raised_for(to, meant=meant), []
    for step in range(RUNGS_MAX + 1):
        told = climb(notice, here(*staff[step % len(staff)], of=of), UNANSWERED)
        assert told is not None
        if is_at_end(notice, told):
            assert told.notice.due_at is None
            assert told.note is not None
            assert told.note.because == NOBODY_ANSWERED
            break
        assert told.notice.recipient.officer != notice.recipient.officer
        assert_may_have(told.notice, here(*staff[step % len(staff)], of=of))
        rungs.append(told.notice.rung)
        notice = told.notice
    else:
        pytest.fail("the ladder has no end")
    assert rungs == sorted(set(rungs))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    staff=st.lists(changes, max_size=5),
    case=cases,
    to=st.sampled_from(Addressee),
    climbed=st.integers(0, 5),
)
@example(
    staff=[holds("restricted_access_lead", "ENF01", cover=None, effective_at=NOW)],
    case=((), None, {"OFF01"}),
    to=Addressee.RESPONSIBLE_OFFICER,
    climbed=4,
)
def test_whoever_has_it_by_rights_is_there_and_entitled(
    staff: list[Said],
    case: tuple[tuple[Said, ...], set[str] | None, set[str]],
    to: Addressee,
    climbed: int,
) -> None:
    """Handing over ends with one who may have it, and a second look moves nothing."""
    held, only, kept_out = case
    of = held
    if only is not None or kept_out:
        of = (
            *held,
            restricted(
                PERSON,
                *(only or ()),
                restricted=only is not None,
                excluded_officers=sorted(kept_out),
            ),
        )
    notice, now = raised_for(to, climbed=climbed), here(*staff, of=of)
    told = hand_over(notice, now)
    kept = notice if told is None else told.notice
    assert_may_have(kept, now)
    assert hand_over(kept, now) is None


def assert_may_have(notice: Notice, now: Passing) -> None:
    """Assert that a notice's recipient is there and may see the case, as what they are now."""
    to = notice.recipient
    always = to.officer == f"{to.reached_as}:{to.provider}"
    reasons = [
        why_not(now.standing, Candidate(way, way, to.officer, to.provider, to.team, always=always))
        for way in (to.reached_as, LEAD if leads(to.officer, now) else to.reached_as)
    ]
    assert None in reasons


def leads(officer: str, now: Passing) -> bool:
    """Whether an officer holds the role that may see restricted cases."""
    held = now.standing.directory.role(Role.RESTRICTED_ACCESS_LEAD, CRC, NOW)
    return held is not None and officer in {held.holder, held.cover}
