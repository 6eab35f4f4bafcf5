"""A rehearsal: a recorded log run through the embedded engine into a scratch ledger.

Every event has its first number, broker time and worker's clock; the rules are those of now. Nobody
is told anything, since nobody reads what a scratch ledger wants said. What the clock and officers
did is done again where it still applies. An event about nobody we know kept no content and is not
worked through again; if it took another back, that is taken back.

A year came in small batches of many feeds. Here neighbours in the ledger's order make one batch,
whatever their feeds and instants, which ends as the small ones did and takes a tenth of the time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from streams.domain.log import Batch, Origin, Place, RawRecord
from streams.engines.embedded import EmbeddedEngine
from streams.ledger import positions
from streams.ledger.connection import WorldDown
from streams.ledger.recorded import Happened, Recorded
from streams.ledger.replaying import take_back
from streams.ledger.replaying_acts import act_again
from streams.ledger.scratch import analyze
from streams.ledger.unsealing import LoggedStore
from streams.pipeline import Disposition

BATCH_MAX: Final = 500
ANALYZED_FIRST: Final = 1_000
ANALYZED_AFTER_TIMES: Final = 3
"""Assumed: PostgreSQL looks by itself once a minute, which a replay does not wait for."""
PLACE: Final = Place("rehearsal", UUID("b7f7f0a8-8a52-5b56-9f3c-2a1f5f1d7e10"), 0)
"""Where everything stands in a scratch ledger; no topic of Kafka's has this id."""

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class RefusedNow:
    """An event that was admitted, and that the rules of now would quarantine."""

    seq: int
    publisher: str
    event_id: str
    event_type: str
    words: str


@dataclass(slots=True)
class Rehearsal:
    """Runs one log into one scratch ledger, and counts what came of it."""

    engine: EmbeddedEngine
    events: int = 0
    acts: int = 0
    without_content: int = 0
    acts_failed: int = 0
    refused: list[RefusedNow] = field(default_factory=list)
    _store: LoggedStore = field(default_factory=LoggedStore)
    _waiting: list[Happened] = field(default_factory=list)
    _offset: int = 0
    _analyzed_at: int = ANALYZED_FIRST

    def run(self, log: Recorded, progress: Progress) -> None:
        """Run the whole log; raises `WorldDown`."""
        positions.begin(self.engine.ledger.session, PLACE, 0, self.engine.now)
        for happened in log.happened():
            if happened.done is not None:
                self._flush()
                self._act(happened)
            elif happened.row["payload"] is None:
                self._forgotten(happened)
            else:
                self._waiting.append(happened)
                if len(self._waiting) == BATCH_MAX:
                    self._flush()
            progress(1)
        self._flush()

    def _flush(self) -> None:
        """Apply the events that wait for their batch."""
        some, self._waiting = self._waiting, []
        if some:
            self._events(some)

    def _act(self, happened: Happened) -> None:
        """Do an act again; one that a changed rule leaves nothing to do about has no effect."""
        if happened.done is None:
            return
        self.acts += 1
        try:
            act_again(self.engine.ledger, [happened.done], self._store)
        except WorldDown:
            raise
        except Exception:  # noqa: BLE001 - a rule of now: it is counted, and shows in what is gone
            self.acts_failed += 1

    def _forgotten(self, happened: Happened) -> None:
        """Take back what an event without content took back; it says nothing else."""
        self.without_content += 1
        if happened.row["retracts"] or happened.row["supersedes"]:
            self._flush()
            with self.engine.ledger.session.transaction():
                take_back(self.engine.ledger, happened)

    def _events(self, some: Sequence[Happened]) -> None:
        """Apply events as one batch; where that cannot be, apply them one by one."""
        records = tuple(self._record(each) for each in some)
        batch = Batch(PLACE, 0, records, records[-1].offset + 1)
        self.engine.now = some[0].at
        try:
            ended = self.engine.apply(batch, seqs=[each.after for each in some]).ended
        except (WorldDown, positions.PositionMoved):
            raise
        except Exception as error:  # noqa: BLE001 - a rule of now: its event is named
            if len(some) > 1:
                for each in some:
                    self._events([each])
                return
            self.events += 1
            self._refuse(some[0], f"{type(error).__name__} in Switchboard")
            return
        self.events += len(some)
        if self.events >= self._analyzed_at:
            # Plans that were made for empty tables would read all of the full ones.
            self._analyzed_at *= ANALYZED_AFTER_TIMES
            analyze(self.engine.ledger.session)
        for each, end in zip(some, ended, strict=True):
            if end.disposition is Disposition.QUARANTINED:
                self._refuse(each, end.because)
            elif not end.keeps_content:
                # It was sealed, and is opened by an act that comes later in the log.
                self._store.payloads[each.after] = each.row["payload"]

    def _record(self, happened: Happened) -> RawRecord:
        """Return an event's record with where it came from, at the next offset of ours."""
        agency = self.engine.ledger.rules.register.agencies.get(happened.row["publisher"])
        place = happened.place
        feed = place.topic if agency is None else agency.feed
        self._offset += 1
        origin = Origin(feed, happened.at, place.is_repair)
        return replace(happened.raw, offset=self._offset, origin=origin)

    def _refuse(self, happened: Happened, words: str) -> None:
        """Keep that an event would be quarantined."""
        row = happened.row
        self.refused.append(
            RefusedNow(happened.after, row["publisher"], row["event_id"], row["type"], words)
        )
