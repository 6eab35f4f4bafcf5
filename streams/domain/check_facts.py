"""What a duty keeps of a safeguarding check, and what each notice says of one: the typed facts."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from streams.domain.check_events import CheckAsked, CheckOutcome, CheckReplied

Facts = dict[str, Any]


def asked(event: CheckAsked, asked_at: datetime) -> Facts:
    """Return what the expectation of an answer keeps: JSON values, instants as ISO text."""
    return {
        "check_reference": event.check_reference,
        "kind": event.kind.value,
        "asked_of": event.asked_of,
        "asked_by": event.asked_by,
        "asked_as": event.asked_as.value,
        "asked_at": asked_at.isoformat(),
        "hearing_at": event.hearing_at.isoformat() if event.hearing_at else None,
        "domestic_abuse_flagged": event.domestic_abuse_flagged,
        "children_flagged": event.children_flagged,
    }


def request(known: Mapping[str, Any]) -> Facts:
    """Return what the hub's officer reads of a check that somebody else asked."""
    return {
        "check_reference": known["check_reference"],
        "kind": known["kind"],
        "asked_as": known["asked_as"],
        "hearing_on": _day(known["hearing_at"]),
        "domestic_abuse_flagged": known["domestic_abuse_flagged"],
        "children_flagged": known["children_flagged"],
    }


def silence(known: Mapping[str, Any]) -> Facts:
    """Return what is said of a check that was not answered in its time."""
    return {
        **request(known),
        "asked_of": known["asked_of"],
        "asked_on": _day(known["asked_at"]),
    }


def answer(event: CheckReplied, *, was_overdue: bool) -> Facts:
    """Return what an agency answered: children by number and age band only."""
    return {
        "check_reference": event.check_reference,
        "kind": event.kind.value,
        "outcome": event.outcome.value,
        "callouts": event.callouts,
        "children_count": event.children_count,
        "children_age_bands": [band.value for band in event.children_age_bands],
        "was_overdue": was_overdue,
    }


def bare_answer(known: Mapping[str, Any], outcome: CheckOutcome) -> Facts:
    """Return what is remembered of an answer that came before its check: the word for it."""
    return {
        "check_reference": known["check_reference"],
        "kind": known["kind"],
        "outcome": outcome.value,
        "callouts": None,
        "children_count": None,
        "children_age_bands": [],
        "was_overdue": False,
    }


def not_asked(known: Mapping[str, Any]) -> Facts:
    """Return what the court duty officer reads of a check that was not asked before a hearing."""
    return {
        "kind": known["kind"],
        "court_case": known["court_case"],
        "hearing_on": _day(known["hearing_at"]),
    }


def _day(instant: str | None) -> date | None:
    """Return the day of an instant that is kept as text."""
    return None if instant is None else datetime.fromisoformat(instant).date()
