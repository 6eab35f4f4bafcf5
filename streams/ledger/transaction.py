"""A batch in one transaction: position, locks, pipeline, effects, audit.

A batch is of one partition. What little came of several partitions of a feed goes together, since a
transaction costs as much as a dozen events, however few it brings.

Every step has a name and calls `step` with it, so that a test can let each of them fail, or the
process die, in turn. In production `step` does nothing. The protocol and its reasons are in
`docs/decisions/001-positions-and-locks.md`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from streams.domain.errors import Refusal
from streams.domain.log import Batch, Place, RawRecord
from streams.ledger import positions
from streams.ledger.alarms import count_refusals
from streams.ledger.audits import chain_of, save_audits
from streams.ledger.blinding import blind, recognised
from streams.ledger.blockers import end_frozen, ending_holders
from streams.ledger.collector import resting
from streams.ledger.connection import LOCK_NOT_HAD, Session, WorldDown, world
from streams.ledger.directories import DirectoryCache
from streams.ledger.load import Keys, load
from streams.ledger.receipts import save_receipts
from streams.ledger.save import (
    Written,
    save_cases,
    save_events,
    save_follow_up,
    save_people,
)
from streams.ledger.sealed import save_sealed
from streams.ledger.vault import Vault
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
    vault: Vault | None = None
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
        (applied,) = self._retried(_Errand((batch,), raised_at, refused, seqs))
        return applied

    def apply_together(self, batches: Sequence[Batch], raised_at: datetime) -> tuple[Applied, ...]:
        """Apply a batch of each of several partitions of one topic: all of them, or none.

        Raises what `apply` raises, for whichever of them.
        """
        return self._retried(_Errand(tuple(batches), raised_at))

    def _retried(self, errand: "_Errand") -> tuple[Applied, ...]:
        """Run the transaction until it is through, a few times at most."""
        for left in reversed(range(RETRIES_MAX)):
            try:
                return self._apply(errand)
            except WorldDown as down:
                if not (down.is_to_be_retried and left):
                    raise
                if down.sqlstate == LOCK_NOT_HAD and self.url:
                    if self._waits_for_position:
                        return self._insist(errand)
                    end_frozen(self.url, errand.place)
        raise AssertionError  # pragma: no cover - the loop returns or raises

    def _insist(self, errand: "_Errand") -> tuple[Applied, ...]:
        """Try again while a second session ends whoever keeps our partition's position locked.

        The partition is ours now; its holder is a worker that was frozen with a transaction open,
        and none of PostgreSQL's time limits ends a session that is frozen inside COPY.
        """
        assert self.url is not None  # noqa: S101 - the caller looked
        with ending_holders(self.url, self.session, errand.place):
            return self._apply(errand)

    def _apply(self, errand: "_Errand") -> tuple[Applied, ...]:
        """Run the transaction once."""
        with world(), resting():
            with self.session.transaction():
                applied, work = self._inside(errand)
            if work is not None and work.directory_events:
                self.directory.version = work.directory.version
                self.directory.directory = work.directory
        self.step("committed")
        return applied

    def _inside(self, errand: "_Errand") -> tuple[tuple[Applied, ...], Work | None]:
        """Do everything that one commit makes true."""
        session = self.session
        self.step("begun")
        self._waits_for_position = True
        stands = positions.lock(session, errand.batches)
        self._waits_for_position = False
        self.step("position")
        parts, prepared = self._parts(errand, stands)
        work = None
        if prepared:
            work, keys = self._decide(prepared, errand)
            self._write(work, keys, parts, errand)
        positions.advance(session, errand.batches, errand.raised_at)
        self.step("advanced")
        applied = tuple(_applied(part, work) for part in parts)
        if errand.place.is_repair:
            return applied, work
        ended = () if work is None else tuple(work.ended)
        if count_refusals(session, errand.place.topic, ended, errand.raised_at):
            applied = tuple(replace(each, feed_is_paused=True) for each in applied)
        return applied, work

    def _parts(
        self, errand: "_Errand", stands: Sequence[int]
    ) -> tuple[list["_Part"], list[Prepared]]:
        """Prepare what the ledger does not have yet, and say which records are of which batch."""
        parts: list[_Part] = []
        prepared: list[Prepared] = []
        for batch, at in zip(errand.batches, stands, strict=True):
            begin = len(prepared)
            fresh = (raw for raw in batch.records if raw.offset >= at)
            prepared += [self._prepared(raw, batch, errand.refused) for raw in fresh]
            parts.append(_Part(batch, slice(begin, len(prepared)), at))
        return parts, prepared

    def _prepared(self, raw: RawRecord, batch: Batch, refused: Refusal | None) -> Prepared:
        """Open one record, or refuse it for the reason that was already found."""
        feed, is_repair = batch.feed or batch.place.topic, batch.place.is_repair
        if raw.origin is not None:
            feed, is_repair = raw.origin.feed, raw.origin.is_repair
        if refused is not None:
            agency = self.rules.register.of_feed(feed)
            return Prepared(raw, refusal=refused, agency=agency.id if agency else None)
        return prepare(raw, feed, self.rules, is_repair=is_repair, secret=self.secret)

    def _decide(self, prepared: list[Prepared], errand: "_Errand") -> tuple[Work, Keys]:
        """Load under the locks, number the events, and run the pipeline."""
        held = self.directory, self.secret
        loaded, keys = load(self.session, prepared, *held, scorer=self.rules.scorer)
        self.step("loaded")
        seqs = errand.seqs
        numbers = next_numbers(self.session, len(prepared)) if seqs is None else seqs
        if self.vault is not None:
            loaded = recognised(loaded, prepared, self.vault)
        work = run(prepared, loaded, self.rules, raised_at=errand.raised_at, seqs=numbers)
        if self.vault is not None:
            blind(work, self.vault)
        self.step("decided")
        return work, keys

    def _write(self, work: Work, keys: Keys, parts: Sequence["_Part"], errand: "_Errand") -> None:
        """Write what the batch did, step by step in the order of the locks."""
        session, at = self.session, errand.raised_at
        places = [part.batch.place for part in parts for _ in work.ended[part.span]]
        save_events(session, work, Written(places, at))
        self.step("events")
        save_people(session, work, keys)
        self.step("people")
        save_cases(session, work)
        self.step("cases")
        save_follow_up(session, work, at)
        save_sealed(session, work, self.vault, at)
        self.step("follow_up")
        bodies = {chain_of(part.batch.place): work.audit_bodies[part.span] for part in parts}
        save_audits(session, bodies, at)
        self.step("audit")
        if errand.seqs is None:
            # A replay answers nobody again.
            said = [(part.batch, work.ended[part.span]) for part in parts]
            save_receipts(session, said, work.decisions, self.rules.register, at=at)


@dataclass(frozen=True, slots=True)
class _Errand:
    """What one transaction is asked to do, for batches of partitions of one topic."""

    batches: tuple[Batch, ...]
    raised_at: datetime
    refused: Refusal | None = None
    seqs: Sequence[int] | None = None

    @property
    def place(self) -> Place:
        """Return a place to name it by: that of its first batch."""
        return self.batches[0].place


@dataclass(frozen=True, slots=True)
class _Part:
    """One batch among those of a transaction: which of all the records are its, and from where."""

    batch: Batch
    span: slice
    stands: int


def _applied(part: _Part, work: Work | None) -> Applied:
    """Say where a partition stands now, and how its records ended."""
    ended = () if work is None else tuple(work.ended[part.span])
    return Applied(max(part.stands, part.batch.next_offset), ended)


def next_numbers(session: Session, count: int) -> list[int]:
    """Take as many numbers of the ledger as there are records; gaps between them mean nothing."""
    rows = session.execute(
        "SELECT nextval('event_seq') FROM generate_series(1, %s)", (count,)
    ).fetchall()
    return [int(row[0]) for row in rows]
