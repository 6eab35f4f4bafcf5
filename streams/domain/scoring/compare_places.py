"""Addresses compared over their histories: people move, so that to differ says little."""

from functools import lru_cache
from itertools import product
from math import log2
from operator import attrgetter
from typing import Final

from msgspec import Struct
from msgspec.structs import replace
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from streams.domain.scoring.levels import (
    CHOICE,
    DIFFERENT,
    DISTRICT,
    EXACT,
    LOCALITY,
    MISSING,
    NEAR,
    NUMBER,
    PART,
    POSTCODE,
    PREMISES,
    PREMISES_ALONE,
    PREMISES_ELSEWHERE,
    STREET,
    Level,
    Part,
)
from streams.domain.scoring.places import Place
from streams.domain.scoring.weights import Weights

CACHED_MAX: Final = 131_072
"""Pairs of streets and places that are remembered."""
SAME_TEXT_MIN: Final = 84.0
"""Assumed: streets and places that are so alike, in percent of letters, are one."""
SLIP_LETTERS_MIN: Final = 4
WITHIN_POSTCODE_BITS_MIN: Final = 3.5
"""Assumed: a postcode has some eleven to fifteen homes, so a number in it says so much at least."""

_ALIKE: Final = frozenset({EXACT, NEAR})
"""Levels at which two texts, postcodes or homes may well be one."""
_BITS: Final = attrgetter("bits")

LINE_BITS_MAX: Final = 4.0
"""Assumed: beside a postcode, another line says no more than which of its homes it is."""


class PlacesCompared(Struct, frozen=True):
    """The best pairing of two people's addresses; `is_same` means one home, not one postcode."""

    parts: tuple[Part, ...]
    bits: float
    is_same: bool
    is_same_postcode: bool


NOWHERE: Final = PlacesCompared((), 0.0, is_same=False, is_same_postcode=False)


def compare_places(
    left: tuple[Place, ...], right: tuple[Place, ...], weights: Weights
) -> PlacesCompared:
    """Compare every address of one with every address of the other, and return the best pairing."""
    if not left or not right:
        return NOWHERE
    if len(left) == 1 == len(right):
        return _one_pair(left[0], right[0], weights)
    best = max((_one_pair(*pair, weights) for pair in product(left, right)), key=_BITS)
    if best.bits <= 0:
        return best
    tried = max(-log2(len(left) * len(right)), -best.bits)
    parts = (*best.parts, Part(CHOICE, PART, tried, "address"))
    return replace(best, parts=parts, bits=best.bits + tried)


def _one_pair(left: Place, right: Place, weights: Weights) -> PlacesCompared:
    code = postcode_level(left, right)
    premises = premises_level(left, right, code)
    if code is NEAR and premises is DIFFERENT:
        # A slip in a postcode leaves the home the same; otherwise it is a postcode nearby.
        code = DISTRICT if left.district == right.district else DIFFERENT
    in_postcode = code in _ALIKE
    parts: list[Part] = []
    if code is not MISSING:
        is_district = code is DISTRICT
        bits = left.district_bits if is_district else left.postcode_bits
        bits = min(bits, right.district_bits if is_district else right.postcode_bits)
        parts.append(weights.capped(POSTCODE, code, bits))
    if premises is not MISSING:
        said = parts[0].bits if in_postcode else 0.0
        parts.append(_premises_part((left, right), premises, weights, (code, said)))
    if left.rest and right.rest and (locality := _locality(left, right, weights, code)):
        parts.append(locality)
    return PlacesCompared(tuple(parts), sum(map(_BITS, parts)), premises in _ALIKE, in_postcode)


def _premises_part(
    pair: tuple[Place, Place], level: Level, weights: Weights, code: tuple[Level, float]
) -> Part:
    """Weigh number and street; beside a postcode only what they add to what it said counts."""
    (left, right), (postcode, said) = pair, code
    if postcode is EXACT:
        field, least = PREMISES, WITHIN_POSTCODE_BITS_MIN
    else:
        # A postcode with a slip says little of the street, so that the street still speaks.
        is_open = postcode is MISSING or postcode is NEAR
        field, least = PREMISES_ALONE if is_open else PREMISES_ELSEWHERE, 0.0
    if level is NEAR and not (left.street and right.street):
        # Only the number is there: it is as rare as numbers are, however large the postcode is.
        bits = min(left.number_bits, right.number_bits)
        return replace(weights.part(field, EXACT, bits), level=level)
    if level is STREET:
        bits = min(left.street_bits, right.street_bits)
    else:
        bits = min(left.address_bits, right.address_bits)
    return weights.capped(field, level, max(bits - said, least))


def _locality(left: Place, right: Place, weights: Weights, code: Level) -> Part | None:
    """Weigh the other lines: the rarest one that both have.

    A postcode says the town already, so beside one only a line that is rarer than it counts.
    """
    found = []
    for mine, mine_bits in zip(left.rest, left.rest_bits, strict=True):
        for theirs, their_bits in zip(right.rest, right.rest_bits, strict=True):
            level = text_level(mine, theirs)
            if level in _ALIKE:
                found.append((min(mine_bits, their_bits), level))
    if code is EXACT:
        bits, level = max(found, default=(0.0, EXACT))
        added = min(bits - min(left.postcode_bits, right.postcode_bits), LINE_BITS_MAX)
        return Part(LOCALITY, level, added) if added > 0 else None
    if not found:
        return weights.part(LOCALITY, DIFFERENT)
    if len(found) == 1:
        bits, level = found[0]
        return weights.capped(LOCALITY, level, bits)
    return max((weights.capped(LOCALITY, level, bits) for bits, level in found), key=_BITS)


def postcode_level(left: Place, right: Place) -> Level:
    """Say how far two postcodes agree."""
    if not left.postcode or not right.postcode:
        return MISSING
    if left.postcode == right.postcode:
        return EXACT
    shorter = min(len(left.postcode), len(right.postcode))
    if (
        shorter >= SLIP_LETTERS_MIN
        and OSA.distance(left.postcode, right.postcode, score_cutoff=1) == 1
    ):
        return NEAR
    return DISTRICT if left.district == right.district else DIFFERENT


def premises_level(left: Place, right: Place, code: Level = EXACT) -> Level:
    """Say how far number and street agree, in a postcode that agrees so far."""
    street = _street_level(left, right)
    if street is MISSING:
        return _number_level(left, right, code)
    is_street = street in _ALIKE
    if not left.number or not right.number:
        # All homes of a postcode are in the street: with a number missing that says nothing.
        if is_street and code is EXACT:
            return MISSING
        return STREET if is_street else DIFFERENT
    if left.number == right.number:
        return street if is_street else NUMBER
    return STREET if is_street else DIFFERENT


def _number_level(left: Place, right: Place, code: Level) -> Level:
    """Say how far house numbers agree without a street, which is taken to be the postcode's."""
    if not left.number or not right.number:
        return MISSING
    if code is DISTRICT or code is DIFFERENT:
        return NUMBER if left.number == right.number else DIFFERENT
    if left.number == right.number:
        return NEAR
    return STREET if code is EXACT else DIFFERENT


def _street_level(left: Place, right: Place) -> Level:
    """Say how far the streets agree; a form may have the street in any of its lines."""
    level = text_level(left.street, right.street)
    if level is not DIFFERENT:
        return level
    is_crossed = _is_among(left.street, right.rest) or _is_among(right.street, left.rest)
    return NEAR if is_crossed else level


def _is_among(street: str, lines: tuple[str, ...]) -> bool:
    """Answer whether a street stands in one of the other lines."""
    for line in lines:  # noqa: SIM110 - a loop costs half of any() over a generator, per pair
        if text_level(street, line) in _ALIKE:
            return True
    return False


@lru_cache(maxsize=CACHED_MAX)
def text_level(left: str, right: str) -> Level:
    """Say how far two texts without gaps agree."""
    if not left or not right:
        return MISSING
    if left == right:
        return EXACT
    if fuzz.ratio(left, right, score_cutoff=SAME_TEXT_MIN) > 0:
        return NEAR
    return DIFFERENT
