"""`switchboard feed pause|resume`: stop and start one agency's feed, audited."""

from typing import Annotated

import typer

from streams.cli._common import ledger_url, utc_now
from streams.engines.wiring import rules_named
from streams.ledger import feeds
from streams.ledger.connection import connect
from streams.settings import Settings, SettingsError

Feed = Annotated[str, typer.Argument(help="The feed, for example feed.durham-police.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Pause an agency's feed, or let it go on.", no_args_is_help=True)
    group.command("pause")(pause)
    group.command("resume")(resume)
    app.add_typer(group, name="feed")


def pause(
    feed: Feed, reason: Annotated[str, typer.Option(help="Why; operations read it later.")]
) -> None:
    """Pause a feed: its records wait in Kafka until it is resumed."""
    settings = _registered(feed)
    with ledger_url(settings) as url, connect(url, name="feed") as session:
        feeds.pause(session, feed, reason, utc_now())
    typer.echo(f"{feed} is paused; its records wait in Kafka. Workers follow within seconds.")


def resume(feed: Feed) -> None:
    """Let a feed go on, also one that was stopped because records were gone from Kafka."""
    settings = _registered(feed)
    with ledger_url(settings) as url, connect(url, name="feed") as session:
        moved = feeds.resume(session, feed, utc_now())
    lost = f" {moved} partitions go on after a possible loss." if moved else ""
    typer.echo(f"{feed} goes on; workers follow within seconds.{lost}")


def _registered(feed: str) -> Settings:
    """Return the settings; refuse a feed that the agency register does not have."""
    settings = Settings()
    if rules_named(settings.rules).register.of_feed(feed) is None:
        message = f"feed {feed} is not in the agency register {settings.register_file}"
        raise SettingsError(message)
    return settings
