"""`switchboard quarantine`: what was refused, why, whose move it is, and what was done about it."""

import base64
import getpass
from collections.abc import Iterable
from typing import Annotated, Any

import typer

from schemas.codec import CodecRefused, decode, to_json
from streams.cli import _repair
from streams.cli._common import answer_no, ledger_url, reader, settings_with, utc_now
from streams.cli._output import Json, clean, counted, emit, local, say
from streams.domain.errors import RefusalCode
from streams.ledger.queries_ids import QUARANTINED, parse_place
from streams.ledger.queries_quarantine import (
    QuarantineWanted,
    count_by_state,
    count_quarantined,
    find_quarantined,
    note_consultation,
    quarantined_at,
    quarantined_by_id,
    repairs_of,
)
from streams.ledger.reading import Row, reading
from streams.ledger.refused import QuarantineState
from streams.settings import Settings

ROWS = 50
"""Assumed: what fits a few screens; the rest is counted."""
ALL_STATES = "all"
BYTES_SHOWN = 512
FRAME_BYTES = 10
FRAME_MARKER = b"\xc3\x01"
OURS_TO_SHOW = ("ce_id", "ce_type", "ce_source", "ce_time", "ce_specversion", "traceparent")
"""Headers that carry identifiers; what others carry is nobody's to say without looking."""
REJECTION_HEADER = "sb_rejection"
HEADER_CHARS_MAX = 200


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Look at what was refused, and mend it.", no_args_is_help=True)
    for name, command in (("list", listing), ("show", show), ("fix", _repair.fix)):
        group.command(name)(command)
    group.command("replay")(_repair.replay)
    group.command("close")(_repair.close)
    app.add_typer(group, name="quarantine")


def listing(
    *,
    state: Annotated[str, typer.Option(help="open, another state, or all.")] = "open",
    owner: Annotated[
        str | None, typer.Option(help="Whose move it is: an agency, or switchboard.")
    ] = None,
    feed: Annotated[str | None, typer.Option(help="Only of this feed.")] = None,
    code: Annotated[str | None, typer.Option(help="Only with this reason.")] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help=f"At most so many ({ROWS} to read, else all).")
    ] = None,
    as_json: Json = False,
) -> None:
    """List what was refused, the oldest first, without what it holds."""
    _demand_known("state", state, (*QuarantineState, ALL_STATES))
    _demand_known("reason", code, RefusalCode)
    topic = None if feed is None else f"feed.{feed.removeprefix('feed.')}"
    wanted = QuarantineWanted(None if state == ALL_STATES else state, owner, topic, code)
    with reader(settings_with()) as session:
        number = count_quarantined(session, wanted)
        found = find_quarantined(session, wanted, limit if as_json else limit or ROWS)
        states = count_by_state(session, wanted)
    for record in found:
        if as_json:
            emit(record)
        else:
            say(_line(record))
            say(f"      {record['words']}")
    if not as_json:
        left = number - len(found)
        rest = f", {left:,} of them not shown (--limit)" if left else ""
        say(f"{counted(number, 'record')} ({state}){rest}.")
        others = [f"{count:,} {each}" for each, count in states.items() if each != state]
        if others and state != ALL_STATES:
            say(f"Not listed: {', '.join(others)} (--state).")


def _demand_known(what: str, given: str | None, known: Iterable[str]) -> None:
    """Refuse a word that no record can have: to count none of it would sound like good news."""
    words = [str(word) for word in known]
    if given is not None and given not in words:
        raise typer.BadParameter(f"no {what} {given!r}; there are {', '.join(words)}")


def _line(record: Row) -> str:
    """Say in one line what was refused, where, and whose move it is."""
    what = record["type"] or "no readable type"
    event = f" {record['event_id']}" if record["event_id"] else ""
    return (
        f"Q{record['quarantine_id']}  {_place(record)}  {local(record['raised_at'])}"
        f"  {record['code']}  {record['owner']}  {what}{event}, {_size(record)}"
    )


def _size(record: Row) -> str:
    """Say how much a record holds, and of one whose time is up that it holds nothing any more."""
    if record["erased_at"] is not None:
        return f"erased {local(record['erased_at'])}"
    return "no value" if record["size"] is None else counted(record["size"], "byte")


def _place(record: Row) -> str:
    """Write a place as operators do."""
    return f"{record['topic']}[{record['partition']}]@{record['offset']}"


def show(
    given: Annotated[
        str, typer.Argument(metavar="ID", help="A quarantine id, or topic[partition]@offset.")
    ],
    *,
    reveal: Annotated[
        bool, typer.Option(help="Show what it holds, personal data too; this is audited.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show one refused record: reason, headers, and what its bytes are."""
    settings = settings_with()
    records = _find(settings, given.strip(), reveal=reveal)
    if not records:
        answer_no(f"nothing is quarantined as {clean(given)!r} (`switchboard quarantine list`)")
    for record in records:
        document = as_document(record, reveal=reveal)
        if as_json:
            emit(document)
        else:
            _print(document)


def _find(settings: Settings, given: str, *, reveal: bool) -> list[Row]:
    """Return the records; who looks inside is in the audit before they see anything."""
    place, number = parse_place(given), given.removeprefix("q").removeprefix("Q")
    with ledger_url(settings) as url:
        with reading(url) as session:
            if place is not None:
                records = quarantined_at(session, place)
            elif QUARANTINED.fullmatch(f"Q{number}"):
                records = quarantined_by_id(session, int(number))
            else:
                records = []
            for record in records:
                record["repairs"] = repairs_of(session, record)
        for record in records if reveal else ():
            account = f"os:{getpass.getuser()}"
            note_consultation(url, record["quarantine_id"], account, utc_now())
    return records


def as_document(record: Row, *, reveal: bool) -> dict[str, Any]:
    """Return a refused record for a program, without what it holds unless that is asked for."""
    value = record.pop("record_value")
    key = record.pop("record_key")
    names, values = record.pop("header_names"), record.pop("header_values")
    headers = [
        {"name": name, "value": _header(name, bytes(given), reveal=reveal)}
        for name, given in zip(names, values, strict=True)
    ]
    document = {
        **record,
        "headers": headers,
        "key_bytes": None if key is None else len(key),
        "size": None if value is None else len(value),
        "looks_like": _looks_like(value),
    }
    if value is not None and value.startswith(FRAME_MARKER):
        document["frame"] = value[:FRAME_BYTES].hex()
    if reveal:
        document["value_base64"] = None if value is None else base64.b64encode(value).decode()
        document["decoded"] = _decoded(value)
    return document


def _header(name: str, value: bytes, *, reveal: bool) -> str:
    """Return a header's text where it is an identifier or may be seen, else its length."""
    text = value.decode("utf-8", errors="replace")
    if reveal or name == REJECTION_HEADER:
        return text
    return text[:HEADER_CHARS_MAX] if name in OURS_TO_SHOW else f"<{len(value)} bytes>"


def _looks_like(value: bytes | None) -> str:
    """Say what sort of bytes these are, without showing any."""
    if not value:
        return "nothing at all"
    if value.startswith(FRAME_MARKER):
        return "Avro single-object encoding"
    first = value.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    kinds = {b"{": "JSON", b"[": "JSON", b"<": "XML"}
    if first in kinds:
        return kinds[first]
    try:
        value.decode()
    except UnicodeDecodeError:
        return "binary"
    return "text"


def _decoded(value: bytes | None) -> Any:  # noqa: ANN401 - a record of any schema
    """Return the record that the bytes hold, if they hold one."""
    try:
        event_type, record = decode(value)
    except CodecRefused:
        return None
    return {"type": event_type, **to_json(record)}


def _print(document: dict[str, Any]) -> None:
    """Print one refused record for people."""
    say(f"Q{document['quarantine_id']} at {_place(document)}", "bold")
    say(f"  refused    {document['code']}: {document['words']}")
    say(f"  owner      {document['owner']}, state {document['state']}")
    say(f"  broker     {local(document['broker_at'])}")
    say(f"  refused at {local(document['raised_at'])}")
    say(f"  type       {document['type'] or 'none that could be read'}")
    say(f"  event      {document['event_id'] or 'none that could be read'}")
    is_there = document["erased_at"] is None
    looks = f", looks like {document['looks_like']}" if is_there else ""
    say(f"  value      {_size(document)}{looks}")
    if "frame" in document:
        say(f"  frame      {document['frame']}")
    for header in document["headers"]:
        say(f"  header     {header['name']}: {header['value']}")
    for line in (document["detail"] or "").splitlines():
        say(f"  defect     {line}")
    for done in document["repairs"]:
        event = "" if done["seq"] is None else f" (event {done['seq']})"
        who = f"{local(done['at'])} by {done['account']}"
        say(f"  {done['action'].replace('_', ' '):<10} {who}: {done['words']}{event}")
    if "value_base64" in document:
        _print_content(document)
    elif is_there:
        say("  Its content may be personal data; --reveal shows it, and is audited.")


def _print_content(document: dict[str, Any]) -> None:
    """Print what a refused record holds."""
    if document["decoded"] is not None:
        for name, value in document["decoded"].items():
            say(f"  field      {name}: {value}")
    value = base64.b64decode(document["value_base64"] or "")
    for start in range(0, min(len(value), BYTES_SHOWN), 16):
        part = value[start : start + 16]
        text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)  # noqa: PLR2004 - printable ASCII
        say(f"  {start:08x}  {part.hex(' '):<47}  {text}")
    if len(value) > BYTES_SHOWN:
        say(f"  and {counted(len(value) - BYTES_SHOWN, 'byte')} more (--json has all of them)")
