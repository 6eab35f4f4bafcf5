"""What the clock may have to do, picked without locks; each act looks again under them.

A duty that waits for a reply falls only when its agency's feed is in the ledger past the time it
was due, or has been down or behind for so long that it is told as late: an outage must not look
like an agency's silence.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from streams.domain.acts import DutyFell
from streams.domain.agencies import SEALED_FOR_MAX
from streams.domain.errors import REFUSED_FOR_MAX
from streams.domain.reviews import NOBODYS_FOR_MAX
from streams.ledger import watermarks
from streams.ledger.arrays import instants, texts
from streams.ledger.connection import Session, world
from streams.ledger.directories import DirectoryCache
from streams.ledger.vault import Vault
from streams.pipeline import Rules

FALLEN: Final = """
    SELECT d.id, w.agency IS NOT NULL AND coalesce(w.reached, '-infinity') <= d.due_at AS feed_late
    FROM duty d
    LEFT JOIN unnest(%(agencies)s::text[], %(reached)s::timestamptz[]) AS w (agency, reached)
        ON w.agency = d.expected_of
    WHERE d.state = 'open' AND d.due_at <= %(at)s AND (
        w.agency IS NULL
        OR w.reached > d.due_at
        OR coalesce(w.reached, '-infinity') <= %(down_since)s
    )
    ORDER BY d.due_at, d.id LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class LookedUp:
    """When a held event was last looked up again, and what had last changed identity by then."""

    changed: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Watch:
    """By what the clock goes: the rules, and how late a feed may be.

    `offset` is how far our clock is moved; the brokers' clocks, by which watermarks go, are not.
    `staff` is the clock's copy of the directory. `secret` is that of identity look-ups, `vault`
    opens the sealed store where an agency has it on, and `sealed_for` is how long that keeps.
    `looked` remembers which held events were looked up again, so that they are when it may help.
    `nobodys_for` is how long content is kept that a human has said is about nobody we know, and
    `erased_until` when there was none that is kept for longer; `quarantine_for` is how long what
    was refused, replayed or closed is kept.
    """

    rules: Rules
    feed_late_after: timedelta
    offset: timedelta = timedelta(0)
    staff: DirectoryCache = field(default_factory=DirectoryCache, compare=False)
    secret: bytes = field(default=b"", repr=False)
    vault: Vault | None = None
    sealed_for: timedelta = SEALED_FOR_MAX
    looked: dict[int, LookedUp] = field(default_factory=dict, compare=False)
    nobodys_for: timedelta = NOBODYS_FOR_MAX
    erased_until: dict[str, datetime] = field(default_factory=dict, compare=False)
    quarantine_for: timedelta = REFUSED_FOR_MAX


def fallen_duties(session: Session, watch: Watch, at: datetime, most: int) -> Sequence[DutyFell]:
    """Pick the duties that passed their time undone, the longest overdue first."""
    known = watermarks.of_feeds(session)
    agencies = sorted(watch.rules.register.agencies.values(), key=lambda agency: agency.id)
    reached = [known.get(agency.feed) for agency in agencies]
    values = {
        "agencies": texts(agency.id for agency in agencies),
        "reached": instants(None if each is None else each + watch.offset for each in reached),
        "at": at,
        "down_since": at - watch.feed_late_after,
        "most": most,
    }
    with world():
        rows = session.execute(FALLEN, values).fetchall()
    return [DutyFell(duty_id, feed_late) for duty_id, feed_late in rows]
