"""What a notice says of a step in a new matter: the matter, the step, and the typed facts."""

from datetime import UTC, date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from streams.domain.offence_events import (
    Bailed,
    Cautioned,
    Charged,
    HearingListed,
    HearingResulted,
    ReleasedUnderInvestigation,
    WarrantIssued,
)
from streams.domain.offence_groups import groups_of
from streams.domain.records import PersonEvent

COURT_ZONE: Final = ZoneInfo("Europe/London")
"""Where a sitting has its day."""
_TIME_BEGINS: Final = datetime(1, 1, 2, tzinfo=UTC)
"""Before the railways London was a minute behind Greenwich: its first day began before year 1."""


def matter_of(event: PersonEvent) -> str:
    """Name the matter: the court case where there is one, else the arrest, else the event."""
    court_case = event.value_of("court_case")
    arrest = event.value_of("arrest_reference")
    incident = event.value_of("incident_reference")
    if court_case is not None:
        return f"court_case:{court_case}"
    if arrest is not None:
        return f"arrest:{arrest}"
    return f"incident:{incident}" if incident is not None else f"event:{event.meta.event_id}"


def step_of(event: PersonEvent) -> str:
    """Name the step in one word of practice."""
    names: dict[type[PersonEvent], str] = {
        Bailed: "bailed",
        ReleasedUnderInvestigation: "released_under_investigation",
        Charged: "charged",
        Cautioned: "cautioned",
        HearingListed: "listed",
        WarrantIssued: "warrant_issued",
    }
    return names[type(event)]


def facts_of(happened: str, event: PersonEvent) -> dict[str, Any]:
    """Return the typed part of the notice, the same for every step."""
    offences = event.value_of("offences", otherwise=())
    return {
        "happened": happened,
        "offences": [
            {
                "code": offence.code,
                "title": offence.title,
                "groups": [group.value for group in offence.value_of("groups", otherwise=())],
            }
            for offence in offences
        ],
        "offence_groups": sorted(group.value for group in groups_of(event)),
        "conditions": [
            {"kind": condition.kind.value, "text": condition.text}
            for condition in (event.conditions if isinstance(event, Bailed) else ())
        ],
        "court_case": event.value_of("court_case"),
        "next_on": _next_on(event),
        "outcomes": _outcomes(event),
        "orders": [o.kind.value for o in event.orders]
        if isinstance(event, HearingResulted)
        else [],
    }


def _outcomes(event: PersonEvent) -> list[str]:
    """Return the outcomes of a result, each once, in the order in which the court gave them."""
    if not isinstance(event, HearingResulted):
        return []
    return list(dict.fromkeys(result.outcome.value for result in event.all_results))


def _next_on(event: PersonEvent) -> date | None:
    """Return the day that the event announces, if it announces one; a result announces none."""
    match event:
        case HearingResulted():
            return None
        case Charged():
            return event.first_hearing_on
        case Bailed():
            return event.until_on
        case HearingListed():
            return min(map(_court_day, event.sittings), default=None)
        case _:
            return None


def _court_day(sitting: datetime) -> date:
    """Return the day on which a sitting is, where courts sit."""
    return max(sitting, _TIME_BEGINS).astimezone(COURT_ZONE).date()
