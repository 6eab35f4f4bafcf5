"""Alarms: what operations or an agency must be told at once, and feeds that are paused for it.

Bad data never pauses a feed; the agency and operations are told at the rates below. Defects of
ours at the same rates pause the feed, since going on would only make more of them.

Source: DESIGN section 6, *Failure policy*: 5% of 1,000, or 50 in a row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from streams.domain.agencies import AgencyRegister
from streams.ledger.connection import Session, world
from streams.ledger.positions import FEED_PAUSED, FEED_RUNNING
from streams.pipeline import Disposition, Ended

WINDOW: Final = 1_000
WINDOW_BAD_MAX: Final = 50
IN_A_ROW_MAX: Final = 50
OPERATIONS: Final = "operations"


@dataclass(slots=True)
class _Count:
    """The running count of a feed."""

    in_a_row: int
    seen: int
    bad: int
    alarms: int = 0

    def add(self, *, is_bad: bool) -> None:
        """Count one record; reaching a limit raises one alarm and starts the count anew.

        Nothing is counted until something is refused, so that it does not matter how records are
        cut into batches.
        """
        if not is_bad and self.in_a_row == 0 and self.bad == 0:
            return
        self.seen += 1
        self.bad += is_bad
        self.in_a_row = self.in_a_row + 1 if is_bad else 0
        if self.in_a_row == IN_A_ROW_MAX or self.bad == WINDOW_BAD_MAX:
            self.alarms += 1
            self.bad = 0
        if self.seen >= WINDOW:
            self.seen, self.bad = 0, 0


def count_refusals(session: Session, feed: str, ended: Sequence[Ended], at: datetime) -> bool:
    """Count a batch's refusals on its feed, raise alarms, and return whether the feed is paused.

    A batch without refusals, on a feed without any lately, writes nothing.
    """
    refused = [each for each in ended if each.disposition is Disposition.QUARANTINED]
    row = session.execute(
        "SELECT bad_in_a_row, seen, bad, state FROM feed WHERE feed = %s", (feed,)
    ).fetchone()
    if row is None:
        session.execute(
            "INSERT INTO feed (feed, state, bad_in_a_row, seen, bad, changed_at)"
            " VALUES (%s, %s, 0, 0, 0, %s) ON CONFLICT DO NOTHING",
            (feed, FEED_RUNNING, at),
        )
    paused = row is not None and row[3] == FEED_PAUSED
    if not refused and (row is None or (row[0] == 0 and row[2] == 0)):
        return paused
    return _count(session, feed, ended, at) or paused


def _count(session: Session, feed: str, ended: Sequence[Ended], at: datetime) -> bool:
    """Lock the feed's count, bring it up to date, and act on what it has come to."""
    row = session.execute(
        "SELECT bad_in_a_row, seen, bad FROM feed WHERE feed = %s FOR UPDATE", (feed,)
    ).fetchone()
    count = _Count(*(row or (0, 0, 0)))
    for each in ended:
        count.add(is_bad=each.disposition is Disposition.QUARANTINED)
    session.execute(
        "UPDATE feed SET bad_in_a_row = %s, seen = %s, bad = %s WHERE feed = %s",
        (count.in_a_row, count.seen, count.bad, feed),
    )
    ours = [each for each in ended if each.refusal is not None and each.refusal.is_ours]
    for each in ours:
        words = f"{feed} offset {each.prepared.raw.offset}: {each.because}"
        raise_alarm(session, ("defect", feed, OPERATIONS), words, at)
    if not count.alarms:
        return False
    words = f"{feed}: {IN_A_ROW_MAX} records refused in a row, or {WINDOW_BAD_MAX} of {WINDOW}"
    for _ in range(count.alarms):
        raise_alarm(session, ("refusals", feed, OPERATIONS), words, at)
        for agency in sorted({each.prepared.agency for each in ended if each.prepared.agency}):
            raise_alarm(session, ("refusals", feed, agency), words, at)
    if ours:
        pause(session, feed, "too many defects of ours", at)
    return bool(ours)


def raise_alarm(session: Session, alarm: tuple[str, str, str], words: str, at: datetime) -> None:
    """Write an alarm, given as its kind, its subject and whom to tell."""
    session.execute(
        "INSERT INTO alarm (raised_at, kind, subject, tell, words) VALUES (%s, %s, %s, %s, %s)",
        (at, *alarm, words),
    )


def pause(session: Session, feed: str, reason: str, at: datetime) -> None:
    """Pause a feed until operations resume it."""
    session.execute(
        "UPDATE feed SET state = %s, reason = %s, changed_at = %s WHERE feed = %s",
        (FEED_PAUSED, reason, at, feed),
    )


def paused_feeds(session: Session, register: AgencyRegister) -> frozenset[str]:
    """Return the registered feeds that are paused."""
    feeds = [agency.feed for agency in register.agencies.values()]
    with world():
        rows = session.execute(
            "SELECT feed FROM feed WHERE feed = ANY(%s) AND state = %s", (feeds, FEED_PAUSED)
        ).fetchall()
    return frozenset(row[0] for row in rows)
