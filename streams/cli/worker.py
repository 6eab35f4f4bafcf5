"""`switchboard worker`: carry records from the feeds into the ledger until told to stop.

It does not start itself again: `docker compose` and `switchboard up` do, on any status but 0 and 2.
"""

import logging
import resource
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib import import_module
from threading import Event
from typing import Annotated

import typer

from streams import telemetry, topics
from streams.cli._common import Kafka, settings_with, stopping
from streams.cli._engines import Engine
from streams.engines.hang import Hang
from streams.engines.partitions import Feed, WorkerParts
from streams.engines.port import Applier, Gate
from streams.engines.same_secret import demand_same_secret_at
from streams.engines.sealing import demand_same_key, vault_of_settings
from streams.engines.trial import ChildTrial
from streams.engines.wiring import ledger_address, rules_named, secret_of
from streams.ledger.collector import settle
from streams.ledger.connection import connect
from streams.ledger.describing import describe_everybody
from streams.ledger.transaction import Ledger, Step, no_step
from streams.services import restoring
from streams.services.watchdog import Watchdog
from streams.settings import Mode, Settings

STUCK_AFTER_SECONDS = 180.0
"""Assumed: longer than every retry and trial together."""


MODULES = {Engine.FAUST: "streams.engines.faust_worker", Engine.DIRECT: "streams.engines.direct"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(worker)


def worker(
    engine: Annotated[
        Engine, typer.Option(help="Which engine carries the records.")
    ] = Engine.FAUST,
    kafka: Kafka = None,
) -> None:
    """Carry records from the feeds into the ledger, until SIGTERM or Ctrl-C."""
    telemetry.configure(level=logging.INFO, libraries=logging.WARNING)
    settings = settings_with(kafka)
    register_of = rules_named(settings.rules).register
    # Before Kafka is asked for anything: what would come could not be sealed.
    vault_of_settings(settings, register_of)
    if settings.mode is not Mode.PRODUCTION:
        topics.apply(settings.kafka, topics.declared(register_of))
    with worker_parts(settings) as parts:
        session = next(iter(parts.feeds.values())).applier.ledger.session
        restoring.look(session, settings.kafka, parts.feeds.keys(), parts.clock())
        settle()
        stopping(parts.stop)
        status = int(import_module(MODULES[engine]).run(parts))
    sys.exit(status)


@contextmanager
def worker_parts(settings: Settings, step: Step = no_step) -> Iterator[WorkerParts]:
    """Put a worker together: one session, applier and thread for each feed."""
    resource.setrlimit(resource.RLIMIT_DATA, (settings.memory_bytes_max, resource.RLIM_INFINITY))
    rules, secret = rules_named(settings.rules), secret_of(settings)
    vault = vault_of_settings(settings, rules.register)
    with ExitStack() as stack:
        url = stack.enter_context(ledger_address(settings))
        demand_same_secret_at(url, secret)
        describe_everybody(url, rules, secret)

        def open_ledger(feed: str) -> Ledger:
            session = connect(url, name=f"worker {feed}")
            return Ledger(session, rules, secret, step=step, url=url, vault=vault)

        gate, hang = Gate(), Hang(settings.hang_seconds)
        trial = ChildTrial(url, settings.rules, secret)
        feeds: dict[str, Feed] = {}
        for agency in rules.register.agencies.values():
            name = agency.feed
            reopen = partial(open_ledger, name)
            applier = Applier(open_ledger(name), reopen, trial, gate, hang, clock=settings.now)
            thread = stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix=name))
            feeds[name] = Feed(name, applier, thread)
        demand_same_key(next(iter(feeds.values())).applier.ledger.session, vault)
        watch = Watchdog(STUCK_AFTER_SECONDS)
        watch.start()
        stack.callback(watch.stop)
        ids = stack.enter_context(topics.TopicIds(settings.kafka))
        asking = stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix="topics"))
        yield WorkerParts(settings, rules, feeds, ids, asking, watch, Event())
