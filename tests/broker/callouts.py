"""Made-up call-outs to publish in the broker tests, and a reader of what then is in Kafka."""

import copy
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord

from connectors.publisher import Publisher
from connectors.translation import SourceEvent
from schemas.catalogue import schema_of
from schemas.codec import decode, from_json
from streams.domain.agencies import Agency
from streams.settings import load_register
from streams.topics import TopicIds

TYPE = "police.domestic_abuse_callout.v1"
PEOPLE = 7
SECRET = b"made up for the broker tests"
POLICE = load_register(Path(__file__).parents[2] / "agencies.toml").agencies["durham-police"]


def callout(number: int, *, summary: str = "made up") -> SourceEvent:
    """Make the call-out of a number; every seventh is about the same person."""
    record = copy.deepcopy(dict(schema_of(TYPE).example))
    record["meta"]["event_id"] = f"callout-{number}"
    record["person"]["identifiers"] = [
        {"kind": "agency_person", "value": f"NICHE-{number % PEOPLE}"}
    ]
    record["summary"] = summary
    return SourceEvent(TYPE, from_json(TYPE, record))


def callouts(numbers: Iterable[int]) -> Iterator[SourceEvent]:
    """Make the call-outs of several numbers, in their order."""
    return (callout(number) for number in numbers)


def police(feed: str) -> Agency:
    """The police of the register with a feed of the test's own."""
    return replace(POLICE, feed=feed)


@contextmanager
def publishing(kafka: str, feed: str, spool: Path) -> Iterator[Publisher]:
    """A publisher of the police on a feed of the test's own."""
    with Publisher(police(feed), kafka=kafka, spool=spool, secret=SECRET) as publisher:
        yield publisher


def records(kafka: str, feed: str) -> list[ConsumerRecord]:
    """Read all that a feed holds, each partition in its order."""
    with TopicIds(kafka) as ids:
        bounds = ids.bounds(feed)
    found: list[ConsumerRecord] = []
    consumer = KafkaConsumer(bootstrap_servers=kafka, auto_offset_reset="earliest", group_id=None)
    try:
        consumer.assign([TopicPartition(feed, partition) for partition in bounds])
        while len(found) < sum(each.end for each in bounds.values()):
            for batch in consumer.poll(timeout_ms=10_000).values():
                found.extend(batch)
    finally:
        consumer.close()
    return found


def numbers(found: Iterable[ConsumerRecord]) -> list[int]:
    """Say which call-outs the records are."""
    return [int(decode(r.value).record["meta"]["event_id"].split("-")[1]) for r in found]


def first_seen_by_person(found: Iterable[ConsumerRecord]) -> dict[int, list[int]]:
    """List for each person the call-outs in the order in which they are seen first."""
    seen: dict[int, dict[int, None]] = defaultdict(dict)
    for number in numbers(found):
        seen[number % PEOPLE][number] = None
    return {person: list(order) for person, order in seen.items()}


def sent_order(wanted: Iterable[int]) -> dict[int, list[int]]:
    """List for each person the call-outs in the order in which they were published."""
    order: dict[int, list[int]] = defaultdict(list)
    for number in wanted:
        order[number % PEOPLE].append(number)
    return dict(order)
