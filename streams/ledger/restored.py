"""Restores: a ledger that came back from a backup pushes nothing until operations say so.

What the ledger has forgotten comes again from Kafka, as far as it came from agencies. Nobody knows
whom the forgotten hour had told, so pushes (the relay's, and later mail) wait for
`switchboard ledger resume-after-restore`. Three things show a restore: another PostgreSQL cluster,
another timeline of the same one, and a position behind what the workers have committed to Kafka,
which they do only after the ledger has it. The last is the only sign of a data folder put back.

Source: DESIGN 4.1, *Restore*.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from streams.ledger.alarms import OPERATIONS, raise_alarm
from streams.ledger.audits import save_audit
from streams.ledger.blockers import CHAIN
from streams.ledger.connection import Session, WorldDown, world
from streams.stages.audit import body

ONLY: Final = 1
"""The id of the only row of `ledger_server`."""
SHOWN_MAX: Final = 3
NAMED_MAX: Final = 64
"""Assumed: characters of an account's name that the audit keeps."""

Committed = Mapping[tuple[UUID, int], int]
"""What the workers have committed to Kafka, by topic id and partition."""

_HERE: Final = (
    "SELECT s.system_identifier::text, CASE WHEN NOT pg_is_in_recovery() THEN"
    " ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint END"
    " FROM pg_control_system() AS s"
)
"""A timeline is the first eight hexadecimal digits of the name of a WAL file."""
_KNOWN: Final = "SELECT system_identifier, timeline FROM ledger_server WHERE id = %s"
_OPEN: Final = "SELECT words FROM restore WHERE resumed_at IS NULL ORDER BY id"


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL cluster, and the history of it that is going on."""

    system_identifier: str
    timeline: int


def pushes_are_held(session: Session) -> bool:
    """Answer whether nothing may be pushed: the ledger was restored and nobody has resumed.

    It only reads, so whoever pushes may ask before every batch. A ledger that no worker or relay
    has looked at yet (`look`) holds nothing. Raises `WorldDown` while PostgreSQL recovers.
    """
    with world(), session.transaction():
        return bool(open_restores(session)) or _server(session) not in {None, _here(session)}


def open_restores(session: Session) -> list[str]:
    """Return in words each restore that nobody has resumed from, the first found first."""
    return [row[0] for row in session.execute(_OPEN.encode()).fetchall()]


def look(session: Session, committed: Committed, at: datetime) -> list[str]:
    """Look whether the ledger was restored, as every worker and relay does when it starts.

    A restore that is found is kept, told to operations and audited. Returns what holds pushes.
    """
    with world(), session.transaction():
        here = _here(session)
        session.execute(
            "INSERT INTO ledger_server (id, system_identifier, timeline, noted_at)"
            " VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (ONLY, here.system_identifier, here.timeline, at),
        )
        session.execute("SELECT FROM ledger_server WHERE id = %s FOR UPDATE", (ONLY,))
        found = [*_moved(_server(session), here), *_forgotten(session, committed)]
        if found:
            _keep(session, here, "; ".join(found), at)
        return open_restores(session)


def resume(session: Session, by: str, at: datetime) -> list[str]:
    """Let pushes go on; return the restores that were resumed from.

    `by` is an account, never a person's name.
    """
    with world(), session.transaction():
        words = open_restores(session)
        here, known = _here(session), _server(session)
        if known not in {None, here}:
            words += list(_moved(known, here))
            _keep(session, here, words[-1], at)
        session.execute(
            "UPDATE restore SET resumed_at = %s, resumed_by = %s WHERE resumed_at IS NULL",
            (at, by),
        )
        if words:
            _audit(session, {"action": "resumed_after_restore", "by": by[:NAMED_MAX]}, at)
    return words


def _here(session: Session) -> Server:
    """Ask PostgreSQL which cluster it is, and on which timeline."""
    row = session.execute(_HERE.encode()).fetchone()
    if row is None or row[1] is None:
        raise WorldDown("the ledger is still being recovered from a backup")
    return Server(row[0], int(row[1]))


def _server(session: Session) -> Server | None:
    """Return where this ledger was known to be, None where nobody has looked yet."""
    row = session.execute(_KNOWN.encode(), (ONLY,)).fetchone()
    return None if row is None else Server(row[0], int(row[1]))


def _moved(known: Server | None, here: Server) -> list[str]:
    """Say what is different about the server, if anything is."""
    if known is None or known == here:
        return []
    if known.system_identifier != here.system_identifier:
        clusters = f"{known.system_identifier}, and is now {here.system_identifier}"
        return [f"the ledger was on the PostgreSQL cluster {clusters}"]
    return [f"PostgreSQL was on timeline {known.timeline}, and is now on {here.timeline}"]


def _forgotten(session: Session, committed: Committed) -> list[str]:
    """Say which partitions stand behind what was committed, and remember how far they did."""
    if not committed:
        return []
    ids, partitions, offsets = zip(*((*key, at) for key, at in committed.items()), strict=True)
    behind = session.execute(
        "SELECT c.topic_id, c.partition, c.stands, coalesce(p.next_offset, 0), p.topic"
        " FROM unnest(%s::uuid[], %s::integer[], %s::bigint[]) AS c (topic_id, partition, stands)"
        " LEFT JOIN position p USING (topic_id, partition)"
        " LEFT JOIN restore_mark m USING (topic_id, partition)"
        " WHERE c.stands > greatest(coalesce(p.next_offset, 0), coalesce(m.committed_offset, 0))"
        " ORDER BY p.topic, c.topic_id, c.partition",
        (list(ids), list(partitions), list(offsets)),
    ).fetchall()
    for topic_id, partition, stands, _, _ in behind:
        session.execute(
            "INSERT INTO restore_mark (topic_id, partition, committed_offset) VALUES (%s, %s, %s)"
            " ON CONFLICT (topic_id, partition)"
            " DO UPDATE SET committed_offset = excluded.committed_offset",
            (topic_id, partition, stands),
        )
    told = [
        f"{topic or topic_id}[{partition}] stands at {at:,} and {stands:,} was committed to Kafka"
        for topic_id, partition, stands, at, topic in behind[:SHOWN_MAX]
    ]
    more = [f"so do {len(behind) - SHOWN_MAX} more partitions"] if len(behind) > SHOWN_MAX else []
    return [*told, *more]


def _keep(session: Session, here: Server, words: str, at: datetime) -> None:
    """Keep a restore that was found, tell operations, and note where the ledger is now."""
    session.execute("INSERT INTO restore (found_at, words) VALUES (%s, %s)", (at, words))
    session.execute(
        "UPDATE ledger_server SET system_identifier = %s, timeline = %s, noted_at = %s"
        " WHERE id = %s",
        (here.system_identifier, here.timeline, at, ONLY),
    )
    told = f"{words}: pushes wait for `switchboard ledger resume-after-restore`"
    raise_alarm(session, ("restore", "ledger", OPERATIONS), told, at)
    _audit(session, {"action": "found_restored", "server": here.system_identifier}, at)


def _audit(session: Session, fields: Mapping[str, object], at: datetime) -> None:
    """Write an entry to the operations' chain."""
    save_audit(session, CHAIN, [body(fields)], at)
