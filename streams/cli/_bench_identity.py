"""`switchboard bench identity`: who is told apart, beside Splink and by origin of name."""

from typing import Annotated, Any

import typer

from streams.cli._bench_lookups import look_up
from streams.cli._checkout import from_checkout
from streams.cli._output import Json, emit, say
from streams.identity_files import load_weights


def identity(
    *,
    people: Annotated[int, typer.Option(min=200, help="Made-up people, by origin.")] = 6_000,
    seed: Annotated[int, typer.Option(help="Seed of the made-up people.")] = 11,
    lookups: Annotated[bool, typer.Option(help="Only look-ups among 250,000 people.")] = False,
    as_json: Json = False,
) -> None:
    """Measure who is told apart: Febrl 3 beside Splink, and made-up people by origin of name.

    Precision, recall and F1 of pairs, without soc_sec_id: of the sum at even odds, fixed beforehand
    for both (`f1`), at its best (`best_f1`), and of what we join without asking (`joined_f1`).
    """
    weights = load_weights()
    if lookups:
        measured = look_up(seed, weights)
        if as_json:
            emit({"lookups": measured, "weights": weights.version})
        return
    bench: Any = from_checkout("identity")
    say(f"weights {weights.version}, join at {weights.thresholds.join} bits, made-up seed {seed}")
    summary = bench.febrl(weights, say)
    summary["made_up"] = bench.origins(people, seed, weights, say)
    summary["speed"] = bench.speed(people // 4, seed, weights)
    summary["weights"] = weights.version
    if as_json:
        emit(summary)
