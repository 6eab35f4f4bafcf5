"""The audit chains, walked from the first entry to the head, and held against what they tell of.

A chain shows a change, an insertion and a deletion of entries by itself. What it tells of shows
the rest: an event without its entry, an entry whose event says something else, a notice that went
out and was not audited. A page of entries is held in memory at a time, with what they tell of; of
all the entries of one chain only the numbers of the events and of the refused records.
"""

import json
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final
from uuid import UUID

from streams.domain.log import Place
from streams.ledger.connection import Session
from streams.ledger.reading import Row, rows
from streams.ledger.verify_anew import ended_anew
from streams.ledger.verify_values import Finding, Found, Progress
from streams.stages.audit import FIRST_HASH, linked

PAGE_ROWS: Final = 5_000
REPEATED: Final = "repeated"
QUARANTINED: Final = "quarantined"

Fields = dict[str, Any]


def count_entries(session: Session) -> int:
    """Count the entries of all chains, for whoever watches the walk."""
    row = session.execute("SELECT coalesce(sum(length), 0) FROM audit_head").fetchone()
    return int(row[0]) if row else 0


def verify_chains(session: Session, progress: Progress) -> Iterator[Finding]:
    """Walk every chain that has a head or an entry, and every partition that has records."""
    heads = {row["chain"]: row for row in rows(session, _HEADS)}
    begun = {row["chain"] for row in rows(session, "SELECT DISTINCT chain FROM audit")}
    events, refused = _counts(session, _COUNT_EVENTS), _counts(session, _COUNT_REFUSED)
    anew = ended_anew(session)
    for chain in sorted({*heads, *begun, *events, *refused}):
        walk = _Walk(chain, place_of_chain(chain), anew)
        for page in _pages(session, chain):
            walk.take_page(session, page)
            progress(len(page))
        walk.end(heads.get(chain))
        walk.without_entry(session, events.get(chain, 0), refused.get(chain, 0))
        yield from walk.found.findings()


_HEADS: Final = "SELECT chain, length, hash FROM audit_head"
_COUNT_EVENTS: Final = (
    "SELECT topic || '/' || topic_id || '/' || partition AS chain, count(*) AS number"
    " FROM event GROUP BY topic, topic_id, partition"
)
_COUNT_REFUSED: Final = (
    "SELECT topic || '/' || topic_id || '/' || partition AS chain, count(*) AS number"
    " FROM quarantine GROUP BY topic, topic_id, partition"
)


def _counts(session: Session, statement: str) -> dict[str, int]:
    """Count what a table keeps of each partition, by the partition's chain."""
    return {row["chain"]: int(row["number"]) for row in rows(session, statement)}


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry; `fields` is None where its body cannot be read."""

    number: int
    body: bytes
    hash: bytes
    fields: Fields | None


def _pages(session: Session, chain: str) -> Iterator[list[_Entry]]:
    """Yield the entries of a chain in order, a page at a time."""
    with session.cursor("chain") as cursor:
        cursor.itersize = PAGE_ROWS
        statement = "SELECT number, body, hash FROM audit WHERE chain = %s ORDER BY number"
        found = iter(cursor.execute(statement, (chain,)))
        while page := list(islice(found, PAGE_ROWS)):
            yield [_Entry(int(n), bytes(b), bytes(h), _read(bytes(b))) for n, b, h in page]


def place_of_chain(chain: str) -> Place | None:
    """Return the partition whose chain this is; None for the chain of a service."""
    topic, _, rest = chain.partition("/")
    topic_id, _, partition = rest.partition("/")
    try:
        return Place(topic, UUID(topic_id), int(partition))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the ledger keeps of that which one page of entries tells of."""

    events: Mapping[int, Row] = field(default_factory=dict)
    refused: Mapping[int, str] = field(default_factory=dict)
    told: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def load(cls, session: Session, place: Place, page: list[_Entry]) -> "_Kept":
        """Load it, by the numbers and offsets that the entries name."""
        known = [each.fields for each in page if each.fields is not None]
        seqs = [seq for fields in known if isinstance(seq := fields.get("seq"), int)]
        offsets = [at for fields in known if isinstance(at := fields.get("offset"), int)]
        where = (place.topic, place.topic_id, place.partition)
        events = rows(session, _EVENTS, (seqs, *where))
        refused = rows(session, _REFUSED, (offsets, *where))
        told = rows(session, _TOLD, (seqs,))
        return cls(
            {row["seq"]: row for row in events},
            {row["log_offset"]: row["code"] for row in refused},
            {row["seq"]: row["steps"] for row in told},
        )


_EVENTS: Final = (
    "SELECT seq, log_offset, disposition, content, publisher, event_id FROM event"
    " WHERE seq = ANY(%s::bigint[]) AND topic = %s AND topic_id = %s AND partition = %s"
)
# Joined by the planner, who knows nothing of a young ledger, this takes quadratic time.
_TOLD: Final = (
    "SELECT seq, count(*) AS steps FROM notice_step WHERE seq = ANY(%s::bigint[]) GROUP BY seq"
)
_REFUSED: Final = (
    "SELECT log_offset, code FROM quarantine"
    " WHERE log_offset = ANY(%s::bigint[]) AND topic = %s AND topic_id = %s AND partition = %s"
)
_SEQS: Final = (
    "SELECT seq FROM event WHERE topic = %s AND topic_id = %s AND partition = %s ORDER BY seq"
)
_OFFSETS: Final = (
    "SELECT log_offset FROM quarantine WHERE topic = %s AND topic_id = %s AND partition = %s"
    " ORDER BY log_offset"
)


class _Numbers:
    """Numbers that mostly rise, eight bytes each."""

    def __init__(self) -> None:
        """Begin with none."""
        self._kept = array("q")

    def __len__(self) -> int:
        """Count them."""
        return len(self._kept)

    def __contains__(self, number: int) -> bool:
        """Answer whether a number is among them."""
        at = bisect_left(self._kept, number)
        return at < len(self._kept) and self._kept[at] == number

    def add(self, number: int) -> None:
        """Put a number in, at its place if it is not the highest."""
        self._kept.insert(bisect_left(self._kept, number), number)


@dataclass(slots=True)
class _Walk:
    """The walk along one chain: what was expected next, and what was found wrong."""

    chain: str
    place: Place | None
    anew: Mapping[int, str] = field(default_factory=dict)
    number: int = 0
    hash: bytes = FIRST_HASH
    last_offset: int = -1
    audited: _Numbers = field(default_factory=_Numbers)
    refused: _Numbers = field(default_factory=_Numbers)
    found: Found = field(default_factory=Found)

    def take_page(self, session: Session, page: list[_Entry]) -> None:
        """Check some entries; a chain of a service tells of no partition."""
        kept = _Kept() if self.place is None else _Kept.load(session, self.place, page)
        for entry in page:
            self._take(entry, kept)

    def _take(self, entry: _Entry, kept: _Kept) -> None:
        """Check that an entry follows the one before, and that what it tells is so."""
        self.number += 1
        if entry.number != self.number:
            self._report("audit_numbers_consecutive", f"{self.number} is missing")
            self.number = entry.number
        if linked(self.hash, entry.number, entry.body) != entry.hash:
            words = f"entry {entry.number} was changed, or what stood before it"
            self._report("audit_hash", words)
        self.hash = entry.hash
        if entry.fields is None:
            self._report("audit_readable", f"entry {entry.number}")
        elif self.place is not None:
            self._hold_against_ledger(entry.number, entry.fields, kept)

    def end(self, head: Row | None) -> None:
        """Check that the chain ends where its head says."""
        if head is None:
            self._report("audit_head", "there is no head")
        elif (head["length"], bytes(head["hash"])) != (self.number, self.hash):
            self._report("audit_head", f"the head says {head['length']}, the chain {self.number}")

    def without_entry(self, session: Session, events: int, refused: int) -> None:
        """Find the records that the ledger keeps, so many of each, and that no entry tells of."""
        if self.place is None:
            return
        where = (self.place.topic, self.place.topic_id, self.place.partition)
        if len(self.audited) < events:
            for row in _streamed(session, _SEQS, where):
                if row not in self.audited:
                    self._report("event_audited_once", f"event {row} has no entry")
        if len(self.refused) < refused:
            for row in _streamed(session, _OFFSETS, where):
                if row not in self.refused:
                    self._report("quarantine_audited_once", f"offset {row} has no entry")

    def _hold_against_ledger(self, number: int, fields: Fields, kept: _Kept) -> None:
        """Check one entry against the event or the refusal that it tells of."""
        offset, seq = fields.get("offset"), fields.get("seq")
        if not isinstance(offset, int) or offset <= self.last_offset:
            self._report("audit_in_log_order", f"entry {number}")
        else:
            self.last_offset = offset
        disposition = fields.get("disposition")
        if seq is not None:
            self._hold_against_event(number, seq, fields, kept)
        elif disposition == QUARANTINED:
            at = int(offset or 0)
            if at not in kept.refused or at in self.refused:
                self._report("quarantine_kept", f"entry {number}: offset {offset} is not there")
            else:
                self.refused.add(at)
        elif disposition != REPEATED:
            self._report("disposition_known", f"entry {number} says {disposition}")

    def _hold_against_event(self, number: int, seq: int, fields: Fields, kept: _Kept) -> None:
        """Check that an event says what its entry said when it was admitted."""
        event = kept.events.get(seq)
        if event is None:
            self._report("audited_event_kept", f"entry {number}: event {seq} is not there")
            return
        if seq in self.audited:
            self._report("event_audited_once", f"event {seq} has a second entry {number}")
        else:
            self.audited.add(seq)
        for name, told, is_kept in (
            ("offset", fields.get("offset"), event["log_offset"]),
            ("disposition", self.anew.get(seq, fields.get("disposition")), event["disposition"]),
            ("content", fields.get("content"), bytes(event["content"]).hex()),
            ("publisher", fields.get("publisher"), event["publisher"]),
            ("event id", fields.get("event"), event["event_id"]),
        ):
            if told != is_kept:
                self._report("event_as_audited", f"event {seq}: {name} differs from entry {number}")
        disclosed, told = len(fields.get("disclosed", ())), kept.told.get(seq, 0)
        if disclosed != told:
            words = f"event {seq}: {disclosed} audited, {told} steps kept"
            self._report("disclosures_audited", words)

    def _report(self, invariant: str, words: str) -> None:
        """Keep one thing that does not hold."""
        self.found.add(invariant, f"{self.chain}: {words}")


def _streamed(session: Session, statement: str, where: tuple[object, ...]) -> Iterator[int]:
    """Yield the numbers that a statement finds, a page at a time."""
    with session.cursor("numbers") as cursor:
        cursor.itersize = PAGE_ROWS
        for row in cursor.execute(statement.encode(), where):
            yield int(row[0])


def _read(body: bytes) -> dict[str, Any] | None:
    """Read an entry's body, None where it is no object."""
    try:
        read = json.loads(body)
    except ValueError:
        return None
    return read if isinstance(read, dict) else None
