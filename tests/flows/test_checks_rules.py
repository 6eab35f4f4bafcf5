"""What the flows of checks and of allocations answer by themselves, and when time passes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from world_builder import NOW, allocated, arrested, assigned, callout, listed
from world_checks import (
    HEARING,
    asked,
    check_withdrawn,
    newly_allocated,
    police_replied,
    replied,
)
from world_folds import folded
from world_run import World

from streams.domain.check_events import CheckKind, CheckOutcome
from streams.domain.checks import checks_in, never_asked
from streams.domain.duties import At, BeforeDay, WorkingDays
from streams.domain.instructions import CaseView, Expect, Record, Tell
from streams.domain.notices import Urgency
from streams.flows import case_allocation, safeguarding_check
from streams.pipeline import Disposition

CASE = folded(allocated(), assigned())
VIEW = CaseView(CASE, NOW)
DAY = timedelta(days=1)


def expected(**fields: object) -> Expect:
    """Return the expectation of an answer to a check."""
    said = asked(**fields)
    (found,) = (
        i for i in safeguarding_check.decide(said.model(), VIEW, NOW) if isinstance(i, Expect)
    )
    return found


@pytest.mark.parametrize("flow", [safeguarding_check.FLOW, case_allocation.FLOW])
def test_an_event_of_another_flow_is_a_defect(flow: safeguarding_check.Flow) -> None:
    """A flow does not decide about what it has not declared, and names no matter of it."""
    with pytest.raises(TypeError, match=flow.name):
        flow.decide(arrested().model(), VIEW, NOW)
    assert flow.matters(arrested().model()) == ()


@pytest.mark.parametrize(
    ("fields", "due"),
    [
        ({}, At(HEARING)),
        ({"children_flagged": True}, At(HEARING)),
        ({"hearing_at": None}, WorkingDays(5)),
        ({"hearing_at": None, "children_flagged": True}, WorkingDays(1)),
        ({"hearing_at": None, "domestic_abuse_flagged": True}, WorkingDays(1)),
        ({"hearing_at": NOW - DAY}, WorkingDays(5)),
        ({"hearing_at": NOW, "domestic_abuse_flagged": True}, WorkingDays(1)),
    ],
)
def test_every_check_has_a_clock(fields: dict[str, object], due: object) -> None:
    """By the hearing, else one working day where abuse or children are flagged, else five."""
    assert expected(**fields).due == due


@pytest.mark.parametrize("outcome", CheckOutcome)
def test_every_answer_has_its_urgency(outcome: CheckOutcome) -> None:
    """A child protection plan is immediate, no trace is for the digest, nothing is "clear"."""
    told = [
        i
        for i in safeguarding_check.decide(replied(outcome.value).model(), VIEW, NOW)
        if isinstance(i, Tell)
    ]
    assert [each.urgency for each in told] == [safeguarding_check.URGENCY[outcome]]
    assert "clear" not in repr(told).lower()
    assert safeguarding_check.URGENCY["child_protection_plan"] is Urgency.IMMEDIATE  # type: ignore[index]  # a member is its text
    assert safeguarding_check.URGENCY["no_trace"] is Urgency.DIGEST  # type: ignore[index]  # a member is its text


def test_a_hearing_that_is_over_asks_for_nothing() -> None:
    """A list of sittings in the past, or without any, is recorded."""
    for sittings in ([], [NOW - DAY]):
        said = safeguarding_check.decide(listed(sittings=sittings).model(), VIEW, NOW)
        assert [type(each) for each in said] == [Record]


def test_a_check_must_be_asked_by_the_working_day_before() -> None:
    """The next sitting counts, not one that is over."""
    said = safeguarding_check.decide(listed(sittings=[NOW - DAY, HEARING]).model(), VIEW, NOW)
    dues = [each.due for each in said if isinstance(each, Expect)]
    assert dues == [BeforeDay(HEARING.date(), 1)] * 2


def test_of_a_check_that_the_officer_asked_the_officer_hears_silence() -> None:
    """Whoever has the person by then is told, and one manager where it is the same one."""
    world = World()
    own = asked(asked_as="responsible_officer", asked_by="OFF01", asked_of="durham-police")
    world.send(allocated(), assigned(), own)
    (duty,) = (each for each in world.duties if each.kind == safeguarding_check.REPLY_DUTY)
    told = safeguarding_check.overdue(duty, VIEW, NOW)
    assert [(each.to.value, each.officer) for each in told if isinstance(each, Tell)] == [
        ("responsible_officer", None),
        ("mash_probation_officer", None),
        ("manager", "OFF01"),
        ("manager", None),
    ]


@pytest.mark.parametrize(
    ("flagged", "urgency"), [(True, Urgency.NEXT_WORKING_DAY), (False, Urgency.DIGEST)]
)
def test_managers_hear_of_silence_sooner_where_somebody_is_at_risk(
    *, flagged: bool, urgency: Urgency
) -> None:
    """A manager is told individually only where abuse or children are flagged."""
    world = World()
    world.send(allocated(), assigned(), asked("police_callouts", children_flagged=flagged))
    (duty,) = (each for each in world.duties if each.kind == safeguarding_check.REPLY_DUTY)
    told = [each for each in safeguarding_check.overdue(duty, VIEW, NOW) if isinstance(each, Tell)]
    assert [each.urgency for each in told] == [Urgency.SAME_DAY, urgency, urgency]


def test_an_allocation_that_was_overtaken_is_told_to_nobody() -> None:
    """When it would begin, somebody else has the person or an officer has them already."""
    world = World()
    world.send(newly_allocated(effective_at=NOW + DAY))
    (duty,) = world.duties
    begun = folded(newly_allocated(effective_at=NOW + DAY))
    for case in (folded(allocated(provider="nps-north-east")), CASE, folded()):
        (said,) = case_allocation.overdue(duty, CaseView(case, NOW), NOW + DAY)
        assert isinstance(said, Record)
    (told,) = case_allocation.overdue(duty, CaseView(begun, NOW), NOW + DAY)
    assert isinstance(told, Tell)
    assert case_allocation.overdue(replace(duty, kind="other"), VIEW, NOW) == ()


@given(order=st.permutations([asked(), replied("known"), replied(), check_withdrawn()]))
@settings(max_examples=24, deadline=None)
def test_in_any_order_a_check_that_was_answered_is_awaited_by_nobody(order: list[object]) -> None:
    """Whatever comes first, the check is there once, has ended, and nobody waits for it."""
    world = World()
    world.send(allocated(), assigned())
    world.send(*order)  # type: ignore[arg-type]  # what agencies said
    waits = [duty for duty in world.duties if duty.kind == safeguarding_check.REPLY_DUTY]
    assert [duty.state.value for duty in waits if duty.state.value == "open"] == []
    facts = world.loaded.facts
    (check,) = checks_in(facts)
    assert (check.asked_at, check.ended is None) == (NOW, False)
    assert CheckKind.POLICE_CALLOUTS in never_asked(facts, NOW)


def test_what_is_for_others_to_say_is_refused() -> None:
    """The police do not say that a child has a plan; the reason names whose it is to say."""
    world = World()
    world.send(allocated(), assigned())
    (ended,) = world.send(police_replied("child_protection_plan"))
    assert ended.disposition is Disposition.QUARANTINED
    assert "is for children's services to say" in ended.because


def test_other_facts_are_no_checks() -> None:
    """What other flows look back on is passed over."""
    world = World()
    world.send(allocated(), assigned(), callout(), asked())
    assert len(world.loaded.facts) == 3
    assert [check.kind for check in checks_in(world.loaded.facts)] == ["childrens_services"]
