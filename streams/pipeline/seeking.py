"""Seek whom no identifier names, and learn what people are recognised by.

Pure, as all of the pipeline: the same people are found live, in replay and in any cut of batches.
"""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from streams.domain.agencies import AgencyKind
from streams.domain.alike import SCORED, Alike, Rated, Sought, weigh
from streams.domain.case_events import CaseAllocated
from streams.domain.matching import Known, Matched, Possible, PossibleReason, Unknown
from streams.domain.passage import Identity, Looked, Opened
from streams.domain.portraits import homes_are_new, portrait_of, together
from streams.pipeline.work import Work

_OF_NEW_NUMBERS: Final = frozenset(
    {PossibleReason.NAME_AND_BIRTH_DATE_ONLY, PossibleReason.BORROWED_IDENTIFIER}
)
"""What is possible of others where case management gives a new number, and begins a person."""


def is_to_be_sought(opened: Opened, looked: Looked, decision: Possible | Unknown) -> bool:
    """Answer whether somebody may be alike: an allocation under a new number begins a person.

    Case management knows its people by that number, so likeness says nothing (decisions/003).
    """
    by_name = isinstance(decision, Unknown) or decision.reason in _OF_NEW_NUMBERS
    begins = by_name and isinstance(opened.event, CaseAllocated) and looked.crn is not None
    return looked.said is not None and not begins


def seek(opened: Opened, looked: Looked, identity: Identity, alike: Alike) -> Identity:
    """Decide again with people who are alike, where exact keys left it open."""
    decision = identity.decision
    if alike.scorer is None or isinstance(decision, Matched):
        return identity
    if not is_to_be_sought(opened, looked, decision):
        return identity
    pointed = decision.candidates if isinstance(decision, Possible) else ()
    found = weigh(decision, rated(opened.content, looked, pointed, alike))
    if found == decision:
        return identity
    if isinstance(found, Matched):
        return Identity(found, found.person_id)
    return Identity(found, None, refused=looked.refused)


def rated(content: bytes, looked: Looked, pointed: Iterable[UUID], alike: Alike) -> list[Rated]:
    """Score whoever is like the person of an event, and whom its keys point to; the best first."""
    sought = sought_by(content, looked, alike)
    return [] if sought is None else alike.rated(sought, pointed)


def sought_by(content: bytes, looked: Looked, alike: Alike) -> Sought | None:
    """Return by what the person of an event is looked for; None where nobody is."""
    if alike.scorer is None or looked.said is None:
        return None
    if content not in alike.sought:
        said = portrait_of(looked.said, looked.identifiers)
        alike.sought[content] = alike.scorer.sought(said)
    return alike.sought[content]


def is_scored(identity: Identity) -> bool:
    """Answer whether a score has matched, and no identifier."""
    return isinstance(identity.decision, Matched) and identity.decision.by == (SCORED,)


def teaches_more(opened: Opened, looked: Looked, identity: Identity, work: Work) -> bool:
    """Answer whether case management gives an address or a given name that we do not know yet.

    Whom a score has matched is taught nothing: a machine's guess is no ground for the next one.
    """
    person_id, alike = identity.person_id, work.alike
    if person_id is None or is_scored(identity):
        return False
    if opened.agency.kind is not AgencyKind.CASE_MANAGEMENT:
        return False
    if gives_new_name(looked, work.known.get(person_id)):
        return True
    if alike.scorer is None or looked.said is None or not looked.said.addresses:
        return False
    known = alike.portraits.get(person_id)
    return homes_are_new(known, portrait_of(looked.said, ()))


def gives_new_name(looked: Looked, known: Known | None) -> bool:
    """Answer whether a given name is said by which a person is not known yet."""
    return not looked.reference.given_names <= (frozenset() if known is None else known.given_names)


def recognise(looked: Looked, person_id: UUID, alike: Alike, seq: int) -> None:
    """Keep what an event says of a person, and recognise them by it from here on.

    `seq` is the number of what taught it, under which the reference is kept.
    """
    if alike.scorer is None or looked.said is None:
        return
    said = portrait_of(looked.said, looked.identifiers)
    alike.references[seq] = said
    alike.teach(person_id, together(alike.portraits.get(person_id), said))
