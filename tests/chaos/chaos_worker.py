"""A worker like production's that can be told to die, to freeze or to fail at a named step.

    python -m chaos.chaos_worker ENGINE ORDERS_FOLDER

It prints nothing of its own. Settings come from the environment, as for `switchboard worker`.
"""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import psycopg
from chaos.orders import IN_COPY, Obedience

from streams.cli.worker import MODULES, Engine, worker_parts
from streams.ledger.connection import EXIT_WORLD_DOWN, WorldDown
from streams.settings import Settings


def open_to_orders_in_copy(obedience: Obedience) -> None:
    """Let orders fall inside COPY: when the rows are written and the COPY is not yet ended."""
    whole = psycopg.Cursor.copy

    @contextmanager
    def copy(self: psycopg.Cursor[Any], *told: Any, **named: Any) -> Iterator[psycopg.Copy]:  # noqa: ANN401 - as psycopg has it
        with whole(self, *told, **named) as pipe:
            yield pipe
            name = self.connection.info.get_parameters().get("application_name", "")
            if name.startswith("switchboard worker "):  # and not one that audits what it ended
                obedience.at(IN_COPY)

    psycopg.Cursor.copy = copy  # type: ignore[method-assign,assignment]  # psycopg has no hook there


def main() -> int:
    """Run until told to stop, or until an order ends it."""
    obedience = Obedience(Path(sys.argv[2]))
    open_to_orders_in_copy(obedience)
    try:
        with worker_parts(Settings(), step=obedience.at) as parts:
            parts.before_commit = obedience.before_commit
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: parts.stop.set())
            return int(import_module(MODULES[Engine(sys.argv[1])]).run(parts))
    except WorldDown:
        return EXIT_WORLD_DOWN


if __name__ == "__main__":
    sys.exit(main())
