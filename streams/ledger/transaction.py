"""One batch of one partition, in one transaction: position, locks, pipeline, effects, audit.

Every step has a name and calls `step` with it, so that a test can let each of them fail, or the
process die, in turn. In production `step` does nothing. The protocol and its reasons are in
`docs/decisions/001-positions-and-locks.md`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from streams.domain.errors import Refusal
from streams.domain.log import Batch, RawRecord
from streams.ledger import positions
from streams.ledger.alarms import count_refusals
from streams.ledger.blockers import end_frozen, ending_holders
from streams.ledger.collector import resting
from streams.ledger.connection import LOCK_NOT_HAD, Session, WorldDown, world
from streams.ledger.directories import DirectoryCache
from streams.ledger.load import Keys, load
from streams.ledger.receipts import save_receipts
from streams.ledger.save import (
    Written,
    chain_of,
    save_audit,
    save_cases,
    save_events,
    save_follow_up,
    save_people,
)
from streams.pipeline import Disposition, Ended, Prepared, Rules, Work, prepare, run

Step = Callable[[str], None]
STEPS: Final = (
    "begun",
    "position",
    "loaded",
    "decided",
    "events",
    "people",
    "cases",
    "follow_up",
    "audit",
    "advanced",
    "committed",
)
"""The named steps of the transaction, in order; `committed` is after the commit."""
RETRIES_MAX: Final = 5
"""Source: DESIGN 4.8: 40P01 and 40001 are retried whole, at most 5 times."""


def no_step(_name: str) -> None:
    """Do nothing at a step, as in production."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a batch: where the partition now stands, and how each record ended."""

    next_offset: int
    ended: tuple[Ended, ...] = ()
    feed_is_paused: bool = False

    def count(self, disposition: Disposition | None) -> int:
        """Count the records that ended in one way; None counts the repeats."""
        return sum(ended.disposition is disposition for ended in self.ended)


@dataclass(slots=True)
class Ledger:
    """One session with the ledger and what a worker keeps beside it: the directory's copy."""

    session: Session
    rules: Rules
    secret: bytes
    step: Step = no_step
    url: str | None = None
    directory: DirectoryCache = field(default_factory=DirectoryCache)
    _waits_for_position: bool = False

    def apply(
        self,
        batch: Batch,
        raised_at: datetime,
        *,
        refused: Refusal | None = None,
        seqs: Sequence[int] | None = None,
    ) -> Applied:
        """Apply a batch once, whole.

        `refused` quarantines every record of the batch with that reason instead of deciding about
        it. `seqs` gives the ledger numbers, which only a replay knows beforehand.
        Raises `WorldDown` (try again later), `PositionMoved` (seek again), or whatever a defect
        raises; in all three cases nothing was committed.
        """
        for left in reversed(range(RETRIES_MAX)):
            try:
                return self._apply(batch, raised_at, refused, seqs)
            except WorldDown as down:
                if not (down.is_to_be_retried and left):
                    raise
                if down.sqlstate == LOCK_NOT_HAD and self.url:
                    if self._waits_for_position:
                        return self._insist(batch, raised_at, refused, seqs)
                    end_frozen(self.url, batch.place)
        raise AssertionError  # pragma: no cover - the loop returns or raises

    def _insist(
        self,
        batch: Batch,
        raised_at: datetime,
        refused: Refusal | None,
        seqs: Sequence[int] | None,
    ) -> Applied:
        """Try again while a second session ends whoever keeps our partition's position locked.

        The partition is ours now; its holder is a worker that was frozen with a transaction open,
        and none of PostgreSQL's time limits ends a session that is frozen inside COPY.
        """
        assert self.url is not None  # noqa: S101 - the caller looked
        with ending_holders(self.url, self.session, batch.place):
            return self._apply(batch, raised_at, refused, seqs)

    def _apply(
        self,
        batch: Batch,
        raised_at: datetime,
        refused: Refusal | None,
        seqs: Sequence[int] | None,
    ) -> Applied:
        """Run the transaction once."""
        with world(), resting():
            with self.session.transaction():
                applied, work = self._inside(batch, raised_at, refused, seqs)
            if work is not None and work.directory_events:
                self.directory.version = work.directory.version
                self.directory.directory = work.directory
        self.step("committed")
        return applied

    def _inside(
        self,
        batch: Batch,
        raised_at: datetime,
        refused: Refusal | None,
        seqs: Sequence[int] | None,
    ) -> tuple[Applied, Work | None]:
        """Do everything that one commit makes true."""
        session = self.session
        self.step("begun")
        self._waits_for_position = True
        stands = positions.lock(session, batch)
        self._waits_for_position = False
        self.step("position")
        fresh = [raw for raw in batch.records if raw.offset >= stands]
        prepared = [self._prepared(raw, batch, refused) for raw in fresh]
        decided = self._decide(prepared, raised_at, seqs)
        work = None if decided is None else decided[0]
        if decided is not None:
            self._write(*decided, batch, raised_at)
        if work is not None and seqs is None:
            # A replay answers nobody again.
            save_receipts(session, work, batch, self.rules.register, at=raised_at)
        positions.advance(session, batch, raised_at)
        positions.put_down(session, batch.place)
        self.step("advanced")
        ended = () if work is None else tuple(work.ended)
        applied = Applied(max(stands, batch.next_offset), ended)
        if batch.place.is_repair:
            return applied, work
        paused = count_refusals(session, batch.place.topic, ended, raised_at)
        return replace(applied, feed_is_paused=paused), work

    def _prepared(self, raw: RawRecord, batch: Batch, refused: Refusal | None) -> Prepared:
        """Open one record, or refuse it for the reason that was already found."""
        feed, is_repair = batch.feed or batch.place.topic, batch.place.is_repair
        if raw.origin is not None:
            feed, is_repair = raw.origin.feed, raw.origin.is_repair
        if refused is not None:
            agency = self.rules.register.of_feed(feed)
            return Prepared(raw, refusal=refused, agency=agency.id if agency else None)
        return prepare(raw, feed, self.rules, is_repair=is_repair)

    def _decide(
        self, prepared: list[Prepared], raised_at: datetime, seqs: Sequence[int] | None
    ) -> tuple[Work, Keys] | None:
        """Load under the locks, number the events, and run the pipeline."""
        if not prepared:
            return None
        loaded, keys = load(self.session, prepared, self.directory, self.secret)
        self.step("loaded")
        numbers = next_numbers(self.session, len(prepared)) if seqs is None else seqs
        work = run(prepared, loaded, self.rules, raised_at=raised_at, seqs=numbers)
        self.step("decided")
        return work, keys

    def _write(self, work: Work, keys: Keys, batch: Batch, raised_at: datetime) -> None:
        """Write what the batch did, step by step in the order of the locks."""
        written = Written(batch.place, raised_at)
        save_events(self.session, work, written)
        self.step("events")
        save_people(self.session, work, keys)
        self.step("people")
        save_cases(self.session, work)
        self.step("cases")
        save_follow_up(self.session, work, raised_at)
        self.step("follow_up")
        save_audit(self.session, chain_of(batch.place), work.audit_bodies, raised_at)
        self.step("audit")


def next_numbers(session: Session, count: int) -> list[int]:
    """Take as many numbers of the ledger as there are records; gaps between them mean nothing."""
    rows = session.execute(
        "SELECT nextval('event_seq') FROM generate_series(1, %s)", (count,)
    ).fetchall()
    return [int(row[0]) for row in rows]
