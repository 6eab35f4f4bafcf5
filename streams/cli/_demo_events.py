"""What came, in the words of an office: one line for an event, and who its sender says it is about.

Names stand here alone: everything else of Switchboard shows identifiers. In the demo every name is
made up, and a reader must be able to follow who is who.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from streams.cli._demo_county import Happened
from streams.cli._output import LOCAL
from streams.domain.identifiers import IdentifierKind

Fields = Mapping[str, Any]

KINDS: Final = {
    IdentifierKind.PNC: "PNC id",
    IdentifierKind.CRN: "CRN",
    IdentifierKind.CP_MASTER_DEFENDANT: "court's person id",
    IdentifierKind.ASN: "arrest summons number",
}
SHOWN: Final = frozenset({IdentifierKind.PNC, IdentifierKind.CRN})
NAME_PARTS: Final = ("given_name", "family_name")


def what_came(happened: Happened) -> str:
    """Say what came in one line."""
    if happened.event is None:
        return "an entry that cannot be used"
    name = happened.event.event_type.rpartition(".v")[0]
    say = WORDS.get(name)
    words = say(happened.event.record) if say else name.rpartition(".")[2].replace("_", " ")
    if happened.event.record["meta"]["retracts"] is None:
        return words
    return f"retraction of: {words}"


def stated_time(happened: Happened) -> datetime | None:
    """Return the instant that the sender states."""
    if happened.event is None:
        return None
    occurred_at: datetime = happened.event.record["meta"]["occurred_at"]
    return occurred_at


def when(happened: Happened) -> str:
    """Say when it happened, or will; a time that cannot be is only said to be written."""
    occurred_at, now = stated_time(happened), happened.delivery.at
    if occurred_at is None:
        return ""
    opened = happened.ended.prepared.opened
    verb = "happened" if occurred_at <= now else "takes place"
    if opened is not None and opened.is_suspect_time:
        verb = "dated"
    return f"; {verb} {clock(occurred_at, now)}"


def who_it_names(happened: Happened) -> str:
    """Return the (made-up) name that the sender gives, and the identifiers as it writes them."""
    person = happened.event.record.get("person") if happened.event else None
    if not person:
        return ""
    name = " ".join(filter(None, ((person["name"] or {}).get(n) for n in NAME_PARTS)))
    given = [
        f"{KINDS[IdentifierKind(each['kind'])]} {each['value']}"
        for each in person["identifiers"]
        if each["kind"] in SHOWN
    ]
    return f"{name}, given as {' and '.join(given) or 'a name and a date of birth only'}"


def clock(instant: datetime, now: datetime) -> str:
    """Write a local time as somebody says it on the day of `now`."""
    there, here = instant.astimezone(LOCAL), now.astimezone(LOCAL)
    if there.date() == here.date():
        return f"{there:%H:%M} today"
    year = "" if there.year == here.year else f" {there.year}"
    return f"{there:%H:%M} on {there:%a} {there.day} {there:%b}{year}"


def _callout(fields: Fields) -> str:
    """Name a call-out and the part that the person had in it."""
    part = "role unclear" if fields["role"] == "unclear" else f"as {fields['role']}"
    return f"domestic abuse call-out {fields['callout_reference']}, {part}"


def _arrest(fields: Fields) -> str:
    """Name an arrest."""
    covert = "covert " if fields["covert"] else ""
    return f"{covert}arrest {fields['arrest_reference']}: {_titles(fields)}"


def _titles(fields: Fields) -> str:
    """Name the offences."""
    return "; ".join(offence["title"] for offence in fields["offences"]) or "offence not stated"


def _court(fields: Fields) -> str:
    """Name a case and the court that hears it."""
    return f"case {fields['court_case']}, {fields['court']['name'] or fields['court']['code']}"


WORDS: Final[Mapping[str, Callable[[Fields], str]]] = {
    "police.domestic_abuse_callout": _callout,
    "police.arrested": _arrest,
    "police.charged": lambda fields: f"charge in case {fields['court_case']}: {_titles(fields)}",
    "police.bailed": lambda fields: f"bail after arrest {fields['arrest_reference']}",
    "police.released_under_investigation": lambda fields: (
        f"release under investigation after arrest {fields['arrest_reference']}"
    ),
    "police.cautioned": lambda fields: f"caution: {_titles(fields)}",
    "courts.hearing_listed": lambda fields: f"hearing listed in {_court(fields)}",
    "courts.hearing_resulted": lambda fields: f"result in {_court(fields)}",
    "safeguarding.check_asked": lambda fields: (
        f"check {fields['check_reference']}, asked of {fields['asked_of']}"
    ),
    "safeguarding.check_replied": lambda fields: (
        f"answer to check {fields['check_reference']}: {fields['outcome'].replace('_', ' ')}"
    ),
    "case.assigned": lambda fields: f"assignment to {fields['officer']}",
}
