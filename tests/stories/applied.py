"""A feed as every engine works on it: through the applier, with its failure policy."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from world_builder import NOW, Said

from streams.domain.log import Batch, RawRecord
from streams.engines.embedded import place_of
from streams.engines.hang import Hang
from streams.engines.port import Applier, Gate

if TYPE_CHECKING:
    from fixtures.ledger import Story

    from streams.ledger.transaction import Applied, Ledger

CASES: Final = "feed.case-management"
HANG_SECONDS: Final = 60.0


@dataclass(slots=True)
class Feed:
    """One feed with the applier that engines use; nothing waits and no child is started."""

    story: Story
    name: str
    applier: Applier
    end: int
    tried: list[int] = field(default_factory=list)

    def send(self, *said: Said) -> Applied:
        """Apply a batch as an engine would."""
        start, self.end = self.end, self.end + len(said)
        records = tuple(
            RawRecord(start + n, None, each.value, each.raw().headers, NOW)
            for n, each in enumerate(said)
        )
        return self.applier.apply(Batch(place_of(self.name), start, records, self.end))


def feed_of(story: Story, name: str = CASES, *, lives: bool = True) -> Feed:
    """Make the applier of a feed on a story's ledger."""
    tried: list[int] = []

    def trial(batch: Batch) -> bool:
        """Answer for the child of a killer's trial."""
        tried.append(batch.records[0].offset)
        return lives

    applier = Applier(
        ledger=story.engine.ledger,
        reconnect=lambda: no_second_ledger(story.engine.ledger),
        trial=trial,
        gate=Gate(),
        hang=Hang(HANG_SECONDS),
        clock=lambda: NOW,
        pause=lambda _seconds: None,
    )
    return Feed(story, name, applier, applier.start(place_of(name), 0), tried)


def no_second_ledger(_ledger: Ledger) -> Ledger:
    """Fail: the world is never down in these stories."""
    message = "a new session was asked for, though the world was not down"
    raise AssertionError(message)
