"""Which topics there must be, as values made from the agency register."""

from collections.abc import Mapping
from dataclasses import dataclass

from streams.domain.agencies import AgencyRegister

DAY_MS = 24 * 60 * 60 * 1000
FEED_RETENTION_DAYS = 35
"""Assumed: longer than the oldest backup is kept, so that a restored ledger can read again what it
has lost (DESIGN 4.1)."""
NOTICES_RETENTION_DAYS = 7
"""Assumed: long enough for a provider's system to come back after a bad week; notices hold personal
data and the ledger keeps them anyway."""
RECEIPTS_RETENTION_DAYS = 35
"""Assumed: as long as the feed that a receipt is about."""
FOR_EVER = -1
"""The signed heads of the audit chains: `ledger verify` checks even the oldest entry with them."""

FEED_RECORD_BYTES_MAX = 6 * 1024 * 1024
"""Room for a whole payload that a source rejected (5 MiB at most) with its headers and reasons."""
OUTPUT_RECORD_BYTES_MAX = 1024 * 1024
NOTICES_PARTITIONS = 6


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it must be; `config` holds only what we insist on."""

    name: str
    partitions: int
    config: Mapping[str, str]


def declared(register: AgencyRegister) -> tuple[Topic, ...]:
    """Return every topic that there must be: feeds, notices, receipts and audit."""
    agencies = sorted(register.agencies.values(), key=lambda agency: agency.id)
    feeds = [
        Topic(agency.feed, agency.partitions, _config(FEED_RETENTION_DAYS, FEED_RECORD_BYTES_MAX))
        for agency in agencies
    ]
    notices = [
        Topic(f"notices.{provider}", NOTICES_PARTITIONS, _config(NOTICES_RETENTION_DAYS))
        for provider in register.providers
    ]
    receipts = [
        Topic(f"receipts.{agency.id}", 1, _config(RECEIPTS_RETENTION_DAYS)) for agency in agencies
    ]
    return (*feeds, *notices, *receipts, Topic("audit", 1, _config(FOR_EVER)))


def _config(retention_days: int, record_bytes_max: int = OUTPUT_RECORD_BYTES_MAX) -> dict[str, str]:
    retention_ms = FOR_EVER if retention_days == FOR_EVER else retention_days * DAY_MS
    return {
        "cleanup.policy": "delete",
        "max.message.bytes": str(record_bytes_max),
        # Legal dates are reckoned from the broker's time, not from the sender's (DESIGN 4.7).
        "message.timestamp.type": "LogAppendTime",
        "retention.ms": str(retention_ms),
    }
