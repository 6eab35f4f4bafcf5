"""A replay of the events gives the same ledger, but for clocks, surrogate ids and positions."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import pytest
import world_builder as world
from chaos.generator import County
from chaos.offline import Log, apply_all
from chaos.people import a_person, outgoing

from streams.domain.log import Batch, Place
from streams.ledger import positions
from streams.ledger.comparing import differences
from streams.ledger.replaying import replay

if TYPE_CHECKING:
    from fixtures.new_ledgers import NewLedger

    from streams.ledger.transaction import Ledger

NOW: Final = datetime(2026, 7, 6, 9, 0, tzinfo=UTC)


def a_county(ledger: Ledger, seed: int, *, most: int = 60) -> None:
    """Apply what a small county's agencies send, in batches of at most so many."""
    county, log = County(seed, NOW, 40), Log()
    rng = random.Random(seed)  # noqa: S311 - seeded, and no secret
    for sent in (county.opening(), county.mixed(500)):
        log.append(sent, NOW)
        apply_all(ledger, log, rng, NOW, most=most)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.slow
def test_a_replay_gives_the_same_ledger(new_ledger: NewLedger, seed: int) -> None:
    """Table by table, column by column, down to the hash at the end of each audit chain."""
    first, again = new_ledger(), new_ledger()
    a_county(first, seed)
    count = replay(first.session, again)
    assert (count,) == first.session.execute("SELECT count(*) FROM event").fetchone()
    assert differences(first.session, again.session) == []
    heads = "SELECT chain, length, hash FROM audit_head ORDER BY chain"
    assert first.session.execute(heads).fetchall() == again.session.execute(heads).fetchall()


def test_an_event_without_content_takes_back_again(new_ledger: NewLedger) -> None:
    """A retraction about nobody we know kept no content; what it withdrew is withdrawn again."""
    first, again, log = new_ledger(), new_ledger(), Log()
    said = world.callout()
    stranger = a_person(600_000).reference("pnc")
    log.append((outgoing(each, b"1") for each in world.a_county()), NOW)
    rng = random.Random(0)  # noqa: S311 - seeded, and no secret
    apply_all(first, log, rng, NOW)
    log.append((outgoing(s, b"1") for s in (said, said.retracted(person=stranger))), NOW)
    apply_all(first, log, rng, NOW)
    states = "SELECT state FROM notice"
    assert first.session.execute(states).fetchall() == [("withdrawn",)]

    replay(first.session, again)

    assert again.session.execute(states).fetchall() == [("withdrawn",)]
    assert differences(first.session, again.session) == []


def test_a_partition_of_which_nothing_came_is_no_difference(new_ledger: NewLedger) -> None:
    """A worker notes where it stands in each partition, also where nobody has published yet."""
    first, again = new_ledger(), new_ledger()
    a_county(first, 1)
    ((topic, topic_id),) = first.session.execute(
        "SELECT topic, topic_id FROM position ORDER BY topic, partition LIMIT 1"
    ).fetchall()
    positions.begin(first.session, Place(topic, topic_id, 700), 0, NOW)
    replay(first.session, again)
    assert differences(first.session, again.session) == []


def test_batches_of_any_size_leave_the_same_ledger(new_ledger: NewLedger) -> None:
    """One batch for each partition and one for each record end alike, to the last row."""
    whole, single = new_ledger(), new_ledger()
    for ledger, size in ((whole, 1_000), (single, 1)):
        log, county = Log(), County(5, NOW, 10)
        for sent in (county.opening(), county.mixed(60)):
            log.append(sent, NOW)
            ends = {place: len(records) for place, records in log.records.items()}
            for place in sorted(ends, key=lambda place: (place.topic, place.partition)):
                apply_place(ledger, log, place, size)
    assert differences(whole.session, single.session) == []


def apply_place(ledger: Ledger, log: Log, place: Place, size: int) -> None:
    """Apply what is left of one partition in batches of one size; the clock stands still."""
    positions.begin(ledger.session, place, 0, NOW)
    start, records = log.applied.get(place, 0), log.records[place]
    for first in range(start, len(records), size):
        part = tuple(records[first : first + size])
        ledger.apply(Batch(place, first, part, first + len(part)), NOW)
    log.applied[place] = len(records)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE notice SET recipient = 'OFF03'",
        "DELETE FROM duty",
        "UPDATE audit_head SET length = length + 1",
        "INSERT INTO fact SELECT * FROM fact",
    ],
)
def test_a_difference_is_named(new_ledger: NewLedger, change: str) -> None:
    """Whatever was changed, doubled or lost in one ledger is found with its table."""
    first, again, log = new_ledger(), new_ledger(), Log()
    log.append((outgoing(each, b"1") for each in (*world.a_county(), world.callout())), NOW)
    apply_all(first, log, random.Random(0), NOW)  # noqa: S311 - seeded, and no secret
    replay(first.session, again)
    again.session.execute(change.encode())
    found = differences(first.session, again.session)
    assert found
    assert all(each.split(":")[0] in change for each in found)
