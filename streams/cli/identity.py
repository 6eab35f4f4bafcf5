"""`switchboard identity`: who is this; each command is in a module of its own."""

from pathlib import Path
from typing import Annotated

import typer

from streams.cli import _identity_merge as merges
from streams.cli import _identity_reconcile as reconciling
from streams.cli import _identity_review as reviews
from streams.cli import _identity_score as scoring
from streams.cli import _sealed as sealed
from streams.cli._checkout import from_checkout
from streams.cli._output import say
from streams.identity_files import WEIGHTS_FILE


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="Who is this: review, merge, compare and score people.", no_args_is_help=True
    )
    group.callback()(_about)
    group.command("score")(scoring.score_files)
    group.command("reconcile")(reconciling.reconcile)
    group.command("train")(train)
    merges.register(group)
    reviews.register(group)
    sealed.register(group)
    app.add_typer(group, name="identity")


def _about() -> None:
    """Who is this: review, merge, compare and score people."""


def train(
    output: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write the weights.")],
    *,
    people: Annotated[int, typer.Option(min=500, help="People to make up.")] = 12_000,
    seed: Annotated[int, typer.Option(help="Seed of the made-up people.")] = 20_260,
    pairs: Annotated[int, typer.Option(min=10_000, help="Pairs of strangers.")] = 400_000,
) -> None:
    """Estimate the weights afresh with Splink on made-up people, from a checkout.

    It takes minutes. What Splink does not learn (identifiers, thresholds) is kept as it is.
    """
    training = from_checkout("identity_training")
    plan = training.Plan(people=people, seed=seed, pairs=float(pairs))
    output.write_text(training.trained_file(plan, WEIGHTS_FILE), "utf-8")
    say(f"wrote {output}; compare with `switchboard bench identity` before you use it")
