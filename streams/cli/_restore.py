"""What `switchboard ledger resume-after-restore` does; the command is added by `ledger`."""

import getpass

from streams.cli._common import ledger_url, settings_with, utc_now
from streams.cli._output import Json, emit, say
from streams.ledger import restored
from streams.ledger.connection import connect


def resume_after_restore(*, as_json: Json = False) -> None:
    """Let pushes go on after the ledger was restored from a backup; this is audited.

    Look first: `switchboard status` shows why they wait and what has come again. Whatever was
    pushed in the time that the ledger has forgotten is pushed again.
    """
    with ledger_url(settings_with()) as url, connect(url, name="restore") as session:
        words = restored.resume(session, f"os:{getpass.getuser()}", utc_now())
    if as_json:
        emit({"resumed": bool(words), "restores": words})
    elif words:
        for each in words:
            say(f"Resumed after: {each}")
        say("Pushes go on within seconds.")
    else:
        say("Nothing was held: the ledger was not restored, or somebody has resumed already.")
