"""What `switchboard bench replay` does; the command is added by `bench`."""

import os
from importlib import import_module
from typing import Annotated, Any

import typer

from streams.cli._output import Json, counted, emit, say


def replay(
    *,
    events: Annotated[int, typer.Option(min=300, help="Events of the record.")] = 30_000,
    people: Annotated[int, typer.Option(min=1, max=250_000, help="People of the county.")] = 5_000,
    seed: Annotated[int, typer.Option(help="Seed of the county and of the record.")] = 1,
    as_json: Json = False,
) -> None:
    """Measure `switchboard replay` over a record of a made-up county, and reckon a year of it.

    The year of a million events is reckoned from the last third of the record, where the scratch
    ledger is fullest. Figures are of this machine with what else it does.
    """
    bench: Any = import_module("bench.replay")
    if not as_json:
        say(f"seed {seed}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    figures = bench.measure(people, events, seed)
    summary = {
        "events": figures.events,
        "replay_events_s": round(figures.events_s, 1),
        "first_third_events_s": round(figures.first_third_events_s, 1),
        "last_third_events_s": round(figures.last_third_events_s, 1),
        "compare_s": round(figures.compare_seconds, 2),
        "busy_us": round(figures.busy_us, 1),
        "differences": figures.differences,
        "year_minutes": round(figures.year_minutes, 2),
    }
    if as_json:
        emit(summary)
        return
    say(
        f"{counted(figures.events, 'event')} in {figures.seconds:.1f} s: {figures.events_s:.0f}"
        f" events/s, {figures.compare_seconds:.1f} s of it to compare what was told"
    )
    say(
        f"the first third {figures.first_third_events_s:.0f} events/s,"
        f" the last {figures.last_third_events_s:.0f}; {figures.busy_us:.0f} µs of ours each"
    )
    say(f"a year of {bench.YEAR_EVENTS:,} events at the last: {figures.year_minutes:.1f} minutes")
    if figures.differences:
        say(f"WRONG: {counted(figures.differences, 'difference')} with the same rules")
