"""Parts of names compared: misspelt, misheard, shortened, another form, one word of several."""

from functools import lru_cache
from itertools import product
from typing import Final

from rapidfuzz.distance import OSA, JaroWinkler

from streams.domain.scoring.levels import (
    ALIKE,
    DIFFERENT,
    EXACT,
    INITIAL,
    MISSING,
    NEAR,
    PART,
    VARIANT,
    Level,
)
from streams.domain.scoring.people import Word
from streams.domain.scoring.sounds import sound_of
from streams.domain.scoring.variants import FAMILY_GROUPS, GIVEN_GROUPS, NO_GROUPS

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
    if len(left.words) > 1 or len(right.words) > 1:
        if not set(left.words).isdisjoint(right.words):
            return PART
        if _have_words_alike(left.words, right.words):
            return ALIKE  # No more: twins may be Siu-Fong and Fang.
    if found is ALIKE and _are_known_as_two(left, right):
        return DIFFERENT
    return found


def crossed_level(left: Word | None, right: Word | None) -> Level:
    """Say how far two words agree of which one stands in the other's place."""
    level = word_level(left, right, are_one_kind=False)
    if left is None or right is None or level in SAME:
        return level
    for groups in (GIVEN_GROUPS, FAMILY_GROUPS):
        mine = groups.get(left.text)
        if mine is not None and not mine.isdisjoint(groups.get(right.text, NO_GROUPS)):
            return VARIANT
    return level


def _have_words_alike(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """Answer whether a word of one is a word of the other misspelt, or in another form.

    What brothers share, and spell alike, is no such word.
    """
    return any(
        GIVEN_GROUPS.get(one, NO_GROUPS).isdisjoint(SHARED_BY_BROTHERS) and is_one_name(one, other)
        for one, other in product(left, right)
    )


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


def is_one_name(left: str, right: str) -> bool:
    """Answer whether two given names are one: equal, variants, or misspelt."""
    if left == right:
        return True
    groups = GIVEN_GROUPS.get(left, NO_GROUPS)
    if groups and not groups.isdisjoint(GIVEN_GROUPS.get(right, NO_GROUPS)):
        return True
    return len(left) > 1 < len(right) and likeness(left, right) is NEAR
