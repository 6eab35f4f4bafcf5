"""Weights: for each level of each field, how likely it is in one person and in two strangers.

`m` is the share of pairs of records of one person that are at the level, `u` that of pairs of two
people. Where `u` is absent, the share of people with the very value stands for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log2
from typing import Any, Final

from msgspec import Struct

from streams.domain.scoring.frequencies import Frequencies
from streams.domain.scoring.levels import EXACT, Field, Level, Part

LEAST: Final = 1e-9
"""A probability is never 0: nothing is so rare that one pair could decide everything."""


class Weight(Struct, frozen=True):
    """One level of one field; `u` is None where the share of the value stands for it.

    `part` is what the level says where no value adds to it.
    """

    m_bits: float
    u: float | None
    part: Part


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From `join` on two records are of one person, below `split` of two; between, a person looks.

    Both are in bits: the base-2 logarithm of the odds that it is one person.
    """

    join: float
    split: float


@dataclass(frozen=True, slots=True)
class Weights:
    """All that scoring knows of the world; `version` goes into what is kept of each decision."""

    version: str
    thresholds: Thresholds
    table: Mapping[Field, Mapping[Level, Weight]]
    identifiers: Mapping[str, Mapping[Level, float]]
    known: Frequencies

    def part(self, field: Field, level: Level, value_bits: float = 0.0) -> Part:
        """Return what a level says; `value_bits` is how rare the value is that they share."""
        weight = self.table[field][level]
        if weight.u is not None:
            return weight.part
        return Part(field, level, weight.m_bits + value_bits)

    def capped(self, field: Field, level: Level, value_bits: float) -> Part:
        """Return what a level says, never more than if the value were shared exactly."""
        levels = self.table[field]
        weight = levels[level]
        if weight.u is None:
            return Part(field, level, weight.m_bits + value_bits)
        most = levels[EXACT].m_bits + value_bits
        return weight.part if weight.part.bits <= most else Part(field, level, most)


def weights_from(document: Mapping[str, Any]) -> Weights:
    """Read weights from a parsed file; what is missing or wrong is a KeyError or ValueError."""
    table = {
        Field(field): {
            Level(level): _weight(Field(field), Level(level), entry)
            for level, entry in levels.items()
        }
        for field, levels in document["fields"].items()
    }
    # Files that were made before this level was told apart have one weight for both.
    if (given := table.get(Field.GIVEN)) is not None:
        given.setdefault(Level.BY_MIDDLE, given[Level.PART])
    identifiers = {
        kind: {Level(level): float(bits) for level, bits in levels.items()}
        for kind, levels in document["identifiers"].items()
    }
    limits = document["thresholds"]
    shares = {kind: dict(of) for kind, of in document.get("shares", {}).items()}
    thresholds = Thresholds(float(limits["join"]), float(limits["split"]))
    if thresholds.join <= thresholds.split:
        message = "the join threshold must be above the split threshold"
        raise ValueError(message)
    known = Frequencies(0, shares)
    return Weights(str(document["version"]), thresholds, table, identifiers, known)


def _weight(field: Field, level: Level, entry: Mapping[str, Any]) -> Weight:
    if "bits" in entry:
        return Weight(0.0, 1.0, Part(field, level, float(entry["bits"])))
    m = max(float(entry["m"]), LEAST)
    if "u" not in entry:
        return Weight(log2(m), None, Part(field, level, log2(m)))
    u = max(float(entry["u"]), LEAST)
    return Weight(log2(m), u, Part(field, level, log2(m / u)))
