"""Files as agencies have them, to events that are good and parts that are rejected.

A part is what is refused or taken by itself: one line of JSON lines, else the whole payload. Each
event is opened here as the worker will open it, so that what would be quarantined later is said to
its publisher at once.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from connectors import safe_json
from connectors.sources import find_source, json_lines, source_named, sources
from connectors.translation import Rejection, Skipped, SourceEvent, Translated
from schemas.codec import CodecRefused, encode
from streams.domain.agencies import Agency
from streams.domain.log import RawRecord
from streams.pipeline import Rules, prepare

STDIN: Final = "-"
NO_AGENCY: Final = ""
FAULTS_TOLD_MAX: Final = 5
JSON_BEGINS: Final = (b"{", b"[")

Files = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE...",
        help="Payloads of any source, or JSON lines of our own schemas; - is the standard input.",
    ),
]
AgencyId = Annotated[
    str | None, typer.Option("--agency", metavar="ID", help="Whose file it is (agencies.toml).")
]
SourceName = Annotated[
    str | None,
    typer.Option("--source", metavar="NAME", help="Its format, where it is not to be found out."),
]


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are to be read: with which rules, at what instant, and what the caller stated.

    `secret` keys the ids that a source makes of what an event says.
    """

    rules: Rules
    now: datetime
    agency: Agency | None = None
    source: str | None = None
    secret: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Part:
    """What came of one part of a file; `agency` is None where nobody can tell whose it is."""

    file: str
    raw: bytes
    agency: Agency | None
    events: tuple[SourceEvent, ...]
    rejections: tuple[Rejection, ...]
    skipped: tuple[Skipped, ...]


def reading(rules: Rules, now: datetime, agency: str | None, source: str | None) -> Reading:
    """Check what the caller stated; a name that there is not is a usage error that lists them."""
    known = rules.register.agencies
    if agency is not None and agency not in known:
        raise typer.BadParameter(f"no agency {agency!r}; there are {', '.join(sorted(known))}")
    if source is not None and source not in sources():
        raise typer.BadParameter(f"no source {source!r}; there are {', '.join(sources())}")
    return Reading(rules, now, known[agency] if agency else None, source)


def demand_files(files: list[Path]) -> None:
    """Refuse a name that is no file before anything is done with the others."""
    for file in files:
        if str(file) != STDIN and not file.is_file():
            words = "this is a folder; name its files" if file.is_dir() else "there is no such file"
            raise typer.BadParameter(f"{file}: {words}")


def read_bytes(file: Path) -> bytes:
    """Read one file, or the standard input."""
    return sys.stdin.buffer.read() if str(file) == STDIN else file.read_bytes()


def parts_of(file: str, raw: bytes, how: Reading) -> Iterator[Part]:
    """Yield the parts of a file, each with its events opened as the worker will open them."""
    name = how.source or find_source(raw)
    if name is None:
        yield Part(file, raw, how.agency, (), (_unknown_format(raw),), ())
    elif name == json_lines.NAME:
        yield from _lines(file, raw, how)
    else:
        agency = how.agency or _agency_of_source(name, how.rules)
        translated = _translate(name, raw, agency, how)
        yield _opened(Part(file, raw, agency, *_three(translated)), how)


def _unknown_format(raw: bytes) -> Rejection:
    """Say that no source knows the format; of what begins like JSON, where it stops being that."""
    expected = f"a format that we know ({', '.join(sources())})"
    came = "bytes that no source recognises" if raw.strip() else "nothing at all"
    fix = "name it with --source if it is one of these; else ask for a source to be written"
    begins = raw.removeprefix(json_lines.BYTE_ORDER_MARK).lstrip()[:1]
    read = safe_json.parse(raw) if begins in JSON_BEGINS else None
    if isinstance(read, safe_json.Unreadable):
        expected, came, fix = read.expected, read.came, read.fix
    return Rejection("none", "the document", expected, came, fix)


def _agency_of_source(name: str, rules: Rules) -> Agency:
    """Return the one agency that sends a format; several, or none, is for the caller to state."""
    senders = [agency for agency in rules.register.agencies.values() if agency.source == name]
    if len(senders) != 1:
        words = "several agencies send" if senders else "no agency of the register sends"
        raise typer.BadParameter(f"{words} {name}; say with --agency whose file it is")
    return senders[0]


def _translate(name: str, raw: bytes, agency: Agency | None, how: Reading) -> Translated:
    """Let a source translate bytes; a gateway is filled in only where there is but one."""
    gateways = sorted(agency.gateways) if agency else []
    return source_named(name).translate(
        raw,
        agency=agency.id if agency else NO_AGENCY,
        received_at=how.now,
        gateway=gateways[0].value if len(gateways) == 1 else NO_AGENCY,
        secret=how.secret,
    )


def _three(
    translated: Translated,
) -> tuple[tuple[SourceEvent, ...], tuple[Rejection, ...], tuple[Skipped, ...]]:
    """Return the three kinds of outcome of a translation."""
    return translated.events, translated.rejections, translated.skipped


def _lines(file: str, raw: bytes, how: Reading) -> Iterator[Part]:
    """Yield one part for each line, or one for an object over several lines."""
    body = raw.removeprefix(json_lines.BYTE_ORDER_MARK)
    lines = [(number, line) for number, line in enumerate(body.split(b"\n"), 1) if line.strip()]
    if len(lines) != 1 and (len(raw) > json_lines.BYTES_MAX or _is_one_object(lines, body)):
        lines = [(0, body)]
    stated = {number: _stated(line, "publisher") for number, line in lines}
    only = set(stated.values()) - {None}
    for number, line in lines:
        # A line that cannot be read is its neighbours', where all of them have one publisher.
        publisher = stated[number] or (next(iter(only)) if len(only) == 1 else None)
        agency = how.agency or how.rules.register.agencies.get(publisher or "")
        translated = _translate(json_lines.NAME, line, agency, how)
        events, rejections, skipped = _three(translated)
        if _stated(line, "gateway") is None:
            rejections = _about_gateway(rejections, agency)
        if agency is None:
            events, rejections = (), (*rejections, _nobodys(publisher))
        placed = tuple(_renumbered(rejection, number) for rejection in rejections)
        yield _opened(Part(file, line, agency, events, placed, skipped), how)


def _is_one_object(lines: list[tuple[int, bytes]], body: bytes) -> bool:
    """Answer whether this is one object over several lines, or nothing at all."""
    if not lines:
        return True
    first = safe_json.parse(lines[0][1])
    return isinstance(first, safe_json.Unreadable) and isinstance(safe_json.parse(body), Mapping)


def _stated(line: bytes, name: str) -> str | None:
    """Return what a line says in its `meta`: whose event it is, or under which power."""
    value = safe_json.parse(line)
    meta = value.get("meta") if isinstance(value, Mapping) else None
    stated = meta.get(name) if isinstance(meta, Mapping) else None
    return stated if isinstance(stated, str) else None


def _about_gateway(
    rejections: tuple[Rejection, ...], agency: Agency | None
) -> tuple[Rejection, ...]:
    """Say why no gateway was filled in; where the agency is not known either, that is enough."""
    came = "nothing, and the agency has several, so that each event must say under which it is"
    ours = {each for each in rejections if each.path.endswith(": meta.gateway")}
    if agency is None:
        return tuple(each for each in rejections if each not in ours)
    return tuple(replace(each, came=came) if each in ours else each for each in rejections)


def _nobodys(publisher: str | None) -> Rejection:
    """Say that a line names no agency that we know."""
    came = "nothing that can be read" if publisher is None else "another name"
    fix = "correct the line, or say with --agency whose file it is"
    return Rejection(
        json_lines.NAME, "line 1: meta.publisher", "an agency of the register", came, fix
    )


def _renumbered(rejection: Rejection, number: int) -> Rejection:
    """Return a rejection with the line's number in its file; each was translated as the first."""
    if number == 0 or not rejection.path.startswith("line 1"):
        return rejection
    path = rejection.path.replace("line 1", f"line {number}", 1)
    return replace(
        rejection, path=path, came=rejection.came.replace("at line 1, column", "at column")
    )


def _opened(part: Part, how: Reading) -> Part:
    """Move the events that the worker would quarantine to the rejections."""
    good: list[SourceEvent] = []
    rejections = list(part.rejections)
    for event in part.events:
        words = _refusal(event, part.agency, how)
        if words is None:
            good.append(event)
            continue
        fix = "the publisher must correct this event and send it again"
        path, expected = f"event {event_id(event)}", "an event that the ledger takes"
        rejections.append(Rejection("worker", path, expected, words, fix))
    return replace(part, events=tuple(good), rejections=tuple(rejections))


def _refusal(event: SourceEvent, agency: Agency | None, how: Reading) -> str | None:
    """Open an event as the worker will, and return why it would be refused."""
    if agency is None:
        return "it is nobody's"
    try:
        value = encode(event.event_type, event.record)
    except CodecRefused as refused:
        return refused.words
    raw = RawRecord(0, None, value, (("ce_type", event.event_type.encode()),), how.now)
    refusal = prepare(raw, agency.feed, how.rules).refusal
    return None if refusal is None else refusal.words


def event_id(event: SourceEvent) -> str:
    """Return the publisher's id of an event."""
    return str(event.record["meta"]["event_id"])


def rejected_pieces(part: Part) -> int:
    """Count what was rejected: a line once, however much is wrong with it."""
    return len({rejection.path.partition(":")[0] for rejection in part.rejections})


def as_one(rejections: tuple[Rejection, ...]) -> Rejection:
    """Bring everything that is wrong with a part into one reason, for the one record it makes."""
    told = rejections[:FAULTS_TOLD_MAX]
    more = len(rejections) - len(told)
    rest = f"; and {more} more" if more else ""
    return Rejection(
        told[0].source,
        "; ".join(each.path for each in told) + rest,
        "; ".join(dict.fromkeys(each.expected for each in told)),
        "; ".join(dict.fromkeys(each.came for each in told)),
        "; ".join(dict.fromkeys(each.fix for each in told)),
    )
