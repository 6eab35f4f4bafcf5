"""What the rule about tests says of an event, for the tests of the rule alone."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from world_builder import NOW, Said, allocated, assigned
from world_folds import folded
from world_programmes import REQUIREMENT, expected, found

from streams.domain.duties import Duty
from streams.domain.instructions import (
    Addressee,
    CaseView,
    Expect,
    Fact,
    FactKind,
    Instruction,
    Record,
    Tell,
)
from streams.flows.substance_test import FLOW, decide

if TYPE_CHECKING:
    from streams.domain.cases import Case

HELD: Final = folded(allocated(), assigned())
TEST: Final = "substance_test:T1"
SERIES: Final = f"substance_tests:{REQUIREMENT}"
CONSENT: Final[dict[str, object]] = {"requirement_id": None, "consented": True}
ENFORCEMENT: Final = re.compile(
    r"enforc|breach|compl[yi]|failure|acceptable|warning|court|requirement'", re.IGNORECASE
)
"""Words that have no place where somebody agreed to be tested; a field's name is no word."""
TELLS: Final = {
    "positive": "substance_test_positive",
    "negative": None,
    "diluted": "substance_test_diluted",
    "adulterated": "substance_test_not_completed",
    "refused": "substance_test_not_completed",
    "missed": "substance_test_not_completed",
}


def known(kind: FactKind, test: str = "T1", ago: int = 3) -> Fact:
    """Return something that is known of a test."""
    at = NOW - timedelta(days=ago)
    return Fact(UUID(int=1), kind, f"substance_test:{test}", at, ("lab", f"{kind}{test}{ago}"))


def counted(test: str, ago: int = 3) -> tuple[Fact, Fact]:
    """Return what is known of a test that was positive and that nothing explains."""
    kinds = (FactKind.SUBSTANCE_TEST_POSITIVE, FactKind.SUBSTANCE_TEST_UNEXPLAINED)
    return (known(kinds[0], test, ago), known(kinds[1], test, ago))


def decided(said: Said, *facts: Fact, case: Case = HELD) -> tuple[Instruction, ...]:
    """Return what the rule says of an event."""
    return decide(said.model(), CaseView(case, NOW, facts), NOW)


def told(said: Said, *facts: Fact, case: Case = HELD) -> Tell | None:
    """Return what the responsible officer is told, if anything; nobody else ever is."""
    tells = [each for each in decided(said, *facts, case=case) if isinstance(each, Tell)]
    assert all(each.to is Addressee.RESPONSIBLE_OFFICER for each in tells)
    assert len(tells) <= 1
    return tells[0] if tells else None


def said_of(said: Said, *facts: Fact, case: Case = HELD) -> Tell:
    """Return what the responsible officer is told, which must be something."""
    tell = told(said, *facts, case=case)
    assert tell is not None
    return tell


def kept(said: Said, *facts: Fact) -> set[FactKind]:
    """Return what is kept of an event to look back on."""
    records = (each for each in decided(said, *facts) if isinstance(each, Record))
    return {each.fact for each in records if each.fact is not None}


def confirmed(**fields: object) -> dict[str, Any]:
    """Return what a second method found."""
    return found(standing="confirmed", **fields)


def fallen(awaited: Expect) -> Duty:
    """Return a duty as the ledger has it once its time has passed."""
    return Duty(
        id=UUID(int=7),
        kind=awaited.duty,
        matter=awaited.matter,
        person_id=UUID(int=1),
        owner="OFF01",
        what=awaited.what,
        due_at=NOW,
        opened_by=expected().key,
        rule=FLOW.name,
        expected_of=awaited.of_agency,
        facts=awaited.facts,
    )
