"""Addresses compared over their histories: people move, so that to differ says little."""

from functools import lru_cache
from itertools import product
from math import log2
from typing import Final, NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from streams.domain.scoring.levels import Field, Level, Part
from streams.domain.scoring.places import Place
from streams.domain.scoring.weights import Weights

CACHED_MAX: Final = 131_072
"""Pairs of streets and places that are remembered."""
SAME_TEXT_MIN: Final = 84.0
"""Assumed: streets and places that are so alike, in percent of letters, are one."""
SLIP_LETTERS_MIN: Final = 4
WITHIN_POSTCODE_BITS_MIN: Final = 3.5
"""Assumed: a postcode has some eleven to fifteen homes, so a number in it says so much at least."""

LINE_BITS_MAX: Final = 4.0
"""Assumed: beside a postcode, another line says no more than which of its homes it is."""


class PlacesCompared(NamedTuple):
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
    pairs = product(left, right)
    best = max((_one_pair(*pair, weights) for pair in pairs), key=lambda found: found.bits)
    if best.bits <= 0:
        return best
    tried = max(-log2(len(left) * len(right)), -best.bits)
    parts = (*best.parts, Part(Field.CHOICE, Level.PART, tried, "address"))
    return best._replace(parts=parts, bits=best.bits + tried)


def _one_pair(left: Place, right: Place, weights: Weights) -> PlacesCompared:
    code = postcode_level(left, right)
    premises = premises_level(left, right, code)
    if code is Level.NEAR and premises is Level.DIFFERENT:
        # A slip in a postcode leaves the home the same; otherwise it is a postcode nearby.
        code = Level.DISTRICT if left.district == right.district else Level.DIFFERENT
    in_postcode = code in {Level.EXACT, Level.NEAR}
    parts: list[Part] = []
    if code is not Level.MISSING:
        bits = left.district_bits if code is Level.DISTRICT else left.postcode_bits
        bits = min(bits, right.district_bits if code is Level.DISTRICT else right.postcode_bits)
        parts.append(weights.capped(Field.POSTCODE, code, bits))
    if premises is not Level.MISSING:
        said = parts[0].bits if in_postcode else 0.0
        parts.append(_premises_part((left, right), premises, weights, (code, said)))
    if left.rest and right.rest and (locality := _locality(left, right, weights, code)):
        parts.append(locality)
    is_same = premises in {Level.EXACT, Level.NEAR}
    return PlacesCompared(tuple(parts), sum(part.bits for part in parts), is_same, in_postcode)


def _premises_part(
    pair: tuple[Place, Place], level: Level, weights: Weights, code: tuple[Level, float]
) -> Part:
    """Weigh number and street; beside a postcode only what they add to what it said counts."""
    postcode, said = code
    is_street = level is Level.STREET
    if postcode is Level.EXACT:
        field, least = Field.PREMISES, WITHIN_POSTCODE_BITS_MIN
    else:
        # A postcode with a slip says little of the street, so that the street still speaks.
        is_open = postcode in {Level.MISSING, Level.NEAR}
        field, least = Field.PREMISES_ALONE if is_open else Field.PREMISES_ELSEWHERE, 0.0
    if not (pair[0].street and pair[1].street) and level is Level.NEAR:
        # Only the number is there: it is as rare as numbers are, however large the postcode is.
        bits = min(place.number_bits for place in pair)
        return weights.part(field, Level.EXACT, bits)._replace(level=level)
    bits = min(place.street_bits if is_street else place.address_bits for place in pair)
    return weights.capped(field, level, max(bits - said, least))


def _locality(left: Place, right: Place, weights: Weights, code: Level) -> Part | None:
    """Weigh the other lines: the rarest one that both have.

    A postcode says the town already, so beside one only a line that is rarer than it counts.
    """
    found = [
        (min(mine_bits, their_bits), level)
        for mine, mine_bits in zip(left.rest, left.rest_bits, strict=True)
        for theirs, their_bits in zip(right.rest, right.rest_bits, strict=True)
        if (level := text_level(mine, theirs)) in {Level.EXACT, Level.NEAR}
    ]
    if code is Level.EXACT:
        bits, level = max(found, default=(0.0, Level.EXACT))
        added = min(bits - min(left.postcode_bits, right.postcode_bits), LINE_BITS_MAX)
        return Part(Field.LOCALITY, level, added) if added > 0 else None
    if not found:
        return weights.part(Field.LOCALITY, Level.DIFFERENT)
    return max((weights.capped(Field.LOCALITY, level, bits) for bits, level in found), key=_bits_of)


def _bits_of(part: Part) -> float:
    return part.bits


def postcode_level(left: Place, right: Place) -> Level:
    """Say how far two postcodes agree."""
    if not left.postcode or not right.postcode:
        return Level.MISSING
    if left.postcode == right.postcode:
        return Level.EXACT
    shorter = min(len(left.postcode), len(right.postcode))
    if (
        shorter >= SLIP_LETTERS_MIN
        and OSA.distance(left.postcode, right.postcode, score_cutoff=1) == 1
    ):
        return Level.NEAR
    return Level.DISTRICT if left.district == right.district else Level.DIFFERENT


def premises_level(left: Place, right: Place, code: Level = Level.EXACT) -> Level:
    """Say how far number and street agree, in a postcode that agrees so far."""
    street = _street_level(left, right)
    if street is Level.MISSING:
        return _number_level(left, right, code)
    is_street = street in {Level.EXACT, Level.NEAR}
    if not left.number or not right.number:
        # All homes of a postcode are in the street: with a number missing that says nothing.
        if is_street and code is Level.EXACT:
            return Level.MISSING
        return Level.STREET if is_street else Level.DIFFERENT
    if left.number == right.number:
        return street if is_street else Level.NUMBER
    return Level.STREET if is_street else Level.DIFFERENT


def _number_level(left: Place, right: Place, code: Level) -> Level:
    """Say how far house numbers agree without a street, which is taken to be the postcode's."""
    if not left.number or not right.number:
        return Level.MISSING
    if code in {Level.DISTRICT, Level.DIFFERENT}:
        return Level.NUMBER if left.number == right.number else Level.DIFFERENT
    if left.number == right.number:
        return Level.NEAR
    return Level.STREET if code is Level.EXACT else Level.DIFFERENT


def _street_level(left: Place, right: Place) -> Level:
    """Say how far the streets agree; a form may have the street in any of its lines."""
    level = text_level(left.street, right.street)
    if level is not Level.DIFFERENT:
        return level
    crossed = [text_level(left.street, line) for line in right.rest]
    crossed += [text_level(right.street, line) for line in left.rest]
    return Level.NEAR if {Level.EXACT, Level.NEAR} & set(crossed) else level


@lru_cache(maxsize=CACHED_MAX)
def text_level(left: str, right: str) -> Level:
    """Say how far two texts without gaps agree."""
    if not left or not right:
        return Level.MISSING
    if left == right:
        return Level.EXACT
    if fuzz.ratio(left, right, score_cutoff=SAME_TEXT_MIN) > 0:
        return Level.NEAR
    return Level.DIFFERENT
