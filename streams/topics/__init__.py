"""Kafka's topics: which there must be, what there is, and by which id each is known.

Topics come from one declaration, made from the agency register; Kafka creates none by itself. What
is missing is created; what differs is reported and never changed in silence, since a changed
partition count moves people to other partitions and a shorter retention throws records away.

A topic that was deleted and created again has the same name and another id. The ledger keys its
positions by the id, so `TopicIds` is asked before a position is trusted (DESIGN 4.1).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from streams.topics.admin import (
    Bounds,
    Described,
    KafkaAway,
    KafkaRefuses,
    TopicIds,
    in_words,
    open_client,
)
from streams.topics.declaration import Topic, declared

__all__ = [
    "Bounds",
    "Change",
    "ChangeKind",
    "Described",
    "KafkaAway",
    "KafkaRefuses",
    "Topic",
    "TopicIds",
    "apply",
    "declared",
    "in_words",
    "listing",
    "open_client",
]


class ChangeKind(StrEnum):
    """What `apply` did or found about one topic."""

    CREATED = "created"
    PARTITIONS_DIFFER = "partitions_differ"
    CONFIG_DIFFERS = "config_differs"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that `apply` did, or found different and left as it is."""

    topic: str
    kind: ChangeKind
    setting: str
    declared: str
    found: str | None = None

    def __str__(self) -> str:
        """Say what was done, or what differs and whose move it is."""
        if self.kind is ChangeKind.CREATED:
            return f"{self.topic}: created, {self.setting} {self.declared}"
        return (
            f"{self.topic}: {self.setting} is {self.found} and declared as {self.declared}; it was "
            "left as it is, the operator of Kafka must change it or the declaration"
        )


def apply(bootstrap: str, topics: Iterable[Topic]) -> tuple[Change, ...]:
    """Create what is missing, report what differs; raise `KafkaAway` or `KafkaRefuses`."""
    wanted = {topic.name: topic for topic in topics}
    with TopicIds(bootstrap) as kafka:
        there = kafka.describe(wanted)
        created = kafka.create(topic for name, topic in wanted.items() if there[name] is None)
        there, config = kafka.describe(wanted), kafka.config(wanted)
    made = [Change(t.name, ChangeKind.CREATED, "partitions", str(t.partitions)) for t in created]
    differences = [d for t in wanted.values() for d in _differences(t, there[t.name], config)]
    return (*made, *differences)


def _differences(
    topic: Topic, found: Described | None, config: Mapping[str, Mapping[str, str]]
) -> Iterator[Change]:
    """Compare one topic with its declaration, partitions first."""
    if found is not None and found.partitions != topic.partitions:
        counts = (str(topic.partitions), str(found.partitions))
        yield Change(topic.name, ChangeKind.PARTITIONS_DIFFER, "partitions", *counts)
    for setting, value in topic.config.items():
        came = config[topic.name].get(setting)
        if came != value:
            yield Change(topic.name, ChangeKind.CONFIG_DIFFERS, setting, value, came)


def listing(bootstrap: str) -> dict[str, Described]:
    """Return every topic of the cluster but Kafka's own, by name."""
    with TopicIds(bootstrap) as kafka:
        return kafka.describe_all()
