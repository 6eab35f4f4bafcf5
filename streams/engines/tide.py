"""What comes in: partitions that stand at the end of their log are marked as applied up to now.

Both engines call `turn` wherever they look after their worker; it does something once a second. All
feeds are asked for in one go, also those whose partitions another worker has: it does no harm, and
a feed must not seem to be down because one worker is.
"""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

import structlog

from streams.engines.partitions import WorkerParts
from streams.ledger import watermarks
from streams.ledger.connection import WorldDown
from streams.ledger.watermarks import LogEnds
from streams.settings import utc_now
from streams.topics import KafkaAway, KafkaRefuses

TURN_SECONDS: Final = 1.0
SKEW: Final = timedelta(seconds=2)
"""Assumed: how far our clock may be ahead of a broker's."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Tide:
    """Asks where the logs end, about once a second, and lets the watermarks rise.

    `ends` is where they ended at the last look, by topic and partition.
    """

    parts: WorkerParts
    ends: dict[tuple[str, int], int] = field(default_factory=dict)
    _next_at: float = 0.0
    _lives: dict[str, tuple[UUID, int]] = field(default_factory=dict)

    async def turn(self) -> bool:
        """Look where the logs end, if it is time; answer whether it is known anew.

        While the world is down, nothing rises.
        """
        if time.monotonic() < self._next_at:
            return False
        try:
            await self._turn()
        except (KafkaAway, KafkaRefuses, WorldDown) as error:
            log.warning("watermarks do not rise", reason=type(error).__name__)
            return False
        finally:
            self._next_at = time.monotonic() + TURN_SECONDS
        return True

    async def _turn(self) -> None:
        """Ask Kafka on the topics' thread, and write on a feed's."""
        loop = asyncio.get_running_loop()
        # The broker's time, which no setting moves.
        at = utc_now() - SKEW
        logs = await loop.run_in_executor(self.parts.topics_thread, self._ends)
        self.ends = {(name, n): end for name, each in logs.items() for n, end in each.ends.items()}
        thread = next(iter(self.parts.feeds.values())).thread
        await loop.run_in_executor(thread, partial(self._rise, logs, at))

    def _ends(self) -> dict[str, LogEnds]:
        """Ask Kafka; runs on the topics' thread."""
        found = self.parts.topics.ends(self.parts.feeds)
        return {name: LogEnds(*known) for name, known in found.items()}

    def _rise(self, logs: dict[str, LogEnds], at: datetime) -> None:
        """Write what was found; runs on a feed's thread."""
        session = next(iter(self.parts.feeds.values())).applier.ledger.session
        lives = {name: (log.topic_id, len(log.ends)) for name, log in logs.items()}
        if lives != self._lives:
            watermarks.know(session, logs)
            self._lives = lives
        watermarks.rise(session, logs, at)
