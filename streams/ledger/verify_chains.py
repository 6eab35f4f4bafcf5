"""The audit chains, walked from the first entry to the head, and held against what they tell of.

A chain shows a change, an insertion and a deletion of entries by itself. What it tells of shows
the rest: an event without its entry, an entry whose event says something else, a notice that went
out and was not audited. One partition is held in memory at a time.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from streams.domain.log import Place
from streams.ledger.connection import Session
from streams.ledger.reading import Row, rows
from streams.ledger.verify_values import Finding, Found, Progress
from streams.stages.audit import FIRST_HASH, linked

PAGE_ROWS: Final = 5_000
REPEATED: Final = "repeated"
QUARANTINED: Final = "quarantined"


def count_entries(session: Session) -> int:
    """Count the entries of all chains, for whoever watches the walk."""
    row = session.execute("SELECT coalesce(sum(length), 0) FROM audit_head").fetchone()
    return int(row[0]) if row else 0


def verify_chains(session: Session, progress: Progress) -> Iterator[Finding]:
    """Walk every chain that has a head or an entry, and every partition that has records."""
    heads = {row["chain"]: row for row in rows(session, _HEADS)}
    begun = {row["chain"] for row in rows(session, "SELECT DISTINCT chain FROM audit")}
    for chain in sorted({*heads, *begun, *_partitions(session)}):
        walk = _Walk(chain, _Partition.load(session, chain))
        for row in _entries(session, chain):
            walk.take(row)
            progress(1)
        walk.end(heads.get(chain))
        yield from walk.found.findings()


_HEADS: Final = "SELECT chain, length, hash FROM audit_head"


def _partitions(session: Session) -> Iterator[str]:
    """Yield the chain of every partition from which anything was kept."""
    statement = (
        "SELECT DISTINCT topic, topic_id, partition FROM event"
        " UNION SELECT DISTINCT topic, topic_id, partition FROM quarantine"
    )
    for row in rows(session, statement):
        yield f"{row['topic']}/{row['topic_id']}/{row['partition']}"


def _entries(session: Session, chain: str) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield the entries of a chain in order."""
    with session.cursor("chain") as cursor:
        cursor.itersize = PAGE_ROWS
        statement = "SELECT number, body, hash FROM audit WHERE chain = %s ORDER BY number"
        for row in cursor.execute(statement, (chain,)):
            yield int(row[0]), bytes(row[1]), bytes(row[2])


@dataclass(slots=True)
class _Partition:
    """What the ledger keeps of the records of one partition."""

    place: Place | None
    events: dict[int, Row] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)
    told: dict[int, int] = field(default_factory=dict)

    @classmethod
    def load(cls, session: Session, chain: str) -> "_Partition":
        """Load what a chain tells of; a chain of a service tells of no partition."""
        place = place_of_chain(chain)
        if place is None:
            return cls(None)
        where = (place.topic, place.topic_id, place.partition)
        events = rows(session, _EVENTS, where)
        refused = rows(session, _REFUSED, where)
        told = rows(session, _TOLD, ([row["seq"] for row in events],))
        return cls(
            place,
            {row["seq"]: row for row in events},
            {row["log_offset"]: row["code"] for row in refused},
            {row["seq"]: row["steps"] for row in told},
        )


_EVENTS: Final = (
    "SELECT seq, log_offset, disposition, content, publisher, event_id FROM event"
    " WHERE topic = %s AND topic_id = %s AND partition = %s"
)
# Joined by the planner, who knows nothing of a young ledger, this takes quadratic time.
_TOLD: Final = (
    "SELECT seq, count(*) AS steps FROM notice_step WHERE seq = ANY(%s::bigint[]) GROUP BY seq"
)
_REFUSED: Final = (
    "SELECT log_offset, code FROM quarantine WHERE topic = %s AND topic_id = %s AND partition = %s"
)


def place_of_chain(chain: str) -> Place | None:
    """Return the partition whose chain this is; None for the chain of a service."""
    topic, _, rest = chain.partition("/")
    topic_id, _, partition = rest.partition("/")
    try:
        return Place(topic, UUID(topic_id), int(partition))
    except ValueError:
        return None


@dataclass(slots=True)
class _Walk:
    """The walk along one chain: what was expected next, and what was found wrong."""

    chain: str
    partition: _Partition
    number: int = 0
    hash: bytes = FIRST_HASH
    last_offset: int = -1
    audited: set[int] = field(default_factory=set)
    found: Found = field(default_factory=Found)

    def take(self, entry: tuple[int, bytes, bytes]) -> None:
        """Check that an entry follows the one before, and that what it tells is so."""
        number, body, held = entry
        self.number += 1
        if number != self.number:
            self._report("audit_numbers_consecutive", f"{self.number} is missing")
            self.number = number
        if linked(self.hash, number, body) != held:
            self._report("audit_hash", f"entry {number} was changed, or what stood before it")
        self.hash = held
        fields = _read(body)
        if fields is None:
            self._report("audit_readable", f"entry {number}")
        elif self.partition.place is not None:
            self._hold_against_ledger(number, fields)

    def end(self, head: Row | None) -> None:
        """Check that the chain ends where its head says, and that no record is without entry."""
        if head is None:
            self._report("audit_head", "there is no head")
        elif (head["length"], bytes(head["hash"])) != (self.number, self.hash):
            self._report("audit_head", f"the head says {head['length']}, the chain {self.number}")
        for seq in sorted(self.partition.events.keys() - self.audited):
            self._report("event_audited_once", f"event {seq} has no entry")
        for offset in sorted(self.partition.refused):
            self._report("quarantine_audited_once", f"offset {offset} has no entry")

    def _hold_against_ledger(self, number: int, fields: dict[str, Any]) -> None:
        """Check one entry against the event or the refusal that it tells of."""
        offset, seq = fields.get("offset"), fields.get("seq")
        if not isinstance(offset, int) or offset <= self.last_offset:
            self._report("audit_in_log_order", f"entry {number}")
        else:
            self.last_offset = offset
        disposition = fields.get("disposition")
        if seq is not None:
            self._hold_against_event(number, seq, fields)
        elif disposition == QUARANTINED:
            if self.partition.refused.pop(int(offset or 0), None) is None:
                self._report("quarantine_kept", f"entry {number}: offset {offset} is not there")
        elif disposition != REPEATED:
            self._report("disposition_known", f"entry {number} says {disposition}")

    def _hold_against_event(self, number: int, seq: int, fields: dict[str, Any]) -> None:
        """Check that an event says what its entry said when it was admitted."""
        event = self.partition.events.get(seq)
        if event is None:
            self._report("audited_event_kept", f"entry {number}: event {seq} is not there")
            return
        if seq in self.audited:
            self._report("event_audited_once", f"event {seq} has a second entry {number}")
        self.audited.add(seq)
        for name, told, kept in (
            ("offset", fields.get("offset"), event["log_offset"]),
            ("disposition", fields.get("disposition"), event["disposition"]),
            ("content", fields.get("content"), bytes(event["content"]).hex()),
            ("publisher", fields.get("publisher"), event["publisher"]),
            ("event id", fields.get("event"), event["event_id"]),
        ):
            if told != kept:
                self._report("event_as_audited", f"event {seq}: {name} differs from entry {number}")
        disclosed, told = len(fields.get("disclosed", ())), self.partition.told.get(seq, 0)
        if disclosed != told:
            words = f"event {seq}: {disclosed} audited, {told} steps kept"
            self._report("disclosures_audited", words)

    def _report(self, invariant: str, words: str) -> None:
        """Keep one thing that does not hold."""
        self.found.add(invariant, f"{self.chain}: {words}")


def _read(body: bytes) -> dict[str, Any] | None:
    """Read an entry's body, None where it is no object."""
    try:
        read = json.loads(body)
    except ValueError:
        return None
    return read if isinstance(read, dict) else None
