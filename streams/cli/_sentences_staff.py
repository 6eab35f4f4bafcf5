"""What happened, in a sentence, for the notices about officers who are away, back or gone."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from streams.cli._output import counted, local
from streams.cli._words import Facts

NOT_KNOWN: Final = "it is not known until when"


def _who(facts: Facts) -> str:
    """Name the officer."""
    return f"{facts.get('officer_name')} ({facts.get('officer')})"


def _instant(value: object) -> str:
    """Write an instant, which a ledger keeps as a text, for people."""
    if value is None:
        return NOT_KNOWN
    return local(value if isinstance(value, datetime) else datetime.fromisoformat(str(value)))


def _items(facts: Facts) -> str:
    """Say how much came to the reader, and how much of it nobody had read."""
    items = int(facts.get("items") or 0)
    text = f" {counted(items, 'open notice')} came to you, {facts.get('unread')} of them unread."
    elsewhere = int(facts.get("elsewhere") or 0)
    rest = f" {counted(elsewhere, 'other')} went to somebody who may see the case."
    return text + (rest if elsewhere else "")


def _cover(facts: Facts) -> str:
    """Say what whoever covers reads."""
    until = facts.get("until_at")
    ends = f"until {_instant(until)}" if until is not None else NOT_KNOWN
    return f"You cover for {_who(facts)}, since {_instant(facts.get('from_at'))}; {ends}." + _items(
        facts
    )


def _no_cover(facts: Facts) -> str:
    """Say what a manager reads of an absence without cover."""
    people = counted(int(facts.get("people") or 0), "person", "people")
    return (
        f"{_who(facts)} is away since {_instant(facts.get('from_at'))} and nobody covers;"
        f" they have {people}.{_items(facts)}"
    )


def _left(facts: Facts) -> str:
    """Say what a manager reads of an officer who left."""
    people = counted(int(facts.get("people") or 0), "person", "people")
    return f"{_who(facts)} has left; {people} had them as officer.{_items(facts)}"


def _returned(facts: Facts) -> str:
    """Say what an officer who is back reads."""
    raised = counted(int(facts.get("raised") or 0), "notice")
    return (
        f"While you were away (from {_instant(facts.get('from_at'))}) {raised} came in your stead;"
        f" {facts.get('given_back')} are yours now and {facts.get('elsewhere')} wait for others."
    )


def _handed_over(facts: Facts) -> str:
    """Say what the officer who had a person reads."""
    to = facts.get("to_officer")
    name = f"{facts.get('to_officer_name')} ({to})" if to else facts.get("to_provider")
    items = counted(int(facts.get("items") or 0), "open notice")
    duties = counted(int(facts.get("duties") or 0), "duty", "duties")
    return f"This person is with {name or 'nobody'} now: {items} and {duties} went on."


STAFF: Final[Mapping[str, Callable[[Facts], str]]] = {
    "cover_summary": _cover,
    "absence_without_cover": _no_cover,
    "officer_left": _left,
    "returned_summary": _returned,
    "case_handed_over": _handed_over,
}
