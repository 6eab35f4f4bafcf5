"""A domestic abuse call-out as an agency tells it: one person's part in one attended incident.

The models stand here and not in the flow's file because later flows (safeguarding checks,
oversight) read them; the rules are in `streams.flows.domestic_abuse_callout`.
"""

from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field

from streams.domain.records import Choice, LongText, Many, PersonEvent, Text

VICTIM_SAFETY: Final = "Do not write, text or ring home; do not raise it with the partner present."
"""Source: FLOWS row 1."""


class CalloutRole(StrEnum):
    """As what the person was found at the incident."""

    SUSPECT = "suspect"
    VICTIM = "victim"
    WITNESS = "witness"
    BOTH = "both"
    UNCLEAR = "unclear"


class RiskGrade(StrEnum):
    """The force's own grading of the risk; we never grade."""

    STANDARD = "standard"
    MEDIUM = "medium"
    HIGH = "high"


class AgeBand(StrEnum):
    """The age of a child, as far as an officer needs it."""

    UNBORN = "unborn"
    UNDER_5 = "under_5"
    FROM_5_TO_10 = "from_5_to_10"
    FROM_11_TO_15 = "from_11_to_15"
    FROM_16_TO_17 = "from_16_to_17"


class AtAddressOf(StrEnum):
    """At whose address it was; the address itself never travels in a notice."""

    OWN = "own"
    OTHER_PARTY = "other_party"
    SHARED = "shared"
    PUBLIC_PLACE = "public_place"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"


class DomesticAbuseCallout(PersonEvent):
    """One person's part in one attended incident."""

    callout_reference: Text
    role: Choice[CalloutRole]
    grade: Choice[RiskGrade]
    children_present: bool
    children_count: Annotated[int, Field(ge=0, le=30)] | None = None
    children_age_bands: Many[Choice[AgeBand]] = ()
    arrest_made: bool
    at_address_of: Choice[AtAddressOf]
    order_breached: bool
    summary: LongText | None = None
