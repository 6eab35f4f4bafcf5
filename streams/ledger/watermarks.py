"""Watermarks: the broker's time up to which a feed is in the ledger, so that silence counts.

A batch moves its partition's watermark to its newest record. Where nothing comes, that would stand
still for ever: so a worker asks Kafka about once a second where the logs end, and a partition that
stands there is applied up to the instant before it asked. A feed is as far as its partitions are,
all of them; one that was never looked at holds the feed back.

An outage therefore stops the watermark, be it ours, the agency's feed's, or Kafka's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from streams.ledger.arrays import texts, uuids
from streams.ledger.connection import Session, world


@dataclass(frozen=True, slots=True)
class LogEnds:
    """Where the log of a feed ends: of which life of its topic, by partition."""

    topic_id: UUID
    ends: Mapping[int, int]


# A partition that is being worked on is not idle, and a batch must not be waited for.
RISE: Final = """
    UPDATE position p SET watermark = greatest(p.watermark, %s)
    FROM (
        SELECT topic_id, partition FROM position
        JOIN unnest(%s::uuid[], %s::integer[], %s::bigint[]) AS e (topic_id, partition, log_end)
            USING (topic_id, partition)
        WHERE next_offset = log_end AND NOT EXISTS (
            SELECT FROM possible_loss l WHERE l.topic_id = e.topic_id
                AND l.partition = e.partition AND l.resumed_at IS NULL AND l.from_offset > 0
        )
        ORDER BY topic_id, partition FOR UPDATE OF position SKIP LOCKED
    ) AS idle
    WHERE p.topic_id = idle.topic_id AND p.partition = idle.partition
"""
KNOW: Final = """
    INSERT INTO feed_log (feed, topic_id, partitions)
    SELECT * FROM unnest(%s::text[], %s::uuid[], %s::integer[])
    ON CONFLICT (feed) DO UPDATE
    SET topic_id = excluded.topic_id, partitions = excluded.partitions
    WHERE (feed_log.topic_id, feed_log.partitions)
        IS DISTINCT FROM (excluded.topic_id, excluded.partitions)
"""
OF_FEEDS: Final = """
    SELECT l.feed, CASE WHEN count(p.watermark) = l.partitions THEN min(p.watermark) END
    FROM feed_log l LEFT JOIN position p ON p.topic_id = l.topic_id
    GROUP BY l.feed, l.partitions
"""


def know(session: Session, logs: Mapping[str, LogEnds]) -> None:
    """Keep which life of each feed's topic is read, and how many partitions it has."""
    feeds = sorted(logs)
    with world():
        session.execute(
            KNOW,
            (
                texts(feeds),
                uuids(logs[feed].topic_id for feed in feeds),
                [len(logs[feed].ends) for feed in feeds],
            ),
        )


def rise(session: Session, logs: Mapping[str, LogEnds], at: datetime) -> None:
    """Let the partitions that stand at the end of their log be applied up to an instant.

    `at` is before the ends were asked for, and in the broker's time.
    """
    places = [(log.topic_id, n, end) for log in logs.values() for n, end in log.ends.items()]
    with world():
        session.execute(
            RISE,
            (
                at,
                uuids(topic_id for topic_id, _, _ in places),
                [partition for _, partition, _ in places],
                [end for _, _, end in places],
            ),
        )


def of_feeds(session: Session) -> dict[str, datetime | None]:
    """Return how far each feed is that workers know of; None where a partition was never read."""
    with world():
        return dict(session.execute(OF_FEEDS).fetchall())
