"""`switchboard clock`: let happen what time brings, until told to stop.

Any number may run. Like a worker it does not start itself again.
"""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Event

import typer

from streams import telemetry
from streams.cli._common import stopping
from streams.engines.same_secret import demand_same_secret
from streams.engines.sealing import demand_same_key, vault_of_settings
from streams.engines.wiring import ledger_address, rules_named, secret_of
from streams.ledger.acting import CLOCK_CHAIN, Actor
from streams.ledger.connection import Session, connect
from streams.ledger.picking import Watch
from streams.ledger.transaction import Step, no_step
from streams.ledger.unsealing import SealedStore
from streams.services.clock import Clock, run
from streams.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(clock)


def clock() -> None:
    """Let duties fall overdue when their time has passed, until SIGTERM or Ctrl-C."""
    telemetry.configure(level=logging.INFO, libraries=logging.WARNING)
    with clock_parts(Settings()) as (made, reopen):
        status = run(made, stopping(Event()), reopen)
    sys.exit(status)


@contextmanager
def clock_parts(
    settings: Settings, step: Step = no_step
) -> Iterator[tuple[Clock, Callable[[], Session]]]:
    """Put a clock together, and give with it what opens its session anew."""
    rules = rules_named(settings.rules)
    vault, secret = vault_of_settings(settings, rules.register), secret_of(settings)
    with ledger_address(settings) as url:
        reopen = partial(connect, url, name="clock")
        actor = Actor(reopen(), rules, CLOCK_CHAIN, step=step, url=url, secret=secret)
        actor.store = SealedStore(vault)
        watch = Watch(
            rules,
            settings.feed_late_after,
            settings.clock_offset,
            secret=secret,
            vault=vault,
            sealed_for=settings.sealed_for,
            nobodys_for=settings.nobodys_for,
            quarantine_for=settings.quarantine_for,
        )
        made = Clock(actor, watch, settings.now)
        try:
            demand_same_secret(actor.session, secret)
            demand_same_key(actor.session, vault)
            yield made, reopen
        finally:
            made.actor.session.close()
