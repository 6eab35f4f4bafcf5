"""What `switchboard bench latency` does; the command is added by `bench`."""

import os
from importlib import import_module
from typing import Annotated, Any

import typer

from streams.cli._engines import Engines
from streams.cli._output import Json, emit, say


def latency(
    *,
    rate: Annotated[int, typer.Option(min=1, help="Events a second.")] = 200,
    seconds: Annotated[int, typer.Option(min=10, help="How long, 5 s to warm up included.")] = 20,
    engine: Annotated[Engines, typer.Option(help="Which engines.")] = Engines.BOTH,
    people: Annotated[int, typer.Option(min=1, max=250_000, help="People of the county.")] = 5_000,
    processes: Annotated[int, typer.Option(min=1, help="Workers at once.")] = 1,
    seed: Annotated[int, typer.Option(help="Seed of the county and of the day.")] = 1,
    as_json: Json = False,
) -> None:
    """Measure from publishing an event to its notice being readable, at a steady rate.

    Figures are of this machine with what else it does; the ledger is asked every 10 ms.
    """
    bench: Any = import_module("bench.latency")
    plan = bench.Plan(rate, seconds, people, processes, seed)
    say(f"seed {seed}, {processes} workers, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    summary: dict[str, float | int] = {}
    for each in engine.each:
        figures = bench.measure(each.value, plan)
        shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
        times = {name: round(1000 * figures.percentile(part), 1) for name, part in shares.items()}
        words = ", ".join(f"{name} {value} ms" for name, value in times.items())
        say(f"{each}: {len(figures.took)} notices readable after {words}")
        say(f"  {figures.silent} events told nobody, {figures.unanswered} never came through")
        summary |= {f"{each}_{name}_ms": value for name, value in times.items()}
    if as_json:
        emit(summary)
