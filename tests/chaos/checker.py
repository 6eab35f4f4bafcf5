"""Compares the ledger with Kafka, with the publisher's list, and with a model of the world.

Every function returns what is wrong, in words; nothing is wrong where they return nothing. Of the
table of events only the order (`seq`) and the place of each row are believed, and both are checked
against Kafka first.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import world_model_found as found
from chaos.reading import Published, Read, Spot
from world import World
from world_model_found import of_register

from streams.domain import cases
from streams.ledger.connection import Session
from streams.ledger.queries_outcomes import outcomes
from streams.settings import PROJECT_ROOT

REGISTER: Final = PROJECT_ROOT / "agencies.toml"
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
        *world_faults(session, witnesses),
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
    ended: dict[Spot, list[str]] = defaultdict(list)
    for topic, partition, offset in session.execute(
        "SELECT topic, partition, log_offset FROM event"
    ):
        ended[topic, partition, offset].append("admitted")
    for topic, partition, offset in session.execute(
        "SELECT topic, partition, log_offset FROM quarantine"
    ):
        ended[topic, partition, offset].append("quarantined")
    audited = _audited(session)
    for spot, ending in witnesses.ending().items():
        rows = [] if ending == "repeated" else [ending]
        if (now := ended.pop(spot, [])) != rows:
            yield f"{spot} must have ended as {ending}, it has {now}"
        if (said := audited.pop(spot, [])) != [ending]:
            yield f"{spot} must be in the audit once as {ending}, it is as {said}"
    yield from (f"{spot} is in the ledger and not in Kafka" for spot in (*ended, *audited))


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


def world_faults(session: Session, witnesses: Witnesses) -> Iterator[str]:
    """Say what is otherwise than the model of the world has it: who was told, and who was not."""
    world = of_register(REGISTER)
    published = [
        found.Published(spot[0].removeprefix("feed."), read.type, read.record or None, spot)
        for spot, read in witnesses.in_kafka.items()
    ]
    with session.transaction():
        ledger = list(outcomes(session))
    yield from map(str, found.differences(world, published, ledger))
    if not any(outcome.acts for outcome in ledger):
        yield from _notice_faults(session, world)
    yield from _case_faults(session, world)


def _notice_faults(session: Session, world: World) -> Iterator[str]:
    """Compare every notice as it now stands, one by one, with those that there must be."""
    due = Counter(
        (
            note.about.crn if note.about else None,
            *(note.notice, note.matter, note.to.officer),
            *(note.updates, note.is_withdrawn, len(note.sources)),
        )
        for notes in world.desk.notes.values()
        for note in notes
    )
    told: Counter[tuple[Any, ...]] = Counter()
    for kind, matter, recipient, state, document in session.execute(
        "SELECT type, matter, recipient, state, document FROM notice"
    ):
        said = json.loads(document)
        withdrawn, sources = state == "withdrawn", len(said["sources"])
        about = matter.partition(":")[0] if matter.startswith("handed_over:") else matter
        told[said["crn"], kind, about, recipient, said["updates"], withdrawn, sources] += 1
    yield from (f"not told: {what} x{count}" for what, count in (due - told).items())
    yield from (f"told too much: {what} x{count}" for what, count in (told - due).items())


def _case_faults(session: Session, world: World) -> Iterator[str]:
    """Compare who has each person, and the registers, with what case management sent."""
    files = session.execute("SELECT crn, document, now() FROM case_file").fetchall()
    people = {person.crn: person for person in world.people.everybody}
    if {row[0] for row in files} != people.keys():
        yield "the people in the ledger are not those who were allocated"
    for crn, document, now in files:
        case, holder = cases.from_bytes(document), cases.from_bytes(document).responsible(now)
        if crn not in people or holder is None:
            yield f"{crn} is nobody's"
            continue
        must = world.case(people[crn], now)
        has = must.holder()
        if has is None or holder.officer != has.officer:
            yield f"{crn} is with {holder.officer}, it must be {has and has.officer}"
        if {each.value for each in case.registers} != must.registers:
            yield f"{crn} is not on the right registers"


def in_words(faults: Sequence[str]) -> str:
    """Show the first faults, and how many there are."""
    return "\n".join((f"{len(faults)} faults", *faults[:SHOWN_MAX]))
