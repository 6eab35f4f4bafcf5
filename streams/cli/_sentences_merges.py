"""What happened, in a sentence, for the notices about people who were merged or parted again.

Why somebody decided it is in their own words and may name somebody, so a command leaves it out.
"""

from collections.abc import Callable, Mapping
from typing import Final

from streams.cli._output import counted
from streams.cli._words import Facts


def _who(facts: Facts) -> str:
    """Name whoever decided."""
    return f"{facts.get('decided_by_name')} ({facts.get('decided_by')})"


def _merged(facts: Facts) -> str:
    """Say what whoever had either of two people reads."""
    kept = facts.get("kept_crn") or "a person without a CRN"
    gone = facts.get("gone_crn") or "a person without a CRN"
    to = facts.get("to_officer")
    name = f"{facts.get('to_officer_name')} ({to})" if to else facts.get("to_provider")
    items = counted(int(facts.get("items") or 0), "notice")
    duties = counted(int(facts.get("duties") or 0), "duty", "duties")
    return (
        f"{kept} and {gone} are one person, says {_who(facts)}. With {name or 'nobody'} now:"
        f" {items} and {duties} open."
    )


def _parted(facts: Facts) -> str:
    """Say what whoever has one of two people reads."""
    other = facts.get("other_crn") or "somebody else"
    here = counted(int(facts.get("meanwhile") or 0), "event")
    elsewhere, held = facts.get("elsewhere"), facts.get("in_review")
    return (
        f"This person was taken for one with {other} and is not, says {_who(facts)}. Since then"
        f" {here} came about this person, {elsewhere} about the other, and {held} wait until"
        " somebody has decided."
    )


def _reopened(facts: Facts) -> str:
    """Say what whoever decided about an event reads, once it is open again."""
    events = [str(each) for each in facts.get("events") or ()]
    more = int(facts.get("more") or 0)
    listed = ", ".join(events) + (f" and {more} more" if more else "")
    who = f"{facts.get('parted_by_name')} ({facts.get('parted_by')})"
    return (
        f"Whom you decided {listed} to be about is two people, says {who}, and neither what you"
        " said nor its identifiers say which of them: somebody must decide again."
    )


MERGES: Final[Mapping[str, Callable[[Facts], str]]] = {
    "people_merged": _merged,
    "people_unmerged": _parted,
    "decision_reopened": _reopened,
}
