"""What the rule about programmes says of an event, for the tests of the rule alone."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from world_builder import NOW, Said, allocated, assigned
from world_folds import folded
from world_programmes import (
    NPS_CASE,
    PROGRAMME,
    attended,
    cautioned_tutor,
    completed,
    days,
    missed,
    placed,
    progress,
    referred,
    started,
    suspended,
    waiting,
    withdrawn,
)

from streams.domain.instructions import (
    Addressee,
    CaseView,
    Fact,
    FactKind,
    Instruction,
    Tell,
)
from streams.flows.programme_session import decide

if TYPE_CHECKING:
    from streams.domain.cases import Case

CRC_CASE: Final = folded(allocated(), assigned())
NPS_CASE_FOLDED: Final = folded(*(said for said in NPS_CASE if said.type.startswith("case.")))
WORKER: Final = {"womens_safety_worker": "WSW01"}
ENFORCEMENT: Final = re.compile(
    r"enforc|breach|compl[yi]|failure|fail(ed|s)?\b|acceptable|warning|sanction|requirement",
    re.IGNORECASE,
)
"""Words that have no place where a person attends of their own will."""
STEPS: Final = {
    "referred": referred(),
    "waiting": waiting(expected_start_on=days(80), start_by_on=days(63)),
    "placed": placed(),
    "started": started(**WORKER),
    "attended": attended(),
    "missed": missed(**WORKER),
    "progress": progress(asks_for_contact=True),
    "completed": completed(**WORKER),
    "withdrawn": withdrawn(**WORKER),
    "suspended": suspended(),
    "caution": cautioned_tutor(),
}


def known(kind: FactKind, session: str | None = None, ago: int = 1) -> Fact:
    """Return something that is known of the place, or of one of its sessions."""
    matter = PROGRAMME if session is None else f"{PROGRAMME}:session:{session}"
    at = NOW - timedelta(days=ago)
    return Fact(UUID(int=1), kind, matter, at, ("durham-programmes", f"{kind}{session}"))


def decided(said: Said, *facts: Fact, case: Case = CRC_CASE) -> tuple[Instruction, ...]:
    """Return what the rule says of an event."""
    return decide(said.model(), CaseView(case, NOW, facts), NOW)


def told(said: Said, *facts: Fact, case: Case = CRC_CASE) -> list[Tell]:
    """Return whom the rule tells."""
    return [each for each in decided(said, *facts, case=case) if isinstance(each, Tell)]


def officer_told(said: Said, *facts: Fact, case: Case = CRC_CASE) -> Tell:
    """Return what the responsible officer is told."""
    tells = told(said, *facts, case=case)
    (found,) = (each for each in tells if each.to is Addressee.RESPONSIBLE_OFFICER)
    return found


def kinds_told(said: Said, *facts: Fact) -> list[str]:
    """Return the kinds of notice that come of an event."""
    return [each.notice for each in told(said, *facts)]
