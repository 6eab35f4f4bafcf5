"""How rare a value is: sharing the surname Smith says little, sharing a rare one says much.

A share is that of people who have the value. A value that nobody was counted with gets the share
under which we cannot tell rare values apart, so that a small file makes no name look unique.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import log2
from typing import Final

LEAST_PEOPLE: Final = 100_000
"""Assumed: a file is of people of some county, however few: a rare value is one in so many."""
COUNTED_PEOPLE_MIN: Final = 1_000
"""Assumed: fewer records say nothing of how common a value is; it is as if there were so many."""
UNSEEN_FACTOR: Final = 4
"""Assumed: a value seen once in n records is that of one person in 4 n: most values are rare."""
COMMON_SHARE: Final = 1 / 2_000
"""Assumed: a name that one person in so many has is a name, and no mistyping of another."""
COUNT_MIN: Final = 3
"""Assumed: what two records share may be one person's, and tells nothing of how many have it."""
PAIR_COUNT_MIN: Final = 8
"""Assumed: under so many records, that a first and a last name meet is not yet a habit."""

SHARED_BY: Final[Mapping[str, int]] = {
    "address": 2,
    "postcode": 15,
    "street": 30,
    "family": 5,
    "given": 10,
}
"""Assumed: so many people of these records have a rare value in common: a home, a postcode, a
street; a family name, that is relatives; a given name, for the rarest are still given again."""

UNCOUNTED: Final[Mapping[str, float]] = {"locality": 1 / 20}
"""Assumed: where nobody counted how many live in a town or village, one person in so many does.
To take each for a hamlet made strangers of one town look alike: events are scored uncounted."""

PAIR: Final = "pair"


@dataclass(frozen=True, slots=True)
class Frequencies:
    """Shares of values by kind (`given`, `family`, `postcode`, `address`, ...)."""

    people: int = 0
    shares: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def share(self, kind: str, value: str) -> float:
        """Return the share of people with a value, never less than we can tell apart."""
        of_kind = self.shares.get(kind)
        least, _ = _least(kind, self.people, is_counted=of_kind is not None)
        return max((of_kind or {}).get(value, 0.0), least)

    def bits(self, kind: str, value: str) -> float:
        """Return how much it says to share a value: the base-2 logarithm of one in how many."""
        of_kind = self.shares.get(kind)
        least, most_bits = _least(kind, self.people, is_counted=of_kind is not None)
        share = of_kind.get(value, 0.0) if of_kind else 0.0
        return -log2(share) if share > least else most_bits

    def pair_bits(self, given: str, family: str) -> float | None:
        """Return how much it says to share first and last name, or None where nobody counted."""
        together = self.shares.get(PAIR, {}).get(f"{given} {family}", 0.0)
        return -log2(together) if together else None

    def is_counted(self, kind: str, value: str) -> bool:
        """Answer whether we know how many have a value."""
        return value in self.shares.get(kind, {})

    def is_common(self, kind: str, value: str) -> bool:
        """Answer whether a name is one that many have."""
        return self.shares.get(kind, {}).get(value, 0.0) >= COMMON_SHARE


@lru_cache(maxsize=256)
def _least(kind: str, people: int, *, is_counted: bool) -> tuple[float, float]:
    """Return the smallest share of a kind that is told apart among so many, and its bits."""
    if not is_counted and kind in UNCOUNTED:
        return UNCOUNTED[kind], -log2(UNCOUNTED[kind])
    least = 1 / max(LEAST_PEOPLE, UNSEEN_FACTOR * people) * SHARED_BY.get(kind, 1)
    return least, -log2(least)


def counted(values: Iterable[tuple[str, str]], people: int, known: Frequencies) -> Frequencies:
    """Return shares from (kind, value) pairs of so many people, never under the known ones.

    The known shares stand for the country, the counted ones for this county or file: a name that
    is common in either is common.
    """
    people = max(people, COUNTED_PEOPLE_MIN)
    shares: dict[str, dict[str, float]] = {kind: dict(of) for kind, of in known.shares.items()}
    for (kind, value), count in Counter(values).items():
        if count < (PAIR_COUNT_MIN if kind == PAIR else COUNT_MIN):
            continue
        # One less: a pair that is one person must not make its own name look common.
        share = (count - 1) / people
        of_kind = shares.setdefault(kind, {})
        of_kind[value] = max(of_kind.get(value, 0.0), min(share, 1.0))
    return Frequencies(people, shares)
