"""What most commands share: settings, a read of the ledger, and the answer "no"."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Event
from typing import Annotated, NoReturn

import typer

from streams.cli import NO
from streams.cli._output import warn
from streams.engines.wiring import ledger_address
from streams.ledger.connection import Session
from streams.ledger.reading import reading
from streams.settings import Settings

Kafka = Annotated[
    str | None,
    typer.Option("--kafka", help="Address of Kafka (SWITCHBOARD_KAFKA).", metavar="ADDR"),
]


def settings_with(kafka: str | None = None) -> Settings:
    """Return the settings, with the address of Kafka that was typed."""
    return Settings() if kafka is None else Settings(kafka=kafka)


def stopping(stop: Event) -> Event:
    """Set an event when this process is told to stop, by SIGTERM or Ctrl-C, and return it."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


@contextmanager
def ledger_url(settings: Settings) -> Iterator[str]:
    """Give the ledger's address; a read never migrates a database that others may be using."""
    with ledger_address(settings, migrate=None if settings.database_url is None else False) as url:
        yield url


@contextmanager
def reader(settings: Settings) -> Iterator[Session]:
    """Give a read-only session with the ledger."""
    with ledger_url(settings) as url, reading(url) as session:
        yield session


def utc_now() -> datetime:
    """Read the clock that the services go by."""
    return Settings().now()


def answer_no(words: str | None = None) -> NoReturn:
    """End with the status that means no."""
    if words is not None:
        warn(words)
    raise typer.Exit(NO)
