"""What is always withheld, from whom, and what is said instead: a table, applied to every notice.

Source: FLOWS, "Always withheld". The schemas already leave out what nobody may read (the other
party, children's names, the police narrative, treatment notes); this table is for what some
recipients may read and others not. Each row is tested for each way in which a recipient is reached.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from streams.domain.cases import Restriction
from streams.domain.records import HandlingCondition

OFFICERS: Final = frozenset({"responsible_officer", "cover", "manager", "enforcement_officer"})
REACHED_AS: Final = (
    "responsible_officer",
    "cover",
    "manager",
    "enforcement_officer",
    "allocation_desk",
    "duty_desk",
    "restricted_access_lead",
    "court_duty_officer",
    "mash_probation_officer",
    "named_officer",
)
"""Every way in which a recipient is reached.

A named officer may be a tutor, who has no business with offences: they read what a desk reads, and
so does whoever is reached in their stead."""


@dataclass(frozen=True, slots=True)
class WithheldRow:
    """A field of a notice's facts, who may read it, and the value that others get."""

    what: str
    field: str
    part: str | None
    seen_by: frozenset[str]
    instead: Any


WITHHELD: Final = (
    WithheldRow(
        what="a condition's text, which may hold a victim's address or school",
        field="conditions",
        part="text",
        seen_by=OFFICERS,
        instead="withheld: ask the responsible officer",
    ),
    WithheldRow(
        what="offence detail, for those who only need to know that there is a matter",
        field="offences",
        part="title",
        seen_by=OFFICERS | {"restricted_access_lead"},
        instead="withheld: ask the responsible officer",
    ),
    WithheldRow(
        what="registers of domestic abuse, for those who only pass the notice on",
        field="known_registers",
        part=None,
        seen_by=OFFICERS | {"restricted_access_lead"},
        instead=[],
    ),
    WithheldRow(
        what="the ages of children, for those who only pass the notice on",
        field="children_age_bands",
        part=None,
        seen_by=OFFICERS | {"restricted_access_lead"},
        instead=[],
    ),
    WithheldRow(
        what="what was found in a test, for those who only pass the notice on",
        field="findings",
        part="substance",
        seen_by=OFFICERS | {"restricted_access_lead"},
        instead="withheld: ask the responsible officer",
    ),
    WithheldRow(
        what="a medicine prescribed to the person, which tells of their health",
        field="findings",
        part="prescribed_medicine",
        seen_by=OFFICERS,
        instead="withheld: ask the responsible officer",
    ),
    WithheldRow(
        what="why the person says that they were absent, which may tell of health or faith",
        field="stated_reason",
        part=None,
        seen_by=OFFICERS,
        instead="withheld: ask the responsible officer",
    ),
    WithheldRow(
        what="why a place ended early, which may tell of health",
        field="withdrawal_reason",
        part=None,
        seen_by=OFFICERS,
        instead="withheld: ask the responsible officer",
    ),
)
NEVER_SHOWN: Final = frozenset(
    {
        "addresses",
        "aliases",
        "born_on",
        "clinical_notes",
        "family_name",
        "given_name",
        "identifiers",
        "informant",
        "name",
        "person",
        "postcode",
        "referrer",
        "summary",
        "womens_safety_worker",
        "wording",
    }
)
"""Field names that no notice's typed part may have; a contract test walks every notice schema."""


def withhold(facts: Mapping[str, Any], *reached_as: str) -> dict[str, Any]:
    """Return a notice's facts as somebody may read them who is all of this."""
    shared = dict(facts)
    for row in WITHHELD:
        if row.field in shared and not row.seen_by.issuperset(reached_as):
            shared[row.field] = _instead(row, shared[row.field])
    return shared


def _instead(row: WithheldRow, value: Any) -> Any:  # noqa: ANN401 - a field of any type
    """Replace a field, or one part of each entry of a list of records."""
    if row.part is None:
        return row.instead
    return [{**entry, row.part: row.instead} for entry in value]


def is_excluded(restriction: Restriction, officer: str, team: str | None) -> bool:
    """Answer whether an officer, or the team they are in, must never see a case."""
    return officer in restriction.excluded_officers or team in restriction.excluded_teams


def is_entitled(restriction: Restriction, officer: str, team: str | None) -> bool:
    """Answer whether an officer may see a case: exclusion is absolute, restriction is a list."""
    if is_excluded(restriction, officer, team):
        return False
    return not restriction.restricted or officer in restriction.only


def is_for_provider(conditions: tuple[HandlingCondition, ...], *, contracted: bool) -> bool:
    """Answer whether a provider's staff may read the content; a CRC is a contracted provider."""
    return not (contracted and HandlingCondition.NOT_FOR_PROVIDER in conditions)
