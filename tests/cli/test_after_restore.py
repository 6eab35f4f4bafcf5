"""`switchboard ledger resume-after-restore`, and what `status` says while pushes wait."""

import json
from uuid import UUID

from cli.scene import NOW, Scene
from fixtures.command_line import Switchboard

from streams.ledger import restored

COMMITTED = {(UUID(int=5), 0): 9}


def test_where_nothing_is_held_that_is_said(switchboard: Switchboard, morning: Scene) -> None:
    """A ledger that was never restored has nothing to resume from, which is no failure."""
    answer = switchboard("ledger", "resume-after-restore")
    assert (answer.status, answer.out.partition(":")[0]) == (0, "Nothing was held")
    (told,) = switchboard("ledger", "resume-after-restore", "--json").lines
    assert told == {"resumed": False, "restores": []}


def test_pushes_wait_until_somebody_resumes(switchboard: Switchboard, morning: Scene) -> None:
    """Status is loud about it and names the command, which is audited with the account."""
    session = morning.engine.ledger.session
    (words,) = restored.look(session, COMMITTED, NOW)
    assert f"PUSHES WAIT for `switchboard ledger resume-after-restore`: {words}" in (
        switchboard("status").out
    )
    assert switchboard("status", "--json").lines[0]["pushes_held"] == [words]
    answer = switchboard("ledger", "resume-after-restore")
    assert (answer.status, answer.out) == (
        0,
        f"Resumed after: {words}\nPushes go on within seconds.\n",
    )
    assert not restored.pushes_are_held(session)
    assert "PUSHES WAIT" not in switchboard("status").out
    rows = session.execute("SELECT body FROM audit WHERE chain = 'operations' ORDER BY number")
    actions = [json.loads(row[0]) for row in rows.fetchall()]
    assert [each["action"] for each in actions] == ["found_restored", "resumed_after_restore"]
    assert actions[-1]["by"].startswith("os:")
    assert switchboard("ledger", "verify").status == 0
