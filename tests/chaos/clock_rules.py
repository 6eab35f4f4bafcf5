"""Rules of a trial of the clock: what is awaited, of whom and until when stands in the matter.

A call-out asks; a call-out with the same reference and a high grade answers, and so does a hearing
whose case is the reference.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from world_run import rules as rules_of

from streams.domain.callout_events import DomesticAbuseCallout, RiskGrade
from streams.domain.duties import At
from streams.domain.instructions import Expect, Flow, Instruction, Record, Satisfy
from streams.domain.offence_events import HearingListed

if TYPE_CHECKING:
    from streams.domain.instructions import CaseView
    from streams.domain.records import PersonEvent
    from streams.pipeline import Rules

NAME: Final = "clock_trial"
AWAITED: Final = "answered"
OF_NOBODY: Final = "-"


def matter(number: int, agency: str, due: datetime) -> str:
    """Write down what is awaited."""
    return f"{number}|{agency}|{due.isoformat()}"


def due_of(text: str) -> datetime:
    """Read until when something is awaited."""
    return datetime.fromisoformat(text.split("|")[2])


def agency_of(text: str) -> str:
    """Read of whom something is awaited."""
    return text.split("|")[1]


def decide(event: PersonEvent, view: CaseView, now: datetime) -> tuple[Instruction, ...]:
    """Expect an answer, or take one."""
    (text,) = matters(event)
    if isinstance(event, HearingListed) or getattr(event, "grade", None) is RiskGrade.HIGH:
        return (Satisfy(AWAITED, text), Record("answered"))
    agency = agency_of(text)
    of = None if agency == OF_NOBODY else agency
    due = At(due_of(text))
    return (Expect(AWAITED, "Wait for it.", due, text, of_agency=of), Record("asked"))


def matters(event: PersonEvent) -> tuple[str, ...]:
    """Return what the event is about."""
    if isinstance(event, HearingListed):
        return (event.court_case,)
    assert isinstance(event, DomesticAbuseCallout)
    return (event.callout_reference,)


FLOW: Final = Flow(
    name=NAME,
    version=1,
    events={
        "police.domestic_abuse_callout": DomesticAbuseCallout,
        "courts.hearing_listed": HearingListed,
    },
    decide=decide,
    matters=matters,
)


def rules() -> Rules:
    """Make the rules of the trial."""
    return rules_of(FLOW)
