"""Identify who the event is about.

The look-up keys are derived before the transaction, so that the ledger can insert and lock their
rows; the decision is taken afterwards on what was found under the locks. Only an allocation creates
a person, and only case management teaches new identifiers of a known one.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from streams.domain.agencies import Agency, AgencyKind
from streams.domain.case_events import CaseAllocated
from streams.domain.derived_ids import derived_id
from streams.domain.identifiers import Identifier, IdentifierKind, Refused, parse
from streams.domain.matching import (
    NAME_AND_BIRTH_DATE,
    POSSIBLE_WORDS,
    UNKNOWN_WORDS,
    Known,
    LookupKey,
    Matched,
    Possible,
    PossibleReason,
    Unknown,
    UnknownReason,
    decide,
    lookup_keys,
    normalise_family_names,
    normalise_given_names,
)
from streams.domain.passage import Identity, Looked, Opened
from streams.domain.placeholders import JUNK, JunkList
from streams.domain.records import PersonEvent, PersonReference

PERSON_NAMESPACE: Final = UUID("0b9d1f0e-55a1-5f0e-8a55-2b0f6f1f8c01")
NOBODY: Final = UUID(int=0)
"""Stands for whoever a reference is about."""
WORDS: Final[Mapping[PossibleReason | UnknownReason, str]] = POSSIBLE_WORDS | UNKNOWN_WORDS
REFUSED_SHOWN_MAX = 5
"""Assumed: who gets more than this wrong has one mistake in the export, not one in each."""


def look(opened: Opened, junk: JunkList = JUNK) -> Looked | None:
    """Return what to look up for an event about a person, or None for an event about nobody.

    What this installation lists as junk is not looked up: strangers would share it.
    """
    event = opened.event
    if not isinstance(event, PersonEvent):
        return None
    year = opened.raw.broker_at.year
    given = event.person.identifiers
    parsed = [parse(each.kind, each.value, year=year, junk=junk) for each in given]
    refused = (f"{p.kind.value}: {p.why}" for p in parsed if isinstance(p, Refused))
    identifiers = tuple(dict.fromkeys(p for p in parsed if isinstance(p, Identifier)))
    born_on = None if event.person.born_on in junk.birth_dates else event.person.born_on
    reference = _reference(event.person, born_on)
    names: list[str | None] = [*sorted(reference.family_names)] or [None]
    first, *others = names
    keys = dict.fromkeys(lookup_keys(identifiers, first, born_on))
    for family_name in others:
        keys.update(dict.fromkeys(lookup_keys((), family_name, born_on)))
    crn = next((i.value for i in identifiers if i.kind is IdentifierKind.CRN), None)
    why = tuple(dict.fromkeys(refused))
    return Looked(tuple(keys), identifiers, reference, crn, why, event.person)


def _reference(person: PersonReference, born_on: date | None) -> Known:
    """Return the names and birth date of a reference in the form in which they are compared.

    A protected former name takes part here, as a matching key, and appears nowhere else.
    """
    given = [person.name.family_name if person.name else None]
    given += [alias.family_name for alias in person.aliases]
    dates = frozenset() if born_on is None else frozenset({born_on})
    called = [person.name.given_name if person.name else None]
    called += [alias.given_name for alias in person.aliases]
    names = normalise_family_names(given), dates, normalise_given_names(called)
    return Known(NOBODY, *names)


def identify(
    opened: Opened,
    looked: Looked,
    found: Mapping[LookupKey, frozenset[UUID]],
    known: Mapping[UUID, Known],
) -> Identity:
    """Decide who an event is about from what was found under its keys."""
    reference = looked.reference
    born_on = next(iter(reference.birth_dates), None)
    decision = decide(found, reference.family_names, born_on, known)
    if isinstance(decision, Matched):
        learnt = _learnt(opened, looked, found, decision.person_id)
        return Identity(decision, decision.person_id, learnt=learnt)
    if isinstance(opened.event, CaseAllocated) and _begins(decision, looked):
        person_id = derived_id(PERSON_NAMESPACE, *opened.key)
        return Identity(decision, person_id, created=True, learnt=looked.keys)
    return Identity(decision, None, refused=looked.refused)


def _begins(decision: Possible | Unknown, looked: Looked) -> bool:
    """Answer whether an allocation begins a person: nobody is known, or only a namesake is.

    Case management knows its people by their case reference number, and a new one is another person
    even where surname and birth date are those of somebody we know (docs/decisions/003).
    """
    if isinstance(decision, Unknown):
        return bool(looked.keys)
    namesake = decision.reason is PossibleReason.NAME_AND_BIRTH_DATE_ONLY
    return namesake and looked.crn is not None


def in_doubt(
    opened: Opened, looked: Looked, found: Mapping[LookupKey, frozenset[UUID]], decision: Possible
) -> Identity:
    """Hold an event under an identifier that may be borrowed, or begin the person of a new number.

    Who is allocated under a new case reference number exists, whoever's identifier was typed beside
    it; that identifier stays with whom it names (docs/decisions/016).
    """
    is_allocation = isinstance(opened.event, CaseAllocated) and looked.crn is not None
    if not is_allocation or decision.reason is not PossibleReason.BORROWED_IDENTIFIER:
        return Identity(decision, None, refused=looked.refused)
    person_id = derived_id(PERSON_NAMESPACE, *opened.key)
    free = (k for k in looked.keys if k.kind == NAME_AND_BIRTH_DATE or not found.get(k))
    return Identity(decision, person_id, created=True, learnt=tuple(free))


def why_nobody(identity: Identity, agency: Agency) -> str:
    """Say why an event is held or nobody's, and what its agency must check; nothing of whom."""
    decision = identity.decision
    because = () if isinstance(decision, Matched) else (WORDS[decision.reason],)
    shown = [
        f"{words.replace('the publisher', agency.name)}."
        for words in identity.refused[:REFUSED_SHOWN_MAX]
    ]
    left = len(identity.refused) - len(shown)
    more = (f"Refused as well: {left} more.",) if left else ()
    return " ".join((*because, *shown, *more))


def _learnt(
    opened: Opened, looked: Looked, found: Mapping[LookupKey, frozenset[UUID]], person_id: UUID
) -> tuple[LookupKey, ...]:
    """Return the keys that case management gives of this person for the first time.

    A surname and birth date that somebody else has already becomes a key of both.
    """
    if opened.agency.kind is not AgencyKind.CASE_MANAGEMENT:
        return ()
    return tuple(key for key in looked.keys if person_id not in found.get(key, ()))


def merged(known: Known | None, person_id: UUID, reference: Known) -> Known:
    """Add the names and dates of a reference to what is known of a person."""
    if known is None:
        return replace(reference, person_id=person_id)
    return Known(
        person_id,
        known.family_names | reference.family_names,
        known.birth_dates | reference.birth_dates,
        known.given_names | reference.given_names,
    )
