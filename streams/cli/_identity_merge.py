"""`switchboard identity merge|unmerge|override`: a named officer says who is whom, and why.

Whether they may is for the ledger to say, in words; what was not taken is kept and audited too.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final, NoReturn
from uuid import UUID

import typer

from streams.cli._common import answer_no, ledger_url, settings_with, utc_now
from streams.cli._output import Json, clean, counted, emit, say
from streams.domain.acts import Act, kind_of
from streams.domain.identity_acts import EventOverridden
from streams.domain.merge_acts import PeopleMerged, PeopleUnmerged
from streams.engines.wiring import rules_named, secret_of
from streams.ledger.acting import DESK_CHAIN, Acted, Actor
from streams.ledger.connection import Session, connect
from streams.ledger.queries_people import event_named, merge_named, person_named
from streams.settings import Settings

USAGE: Final = 2
Who = Annotated[str, typer.Argument(help="A person's id, or a case reference number.")]
By = Annotated[str, typer.Option(help="Who decides: the officer's id.", metavar="OFFICER")]
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
        one, other = (_person(session, each, settings) for each in (kept, gone))
        acted = _act(PeopleMerged(one, other, by, reason), session, settings, url=url)
    _said(acted, {"kept": one, "gone": other}, as_json=as_json)
    if not as_json:
        say(
            f"they are one person now, {one}; {_told(acted)}."
            f" To undo it: switchboard identity unmerge {acted.acts[0][0]}"
        )


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
            _usage(f"there is no merge {number}; `identity merge` prints the number of each")
        undo = PeopleUnmerged(number, found.kept, found.gone, by, reason)
        acted = _act(undo, session, settings, url=url)
    _said(acted, {"merge": number, "kept": found.kept, "gone": found.gone}, as_json=as_json)
    if not as_json:
        say(f"they are two people again, {found.kept} and {found.gone}; {_told(acted)}.")


def override(
    event: Annotated[str, typer.Argument(help="An event's id, or its number in the ledger.")],
    *,
    by: By,
    reason: Reason,
    person: Annotated[
        str | None, typer.Option(help="Who it is about: a person's id, or a CRN.")
    ] = None,
    nobody: Annotated[
        bool, typer.Option("--nobody", help="It is about nobody whom we know.")
    ] = False,
    instead_of: Annotated[
        str | None,
        typer.Option(help="Whose decision it replaces, if a human's.", metavar="OFFICER"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say that an event is about somebody else than was decided; what rests on it moves."""
    if (person is None) != nobody:
        _usage("say either --person or --nobody")
    settings = settings_with()
    with ledger_url(settings) as url, connect(url, name="desk") as session:
        seq = event_named(session, event)
        if seq is None:
            _usage(f"no event of ours is called {clean(event)!r}; `explain` takes parts of ids")
        about = None if person is None else _person(session, person, settings)
        decided = EventOverridden(seq, about, by, reason, instead_of)
        acted = _act(decided, session, settings, url=url)
    _said(acted, {"event_seq": seq, "person": about}, as_json=as_json)
    if not as_json:
        whose = "nobody whom we know" if about is None else str(about)
        say(f"event {seq} is about {whose} now; {_told(acted)}.")


def _person(session: Session, given: str, settings: Settings) -> UUID:
    """Return whom an id or a case reference number stands for; none, or several, is an error."""
    found = person_named(session, given, secret_of(settings))
    if found is None:
        _usage(f"{clean(given)!r} is not the id, or the case reference number, of one person")
    return found


def _act(act: Act, session: Session, settings: Settings, *, url: str) -> Acted:
    """Do one act at the desk, now."""
    rules = rules_named(settings.rules)
    actor = Actor(session, rules, DESK_CHAIN, url=url, secret=secret_of(settings))
    return actor.act([act], utc_now())


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
                "because": "; ".join(acted.refused) or None,
                "told": [
                    {
                        "notice_id": told.notice.id,
                        "type": told.notice.type,
                        "recipient": told.notice.recipient.officer,
                        "move": told.move,
                    }
                    for told in acted.told
                ],
            }
        )
    if not taken:
        words = "; ".join(acted.refused) or "it was so before"
        answer_no(None if as_json else f"not taken: {words}")


def _told(acted: Acted) -> str:
    """Say how many notices moved."""
    return f"{counted(len(acted.told), 'notice')} raised or moved"


def _usage(words: str) -> NoReturn:
    """End since what was typed stands for nothing."""
    raise typer.BadParameter(words)
