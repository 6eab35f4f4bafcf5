"""What both engines need to know of a partition: its life, where it starts, and whether it may run.

A partition is known by the id of its topic, since a topic that was deleted and created again has
the same name and other records. Where it starts is the ledger's word, whatever the consumer group
says. A position that the log no longer has stops the partition until operations resume it.

Everything here blocks, and runs on the thread of the partition's feed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from typing import Final, Protocol
from uuid import UUID

import structlog

from streams.domain.log import Batch, Place, RawRecord
from streams.engines.port import Applier
from streams.ledger import alarms, positions
from streams.ledger.positions import PositionMoved
from streams.ledger.transaction import Applied
from streams.pipeline import Rules
from streams.settings import Settings, utc_now
from streams.topics import Bounds, TopicIds

GROUP: Final = "switchboard"
SESSION_TIMEOUT_MS: Final = 6_000
HEARTBEAT_MS: Final = 2_000
METADATA_MAX_AGE_MS: Final = 10_000
"""Source: DESIGN 4.1 and 4.2."""
IDS_FRESH_SECONDS: Final = 1.0
"""Source: DESIGN 4.1: topic ids are asked for again when over 1 s old."""
PAUSED_FRESH_SECONDS: Final = 2.0
"""Assumed: operations who pause or resume a feed wait no longer than this."""

log = structlog.get_logger(__name__)

PartitionOf = tuple[str, int]
"""A topic's name and a partition's number, as Kafka's clients know it."""
Share = Sequence[tuple[Place, Sequence[RawRecord]]]
"""What goes into one transaction: records of different partitions of one feed."""


def shares(fetched: Share, most: int) -> Iterator[Share]:
    """Cut what was fetched into shares of at most so many records, each partition in its order."""
    share: list[tuple[Place, Sequence[RawRecord]]] = []
    room = most
    for place, records in fetched:
        for first in range(0, len(records), most):
            piece = records[first : first + most]
            if len(piece) > room or (share and share[-1][0] == place):
                yield share
                share, room = [], most
            share.append((place, piece))
            room -= len(piece)
    if share:
        yield share


class Watch(Protocol):
    """Notices records that were fetched and never applied."""

    def fetched(self, place: Place) -> None:
        """Begin to wait for a batch of this place to be applied."""

    def applied(self, place: Place) -> None:
        """Stop waiting."""


@dataclass(frozen=True, slots=True)
class Start:
    """Where a partition starts; `offset` is None where it may not run, and `why` says why."""

    place: Place
    offset: int | None
    why: str = ""


@dataclass(slots=True)
class Feed:
    """One feed in one worker: its applier, and the only thread that ever uses it."""

    name: str
    applier: Applier
    thread: ThreadPoolExecutor
    expected: dict[PartitionOf, int] = field(default_factory=dict)
    places: dict[PartitionOf, Place] = field(default_factory=dict)

    def start(self, partition: PartitionOf, topic_id: UUID | None, bounds: Bounds) -> Start:
        """Decide where a newly assigned partition starts, or that it may not run."""
        topic, number = partition
        if topic_id is None:
            return Start(Place(topic, UUID(int=0), number), None, "the topic does not exist")
        place = Place(topic, topic_id, number)
        offset = self.applier.start(place, bounds.earliest)
        lost = self._loss(place, offset, bounds)
        if lost is not None:
            self.forget(partition)
            return Start(place, None, f"offsets {lost[0]} to {lost[1] - 1} are not in the log")
        self.expected[partition] = offset
        self.places[partition] = place
        return Start(place, offset)

    def _loss(self, place: Place, offset: int, bounds: Bounds) -> tuple[int, int] | None:
        """Return what lies between the ledger's position and the log, recording it if it is new."""
        session = self.applier.ledger.session
        known = positions.open_loss(session, place)
        if known is not None:
            return known
        if bounds.earliest <= offset <= bounds.end:
            return None
        lost = (offset, bounds.earliest) if offset < bounds.earliest else (bounds.end, offset)
        positions.record_loss(session, place, lost, self.applier.clock())
        log.error("possible loss", place=str(place), lost_from=lost[0], lost_to=lost[1])
        return lost

    def forget(self, partition: PartitionOf) -> None:
        """Let go of a partition that is no longer ours, or that may not run."""
        self.expected.pop(partition, None)
        self.places.pop(partition, None)

    def apply(self, share: Share) -> dict[Place, Applied | PositionMoved]:
        """Apply what was fetched of some places; raises `WorldDown`.

        A partition that has become another place since has moved: what was fetched is of a topic
        that is gone, and would move the position of the new one past its records.
        """
        ended: dict[Place, Applied | PositionMoved] = {}
        batches: list[Batch] = []
        for place, records in share:
            partition = (place.topic, place.partition)
            if self.places.get(partition) != place:
                ended[place] = PositionMoved(place, 0, records[0].offset)
                continue
            end = records[-1].offset + 1
            batches.append(Batch(place, self.expected[partition], tuple(records), end))
        for batch, applied in zip(batches, self.applier.apply_together(batches), strict=True):
            ended[batch.place] = applied
            if isinstance(applied, Applied):
                self.expected[batch.place.topic, batch.place.partition] = applied.next_offset
        return ended

    def skip(self, partition: PartitionOf, to: int) -> None:
        """Move a position over offsets that hold no record for anybody to read."""
        if to > self.expected[partition]:
            batch = Batch(self.places[partition], self.expected[partition], (), to)
            self.expected[partition] = self.applier.apply(batch).next_offset


@dataclass(slots=True)
class WorkerParts:
    """What a worker is made of; an engine gets it and runs until `stop` is set."""

    settings: Settings
    rules: Rules
    feeds: Mapping[str, Feed]
    topics: TopicIds
    topics_thread: ThreadPoolExecutor
    watch: Watch
    stop: Event
    group: str = GROUP
    clock: Callable[[], datetime] = utc_now
    before_commit: Callable[[], None] = lambda: None

    def look_up(self, topic: str) -> tuple[UUID | None, Mapping[int, Bounds]]:
        """Ask Kafka for a topic's id and for what its log has; runs on the topics' thread."""
        topic_id = self.topics.ids([topic])[topic]
        return topic_id, {} if topic_id is None else self.topics.bounds(topic)

    def changed(self) -> list[str]:
        """Return the topics that are no longer those we hold; runs on the topics' thread."""
        ids = self.topics.ids(list(self.feeds))
        return sorted(
            {
                place.topic
                for feed in self.feeds.values()
                for place in list(feed.places.values())
                if ids.get(place.topic) != place.topic_id
            }
        )

    def paused(self) -> frozenset[str]:
        """Return the feeds that operations, or too many defects, have paused."""
        first = next(iter(self.feeds.values()))
        return alarms.paused_feeds(first.applier.ledger.session, self.rules.register)
