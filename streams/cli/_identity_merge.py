"""`switchboard identity merge|unmerge|override`: a named officer says who is whom, and why.

Whether they may is for the ledger to say, in words; what was not taken is kept and audited too.
"""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from streams.cli._common import ledger_url, settings_with
from streams.cli._desk import (
    OFFICER,
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
from streams.cli._output import Json, counted, emit, say
from streams.domain.acts import kind_of
from streams.domain.identity_acts import EventOverridden
from streams.domain.merge_acts import PeopleMerged, PeopleUnmerged
from streams.domain.reviews import IDENTITY_HELD
from streams.ledger.acting import Acted
from streams.ledger.connection import connect
from streams.ledger.queries_names import people_named
from streams.ledger.queries_people import crn_of, merge_named

Who = Annotated[str, typer.Argument(help="A person's id, or a case reference number.")]
Reason = Annotated[str, typer.Option(help="Why, in a sentence; whoever has them reads it.")]


def register(group: typer.Typer) -> None:
    """Add the commands."""
    group.command("merge")(merge)
    group.command("unmerge")(unmerge)
    group.command("override")(override)


def merge(kept: Who, gone: Who, *, by: By, reason: Reason, as_json: Json = False) -> None:
    """Say that two people are one: all that was of the second is of the first from now on."""
    settings = settings_with()
    with ledger_url(settings) as url, connect(url, name="desk") as session:
        one, other = (person_typed(session, each, settings) for each in (kept, gone))
        names = people_named(session, (one, other))
        acted = act_now(PeopleMerged(one, other, by, reason), session, settings, url=url)
    _said(acted, {"kept": one, "gone": other}, as_json=as_json)
    if not as_json:
        say(f"{names[one]} and {names[other]} are one person now; {_told(acted)}.")
        number = acted.acts[0][0]
        say(f"To undo it: switchboard identity unmerge {number} --by OFFICER --reason WHY")


def unmerge(
    number: Annotated[int, typer.Argument(metavar="MERGE", help="The number of the merge.")],
    *,
    by: By,
    reason: Reason,
    as_json: Json = False,
) -> None:
    """Say that two who were merged are two: each has again what was theirs before."""
    settings = settings_with()
    with ledger_url(settings) as url, connect(url, name="desk") as session:
        found = merge_named(session, number)
        if found is None:
            words = f"there is no merge {number}; `identity merge` prints the number of each"
            raise typer.BadParameter(words)
        undo = PeopleUnmerged(number, found.kept, found.gone, by, reason)
        acted = act_now(undo, session, settings, url=url)
        names = people_named(session, (found.kept, found.gone))
    _said(acted, {"merge": number, "kept": found.kept, "gone": found.gone}, as_json=as_json)
    if not as_json:
        two = f"{names[found.kept]} and {names[found.gone]}"
        say(f"{two} are two people again; {_told(acted)}.")
        held = sum(told.move is None and told.notice.type == IDENTITY_HELD for told in acted.told)
        if held:
            say(f"{counted(held, 'event')} to be decided again: switchboard identity review list")


def override(
    event: Annotated[str, typer.Argument(help="An event's id, or its number in the ledger.")],
    *,
    by: By,
    reason: Reason,
    person: About = None,
    nobody: Annotated[
        bool, typer.Option("--nobody", help="It is about nobody whom we know.")
    ] = False,
    instead_of: Annotated[
        str | None,
        typer.Option(help="Whose decision it replaces, if a human's.", metavar=OFFICER),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say that an event is about somebody else than was decided; what rests on it moves."""
    if (person is None) != nobody:
        raise typer.BadParameter("say either --person or --nobody")
    settings = settings_with()
    with ledger_url(settings) as url, connect(url, name="desk") as session:
        seq = event_typed(session, event)
        about = None if person is None else person_typed(session, person, settings)
        named = None if person is None else crn_of(person)
        decided = EventOverridden(seq, about, by, reason, instead_of, named)
        acted = act_now(decided, session, settings, url=url)
        whose = named_as_typed(people_named(session, [about])[about], person)
    _said(acted, {"event_seq": seq, "person": about}, as_json=as_json)
    if not as_json:
        say(f"event {seq} is about {whose} now; {_told(acted)}.")


def _said(acted: Acted, about: Mapping[str, Any], *, as_json: bool) -> None:
    """Show what became of an act; end with "no" where it was not taken."""
    taken = bool(acted.acts) and not acted.refused
    if as_json:
        emit(
            {
                "act": kind_of(acted.acts[0][1]) if acted.acts else None,
                "seq": acted.acts[0][0] if acted.acts else None,
                **about,
                "taken": taken,
                "because": because(acted),
                "told": told_by(acted),
            }
        )
    words = None if taken else because(acted) or "it was so before"
    answer_unless_taken(words, as_json=as_json)


def _told(acted: Acted) -> str:
    """Say how many notices moved."""
    return f"{counted(len(acted.told), 'notice')} raised or moved"
