"""Every worker and relay looks, when it starts, whether the ledger was restored from a backup.

What the workers have committed to Kafka is asked before anything is read: from the first batch on
they commit lower offsets again, and what shows a data folder that was put back would be gone.
"""

from collections.abc import Collection
from datetime import datetime

import structlog

from streams.engines.partitions import GROUP
from streams.ledger import restored
from streams.ledger.connection import Session
from streams.topics import TopicIds

log = structlog.get_logger(__name__)


def look(session: Session, kafka: str, feeds: Collection[str], at: datetime) -> list[str]:
    """Look, and say in the log what holds pushes; raise `KafkaAway`, `KafkaRefuses`, `WorldDown`.

    `feeds` are those of our register: a cluster may carry others. Inbound events go on in any case:
    what the ledger has forgotten comes again from Kafka.
    """
    with TopicIds(kafka) as topics:
        told = {key: offset for key, offset in topics.committed(GROUP).items() if key[0] in feeds}
        ids = topics.ids({topic for topic, _ in told})
    committed = {
        (topic_id, partition): offset
        for (topic, partition), offset in told.items()
        if (topic_id := ids[topic]) is not None
    }
    held = restored.look(session, committed, at)
    if held:
        log.error("restored, so pushes wait for ledger resume-after-restore", count=len(held))
    return held
