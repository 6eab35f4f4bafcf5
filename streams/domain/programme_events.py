"""A place on a programme as its provider tells it, and what an officer tells its tutor.

The models stand here and not in the flow's file because two agencies publish them and later flows
(missed appointments, sentence plans) read them; the rules are in `streams.flows.programme_session`.
"""

from datetime import date
from enum import StrEnum
from typing import Final

from streams.domain.records import Choice, Code, Event, PersonEvent, Text


class EnforceableBasis(StrEnum):
    """Under what the person attends, which decides whether an absence can have consequences.

    Source: FLOWS row 3; HMI Probation, Durham 2016 (attended voluntarily, or as activity days).
    """

    REQUIREMENT = "requirement"
    RAR = "rar"
    LICENCE_CONDITION = "licence_condition"
    VOLUNTARY = "voluntary"


class StatedReason(StrEnum):
    """Why the person says that they missed a session; kept beside the miss and never judged.

    Source: FLOWS row 14, work, care, health, faith, treatment and hub hours.
    """

    WORK = "work"
    CARE = "care"
    HEALTH = "health"
    FAITH = "faith"
    TREATMENT = "treatment"
    HUB_HOURS = "hub_hours"
    TRANSPORT = "transport"
    OTHER = "other"
    NONE_GIVEN = "none_given"


class WithdrawalReason(StrEnum):
    """Why a place came to its end before the programme did."""

    ABSENCE = "absence"
    CONDUCT = "conduct"
    HEALTH = "health"
    MOVED = "moved"
    CUSTODY = "custody"
    RECALL = "recall"
    ORDER_ENDED = "order_ended"
    NOT_SUITABLE = "not_suitable"
    OWN_WISH = "own_wish"
    OTHER = "other"


class SuspensionCause(StrEnum):
    """Why a person cannot come to their programme."""

    RECALLED = "recalled"
    IN_CUSTODY = "in_custody"
    STOPPED = "stopped"


class OfProgramme(PersonEvent):
    """What every event of one person's place says: which place, of which programme, under what.

    `run_by` is the provider of probation that runs the programme or bought it.
    """

    episode_reference: Text
    programme: Text
    run_by: Code
    enforceable_basis: Choice[EnforceableBasis]


class Referred(OfProgramme):
    """The provider has a referral; `start_by_on` is the last day on which a start is in time."""

    referred_on: date
    start_by_on: date | None = None


class WaitingListed(OfProgramme):
    """The person waits for a place."""

    listed_on: date
    expected_start_on: date | None = None
    start_by_on: date | None = None


class Placed(OfProgramme):
    """The person has a place, and starts on a day."""

    starts_on: date


class Started(OfProgramme):
    """The person came to the first session."""

    started_on: date
    womens_safety_worker: Code | None = None


class SessionAttended(OfProgramme):
    """The person attended a session."""

    session_reference: Text
    session_on: date


class SessionMissed(OfProgramme):
    """The person did not attend a session; whether that was acceptable is not the provider's."""

    session_reference: Text
    session_on: date
    stated_reason: Choice[StatedReason]
    womens_safety_worker: Code | None = None


class ProgressReported(OfProgramme):
    """The provider wrote a report; it is asked for by its reference and does not travel."""

    report_reference: Text
    reported_on: date
    asks_for_contact: bool = False


class Completed(OfProgramme):
    """The person completed the programme."""

    completed_on: date
    report_reference: Text | None = None
    womens_safety_worker: Code | None = None


class Withdrawn(OfProgramme):
    """The person's place ended before the programme did."""

    withdrawn_on: date
    reason: Choice[WithdrawalReason]
    womens_safety_worker: Code | None = None


class ProgrammeSuspended(PersonEvent):
    """The responsible officer tells the tutor that the person cannot come, from a day on."""

    episode_reference: Text
    tutor: Code
    cause: Choice[SuspensionCause]
    from_on: date


class SafetyCautionGiven(PersonEvent):
    """The responsible officer tells the tutor how to keep people safe, without offence detail."""

    episode_reference: Text
    tutor: Code
    caution: Text


PROGRAMME_EVENTS: Final[dict[str, type[Event]]] = {
    "programmes.referred": Referred,
    "programmes.waiting_listed": WaitingListed,
    "programmes.placed": Placed,
    "programmes.started": Started,
    "programmes.session_attended": SessionAttended,
    "programmes.session_missed": SessionMissed,
    "programmes.progress_reported": ProgressReported,
    "programmes.completed": Completed,
    "programmes.withdrawn": Withdrawn,
    "case.programme_suspended": ProgrammeSuspended,
    "case.safety_caution_given": SafetyCautionGiven,
}
