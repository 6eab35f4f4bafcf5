"""`switchboard demo`: a day in a made-up county, played through the real parts."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

import typer

from streams.cli._common import answer_no
from streams.cli._demo_county import County, Happened, county
from streams.cli._demo_events import stated_time, what_came
from streams.cli._demo_screen import (
    introduce,
    tell,
    tell_line,
    tell_next,
    tell_table,
    tell_verified,
)
from streams.cli._demo_story import read_day
from streams.cli._demo_words import ending
from streams.cli._output import Json, emit, say, warn
from streams.cli.explain import told
from streams.cli.notices import as_document
from streams.ledger.queries_ids import stories_of
from streams.ledger.queries_story import Teller
from streams.ledger.reading import reading
from streams.ledger.verify import verify
from streams.settings import Settings

EXPLAINED: Final = "dp-0014"
"""The event whose whole story is told at the end: a restricted case whose officer is away."""
SIGNALLED: Final = 128
"""What shells add to the number of the signal that ended a program."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(demo)


def demo(*, as_json: Json = False) -> None:
    """Play a day in a made-up county: what came, who was told, what they must do and by when."""
    day = read_day()
    if not as_json:
        introduce(day)
    happened: list[Happened] = []
    with _ending_in_order(), county(Settings(), day.deliveries[0]) as place:
        for delivery in day.deliveries:
            delivered = place.deliver(delivery)
            happened += delivered.happened
            if as_json:
                for each in delivered.happened:
                    emit(as_line(each))
            else:
                tell(delivered)
        if not as_json:
            _tell_story(place)
        is_sound = _is_sound(place)
    if not as_json:
        tell_table(happened)
        tell_verified(is_sound=is_sound)
        tell_next()
    if not is_sound:
        answer_no("the ledger does not hold what it must; please report the lines above")


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """Let a signal end the demo as Ctrl-C does, so that its ledger is taken away too."""

    def end(number: int, _frame: FrameType | None) -> None:
        sys.exit(SIGNALLED + number)

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def as_line(happened: Happened) -> dict[str, Any]:
    """Return what became of an event as programs read it: identifiers, never a name."""
    ended, disposition = happened.ended, happened.ended.disposition
    return {
        "delivery": happened.delivery.number,
        "came_at": happened.delivery.at,
        "agency": happened.agency.id,
        "file": happened.delivery.shown_path,
        "event_id": happened.event_id,
        "type": happened.event.event_type if happened.event else None,
        "what": what_came(happened),
        "occurred_at": stated_time(happened),
        "disposition": "repeated" if disposition is None else disposition,
        "ending": ending(happened),
        "because": str(happened.rejection or ended.because),
        "code": ended.refusal.code if ended.refusal else None,
        "crn": happened.crn,
        "person_id": ended.person_id,
        "notices": [{"move": move, **as_document(notice)} for notice, move in happened.moved],
    }


def _tell_story(place: County) -> None:
    """Tell one event end to end, as `explain` does."""
    with reading(place.url) as session:
        found = stories_of(Teller(session, place.rules, place.secret), EXPLAINED)
    say()
    say(f"For operations: the story of {EXPLAINED}, as `explain` tells it", "bold")
    for story in found.stories:
        for depth, line in told(story):
            tell_line(("", line, ""), indent=depth)


def _is_sound(place: County) -> bool:
    """Hold the ledger to its promises, and say what does not hold."""
    with reading(place.url) as session:
        findings = list(verify(session, _nobody_watches))
    for finding in findings:
        warn(f"BROKEN  {finding}")
    return not findings


def _nobody_watches(_done: int) -> None:
    """Take the progress of something short."""
