"""`switchboard replay`: what the rules of now would have told, against what was told."""

import getpass
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer

from streams.cli._common import answer_no, ledger_url, settings_with, utc_now
from streams.cli._output import Json, counted, emit, local, progress, say, warn
from streams.domain.agencies import AgencyRegister
from streams.engines.differing import Difference, Kind, differences
from streams.engines.embedded import EmbeddedEngine
from streams.engines.rehearsal import RefusedNow, Rehearsal
from streams.engines.wiring import rules_named, secret_of
from streams.ledger.queries_quarantine import note_export
from streams.ledger.reading import reading
from streams.ledger.recorded import LedgerLog, Telling
from streams.ledger.recorded_file import FileLog, LogRefused, export
from streams.ledger.scratch import ScratchRefused, scratch
from streams.ledger.transaction import Ledger
from streams.pipeline import Rules
from streams.settings import Settings, SettingsError

ROWS = 200
"""Assumed: differences that anybody reads; the others are counted, and --json has all."""
HEADINGS = {
    Kind.NEW: "NEW",
    Kind.GONE: "GONE",
    Kind.OTHER_RECIPIENT: "OTHER RECIPIENT",
    Kind.OTHER_TERMS: "OTHER URGENCY OR DEADLINE",
    Kind.OTHER_MOVE: "TOLD OTHERWISE",
}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(replay)


def replay(
    feed: Annotated[
        str | None,
        typer.Argument(help="The feed whose differences are listed; those of others are counted."),
    ] = None,
    *,
    log: Annotated[
        Path | None, typer.Option(help="A recorded log, instead of that of the ledger.")
    ] = None,
    rules: Annotated[
        str | None,
        typer.Option(metavar="MODULE:FUNCTION", help="A factory of changed rules to try."),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option("--export", help="Write the ledger's log, people and all, and compare not."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Run a recorded log through the rules of now, and list what would be told otherwise.

    It runs in a scratch ledger that goes afterwards; nobody is told anything. Status 0: the same
    would be told; 1: something would not. To try changed rules, name their factory with --rules
    (modules of the folder you are in are found), or export the log and replay it with --log in
    another checkout.
    """
    settings = settings_with()
    if to is not None:
        _export(settings, to, as_json=as_json)
        return
    if rules is not None and "" not in sys.path:
        sys.path.insert(0, "")
    made = _rules(rules or settings.rules)
    publisher = None if feed is None else _publisher(feed, made.register, settings)
    try:
        found, rehearsal = _compare(settings, made, log, publisher, as_json=as_json)
    except (LogRefused, ScratchRefused) as refused:
        raise SettingsError(str(refused)) from refused
    _summarise(found, rehearsal, publisher, as_json=as_json)
    if found:
        answer_no()


def _export(settings: Settings, to: Path, *, as_json: bool) -> None:
    """Write the ledger's log into a file of its owner's; who did is in the audit first."""
    with ledger_url(settings) as url:
        note_export(url, f"os:{getpass.getuser()}", utc_now())
        with reading(url) as session:
            log = LedgerLog(session)
            with progress("exporting", log.count()) as advance:
                lines = export(log, to, advance)
    if as_json:
        emit({"exported": str(to), "lines": lines})
    else:
        say(f"{to} has the log in {counted(lines, 'line')}. It holds whole events about people:")
        say("keep it as you would keep the ledger, and delete it when you have compared.")


def _rules(factory: str) -> Rules:
    """Make the rules; a factory that is not there is said in words."""
    try:
        return rules_named(factory)
    except (ImportError, AttributeError) as error:
        message = f"--rules {factory}: expected module:function, came {type(error).__name__}"
        raise SettingsError(message) from error


def _publisher(feed: str, register_of: AgencyRegister, settings: Settings) -> str:
    """Return the agency of a feed, given as its topic or as the agency's id."""
    agency = register_of.of_feed(feed) or register_of.agencies.get(feed)
    if agency is None:
        message = f"feed {feed} is not in the agency register {settings.register_file}"
        raise SettingsError(message)
    return agency.id


Found = Counter[str]
"""How many differences there are of each kind; those of other feeds together as `elsewhere`."""


def _compare(
    settings: Settings, rules: Rules, log: Path | None, publisher: str | None, *, as_json: bool
) -> tuple[Found, Rehearsal]:
    """Run the log into a scratch ledger, and print what is different."""
    with ExitStack() as stack:
        url = stack.enter_context(ledger_url(settings))
        recorded = FileLog(log) if log else LedgerLog(stack.enter_context(reading(url)))
        total = recorded.count()
        session = stack.enter_context(scratch(url))
        engine = EmbeddedEngine(Ledger(session, rules, secret_of(settings)), utc_now())
        rehearsal = Rehearsal(engine)
        with progress("replaying", total) as advance:
            rehearsal.run(recorded, advance)
        found: Found = Counter()
        _tell_refused(rehearsal.refused, publisher, found, as_json=as_json)
        with session.transaction():
            changes = differences(recorded.told(), LedgerLog(session).told())
            _tell(changes, publisher, found, as_json=as_json)
    return found, rehearsal


def _tell_refused(
    refused: list[RefusedNow], publisher: str | None, found: Found, *, as_json: bool
) -> None:
    """Print the events that would be quarantined."""
    for each in refused:
        if publisher not in {None, each.publisher}:
            found["elsewhere"] += 1
            continue
        found["quarantined"] += 1
        if as_json:
            emit({"what": "quarantined", **asdict(each)})
        elif found["quarantined"] <= ROWS:
            say(f"{each.publisher} {each.event_id} ({each.event_type}, event {each.seq})", "bold")
            say(f"  QUARANTINED: {each.words}")


def _tell(
    changes: Iterator[Difference], publisher: str | None, found: Found, *, as_json: bool
) -> None:
    """Print what would be told otherwise, event by event."""
    shown = 0
    for _, group in groupby(changes, lambda each: each.event.seq):
        some = list(group)
        event = some[0].event
        if publisher not in {None, event.publisher}:
            found["elsewhere"] += len(some)
            continue
        found.update(each.kind for each in some)
        shown += len(some)
        if as_json:
            for each in some:
                emit(_as_document(each))
        elif shown <= ROWS:
            say(f"{event.publisher} {event.event_id} ({event.event_type}, event {event.seq})")
            for each in some:
                say(f"  {_words(each)}")
    if shown > ROWS and not as_json:
        say(f"... and more: {counted(shown, 'difference')} in all (--json lists every one)")


def _as_document(difference: Difference) -> dict[str, Any]:
    """Return a difference for programs."""
    event = difference.event
    return {
        "what": difference.kind,
        "seq": event.seq,
        "publisher": event.publisher,
        "event_id": event.event_id,
        "event_type": event.event_type,
        "notice": event.notice,
        "before": _side(difference.before),
        "now": _side(difference.now),
    }


def _side(told: Telling | None) -> dict[str, Any] | None:
    """Return one side of a difference."""
    if told is None:
        return None
    terms = {"recipient": told.recipient, "urgency": told.urgency, "due_at": told.due_at}
    return {"move": told.move, **terms}


def _words(difference: Difference) -> str:
    """Say one difference in words."""
    before, now = difference.before, difference.now
    heading = f"{HEADINGS[difference.kind]}  {difference.event.notice}"
    if before is None or now is None:
        told = difference.event
        return f"{heading} to {told.recipient}, {_terms(told)} ({told.move})"
    changes = [
        f"{what} {was} before, {is_} now"
        for what, was, is_ in (
            ("to", before.recipient, now.recipient),
            ("urgency", before.urgency, now.urgency),
            ("due", _due(before), _due(now)),
            ("step", before.move, now.move),
        )
        if was != is_
    ]
    to = f" to {now.recipient}" if before.recipient == now.recipient else ""
    return f"{heading}{to}: {'; '.join(changes)}"


def _terms(told: Telling) -> str:
    """Say how urgent a notice is, and by when."""
    return f"{told.urgency}, due {_due(told)}"


def _due(told: Telling) -> str:
    """Say by when."""
    return local(told.due_at)


def _summarise(found: Found, done: Rehearsal, publisher: str | None, *, as_json: bool) -> None:
    """Say how much was replayed, and what came of it."""
    listed = {kind: count for kind, count in found.items() if kind != "elsewhere"}
    if as_json:
        counts = {"events": done.events, "acts": done.acts, "without_content": done.without_content}
        more = {"acts_failed": done.acts_failed, "feed": publisher}
        told = {"differences": found.total(), "kinds": dict(found)}
        emit({"what": "replayed", **counts, **more, **told})
        return
    say(
        f"Replayed {counted(done.events, 'event')} and {counted(done.acts, 'act')} in a scratch"
        " ledger; nobody was told anything."
    )
    if done.without_content:
        say(f"{counted(done.without_content, 'event')} about nobody we know kept no content.")
    if done.acts_failed:
        warn(f"{counted(done.acts_failed, 'act')} could not be done again with these rules")
    if not found:
        say("Everybody would be told the same.")
        return
    kinds = ", ".join(f"{count:,} {kind.replace('_', ' ')}" for kind, count in listed.items())
    say(f"{counted(sum(listed.values()), 'difference')}{f': {kinds}' if kinds else ''}.")
    if found["elsewhere"]:
        say(f"{counted(found['elsewhere'], 'difference')} in other feeds, not listed.")
