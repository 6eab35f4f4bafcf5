"""Dates of birth compared: day and month swapped, a digit wrong, an estimate on 1 January."""

from collections.abc import Iterable
from itertools import product
from operator import attrgetter
from typing import Final

from msgspec import Struct
from rapidfuzz.distance import OSA

from streams.domain.scoring.levels import (
    ALIKE,
    BIRTH,
    DIFFERENT,
    ESTIMATED,
    EXACT,
    FIRST_JANUARY,
    MISSING,
    ONE_DIGIT,
    SWAPPED,
    TWO_OF_THREE,
    Level,
    Part,
)
from streams.domain.scoring.weights import Weights

JANUARY_FIRST: Final = "0101"
GENERATION_YEARS: Final = 13
"""Assumed: parents are at least so many years older than their children."""

SAME_BIRTH: Final = frozenset({EXACT, SWAPPED, ONE_DIGIT, FIRST_JANUARY, ESTIMATED})
"""Levels at which two dates may well be one."""

_YEAR: Final = slice(0, 4)
_MONTH: Final = slice(4, 6)
_DAY: Final = slice(6, 8)
_BITS: Final = attrgetter("bits")


class BirthsCompared(Struct, frozen=True):
    """The best pairing of two people's dates of birth, and whether one could be a parent."""

    level: Level
    part: Part | None
    is_generation_apart: bool


UNKNOWN: Final = BirthsCompared(MISSING, None, is_generation_apart=False)


def compare_births(
    left: tuple[str, ...], right: tuple[str, ...], weights: Weights
) -> BirthsCompared:
    """Compare all dates of one with all of the other and return the best pairing."""
    if not left or not right:
        return UNKNOWN
    if len(left) == 1 == len(right):
        part = weights.part(BIRTH, birth_level(left[0], right[0]))
    else:
        pairs = product(left, right)
        part = max((weights.part(BIRTH, birth_level(*pair)) for pair in pairs), key=_BITS)
    return BirthsCompared(part.level, part, are_generation_apart(left, right))


def birth_level(left: str, right: str) -> Level:
    """Say how far two dates of eight digits agree."""
    if left == right:
        return FIRST_JANUARY if left.endswith(JANUARY_FIRST) else EXACT
    if left.endswith(JANUARY_FIRST) or right.endswith(JANUARY_FIRST):
        # Where the day is not known, two estimates of the year are no slip of one digit.
        return ESTIMATED if left[_YEAR] == right[_YEAR] else DIFFERENT
    is_year, is_day = left[_YEAR] == right[_YEAR], left[_DAY] == right[_DAY]
    if is_year and left[_MONTH] == right[_DAY] and left[_DAY] == right[_MONTH]:
        return SWAPPED
    slips = OSA.distance(left, right, score_cutoff=2)
    if slips == 1:
        return ONE_DIGIT
    if is_year + is_day + (left[_MONTH] == right[_MONTH]) == 2:  # noqa: PLR2004 - of the three
        return TWO_OF_THREE
    return ALIKE if slips == 2 else DIFFERENT  # noqa: PLR2004 - slips


def are_generation_apart(left: Iterable[str], right: Iterable[str]) -> bool:
    """Answer whether all dates of one are so far from the other's that one could be a parent."""
    for birth in left:
        year = int(birth[_YEAR])
        for other in right:
            if abs(year - int(other[_YEAR])) < GENERATION_YEARS:
                return False
    return True
