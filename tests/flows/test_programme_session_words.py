"""In which words a place on a programme is told, and what is left to people: the rule alone."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from flows.programme_views import (
    CRC_CASE,
    ENFORCEMENT,
    NPS_CASE_FOLDED,
    STEPS,
    WORKER,
    decided,
    known,
    officer_told,
    told,
)
from world_builder import CRC, NOW, NPS, Said, event
from world_builder import PERSON as SOMEBODY
from world_folds import folded
from world_programmes import (
    PROGRAMME,
    cautioned_tutor,
    days,
    missed,
    referred,
    suspended,
    withdrawn,
)

from streams.domain.duties import BeforeDay, Duty, SameDay, WorkingDays
from streams.domain.instructions import (
    Addressee,
    CaseView,
    Expect,
    FactKind,
    Record,
    Tell,
)
from streams.domain.notices import Urgency
from streams.domain.programme_events import (
    EnforceableBasis,
    StatedReason,
    SuspensionCause,
    WithdrawalReason,
)
from streams.flows.programme_session import FLOW, overdue

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.domain.cases import Case


@pytest.mark.parametrize("case", [CRC_CASE, NPS_CASE_FOLDED])
@pytest.mark.parametrize("run_by", [CRC, NPS])
@pytest.mark.parametrize("basis", EnforceableBasis)
@pytest.mark.parametrize("step", [missed, withdrawn])
def test_enforcing_is_said_to_who_alone_can(
    case: Case, run_by: str, basis: EnforceableBasis, step: Callable[..., Said]
) -> None:
    """Where another provider runs the programme, and absence can have consequences, it is said."""
    said = officer_told(step(run_by=run_by, enforceable_basis=basis.value), case=case)
    holder = case.responsible(NOW)
    assert holder is not None
    elsewhere = holder.provider != run_by
    asked = any("Enforcing it is yours" in task.what for task in said.tasks)
    assert asked is (elsewhere and basis is not EnforceableBasis.VOLUNTARY)
    assert said.facts["run_by_other_provider"] is elsewhere
    assert said.facts["basis"] == basis.value


@pytest.mark.parametrize("name", STEPS)
def test_nothing_voluntary_speaks_of_enforcement(name: str) -> None:
    """Where the person attends of their own will no word of any notice speaks of consequences."""
    said = STEPS[name]
    if "enforceable_basis" in said.record:
        said = said.but(enforceable_basis="voluntary", run_by=NPS)
    earlier = known(FactKind.PROGRAMME_SESSION_MISSED, "S0")
    for each in told(said, earlier):
        words = [each.notice, each.why, *(task.what for task in each.tasks), repr(each.facts)]
        assert ENFORCEMENT.search(" ".join(words)) is None


@pytest.mark.parametrize("reason", StatedReason)
def test_no_reason_changes_what_an_absence_is(reason: StatedReason) -> None:
    """Whatever the person says, the officer is told it beside the miss, and decides."""
    said = officer_told(missed(stated_reason=reason.value))
    assert said.facts["stated_reason"] == reason.value
    assert said.tasks == officer_told(missed()).tasks
    assert said.tasks[0].due == WorkingDays(5)
    assert "nobody else has" in said.tasks[0].what


@pytest.mark.parametrize("reason", WithdrawalReason)
def test_why_a_place_ended_is_said_to_the_officer_and_to_nobody_else(
    reason: WithdrawalReason,
) -> None:
    """A reason may tell of custody or of health, which is not the safety worker's."""
    officer, worker = told(withdrawn(reason=reason.value, **WORKER))
    assert officer.facts["withdrawal_reason"] == reason.value
    assert worker.facts == {"episode_reference": "BBR-1", "happened": "withdrawn", "absences": 0}


@pytest.mark.parametrize(
    ("said", "due"),
    [
        (referred(start_by_on=days(63)), BeforeDay(days(63), 5)),
        (referred(start_by_on=None), WorkingDays(30)),
    ],
)
def test_a_referral_expects_a_place_in_time(said: Said, due: object) -> None:
    """The provider must place the person early enough for the officer to be told in time."""
    (expected,) = (each for each in decided(said) if isinstance(each, Expect))
    assert (expected.due, expected.duty, expected.matter) == (due, "programme_place", PROGRAMME)
    assert expected.of_agency == "durham-programmes"


@pytest.mark.parametrize("rosh", ["low", "medium", "high", "very_high", None])
@pytest.mark.parametrize("case", [CRC_CASE, NPS_CASE_FOLDED])
def test_nobody_placed_in_time_is_told_to_officer_and_manager(case: Case, rosh: str | None) -> None:
    """Both are told, the manager individually where the risk is high."""
    if rosh is not None:
        at = NOW.date()
        who = SOMEBODY.reference("crn")
        case = folded(event("case.risk_assessed", who, rosh=rosh, assessed_on=at), case=case)
    officer, manager = overdue(fallen(referred()), CaseView(case, NOW), NOW)
    assert isinstance(officer, Tell)
    assert isinstance(manager, Tell)
    assert (officer.to, officer.notice) == (Addressee.RESPONSIBLE_OFFICER, "programme_session")
    assert officer.facts["happened"] == "not_placed"
    holder = case.responsible(NOW)
    assert holder is not None
    assert officer.facts["run_by_other_provider"] is (holder.provider != CRC)
    assert officer.urgency is Urgency.NEXT_WORKING_DAY
    assert (manager.to, manager.notice) == (Addressee.MANAGER, "programme_not_placed")
    is_high = rosh in {"high", "very_high"}
    assert manager.urgency is (Urgency.NEXT_WORKING_DAY if is_high else Urgency.DIGEST)
    assert manager.facts["start_by_on"] == days(63)


def fallen(said: Said) -> Duty:
    """Return the duty of a referral, as the ledger has it once its time has passed."""
    (expected,) = (each for each in decided(said) if isinstance(each, Expect))
    return Duty(
        id=UUID(int=7),
        kind=expected.duty,
        matter=expected.matter,
        person_id=UUID(int=1),
        owner="OFF01",
        what=expected.what,
        due_at=NOW,
        opened_by=said.key,
        rule=FLOW.name,
        expected_of=expected.of_agency,
        facts=expected.facts,
    )


@pytest.mark.parametrize("basis", EnforceableBasis)
def test_a_voluntary_place_that_is_late_speaks_of_no_enforcement(basis: EnforceableBasis) -> None:
    """What is told of a place that is late has no word of enforcement on any basis."""
    duty = fallen(referred(enforceable_basis=basis.value, start_by_on=None))
    for each in overdue(duty, CaseView(NPS_CASE_FOLDED, NOW), NOW):
        assert isinstance(each, Tell)
        assert ENFORCEMENT.search(" ".join([each.why, *(task.what for task in each.tasks)])) is None
        assert each.facts["basis"] == basis.value


@pytest.mark.parametrize("cause", SuspensionCause)
def test_the_tutor_hears_why_somebody_cannot_come(cause: SuspensionCause) -> None:
    """A recall, custody or a stop goes to the tutor the same day, and not to who says it."""
    (said,) = told(suspended(cause=cause.value))
    assert (said.to, said.officer) == (Addressee.NAMED_OFFICER, "TUT01")
    assert said.urgency is Urgency.SAME_DAY
    assert said.tasks[0].due == SameDay()
    assert said.facts["cause"] == cause.value
    assert said.facts["caution"] is None


def test_a_caution_and_a_suspension_stand_beside_each_other() -> None:
    """What the tutor was told before stands in the notice that a later word updates."""
    caution, cannot_come = told(cautioned_tutor())[0], told(suspended())[0]
    said_of_both = {name for name in caution.facts if caution.facts[name] is not None}
    assert said_of_both == {"episode_reference", "caution"}
    assert caution.keeps == cannot_come.keeps == {"cause", "from_on", "caution"}


@pytest.mark.parametrize(
    "kind",
    [FactKind.PROGRAMME_PLACED, FactKind.PROGRAMME_STARTED, FactKind.PROGRAMME_ENDED],
)
def test_a_place_that_is_known_otherwise_is_not_late(kind: FactKind) -> None:
    """Where one of two steps was taken back the other still shows that there is a place."""
    view = CaseView(CRC_CASE, NOW, (known(kind),))
    (record,) = overdue(fallen(referred()), view, NOW)
    assert isinstance(record, Record)
