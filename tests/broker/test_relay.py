"""The relay on a real Kafka: nothing that the ledger wants said is missing, whatever happens."""

from __future__ import annotations

import random
import re
import signal
import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final

import pytest
from broker.local_kafka import until
from broker.relays import HOLDER, SECONDS_MAX, SENT, UNSENT, Relays, on_topic
from fixtures.ledger import LIMITS, RULES, SECRET, Story, header_of, story_in
from world_builder import NOW, PARTNER, PERSON, a_county, allocated, assigned, callout

from schemas.codec import decode
from streams.domain.log import Batch, RawRecord
from streams.engines.embedded import place_of
from streams.ledger import positions
from streams.ledger.connection import connect
from streams.ledger.transaction import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from world_said import Said

    from streams.ledger.connection import Session
    from streams.ledger.transaction import Step

KILLS: Final = 20
PROVIDERS: Final = ("crc-durham-tees-valley", "nps-north-east")
HEADERS: Final = {
    "ce_id",
    "ce_source",
    "ce_specversion",
    "ce_time",
    "ce_type",
    "notice_id",
    "step",
    "traceparent",
}
TRACE: Final = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
STEPS: Final = "SELECT notice_id::text, step FROM notice_step"
LATE: Final = (
    "SELECT count(*) FROM outbox WHERE id < %s AND subject IN"
    " (SELECT notice_id FROM notice_step s JOIN event e USING (seq) WHERE e.partition = 1)"
)
"""How many records of partition 1 have lower numbers than one that was sent before them."""

pytestmark = [pytest.mark.kafka, pytest.mark.slow]


@pytest.fixture
def story(ledger_url: str) -> Iterator[Story]:
    """Give a ledger in which two people have an officer, whose notices are to be sent."""
    with connect(ledger_url, name="test", limits=LIMITS) as session:
        told = story_in(session)
        told.given(*a_county(), allocated(PARTNER), assigned(PARTNER))
        yield told


@pytest.fixture
def relays(kafka: str, ledger_url: str, tmp_path: Path, feed_prefix: str) -> Relays:
    """Give relays of this test, not started yet."""
    return Relays(kafka, ledger_url, tmp_path, feed_prefix)


@contextmanager
def talking(story: Story, tag: str) -> Iterator[threading.Event]:
    """Let the police go on reporting call-outs until told to stop; `tag` is the test's own.

    A notice's id follows from its event's, and other tests tell the same topics of theirs.
    """
    over = threading.Event()

    def talk() -> None:
        number = 0
        while not over.wait(0.02):
            number += 1
            story.when(callout(PERSON, f"DA-{number}", event_id=f"{tag}-{number}"))

    thread = threading.Thread(target=talk, daemon=True)
    thread.start()
    try:
        yield over
    finally:
        over.set()
        thread.join()


def demand_all_told(kafka: str, story: Story) -> Counter[tuple[str, int]]:
    """Demand every step of the ledger on its provider's topic, with its headers; count them."""
    wanted = {(notice, step): notice for notice, step in story.rows(STEPS)}
    seen: Counter[tuple[str, int]] = Counter()
    for provider in PROVIDERS:
        for headers, record in on_topic(kafka, f"notices.{provider}"):
            key = (headers.get("notice_id", ""), int(headers.get("step", -1)))
            if key not in wanted:
                continue
            assert set(headers) == HEADERS, headers
            told = decode(record.value)
            assert told.event_type == headers["ce_type"]
            assert told.record["notice"]["recipient"]["provider"] == provider
            assert (told.record["notice"]["notice_id"], told.record["notice"]["step"]) == key
            assert TRACE.fullmatch(headers["traceparent"])
            assert datetime.fromisoformat(headers["ce_time"]).tzinfo is not None
            seen[key] += 1
    assert set(seen) == set(wanted)
    return seen


def has_sent(relays: Relays, least: int) -> bool:
    """Answer whether so many rows are marked as sent."""
    return relays.ask(SENT) >= least


@pytest.mark.timeout(1_200)
def test_a_relay_killed_at_random_tells_everything(relays: Relays, story: Story) -> None:
    """Twenty SIGKILLs later every step is on its topic, and dropping repeats leaves each once."""
    seed = random.randrange(2**32)  # noqa: S311 - chance, no secret
    print(f"seed {seed}")
    chance = random.Random(seed)  # noqa: S311 - the same
    relays.count = 2
    with relays:
        with talking(story, relays.feed_prefix):
            for _ in range(KILLS):
                least = relays.ask(SENT) + chance.randrange(1, 60)
                assert until(partial(has_sent, relays, least), SECONDS_MAX), relays.log
                relays.kill(chance.randrange(2))
        assert relays.all_sent(), relays.log
    seen = demand_all_told(relays.kafka, story)
    print(f"{len(seen)} steps, {sum(seen.values()) - len(seen)} of them told again")
    assert relays.statuses.count(-signal.SIGKILL) == KILLS


def test_rows_that_are_committed_late_are_not_missed(relays: Relays, story: Story) -> None:
    """A transaction that took its numbers first and commits last is told all the same."""
    written, go_on = threading.Event(), threading.Event()

    def hold(step: str) -> None:
        if step == "advanced":
            written.set()
            assert go_on.wait(SECONDS_MAX)

    with relays, connect(relays.ledger_url, name="late", limits=LIMITS) as session:
        said = callout(PARTNER, "DA-late", event_id=f"{relays.feed_prefix}-late")
        late = threading.Thread(target=apply_elsewhere, args=(session, said, hold), daemon=True)
        late.start()
        assert written.wait(SECONDS_MAX)
        tag = relays.feed_prefix
        story.when(*(callout(PERSON, f"DA-{n}", event_id=f"{tag}-{n}") for n in range(30)))
        assert relays.all_sent(), relays.log
        highest = relays.ask("SELECT max(id) FROM outbox WHERE sent_at IS NOT NULL")
        go_on.set()
        late.join()
        assert relays.ask(LATE, highest) > 0
        assert relays.all_sent(), relays.log
    demand_all_told(relays.kafka, story)


def apply_elsewhere(session: Session, said: Said, hold: Step) -> None:
    """Apply an event on another partition, holding its transaction."""
    place = replace(place_of(said.feed), partition=1)
    ledger = Ledger(session, RULES, SECRET, step=hold)
    positions.begin(session, place, 0, NOW)
    record = RawRecord(0, None, said.value, tuple(header_of(said).items()), NOW)
    ledger.apply(Batch(place, 0, (record,), 1), NOW)


def test_a_standby_takes_over_from_a_frozen_relay(relays: Relays, story: Story) -> None:
    """A relay that is frozen loses its lease, and ends when it thaws."""
    with relays:
        assert until(lambda: relays.ask(HOLDER) == 1, SECONDS_MAX), relays.log
        frozen = relays.running[0]
        frozen.send_signal(signal.SIGSTOP)
        story.when(callout(event_id=f"{relays.feed_prefix}-1"))
        relays.start_another()
        assert relays.all_sent(), relays.log
        frozen.send_signal(signal.SIGCONT)
        assert until(lambda: 70 in relays.statuses, SECONDS_MAX), relays.log
        assert until(lambda: relays.ask(HOLDER) == 1, SECONDS_MAX), relays.log
    demand_all_told(relays.kafka, story)
    audited = "SELECT count(*) FROM audit WHERE chain = 'operations'"
    assert relays.ask(audited) == 1
    assert relays.ask(UNSENT) == 0
