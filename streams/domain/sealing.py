"""Which events about somebody nobody knows may be sealed: suspects, and nobody else.

An event has to say that its person is a suspect, and has to show that they are no child. Whatever
leaves either open is recorded without its content, as it is where the sealed store is off.

Source: FLOWS rule 10.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from streams.domain.alike import Scorer
from streams.domain.block_keys import keys_of
from streams.domain.matching import Known, LookupKey, lookup_keys
from streams.domain.passage import Looked, Opened
from streams.domain.portraits import Portrait, described, portrait_of
from streams.domain.records import PersonEvent, SubjectCategory

ADULT_YEARS: Final = 18
SUSPECT: Final = SubjectCategory.SUSPECT.value
"""The word is the same in `meta.subject_category` and in the role of a call-out."""
CLEARS: Final = frozenset({"police.no_further_action"})
"""Types of event after which the person is no suspect of the matter any more."""
MATTERS: Final = {
    "arrest_reference": "arrest",
    "incident_reference": "incident",
    "callout_reference": "incident",
    "court_case": "court case",
}
"""Fields that name a matter; police give a call-out's reference as the incident's elsewhere."""


def may_be_sealed(opened: Opened, looked: Looked) -> bool:
    """Answer whether what an event says may be sealed while nobody knows its person.

    What could never be found again is not worth sealing.
    """
    event = opened.event
    return (
        opened.agency.seals_suspects
        and bool(looked.keys)
        and isinstance(event, PersonEvent)
        and event.meta.retracts is None
        and opened.type not in CLEARS
        and _says_suspect(event)
        and _are_adults(looked.reference.birth_dates, opened.happened_at)
    )


def _says_suspect(event: PersonEvent) -> bool:
    """Answer whether all that an event says of the person's part is that they are a suspect."""
    said = {event.meta.subject_category, event.value_of("role")} - {None}
    return {str(each) for each in said} == {SUSPECT}


def _are_adults(births: Iterable[date], at: datetime) -> bool:
    """Answer whether the birth date shows an adult; one that is not known shows nothing."""
    day = at.date()
    years = [
        day.year - born.year - ((day.month, day.day) < (born.month, born.day)) for born in births
    ]
    return bool(years) and min(years) >= ADULT_YEARS


def event_texts(opened: Opened, looked: Looked, scorer: Scorer | None) -> frozenset[str]:
    """Return what a sealed event is found by: identifiers, what people like it share, the matter.

    They are hashed before they are kept, and never kept as they are.
    """
    exact = exact_texts(looked) | matter_texts(opened)
    if scorer is None or looked.said is None:
        return exact
    return exact | frozenset(scorer.sought(portrait_of(looked.said, looked.identifiers)).keys)


def exact_texts(looked: Looked) -> frozenset[str]:
    """Return what an event says of its person that is looked up as it is."""
    return frozenset(map(_text, looked.keys))


def matter_texts(opened: Opened) -> frozenset[str]:
    """Return the matters of an event, as its publisher names them."""
    given = ((kind, opened.event.value_of(name)) for name, kind in MATTERS.items())
    return frozenset(f"{opened.agency.id}\0{kind}\0{value}" for kind, value in given if value)


def person_texts(known: Known, portrait: Portrait, scorer: Scorer | None) -> frozenset[str]:
    """Return what sealed events about a person, or somebody like them, would be found by."""
    keys = set(lookup_keys(described(portrait).identifiers, None, None))
    for name in known.family_names:
        for born_on in known.birth_dates:
            keys.update(lookup_keys((), name, born_on))
    likeness = () if scorer is None else keys_of(scorer.ready(portrait))
    return frozenset((*map(_text, keys), *likeness))


def _text(key: LookupKey) -> str:
    """Return an exact key as one text, which no key of likeness equals."""
    return f"{key.kind}\0{key.value}"
