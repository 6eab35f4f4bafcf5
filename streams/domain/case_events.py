"""A person's supervision as case management tells it: who has it, under what, at which risk."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import AwareDatetime, Field, model_validator

from streams.domain.records import Choice, Code, Event, LongText, Many, PersonEvent, Text

QUANTITY_MAX = 10_000
RESTRICTED_NAMES_MAX = 24
"""Assumed: so many are named of a case; more are refused, for one left out would be told."""
Quantity = Annotated[int, Field(ge=0, le=QUANTITY_MAX)]


class SupervisionRole(StrEnum):
    """For what an officer has a case; a case may need two people with different duties."""

    RESPONSIBLE_OFFICER = "responsible_officer"
    ENFORCEMENT_OFFICER = "enforcement_officer"


class OrderKind(StrEnum):
    """Under what a person is supervised."""

    COMMUNITY_ORDER = "community_order"
    SUSPENDED_SENTENCE_ORDER = "suspended_sentence_order"
    LICENCE = "licence"
    POST_SENTENCE_SUPERVISION = "post_sentence_supervision"
    YOUTH_ORDER = "youth_order"


class OrderEndReason(StrEnum):
    """Why supervision under an order or licence ended."""

    COMPLETED = "completed"
    REVOKED = "revoked"
    EXPIRED = "expired"
    REPLACED = "replaced"
    DIED = "died"


class RequirementKind(StrEnum):
    """What an order or licence asks of the person.

    Source: Criminal Justice Act 2003 s.177.
    """

    PROGRAMME = "programme"
    DRUG_REHABILITATION = "drug_rehabilitation"
    ALCOHOL_TREATMENT = "alcohol_treatment"
    ALCOHOL_ABSTINENCE = "alcohol_abstinence"
    MENTAL_HEALTH_TREATMENT = "mental_health_treatment"
    REHABILITATION_ACTIVITY = "rehabilitation_activity"
    UNPAID_WORK = "unpaid_work"
    CURFEW = "curfew"
    RESIDENCE = "residence"
    EXCLUSION = "exclusion"
    NON_CONTACT = "non_contact"
    PROHIBITED_ACTIVITY = "prohibited_activity"
    ELECTRONIC_MONITORING = "electronic_monitoring"
    SUPERVISION = "supervision"
    OTHER = "other"


class Register(StrEnum):
    """The registers of case management; names follow `reference/probation.md` 5.1.

    One wrong letter once hid the top risk band in another system (RVRH for RVHR), so this is the
    only list, and a test routes every value.
    """

    LOW_ROSH = "RLRH"
    MEDIUM_ROSH = "RMRH"
    HIGH_ROSH = "RHRH"
    VERY_HIGH_ROSH = "RVHR"
    MAPPA = "MAPP"
    VISOR = "AVIS"
    CHILD_CONCERNS = "RCCO"
    CHILD_PROTECTION = "RCPR"
    RISK_TO_CHILDREN = "RCHD"
    ADULT_AT_RISK = "RVAD"
    VULNERABILITY = "RVLN"
    MENTAL_HEALTH = "RMDO"
    SUICIDE_OR_SELF_HARM = "ALSH"
    GANGS = "STRG"
    WEAPONS = "WEAP"
    TERRORISM = "RTAO"
    PUBLIC_INTEREST = "RPIR"
    INTEGRATED_OFFENDER_MANAGEMENT = "IIOM"
    SERIOUS_FURTHER_OFFENCE = "ASFO"
    WARRANT_OR_SUMMONS = "WRSM"
    DOMESTIC_ABUSE_PERPETRATOR = "ADVP"
    DOMESTIC_ABUSE_VICTIM = "ADVV"
    DOMESTIC_ABUSE_HISTORY = "REG30"
    MARAC = "IMAR"
    RESTRAINING_ORDER = "RSTO"
    STALKING_PROTECTION_ORDER = "SPO"
    CHILD_SEXUAL_EXPLOITATION_PERPETRATOR = "CSEP"
    SEXUAL_HARM_PREVENTION_ORDER = "SHPO"
    REGISTERED_SEX_OFFENDER = "ARSO"
    NON_REGISTERED_SEX_OFFENDER = "ANSO"
    RISK_TO_STAFF = "AV2S2"
    RISK_TO_KNOWN_ADULT = "REG15"
    RISK_TO_PRISONER = "REG16"
    RISK_TO_PUBLIC = "REG17"
    RISK_TO_ADULT_AT_RISK = "REG22"
    VICTIM_CONTACT = "INVI"
    LIFER = "INLL"
    HATE_CRIME = "IRMO"
    MODERN_SLAVERY_VICTIM = "MSV"
    MODERN_SLAVERY_PERPETRATOR = "MSP"
    MENTAL_HEALTH_ISSUES = "AMHL"
    PROLIFIC = "APPO"
    DUPLICATE_RECORD = "KDUP"
    DUPLICATE_OFFENDER = "DOFF"
    HOME_OFFICE_INTEREST = "HOIE"


class Rosh(StrEnum):
    """Risk of serious harm, as assessed by a person; nothing here computes it."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    VERY_HIGH = "very_high"


class CaseAllocated(PersonEvent):
    """A provider has the person from `effective_at`; only this creates a person."""

    provider: Code
    team: Code | None = None
    effective_at: AwareDatetime
    reason: Text | None = None


class CaseAssigned(PersonEvent):
    """One officer of the provider has the person from `effective_at`, in `role`."""

    provider: Code
    team: Code | None = None
    officer: Code
    role: Choice[SupervisionRole]
    effective_at: AwareDatetime


class OrderMade(PersonEvent):
    """An order or licence under which the person is supervised."""

    order_id: Code
    kind: Choice[OrderKind]
    made_on: date
    ends_on: date | None = None
    court_case: Text | None = None


class OrderEnded(PersonEvent):
    """An order or licence came to its end, and why."""

    order_id: Code
    ended_on: date
    reason: Choice[OrderEndReason]


class RequirementImposed(PersonEvent):
    """A requirement of an order, or a condition of a licence."""

    order_id: Code
    requirement_id: Code
    kind: Choice[RequirementKind]
    days: Quantity | None = None
    hours: Quantity | None = None
    ends_on: date | None = None


class RequirementEnded(PersonEvent):
    """A requirement or condition no longer binds."""

    requirement_id: Code
    ended_on: date
    reason: LongText | None = None


class Registered(PersonEvent):
    """The person was put on a register."""

    register_: Choice[Register] = Field(alias="register")
    registered_on: date
    level: Text | None = None
    category: Text | None = None
    review_on: date | None = None


class Deregistered(PersonEvent):
    """The person was taken off a register."""

    register_: Choice[Register] = Field(alias="register")
    ended_on: date


class RiskAssessed(PersonEvent):
    """Somebody assessed the risk of serious harm; a tier always comes with its scheme."""

    rosh: Choice[Rosh]
    assessed_on: date
    tier: Code | None = None
    tier_scheme: Code | None = None


class AccessRestricted(PersonEvent):
    """Who may see this case: if restricted, only those entitled; those excluded, never."""

    restricted: bool
    entitled_officers: Many[Code] = ()
    excluded_officers: Many[Code] = ()
    excluded_teams: Many[Code] = ()
    effective_at: AwareDatetime

    @model_validator(mode="after")
    def _names_fit(self) -> Self:
        """Refuse more names than a case can hold."""
        named = len(self.entitled_officers) + len(self.excluded_officers) + len(self.excluded_teams)
        if named > RESTRICTED_NAMES_MAX:
            message = f"{named} officers and teams are named, at most {RESTRICTED_NAMES_MAX} can be"
            raise ValueError(message)
        return self


CASE_EVENTS: Final[dict[str, type[Event]]] = {
    "case.allocated": CaseAllocated,
    "case.assigned": CaseAssigned,
    "case.order_made": OrderMade,
    "case.order_ended": OrderEnded,
    "case.requirement_imposed": RequirementImposed,
    "case.requirement_ended": RequirementEnded,
    "case.registered": Registered,
    "case.deregistered": Deregistered,
    "case.risk_assessed": RiskAssessed,
    "case.access_restricted": AccessRestricted,
}
