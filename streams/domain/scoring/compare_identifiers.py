"""Identifiers compared: what agrees, what contradicts, and what is one slip from agreeing.

A person has one CRN and one PNC id in principle and sometimes two in practice; of arrests, and so
of ASNs, people have many, which contradict nothing.
"""

from collections.abc import Mapping
from itertools import product
from typing import Final

from msgspec import Struct
from rapidfuzz.distance import OSA

from streams.domain.identifiers import IdentifierKind
from streams.domain.scoring.levels import DIFFERENT, EXACT, IDENTIFIER, ONE_DIGIT, Level, Part
from streams.domain.scoring.weights import Weights


class IdentifiersCompared(Struct, frozen=True):
    """What each kind says that both have; the kinds that agree and those that contradict."""

    parts: tuple[Part, ...]
    agreeing: frozenset[IdentifierKind]
    contradicting: frozenset[IdentifierKind]


NONE_SHARED: Final = IdentifiersCompared((), frozenset(), frozenset())


def compare_identifiers(
    left: Mapping[IdentifierKind, frozenset[str]],
    right: Mapping[IdentifierKind, frozenset[str]],
    weights: Weights,
) -> IdentifiersCompared:
    """Compare kind by kind; a kind without weights in the file says nothing either way."""
    if not left or not right:
        return NONE_SHARED
    # A kind is its text, by which the weights have it; to ask for its value takes longer.
    shared = [kind for kind in left if kind in right and kind in weights.identifiers]
    if not shared:
        return NONE_SHARED
    parts: list[Part] = []
    agreeing: set[IdentifierKind] = set()
    apart: set[IdentifierKind] = set()
    for kind in sorted(shared):
        level = _level(left[kind], right[kind])
        # One character off contradicts too: numbers without check letters are given out in order.
        (agreeing if level is EXACT else apart).add(kind)
        bits = weights.identifiers[kind].get(level, 0.0)
        if bits:
            parts.append(Part(IDENTIFIER, level, bits, kind.value))
    return IdentifiersCompared(tuple(parts), frozenset(agreeing), frozenset(apart))


def _level(left: frozenset[str], right: frozenset[str]) -> Level:
    if not left.isdisjoint(right):
        return EXACT
    for a, b in product(left, right):
        if OSA.distance(a, b, score_cutoff=1) == 1:
            return ONE_DIGIT
    return DIFFERENT
