"""Doubt an identifier that points to somebody of whom something else is known.

A father's PNC id on his son's arrest names the father, and so does one twin's on the other's. What
is said of the person is weighed against what is known of whom the identifier names; where it looks
as if it had been given for somebody else, a human decides (docs/decisions/016).

Most events say nothing that is not known. That is seen from sets of names and dates; only what is
left is compared as descriptions are.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Final
from uuid import UUID

from streams.domain.agencies import AgencyKind
from streams.domain.alike import Alike, Scorer
from streams.domain.identifiers import IdentifierKind
from streams.domain.matching import Known, LookupKey, Matched, Possible, PossibleReason
from streams.domain.passage import Looked, Opened
from streams.domain.portraits import Portrait, portrait_of
from streams.domain.scoring.guards import ONE_TO_A_PERSON, Guard

Found = Mapping[LookupKey, frozenset[UUID]]

REASONS: Final = {
    Guard.BORROWED_IDENTIFIER: PossibleReason.BORROWED_IDENTIFIER,
    Guard.IDENTIFIERS_CONTRADICT: PossibleReason.IDENTIFIERS_CONTRADICT,
}


def says_otherwise(opened: Opened, looked: Looked, found: Found, known: Known | None) -> bool:
    """Answer whether an event says anything else than is known of whom its identifiers point to.

    Without anything known only an identifier can be another. Case management is not asked about
    its own number: what it says under that is what is so.
    """
    if is_under_own_number(opened, looked, found):
        return False
    if any(_is_of_somebody_else(key, who) for key, who in found.items()):
        return True
    if known is None:
        return False
    said = looked.reference
    return (
        _differ(said.given_names, known.given_names)
        or _differ(said.family_names, known.family_names)
        or _differ(said.birth_dates, known.birth_dates)
    )


def is_under_own_number(opened: Opened, looked: Looked, found: Found) -> bool:
    """Answer whether case management speaks of somebody under a number that it gave them."""
    if opened.agency.kind is not AgencyKind.CASE_MANAGEMENT or looked.crn is None:
        return False
    return bool(found.get(LookupKey(IdentifierKind.CRN.value, looked.crn)))


def why_doubted(
    opened: Opened, looked: Looked, portrait: Portrait | None, scorer: Scorer | None
) -> PossibleReason | None:
    """Return why an identifier may have been given for somebody else; None where nothing says so.

    Of whom there is no description nothing is known that could differ. A second number that case
    management gives somebody contradicts nothing: it is theirs to give.
    """
    if scorer is None or portrait is None or looked.said is None:
        return None
    gives_numbers = opened.agency.kind is AgencyKind.CASE_MANAGEMENT
    said = portrait_of(
        looked.said,
        (i for i in looked.identifiers if not (gives_numbers and i.kind is IdentifierKind.CRN)),
    )
    guard = scorer.borrowed(said, portrait)
    return None if guard is None else REASONS[guard]


def doubted(
    opened: Opened, looked: Looked, decision: Matched, known: tuple[Found, Known | None, Alike]
) -> Possible | None:
    """Return that a human must decide whether an event is about whom its identifiers name."""
    found, person, alike = known
    if not says_otherwise(opened, looked, found, person):
        return None
    portrait = alike.portraits.get(decision.person_id)
    reason = why_doubted(opened, looked, portrait, alike.scorer)
    return None if reason is None else Possible((decision.person_id,), reason)


def _is_of_somebody_else(key: LookupKey, who: AbstractSet[UUID]) -> bool:
    """Answer whether nobody has an identifier of which a person has one."""
    return not who and key.kind in ONE_TO_A_PERSON


def _differ(said: AbstractSet[object], known: AbstractSet[object]) -> bool:
    """Answer whether something is said, and something known, and it is not the same."""
    return bool(said and known) and said.isdisjoint(known)
