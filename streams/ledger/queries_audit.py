"""What the audit says of one record: its own entry, and the other records of the same event id.

Entries are found by what their canonical JSON must contain; a chain is walked for it, which takes
a second for each few million entries and needs no index that every batch would pay for.
"""

import json
from dataclasses import dataclass, field
from typing import Any, Final

from streams.domain.log import Place
from streams.ledger.audits import chain_of
from streams.ledger.connection import Session
from streams.ledger.reading import Row, rows

OTHERS_MAX: Final = 50
"""Assumed: who sent one event more often than this is told so by the number alone."""


@dataclass(frozen=True, slots=True)
class Trail:
    """The entry of a record (chain, number, instant), its disclosures, and other entries."""

    own: dict[str, Any] | None = None
    disclosed: tuple[dict[str, str], ...] = ()
    others: list[dict[str, Any]] = field(default_factory=list)


def trail_of(session: Session, record: Row) -> Trail:
    """Find the audit entries of an event or of a quarantined record."""
    place = Place(record["topic"], record["topic_id"], record["partition"])
    mine = entries_at(session, place, record["log_offset"])
    own = mine[0] if mine else None
    return Trail(
        own=None if own is None else _where(own),
        disclosed=() if own is None else tuple(own["body"].get("disclosed", ())),
        others=_others(session, record, own),
    )


def entries_at(session: Session, place: Place, offset: int) -> list[Row]:
    """Return the audit entries of the record at an offset: one, unless something is wrong."""
    found = _entries(session, "chain = %s", chain_of(place), f'"offset":{offset}')
    return [entry for entry in found if entry["body"].get("offset") == offset]


def _others(session: Session, record: Row, own: Row | None) -> list[dict[str, Any]]:
    """Return what else the audit of this feed says of the same event id."""
    if record["event_id"] is None:
        return []
    same = f'"event":{json.dumps(record["event_id"])}'
    found = _entries(session, "starts_with(chain, %s)", f"{record['topic']}/", same)
    return [
        {
            **_where(entry),
            "offset": entry["body"].get("offset"),
            "ended": entry["body"].get("disposition"),
        }
        for entry in found
        if entry["body"].get("event") == record["event_id"]
        and (own is None or (entry["chain"], entry["number"]) != (own["chain"], own["number"]))
    ][:OTHERS_MAX]


def _entries(session: Session, where: str, chain: str, contains: str) -> list[Row]:
    """Return the entries of some chains whose body contains a text, in order."""
    found = rows(
        session,
        f"SELECT chain, number, at, body FROM audit WHERE {where}"  # noqa: S608 - two constants of ours
        " AND position(%s::bytea in body) > 0 ORDER BY at, chain, number",
        (chain, contains.encode()),
    )
    return [{**row, "body": _read(row["body"])} for row in found]


def _read(body: bytes) -> dict[str, Any]:
    """Read an entry's body; one that was tampered with may be anything."""
    try:
        read = json.loads(body)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _where(entry: Row) -> dict[str, Any]:
    """Name an entry by its chain and number."""
    return {"chain": entry["chain"], "number": entry["number"], "at": entry["at"]}
