"""The agency register as values: who may publish what, on which feed, and who answers for it.

The register is the access policy of the inbound side: a feed that is not in it is not read, and an
event type that an agency was not granted is quarantined. `streams.settings` reads it from
`agencies.toml`; nothing here opens a file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

SEALED_FOR_MAX: Final = timedelta(days=28)
"""Assumed: how long a signed agreement lets what was said of an unknown suspect be kept.

An installation may keep it for less, and never for more. Source: FLOWS rule 10.
"""


class AgencyKind(StrEnum):
    """What sort of body an agency is; it decides the words in which officers read its name."""

    POLICE = "police"
    COURT = "court"
    CASE_MANAGEMENT = "case_management"
    DIRECTORY = "directory"
    SAFEGUARDING_HUB = "safeguarding_hub"
    PROGRAMME_PROVIDER = "programme_provider"
    TREATMENT_PROVIDER = "treatment_provider"
    PRISON = "prison"
    MONITORING_PROVIDER = "monitoring_provider"


class Gateway(StrEnum):
    """The legal power under which information is shared; a closed set.

    Source: DESIGN section 6; Offender Management Act 2007 s.14, Crime and Disorder Act 1998 s.115,
    Criminal Justice Act 2003 s.325, Children Act 2004 and Care Act 2014.
    """

    OFFENDER_MANAGEMENT_ACT = "offender_management_act_2007_s14"
    CRIME_AND_DISORDER_ACT = "crime_and_disorder_act_1998_s115"
    CRIMINAL_JUSTICE_ACT = "criminal_justice_act_2003_s325"
    SAFEGUARDING = "safeguarding_duties"


class ReceiptGrant(StrEnum):
    """What an agency's receipts may say beyond "accepted" and "quarantined".

    Each of these tells that somebody is, or is not, supervised; nobody learns that by sending us an
    event about them, but where an agreement says that this agency may.
    Source: DESIGN section 8, *Receipts*.
    """

    ROUTED = "routed"
    HELD = "held"
    NOBODYS = "nobodys"


@dataclass(frozen=True, slots=True)
class Agency:
    """One publisher: `feed` is its inbound topic, `event_types` what it may say on it.

    `event_types` are names without version (`police.domestic_abuse_callout`). `contact` is told
    when its events are quarantined; `held_desk` is the provider whose duty desk is told when an
    event of it is held; `source` names the format its connector reads, if not our own JSON lines;
    `receipts` is what its receipts may say beyond what every agency is told. `seals_suspects` says
    that a signed agreement turns the sealed store on for its events.
    """

    id: str
    name: str
    kind: AgencyKind
    feed: str
    event_types: frozenset[str]
    gateways: frozenset[Gateway]
    contact: str
    held_desk: str
    partitions: int
    source: str | None = None
    receipts: frozenset[ReceiptGrant] = frozenset()
    seals_suspects: bool = False

    def may_publish(self, event_type: str) -> bool:
        """Answer whether the register grants this event type, given without its version."""
        return event_type in self.event_types


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider of probation, to which notices go; a CRC is `contracted`, the NPS is not."""

    id: str
    name: str
    contracted: bool


@dataclass(frozen=True, slots=True)
class AgencyRegister:
    """All agencies and all providers by id."""

    agencies: Mapping[str, Agency]
    providers: Mapping[str, Provider]

    def of_feed(self, feed: str) -> Agency | None:
        """Return the agency whose inbound topic this is, or None when nobody registered it."""
        return next((a for a in self.agencies.values() if a.feed == feed), None)
