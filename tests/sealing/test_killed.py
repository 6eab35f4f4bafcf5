"""Whoever dies in the middle leaves the sealed store, the event and the notices as they were."""

from __future__ import annotations

from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest
from fixtures.ledger import LIMITS, Story, story_in
from sealing.stored import DAY, a_clock, becomes_known, kept, turn_on
from world_builder import HEARD_AT, NOW, STRANGER, a_county, callout

from streams.ledger.acting import STEPS as STEPS_OF_ACTS
from streams.ledger.connection import connect
from streams.ledger.picking_sealed import sealed_of_known
from streams.ledger.transaction import STEPS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from streams.ledger.transaction import Ledger
    from streams.services.clock import Clock

LATER = NOW + 2 * DAY
SUSPECT = "domestic_abuse_callout_suspect"
WAIT_SECONDS = 20.0
PATIENT = LIMITS | {"lock_timeout": "30s"}


class Killed(BaseException):
    """Stands for the end of the process."""


def dies_at(wanted: str) -> Callable[[str], None]:
    """Return a step that dies where it is told to."""

    def step(name: str) -> None:
        """Die at one step."""
        if name == wanted:
            raise Killed

    return step


def opener(ledger: Ledger, step: Callable[[str], None]) -> Clock:
    """Return a clock that does nothing but open what is sealed."""
    clock = a_clock(ledger, LATER, step)
    clock.picks = (sealed_of_known,)
    return clock


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_that_dies_while_it_seals_has_sealed_whole_or_not_at_all(
    story: Story, step: str
) -> None:
    """The batch comes again, and is sealed once."""
    turn_on(story.engine.ledger)
    said = callout(STRANGER)
    story.with_step(dies_at(step))
    with pytest.raises(Killed):
        story.when(said)
    assert len(kept(story)) == (step == "committed")
    story.with_step(lambda _: None)
    story.engine._ends.clear()  # noqa: SLF001 - a worker that starts anew reads where it stands
    story.when(said)
    ((ended, has_content, keys),) = kept(story)
    assert (ended, has_content, keys > 0) == (None, True, True)


@pytest.mark.parametrize("step", STEPS_OF_ACTS)
def test_a_clock_that_dies_while_it_opens_tells_once(story: Story, step: str) -> None:
    """Before the commit nothing is opened, told or put back; the next clock does all of it."""
    turn_on(story.engine.ledger)
    said = callout(STRANGER)
    story.when(said, *becomes_known())
    with pytest.raises(Killed):
        opener(story.engine.ledger, dies_at(step)).tick()
    is_done = step == "committed"
    payload = story.rows("SELECT payload FROM event WHERE event_id = %s", said.event_id)
    assert payload == [(said.value if is_done else None,)]
    assert [each[1] for each in kept(story)] == [not is_done]
    a_clock(story.engine.ledger, LATER).tick()
    assert kept(story) == [("delivered", False, 0)]
    assert len([n for n in story.notices if n.type == SUSPECT]) == 1


LIKE_THEM = {
    **STRANGER.reference(),
    "name": {"given_name": STRANGER.given_name, "family_name": STRANGER.family_name[:-1]},
    "addresses": [{"kind": "home", "lines": ["14 Tanner's Row"], "postcode": "ZZ99 3CZ"}],
}
HOME = {"addresses": LIKE_THEM["addresses"]}


@pytest.mark.parametrize("sealed_first", [True, False])
@pytest.mark.parametrize("person", [STRANGER.reference("pnc"), LIKE_THEM])
def test_what_is_sealed_while_its_person_becomes_known_is_not_missed(
    two_workers: tuple[Story, Story], person: dict[str, object], sealed_first: bool
) -> None:
    """Of two batches at the same moment the second sees the first, by identifier or by likeness."""
    one, other = two_workers
    said = [callout(STRANGER).but(person=person)]
    known = [
        each.but(person={**each.record["person"], **HOME})
        if each.type == "case.allocated"
        else each
        for each in becomes_known(NOW)
    ]
    first, second = (said, known) if sealed_first else (known, said)
    reached, go_on = Event(), Event()
    one.with_step(stop_at("follow_up", reached, go_on))
    threads = [Thread(target=one.when, args=first), Thread(target=other.when, args=second)]
    threads[0].start()
    assert reached.wait(WAIT_SECONDS)
    threads[1].start()
    threads[1].join(0.3)
    assert threads[1].is_alive()
    go_on.set()
    for thread in threads:
        thread.join(WAIT_SECONDS)
    a_clock(one.engine.ledger, LATER).tick()
    ((disposition,),) = one.rows("SELECT disposition FROM event WHERE publisher = 'durham-police'")
    assert disposition == ("routed" if person is not LIKE_THEM else "held")


@pytest.fixture
def two_workers(ledger_url: str) -> Iterator[tuple[Story, Story]]:
    """Give two workers on one ledger, with the county."""
    with (
        connect(ledger_url, name="one", limits=PATIENT) as one,
        connect(ledger_url, name="two", limits=PATIENT) as other,
    ):
        stories = story_in(one), story_in(other)
        for story in stories:
            turn_on(story.engine.ledger)
        stories[0].when(*a_county(), at=HEARD_AT)
        yield stories


@pytest.fixture
def two(two_workers: tuple[Story, Story]) -> tuple[Story, Story]:
    """Give two workers, and a sealed event about somebody who has become known."""
    two_workers[0].when(callout(STRANGER), *becomes_known())
    return two_workers


def stop_at(wanted: str, reached: Event, go_on: Event) -> Callable[[str], None]:
    """Return a step that waits, in the middle of its transaction, until it may go on."""

    def step(name: str) -> None:
        """Wait at one step."""
        if name == wanted:
            reached.set()
            assert go_on.wait(WAIT_SECONDS)

    return step


def test_a_retraction_that_comes_while_it_is_opened_is_not_lost(two: tuple[Story, Story]) -> None:
    """Who takes it back waits until it is told, and then takes back what was told."""
    one, other = two
    reached, go_on = Event(), Event()
    clock = opener(one.engine.ledger, stop_at("decided", reached, go_on))
    opening = Thread(target=clock.tick)
    opening.start()
    assert reached.wait(WAIT_SECONDS)
    taking_back = Thread(target=lambda: other.when(callout(STRANGER).retracted()))
    taking_back.start()
    taking_back.join(0.3)
    assert taking_back.is_alive()
    go_on.set()
    for thread in (opening, taking_back):
        thread.join(WAIT_SECONDS)
    assert [n.state for n in other.notices if n.type == SUSPECT] == ["withdrawn"]
    assert kept(other) == [("delivered", False, 0)]


def test_what_is_opened_while_it_is_taken_back_is_told_to_nobody(
    two: tuple[Story, Story],
) -> None:
    """The clock found it sealed, waits for who takes it back, and finds nothing to open."""
    one, other = two
    reached, go_on = Event(), Event()
    other.with_step(stop_at("decided", reached, go_on))
    taking_back = Thread(target=lambda: other.when(callout(STRANGER).retracted()))
    taking_back.start()
    assert reached.wait(WAIT_SECONDS)
    found = Event()
    clock = opener(one.engine.ledger, lambda _name: found.set())
    opening = Thread(target=clock.tick)
    opening.start()
    found.wait(1)
    go_on.set()
    for thread in (opening, taking_back):
        thread.join(WAIT_SECONDS)
    assert [n for n in one.notices if n.type == SUSPECT] == []
    assert kept(one) == [("taken_back", False, 0)]
