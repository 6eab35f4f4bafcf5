"""The demo's page: headings, wrapped lines with a margin, a table, and what to try next."""

import shutil
import textwrap
from collections import Counter
from collections.abc import Iterable
from typing import Final

from streams.cli._demo_county import Delivered, Happened
from streams.cli._demo_events import what_came
from streams.cli._demo_story import Day
from streams.cli._demo_words import (
    COLOURS,
    NOBODYS,
    REPEATED,
    Line,
    ending,
    lines_about,
    summary_of,
)
from streams.cli._output import LOCAL, counted, say

WIDTH_MIN, WIDTH_MAX = 60, 96
MARGIN: Final = 12
ENDING_WIDTH: Final = 11
"""Room for the longest word of an ending."""
NEXT: Final = (
    (
        "Ask whether a file is good, without sending it:",
        ("./run check examples/court-result.json", "./run check examples/day/weekend-list.jsonl"),
    ),
    ("The same on a real Kafka (needs Java 17; it prints an address):", ("./run kafka",)),
    (
        "In a second terminal, after the line that it printed; the worker runs until Ctrl-C:",
        (
            "./run publish examples/staff.jsonl",
            "./run publish examples/allocation.jsonl",
            "./run worker",
        ),
    ),
    (
        "In a third, after the same line: a court result, who was told, and the whole story:",
        (
            "./run publish examples/court-result.json",
            "./run notices",
            "./run notices --json",
            "./run explain cp:7c1e2a90",
        ),
    ),
)
"""What to try next: words, and lines to copy.

The result comes after the worker, which reads feeds side by side: a result that is read before the
allocation is about nobody who is known.
"""


def introduce(day: Day) -> None:
    """Say what this is, before the seconds that the ledger takes to start."""
    begins = day.deliveries[0].at.astimezone(LOCAL)
    say()
    say(f"A day in {day.county}", "bold")
    say(
        _filled(
            f"{begins:%A} {begins.day} {begins:%B %Y}, local time. Every person, officer, case and"
            " place is made up; the agencies have the names of agencies.toml. Supervised people"
            " are named on this page only, so that you can follow who is who: a notice carries"
            " nothing but their case reference number (CRN)."
        )
    )
    say()
    say(
        _filled(
            "What agencies send goes through the real parts of Switchboard and ends in one of four"
            " ways: somebody is TOLD, it is RECORDED since nobody has to act, it is HELD since"
            " nobody is sure who it is about, or it is QUARANTINED since its sender must mend it."
        )
    )


def tell(delivered: Delivered) -> None:
    """Tell one delivery: what came, and for each event what became of it."""
    delivery, at = delivered.delivery, delivered.delivery.at.astimezone(LOCAL)
    heading = f"-- {at:%H:%M}  {delivery.title} "
    say()
    say(heading + "-" * max(0, _width() - len(heading)), "bold")
    sent = counted(len(delivered.happened), "event")
    tell_line(("From", f"{delivered.agency.name}: {sent}, {delivery.shown_path}", "dim"))
    if delivery.look_at:
        tell_line(("", delivery.look_at, "italic"))
    if delivery.together:
        tell_line(("So", summary_of(delivered), ""))
        return
    for skipped in delivered.skipped:
        tell_line(("Left out", f"{skipped.why.removeprefix('left out: ')}: {skipped.path}", "dim"))
    for number, happened in enumerate(delivered.happened):
        if number:
            say()
        for line in lines_about(happened):
            tell_line(line)


def tell_line(line: Line, *, indent: int = 0) -> None:
    """Print a line beside its label in the margin."""
    label, text, style = line
    say(_filled(text, f"{label:>{MARGIN - 2}}  {'  ' * indent}"), style)


def _filled(text: str, label: str = "") -> str:
    """Wrap a text to the width of the page, beside its label."""
    indent = " " * len(label)
    return textwrap.fill(text, _width(), initial_indent=label, subsequent_indent=indent)


def _width() -> int:
    """Return the width of the page: the terminal's, within what reads well."""
    return max(WIDTH_MIN, min(WIDTH_MAX, shutil.get_terminal_size((WIDTH_MAX, 24)).columns))


def tell_table(happened: Iterable[Happened]) -> None:
    """Tell where every event ended, and count the endings."""
    say()
    say("Where every event ended", "bold")
    endings: Counter[str] = Counter()
    ground: Counter[tuple[str, str]] = Counter()
    rows: list[tuple[str, str]] = []
    for each in happened:
        word = ending(each)
        endings[word] += 1
        if each.delivery.together:
            ground[(f"{_hour(each)}  {each.agency.name}", word)] += 1
        else:
            about = f"{each.crn}  " if each.crn else " " * 9
            rows.append((f"{_hour(each)}  {about}{what_came(each)}", word))
    for (what, word), number in ground.items():
        _tell_row(f"{what}: {counted(number, 'event')}", word)
    for what, word in rows:
        _tell_row(what, word)
    say()
    say(_filled(_counts(endings)))


def _hour(happened: Happened) -> str:
    """Return when something came, by the clock on the wall."""
    return f"{happened.delivery.at.astimezone(LOCAL):%H:%M}"


def _tell_row(what: str, word: str) -> None:
    """Print one row, cut to the width of the page."""
    room = _width() - ENDING_WIDTH - 4
    cut = what if len(what) <= room else what[: room - 3] + "..."
    say(f"  {cut:<{room}}  {word}", COLOURS.get(word, ""))


def _counts(endings: Counter[str]) -> str:
    """Say how many ended in each of the four ways, and that none ended in another."""
    recorded = endings["recorded"] + endings[NOBODYS]
    return (
        f"{sum(endings.values())} events came: {endings['told']} were told to somebody,"
        f" {recorded} recorded because nobody has to act ({endings[NOBODYS]} of them nobody's),"
        f" {endings['held']} held with a desk told, {endings['quarantined']} quarantined with the"
        f" reason in words; {endings[REPEATED]} was the same event again and changed nothing."
        " There is no other ending, and none is silent."
    )


def tell_verified(*, is_sound: bool) -> None:
    """Say what `ledger verify` found in the ledger of this day."""
    say()
    if is_sound:
        say(
            _filled("Checked as `ledger verify` does: every promise holds, every audit entry fits.")
        )
    else:
        say("Checked as `ledger verify` does: NOT SOUND", "bold red")


def tell_next() -> None:
    """Print what to try next, ready to be copied."""
    say()
    say("What to try next", "bold")
    for words, commands in NEXT:
        say(_filled(words, "  "))
        for command in commands:
            say(f"      {command}", "bold")
    say()
    say(
        _filled(
            "Not real here: one process and no Kafka; nobody reads or answers; the clock moves"
            " only when the demo moves it; the data is made up. Its ledger is gone now, and"
            " nothing was left behind."
        )
    )
