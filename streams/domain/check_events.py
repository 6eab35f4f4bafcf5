"""Safeguarding checks as they are asked, answered and no longer needed.

The models stand here and not in the flow's file because the flow of allocations reads what became
of a check; the rules are in `streams.flows.safeguarding_check`.
"""

from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import AwareDatetime, Field, model_validator

from streams.domain.callout_events import AgeBand
from streams.domain.records import Choice, Code, Event, Many, PersonEvent

NUMBER_MAX = 500
"""Assumed: no answer counts more call-outs of one person than this."""


class CheckKind(StrEnum):
    """What is asked: the police for call-outs, or children's services for what they know."""

    POLICE_CALLOUTS = "police_callouts"
    CHILDRENS_SERVICES = "childrens_services"


class AskedAs(StrEnum):
    """In which capacity somebody asks."""

    COURT_OFFICER = "court_officer"
    MASH_OFFICER = "mash_officer"
    RESPONSIBLE_OFFICER = "responsible_officer"


class CheckStage(StrEnum):
    """Whether the person had been sentenced when the check was asked."""

    BEFORE_SENTENCE = "before_sentence"
    AFTER_SENTENCE = "after_sentence"


class CheckOutcome(StrEnum):
    """What the agency answers; there is no word for "clear", since no answer can be (FLOWS rule 2).

    `no_trace` says that nothing was found under the details given, and nothing more.
    """

    CHILD_PROTECTION_PLAN = "child_protection_plan"
    CHILD_IN_NEED = "child_in_need"
    KNOWN = "known"
    PREVIOUSLY_KNOWN = "previously_known"
    NO_TRACE = "no_trace"
    CANNOT_ANSWER = "cannot_answer"


class WithdrawalReason(StrEnum):
    """Why a check need not be answered any more."""

    NO_LONGER_NEEDED = "no_longer_needed"
    ASKED_TWICE = "asked_twice"
    SUPERVISION_ENDED = "supervision_ended"


ABOUT_CHILDREN: Final = frozenset({CheckOutcome.CHILD_PROTECTION_PLAN, CheckOutcome.CHILD_IN_NEED})
"""Answers that only children's services can give."""


class CheckAsked(PersonEvent):
    """A check went to an agency; `asked_of` is the agency's id in the register."""

    check_reference: Code
    kind: Choice[CheckKind]
    asked_of: Code
    asked_by: Code
    asked_as: Choice[AskedAs]
    stage: Choice[CheckStage]
    hearing_at: AwareDatetime | None = None
    domestic_abuse_flagged: bool
    children_flagged: bool


class CheckReplied(PersonEvent):
    """An agency answered a check, in full or in part."""

    check_reference: Code
    kind: Choice[CheckKind]
    outcome: Choice[CheckOutcome]
    callouts: Annotated[int, Field(ge=0, le=NUMBER_MAX)] | None = None
    children_count: Annotated[int, Field(ge=0, le=30)] | None = None
    children_age_bands: Many[Choice[AgeBand]] = ()

    @model_validator(mode="after")
    def _is_theirs_to_say(self) -> Self:
        """Refuse what the police say about a child's plan: only children's services have it."""
        if self.kind is CheckKind.POLICE_CALLOUTS and self.outcome in ABOUT_CHILDREN:
            message = f"outcome {self.outcome.value} is for children's services to say"
            raise ValueError(message)
        return self


class CheckWithdrawn(PersonEvent):
    """Whoever asked needs no answer any more."""

    check_reference: Code
    kind: Choice[CheckKind]
    reason: Choice[WithdrawalReason]


CHECK_EVENTS: Final[dict[str, type[Event]]] = {
    "safeguarding.check_asked": CheckAsked,
    "safeguarding.check_replied": CheckReplied,
    "safeguarding.check_withdrawn": CheckWithdrawn,
}
