"""From publishing an event to its notice being readable in the ledger, at a steady rate.

A producer sends a county's events one by one at their instants; beside it the ledger is asked, a
hundred times a second, which of the events that are under way have told somebody. What tells nobody
is sent as well and not measured: it has no notice to wait for.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Thread
from typing import Any, Final

import psycopg
from kafka import KafkaProducer

from bench.generator import events, parcels
from bench.ground import DAY, SECRET, Ground
from bench.workers import on_kafka, workers
from connectors.publisher.spool import Parcel

LOOK_EVERY_SECONDS: Final = 0.01
WARM_UP_SECONDS: Final = 5.0
"""Events that are sent before are not measured: Python and Kafka are cold."""
LAST_SECONDS_MAX: Final = 10.0
"""How long after the last event its notice is waited for."""
ADMITTED: Final = (
    "SELECT e.publisher, e.event_id, EXISTS (SELECT FROM notice_step s WHERE s.seq = e.seq)"
    " FROM event e JOIN unnest(%s::text[], %s::text[])"
    " AS k (publisher, event_id) USING (publisher, event_id)"
)
"""Which events are in the ledger, and whether they told anybody: one commit, so known at once."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure: a rate, for how long, over how large a county."""

    rate: int = 200
    seconds: int = 20
    people: int = 5_000
    processes: int = 1
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Figures:
    """How long notices took, in seconds, the shortest first; and how many events told nobody."""

    engine: str
    took: tuple[float, ...]
    silent: int
    unanswered: int

    def percentile(self, share: float) -> float:
        """Return the time within which such a share of the notices could be read, else infinity."""
        if not self.took:
            return float("inf")
        return self.took[min(int(share * len(self.took)), len(self.took) - 1)]


@dataclass(slots=True)
class _Post:
    """What was sent when; an event that is sent twice counts from the first time."""

    sent_at: dict[tuple[str, str], float] = field(default_factory=dict)
    readable_at: dict[tuple[str, str], float] = field(default_factory=dict)
    admitted: set[tuple[str, str]] = field(default_factory=set)

    def under_way(self) -> list[tuple[str, str]]:
        """Return what was sent and has told nobody yet."""
        gone = self.readable_at
        return [key for key in list(self.sent_at) if key not in gone and key not in self.admitted]


def measure(engine: str, plan: Plan) -> Figures:
    """Run one engine at a steady rate and return how long its notices took."""
    with on_kafka(plan.people, plan.seed) as on:
        with workers(on.made, on.settings, engine, plan.processes):
            post = _Post()
            day = _day(on.made, plan)
            sending = Thread(target=_send, args=(on.settings.kafka, day, plan, post))
            sending.start()
            _watch(on.made.url, sending, post)
            sending.join()
        return _figures(engine, post)


def _day(made: Ground, plan: Plan) -> Iterator[tuple[tuple[str, str], Parcel]]:
    """Yield the events to send, each with its publisher and id."""
    count = plan.rate * plan.seconds
    said = list(events(made.county, made.now - DAY, count))
    keys = [(each.agency, str(each.record["meta"]["event_id"])) for each in said]
    return zip(keys, parcels(said, made.rules.register, SECRET), strict=True)


def _send(
    bootstrap: str, day: Iterable[tuple[tuple[str, str], Parcel]], plan: Plan, post: _Post
) -> None:
    """Send each event at its instant; one that is late is sent at once."""
    producer = KafkaProducer(bootstrap_servers=bootstrap, linger_ms=0, acks="all")
    begun = time.monotonic()
    try:
        for number, (key, parcel) in enumerate(day):
            wait = begun + number / plan.rate - time.monotonic()
            if wait > 0:
                time.sleep(wait)  # the rate is what is asked for: an event has its instant
            now = time.monotonic()
            if now - begun > WARM_UP_SECONDS:
                post.sent_at.setdefault(key, now)
            headers = list(parcel.headers)
            producer.send(parcel.topic, parcel.value, key=parcel.key, headers=headers)
        producer.flush()
    finally:
        producer.close()


def _watch(url: str, sending: Thread, post: _Post) -> None:
    """Ask the ledger again and again which events have told somebody."""
    last = time.monotonic()
    with psycopg.connect(url, autocommit=True) as session:
        while sending.is_alive() or (
            post.under_way() and time.monotonic() - last < LAST_SECONDS_MAX
        ):
            waiting = post.under_way()
            there = _admitted(session, waiting)
            now = time.monotonic()
            found = [key for key, told in there.items() if told]
            post.readable_at |= dict.fromkeys(found, now)
            post.admitted |= there.keys() - set(found)
            last = time.monotonic() if found or sending.is_alive() else last
            time.sleep(LOOK_EVERY_SECONDS)  # the ledger tells no reader that it has moved


def _admitted(
    session: psycopg.Connection[Any], keys: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], bool]:
    """Return those of the events that are in the ledger, and whether they told anybody."""
    if not keys:
        return {}
    publishers, ids = zip(*keys, strict=True)
    rows = session.execute(ADMITTED.encode(), (list(publishers), list(ids))).fetchall()
    return {(publisher, event_id): told for publisher, event_id, told in rows}


def _figures(engine: str, post: _Post) -> Figures:
    """Reckon how long each notice took."""
    told = set(post.readable_at)
    took = sorted(post.readable_at[key] - post.sent_at[key] for key in told)
    silent = len(post.admitted)
    return Figures(engine, tuple(took), silent, len(post.sent_at) - len(told) - silent)
