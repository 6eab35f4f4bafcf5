"""Misses by origin of name where records give as much to go by: like compared with like.

The made-up clerks estimate births and turn names round more often for some origins, as clerks do.
What is missed for that is a lack of evidence; what is left at equal evidence is the scorer's own.
"""

from collections import Counter
from collections.abc import Collection
from typing import Final, NamedTuple

from bench.identity_data import Pair, Records
from bench.identity_people import Written

REFERENCE: Final = "british"
"""The origin whose mix of evidence the others are weighed by: most of the made-up people."""
TURNED: Final = frozenset({"swapped", "swapped_order"})
ESTIMATE: Final = "0101"


class Evidence(NamedTuple):
    """What two records of one person have in common to be told by, besides their names."""

    birth: str
    home: str
    is_turned: bool


def evidence(one: Written, other: Written) -> Evidence:
    """Return what two records give to go by."""
    is_turned = not TURNED.isdisjoint((*one.slips, *other.slips))
    return Evidence(_birth(one.born, other.born), _home(one, other), is_turned)


def _birth(one: str, other: str) -> str:
    if not one or not other:
        return "missing"
    if one.endswith(ESTIMATE) or other.endswith(ESTIMATE):
        return "same estimate" if one == other else "estimated"
    return "same" if one == other else "different"


def _home(one: Written, other: Written) -> str:
    if not (one.lines or one.postcode) or not (other.lines or other.postcode):
        return "missing"
    if one.postcode and one.postcode == other.postcode:
        return "same postcode"
    return "same line" if one.lines[:1] == other.lines[:1] else "different"


def at_equal_evidence(records: Records, missed: Collection[Pair]) -> dict[str, float]:
    """Return the share missed of each origin, as if all had the reference's mix of evidence."""
    there: Counter[tuple[str, Evidence]] = Counter()
    lost: Counter[tuple[str, Evidence]] = Counter()
    for pair in records.same:
        one, other = (records.written[place] for place in pair)
        kind = one.origin, evidence(one, other)
        there[kind] += 1
        lost[kind] += pair in missed
    mix = {what: count for (origin, what), count in there.items() if origin == REFERENCE}
    return {
        origin: round(_weighed(origin, mix, there, lost), 4)
        for origin in sorted({origin for origin, _ in there})
    }


def _weighed(
    origin: str,
    mix: dict[Evidence, int],
    there: Counter[tuple[str, Evidence]],
    lost: Counter[tuple[str, Evidence]],
) -> float:
    """Weigh what an origin misses of each kind of evidence by the mix, as far as it has them."""
    kinds = [what for what in mix if there[origin, what]]
    whole = sum(mix[what] for what in kinds)
    return sum(mix[w] * lost[origin, w] / there[origin, w] for w in kinds) / max(whole, 1)
