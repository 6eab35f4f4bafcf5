"""Names compared: swapped, hyphened, shortened, misheard, spelled by another alphabet's rules."""

from functools import lru_cache
from itertools import product
from math import log2
from operator import attrgetter
from typing import Final, NamedTuple

from rapidfuzz.distance import OSA, JaroWinkler

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
from streams.domain.scoring.sounds import sound_of
from streams.domain.scoring.variants import FAMILY_GROUPS, GIVEN_GROUPS, NO_GROUPS
from streams.domain.scoring.weights import Weights

ONE_SLIP_LETTERS_MIN: Final = 4
TWO_SLIPS_LETTERS_MIN: Final = 7
"""Assumed: one slip of the typist in four letters, two in seven; less is another name."""
SOUND_LETTERS_MIN: Final = 3
PREFIX_LETTERS_MIN: Final = 3
NEAR_SIMILARITY_MIN: Final = 0.93
ALIKE_SIMILARITY_MIN: Final = 0.82
NEAR_LETTERS_MIN: Final = 5
"""Assumed: thresholds of Jaro-Winkler similarity, as they are usual for names."""

SHARED_BY_BROTHERS: Final = GIVEN_GROUPS["MOHAMMED"] | GIVEN_GROUPS["ABDUL"]
"""Groups of names that all sons of a family may have before the name they are called by."""
CACHED_MAX: Final = 131_072
"""Pairs of words that are remembered: the same names meet again and again."""

SAME: Final = frozenset({EXACT, VARIANT, NEAR})
"""Levels at which two words may well be one name."""
_SIMILAR: Final = frozenset({VARIANT, NEAR, PART, BY_MIDDLE})
"""Levels that say something of a value without its being the same."""
_BITS: Final = attrgetter("bits")


class NamesCompared(NamedTuple):
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
    return best._replace(parts=parts, bits=best.bits + tried)


def _one_pair(left: ReadyName, right: ReadyName, weights: Weights) -> NamesCompared:
    straight = _in_order(left, right, weights)
    if straight.given in SAME or straight.family in SAME:
        return straight
    swapped = _swapped(left, right, weights)
    if swapped is None:
        return straight
    # Which word is the given name depends on whose form is right: the weaker reading counts.
    turned = _swapped(right, left, weights) or swapped
    weaker = min(swapped, turned, key=_BITS)
    return weaker if weaker.bits > straight.bits else straight


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
    """Compare the given name of each with the family name of the other, or None if both differ."""
    given = _crossed_level(left.given, right.family)
    family = _crossed_level(left.family, right.given)
    if given not in SAME and family not in SAME:
        return None
    parts = [weights.part(ORDER, SWAPPED)]
    if given is not MISSING:
        parts.append(_part(GIVEN, given, (left.given, right.family), weights))
    if family is not MISSING:
        parts.append(_part(FAMILY, family, (left.family, right.given), weights))
    return NamesCompared(given, family, tuple(parts), sum(map(_BITS, parts)), is_swapped=True)


def _crossed_level(left: Word | None, right: Word | None) -> Level:
    """Say how far two words agree of which one stands in the other's place."""
    level = word_level(left, right, are_one_kind=False)
    if left is None or right is None or level in SAME:
        return level
    for groups in (GIVEN_GROUPS, FAMILY_GROUPS):
        mine = groups.get(left.text)
        if mine is not None and not mine.isdisjoint(groups.get(right.text, NO_GROUPS)):
            return VARIANT
    return level


def given_level(left: ReadyName, right: ReadyName) -> Level:
    """Say how far the given names agree; one may be known by a middle name.

    Brothers who are Mohammed Ali and Mohammed Hasan share a word and differ in what tells them
    apart, so a shared word counts only where nothing that is left over contradicts.
    """
    level = word_level(left.given, right.given)
    if level in SAME:
        return ALIKE if _middle_tells_apart(left, right) else level
    if level is PART:
        rest_left = set(left.givens) - set(right.givens)
        rest_right = set(right.givens) - set(left.givens)
        return ALIKE if rest_left and rest_right else level
    if left.given and right.given and (left.middles or right.middles):
        # Equal names only: William's brother may well be Liam, and his own second name William.
        is_called_by = left.given.text in right.middles or right.given.text in left.middles
        return BY_MIDDLE if is_called_by else level
    return level


def _middle_tells_apart(left: ReadyName, right: ReadyName) -> bool:
    """Answer whether the given name is one that brothers share, and their second names differ."""
    if not left.middles or not right.middles or left.given is None:
        return False
    if left.given.groups.isdisjoint(SHARED_BY_BROTHERS):
        return False
    return not any(_is_one_name(*pair) for pair in product(left.middles, right.middles))


def word_level(left: Word | None, right: Word | None, *, are_one_kind: bool = True) -> Level:
    """Say how far two parts of names agree; only parts of one kind can be variants."""
    if left is None or right is None:
        return MISSING
    mine, theirs = left.text, right.text
    if mine == theirs:
        return EXACT
    if are_one_kind and left.groups and not left.groups.isdisjoint(right.groups):
        return VARIANT
    if len(mine) == 1 or len(theirs) == 1:
        return INITIAL if mine[0] == theirs[0] else DIFFERENT
    found = likeness(mine, theirs)
    if found is NEAR:
        return ALIKE if _are_known_as_two(left, right) else found
    # One of several words may be shared, as in a double-barrelled name.
    are_several = len(left.words) > 1 or len(right.words) > 1
    if are_several and not set(left.words).isdisjoint(right.words):
        return PART
    if found is ALIKE and _are_known_as_two(left, right):
        return DIFFERENT
    return found


def _are_known_as_two(left: Word, right: Word) -> bool:
    """Answer whether two words are names that many people have, or of which we know other forms.

    Such are two names, however alike: Daniel and Danielle, Joan and Jean.
    """
    return bool((left.is_common or left.groups) and (right.is_common or right.groups))


@lru_cache(maxsize=CACHED_MAX)
def likeness(left: str, right: str) -> Level:
    """Say whether two words may be one by a slip of a pen, a key or an ear.

    `near` is one name in all likelihood, `part` that one begins with the other, `alike` may be two
    names, `different` is two.
    """
    sound = sound_of(left)
    sounds_same = sound == sound_of(right)
    if sounds_same and len(sound) >= SOUND_LETTERS_MIN:
        return NEAR
    shorter = min(len(left), len(right))
    slips = OSA.distance(left, right, score_cutoff=2)
    if (slips == 1 and shorter >= ONE_SLIP_LETTERS_MIN) or (
        slips == 2 and shorter >= TWO_SLIPS_LETTERS_MIN  # noqa: PLR2004 - slips
    ):
        return NEAR
    similarity = JaroWinkler.similarity(left, right)
    if shorter >= NEAR_LETTERS_MIN and similarity >= NEAR_SIMILARITY_MIN:
        return NEAR
    if shorter >= PREFIX_LETTERS_MIN and (left.startswith(right) or right.startswith(left)):
        return PART
    is_alike = sounds_same or slips == 1 or similarity >= ALIKE_SIMILARITY_MIN
    return ALIKE if is_alike else DIFFERENT


def _is_one_name(left: str, right: str) -> bool:
    """Answer whether two given names are one: equal, variants, or misspelt."""
    if left == right:
        return True
    groups = GIVEN_GROUPS.get(left, NO_GROUPS)
    if groups and not groups.isdisjoint(GIVEN_GROUPS.get(right, NO_GROUPS)):
        return True
    return len(left) > 1 < len(right) and likeness(left, right) is NEAR


def _middle_level(left: tuple[str, ...], right: tuple[str, ...]) -> Level:
    """Say how far middle names agree, where both have some and the given names are one."""
    pairs = tuple(product(left, right))
    if any(_is_one_name(*pair) for pair in pairs):
        return EXACT
    if any(len(a) == 1 or len(b) == 1 for a, b in pairs if a[0] == b[0]):
        return INITIAL
    return DIFFERENT
