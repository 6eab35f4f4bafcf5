"""How the demo tells what became of an event: who was told what and why, or why nobody was."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from streams.cli._demo_county import Delivered, Happened
from streams.cli._demo_events import clock, what_came, when, who_it_names
from streams.cli._output import counted
from streams.cli._sentences import what_happened
from streams.cli.notices import WARNINGS, in_order
from streams.domain.notices import Move, Notice, Urgency
from streams.domain.shown import DO_NOT_TELL
from streams.pipeline import Disposition

Line = tuple[str, str, str]
"""A label in the margin, a text that is wrapped beside it, and its style."""

URGENT: Final = {
    Urgency.IMMEDIATE: ("At once", "red"),
    Urgency.SAME_DAY: ("The same day", "yellow"),
    Urgency.NEXT_WORKING_DAY: ("The next working day", ""),
    Urgency.DIGEST: ("With the next digest", ""),
}
REPEATED: Final = "told before"
NOBODYS: Final = "nobody's"
ENDINGS: Final = {
    Disposition.ROUTED: "told",
    Disposition.RECORDED: "recorded",
    Disposition.HELD: "held",
    Disposition.QUARANTINED: "quarantined",
}
UNSURE: Final = {NOBODYS: "nobody we know: ", "held": "not certain: "}
"""What stands before a name that led to no case."""
COLOURS: Final = {"held": "yellow", "quarantined": "magenta", NOBODYS: "cyan", "told": "green"}


def ending(happened: Happened) -> str:
    """Say in a word where an event ended."""
    disposition = happened.ended.disposition
    if disposition is None:
        return REPEATED
    if disposition is Disposition.RECORDED and _is_nobodys(happened):
        return NOBODYS
    return ENDINGS[disposition]


def _is_nobodys(happened: Happened) -> bool:
    """Answer whether an event about a person is about nobody who is known."""
    return happened.ended.person_id is None and bool(who_it_names(happened))


def lines_about(happened: Happened) -> Iterator[Line]:
    """Tell what came, who it is about, and what became of it."""
    yield "What", f"{what_came(happened)}{when(happened)}", ""
    named = who_it_names(happened)
    if named:
        yield "About", f"{_known_as(happened)}{named}", ""
    yield from _outcome(happened)
    for notice, move in happened.moved:
        yield from lines_of_notice(notice, move, happened.delivery.at)


def _known_as(happened: Happened) -> str:
    """Say by which number the person is known; what was not looked up is said without."""
    if happened.crn is not None:
        return f"CRN {happened.crn}: "
    return UNSURE.get(ending(happened), "")


def _outcome(happened: Happened) -> Iterator[Line]:
    """Tell where an event ended, if nobody was told of it."""
    because, word = happened.ended.because, ending(happened)
    style = f"bold {COLOURS.get(word, '')}".strip()
    match word:
        case "told":
            return
        case "told before":
            yield "So", "TOLD BEFORE: the same event again. Nobody is told twice.", style
        case "nobody's":
            yield "So", f"NOBODY'S: {because} Nobody is told; its content is not kept.", style
        case "held":
            yield "So", "HELD until somebody at the desk has found out who it is about.", style
        case "quarantined":
            yield "So", f"QUARANTINED: {happened.rejection or because}.", style
            yield "Whose move", f"{happened.agency.contact}", ""
        case _:
            yield "So", f"RECORDED: {because}.", style


def lines_of_notice(notice: Notice, move: str, now: datetime) -> Iterator[Line]:
    """Tell who was told, what, why, and what to do by when."""
    soon, style = URGENT[notice.urgency]
    if move == Move.WITHDRAW.value:
        matter = notice.matter.replace(":", " ").replace("_", " ")
        yield "Told", f"{_recipient(notice)}: the notice about {matter} is WITHDRAWN", "bold"
        return
    again = ": the notice they have is UPDATED" if move == Move.UPDATE.value else ""
    yield "Told", f"{_recipient(notice)}{again}", "bold"
    yield "", f"{soon}{_acknowledge(notice, now)}.", f"bold {style}".strip()
    for condition in in_order(notice):
        yield "", WARNINGS[condition], "bold red"
    if notice.restricted:
        yield "", "RESTRICTED: few may see this case.", "bold red"
    yield "", what_happened(notice), ""
    if notice.late:
        yield "", "Told late: it came more than a day after it happened.", "yellow"
    actions = [action for action in notice.actions if action.what != DO_NOT_TELL]
    for number, action in enumerate(actions):
        due = f" By {clock(action.due_at, now)}." if action.due_at else ""
        yield "" if number else "To do", f"- {action.what}{due}", ""
    yield "Why", f'"{notice.why_you}"', "dim"


def _recipient(notice: Notice) -> str:
    """Name who is told and as what, once where the name says it."""
    name, reached = notice.recipient.name, notice.recipient.reached_as.replace("_", " ")
    return name if reached in name else f"{name}, {reached}"


def _acknowledge(notice: Notice, now: datetime) -> str:
    """Say by when somebody must have acknowledged the notice, or since when nobody has."""
    if notice.due_at is None:
        return ""
    if notice.due_at < now:
        return f": it was to be acknowledged by {clock(notice.due_at, now)}, and nobody has"
    return f": to be acknowledged by {clock(notice.due_at, now)}"


def summary_of(delivered: Delivered) -> str:
    """Say in one line what a delivery that is only the ground came to."""
    endings: dict[str, int] = {}
    for happened in delivered.happened:
        endings[ending(happened)] = endings.get(ending(happened), 0) + 1
    parts = ", ".join(f"{number} {word}" for word, number in endings.items())
    return f"{counted(len(delivered.happened), 'event')}: {parts}"
