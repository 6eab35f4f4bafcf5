"""What happened, in a sentence for an officer, for each type of notice.

Only closed lists, numbers and references are put into words. Free text of an agency (the wording
of a bail condition, the title of an offence) may name somebody, so a command leaves it out.
A type that is not in the table is told by the meaning that its schema states.
"""

from collections.abc import Callable, Mapping
from typing import Final

from schemas.catalogue import UnknownEventType, schema_of
from streams.cli._sentences_checks import CHECKS
from streams.cli._sentences_merges import MERGES
from streams.cli._sentences_programmes import PROGRAMMES
from streams.cli._sentences_staff import STAFF
from streams.cli._sentences_tests import TESTS
from streams.cli._words import Facts, day, listed, plain
from streams.domain.case_events import Register
from streams.domain.notices import Notice


def what_happened(notice: Notice) -> str:
    """Say what happened in words."""
    say = SENTENCES.get(notice.type)
    if say is not None:
        return say(notice.facts)
    try:
        return schema_of(f"notices.{notice.type}.v1").meaning
    except UnknownEventType:
        return f"{plain(notice.type).capitalize()}."


REGISTERS: Final = {each.value: plain(each.name.lower()) for each in Register}
"""Each register by its code, in words."""


def _matter(matter: object) -> str:
    """Read a matter as what it is and its reference, which stays as its agency wrote it."""
    kind, _, reference = str(matter).partition(":")
    return f"{plain(kind)} {reference}" if reference else str(matter)


def _event_type(full_type: object) -> str:
    """Read the type of an event as who sends it and what it is."""
    publisher, _, name = str(full_type).rpartition(".v")[0].partition(".")
    return f"{plain(publisher)}: {plain(name)}" if name else str(full_type)


def _suspect(facts: Facts) -> str:
    """Say what the officer of a suspect reads."""
    return f"{_callout(facts, 'this person was the suspect')}{_circumstances(facts)}"


def _victim(facts: Facts) -> str:
    """Say what the officer of a victim reads; nothing of the other party."""
    return _callout(facts, "this person was the victim")


def _role_unclear(facts: Facts) -> str:
    """Say what an officer reads where the police could not tell who did what."""
    both = facts.get("role") == "both"
    role = "named as both suspect and victim" if both else "there in a part that is not clear"
    return f"{_callout(facts, f'this person was {role}')}{_circumstances(facts)}"


def _callout(facts: Facts, who: str) -> str:
    """Say what either side's officer reads of a call-out."""
    text = (
        f"The police attended a domestic abuse call-out ({facts.get('callout_reference')}): {who}."
        f" They graded the risk {plain(facts.get('grade'))}."
    )
    if facts.get("children_present"):
        number = facts.get("children_count")
        bands = listed(facts.get("children_age_bands"))
        children = {None: "Children were", 1: "1 child was"}.get(number, f"{number} children were")
        text += f" {children} present{f' ({bands})' if bands else ''}."
    else:
        text += " No children were present."
    return text + (" An arrest was made." if facts.get("arrest_made") else " Nobody was arrested.")


def _circumstances(facts: Facts) -> str:
    """Say where it was, whether an order was breached, and what was known before."""
    places = {"own": "this person's own address", "other_party": "the other party's address"}
    where = str(facts.get("at_address_of"))
    text = f" It was at: {places.get(where, plain(where))}."
    if facts.get("order_breached"):
        text += " An order or condition was breached."
    known = ", ".join(REGISTERS.get(r, str(r)) for r in facts.get("known_registers") or ())
    return text + (f" Registers already held: {known}." if known else "")


def _repeat(facts: Facts) -> str:
    """Say what a manager reads of repeated call-outs."""
    references = ", ".join(map(str, facts.get("callout_references") or ()))
    return (
        f"{facts.get('callouts')} domestic abuse call-outs as suspect in"
        f" {facts.get('window_months')} months: {references}."
    )


def _both(facts: Facts) -> str:
    """Say what a manager reads where both parties are supervised."""
    return (
        f"Two parties to call-out {facts.get('callout_reference')} are supervised by one"
        f" {facts.get('same')}."
    )


STEPS: Final = {
    "arrested": "was arrested",
    "bailed": "was released on bail",
    "released_under_investigation": "was released under investigation",
    "charged": "was charged",
    "cautioned": "was cautioned",
    "listed": "has a hearing listed",
    "warrant_issued": "has a warrant out",
    "no_further_action": "faces no further action by the police",
    "cleared": "was cleared by the court",
    "resulted": "had a result at court",
}


def _new_offence(facts: Facts) -> str:
    """Say what an officer reads of a step in a new matter."""
    happened = str(facts.get("happened"))
    text = f"This person {STEPS.get(happened, plain(happened))} ({_matter(facts.get('matter'))})."
    groups = listed(facts.get("offence_groups"))
    number = len(facts.get("offences") or ())
    if number:
        text += f" Offences: {number}{f' ({groups})' if groups else ''}."
    for name, words in (("outcomes", "Outcomes"), ("orders", "Orders made")):
        found = listed(facts.get(name))
        text += f" {words}: {found}." if found else ""
    kinds = listed([each.get("kind") for each in facts.get("conditions") or ()])
    text += f" Bail conditions of these kinds: {kinds}." if kinds else ""
    return text + (f" Next date: {day(facts['next_on'])}." if facts.get("next_on") else "")


def _new_order(facts: Facts) -> str:
    """Say what an allocation desk reads of an order."""
    made = f" on {day(facts['made_on'])}" if facts.get("made_on") else ""
    return (
        f"A court made a new order{made} in court case {facts.get('court_case')}:"
        f" {listed(facts.get('orders'))}."
    )


def _held(facts: Facts) -> str:
    """Say what a desk reads of an event whose person is not certain."""
    kind = _event_type(facts.get("event_type"))
    return (
        f"An event ({kind}) is held because it is not certain who it is about."
        f" {facts.get('reason')}"
    )


def _originator(facts: Facts) -> str:
    """Say what somebody reads who may not read the content."""
    return f"There is something you may not read here. Ask: {facts.get('contact')}."


SENTENCES: Final[Mapping[str, Callable[[Facts], str]]] = {
    "domestic_abuse_callout_suspect": _suspect,
    "domestic_abuse_callout_victim": _victim,
    "domestic_abuse_callout_role_unclear": _role_unclear,
    "repeat_domestic_abuse_callouts": _repeat,
    "both_parties_supervised": _both,
    "new_offence": _new_offence,
    "new_order": _new_order,
    "identity_held": _held,
    "contact_originator": _originator,
    **CHECKS,
    **MERGES,
    **PROGRAMMES,
    **STAFF,
    **TESTS,
}
