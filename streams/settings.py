"""Settings: every variable that starts with SWITCHBOARD_, and the agency register file."""

import tomllib
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from streams.domain.agencies import (
    SEALED_FOR_MAX,
    Agency,
    AgencyKind,
    AgencyRegister,
    Gateway,
    Provider,
    ReceiptGrant,
)
from streams.domain.errors import REFUSED_FOR_MAX
from streams.domain.reviews import NOBODYS_FOR_MAX

PROJECT_ROOT = Path(__file__).resolve().parent.parent


class Mode(StrEnum):
    """What the installation is for; `production` refuses everything made for made-up data."""

    LOCAL = "local"
    PRODUCTION = "production"


def _seconds(value: object) -> object:
    """Take a text that is a number for seconds; any other is for pydantic to read."""
    try:
        return timedelta(seconds=float(value)) if isinstance(value, str) else value
    except ValueError:
        return value


Duration = Annotated[timedelta, BeforeValidator(_seconds)]
"""Seconds, or an ISO 8601 duration such as PT1H."""


class SettingsError(Exception):
    """The settings or the register cannot be used; the message names the line and who must act."""


class Settings(BaseSettings):
    """What an operator may set; every field is read from `SWITCHBOARD_<FIELD>`."""

    model_config = SettingsConfigDict(env_prefix="SWITCHBOARD_", frozen=True, extra="ignore")

    mode: Mode = Mode.LOCAL
    kafka: str = "127.0.0.1:9092"
    """Bootstrap address of the Kafka cluster."""
    database_url: str | None = None
    """PostgreSQL address of the ledger; the embedded server is used where it is not set."""
    home: Path = PROJECT_ROOT / ".switchboard"
    """Folder for the embedded ledger, the publisher's spool and the local keys."""
    register_file: Path = PROJECT_ROOT / "agencies.toml"
    key_secret: SecretStr | None = None
    """Secret of the keyed hashes (record keys and identity look-ups); made up where not set."""
    audit_key_file: Path | None = None
    """Private key (Ed25519, PEM, 0600) that signs audit heads; made in the home where not set."""
    audit_public_keys_file: Path | None = None
    """Public halves (PEM) of the keys that sign, or once signed; in the home where not set."""
    sealed_key_file: Path | None = None
    """Master key (0600) of the sealed store; it must be in no database and in none's backups."""
    sealed_for: Annotated[Duration, Field(gt=timedelta(0), le=SEALED_FOR_MAX)] = SEALED_FOR_MAX
    """How long what was said of an unknown suspect is kept, counted from when it came."""
    nobodys_for: Annotated[Duration, Field(gt=timedelta(0), le=NOBODYS_FOR_MAX)] = NOBODYS_FOR_MAX
    """How long what an event said is kept once a human has said it is about nobody we know."""
    quarantine_for: Annotated[Duration, Field(ge=timedelta(days=1), le=REFUSED_FOR_MAX)] = (
        REFUSED_FOR_MAX
    )
    """How long a refused record that was replayed or closed is kept whole, from its refusal."""
    rules: str = "streams.engines.wiring:production_rules"
    """Factory of the rules, written `module:function`; only tests name another."""
    postgres_user: str = "nobody"
    """Account under which the embedded PostgreSQL runs when we are root."""
    batch_max: Annotated[int, Field(ge=1, le=5_000)] = 500
    """Most records that one ledger transaction takes."""
    batch_wait_ms: Annotated[int, Field(ge=1, le=5_000)] = 50
    """How long a fetch waits for records before it returns with none, in milliseconds."""
    memory_bytes_max: Annotated[int, Field(ge=256 << 20)] = 2 << 30
    """Assumed: a worker that wants more data memory than this has met a record that eats it."""
    hang_seconds: Annotated[float, Field(gt=0, le=600)] = 30.0
    """Assumed: a batch that takes longer than this has hung; the process is ended."""
    clock_offset: Duration = timedelta(0)
    """How far our clock is moved, for trials: seconds, or an ISO 8601 duration such as P3D."""
    feed_late_after: Annotated[Duration, Field(ge=timedelta(minutes=1))] = timedelta(hours=1)
    """How long a feed is down or behind before what is expected of its agency falls overdue.

    Source: DESIGN 4.7.
    """
    identity_junk_file: Path | None = None
    """What stands for "not known" here besides what we ship: a TOML file with lists of `words`,
    `postcodes` and `birth_dates`, and under `[identifiers]` a list for each kind."""
    holidays_file: Path | None = None
    """Days on which nobody works though the calendar says so, and the reverse (a TOML file)."""

    @field_validator("clock_offset")
    @classmethod
    def _is_for_trials(cls, offset: timedelta, known: ValidationInfo) -> timedelta:
        """Refuse a moved clock in production."""
        if offset and known.data.get("mode") is Mode.PRODUCTION:
            message = "the clock is moved in trials only; leave it out in production"
            raise ValueError(message)
        return offset

    def now(self) -> datetime:
        """Read the clock: the one that workers, the clock and the commands share."""
        return utc_now() + self.clock_offset


def utc_now() -> datetime:
    """Read the machine's clock, which no setting moves."""
    return datetime.now(UTC)


class _AgencyEntry(BaseModel):
    """One `[agencies.<id>]` table of the register file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    kind: AgencyKind
    feed: str
    event_types: frozenset[str]
    gateways: frozenset[Gateway]
    contact: str
    held_desk: str
    partitions: Annotated[int, Field(ge=1, le=64)] = 6
    source: str | None = None
    receipts: frozenset[ReceiptGrant] = frozenset()
    seals_suspects: bool = False


class _ProviderEntry(BaseModel):
    """One `[providers.<id>]` table of the register file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    contracted: bool


class _RegisterFile(BaseModel):
    """The whole register file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    providers: dict[str, _ProviderEntry]
    agencies: dict[str, _AgencyEntry]


def load_register(path: Path) -> AgencyRegister:
    """Read the agency register; raise `SettingsError` naming each entry that cannot be used."""
    try:
        entries = _RegisterFile.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (OSError, tomllib.TOMLDecodeError) as error:
        message = f"agency register {path}: {error}; whoever keeps the register must mend it"
        raise SettingsError(message) from error
    except ValidationError as error:
        faults = _faults(error)
        message = f"agency register {path}: {faults}; whoever keeps the register must mend it"
        raise SettingsError(message) from error
    agencies = {
        key: Agency(id=key, **{name: getattr(entry, name) for name in _AgencyEntry.model_fields})
        for key, entry in entries.agencies.items()
    }
    _refuse_shared_feeds(path, agencies)
    providers = {
        key: Provider(id=key, name=entry.name, contracted=entry.contracted)
        for key, entry in entries.providers.items()
    }
    return AgencyRegister(agencies=agencies, providers=providers)


class Days(BaseModel):
    """The holidays file: days on which nobody works though the calendar says so, and others."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    holidays: frozenset[date] = frozenset()
    working_days: frozenset[date] = frozenset()


def load_holidays(path: Path) -> Days:
    """Read the holidays file; raise `SettingsError` naming what cannot be used."""
    try:
        return Days.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (OSError, ValueError) as error:
        faults = _faults(error) if isinstance(error, ValidationError) else str(error)
        message = f"holidays file {path}: {faults}; whoever keeps it must mend it"
        raise SettingsError(message) from error


def _faults(error: ValidationError) -> str:
    """Name each entry of a file that does not fit."""
    return "; ".join(
        f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
        for fault in error.errors(include_input=False)
    )


def _refuse_shared_feeds(path: Path, agencies: dict[str, Agency]) -> None:
    """Refuse two agencies on one feed: the topic is the only proof of who published."""
    feeds = [agency.feed for agency in agencies.values()]
    shared = sorted({feed for feed in feeds if feeds.count(feed) > 1})
    if shared:
        message = f"agency register {path}: feed {shared[0]} belongs to two agencies; give each one"
        raise SettingsError(message)
