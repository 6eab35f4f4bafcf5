"""The relay while Kafka or the ledger is away, and what Kafka does not take."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import psycopg
import pytest
from broker.local_kafka import until
from broker.relays import HOLDER, SECONDS_MAX, UNSENT, Relays, on_topic
from fixtures.ledger import LIMITS, Story, story_in
from world_builder import a_county, callout

from schemas.codec import decode
from streams.ledger.connection import connect
from streams.topics.declaration import OUTPUT_RECORD_BYTES_MAX

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from broker.local_kafka import LocalKafka

NOWHERE: Final = "notices.no-such-provider"
ROW: Final = (
    "INSERT INTO outbox (topic, record_key, record_value, type, subject, step, created_at)"
    " VALUES (%s, 'k', %s, 'notices.new_order.v1', gen_random_uuid(), NULL, now())"
)
END_RELAYS: Final = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE application_name LIKE 'switchboard relay%' AND datname = current_database()"
)
ALARMS: Final = "SELECT subject, words FROM alarm WHERE kind = 'outbox' ORDER BY id"

pytestmark = [pytest.mark.kafka, pytest.mark.slow]


@pytest.fixture
def story(ledger_url: str) -> Iterator[Story]:
    """Give a county whose officer is about to be told something."""
    with connect(ledger_url, name="test", limits=LIMITS) as session:
        told = story_in(session)
        told.given(*a_county())
        yield told


def test_what_is_said_while_kafka_is_away_goes_when_it_is_back(
    private_kafka: LocalKafka, story: Story, ledger_url: str, tmp_path: Path
) -> None:
    """The relay waits for its broker, loses nothing, and need not be started again."""
    with Relays(private_kafka.bootstrap, ledger_url, tmp_path, "feed") as relays:
        assert until(lambda: relays.ask(HOLDER) == 1, SECONDS_MAX), relays.log
        assert relays.all_sent(), relays.log
        private_kafka.stop()
        story.when(callout())
        assert until(lambda: "not sent" in relays.log, SECONDS_MAX), relays.log
        assert relays.ask(UNSENT) > 0
        private_kafka.start()
        assert relays.all_sent(), relays.log
        assert relays.statuses == []


def test_a_relay_whose_ledger_goes_away_ends_and_is_started_again(
    kafka: str, story: Story, ledger_url: str, tmp_path: Path, feed_prefix: str
) -> None:
    """It ends with 70, as a worker does; what was unsent goes with the next."""
    with Relays(kafka, ledger_url, tmp_path, feed_prefix) as relays:
        assert until(lambda: relays.ask(HOLDER) == 1, SECONDS_MAX), relays.log
        story.session.execute(END_RELAYS.encode())
        assert until(lambda: relays.statuses == [70], SECONDS_MAX), relays.log
        story.when(callout())
        assert relays.all_sent(), relays.log
    receipts = [
        decode(record.value).record
        for _, record in on_topic(kafka, "receipts.durham-police")
        if decode(record.value).record["topic"] == "feed.durham-police"
    ]
    answered = {each["event_id"] for receipt in receipts for each in receipt["answers"]}
    assert answered >= {
        row[0]
        for row in story.rows("SELECT event_id FROM event WHERE topic = 'feed.durham-police'")
    }


def test_what_kafka_does_not_take_holds_up_nothing(
    kafka: str, story: Story, ledger_url: str, tmp_path: Path, feed_prefix: str
) -> None:
    """A record without a topic, or too large for its own, waits; operations are told of it once."""
    too_large = b"x" * (OUTPUT_RECORD_BYTES_MAX + 1_000)
    with psycopg.connect(ledger_url, autocommit=True) as session:
        for topic, value in (
            (NOWHERE, b"v"),
            (NOWHERE, b"w"),
            ("notices.nps-north-east", too_large),
        ):
            session.execute(ROW.encode(), (topic, value))
    story.when(callout())
    with Relays(kafka, ledger_url, tmp_path, feed_prefix) as relays:
        assert until(lambda: relays.ask(UNSENT) == 3, SECONDS_MAX), relays.log
        assert until(lambda: len(story.rows(ALARMS)) == 2, SECONDS_MAX), relays.log
    alarms = sorted(story.rows(ALARMS))
    assert alarms[0][0] == NOWHERE
    assert "switchboard topics apply" in alarms[0][1]
    assert re.fullmatch(r"notices\.nps-north-east outbox \d+", alarms[1][0])
    assert "more than notices.nps-north-east takes" in alarms[1][1]
