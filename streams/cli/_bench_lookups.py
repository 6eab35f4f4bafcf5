"""`switchboard bench identity --lookups`: whom the ledger finds among few people and among many."""

from collections.abc import Mapping
from typing import Any

from streams.cli._checkout import from_checkout
from streams.cli._output import progress, say
from streams.domain.scoring.weights import Weights


def look_up(seed: int, weights: Weights) -> Mapping[str, Any]:
    """Measure look-ups of the batch path among 10,000 and 250,000 made-up people, in words too."""
    bench: Any = from_checkout("identity_lookups")
    measured: Mapping[str, Any] = bench.lookups(seed, weights, say, progress)
    return measured
