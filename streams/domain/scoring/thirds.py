"""Two records that are both one person with a third: what they say together counts for the pair.

A record with a slip in everything may be told from its person's first one, and not from the second.
Of two records that are each certainly one person with a third, a person should hear, at least.
"""

from collections import defaultdict
from itertools import combinations
from typing import Final

from msgspec.structs import replace

from streams.domain.scoring.guards import Decision, Guard
from streams.domain.scoring.levels import EXACT, THIRD, Part
from streams.domain.scoring.pairs import Pair
from streams.domain.scoring.people import Ready
from streams.domain.scoring.score import Score, score
from streams.domain.scoring.weights import Weights

CERTAIN_BITS: Final = 8.0
"""Assumed: from so many bits on, two records are counted as one person; a guess is enough here."""
OTHER_BIRTH_BITS: Final = 14.0
"""Assumed, on made-up people: as sure as that where the births are two, as those of brothers are.
Of pairs that meet by a third record in their families, 163 of 169 are one person then; from 8 bits
on it is 180 of 205."""
OF_FAMILIES: Final = frozenset(
    {
        *(Guard.TWINS, Guard.TWIN_POSSIBLE, Guard.PARENT_AND_CHILD),
        *(Guard.GENERATION_POSSIBLE, Guard.RELATIVES),
    }
)
"""Guards that see a family: a record of which it is not clear whose it is tells of neither."""
LINKS_MAX: Final = 60
"""Assumed: who has more records than this in a file is found among them without a third."""


class Thirds:
    """Which records are certainly one person with which, as far as a file has been scored."""

    def __init__(self) -> None:
        """Know of nobody yet."""
        self._links: dict[int, set[int]] = defaultdict(set)

    def add(self, pair: Pair, found: Score) -> None:
        """Take in a pair, where it is certain."""
        least = OTHER_BIRTH_BITS if found.guard is Guard.BIRTH_DIFFERS else CERTAIN_BITS
        if found.bits >= least and found.guard not in OF_FAMILIES:
            one, other = pair
            self._links[one].add(other)
            self._links[other].add(one)

    def pairs(self) -> set[Pair]:
        """Return the pairs that are both certainly one person with a third."""
        return {
            pair
            for links in self._links.values()
            if len(links) <= LINKS_MAX
            for pair in combinations(sorted(links), 2)
        }


def by_a_third(pair: tuple[Ready, Ready], found: Score, weights: Weights) -> Score:
    """Lift the score of a pair to just under a join, unless a guard says that they are two."""
    lift = weights.thresholds.join - 1 - found.bits
    if lift <= 0:
        return found
    lifted = score(*pair, weights, prior=found.prior + lift)
    if lifted.decision is Decision.SPLIT:
        return found
    parts = (*found.parts, Part(THIRD, EXACT, lift))
    return replace(lifted, prior=found.prior, parts=parts)
