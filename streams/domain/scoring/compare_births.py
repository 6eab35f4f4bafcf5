"""Dates of birth compared: day and month swapped, a digit wrong, an estimate on 1 January."""

from collections.abc import Iterable
from itertools import product
from typing import Final, NamedTuple

from rapidfuzz.distance import OSA

from streams.domain.scoring.levels import Field, Level, Part
from streams.domain.scoring.weights import Weights

FIRST_JANUARY: Final = "0101"
GENERATION_YEARS: Final = 13
"""Assumed: parents are at least so many years older than their children."""

SAME_BIRTH: Final = frozenset(
    {Level.EXACT, Level.SWAPPED, Level.ONE_DIGIT, Level.FIRST_JANUARY, Level.ESTIMATED}
)
"""Levels at which two dates may well be one."""

_YEAR: Final = slice(0, 4)
_MONTH: Final = slice(4, 6)
_DAY: Final = slice(6, 8)


class BirthsCompared(NamedTuple):
    """The best pairing of two people's dates of birth, and whether one could be a parent."""

    level: Level
    part: Part | None
    is_generation_apart: bool


UNKNOWN: Final = BirthsCompared(Level.MISSING, None, is_generation_apart=False)


def compare_births(
    left: tuple[str, ...], right: tuple[str, ...], weights: Weights
) -> BirthsCompared:
    """Compare all dates of one with all of the other and return the best pairing."""
    if not left or not right:
        return UNKNOWN
    part = max(
        (weights.part(Field.BIRTH, birth_level(*pair)) for pair in product(left, right)),
        key=lambda found: found.bits,
    )
    return BirthsCompared(part.level, part, are_generation_apart(left, right))


def birth_level(left: str, right: str) -> Level:
    """Say how far two dates of eight digits agree."""
    if left == right:
        return Level.FIRST_JANUARY if left.endswith(FIRST_JANUARY) else Level.EXACT
    if left.endswith(FIRST_JANUARY) or right.endswith(FIRST_JANUARY):
        # Where the day is not known, two estimates of the year are no slip of one digit.
        return Level.ESTIMATED if left[_YEAR] == right[_YEAR] else Level.DIFFERENT
    if left[_YEAR] == right[_YEAR] and left[_MONTH] == right[_DAY] and left[_DAY] == right[_MONTH]:
        return Level.SWAPPED
    slips = OSA.distance(left, right, score_cutoff=2)
    if slips == 1:
        return Level.ONE_DIGIT
    agreeing = sum(left[part] == right[part] for part in (_YEAR, _MONTH, _DAY))
    if agreeing == 2:  # noqa: PLR2004 - of the three
        return Level.TWO_OF_THREE
    return Level.ALIKE if slips == 2 else Level.DIFFERENT  # noqa: PLR2004 - slips


def are_generation_apart(left: Iterable[str], right: Iterable[str]) -> bool:
    """Answer whether all dates of one are so far from the other's that one could be a parent."""
    return all(
        abs(int(a[_YEAR]) - int(b[_YEAR])) >= GENERATION_YEARS for a, b in product(left, right)
    )
