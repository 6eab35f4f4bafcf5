"""Duties: opened for the recipient, satisfied by kind and matter, withdrawn by their event."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from world_builder import CRC, NOW, a_county, callout
from world_run import REGISTER, RULES, World

from streams.domain.duties import UNDONE, Duty, DutyState, WorkingDays
from streams.domain.instructions import Expect, Satisfy
from streams.domain.passage import Opened, Scene
from streams.stages.admit import open_record
from streams.stages.follow_up import expect, person_of, reopened, satisfied, withdrawn

SOURCE = ("case-management", "what satisfied it")


def a_duty() -> Duty:
    """Return the duty to review the risk after a call-out."""
    world = World()
    world.send(*a_county(), callout())
    (duty,) = [each for each in world.duties if each.kind == "risk_reviewed"]
    return duty


def test_a_duty_says_who_what_about_whom_and_by_when() -> None:
    """It names the event that opened it and the notice that told of it."""
    duty = a_duty()
    assert (duty.owner, duty.matter, duty.opened_by) == ("OFF01", "callout:DA-1", callout().key)
    assert duty.what == "Review the risk to partner and children."
    assert duty.notice_id is not None
    assert duty.due_at > NOW


@pytest.mark.parametrize(
    ("kind", "matter", "state", "closes"),
    [
        ("risk_reviewed", "callout:DA-1", DutyState.OPEN, True),
        ("risk_reviewed", "callout:DA-1", DutyState.OVERDUE, True),
        ("risk_reviewed", "callout:DA-2", DutyState.OPEN, False),
        ("home_visit_considered", "callout:DA-1", DutyState.OPEN, False),
        ("risk_reviewed", "callout:DA-1", DutyState.SATISFIED, False),
        ("risk_reviewed", "callout:DA-1", DutyState.WITHDRAWN, False),
    ],
)
def test_only_an_open_duty_of_the_matter_is_satisfied(
    kind: str, matter: str, state: DutyState, *, closes: bool
) -> None:
    """What was done stays done, what was withdrawn stays withdrawn."""
    duty = replace(a_duty(), state=state)
    done = replace(duty, state=DutyState.SATISFIED, satisfied_by=SOURCE)
    assert satisfied([duty], Satisfy(kind, matter), SOURCE) == ((done,) if closes else ())


def test_what_an_event_satisfied_stands_again_without_it() -> None:
    """A duty that somebody else satisfied, or that was never done, is left as it is."""
    duty = a_duty()
    done = replace(duty, state=DutyState.SATISFIED, satisfied_by=SOURCE)
    by_hand = replace(done, satisfied_by=None)
    assert reopened([duty, done, by_hand], SOURCE) == (duty,)
    assert reopened([done], callout().key) == ()


@pytest.mark.parametrize("state", DutyState)
def test_only_an_undone_duty_of_the_event_is_withdrawn(state: DutyState) -> None:
    """A retraction takes nothing back that somebody has done."""
    duty = replace(a_duty(), state=state)
    assert withdrawn([duty], ("durham-police", "another")) == ()
    left = withdrawn([duty], callout().key)
    assert [each.state for each in left] == [DutyState.WITHDRAWN] * (state in UNDONE)


def test_no_duty_is_about_nobody() -> None:
    """An event whose person is not certain opens none; asking for one is a defect of ours."""
    agency = REGISTER.agencies["durham-police"]
    opened = open_record(callout().raw(), agency, RULES.models)
    assert isinstance(opened, Opened)
    scene = Scene(opened, None, ("identity", 1), NOW, RULES.calendar, frozenset({CRC}))
    with pytest.raises(ValueError, match="not certain"):
        person_of(scene)
    with pytest.raises(ValueError, match="not certain"):
        expect(
            scene, Expect("reply", "Ask.", WorkingDays(1), "m", of_agency="durham-police"), "OFF01"
        )
