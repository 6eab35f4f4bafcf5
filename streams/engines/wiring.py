"""Where the parts are chosen: the flows there are, the register, the secret and the ledger.

The only place that puts the production parts together. Engines, commands and the demo take what is
made here; tests that need other flows name another factory (`SWITCHBOARD_RULES`).
"""

from __future__ import annotations

import hashlib
import os
import pkgutil
import secrets
from contextlib import contextmanager, suppress
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from streams import flows
from streams.ledger import migrations
from streams.ledger.embedded import EmbeddedServer
from streams.settings import (
    Days,
    Mode,
    Settings,
    SettingsError,
    load_holidays,
    load_register,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from streams.domain.alike import Scorer
    from streams.domain.calendar import WorkingCalendar
    from streams.domain.instructions import Flow
    from streams.pipeline import Rules

SECRET_FILE = "key-secret"  # noqa: S105 - the name of a file
SECRET_BYTES = 32


@cache
def discovered_flows() -> tuple[Flow, ...]:
    """Return the flow of every module in `streams.flows`; a new flow edits nothing here."""
    modules = sorted(module.name for module in pkgutil.iter_modules(flows.__path__))
    return tuple(import_module(f"{flows.__name__}.{name}").FLOW for name in modules)


def rules_of(settings: Settings) -> Rules:
    """Make the rules with which this installation runs.

    What only the pipeline needs is loaded here: a command that reads the ledger starts without it.
    """
    from streams.domain.case_events import CASE_EVENTS  # noqa: PLC0415 - see above
    from streams.domain.directory_events import DIRECTORY_EVENTS  # noqa: PLC0415 - see above
    from streams.pipeline import make_rules  # noqa: PLC0415 - see above

    register = load_register(settings.register_file)
    models = {**CASE_EVENTS, **DIRECTORY_EVENTS}
    days, scorer = calendar_of(settings), scorer_of(settings)
    return make_rules(discovered_flows(), models, register, days, scorer=scorer)


def scorer_of(settings: Settings) -> Scorer:
    """Make the scorer, with the installed weights and the junk list where one is set."""
    from streams.domain.alike import Scorer  # noqa: PLC0415 - see `rules_of`
    from streams.identity_files import load_junk, load_weights  # noqa: PLC0415 - see `rules_of`

    file = settings.identity_junk_file
    return Scorer(load_weights(), load_junk(file)) if file else Scorer(load_weights())


def calendar_of(settings: Settings) -> WorkingCalendar:
    """Make the working calendar, with the days of the holidays file where one is set."""
    from streams.domain.calendar import WorkingCalendar  # noqa: PLC0415 - see `rules_of`

    days = load_holidays(settings.holidays_file) if settings.holidays_file else Days()
    try:
        return WorkingCalendar(extra_holidays=days.holidays, extra_working_days=days.working_days)
    except ValueError as error:
        message = f"holidays file {settings.holidays_file}: {error}"
        raise SettingsError(message) from error


def production_rules() -> Rules:
    """Make the rules from the environment's settings."""
    return rules_of(Settings())


def rules_named(factory: str) -> Rules:
    """Make the rules that a factory, written `module:function`, gives."""
    module, _, function = factory.partition(":")
    made: Rules = getattr(import_module(module), function)()
    return made


def secret_of(settings: Settings) -> bytes:
    """Return the secret of the keyed hashes; made up and kept in the home where none is set.

    Raises `SettingsError` in production without a secret: one that is lost makes every look-up
    key worthless.
    """
    if settings.key_secret is not None:
        return settings.key_secret.get_secret_value().encode()
    if settings.mode is Mode.PRODUCTION:
        message = "SWITCHBOARD_KEY_SECRET is not set; operations must set it, and keep it safe"
        raise SettingsError(message)
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = settings.home / SECRET_FILE
    if not path.exists():
        _make_secret(path)
    return hashlib.sha256(path.read_text().strip().encode()).digest()


def secret_if_any(settings: Settings) -> bytes:
    """Return the secret where there is one that we may read, else none; nothing is made."""
    with suppress(OSError):
        is_made = settings.mode is not Mode.PRODUCTION and (settings.home / SECRET_FILE).exists()
        if is_made or settings.key_secret is not None:
            return secret_of(settings)
    return b""


def _make_secret(path: Path) -> None:
    """Make up a secret; of several services that start at once, the first one's counts.

    It has its name only once it is whole, or another service would go by a half of it.
    """
    whole = path.with_name(f"{SECRET_FILE}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(SECRET_BYTES))
        with suppress(FileExistsError):
            os.link(whole, path)
    finally:
        whole.unlink()


@contextmanager
def ledger_address(settings: Settings, *, migrate: bool | None = None) -> Iterator[str]:
    """Give the address of the ledger: the one that is set, or the embedded server's.

    The ledger is migrated first unless this is production, where `switchboard ledger migrate` does
    it. Raises `EmbeddedError` or what PostgreSQL answers.
    """
    wanted = settings.mode is not Mode.PRODUCTION if migrate is None else migrate
    if settings.database_url is not None:
        if wanted:
            migrations.upgrade(settings.database_url)
        yield settings.database_url
        return
    with EmbeddedServer.open(
        settings.home, run_as=settings.postgres_user, mode=settings.mode
    ) as server:
        if wanted:
            migrations.upgrade(server.url)
        yield server.url
