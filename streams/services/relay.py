"""The relay: takes what the ledger wants said to Kafka, and says it, at least once.

One relay is active; others wait for its lease. It sends what is unsent, in the order of the
outbox's numbers, waits for the broker's word, and only then marks the rows as sent. Killed between
the two, it says them again: every record therefore carries what it is about, and a consumer drops
what it has by `(notice_id, step)`, or by `ce_id`.

It looks again every few hundredths of a second. LISTEN and NOTIFY would wake it sooner, but NOTIFY
makes all transactions of a database commit one after the other, which the workers would pay for.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from threading import Event
from typing import Final, Protocol

import structlog

from connectors.publisher.sending import Sender
from connectors.publisher.spool import Entry, Parcel
from streams.ledger import outbox
from streams.ledger.connection import (
    EXIT_WORLD_DOWN,
    FIRST_PAUSE_SECONDS,
    Session,
    WorldDown,
    connect,
)
from streams.ledger.lease import Lease
from streams.ledger.outbox import Outgoing, Withheld
from streams.ledger.restored import pushes_are_held
from streams.settings import utc_now
from streams.topics import KafkaAway, KafkaRefuses, TopicIds

RELAY_LOCK: Final = 7_160_030
"""Key of the advisory lock of the active relay; any number that nothing else uses."""
RECORDS_MAX: Final = 500
"""Records that are sent between two marks in the ledger: what a crash repeats at most."""
POLL_SECONDS: Final = 0.05
"""Assumed: nobody notices a notice that is a twentieth of a second later."""
STANDBY_SECONDS: Final = 1.0
HELD_SECONDS: Final = 1.0
"""Assumed: operations who resume after a restore wait no longer than this."""
PAUSE_SECONDS_MAX: Final = 5.0
AWAY_SECONDS_MAX: Final = 30.0
"""Assumed: a broker that is away for longer needs a person, who sees the relay restart."""
WITHHELD_SECONDS: Final = 60.0
"""Assumed: how soon somebody who creates a missing topic sees what waits for it go."""
WITHHELD_MAX: Final = 1_000
SOURCE: Final = "/switchboard"
SPAN_BYTES, TRACE_BYTES = 8, 16

Clock = Callable[[], datetime]

log = structlog.get_logger(__name__)


class Signing(Protocol):
    """Says from time to time how far the audit has come."""

    def tick(self, sender: Sender) -> None:
        """Sign and send the heads that are due."""

    def close(self, sender: Sender) -> None:
        """Sign and send the last heads."""


@dataclass(frozen=True, slots=True)
class RelayParts:
    """What a relay is made of; `signing` is None where no heads are signed."""

    url: str
    kafka: str
    stop: Event
    signing: Callable[[Session, Clock], Signing] | None = None
    clock: Clock = utc_now


def run(parts: RelayParts) -> int:
    """Wait for the lease, then relay until told to stop; return the process's exit status."""
    try:
        with Lease(parts.url, "relay", RELAY_LOCK) as lease:
            while not lease.take():
                if parts.stop.wait(STANDBY_SECONDS):
                    return 0
            log.info("active", process="relay")
            with ExitStack() as stack:
                return _relay(parts, stack).run(lease)
    except (WorldDown, KafkaAway, KafkaRefuses) as error:
        log.error("the world is down", reason=type(error).__name__)  # noqa: TRY400 - words only
        return EXIT_WORLD_DOWN


def _relay(parts: RelayParts, stack: ExitStack) -> "_Relay":
    """Open what the active relay needs, all closed with the stack."""
    session = connect(parts.url, name="relay")
    stack.callback(session.close)
    sender = Sender(parts.kafka, ordered_by=in_order_by)
    stack.callback(sender.close)
    ids = stack.enter_context(TopicIds(parts.kafka))
    signing = None if parts.signing is None else parts.signing(session, parts.clock)
    return _Relay(parts, session, sender, ids, signing)


@dataclass(slots=True)
class _Relay:
    """The active relay."""

    parts: RelayParts
    session: Session
    sender: Sender
    ids: TopicIds
    signing: Signing | None
    withheld: Withheld = field(default_factory=lambda: Withheld(set(), set()))
    withheld_since: float = 0.0
    reported: set[str] = field(default_factory=set)
    away_since: float | None = None
    pause: float = FIRST_PAUSE_SECONDS

    def run(self, lease: Lease) -> int:
        """Relay until told to stop, or until the lease is another's or Kafka stays away."""
        while not self.parts.stop.is_set():
            if lease.is_lost:
                log.error("the lease is lost", process="relay")
                return EXIT_WORLD_DOWN
            self._let_withheld_go()
            if self.signing is not None:
                self.signing.tick(self.sender)
            wait = self._pass_on()
            if wait and self.parts.stop.wait(wait):
                break
        if self.signing is not None and not lease.is_lost:
            self.signing.close(self.sender)
        return 0

    def _pass_on(self) -> float:
        """Send the oldest unsent records; return how long to wait before looking again."""
        if pushes_are_held(self.session):
            return HELD_SECONDS
        waiting = outbox.unsent(self.session, self.withheld, RECORDS_MAX)
        if not waiting:
            return POLL_SECONDS
        outcome = self.sender.send(Entry(each.id, parcel(each)) for each in waiting)
        if outcome.sent:
            outbox.mark_sent(self.session, outcome.sent, self.parts.clock())
        if outcome.refused:
            self._withhold(waiting, outcome.refused)
        if outcome.stopped is not None:
            return self._wait_for_kafka(outcome.stopped)
        self.away_since, self.pause = None, FIRST_PAUSE_SECONDS
        return 0.0 if len(waiting) == RECORDS_MAX else POLL_SECONDS

    def _wait_for_kafka(self, stopped: KafkaAway | KafkaRefuses) -> float:
        """Wait longer each time that Kafka is away; give up when it stays away."""
        now = time.monotonic()
        self.away_since = self.away_since or now
        log.warning("not sent", reason=type(stopped).__name__)
        if now - self.away_since > AWAY_SECONDS_MAX:
            raise stopped
        pause, self.pause = self.pause, min(2 * self.pause, PAUSE_SECONDS_MAX)
        return pause

    def _withhold(self, waiting: Sequence[Outgoing], refused: dict[int, str]) -> None:
        """Let what Kafka does not take wait, so that the rest can go, and tell operations."""
        by_id = {each.id: each for each in waiting if each.id in refused}
        there = self.ids.ids({each.topic for each in by_id.values()})
        for number, each in by_id.items():
            if there[each.topic] is None:
                self.withheld.topics.add(each.topic)
                subject = each.topic
            else:
                self.withheld.ids.add(number)
                subject = f"{each.topic} outbox {number}"
            if subject not in self.reported:
                self.reported.add(subject)
                log.error("not taken", topic=each.topic, number=number)
                outbox.report(self.session, subject, refused[number], self.parts.clock())

    def _let_withheld_go(self) -> None:
        """Try again, once a minute, what Kafka did not take."""
        now = time.monotonic()
        if now - self.withheld_since > WITHHELD_SECONDS or len(self.withheld.ids) > WITHHELD_MAX:
            self.withheld = Withheld(set(), set())
            self.withheld_since = now


def parcel(outgoing: Outgoing) -> Parcel:
    """Make the record of an outbox row, with the CloudEvents attributes as headers."""
    name = str(outgoing.subject)
    headers = {
        "ce_specversion": "1.0",
        "ce_id": name if outgoing.step is None else f"{name}.{outgoing.step}",
        "ce_type": outgoing.type,
        "ce_source": SOURCE,
        "ce_time": outgoing.created_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "traceparent": _trace(outgoing),
    }
    if outgoing.step is not None:
        headers |= {"notice_id": name, "step": str(outgoing.step)}
    encoded = tuple((name, value.encode()) for name, value in headers.items())
    return Parcel(headers["ce_id"], outgoing.topic, outgoing.key, outgoing.value, encoded)


def in_order_by(parcel: Parcel) -> bytes:
    """Return what records are kept in order by: the notice whose steps they are, or their key.

    Receipts have their partition as key, so that what is said of an event later comes later.
    """
    subject, _, step = parcel.name.partition(".")
    return subject.encode() if step else parcel.topic.encode() + parcel.key


def _trace(outgoing: Outgoing) -> str:
    """Go on with the trace of the event that caused this, or begin one; the same at each repeat.

    Source: W3C Trace Context: version, trace, span and flags.
    """
    about = f"{outgoing.subject}.{outgoing.step}".encode()
    span = blake2b(about, digest_size=SPAN_BYTES).hexdigest()
    if outgoing.traceparent is None:
        return f"00-{blake2b(about, digest_size=TRACE_BYTES).hexdigest()}-{span}-01"
    version, trace, _, flags = outgoing.traceparent.split("-")
    return f"{version}-{trace}-{span}-{flags}"
