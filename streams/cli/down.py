"""`switchboard down`: end what `switchboard up` started in this home, and nothing else."""

from typing import Final

import typer

from streams.cli._common import answer_no, settings_with
from streams.cli._output import say
from streams.services.pidfile import end, running

DOWN_SECONDS: Final = 60.0
"""Longer than a supervisor waits for its services before it kills them."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(down)


def down() -> None:
    """End the services that `switchboard up` runs for this home."""
    home = settings_with().home
    process = running(home)
    if process is None:
        say(f"Nothing is up in {home}.")
    elif end(home, process, DOWN_SECONDS):
        say(f"The services of {home} have ended.")
    else:
        answer_no(f"process {process.pid} has not ended within {DOWN_SECONDS:.0f} s; look at it")
