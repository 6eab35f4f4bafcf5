"""How events ended that an act has decided about since they were admitted, by the act's own entry.

A held event that is delivered, or one that goes to somebody else, no longer ends as it was audited
when it came. The act that did it says how it ended then, and that is what the ledger must show.
What its publisher takes back while it is held is recorded from then on.
"""

import json
from collections.abc import Mapping
from typing import Final

from streams.ledger.connection import Session

ENTRIES: Final = (
    "SELECT body FROM audit WHERE chain NOT LIKE '%%/%%/%%'"
    " AND position(convert_to('\"ended\":', 'UTF8') IN body) > 0"
)
TAKEN_BACK: Final = "SELECT event_seq FROM review WHERE state = 'taken_back'"
"""Events that were held until their publisher took them back, whose own entry says so."""
RECORDED: Final = "recorded"
FETCHED_AT_ONCE: Final = 2_000


def ended_anew(session: Session) -> Mapping[int, str]:
    """Return the newest disposition of each event that an act has decided about, by its number."""
    newest: dict[int, tuple[int, str]] = {}
    with session.cursor("anew") as cursor:
        cursor.itersize = FETCHED_AT_ONCE
        for (body,) in cursor.execute(ENTRIES):
            for seq, by, disposition in _read(bytes(body)):
                if by >= newest.get(seq, (0, ""))[0]:
                    newest[seq] = (by, disposition)
    back = ((row[0], RECORDED) for row in session.execute(TAKEN_BACK.encode()))
    return {seq: disposition for seq, (_, disposition) in newest.items()} | dict(back)


def _read(body: bytes) -> list[tuple[int, int, str]]:
    """Read which events an act's entry says to have ended how; nothing where it cannot be read."""
    try:
        entry = json.loads(body)
        by = int(entry["seq"])
        return [(int(e["seq"]), by, str(e["disposition"])) for e in entry["ended"]]
    except (ValueError, KeyError, TypeError):
        return []
