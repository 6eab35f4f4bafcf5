"""What `switchboard quarantine fix|replay|close` do; the commands are added by `quarantine`."""

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from streams.cli._common import answer_no, ledger_url, settings_with, utc_now
from streams.cli._edits import EditRefused, from_payload, with_values
from streams.cli._output import Json, clean, emit, say, warn
from streams.engines.embedded import EmbeddedEngine
from streams.engines.repair import NotWaiting, Repair
from streams.engines.same_secret import demand_same_secret
from streams.engines.sealing import vault_of_settings
from streams.engines.trial import ChildTrial
from streams.engines.wiring import rules_named, secret_of
from streams.ledger.connection import Session, connect
from streams.ledger.refused import WAITING, QuarantineState, Refused, find, waiting
from streams.ledger.repairs import REASON_CHARS_MAX, Replayed
from streams.ledger.transaction import Ledger

Id = Annotated[str, typer.Argument(metavar="ID", help="A quarantine id, as Q12 or 12.")]


@contextmanager
def repairing() -> Iterator[Repair]:
    """Give a repair of the ledger, by the account that runs this command, now."""
    settings = settings_with()
    rules, secret = rules_named(settings.rules), secret_of(settings)
    vault = vault_of_settings(settings, rules.register)
    with ledger_url(settings) as url, connect(url, name="repair") as session:
        demand_same_secret(session, secret)
        engine = EmbeddedEngine(Ledger(session, rules, secret, url=url, vault=vault), utc_now())
        trial = ChildTrial(url, settings.rules, secret)
        yield Repair(engine, f"os:{getpass.getuser()}", trial)


def fix(
    given: Id,
    *,
    payload: Annotated[
        Path | None,
        typer.Option(help="The whole event as JSON {type, ...} of our schema; - reads it."),
    ] = None,
    values: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="Change a field, as person.born_on=..."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Keep a corrected record beside a refused one; it is checked now and delivered by `replay`."""
    if (payload is None) == (not values):
        raise typer.BadParameter("give the whole event by --payload, or single fields by --set")
    with repairing() as repair:
        found = _found(repair.engine.ledger.session, given)
        try:
            edited = _edited(repair, found, payload, values or ())
            refusal = repair.fix(found, edited)
        except EditRefused as refused:
            answer_no(f"{found}: {refused}; nothing was changed")
        except NotWaiting:
            answer_no(f"{found} was seen to in the meantime; nothing was changed")
    if refusal is not None:
        answer_no(f"{found}: what you give is refused too: {refusal.words}; nothing was changed")
    if as_json:
        emit({"quarantine_id": found.id, "state": QuarantineState.FIXED})
    else:
        say(f"{found} is corrected; `switchboard quarantine replay {found.id}` delivers it.")


def _edited(
    repair: Repair, found: Refused, payload: Path | None, values: list[str] | tuple[str, ...]
) -> bytes:
    """Make the bytes of the corrected record; raises `EditRefused`."""
    if payload is None:
        return with_values(found.value, values)
    agency = repair.engine.ledger.rules.register.of_feed(found.place.topic)
    if agency is None:
        raise EditRefused(f"{found.place.topic} is not in the agency register")
    raw = sys.stdin.buffer.read() if str(payload) == "-" else payload.read_bytes()
    return from_payload(raw, agency, found.raw.broker_at)


def _found(session: Session, given: str) -> Refused:
    """Return the record of an id that somebody typed, if it waits."""
    found = find(session, _number(given))
    if found is None:
        answer_no(f"nothing is quarantined as {clean(given)!r} (`switchboard quarantine list`)")
    if found.state not in WAITING:
        answer_no(f"{found} is {found.state.value} already; nothing was changed")
    return found


def _number(given: str) -> int:
    """Read an id as operators type it; 0, which nothing has, where it is none."""
    digits = given.strip().removeprefix("q").removeprefix("Q")
    return int(digits) if digits.isdecimal() and digits.isascii() else 0


def replay(
    given: Annotated[list[str] | None, typer.Argument(metavar="ID...", help="Q12 or 12.")] = None,
    *,
    code: Annotated[
        str | None, typer.Option(help="Every waiting record that was refused with this reason.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Work refused records through again: late, with the broker time that they first had."""
    if bool(given) == (code is not None):
        raise typer.BadParameter("name the records by their ids, or by --code")
    arrived = True
    with repairing() as repair:
        session = repair.engine.ledger.session
        numbers = [_number(each) for each in given or ()] or waiting(session, code or "")
        for text, number in zip(given or map(str, numbers), numbers, strict=True):
            replayed = repair.replay(number)
            arrived &= replayed is not None and _is_delivered(replayed)
            _tell(clean(text), replayed, as_json=as_json)
    if not numbers:
        answer_no(None if as_json else f"nothing waits that was refused as {clean(code)!r}")
    if not arrived:
        answer_no()


def _is_delivered(replayed: Replayed) -> bool:
    """Answer whether the event is in the ledger, now or since an earlier replay."""
    if replayed.ended is None:
        return replayed.found.state is QuarantineState.REPLAYED
    return replayed.refusal is None


def _tell(given: str, replayed: Replayed | None, *, as_json: bool) -> None:
    """Say what became of one record."""
    if as_json:
        emit(_as_document(given, replayed))
    elif replayed is None:
        warn(f"nothing is quarantined as {given!r} (`switchboard quarantine list`)")
    elif replayed.refusal is not None:
        warn(f"{replayed.found} is refused again: {replayed.refusal.words}")
    else:
        say(f"{replayed.found} {_ending(replayed)}")


def _ending(replayed: Replayed) -> str:
    """Say how a replay ended that was not refused."""
    ended = replayed.ended
    if ended is None:
        return f"is {replayed.found.state.value} already; nobody is told again."
    if ended.disposition is None:
        return "had come again in the meantime; nobody is told again."
    opened = ended.prepared.opened
    event = f" as event {ended.seq}" + (f" ({opened.event.meta.event_id})" if opened else "")
    return f"is {ended.disposition.value}{event}: {ended.because}"


def _as_document(given: str, replayed: Replayed | None) -> dict[str, Any]:
    """Return what became of one record, for programs."""
    if replayed is None:
        return {"quarantine_id": None, "given": given, "state": None}
    ended, refusal = replayed.ended, replayed.refusal
    return {
        "quarantine_id": replayed.found.id,
        "state": _state_after(replayed),
        "disposition": ended.disposition if ended else None,
        "seq": ended.seq if ended else None,
        "because": ended.because if ended else None,
        "code": refusal.code if refusal else None,
    }


def _state_after(replayed: Replayed) -> QuarantineState:
    """Return the state that the record has now."""
    if replayed.ended is None:
        return replayed.found.state
    return QuarantineState.REPLAYED if replayed.refusal is None else QuarantineState.OPEN


def close(
    given: Id,
    *,
    because: Annotated[str, typer.Option(help="Why nobody will mend it; kept, and counted.")],
    as_json: Json = False,
) -> None:
    """Close a refused record that nobody will mend, with the reason; it stays countable."""
    reason = because.strip()
    if not 0 < len(reason) <= REASON_CHARS_MAX:
        raise typer.BadParameter(f"--because needs 1 to {REASON_CHARS_MAX} characters")
    with repairing() as repair:
        found = _found(repair.engine.ledger.session, given)
        before = repair.close(found.id, reason)
    if before is None or before.state not in WAITING:
        answer_no(f"{found} was seen to in the meantime; nothing was changed")
    if as_json:
        emit({"quarantine_id": found.id, "state": QuarantineState.CLOSED})
    else:
        say(f"{found} is closed; it stays in `switchboard quarantine list --state closed`.")
