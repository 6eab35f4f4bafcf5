"""The Faust app: an agent for each feed and nothing else of what Faust offers.

No table, no producer, no web server, no leader topic, no monitor. Values and keys are raw bytes.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final, cast

import faust
from faust.app import base
from faust.sensors import Monitor
from faust.streams import Stream
from faust.types import AppT, StreamT
from yarl import URL

from streams.engines.faust_transport import Ledgers, LedgerTransport
from streams.engines.partitions import (
    HEARTBEAT_MS,
    METADATA_MAX_AGE_MS,
    SESSION_TIMEOUT_MS,
    Feed,
    WorkerParts,
)

COMMIT_SECONDS: Final = 0.5
REQUEST_SECONDS: Final = 30.0
BUFFERED_BATCHES: Final = 4
"""Assumed: how many batches wait in an agent's queue while one is applied."""
FETCH_BYTES_MAX: Final = 8 << 20

Carry = Callable[[Feed, Stream[bytes]], Awaitable[None]]


class LedgerApp(faust.App):
    """A Faust app that keeps nothing, sends nothing and serves nothing."""

    class BootStrategy(base.BootStrategy):
        """Starts neither a producer nor the web server."""

        enable_kafka_producer = False
        enable_web = False

    def _create_directories(self) -> None:
        """Make no folder: there is no table to keep in one."""


class NoMonitor(Monitor):
    """Faust's monitor without the counting that it does for every event."""

    def on_message_in(self, *_: object, **__: object) -> None:
        """Count nothing."""

    def on_stream_event_in(self, *_: object, **__: object) -> None:
        """Count nothing."""

    def on_stream_event_out(self, *_: object, **__: object) -> None:
        """Count nothing."""

    def on_message_out(self, *_: object, **__: object) -> None:
        """Count nothing."""

    def track_tp_end_offset(self, *_: object, **__: object) -> None:
        """Track nothing."""


def make_app(parts: WorkerParts, ledgers: Ledgers, carry: Carry) -> faust.App:
    """Configure the app, with one agent for each feed, which `carry` runs."""
    app = LedgerApp(
        parts.group,
        broker=[URL(f"kafka://{address}") for address in parts.settings.kafka.split(",")],
        broker_session_timeout=SESSION_TIMEOUT_MS / 1000,
        broker_heartbeat_interval=HEARTBEAT_MS / 1000,
        broker_request_timeout=REQUEST_SECONDS,
        broker_commit_interval=COMMIT_SECONDS,
        broker_max_poll_records=BUFFERED_BATCHES * parts.settings.batch_max,
        consumer_auto_offset_reset="none",
        consumer_metadata_max_age_ms=METADATA_MAX_AGE_MS,
        consumer_max_fetch_size=FETCH_BYTES_MAX,
        key_serializer="raw",
        value_serializer="raw",
        processing_guarantee="at_least_once",
        stream_wait_empty=False,
        stream_buffer_maxsize=BUFFERED_BATCHES * parts.settings.batch_max,
        table_standby_replicas=0,
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
        autodiscover=False,
    )
    app.monitor = NoMonitor()
    app.transport = LedgerTransport(app.conf.broker, cast("AppT", app), ledgers)
    for name in parts.feeds:
        topic = app.topic(name, key_type=bytes, value_type=bytes)
        app.agent(topic, name=name, concurrency=1)(_agent(carry, parts.feeds[name]))
    return app


def _agent(carry: Carry, feed: Feed) -> Callable[[StreamT[Any]], Awaitable[None]]:
    """Make the agent of one feed."""

    async def agent(stream: StreamT[Any]) -> None:
        await carry(feed, cast("Stream[bytes]", stream))

    return agent
