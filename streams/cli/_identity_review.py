"""`switchboard identity review list|show|decide`: events whose person a named human decides.

`list` says nothing of whom they are about. `show` puts what the agency says beside everybody who
may be meant: only an officer of the desk that was asked, or above, reads it, and that is audited.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from streams.cli._common import answer_no, ledger_url, reader, settings_with, utc_now
from streams.cli._desk import (
    About,
    By,
    act_now,
    answer_unless_taken,
    because,
    event_typed,
    named_as_typed,
    person_typed,
    told_by,
)
from streams.cli._output import Json, clean, console, counted, emit, fitting, local, say
from streams.cli._review_shown import (
    TABLE_WIDTH,
    document,
    explained,
    head,
    how_to_change,
    in_words,
    listed,
    names_in,
    side_by_side,
)
from streams.domain.identity_acts import Decides, EventJoined, EventRejected, ReviewShown
from streams.engines.wiring import rules_named
from streams.ledger.acting import Acted
from streams.ledger.connection import connect
from streams.ledger.queries_names import officers_named, people_named
from streams.ledger.queries_people import crn_of
from streams.ledger.queries_reviews import (
    ReviewsWanted,
    decisions_of,
    find_reviews,
    review_whole,
)
from streams.ledger.reading import Row
from streams.pipeline.binding import age

HOLDERS = ("officer", "decided_by")
COLUMNS = {"Event": 5, "What": 16, "Waits for": 9, "Decide by": 13, "With": 14, "May be": 8}
"""The columns of the list, and how narrow each may become."""
Event = Annotated[str, typer.Argument(help="The event's number in the ledger, or its id.")]


def register(group: typer.Typer) -> None:
    """Add the commands."""
    reviews = typer.Typer(help="Events whose person somebody must decide.", no_args_is_help=True)
    reviews.callback()(_about)
    reviews.command("list")(list_reviews)
    reviews.command("show")(show)
    reviews.command("decide")(decide)
    group.add_typer(reviews, name="review")


def _about() -> None:
    """Events whose person somebody must decide."""


def list_reviews(
    *,
    desk: Annotated[str | None, typer.Option(help="Only those of this provider.")] = None,
    officer: Annotated[str | None, typer.Option(help="Only those that this officer has.")] = None,
    decided: Annotated[bool, typer.Option("--all", help="Those that are decided, too.")] = False,
    disputed: Annotated[
        bool, typer.Option("--disputed", help="Only those two people decided differently.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List the events that wait for a decision, what is due first before all."""
    wanted = ReviewsWanted(desk, officer, decided=decided, disputed=disputed)
    with reader(settings_with()) as session:
        found = find_reviews(session, wanted)
        who = officers_named(session, (row[each] for row in found for each in HOLDERS))
    now = utc_now()
    if as_json:
        for row in found:
            emit(listed(row, now))
        return
    if found:
        console(width=fitting(TABLE_WIDTH)).print(_table(found, who, now))
    waiting = [row for row in found if row["state"] == "waiting"]
    late = sum(row["due_at"] <= now for row in waiting)
    over = f", {late:,} of them past their time" if late else ""
    say(f"{counted(len(waiting), 'event')} to be decided{over}.")
    if waiting:
        say("See one: switchboard identity review show EVENT --by OFFICER")


def _table(found: Sequence[Row], who: Mapping[str, str], now: datetime) -> Table:
    """Lay reviews out as a desk reads them."""
    table = Table(box=box.ASCII2, width=fitting(TABLE_WIDTH))
    for name, least in COLUMNS.items():
        table.add_column(name, overflow="fold", min_width=least)
    for row in found:
        waits = row["state"] == "waiting"
        due = "OVERDUE\n" * (row["due_at"] <= now) + local(row["due_at"])
        urgent = "IMMEDIATE\n" * (row["is_immediate"] and waits)
        how = "DISPUTED\n" * row["disputed"] + row["state"].replace("_", " ")
        whose = f"{who.get(row['officer'], 'nobody')}\n{row['provider'] or ''}"
        cells = (
            str(row["event_seq"]),
            f"{in_words(row['type'])}\nof {row['publisher']}",
            f"{urgent}{age(now - row['held_since'])}" if waits else "",
            due if waits else f"{how} {local(row['decided_at'])}",
            whose if waits else who.get(row["decided_by"], "Switchboard"),
            counted(row["candidates"], "person", "people") if row["candidates"] else "",
        )
        table.add_row(*(Text(clean(cell)) for cell in cells))
    return table


def show(event: Event, *, by: By, as_json: Json = False) -> None:
    """Show one event's person beside whoever may be meant, with how alike they are; audited."""
    settings = settings_with()
    with ledger_url(settings) as url, connect(url, name="desk") as session:
        seq = event_typed(session, event)
        acted = act_now(ReviewShown(seq, by), session, settings, url=url)
        answer_unless_taken(because(acted), as_json=as_json)
        rules = rules_named(settings.rules)
        officer = session.execute(
            "SELECT provider FROM officer WHERE officer = %s ORDER BY from_at DESC, seq DESC"
            " LIMIT 1",
            (by,),
        ).fetchone()
        whole = review_whole(session, seq, rules, provider=officer[0] if officer else "")
        if whole is None:
            answer_no(f"event {seq} has no review")
        names = names_in(session, whole)
    if as_json:
        emit(document(whole))
        return
    for line in head(whole, names):
        say(line)
    console(width=fitting(TABLE_WIDTH)).print(side_by_side(whole))
    for line in explained(whole):
        say(line)


def decide(
    event: Event,
    *,
    by: By,
    reason: Annotated[str, typer.Option(help="Why, in a sentence; it is kept.")],
    person: About = None,
    none: Annotated[bool, typer.Option("--none", help="None of those it may be about.")] = False,
    as_json: Json = False,
) -> None:
    """Say who an event is about, or that it is none of them; whoever must know is told at once."""
    if (person is None) != none:
        raise typer.BadParameter("say either --person or --none")
    settings = settings_with()
    with ledger_url(settings) as url, connect(url, name="desk") as session:
        seq = event_typed(session, event)
        about = None if person is None else person_typed(session, person, settings)
        act: Decides = EventRejected(seq, by, reason)
        if about is not None and person is not None:
            act = EventJoined(seq, about, by, reason, crn_of(person))
        acted = act_now(act, session, settings, url=url)
        found = find_reviews(session, ReviewsWanted(seq=seq))
        decisions = decisions_of(session, seq)
        about = found[0]["person_id"] if found else None
        whose = named_as_typed(people_named(session, [about])[about], person)
    if as_json:
        emit(_outcome(seq, acted, found, decisions))
    words = because(acted)
    if words is not None and found and found[0]["state"] != "waiting":
        words = f"{words}\n{how_to_change(found[0])}"
    answer_unless_taken(words, as_json=as_json)
    if not as_json:
        for line in _said(seq, acted, whose):
            say(line)


def _said(seq: int, acted: Acted, whose: str) -> Iterator[str]:
    """Yield what was decided, and who is told now."""
    again = "" if acted.acts else ", as it was decided before"
    yield f"event {seq} is about {whose}{again}."
    for told in acted.told:
        notice = told.notice
        if notice.person_id is not None:
            move = told.move.value.replace("_", " ") if told.move else "told"
            yield f"  {move}: {notice.type} to {notice.recipient.name} ({notice.recipient.officer})"


def _outcome(
    seq: int, acted: Acted, found: Sequence[Row], decisions: Sequence[Row]
) -> dict[str, Any]:
    """Return what a program reads of a decision."""
    return {
        "event_seq": seq,
        "taken": not acted.refused,
        "repeated": not acted.refused and not acted.acts,
        "because": because(acted),
        "state": found[0]["state"] if found else None,
        "person_id": found[0]["person_id"] if found else None,
        "told": told_by(acted),
        "decisions": [dict(each) for each in decisions],
    }
