"""Names compared: swapped, hyphened, shortened, misheard, spelled by another alphabet's rules."""

from functools import lru_cache
from itertools import product
from math import log2
from typing import Final, NamedTuple

from rapidfuzz.distance import OSA, JaroWinkler

from streams.domain.scoring.levels import Field, Level, Part
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

SAME: Final = frozenset({Level.EXACT, Level.VARIANT, Level.NEAR})
"""Levels at which two words may well be one name."""


class NamesCompared(NamedTuple):
    """The best pairing of two people's names: its levels, and what each field says."""

    given: Level
    family: Level
    parts: tuple[Part, ...]
    bits: float


NOTHING: Final = NamesCompared(Level.MISSING, Level.MISSING, (), 0.0)


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
    best = max((_one_pair(*pair, weights) for pair in product(left, right)), key=_bits_of)
    tried = -log2(len(left) * len(right))
    parts = (*best.parts, Part(Field.CHOICE, Level.PART, tried))
    return best._replace(parts=parts, bits=best.bits + tried)


def _bits_of(compared: NamesCompared) -> float:
    return compared.bits


def _one_pair(left: ReadyName, right: ReadyName, weights: Weights) -> NamesCompared:
    straight = _in_order(left, right, weights)
    if straight.given in SAME or straight.family in SAME:
        return straight
    swapped = _swapped(left, right, weights)
    if swapped is None:
        return straight
    # Which word is the given name depends on whose form is right: the weaker reading counts.
    turned = _swapped(right, left, weights) or swapped
    weaker = min(swapped, turned, key=_bits_of)
    return weaker if weaker.bits > straight.bits else straight


def _in_order(left: ReadyName, right: ReadyName, weights: Weights) -> NamesCompared:
    given = given_level(left, right)
    family = word_level(left.family, right.family)
    parts = []
    if given is not Level.MISSING:
        parts.append(_part(Field.GIVEN, given, (left.given, right.given), weights))
    if family is not Level.MISSING:
        parts.append(_part(Field.FAMILY, family, (left.family, right.family), weights))
    if given is Level.EXACT and family is Level.EXACT and left.pair_bits:
        parts.append(Part(Field.TOGETHER, Level.EXACT, left.pair_bits))
    middle = _middle_level(left, right, given)
    if middle is not None:
        parts.append(weights.part(Field.MIDDLE, middle))
    if left.generation and right.generation and left.generation != right.generation:
        parts.append(weights.part(Field.GENERATION, Level.DIFFERENT))
    return NamesCompared(given, family, tuple(parts), sum(part.bits for part in parts))


def _part(
    field: Field, level: Level, words: tuple[Word | None, Word | None], weights: Weights
) -> Part:
    """Weigh a level: a shared value by its rarity, a similar one by no more than that."""
    rarities = [word.bits for word in words if word is not None]
    if level is Level.EXACT:
        return weights.part(field, level, rarities[0])
    if level in {Level.VARIANT, Level.NEAR, Level.PART, Level.BY_MIDDLE}:
        return weights.capped(field, level, min(rarities))
    return weights.part(field, level)


def _swapped(left: ReadyName, right: ReadyName, weights: Weights) -> NamesCompared | None:
    """Compare the given name of each with the family name of the other, or None if both differ."""
    given = _crossed_level(left.given, right.family)
    family = _crossed_level(left.family, right.given)
    if given not in SAME and family not in SAME:
        return None
    parts = [weights.part(Field.ORDER, Level.SWAPPED)]
    if given is not Level.MISSING:
        parts.append(_part(Field.GIVEN, given, (left.given, right.family), weights))
    if family is not Level.MISSING:
        parts.append(_part(Field.FAMILY, family, (left.family, right.given), weights))
    return NamesCompared(given, family, tuple(parts), sum(part.bits for part in parts))


def _crossed_level(left: Word | None, right: Word | None) -> Level:
    """Say how far two words agree of which one stands in the other's place."""
    level = word_level(left, right, are_one_kind=False)
    if left is None or right is None or level in SAME:
        return level
    for groups in (GIVEN_GROUPS, FAMILY_GROUPS):
        mine, theirs = groups.get(left.text, NO_GROUPS), groups.get(right.text, NO_GROUPS)
        if not mine.isdisjoint(theirs):
            return Level.VARIANT
    return level


def given_level(left: ReadyName, right: ReadyName) -> Level:
    """Say how far the given names agree; one may be known by a middle name.

    Brothers who are Mohammed Ali and Mohammed Hasan share a word and differ in what tells them
    apart, so a shared word counts only where nothing that is left over contradicts.
    """
    level = word_level(left.given, right.given)
    if level in SAME and _middle_tells_apart(left, right):
        return Level.ALIKE
    if level in SAME or level is Level.MISSING:
        return level
    if level is Level.PART and left.given and right.given:
        rest_left = set(left.givens) - set(right.givens)
        rest_right = set(right.givens) - set(left.givens)
        return Level.ALIKE if rest_left and rest_right else level
    if left.given and right.given and (left.middles or right.middles):
        # Equal names only: William's brother may well be Liam, and his own second name William.
        is_called_by = left.given.text in right.middles or right.given.text in left.middles
        return Level.BY_MIDDLE if is_called_by else level
    return level


def _middle_tells_apart(left: ReadyName, right: ReadyName) -> bool:
    """Answer whether the given name is one that brothers share, and their second names differ."""
    if left.given is None or left.given.groups.isdisjoint(SHARED_BY_BROTHERS):
        return False
    if not left.middles or not right.middles:
        return False
    return not any(_is_one_name(*pair) for pair in product(left.middles, right.middles))


def word_level(left: Word | None, right: Word | None, *, are_one_kind: bool = True) -> Level:
    """Say how far two parts of names agree; only parts of one kind can be variants."""
    if left is None or right is None:
        return Level.MISSING
    if left.text == right.text:
        return Level.EXACT
    if are_one_kind and left.groups and not left.groups.isdisjoint(right.groups):
        return Level.VARIANT
    if len(left.text) == 1 or len(right.text) == 1:
        return Level.INITIAL if left.text[0] == right.text[0] else Level.DIFFERENT
    found = likeness(left.text, right.text)
    # Two names that many people have, or that are known as two, are two names, however alike:
    # Daniel and Danielle, Joan and Jean.
    are_common = (left.is_common or left.groups) and (right.is_common or right.groups)
    if found is Level.NEAR:
        return Level.ALIKE if are_common else Level.NEAR
    if _share_words(left, right) or _one_begins_other(left.text, right.text):
        return Level.PART
    return Level.DIFFERENT if are_common else found


@lru_cache(maxsize=CACHED_MAX)
def likeness(left: str, right: str) -> Level:
    """Say whether two words may be one by a slip of a pen, a key or an ear.

    `near` is one name in all likelihood, `alike` may be two, `different` is two.
    """
    sound = sound_of(left)
    sounds_same = sound == sound_of(right)
    if sounds_same and len(sound) >= SOUND_LETTERS_MIN:
        return Level.NEAR
    shorter = min(len(left), len(right))
    slips = OSA.distance(left, right, score_cutoff=2)
    if (slips == 1 and shorter >= ONE_SLIP_LETTERS_MIN) or (
        slips == 2 and shorter >= TWO_SLIPS_LETTERS_MIN  # noqa: PLR2004 - slips
    ):
        return Level.NEAR
    similarity = JaroWinkler.similarity(left, right)
    if shorter >= NEAR_LETTERS_MIN and similarity >= NEAR_SIMILARITY_MIN:
        return Level.NEAR
    is_alike = sounds_same or slips == 1 or similarity >= ALIKE_SIMILARITY_MIN
    return Level.ALIKE if is_alike else Level.DIFFERENT


def _share_words(left: Word, right: Word) -> bool:
    """Answer whether one of several words is shared, as in a double-barrelled name."""
    if len(left.words) == 1 == len(right.words):
        return False
    return not set(left.words).isdisjoint(right.words)


def _one_begins_other(left: str, right: str) -> bool:
    shorter, longer = sorted((left, right), key=len)
    return len(shorter) >= PREFIX_LETTERS_MIN and longer.startswith(shorter)


def _is_one_name(left: str, right: str) -> bool:
    """Answer whether two given names are one: equal, variants, or misspelt."""
    if left == right:
        return True
    groups = GIVEN_GROUPS.get(left, NO_GROUPS)
    if groups and not groups.isdisjoint(GIVEN_GROUPS.get(right, NO_GROUPS)):
        return True
    return len(left) > 1 < len(right) and likeness(left, right) is Level.NEAR


def _middle_level(left: ReadyName, right: ReadyName, given: Level) -> Level | None:
    """Say how far the middle names agree, where both have some and the given names are one."""
    if given not in SAME or not left.middles or not right.middles:
        return None
    pairs = tuple(product(left.middles, right.middles))
    if any(_is_one_name(*pair) for pair in pairs):
        return Level.EXACT
    if any(len(a) == 1 or len(b) == 1 for a, b in pairs if a[0] == b[0]):
        return Level.INITIAL
    return Level.DIFFERENT
