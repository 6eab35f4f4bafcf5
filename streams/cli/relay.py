"""`switchboard relay`: tell Kafka what the ledger wants said, until told to stop.

Any number may run: one is active, the others wait to take over.
"""

import logging
import sys
from functools import partial
from threading import Event

import typer

from streams import telemetry, topics
from streams.cli._common import Kafka, settings_with, stopping, utc_now
from streams.engines.wiring import ledger_address
from streams.ledger.connection import connect
from streams.services import restoring
from streams.services.heads import HeadSigner, signing_key_of
from streams.services.relay import RelayParts, run
from streams.settings import Mode, load_register


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(relay)


def relay(*, kafka: Kafka = None) -> None:
    """Tell Kafka of notices and receipts, until SIGTERM or Ctrl-C."""
    telemetry.configure(level=logging.INFO, libraries=logging.WARNING)
    settings = settings_with(kafka)
    register_of = load_register(settings.register_file)
    if settings.mode is not Mode.PRODUCTION:
        topics.apply(settings.kafka, topics.declared(register_of))
    key, stop = signing_key_of(settings), Event()
    with ledger_address(settings) as url:
        with connect(url, name="restore") as session:
            feeds = {agency.feed for agency in register_of.agencies.values()}
            restoring.look(session, settings.kafka, feeds, utc_now())
        stopping(stop)
        signing = partial(HeadSigner, key)
        status = run(RelayParts(url, settings.kafka, stop, signing, settings.now))
    sys.exit(status)
