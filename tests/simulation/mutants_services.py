"""Wrong rules of checks, programmes and tests, and of who has what when a case changes hands."""

from __future__ import annotations

from sys import modules
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace
from simulation.mutants import OF_OFFENCES, changed, told_otherwise
from simulation.mutants_identity import OF_IDENTITY
from world_run import rules

from streams.domain import substance_facts
from streams.domain.duties import Due, WorkingDays
from streams.domain.instructions import CaseView, Instruction, Tell
from streams.domain.notices import Urgency
from streams.flows import case_allocation, programme_session, substance_test

if TYPE_CHECKING:
    import pytest

    from streams.domain.records import PersonEvent
    from streams.pipeline import Rules


def plan_can_wait(_patch: pytest.MonkeyPatch) -> Rules:
    """That a child has a protection plan waits for the next day."""

    def change(said: Instruction, event: PersonEvent, _view: CaseView) -> Instruction:
        """Lower the urgency of that answer."""
        is_it = isinstance(said, Tell) and event.value_of("outcome") == "child_protection_plan"
        return replace(said, urgency=Urgency.NEXT_WORKING_DAY) if is_it else said

    return changed(change)


def asked_a_day_later(patch: pytest.MonkeyPatch) -> Rules:
    """A check that was never asked may be asked a day later."""
    later: Due = WorkingDays(2)
    patch.setattr(case_allocation, "ASK_DUE", later)
    return rules()


def third_absence(patch: pytest.MonkeyPatch) -> Rules:
    """The women's safety worker hears of a third absence and not of a second."""
    patch.setattr(programme_session, "ABSENCES_TOLD", 3)
    return rules()


def told_without_a_basis(patch: pytest.MonkeyPatch) -> Rules:
    """A test is told without a requirement or the person's consent."""
    basis = substance_facts.SharingBasis.REQUIREMENT
    patch.setattr(substance_test, "basis_of", lambda *_: basis)
    return rules()


def positive_can_wait(_patch: pytest.MonkeyPatch) -> Rules:
    """A positive test is left to the digest."""
    return told_otherwise("substance_test_positive", urgency=Urgency.DIGEST)


def nothing_changes_hands(patch: pytest.MonkeyPatch) -> Rules:
    """What was open stays with whoever had the person before."""
    patch.setattr(modules["streams.pipeline.run"], "change_hands", lambda *_: [])
    return rules()


OF_SERVICES: Final = (
    plan_can_wait,
    asked_a_day_later,
    third_absence,
    told_without_a_basis,
    positive_can_wait,
    nothing_changes_hands,
)
MUTANTS: Final = (*OF_OFFENCES, *OF_SERVICES, *OF_IDENTITY)
