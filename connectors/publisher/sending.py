"""Records to Kafka with kafka-python, each waited for, the order of each key kept.

A key never has more than one record under way: the next one is sent after the broker's word for the
one before. So whatever happens to one record (a lost connection, a timeout, a new producer epoch),
none of its successors can have overtaken it, and what is sent again is sent in order. Whoever needs
that order for less than a key (the steps of one notice) says so, and has more under way.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from kafka import KafkaProducer
from kafka.errors import (
    InvalidRecordError,
    InvalidTimestampError,
    KafkaError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    PolicyViolationError,
    RecordListTooLargeError,
)
from kafka.producer.future import FutureRecordMetadata

from connectors.publisher.spool import Entry, Parcel
from streams.topics import KafkaAway, KafkaRefuses, TopicIds, in_words, open_client
from streams.topics.declaration import FEED_RECORD_BYTES_MAX

DELIVERY_MS_MAX = 15_000
"""Assumed: a broker that takes longer is away; the records wait in the spool."""
REQUEST_MS_MAX = 5_000
LINGER_MS = 2
BATCH_BYTES = 64 * 1024
CLOSE_SECONDS_MAX = 2.0

NO_TOPIC = "there is no topic {topic}; run `switchboard topics apply`, or correct agencies.toml"
REFUSALS: Mapping[type[KafkaError], str] = {
    MessageSizeTooLargeError: "{size} bytes, more than {topic} takes; the agency must send less",
    RecordListTooLargeError: "{size} bytes, more than {topic} takes; the agency must send less",
    InvalidRecordError: "{topic} does not take a record like this; its operator must say why",
    InvalidTimestampError: "its time is out of the range of {topic}; its operator must widen it",
    PolicyViolationError: "a policy of the cluster forbids it; its operator must say which",
}
"""What the broker says about one record and will say again, with what to do about it."""


def key_of(parcel: Parcel) -> bytes:
    """Return what parcels are kept in order by, if nothing else is said."""
    return parcel.key


@dataclass(slots=True)
class Outcome:
    """What became of the entries; those that are in neither are to be sent again."""

    sent: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Partition and offset of each, by its number."""
    refused: dict[int, str] = field(default_factory=dict)
    stopped: KafkaAway | KafkaRefuses | None = None


class Sender:
    """An idempotent producer that is opened when needed and dropped when it failed."""

    def __init__(self, bootstrap: str, ordered_by: Callable[[Parcel], bytes] = key_of) -> None:
        self._bootstrap = bootstrap
        self._ordered_by = ordered_by
        self._topics = TopicIds(bootstrap)
        self._producer: KafkaProducer | None = None
        # At DEBUG kafka-python logs keys, values and headers of what it sends.
        logging.getLogger("kafka").setLevel(logging.WARNING)

    def close(self) -> None:
        """Let the connections go."""
        self._drop()
        self._topics.close()

    def send(self, entries: Iterable[Entry]) -> Outcome:
        """Send entries in order and wait for the broker's word about each; never raises."""
        outcome = Outcome()
        try:
            there = self._with_topic(tuple(entries), outcome)
            failure = self._send_together(there, outcome)
            if failure is not None and _may_be_about_one_record(failure):
                self._drop()
                self._send_singly([e for e in there if e.number not in outcome.sent], outcome)
            elif failure is not None:
                outcome.stopped = in_words(self._bootstrap, failure)
        except (KafkaAway, KafkaRefuses) as stopped:
            outcome.stopped = stopped
        except KafkaError as error:
            outcome.stopped = in_words(self._bootstrap, error)
        if outcome.stopped is not None:
            self._drop()
        return outcome

    def _with_topic(self, entries: tuple[Entry, ...], outcome: Outcome) -> list[Entry]:
        """Refuse what has no topic; kafka-python would wait for the topic to appear."""
        ids = self._topics.ids(sorted({entry.parcel.topic for entry in entries}))
        missing = [entry for entry in entries if ids[entry.parcel.topic] is None]
        outcome.refused |= {e.number: NO_TOPIC.format(topic=e.parcel.topic) for e in missing}
        return [entry for entry in entries if ids[entry.parcel.topic] is not None]

    def _send_together(self, entries: Iterable[Entry], outcome: Outcome) -> KafkaError | None:
        """Keep one record of each key under way; stop at the first failure and return it."""
        under_way: dict[bytes, tuple[Entry, FutureRecordMetadata]] = {}
        failure = None
        for entry in entries:
            group = self._ordered_by(entry.parcel)
            before = under_way.pop(group, None)
            failure = before and self._await(*before, outcome)
            if failure is not None:
                break
            try:
                under_way[group] = (entry, self._start(entry))
            except KafkaError as error:
                failure = error
                break
        ends = [self._await(*each, outcome) for each in under_way.values()]
        return failure or next((end for end in ends if end is not None), None)

    def _send_singly(self, entries: Iterable[Entry], outcome: Outcome) -> None:
        """Send one record after the other, so that a refusal can only mean the record itself.

        kafka-python gives the refusal of one record to all that its producer still holds, and that
        producer is of no use afterwards.
        """
        for entry in entries:
            try:
                failure = self._await(entry, self._start(entry), outcome)
            except KafkaError as error:
                failure = error
            if failure is None:
                continue
            self._drop()
            if type(failure) not in REFUSALS:
                raise in_words(self._bootstrap, failure)
            words = REFUSALS[type(failure)]
            parcel = entry.parcel
            outcome.refused[entry.number] = words.format(topic=parcel.topic, size=len(parcel.value))

    def _start(self, entry: Entry) -> FutureRecordMetadata:
        """Hand one record to the producer and return its promise."""
        if self._producer is None:
            self._producer = _open(self._bootstrap)
        parcel = entry.parcel
        return self._producer.send(
            parcel.topic, value=parcel.value, key=parcel.key, headers=list(parcel.headers)
        )

    def _await(
        self, entry: Entry, promise: FutureRecordMetadata, outcome: Outcome
    ) -> KafkaError | None:
        """Wait for the broker's word about one record and return the failure, if it is one."""
        try:
            stands = promise.get(timeout=DELIVERY_MS_MAX / 1000 + 1)
        except KafkaError as error:
            return error
        outcome.sent[entry.number] = (stands.partition, stands.offset)
        return None

    def _drop(self) -> None:
        """Give the producer up without letting it send what it still holds."""
        producer, self._producer = self._producer, None
        if producer is None:
            return
        # close() alone waits for records that can no longer be sent, and then leaves its thread.
        producer._sender.force_close()  # noqa: SLF001 - held by a test
        with suppress(KafkaTimeoutError):
            producer.close(timeout=CLOSE_SECONDS_MAX)


def _may_be_about_one_record(failure: KafkaError) -> bool:
    """Answer whether the others may yet go; a bare KafkaError blames a record of the same batch."""
    return type(failure) in REFUSALS or type(failure) is KafkaError


def _open(bootstrap: str) -> KafkaProducer:
    """Open a producer; its default partitioner is murmur2, as Java's is (DESIGN 4.7)."""
    return open_client(
        KafkaProducer,
        bootstrap,
        client_id="switchboard-publisher",
        acks="all",
        enable_idempotence=True,
        allow_auto_create_topics=False,
        batch_size=BATCH_BYTES,
        linger_ms=LINGER_MS,
        # Left to the broker, whose limit is the topic's: it names the record that is too large.
        max_request_size=2 * FEED_RECORD_BYTES_MAX,
        delivery_timeout_ms=DELIVERY_MS_MAX,
        request_timeout_ms=REQUEST_MS_MAX,
        max_block_ms=REQUEST_MS_MAX,
    )
