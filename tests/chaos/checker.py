"""Compares the ledger with Kafka, with the publisher's list, and with an expectation of its own.

Every function returns what is wrong, in words; nothing is wrong where they return nothing. Of the
table of events only the order (`seq`) and the place of each row are believed, and both are checked
against Kafka first.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from chaos.expectation import Expectation
from chaos.reading import Published, Read, Spot

from streams.domain import cases
from streams.ledger.connection import Session

SHOWN_MAX: Final = 10


@dataclass(frozen=True, slots=True)
class Witnesses:
    """What was found outside the ledger."""

    in_kafka: Mapping[Spot, Read]
    published: Sequence[Published]

    def ending(self) -> dict[Spot, str]:
        """Return how each record must have ended: admitted, repeated or quarantined."""
        intents = {each.spot: each.intent for each in self.published}
        contents: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        endings: dict[Spot, str] = {}
        for spot, read in self.in_kafka.items():
            if intents.get(spot) == "poison":
                endings[spot] = "quarantined"
                continue
            content = {**read.record, "meta": {**read.meta, "published_at": None}}
            known = contents[read.key]
            endings[spot] = (
                "repeated" if content in known else "quarantined" if known else "admitted"
            )
            if not known:
                known.append(content)
        return endings


def faults(session: Session, witnesses: Witnesses) -> list[str]:
    """Return everything that is wrong."""
    return [
        *published_faults(witnesses),
        *ending_faults(session, witnesses),
        *order_faults(session),
        *expectation_faults(session, witnesses),
    ]


def published_faults(witnesses: Witnesses) -> Iterator[str]:
    """Say what the broker acknowledged and Kafka does not have, or has otherwise."""
    listed = {each.spot: each for each in witnesses.published}
    if len(listed) != len(witnesses.published):
        yield "the broker acknowledged two records at one place"
    for spot in listed.keys() ^ witnesses.in_kafka.keys():
        yield f"{spot} is only in {'the list' if spot in listed else 'Kafka'}"
    for spot, each in listed.items():
        read = witnesses.in_kafka.get(spot)
        if each.event_id and (read is None or read.key[1] != each.event_id):
            yield f"{spot} is not the event {each.event_id}"


def ending_faults(session: Session, witnesses: Witnesses) -> Iterator[str]:
    """Say which record did not end in exactly the one way in which it must."""
    found: dict[Spot, list[str]] = defaultdict(list)
    for topic, partition, offset in session.execute(
        "SELECT topic, partition, log_offset FROM event"
    ):
        found[topic, partition, offset].append("admitted")
    for topic, partition, offset in session.execute(
        "SELECT topic, partition, log_offset FROM quarantine"
    ):
        found[topic, partition, offset].append("quarantined")
    audited = _audited(session)
    for spot, ending in witnesses.ending().items():
        rows = [] if ending == "repeated" else [ending]
        if (ended := found.pop(spot, [])) != rows:
            yield f"{spot} must have ended as {ending}, it has {ended}"
        if (said := audited.pop(spot, [])) != [ending]:
            yield f"{spot} must be in the audit once as {ending}, it is as {said}"
    yield from (f"{spot} is in the ledger and not in Kafka" for spot in (*found, *audited))


def _audited(session: Session) -> dict[Spot, list[str]]:
    """Return what the audit says of each record."""
    said: dict[Spot, list[str]] = defaultdict(list)
    for chain, body in session.execute("SELECT chain, body FROM audit WHERE chain LIKE '%/%'"):
        topic, _, partition = chain.split("/")
        entry = json.loads(body)
        outcome = entry["disposition"]
        ending = outcome if outcome in {"repeated", "quarantined"} else "admitted"
        said[topic, int(partition), entry["offset"]].append(ending)
    return said


def order_faults(session: Session) -> Iterator[str]:
    """Say where the ledger admitted the events of a partition in another order than its log."""
    last: dict[tuple[str, int], int] = {}
    for topic, partition, offset in session.execute(
        "SELECT topic, partition, log_offset FROM event ORDER BY seq"
    ):
        if offset <= last.get((topic, partition), -1):
            yield f"{topic}[{partition}] offset {offset} was admitted out of order"
        last[topic, partition] = offset


def expectation_faults(session: Session, witnesses: Witnesses) -> Iterator[str]:
    """Say who was not told, or told twice, or told of something else."""
    rows = session.execute(
        "SELECT topic, partition, log_offset, publisher, event_id, disposition, person_id"
        " FROM event ORDER BY seq"
    ).fetchall()
    events = [witnesses.in_kafka[row[0], row[1], row[2]] for row in rows]
    expected = Expectation().after(events)
    for row in rows:
        must = expected.endings[row[3], row[4]]
        if must != row[5]:
            yield f"event {row[4]} of {row[3]} is {row[5]}, it must be {must}"
    yield from _notice_faults(session, expected)
    yield from _case_faults(session, expected)


def _notice_faults(session: Session, expected: Expectation) -> Iterator[str]:
    """Compare every notice, one by one, with those that there must be."""
    due = Counter(
        (d.crn, d.type, d.matter, d.recipient, d.updates, d.is_withdrawn, len(d.sources))
        for d in expected.dues
    )
    told: Counter[tuple[Any, ...]] = Counter()
    for kind, matter, recipient, state, document in session.execute(
        "SELECT type, matter, recipient, state, document FROM notice"
    ):
        said = json.loads(document)
        withdrawn, sources = state == "withdrawn", len(said["sources"])
        told[said["crn"], kind, matter, recipient, said["updates"], withdrawn, sources] += 1
    yield from (f"not told: {what} x{count}" for what, count in (due - told).items())
    yield from (f"told too much: {what} x{count}" for what, count in (told - due).items())


def _case_faults(session: Session, expected: Expectation) -> Iterator[str]:
    """Compare who has each person, and the registers, with what case management sent."""
    files = session.execute("SELECT crn, document, now() FROM case_file").fetchall()
    if {row[0] for row in files} != expected.people.keys():
        yield "the people in the ledger are not those who were allocated"
    for crn, document, now in files:
        person, case = expected.people.get(crn), cases.from_bytes(document)
        holder = case.responsible(now)
        if person is None or holder is None:
            yield f"{crn} is nobody's"
            continue
        if holder.officer != person.officer:
            yield f"{crn} is with {holder.officer}, it must be {person.officer}"
        if {each.value for each in case.registers} != set(person.registers.values()):
            yield f"{crn} is not on the right registers"


def in_words(found: Sequence[str]) -> str:
    """Show the first faults, and how many there are."""
    return "\n".join((f"{len(found)} faults", *found[:SHOWN_MAX]))
