"""What every engine shares: one applier for a feed, which takes batches and keeps every promise.

An engine only fetches, seeks and commits offsets for the operators' charts. What happens to a
record that cannot be applied is decided here, once, for all of them:

* bad data is a value and never gets here;
* the world being down is tried again a few times, and then the process ends with status 70;
* a defect of ours is narrowed down to its record, which is quarantined as ours with a traceback;
* a record that kills the process is found by what the last worker had in hand (`attempts`), and
  tried in a child process at the third start.

Source: DESIGN section 6, *Failure policy*.
"""

import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Protocol, TypeVar

import structlog

from streams.domain.errors import Refusal, RefusalCode
from streams.domain.log import Batch, Place, RawRecord
from streams.engines.hang import Hang
from streams.ledger import positions
from streams.ledger.connection import FIRST_PAUSE_SECONDS, TRIES_MAX, WorldDown
from streams.ledger.positions import Attempt, PositionMoved
from streams.ledger.transaction import Applied, Ledger
from streams.settings import utc_now

ALONE_FROM: Final = 2
TRIAL_FROM: Final = 3
FRAMES_MAX: Final = 12

Result = TypeVar("Result")

log = structlog.get_logger(__name__)


class Trial(Protocol):
    """Tries one record in a child process and answers whether the child lived."""

    def __call__(self, batch: Batch) -> bool:
        """Answer whether a batch of one record can be worked through without dying of it."""


class Gate:
    """Lets partitions run side by side, or one alone while it is looked at record by record."""

    def __init__(self) -> None:
        """Start with nobody inside."""
        self._condition = threading.Condition()
        self._inside = 0
        self._alone = False

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Run beside others."""
        with self._condition:
            self._condition.wait_for(lambda: not self._alone)
            self._inside += 1
        try:
            yield
        finally:
            self._leave()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Run while nobody else does."""
        with self._condition:
            self._condition.wait_for(lambda: not self._alone)
            self._alone = True
            self._condition.wait_for(lambda: self._inside == 0)
        try:
            yield
        finally:
            with self._condition:
                self._alone = False
                self._condition.notify_all()

    def _leave(self) -> None:
        """Go out, and let whoever waits to be alone look again."""
        with self._condition:
            self._inside -= 1
            self._condition.notify_all()


@dataclass(slots=True)
class Applier:
    """Applies the batches of one feed through one session, and keeps the failure policy.

    Not for use by two threads at once. `reconnect` makes a new ledger after the world was down.
    """

    ledger: Ledger
    reconnect: Callable[[], Ledger]
    trial: Trial
    gate: Gate
    hang: Hang
    clock: Callable[[], datetime] = utc_now
    pause: Callable[[float], None] = time.sleep  # between tries of a ledger that is away
    _careful: dict[Place, Attempt] = field(default_factory=dict)

    def start(self, place: Place, first: int) -> int:
        """Return where to read a newly assigned partition from; `first` is the log's beginning."""

        def begin() -> int:
            session = self.ledger.session
            at = positions.begin(session, place, first, self.clock())
            left = positions.attempt(session, place)
            if left is None:
                self._careful.pop(place, None)
            else:
                self._careful[place] = left
            return at

        return self._with_the_world(begin)

    def apply(self, batch: Batch) -> Applied:
        """Apply a batch, however much care it takes; raise `WorldDown` or `PositionMoved`."""
        if batch.place in self._careful:
            return self._carefully(batch)
        if not batch.records:
            return self._with_the_world(lambda: self.ledger.apply(batch, self.clock()))
        with self.gate.shared():
            self._take_in_hand({batch.place: Attempt(1, batch.records[0].offset)})
            try:
                with self.hang.watched(str(batch.place)):
                    return self._with_the_world(lambda: self.ledger.apply(batch, self.clock()))
            except WorldDown as down:
                if not down.is_too_slow or len(batch.records) == 1:
                    raise
            except PositionMoved:
                raise
            except Exception:  # noqa: BLE001 - a defect of ours: it is narrowed down next
                log.error("defect in a batch", place=str(batch.place), first=batch.expected)  # noqa: TRY400 - the message may quote the record
                self._careful[batch.place] = Attempt(1, batch.records[0].offset)
        return self._carefully(batch) if batch.place in self._careful else self._halves(batch)

    def apply_together(self, batches: Sequence[Batch]) -> list[Applied | PositionMoved]:
        """Apply a batch of each of several partitions, in one transaction if that goes well.

        Where it does not, or one of them needs care, each goes by itself, and of one whose place
        was lost that is returned. Raises `WorldDown`.
        """
        together = len(batches) > 1 and all(
            batch.records and batch.place not in self._careful for batch in batches
        )
        done = self._at_once(batches) if together else None
        return [self._or_moved(batch) for batch in batches] if done is None else list(done)

    def _at_once(self, batches: Sequence[Batch]) -> tuple[Applied, ...] | None:
        """Apply batches in one transaction; None where each is to be tried by itself."""
        place = str(batches[0].place)
        with self.gate.shared():
            self._take_in_hand({b.place: Attempt(1, b.records[0].offset) for b in batches})
            try:
                with self.hang.watched(place):
                    return self._with_the_world(
                        lambda: self.ledger.apply_together(batches, self.clock())
                    )
            except WorldDown as down:
                if not down.is_too_slow:
                    raise
            except PositionMoved:
                return None
            except Exception:  # noqa: BLE001 - a defect of ours: it is narrowed down next
                log.error("defect in batches", place=place, count=len(batches))  # noqa: TRY400 - the message may quote the record
        return None

    def _or_moved(self, batch: Batch) -> Applied | PositionMoved:
        """Apply one batch; return it where its place was lost."""
        try:
            return self.apply(batch)
        except PositionMoved as moved:
            return moved

    def _halves(self, batch: Batch) -> Applied:
        """Apply a batch that took too long in two parts, as on a machine that is starved."""
        middle = len(batch.records) // 2
        parts = batch.records[:middle], batch.records[middle:]
        first = self.apply(replace(batch, records=parts[0], next_offset=parts[1][0].offset))
        second = self.apply(replace(batch, expected=first.next_offset, records=parts[1]))
        return replace(second, ended=first.ended + second.ended)

    def _carefully(self, batch: Batch) -> Applied:
        """Apply a batch record by record, alone, keeping what is in hand up to date."""
        left = self._careful[batch.place]
        starts = left.starts + 1
        applied = Applied(batch.expected)
        ended = list(applied.ended)
        with self.gate.alone():
            for one in _singles(batch):
                record = one.records[0]
                self._take_in_hand({one.place: Attempt(starts, record.offset)})
                killer = starts >= TRIAL_FROM and record.offset == left.offset_in_hand
                applied = self._one(one, record, tried=killer)
                ended += applied.ended
                if applied.feed_is_paused:
                    break
                if killer:
                    starts = ALONE_FROM
            if not applied.feed_is_paused and batch.next_offset > applied.next_offset:
                rest = replace(batch, expected=applied.next_offset, records=())
                applied = self._with_the_world(lambda: self.ledger.apply(rest, self.clock()))
        del self._careful[batch.place]
        return replace(applied, ended=tuple(ended))

    def _one(self, one: Batch, record: RawRecord, *, tried: bool) -> Applied:
        """Apply one record; one that dies in a child, or that raises, is quarantined as ours."""
        if tried and not self.trial(one):
            words = f"{one.place} offset {record.offset}: the worker died of it three times"
            return self._refuse(one, Refusal(RefusalCode.KILLED_THE_WORKER, words))
        try:
            with self.hang.watched(str(one.place)):
                return self._with_the_world(lambda: self.ledger.apply(one, self.clock()))
        except (WorldDown, PositionMoved):
            raise
        except Exception as error:  # noqa: BLE001 - a defect of ours: kept with its traceback
            words = f"{one.place} offset {record.offset}: {type(error).__name__} in Switchboard"
            log.error("defect in a record", place=str(one.place), offset=record.offset)  # noqa: TRY400 - see above
            return self._refuse(
                one, Refusal(RefusalCode.DEFECT, words, detail=where_it_failed(error))
            )

    def _refuse(self, one: Batch, refusal: Refusal) -> Applied:
        """Quarantine one record as ours."""
        return self._with_the_world(lambda: self.ledger.apply(one, self.clock(), refused=refusal))

    def _take_in_hand(self, attempts: Mapping[Place, Attempt]) -> None:
        """Write what is about to be worked on, before it can kill us."""
        self._with_the_world(
            lambda: positions.take_in_hand(self.ledger.session, attempts, self.clock())
        )

    def _with_the_world(self, act: Callable[[], Result]) -> Result:
        """Do something with the ledger, trying again a few times while the world is down."""
        for tries in range(1, TRIES_MAX + 1):
            try:
                return act()
            except WorldDown as down:
                log.warning("the ledger is away", tries=tries, sqlstate=down.sqlstate)
                if tries == TRIES_MAX or (down.is_too_slow and tries > 1):
                    raise
            self.pause(FIRST_PAUSE_SECONDS * 2 ** (tries - 1))
            self._reopen()
        raise AssertionError  # pragma: no cover - the loop returns or raises

    def _reopen(self) -> None:
        """Open the session anew; while the ledger is away, the next try fails on the old one."""
        try:
            fresh = self.reconnect()
        except WorldDown:
            return
        self.ledger.session.close()
        self.ledger = fresh


def _singles(batch: Batch) -> Iterator[Batch]:
    """Split a batch into batches of one record, each beginning where the one before ended."""
    expected = batch.expected
    for record in batch.records:
        end = record.offset + 1
        yield Batch(batch.place, expected, (record,), end)
        expected = end


def where_it_failed(error: BaseException) -> str:
    """Say where a defect is, without the text of the exception, which may quote the record."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES_MAX:]
    lines = [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
    return "\n".join([type(error).__name__, *lines])
