"""`switchboard check FILE...` answers whether a file is good, without sending it anywhere."""

from dataclasses import replace

import typer

from streams.cli._common import answer_no, settings_with, utc_now
from streams.cli._files import (
    AgencyId,
    Files,
    SourceName,
    demand_files,
    event_id,
    parts_of,
    read_bytes,
    reading,
    rejected_pieces,
)
from streams.cli._outcomes import GOOD, REJECTED, Outcomes
from streams.cli._output import Json, progress
from streams.engines.wiring import rules_named, secret_if_any


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(check)


def check(
    files: Files,
    *,
    agency: AgencyId = None,
    source: SourceName = None,
    as_json: Json = False,
) -> None:
    """Say which events a file holds and what is wrong with the rest, without sending anything."""
    demand_files(files)
    settings = settings_with()
    asked = reading(rules_named(settings.rules), utc_now(), agency, source)
    how = replace(asked, secret=secret_if_any(settings))
    outcomes = Outcomes(as_json)
    for file in files:
        raw = read_bytes(file)
        with progress(f"checking {file}", len(raw)) as advance:
            for part in parts_of(str(file), raw, how):
                advance(len(part.raw))
                sender = part.agency.id if part.agency else None
                for event in part.events:
                    told = {"type": event.event_type, "event_id": event_id(event), "agency": sender}
                    outcomes.event(GOOD, part.file, told)
                outcomes.counts[REJECTED] += rejected_pieces(part)
                for rejection in part.rejections:
                    outcomes.rejection(part.file, rejection, sender)
                for skipped in part.skipped:
                    outcomes.skipped(part.file, skipped)
    outcomes.sum_up(GOOD)
    if outcomes.counts[REJECTED]:
        answer_no()
