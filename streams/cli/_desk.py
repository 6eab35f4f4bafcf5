"""What the commands of a desk share: a named officer does one act, and is told what came of it.

Whether they may is for the ledger to say, in words; what was not taken is kept and audited too.
"""

from typing import Annotated, Any, Final
from uuid import UUID

import typer

from streams.cli._common import answer_no, utc_now
from streams.cli._output import clean
from streams.domain.acts import Act
from streams.engines.same_secret import demand_same_secret
from streams.engines.wiring import rules_named, secret_of
from streams.ledger.acting import DESK_CHAIN, Acted, Actor
from streams.ledger.connection import Session
from streams.ledger.queries_people import crn_of, event_named, person_named
from streams.settings import Settings

OFFICER: Final = "OFFICER"
By = Annotated[str, typer.Option(help="Who does it: the officer's id.", metavar=OFFICER)]
About = Annotated[
    str | None, typer.Option(help="Who it is about: a case reference number, or a person's id.")
]


def act_now(act: Act, session: Session, settings: Settings, *, url: str) -> Acted:
    """Do one act at the desk, now."""
    rules, secret = rules_named(settings.rules), secret_of(settings)
    demand_same_secret(session, secret)
    return Actor(session, rules, DESK_CHAIN, url=url, secret=secret).act([act], utc_now())


def person_typed(session: Session, given: str, settings: Settings) -> UUID:
    """Return whom an id or a case reference number stands for.

    Raises:
        typer.BadParameter: it stands for nobody, or for several people.
    """
    found = person_named(session, given, secret_of(settings))
    if found is None:
        words = f"{clean(given)!r} is not the id, or the case reference number, of one person"
        raise typer.BadParameter(words)
    return found


def named_as_typed(whose: str, typed: str | None) -> str:
    """Name somebody, with the other number of theirs under which they were typed."""
    number = None if typed is None else crn_of(typed)
    return whose if number in {None, whose} else f"{whose}, who has the number {number} too"


def event_typed(session: Session, given: str) -> int:
    """Return the number of the event that an id or a number stands for.

    Raises:
        typer.BadParameter: it stands for none.
    """
    found = event_named(session, given)
    if found is None:
        words = f"no event of ours is called {clean(given)!r}; `explain` takes parts of ids"
        raise typer.BadParameter(words)
    return found


def because(acted: Acted) -> str | None:
    """Say why an act was not taken, if it was not."""
    return "; ".join(acted.refused) or None


def told_by(acted: Acted) -> list[dict[str, Any]]:
    """Return the notices that an act raised or moved, as a program reads them."""
    return [
        {
            "notice_id": told.notice.id,
            "type": told.notice.type,
            "recipient": told.notice.recipient.officer,
            "move": told.move,
        }
        for told in acted.told
    ]


def answer_unless_taken(words: str | None, *, as_json: bool) -> None:
    """End with the status that means no, where there are words why an act was not taken."""
    if words is not None:
        answer_no(None if as_json else f"not taken: {words}")
