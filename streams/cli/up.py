"""`switchboard up`: run every service, and start again whichever fails, until told to stop."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Annotated, Final

import typer

from streams.cli._common import Kafka, settings_with
from streams.cli._engines import Engine
from streams.engines.wiring import ledger_address
from streams.services.pidfile import AlreadyUp, held
from streams.services.supervisor import Service, Supervisor
from streams.settings import Settings, SettingsError

SERVICES: Final = ("worker", "clock", "relay")
"""What `up` runs; each is a command of its own, which compose and systemd may run instead."""
THIS: Final = (sys.executable, *(("-P",) if sys.flags.safe_path else ()), "-m", "streams.cli")
TERMINAL: Final = 0


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(up)


def up(
    *,
    engine: Annotated[
        Engine, typer.Option(help="Which engine carries the records.")
    ] = Engine.FAUST,
    kafka: Kafka = None,
) -> None:
    """Run worker, clock and relay until Ctrl-C or `switchboard down`.

    A service that fails is started again, later each time; on standard error it says how often. One
    that was started wrongly (status 2) is left as it is.
    """
    settings = settings_with(kafka)
    supervisor = Supervisor(services(engine), environment=environment(settings))
    with ExitStack() as stack:
        try:
            stack.enter_context(held(settings.home))
        except AlreadyUp as already:
            raise SettingsError(str(already)) from already
        stack.enter_context(_leading_a_group())
        if settings.database_url is None:
            # One share for the whole time, or the server would stop when all services are down.
            stack.enter_context(ledger_address(settings))
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, supervisor.stop)
        supervisor.say(f"{', '.join(SERVICES)}: until Ctrl-C or `switchboard down`")
        status = supervisor.run()
    sys.exit(status)


def services(engine: Engine) -> tuple[Service, ...]:
    """Return the services, each a command of this program."""
    more = {"worker": ("--engine", engine.value)}
    return tuple(Service(name, (*THIS, name, *more.get(name, ()))) for name in SERVICES)


def environment(settings: Settings) -> dict[str, str]:
    """Return our own environment with the address of Kafka that was typed."""
    told = {"SWITCHBOARD_KAFKA": settings.kafka} if "kafka" in settings.model_fields_set else {}
    return {**os.environ, **told, "PYTHONUNBUFFERED": "1"}


@contextmanager
def _leading_a_group() -> Iterator[None]:
    """Make this process and its services a group of their own, as a shell does for its jobs.

    Where a script in the foreground of a terminal started us, the terminal is ours meanwhile, or
    Ctrl-C would reach the script alone.
    """
    before = os.getpgrp()
    if before == os.getpid():
        yield
        return
    has_terminal = os.isatty(TERMINAL) and os.tcgetpgrp(TERMINAL) == before
    os.setpgid(0, 0)
    if not has_terminal:
        yield
        return
    # Whoever moves the terminal from behind is stopped by it, unless it does not listen.
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    os.tcsetpgrp(TERMINAL, os.getpgrp())
    try:
        yield
    finally:
        os.tcsetpgrp(TERMINAL, before)
