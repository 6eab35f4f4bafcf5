"""`switchboard identity sealed`: how full the store is, its master key, and going over to another.

No command shows what anything sealed says, or whom it is about: nobody may look into the store.
"""

from pathlib import Path
from typing import Annotated, Any

import typer

from streams.cli._common import ledger_url, reader, settings_with, utc_now
from streams.cli._output import Json, counted, emit, local, progress, say
from streams.cli._words import SEALED_ENDS
from streams.engines.sealing import sealing_agencies
from streams.engines.wiring import rules_named
from streams.ledger.connection import connect
from streams.ledger.queries_sealed import sealed_status, sealed_waiting
from streams.ledger.rotating import rotate
from streams.ledger.vault import VaultRefused, follower, make_key, read_vault
from streams.settings import SettingsError

NewFile = Annotated[Path, typer.Argument(metavar="FILE", help="Where the new key is, or goes.")]


def register(group: typer.Typer) -> None:
    """Add the commands to those of identity."""
    sealed = typer.Typer(help="The sealed store of unknown suspects.", no_args_is_help=True)
    sealed.callback()(_about)
    sealed.command("status")(status)
    sealed.command("make-key")(make)
    sealed.command("rotate")(go_over)
    group.add_typer(sealed, name="sealed")


def _about() -> None:
    """Events of suspects whom nobody knows: counts, and the master key; never what they say."""


def status(*, as_json: Json = False) -> None:
    """Count what is sealed by agency, what became of the rest, and by which master keys."""
    settings = settings_with()
    on = sealing_agencies(rules_named(settings.rules).register)
    with reader(settings) as session:
        found = sealed_status(session, utc_now(), settings.sealed_for)
    found |= {"on": on, "sealed_for": settings.sealed_for.total_seconds()}
    if as_json:
        emit(found)
        return
    say(f"On for: {', '.join(on)}" if on else "Off: no agency in the register has it on.")
    for agency in found["agencies"]:
        for line in _agency_lines(agency):
            say(line)
    for key in found["keys"]:
        say(f"Under the master key {key['key_id']}: {counted(key['waiting'], 'event')}")
    if found["to_look_for"]:
        people = counted(found["to_look_for"], "person", "people")
        say(f"To be looked for by the clock: {people} of whom something new is known")


def _agency_lines(agency: dict[str, Any]) -> list[str]:
    """Say how an agency's events stand."""
    oldest = f", the oldest since {local(agency['oldest_at'])}" if agency["waiting"] else ""
    lines = [f"{agency['agency']}: {counted(agency['waiting'], 'event')} sealed{oldest}"]
    if agency["past_their_time"]:
        late = counted(agency["past_their_time"], "event")
        lines.append(f"  {late} PAST THEIR TIME: is `switchboard clock` running?")
    ended = [f"{agency[end]:,} {words}" for end, words in SEALED_ENDS.items() if agency[end]]
    return [*lines, f"  before: {', '.join(ended)}"] if ended else lines


def make(file: NewFile, *, as_json: Json = False) -> None:
    """Make a master key in a new file (0600); name it in SWITCHBOARD_SEALED_KEY_FILE.

    Whoever has this file and the ledger can read what is sealed; without it nobody can, ever.
    """
    try:
        key_id = make_key(file)
    except VaultRefused as refused:
        raise SettingsError(str(refused)) from refused
    if as_json:
        emit({"file": str(file), "key_id": key_id})
        return
    say(f"{file} has the master key {key_id}.")
    say("Give it to every worker and clock, and to nobody else, as SWITCHBOARD_SEALED_KEY_FILE.")
    say("Keep it out of the database and out of its backups; keep a copy where keys are kept.")


def go_over(file: NewFile, *, as_json: Json = False) -> None:
    """Wrap what is sealed by a new master key, which is made in FILE where there is none.

    Stop workers and clocks before, and start them with the new key afterwards. What was sealed by
    the old key meanwhile is taken along by doing it again.
    """
    settings = settings_with()
    if settings.sealed_key_file is None:
        message = "SWITCHBOARD_SEALED_KEY_FILE names no key; operations must name the present one"
        raise SettingsError(message)
    try:
        old = read_vault(settings.sealed_key_file)
        if not file.exists():
            make_key(file, old)
        new = follower(read_vault(file), old)
        with ledger_url(settings) as url, connect(url, name="sealed") as session:
            total = sealed_waiting(session)["waiting"]
            with progress("wrapping", total) as advance:
                count = rotate(session, old, new, advance)
    except VaultRefused as refused:
        raise SettingsError(str(refused)) from refused
    if as_json:
        emit({"from": old.key_id, "to": new.key_id, "wrapped": count})
        return
    say(f"{counted(count, 'event')} went from the master key {old.key_id} to {new.key_id}.")
    say(f"Set SWITCHBOARD_SEALED_KEY_FILE to {file}, start workers and clocks, and destroy the old")
    say("key once no backup that is kept may have to be read by it.")
