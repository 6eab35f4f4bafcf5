"""What no score may decide alone: twins, parent and child, one household, a borrowed identifier.

Sums of weights take fields for independent. In a family they are not: twins share surname, birth
date and address, a father and a son name and address, and in domestic abuse cases both are in our
records. A guard looks at the pattern and says how far the decision may go at most.

Source: hmpps-person-match, the twins rule of model/score.py, for the first guard; Assumed: others.
"""

from collections.abc import Iterable
from enum import StrEnum
from itertools import product
from typing import Final

from msgspec import Struct

from streams.domain.identifiers import MATCHING_KINDS, IdentifierKind
from streams.domain.scoring.compare_births import SAME_BIRTH, BirthsCompared
from streams.domain.scoring.compare_identifiers import IdentifiersCompared
from streams.domain.scoring.compare_names import NamesCompared
from streams.domain.scoring.compare_places import PlacesCompared
from streams.domain.scoring.compare_words import SAME
from streams.domain.scoring.levels import (
    ALIKE,
    DIFFERENT,
    ESTIMATED,
    EXACT,
    FIRST_JANUARY,
    GENERATION,
    MIDDLE,
    MISSING,
    PART,
    TWO_OF_THREE,
)
from streams.domain.scoring.people import ReadyName, Word


class Decision(StrEnum):
    """Whether two records are of one person, as far as a machine may say."""

    JOIN = "join"
    ASK = "ask"
    SPLIT = "split"


class Guard(StrEnum):
    """Which pattern limits the decision."""

    TWINS = "twins"
    TWIN_POSSIBLE = "twin_possible"
    PARENT_AND_CHILD = "parent_and_child"
    GENERATION_POSSIBLE = "generation_possible"
    RELATIVES = "relatives"
    BORROWED_IDENTIFIER = "borrowed_identifier"
    IDENTIFIERS_CONTRADICT = "identifiers_contradict"
    NAMES_DIFFER = "names_differ"
    BIRTH_DIFFERS = "birth_differs"
    TOO_LITTLE = "too_little"


AT_MOST: Final = {
    Guard.TWINS: Decision.ASK,
    Guard.TWIN_POSSIBLE: Decision.ASK,
    Guard.PARENT_AND_CHILD: Decision.SPLIT,
    Guard.GENERATION_POSSIBLE: Decision.ASK,
    Guard.RELATIVES: Decision.SPLIT,
    Guard.BORROWED_IDENTIFIER: Decision.ASK,
    Guard.IDENTIFIERS_CONTRADICT: Decision.ASK,
    Guard.NAMES_DIFFER: Decision.ASK,
    Guard.BIRTH_DIFFERS: Decision.ASK,
    Guard.TOO_LITTLE: Decision.ASK,
}
"""How far a decision may go where the guard sees its pattern."""
AT_LEAST_ASK: Final = frozenset({Guard.BORROWED_IDENTIFIER})
"""Guards that also keep a pair from being split unseen: an identifier says it is one person."""

ONE_TO_A_PERSON: Final = frozenset(
    {IdentifierKind.PNC, IdentifierKind.CRO, IdentifierKind.CRN, IdentifierKind.NOMIS}
)
"""Kinds of which a person has one: a second one is somebody else's, or a mistake."""
OTHER_BIRTH: Final = frozenset({DIFFERENT, ALIKE})
"""Levels at which two dates are hardly one."""
_ESTIMATES: Final = frozenset({FIRST_JANUARY, ESTIMATED})
_NAMED: Final = SAME | {PART}
NAMESAKE_BITS_MIN: Final = 27.0
"""Assumed: of a name and a birth date that say less, a county has two people who share both."""


class Compared(Struct, frozen=True):
    """All that was compared of a pair.

    `has_two_names` says of given names that are alike that both are names of their own.
    """

    names: NamesCompared
    births: BirthsCompared
    places: PlacesCompared
    identifiers: IdentifiersCompared
    has_two_names: bool = False


def guard_of(pair: Compared) -> Guard | None:
    """Return the guard that limits the decision most, or none."""
    agreeing = pair.identifiers.agreeing & MATCHING_KINDS
    if agreeing:
        return borrowed_guard(pair)
    return _family_guard(pair) or _evidence_guard(pair)


def borrowed_guard(pair: Compared) -> Guard | None:
    """Look for signs that an identifier that agrees was typed for, or given by, somebody else.

    They are another given name, whatever else agrees (twins, brothers, a spouse); a birth a
    generation off (father and son of one name); and another birth where the given name does not say
    that it is the same person. A surname alone that differs is that of a marriage.
    """
    names, births = pair.names, pair.births
    one_differs = DIFFERENT in {names.given, names.family}
    is_half = one_differs and _is_half_swapped(names)
    is_other = names.given is DIFFERENT or is_half or pair.has_two_names
    is_born_otherwise = births.level in OTHER_BIRTH
    if is_other or (is_born_otherwise and not _is_named_the_same(names)):
        return Guard.BORROWED_IDENTIFIER
    if births.is_generation_apart and births.level not in SAME_BIRTH:
        return Guard.BORROWED_IDENTIFIER
    if pair.identifiers.contradicting & ONE_TO_A_PERSON:
        return Guard.IDENTIFIERS_CONTRADICT
    return None


def _is_named_the_same(names: NamesCompared) -> bool:
    """Answer whether the given name is the same, and the surname not wholly another."""
    return names.given in _NAMED and names.family is not DIFFERENT


def are_two_names(left: Iterable[ReadyName], right: Iterable[ReadyName]) -> bool:
    """Answer of given names that are only alike whether both are names: Gary and Barry.

    Of several given names each, the first may be what brothers share: Mohammed Ali, Mohammed Hasan.
    """
    pairs = ((a.given, b.given) for a, b in product(left, right) if a.given and b.given)
    return all(
        (_is_a_name(a) and _is_a_name(b)) or (len(a.words) > 1 and len(b.words) > 1)
        for a, b in pairs
    )


def _is_a_name(word: Word) -> bool:
    """Answer whether many people have this name, or it is known to have other forms."""
    return word.is_common or bool(word.groups)


def _family_guard(pair: Compared) -> Guard | None:
    """Look for relatives: what a family has in common, with signs that it is two of them."""
    names, births = pair.names, pair.births
    if _is_half_swapped(names):
        return _half_swapped_guard(births)
    if names.family not in SAME and names.family is not PART:
        return None
    if any(part.field is GENERATION for part in names.parts):
        return Guard.PARENT_AND_CHILD
    if births.level in SAME_BIRTH:
        if names.given not in SAME and names.given is not PART:
            is_two = names.given is DIFFERENT
            return Guard.TWINS if is_two else Guard.TWIN_POSSIBLE
        if names.given is not EXACT and _middle_differs(names):
            return Guard.TWIN_POSSIBLE
        return Guard.GENERATION_POSSIBLE if births.is_generation_apart else None
    if births.is_generation_apart:
        return Guard.PARENT_AND_CHILD
    is_near = pair.places.is_same or pair.places.is_same_postcode
    if births.level is MISSING:
        return Guard.GENERATION_POSSIBLE if is_near else None
    if names.given is DIFFERENT and births.level in OTHER_BIRTH:
        return Guard.RELATIVES
    return None


def _middle_differs(names: NamesCompared) -> bool:
    """Answer whether both have middle names and these are two."""
    return any(p.field is MIDDLE and p.level is DIFFERENT for p in names.parts)


def _is_half_swapped(names: NamesCompared) -> bool:
    """Answer whether only one name was found, in the other's place: it may be the family name."""
    return names.is_swapped and not (names.given in SAME and names.family in SAME)


def _half_swapped_guard(births: BirthsCompared) -> Guard | None:
    """Take the one name that agrees for the family's, as it is in the names of relatives."""
    if births.level in SAME_BIRTH:
        return Guard.TWIN_POSSIBLE
    if births.is_generation_apart:
        return Guard.PARENT_AND_CHILD
    return Guard.RELATIVES if births.level in OTHER_BIRTH else Guard.TWIN_POSSIBLE


def _evidence_guard(pair: Compared) -> Guard | None:
    """Ask for a name and one more thing before anybody is joined without an identifier."""
    names, birth, places = pair.names, pair.births.level, pair.places
    if pair.identifiers.contradicting & ONE_TO_A_PERSON:
        return Guard.IDENTIFIERS_CONTRADICT
    if names.given not in _NAMED and names.family not in _NAMED:
        return Guard.NAMES_DIFFER
    if birth in OTHER_BIRTH or birth is TWO_OF_THREE:
        return Guard.BIRTH_DIFFERS
    is_named = names.given in _NAMED and names.family in _NAMED
    is_born = birth in SAME_BIRTH - _ESTIMATES
    is_home = places.is_same or places.is_same_postcode
    if is_named and is_born and not is_home:
        said = names.bits + (pair.births.part.bits if pair.births.part is not None else 0.0)
        return None if said >= NAMESAKE_BITS_MIN else Guard.TOO_LITTLE
    if is_named and is_home and birth in _ESTIMATES:
        # Where births are estimates, a common name in a hostel is that of several people.
        return None if names.bits + places.bits >= NAMESAKE_BITS_MIN else Guard.TOO_LITTLE
    return None if is_home and (is_named or is_born) else Guard.TOO_LITTLE
