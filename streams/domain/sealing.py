"""Which events about somebody nobody knows may be sealed: suspects, and nobody else.

An event has to say that its person is a suspect, and has to show that they are no child. Whatever
leaves either open is recorded without its content, as it is where the sealed store is off.

Source: FLOWS rule 10.
"""

from datetime import datetime
from typing import Final

from streams.domain.passage import Opened
from streams.domain.placeholders import JUNK_BIRTH_DATES
from streams.domain.records import PersonEvent, SubjectCategory

ADULT_YEARS: Final = 18
SUSPECT: Final = SubjectCategory.SUSPECT.value
"""The word is the same in `meta.subject_category` and in the role of a call-out."""


def may_be_sealed(opened: Opened) -> bool:
    """Answer whether what an event says may be sealed while nobody knows its person."""
    event = opened.event
    return (
        opened.agency.seals_suspects
        and isinstance(event, PersonEvent)
        and event.meta.retracts is None
        and _says_suspect(event)
        and _is_adult(event, opened.happened_at)
    )


def _says_suspect(event: PersonEvent) -> bool:
    """Answer whether all that an event says of the person's part is that they are a suspect."""
    said = {event.meta.subject_category, event.value_of("role")} - {None}
    return {str(each) for each in said} == {SUSPECT}


def _is_adult(event: PersonEvent, at: datetime) -> bool:
    """Answer whether the birth date shows an adult; one that is not known shows nothing."""
    born = event.person.born_on
    if born is None or born in JUNK_BIRTH_DATES:
        return False
    day = at.date()
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return years >= ADULT_YEARS
