"""`switchboard notices read|acknowledge|done`: an officer answers a notice, in their own name.

Whether they may is for the ledger to say, in words. The same answer again is harmless.
"""

from dataclasses import replace
from typing import Annotated, Final
from uuid import UUID

import typer

from streams.cli._common import ledger_url, settings_with
from streams.cli._desk import By, act_now, answer_unless_taken, because
from streams.cli._output import Json, emit, say
from streams.domain.notice_acts import Answered
from streams.domain.notices import Move, Notice, NoticeState
from streams.ledger.acting import Acted
from streams.ledger.connection import connect
from streams.ledger.queries_notices import find_notice, history_of
from streams.ledger.reading import Row

NoticeId = Annotated[UUID, typer.Argument(metavar="NOTICE", help="The notice's id.")]
Because = Annotated[str, typer.Option(help="What there is to say about it.")]
Step = Annotated[
    int | None, typer.Option(min=0, help="The step that the officer saw; a later one is refused.")
]
SAID: Final = {
    NoticeState.READ: "read",
    NoticeState.ACKNOWLEDGED: "acknowledged",
    NoticeState.DONE: "done",
}


def register(group: typer.Typer) -> None:
    """Add the answers."""
    group.command("read")(read)
    group.command("acknowledge")(acknowledge)
    group.command("done")(done)


def read(
    notice: NoticeId, by: By, *, because: Because = "", step: Step = None, as_json: Json = False
) -> None:
    """Say that a notice was read; somebody must still acknowledge it."""
    _answer(Answered(notice, Move.READ, by, because, step=step), as_json=as_json)


def acknowledge(
    notice: NoticeId, by: By, *, because: Because = "", step: Step = None, as_json: Json = False
) -> None:
    """Take a notice on: nobody else is rung for it, unless its time passes undone."""
    _answer(Answered(notice, Move.ACKNOWLEDGE, by, because, step=step), as_json=as_json)


def done(
    notice: NoticeId,
    by: By,
    *,
    because: Annotated[str, typer.Option(help="What was done, or why nothing was.")] = "",
    no_action: Annotated[
        bool, typer.Option("--no-action", help="Nothing was done, for the reason given.")
    ] = False,
    step: Step = None,
    as_json: Json = False,
) -> None:
    """Finish a notice that was acknowledged, and with it the duties that came with it."""
    act = Answered(notice, Move.FINISH, by, because, step=step)
    _answer(replace(act, no_action=no_action), as_json=as_json)


def _answer(act: Answered, *, as_json: bool) -> None:
    """Give an answer, and show what became of it."""
    settings = settings_with()
    with ledger_url(settings) as url, connect(url, name="desk") as session:
        acted = act_now(act, session, settings, url=url)
        notice = find_notice(session, act.notice_id)
        history = history_of(session, act.notice_id)
    if as_json:
        emit(_document(act, acted, notice, history))
    answer_unless_taken(because(acted), as_json=as_json)
    if not as_json and notice is not None:
        said = SAID.get(notice.state, notice.state.value.replace("_", " "))
        repeated = "" if acted.acts else ", as it was before"
        say(f"notice {notice.id} is {said}{repeated}, at step {notice.steps}.")


def _document(
    act: Answered, acted: Acted, notice: Notice | None, history: list[Row]
) -> dict[str, object]:
    """Return what a program reads: whether it was taken, and where the notice stands."""
    return {
        "notice_id": act.notice_id,
        "taken": not acted.refused,
        "repeated": not acted.refused and not acted.acts,
        "because": because(acted),
        "state": notice.state if notice is not None else None,
        "step": notice.steps if notice is not None else None,
        "history": history,
    }
