"""Two descriptions scored: how likely they are of one person, why, and what may be done about it.

The score is a sum of bits after Fellegi and Sunter: each field adds the base-2 logarithm of how
much likelier its level is in one person than in two; the start is that one in so many is the one.
At 0 bits it is as likely as not; at 10, a thousand to one.

Source: Fellegi and Sunter, A Theory for Record Linkage, JASA 1969.
"""

from math import log2
from operator import attrgetter
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from streams.domain.scoring.compare_births import compare_births
from streams.domain.scoring.compare_identifiers import compare_identifiers
from streams.domain.scoring.compare_names import compare_names
from streams.domain.scoring.compare_places import compare_places
from streams.domain.scoring.compare_words import likeness
from streams.domain.scoring.guards import (
    AT_LEAST_ASK,
    AT_MOST,
    Compared,
    Decision,
    Guard,
    are_two_names,
    borrowed_guard,
    guard_of,
)
from streams.domain.scoring.levels import ALIKE, DIFFERENT, EXACT, NEAR, OTHER, Part
from streams.domain.scoring.people import Ready
from streams.domain.scoring.weights import Thresholds, Weights

PROBABILITY_BITS_MAX: Final = 60.0
_BITS: Final = attrgetter("bits")
_JOIN: Final = Decision.JOIN
_ASK: Final = Decision.ASK
_SPLIT: Final = Decision.SPLIT
_ORDER: Final = (_SPLIT, _ASK, _JOIN)


def _guarded(guard: Guard, found: Decision) -> Decision:
    """Return a decision as far as a guard lets it go."""
    limited = min(found, AT_MOST[guard], key=_ORDER.index)
    return max(limited, _ASK, key=_ORDER.index) if guard in AT_LEAST_ASK else limited


_GUARDED: Final = {guard: {found: _guarded(guard, found) for found in Decision} for guard in Guard}
"""What becomes of each decision where a guard sees its pattern."""


class Score(Struct, frozen=True):
    """What came of a pair: the sum of bits, what each field said, the guard, and the decision."""

    bits: float
    prior: float
    parts: tuple[Part, ...]
    guard: Guard | None
    decision: Decision

    @property
    def probability(self) -> float:
        """Return how likely it is one person by the sum alone, whatever a guard says."""
        bits = max(-PROBABILITY_BITS_MAX, min(PROBABILITY_BITS_MAX, self.bits))
        return 1 - 1 / (1 + 2**bits)


def prior_bits(people: float) -> float:
    """Return where a score starts: one of so many people is the one."""
    return -log2(max(people, 1))


def score(left: Ready, right: Ready, weights: Weights, *, prior: float) -> Score:
    """Compare two people field by field and decide; the order of the two does not matter."""
    pair = _compared(left, right, weights)
    parts = [*pair.names.parts, *pair.places.parts, *pair.identifiers.parts]
    if pair.births.part is not None:
        parts.append(pair.births.part)
    if left.others and right.others:
        parts += _others(left, right, weights)
    bits = prior + sum(map(_BITS, parts))
    guard = guard_of(pair)
    decision = found = decided(bits, None, weights.thresholds)
    if guard is not None:
        decision = _GUARDED[guard][found]
        if decision is found:
            guard = None  # It changed nothing, and has nothing to explain.
    return Score(bits, prior, tuple(parts), guard, decision)


def borrowed(left: Ready, right: Ready, weights: Weights) -> Guard | None:
    """Return the sign that an identifier of the one was given for the other, or None."""
    return borrowed_guard(_compared(left, right, weights))


def _compared(left: Ready, right: Ready, weights: Weights) -> Compared:
    """Compare two people field by field."""
    names = compare_names(left.names, right.names, weights)
    return Compared(
        names,
        compare_births(left.births, right.births, weights),
        compare_places(left.places, right.places, weights),
        compare_identifiers(left.by_kind, right.by_kind, weights),
        names.given is ALIKE and are_two_names(left.names, right.names),
    )


def decided(bits: float, guard: Guard | None, thresholds: Thresholds) -> Decision:
    """Return the decision of a sum of bits, as far as a guard lets it go."""
    found = _JOIN if bits >= thresholds.join else _ASK if bits >= thresholds.split else _SPLIT
    return found if guard is None else _GUARDED[guard][found]


def _others(left: Ready, right: Ready, weights: Weights) -> list[Part]:
    """Compare the further facts that both have, by name."""
    found = []
    for name in sorted(left.others.keys() & right.others.keys()):
        (mine, my_bits), (theirs, their_bits) = left.others[name], right.others[name]
        if mine == theirs:
            part = weights.part(OTHER, EXACT, min(my_bits, their_bits))
        elif likeness(mine, theirs) is NEAR:
            part = weights.capped(OTHER, NEAR, min(my_bits, their_bits))
        else:
            part = weights.part(OTHER, DIFFERENT)
        found.append(replace(part, about=name))
    return found
