"""Names compared: swapped, hyphened, shortened, misheard, spelled by another alphabet's rules."""

from itertools import product
from math import log2
from operator import attrgetter
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from streams.domain.scoring.compare_words import (
    SAME,
    SHARED_BY_BROTHERS,
    crossed_level,
    is_one_name,
    word_level,
)
from streams.domain.scoring.levels import (
    ALIKE,
    BY_MIDDLE,
    CHOICE,
    DIFFERENT,
    EXACT,
    FAMILY,
    GENERATION,
    GIVEN,
    INITIAL,
    MIDDLE,
    MISSING,
    NEAR,
    ORDER,
    PART,
    SWAPPED,
    TOGETHER,
    VARIANT,
    Field,
    Level,
    Part,
)
from streams.domain.scoring.people import ReadyName, Word
from streams.domain.scoring.variants import GIVEN_GROUPS, NO_GROUPS
from streams.domain.scoring.weights import Weights

_SIMILAR: Final = frozenset({VARIANT, NEAR, PART, BY_MIDDLE})
"""Levels that say something of a value without its being the same."""
_BITS: Final = attrgetter("bits")


class NamesCompared(Struct, frozen=True):
    """The best pairing of two people's names: its levels, and what each field says.

    `is_swapped` says that the given name of each was compared with the family name of the other.
    """

    given: Level
    family: Level
    parts: tuple[Part, ...]
    bits: float
    is_swapped: bool = False


NOTHING: Final = NamesCompared(MISSING, MISSING, (), 0.0)


def compare_names(
    left: tuple[ReadyName, ...], right: tuple[ReadyName, ...], weights: Weights
) -> NamesCompared:
    """Compare every name of one with every name of the other and return the best pairing.

    The more pairings there are, the likelier one of them agrees by chance: that is taken off.
    """
    if not left or not right:
        return NOTHING
    if len(left) == 1 == len(right):
        return _one_pair(left[0], right[0], weights)
    best = max((_one_pair(*pair, weights) for pair in product(left, right)), key=_BITS)
    tried = -log2(len(left) * len(right))
    parts = (*best.parts, Part(CHOICE, PART, tried))
    return replace(best, parts=parts, bits=best.bits + tried)


def _one_pair(left: ReadyName, right: ReadyName, weights: Weights) -> NamesCompared:
    straight = _in_order(left, right, weights)
    if straight.given in SAME or straight.family in SAME:
        return straight
    swapped = _swapped(left, right, weights)
    return swapped if swapped is not None and swapped.bits > straight.bits else straight


def _in_order(left: ReadyName, right: ReadyName, weights: Weights) -> NamesCompared:
    given = given_level(left, right)
    family = word_level(left.family, right.family)
    parts = []
    if given is not MISSING:
        parts.append(_part(GIVEN, given, (left.given, right.given), weights))
    if family is not MISSING:
        parts.append(_part(FAMILY, family, (left.family, right.family), weights))
    if given is EXACT and family is EXACT and left.pair_bits:
        parts.append(Part(TOGETHER, EXACT, left.pair_bits))
    if left.middles and right.middles and given in SAME:
        parts.append(weights.part(MIDDLE, _middle_level(left.middles, right.middles)))
    if left.generation and right.generation and left.generation != right.generation:
        parts.append(weights.part(GENERATION, DIFFERENT))
    return NamesCompared(given, family, tuple(parts), sum(map(_BITS, parts)))


def _part(
    field: Field, level: Level, words: tuple[Word | None, Word | None], weights: Weights
) -> Part:
    """Weigh a level: a shared value by its rarity, a similar one by no more than that."""
    left, right = words
    if left is None or right is None:
        return weights.part(field, level)
    if level is EXACT:
        return weights.part(field, level, left.bits)
    if level in _SIMILAR:
        return weights.capped(field, level, min(left.bits, right.bits))
    return weights.part(field, level)


def _swapped(left: ReadyName, right: ReadyName, weights: Weights) -> NamesCompared | None:
    """Compare the given name of each with the family name of the other, or None if both differ.

    Whose form is right shows in which of the words are given names and which are family names;
    where nothing shows it, the weaker reading counts.
    """
    given = crossed_level(left.given, right.family)
    family = crossed_level(left.family, right.given)
    lean = 0.0
    if given in SAME:
        lean += _lean(left.given, right.family)
    if family in SAME:
        lean -= _lean(right.given, left.family)
    elif given not in SAME:
        return None
    order = _order_part(abs(lean), weights)
    readings = []
    if lean <= 0:
        readings.append(_read(left, right, (order, given, family), weights))
    if lean >= 0:
        readings.append(_read(right, left, (order, family, given), weights))
    return min(readings, key=_BITS)


def _lean(given: Word | None, family: Word | None) -> float:
    """Return by how many bits a name that stands in either place is rather a family name."""
    if given is None or family is None:
        return 0.0
    return min(given.bits, family.crossed_bits) - min(given.crossed_bits, family.bits)


def _order_part(lean: float, weights: Weights) -> Part:
    """Weigh that names stand the other way round, by how sure it is which is the given name.

    Of strangers who share both, some are called the other way round (Thomas James, James Thomas),
    and of some a clerk turned the names, as of one person: nobody is born Okafor Chinedu.
    """
    turned = weights.part(ORDER, SWAPPED)
    rate, rarer = 2.0**turned.bits, 2.0**-lean
    either = rate * (1 + rarer * rarer) + 2 * rarer * (1 - rate)
    return replace(turned, bits=log2(rate * (1 + rarer) / either))


def _read(
    left: ReadyName, right: ReadyName, levels: tuple[Part, Level, Level], weights: Weights
) -> NamesCompared:
    """Weigh names that stand the other way round, those of the left one taken for right."""
    order, given, family = levels
    if given not in SAME and left.given and set(left.given.words) <= set(right.middles):
        given = BY_MIDDLE  # Lam Wai-kit Grace, beside Wai-kit Lam.
    parts = [order]
    if given is not MISSING:
        parts.append(_part(GIVEN, given, (left.given, right.family), weights))
    if family is not MISSING:
        parts.append(_part(FAMILY, family, (left.family, right.given), weights))
    if given in SAME and family in SAME and left.middles and right.middles:
        parts.append(weights.part(MIDDLE, _middle_level(left.middles, right.middles)))
    if given is EXACT and family is EXACT and left.pair_bits:
        parts.append(Part(TOGETHER, EXACT, left.pair_bits))
    return NamesCompared(given, family, tuple(parts), sum(map(_BITS, parts)), is_swapped=True)


def given_level(left: ReadyName, right: ReadyName) -> Level:
    """Say how far the given names agree; one may be known by a middle name.

    Brothers who are Mohammed Ali and Mohammed Hasan share a word and differ in what tells them
    apart, so a shared word counts only where nothing that is left over contradicts. Where the word
    is one that brothers share, one of them may be written down by it alone.
    """
    level = word_level(left.given, right.given)
    if level in SAME:
        return ALIKE if _middle_tells_apart(left, right) else level
    if level is PART:
        mine, theirs = set(left.givens), set(right.givens)
        may_be_two = (mine - theirs and theirs - mine) or _are_brothers_words(mine & theirs)
        return ALIKE if may_be_two else level
    if left.given and right.given and (left.middles or right.middles):
        # Equal names only: William's brother may well be Liam, and his own second name William.
        is_called_by = left.given.text in right.middles or right.given.text in left.middles
        return BY_MIDDLE if is_called_by else level
    return level


def _are_brothers_words(shared: set[str]) -> bool:
    """Answer whether all that is shared are words that all sons of a family may have."""
    return bool(shared) and not any(
        GIVEN_GROUPS.get(word, NO_GROUPS).isdisjoint(SHARED_BY_BROTHERS) for word in shared
    )


def _middle_tells_apart(left: ReadyName, right: ReadyName) -> bool:
    """Answer whether the given name is one that brothers share, and their second names differ."""
    if not left.middles or not right.middles or left.given is None:
        return False
    if left.given.groups.isdisjoint(SHARED_BY_BROTHERS):
        return False
    return not any(is_one_name(*pair) for pair in product(left.middles, right.middles))


def _middle_level(left: tuple[str, ...], right: tuple[str, ...]) -> Level:
    """Say how far middle names agree, where both have some and the given names are one."""
    pairs = tuple(product(left, right))
    if any(is_one_name(*pair) for pair in pairs):
        return EXACT
    if any(len(a) == 1 or len(b) == 1 for a, b in pairs if a[0] == b[0]):
        return INITIAL
    return DIFFERENT
