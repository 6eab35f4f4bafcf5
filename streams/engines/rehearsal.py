"""A rehearsal: a recorded log run through the embedded engine into a scratch ledger.

Every event has its first number, broker time and worker's clock; the rules are those of now. Nobody
is told anything, since nobody reads what a scratch ledger wants said. What the clock and officers
did is done again where it still applies. An event about nobody we know kept no content and is not
worked through again; if it took another back, that is taken back.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from streams.domain.log import Batch
from streams.engines.embedded import EmbeddedEngine
from streams.ledger import positions
from streams.ledger.connection import WorldDown
from streams.ledger.recorded import Happened, Recorded
from streams.ledger.replaying import take_back
from streams.ledger.replaying_acts import act_again
from streams.pipeline import Disposition

BATCH_MAX: Final = 500

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
    _begun: set[str] = field(default_factory=set)

    def run(self, log: Recorded, progress: Progress) -> None:
        """Run the whole log; raises `WorldDown`."""
        for (_, at), group in groupby(log.happened(), lambda each: (each.chain, each.at)):
            self.engine.now = at
            for kind, some in groupby(group, _kind):
                for part in _parts(list(some)):
                    getattr(self, f"_{kind}")(part)
                    progress(len(part))

    def _act(self, some: Sequence[Happened]) -> None:
        """Do acts again; one that a changed rule leaves nothing to do about has no effect."""
        self.acts += len(some)
        try:
            act_again(self.engine.ledger, [each.done for each in some if each.done is not None])
        except WorldDown:
            raise
        except Exception:  # noqa: BLE001 - a rule of now: it is counted, and shows in what is gone
            if len(some) == 1:
                self.acts_failed += 1
                return
            self.acts -= len(some)
            for each in some:
                self._act([each])

    def _forgotten(self, some: Sequence[Happened]) -> None:
        """Take back what events without content took back; they say nothing else."""
        self.without_content += len(some)
        for each in some:
            if each.row["retracts"] or each.row["supersedes"]:
                with self.engine.ledger.session.transaction():
                    take_back(self.engine.ledger, each)

    def _event(self, some: Sequence[Happened]) -> None:
        """Apply events of one place and instant; where one cannot be, apply them one by one."""
        first = some[0]
        if first.chain not in self._begun:
            positions.begin(self.engine.ledger.session, first.place, 0, first.at)
            self._begun.add(first.chain)
        try:
            ended = self.engine.apply(self._batch(some), seqs=[each.after for each in some]).ended
        except (WorldDown, positions.PositionMoved):
            raise
        except Exception as error:  # noqa: BLE001 - a rule of now: its event is named
            if len(some) == 1:
                self.events += 1
                self._refuse(first, f"{type(error).__name__} in Switchboard")
                return
            for each in some:
                self._event([each])
            return
        self.events += len(some)
        for each, end in zip(some, ended, strict=True):
            if end.disposition is Disposition.QUARANTINED:
                self._refuse(each, end.because)

    def _batch(self, some: Sequence[Happened]) -> Batch:
        """Make a batch of events; those of a repair are of one agency only."""
        place, records = some[0].place, tuple(each.raw for each in some)
        agency = self.engine.ledger.rules.register.agencies.get(some[0].row["publisher"])
        feed = agency.feed if agency is not None and place.is_repair else None
        return Batch(place, 0, records, records[-1].offset + 1, feed)

    def _refuse(self, happened: Happened, words: str) -> None:
        """Keep that an event would be quarantined."""
        row = happened.row
        self.refused.append(
            RefusedNow(happened.after, row["publisher"], row["event_id"], row["type"], words)
        )


def _kind(happened: Happened) -> str:
    """Say how something is done again."""
    if happened.done is not None:
        return "act"
    return "forgotten" if happened.row["payload"] is None else "event"


def _parts(some: Sequence[Happened]) -> Iterator[Sequence[Happened]]:
    """Cut what came at once into batches; repairs at one instant may be of several agencies."""
    size = 1 if some[0].event is not None and some[0].place.is_repair else BATCH_MAX
    for start in range(0, len(some), size):
        yield some[start : start + size]
