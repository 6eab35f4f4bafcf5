"""Replay: every event and act of a ledger, worked through again into an empty ledger.

What comes out is the same ledger, but for the columns that `replay_columns.toml` lists. The order
is that of `seq`; each event has its broker's time, the worker's clock and its number as they were.
What an event about nobody said was never kept, so its row is carried over as it is; one that was
held, and erased since, is held again by what was decided when it came. Carried over is also what
never became an event: repeats (their entries in the audit), the quarantine, what operations did.

The order is read from the audit, which has one entry for each record: so each writer's chain ends
with the same hash, which shows that nothing was left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import merge
from itertools import groupby
from operator import attrgetter
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy import Table

from streams.domain.log import Batch, Place, RawRecord
from streams.domain.matching import Possible
from streams.domain.passage import Opened
from streams.domain.records import Handling, Meta, Nature, PersonEvent, PersonReference
from streams.ledger import positions, tables
from streams.ledger.audits import save_audit
from streams.ledger.connection import Session
from streams.ledger.copying import columns_of, copy
from streams.ledger.held_before import NOBODY_SAID, HeldBefore, held_before
from streams.ledger.load import load
from streams.ledger.load_cases import cases_of
from streams.ledger.reading_again import as_it_came
from streams.ledger.replaying_acts import Done, act_again, acts_of
from streams.ledger.save import save_cases, save_follow_up
from streams.ledger.transaction import Ledger
from streams.ledger.unsealing import AS_IT_WAS_SEALED, LoggedStore, opened_later
from streams.pipeline import Disposition, Prepared
from streams.pipeline.carrying import Moment
from streams.pipeline.handing import change_back
from streams.pipeline.held import hold
from streams.pipeline.undo import undo
from streams.pipeline.work import begin

FETCHED_AT_ONCE: Final = 2_000
BATCH_MAX: Final = 500
CARRIED: Final = (
    *(tables.quarantine, tables.feed, tables.alarm, tables.possible_loss),
    *(tables.repair, tables.ledger_server, tables.restore, tables.restore_mark),
    *(tables.block_form, tables.secret_mark),
    *(tables.sealed, tables.sealed_key, tables.sealed_look),
)
"""Tables of what never became an event, and of what nobody can read, to seal it again."""
EVENT: Final = columns_of(tables.event)
ENTRIES: Final = (
    "WITH told AS (SELECT chain, number, at, body,"
    " (convert_from(body, 'UTF8')::jsonb ->> 'seq')::bigint AS seq FROM audit"
    " WHERE chain LIKE '%/%/%'), placed AS (SELECT *,"
    " coalesce(max(seq) OVER (PARTITION BY chain ORDER BY number), 0) AS after FROM told)"
    " SELECT p.after, p.chain, p.at, p.body, {columns}"
    " FROM placed p LEFT JOIN event e ON e.seq = p.seq"
    " ORDER BY p.after, p.chain, p.number"
).replace("{columns}", ", ".join(f"e.{name}" for name in EVENT))
"""Each writer's entries in its order, and between writers in the order of `seq`."""
OTHER_CHAINS: Final = (
    (
        tables.audit,
        (
            "SELECT {columns} FROM audit WHERE chain NOT LIKE '%/%/%'"
            " AND chain NOT IN (SELECT chain FROM act)"
        ),
    ),
    (
        tables.audit_head,
        (
            "SELECT {columns} FROM audit_head WHERE chain NOT LIKE '%/%/%'"
            " AND chain NOT IN (SELECT chain FROM act)"
        ),
    ),
)
"""The chains of those who work on no partition, such as operations."""
NOBODYS: Final = (
    "SELECT d.seq, d.outcome, d.reason, d.person_id, d.candidates"
    " FROM identity_decision d JOIN event e USING (seq) WHERE e.payload IS NULL"
    " OR EXISTS (SELECT FROM sealed s WHERE s.seq = e.seq)"
)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of a writer's chain, with the row of its event where it was admitted."""

    after: int
    chain: str
    at: datetime
    body: bytes
    event: dict[str, Any] | None

    @property
    def is_decided_again(self) -> bool:
        """Answer whether the event is worked through again, and not carried over."""
        return self.event is not None and self.event["payload"] is not None

    @property
    def place(self) -> Place:
        """Return the partition whose chain it is."""
        topic, topic_id, partition = self.chain.split("/")
        return Place(topic, UUID(topic_id), int(partition))

    @property
    def row(self) -> dict[str, Any]:
        """Return the event's row; only of an entry that has one."""
        assert self.event is not None  # noqa: S101 - callers look first
        return self.event

    @property
    def raw(self) -> RawRecord:
        """Return the record as the log gave it; its headers were checked and are not kept."""
        row = self.row
        return as_it_came(row["log_offset"], row["payload"], row["broker_at"], row["content"])


class Kept(Protocol):
    """An admitted event as a log keeps it."""

    @property
    def at(self) -> datetime:
        """Return when the worker had it."""

    @property
    def row(self) -> dict[str, Any]:
        """Return its row."""

    @property
    def raw(self) -> RawRecord:
        """Return its record."""


def replay(source: Session, ledger: Ledger) -> int:
    """Work events and acts of `source` through into an empty `ledger`; return how many events.

    The ledger's rules and secret must be those of the source, or the result shows the difference.
    """
    count = 0
    with source.transaction():
        store = LoggedStore(erased_since=held_before(source, ledger.rules))
        both: tuple[Iterator[_Entry | Done], ...] = (_entries(source, store), acts_of(source))
        order = merge(*both, key=attrgetter("after"))
        for _, group in groupby(order, lambda each: (each.chain, each.at)):
            together = list(group)
            done = [each for each in together if isinstance(each, Done)]
            if done:
                act_again(ledger, done, store)
            else:
                entries = [each for each in together if isinstance(each, _Entry)]
                count += _record_again(ledger, entries, store)
    _carry_tables(source, ledger.session)
    return count


def _record_again(ledger: Ledger, entries: Sequence[_Entry], store: LoggedStore) -> int:
    """Work through the records of one writer and instant; return how many were events."""
    for again, run in groupby(entries, lambda entry: entry.is_decided_again):
        some = list(run)
        positions.begin(ledger.session, some[0].place, 0, some[0].at)
        if again:
            _decide_again(ledger, some)
        else:
            _carry_over(ledger, some, store)
    return sum(entry.event is not None for entry in entries)


def _entries(source: Session, store: LoggedStore) -> Iterator[_Entry]:
    """Read every entry in the order in which it was written; what was sealed goes to the store."""
    sealed = opened_later(source)
    with source.cursor("replay") as cursor:
        cursor.itersize = FETCHED_AT_ONCE
        for after, chain, at, body, *event in cursor.execute(ENTRIES):
            row = None if event[0] is None else dict(zip(EVENT, event, strict=True))
            if row is not None and row["seq"] in sealed:
                if row["payload"] is not None:
                    store.payloads[row["seq"]] = row["payload"]
                row |= AS_IT_WAS_SEALED
            yield _Entry(after, chain, at, bytes(body), row)


def _decide_again(ledger: Ledger, entries: Sequence[_Entry]) -> None:
    """Apply events that were one batch, or a part of one, with the numbers and times they had."""
    place = entries[0].place
    # Records that were repaired at one instant are of any agency, so each is a batch of its own.
    size = 1 if place.is_repair else BATCH_MAX
    for start in range(0, len(entries), size):
        part = entries[start : start + size]
        records = tuple(entry.raw for entry in part)
        agency = ledger.rules.register.agencies[part[0].row["publisher"]]
        feed = agency.feed if place.is_repair else None
        batch = Batch(place, 0, records, records[-1].offset + 1, feed)
        ledger.apply(batch, part[0].at, seqs=[entry.row["seq"] for entry in part])


def _carry_over(ledger: Ledger, entries: Sequence[_Entry], store: LoggedStore) -> None:
    """Write what cannot be decided about again as it was, undoing what it took back."""
    session, first = ledger.session, entries[0]
    with session.transaction():
        for entry in entries:
            row = entry.event
            if row is None:
                continue
            kept = store.erased_since.get(row["seq"])
            if kept is not None and kept.decision is not None:
                row |= {"disposition": Disposition.HELD.value, "because": kept.words}
                hold_anew(ledger, entry, kept, kept.decision)
            elif row["retracts"] or row["supersedes"]:
                take_back(ledger, entry)
            copy(session, tables.event, [tuple(row.values())])
        save_audit(session, first.chain, [entry.body for entry in entries], first.at)


def hold_anew(ledger: Ledger, entry: Kept, kept: HeldBefore, decision: Possible) -> None:
    """Hold an event again whose content was erased since, by what was decided when it came."""
    session, seq = ledger.session, entry.row["seq"]
    loaded, _ = load(session, [kept.prepared], ledger.directory, ledger.secret)
    known, cases = cases_of(session, sorted(decision.candidates))
    cases, known = {**loaded.cases, **cases}, {**loaded.known, **known}
    work = begin(replace(loaded, cases=cases, known=known))
    moment = Moment(work, ledger.rules, entry.at, seq, kept.opened)
    change_back(undo(kept.opened, work, seq), moment)
    immediate = kept.is_immediate
    hold(kept.opened, decision, moment, words=kept.words, seq=seq, immediate=immediate)
    save_cases(session, work)
    save_follow_up(session, work, entry.at)


def take_back(ledger: Ledger, entry: Kept) -> None:
    """Undo what rests on an event that one without content took back."""
    opened = _without_content(ledger, entry)
    prepared = Prepared(entry.raw, opened, NOBODY_SAID)
    loaded, _ = load(ledger.session, [prepared], ledger.directory, ledger.secret)
    work = begin(loaded)
    moment = Moment(work, ledger.rules, entry.at, entry.row["seq"])
    change_back(undo(opened, work, moment.seq), moment)
    save_cases(ledger.session, work)
    save_follow_up(ledger.session, work, entry.at)


def _without_content(ledger: Ledger, entry: Kept) -> Opened:
    """Make an event of what its row still says: who takes back what."""
    row = entry.row
    agency = ledger.rules.register.agencies[row["publisher"]]
    meta = Meta(
        event_id=row["event_id"],
        publisher=row["publisher"],
        occurred_at=row["happened_at"],
        published_at=row["happened_at"],
        supersedes=row["supersedes"],
        retracts=row["retracts"],
        gateway=min(agency.gateways),
        handling=Handling.OFFICIAL,
        nature=Nature.FACT,
    )
    event = PersonEvent(meta=meta, person=PersonReference())
    kept = (row["content"], row["happened_at"], row["suspect_time"], row["late"])
    return Opened(entry.raw, event, row["type"], row["version"], agency, *kept)


def _carry_tables(source: Session, session: Session) -> None:
    """Copy what never became an event, and number what comes next after what there is."""
    with session.transaction():
        for table in CARRIED:
            session.execute(f"DELETE FROM {table.name}")  # noqa: S608 - names of our own tables
            copy(session, table, _rows(source, f"SELECT {_names(table)} FROM {table.name}"))  # noqa: S608 - the same
        for table, statement in OTHER_CHAINS:
            copy(session, table, _rows(source, statement.replace("{columns}", _names(table))))
        copy(session, tables.identity_decision, _rows(source, NOBODYS))
        session.execute(
            "SELECT setval('event_seq', greatest(1, (SELECT max(seq) FROM event),"
            " (SELECT max(seq) FROM act)))"
        )


def _names(table: Table) -> str:
    """Return the columns of a table that a copy gives."""
    return ", ".join(columns_of(table))


def _rows(session: Session, statement: str) -> list[tuple[Any, ...]]:
    """Read all rows of a statement of ours."""
    return session.execute(statement.encode()).fetchall()
