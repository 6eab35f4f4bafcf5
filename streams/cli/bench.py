"""`switchboard bench throughput`: events per second from Kafka to committed notices.

The benchmarks are no part of what is installed: they run from a checkout, with its `bench/` and,
where SWITCHBOARD_KAFKA is not set, a Kafka of their own from its release jars (Java and Maven).
"""

import os
import sys
from importlib import import_module
from typing import Annotated, Any

import typer

from streams.cli import _bench_identity, _bench_latency, _bench_replay
from streams.cli._engines import Engines
from streams.cli._output import Json, emit, say
from streams.settings import PROJECT_ROOT


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Measure, from a checkout.", no_args_is_help=True)
    group.callback()(_from_a_checkout)
    group.command("throughput")(throughput)
    group.command("identity")(_bench_identity.identity)
    group.command("latency")(_bench_latency.latency)
    group.command("replay")(_bench_replay.replay)
    app.add_typer(group, name="bench")


def _from_a_checkout() -> None:
    """Measure, from a checkout."""
    if not (PROJECT_ROOT / "bench" / "throughput.py").is_file():
        message = "the benchmarks run from a checkout of the project; there is no bench/ here"
        raise typer.BadParameter(message)
    if str(PROJECT_ROOT) not in sys.path:
        sys.path.insert(0, str(PROJECT_ROOT))


def throughput(
    *,
    events: Annotated[int, typer.Option(min=100, help="Events of the day.")] = 30_000,
    engine: Annotated[Engines, typer.Option(help="Which engines.")] = Engines.BOTH,
    people: Annotated[int, typer.Option(min=1, max=250_000, help="People of the county.")] = 5_000,
    processes: Annotated[int, typer.Option(min=1, help="Workers at once.")] = 2,
    seed: Annotated[int, typer.Option(help="Seed of the county and of the day.")] = 1,
    as_json: Json = False,
) -> None:
    """Measure each engine over one day of a made-up county, beside the floor under it.

    Figures are of this machine with what else it does: compare ratios, and repeat.
    """
    bench: Any = import_module("bench.throughput")
    plan = bench.Plan(events=events, people=people, processes=processes, seed=seed)
    say(f"seed {seed}, {processes} workers, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    found = []
    for each in engine.each:
        figures = bench.measure(each.value, plan)
        found.append(figures)
        say(f"{each}: {figures.events_s:.0f} events/s; the floor {figures.floor_events_s:.0f}")
        say(f"  ended {figures.ended}; wrote {figures.rows}")
        say(f"  the most memory of each worker: {figures.worker_mb} MB")
        say(f"  neighbours of poison arrived within {figures.poison_seconds:.1f} s")
    summary = bench.summary(found)
    if as_json:
        emit(summary)
        return
    for name, value in summary.items():
        say(f"{name:24}{'-' if value is None else value}")
