"""`switchboard notices`: what officers were told, as cards to read or lines for programs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from streams.cli import _answers as answers
from streams.cli._common import reader, settings_with
from streams.cli._output import Json, clean, console, counted, emit, local, say
from streams.cli._sentences import what_happened
from streams.domain.notices import Move, Notice, NoticeState, Urgency
from streams.domain.records import HandlingCondition
from streams.domain.shown import DO_NOT_TELL
from streams.engines.wiring import secret_of
from streams.ledger.queries_notices import (
    NoticesWanted,
    count_notices,
    find_with_history,
)
from streams.ledger.queries_people import people_with
from streams.ledger.reading import Row

CARDS = 25
"""Assumed: more cards than this are scrolled past, so that the rest is counted instead."""
CARD_WIDTH = 96
TAKEN_BACK = "the sender took it back"
WARNINGS = {
    HandlingCondition.DO_NOT_TELL_PERSON: "DO NOT TELL THIS PERSON that you know.",
    HandlingCondition.UNSAFE_TO_CONTACT: "UNSAFE TO CONTACT: ask before you write, text or ring.",
    HandlingCondition.NO_ONWARD_WITHOUT_ORIGINATOR: "Pass nothing on without asking the sender.",
    HandlingCondition.NOT_FOR_PROVIDER: "Not for a contracted provider.",
}
"""In the order in which they are read."""
COLOURS = {Urgency.IMMEDIATE: "bold red", Urgency.SAME_DAY: "yellow"}


def register(app: typer.Typer) -> None:
    """Add the command, which lists, and the answers to a notice below it."""
    group = typer.Typer(help="Show notices, or answer one.", invoke_without_command=True)
    group.callback()(notices)
    answers.register(group)
    app.add_typer(group, name="notices")


def notices(
    context: typer.Context,
    *,
    recipient: Annotated[
        str | None, typer.Option(help="Only those of this officer.", metavar="OFFICER")
    ] = None,
    provider: Annotated[str | None, typer.Option(help="Only those of this provider.")] = None,
    state: Annotated[list[NoticeState] | None, typer.Option(help="May be repeated.")] = None,
    crn: Annotated[str | None, typer.Option(help="Only those about this person.")] = None,
    was: Annotated[
        str | None,
        typer.Option(help="Only those that this officer had and others have.", metavar="OFFICER"),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help=f"At most so many ({CARDS} as cards, else all).")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show notices, the most urgent first, then what is due first; or answer one."""
    if context.invoked_subcommand is not None:
        return
    wanted = NoticesWanted(recipient, provider, tuple(state or ()), crn, was)
    settings = settings_with()
    with reader(settings) as session:
        if crn is not None:
            wanted = replace(wanted, people=people_with(session, crn, secret_of(settings)))
        if as_json:
            for notice, history in find_with_history(session, wanted, limit):
                emit({**as_document(notice), "history": history})
            return
        cards = console(width=CARD_WIDTH)
        number = count_notices(session, wanted)
        shown = min(number, limit or CARDS)
        for notice, history in find_with_history(session, wanted, shown):
            cards.print(card(notice, _why_withdrawn(history)))
    say(f"{counted(number, 'notice')}{_rest(number - shown)}.")


def _rest(left: int) -> str:
    """Say how many are not shown, and how to see them."""
    return f", {left:,} of them not shown (--limit)" if left else ""


def as_document(notice: Notice) -> dict[str, Any]:
    """Return a notice as programs read it; what nobody may pass over comes first."""
    conditions = in_order(notice)
    return {
        "notice_id": notice.id,
        "do_not_tell_person": HandlingCondition.DO_NOT_TELL_PERSON in conditions,
        "handling_conditions": conditions,
        "type": notice.type,
        "recipient": {
            "officer": notice.recipient.officer,
            "name": notice.recipient.name,
            "provider": notice.recipient.provider,
            "team": notice.recipient.team,
            "reached_as": notice.recipient.reached_as,
        },
        "crn": notice.crn,
        "person_id": notice.person_id,
        "urgency": notice.urgency,
        "state": notice.state,
        "step": notice.steps,
        "due_at": notice.due_at,
        "raised_at": notice.raised_at,
        "what_happened": what_happened(notice),
        "occurred_at": notice.occurred_at,
        "late": notice.late,
        "actions": [{"what": each.what, "due_at": each.due_at} for each in notice.actions],
        "says_who": notice.says_who,
        "nature": notice.nature,
        "why_you": notice.why_you,
        "events": [{"publisher": agency, "event_id": event} for agency, event in notice.sources],
        "rule": notice.rule,
        "rule_version": notice.rule_version,
        "gateway": notice.gateway,
        "handling": notice.handling,
        "restricted": notice.restricted,
        "updates": notice.updates,
    }


def in_order(notice: Notice) -> list[HandlingCondition]:
    """Return the handling conditions in the order in which they are read."""
    return [each for each in WARNINGS if each in notice.handling_conditions]


def _why_withdrawn(history: Sequence[Row]) -> str:
    """Say why a notice was withdrawn; where its step does not say it, its sender took it back."""
    last = next((each for each in reversed(history) if each["move"] == Move.WITHDRAW), None)
    return (last or {}).get("because") or TAKEN_BACK


def card(notice: Notice, withdrawn: str = TAKEN_BACK) -> Panel:
    """Return a notice as an officer reads it; `withdrawn` says why it is, where it is."""
    text = Text()
    for condition in in_order(notice):
        text.append(f"{WARNINGS[condition]}\n", style="bold white on red")
    if notice.state is NoticeState.WITHDRAWN:
        text.append(f"Withdrawn: {clean(withdrawn)}.\n", style="bold")
    text.append(f"{clean(what_happened(notice))}\n")
    about = f"CRN {notice.crn}" if notice.crn else "person without a CRN"
    if notice.person_id is None:
        about = "person not certain"
    urgency, state = (code.value.replace("_", " ") for code in (notice.urgency, notice.state))
    return Panel(
        Group(text, _table(_actions(notice)), _table(_details(notice))),
        title=Text(f" {urgency.upper()} | {clean(about)} | {state} "),
        title_align="left",
        border_style=COLOURS.get(notice.urgency, ""),
        width=CARD_WIDTH,
        box=box.ASCII2,
    )


def _actions(notice: Notice) -> Iterator[tuple[str, str]]:
    """Yield what to do, and by when; the warning stands above already."""
    for action in notice.actions:
        if action.what != DO_NOT_TELL:
            due = f" (by {local(action.due_at)})" if action.due_at else ""
            yield "  -", action.what + due
    yield "", ""


def _details(notice: Notice) -> Iterator[tuple[str, str]]:
    """Yield who is told, why, by whom it is said, and by which rule."""
    recipient = notice.recipient
    yield "For", f"{recipient.name} ({recipient.officer}), {recipient.provider}"
    yield "Why you", notice.why_you
    yield "Says who", f"{notice.says_who}, as {notice.nature.value}"
    yield "Happened", f"{local(notice.occurred_at)}{' (told late)' if notice.late else ''}"
    yield "Raised", local(notice.raised_at)
    yield "Acknowledge by", local(notice.due_at)
    if notice.updates:
        yield "Updated", counted(notice.updates, "time")
    if notice.restricted:
        yield "Restricted", "yes: few may see this case"
    yield "Rule", f"{notice.rule} version {notice.rule_version}"
    yield "Notice", str(notice.id)


def _table(pairs: Iterable[tuple[str, str]]) -> Table:
    """Lay out labels and texts, so that long texts keep clear of the labels."""
    table = Table.grid(padding=(0, 1))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    for label, value in pairs:
        table.add_row(Text(label), Text(clean(value)))
    return table
