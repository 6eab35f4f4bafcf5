"""Safeguarding checks as flows look back on them: which were asked, and what became of each."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from streams.domain.check_events import CheckKind, CheckOutcome
from streams.domain.duties import UNDONE, Duty
from streams.domain.instructions import Fact, FactKind

ASK_DUTY: Final = "safeguarding_check_asked"
"""The duty to ask; whichever flow opened it, a check of its kind that is asked satisfies it."""
WITHDRAWN: Final = "withdrawn"
"""What became of a check that nobody needs any more."""
CHECK_STANDS: Final = timedelta(days=90)
"""Assumed: a check asked before sentence still serves the officer who is assigned after it."""
CHECK_KINDS: Final = frozenset({FactKind.CHECK_ASKED, FactKind.CHECK_REPLIED})
"""The facts from which checks are read."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check; `asked_at` is None where only its answer reached us, `ended` until it has one."""

    matter: str
    asked_at: datetime | None = None
    ended: str | None = None
    ended_at: datetime | None = None

    @property
    def kind(self) -> str:
        """Return what was asked, as `CheckKind` has it."""
        return self.matter.split(":")[1]

    @property
    def is_withdrawn(self) -> bool:
        """Answer whether it was taken back before anybody answered."""
        return self.ended == WITHDRAWN

    @property
    def is_answered(self) -> bool:
        """Answer whether an agency said what it knows, be it nothing."""
        return self.ended not in {None, WITHDRAWN, CheckOutcome.CANNOT_ANSWER.value}

    def stands(self, now: datetime) -> bool:
        """Answer whether nobody has to ask again: it is recent, and waited for or answered."""
        begun = self.asked_at or self.ended_at
        lost = self.ended is not None and not self.is_answered
        return begun is not None and not lost and begun > now - CHECK_STANDS


def matter_of(kind: CheckKind, reference: str) -> str:
    """Name the matter of a check."""
    return f"check:{kind.value}:{reference}"


def ask_matter(kind: CheckKind, occasion: str) -> str:
    """Name the matter of a duty to ask, of which each occasion has its own."""
    return f"ask:{kind.value}:{occasion}"


def ended_as(matter: str, ending: str) -> str:
    """Name what is remembered of the end of a check."""
    return f"{matter}:{ending}"


def checks_in(facts: Iterable[Fact]) -> tuple[Check, ...]:
    """Read the checks from facts in the order in which they were admitted; the last answer holds.

    The answer may have come before the ask, which is another agency's to send.
    """
    checks: dict[str, Check] = {}
    for fact in facts:
        if fact.kind is FactKind.CHECK_ASKED:
            check = checks.get(fact.matter, Check(fact.matter))
            checks[fact.matter] = replace(check, asked_at=check.asked_at or fact.occurred_at)
        elif fact.kind is FactKind.CHECK_REPLIED:
            matter, _, ending = fact.matter.rpartition(":")
            check = checks.get(matter, Check(matter))
            checks[matter] = replace(check, ended=ending, ended_at=fact.occurred_at)
    return tuple(checks.values())


def never_asked(facts: Iterable[Fact], now: datetime) -> tuple[CheckKind, ...]:
    """Return the kinds of check for which none stands."""
    standing = {check.kind for check in checks_in(facts) if check.stands(now)}
    return tuple(kind for kind in CheckKind if kind.value not in standing)


def duties_to_ask(duties: Iterable[Duty], kind: CheckKind) -> tuple[Duty, ...]:
    """Return the duties that asking a check of this kind satisfies, whatever opened them."""
    return tuple(
        duty
        for duty in duties
        if duty.kind == ASK_DUTY
        and duty.state in UNDONE
        and duty.matter.split(":")[1] == kind.value
    )
