"""A made-up history of identity: records, merges, un-merges, decisions, late events, in any order.

A `History` plays one seed in a story: agencies send, officers decide, the clock looks. What it does
is drawn from a small set of people, so that they meet often.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from following import passes
from merging.merges import act, who_is
from world_builder import (
    LONG_AGO,
    NOW,
    PARTNER,
    PERSON,
    STRANGER,
    THIRD,
    Person,
    Said,
    absent,
    allocated,
    arrested,
    assigned,
    back,
    callout,
    charged,
    on_register,
    order_made,
)

from streams.domain.identity_acts import EventJoined, EventOverridden, EventRejected
from streams.domain.merge_acts import PeopleMerged, PeopleUnmerged
from streams.domain.notice_acts import Answered
from streams.domain.notices import Move

if TYPE_CHECKING:
    import random
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from fixtures.ledger import Story

KNOWN: Final = (PERSON, PARTNER, THIRD)
EVERYBODY: Final = (*KNOWN, STRANGER)
OFFICERS: Final = ("OFF01", "OFF02")
MANAGER: Final = "MGR01"
STEP: Final = timedelta(minutes=7)
STEPS_MAX: Final = 12


def opening() -> tuple[Said, ...]:
    """Return how the other two of the county come to be known."""
    return (
        allocated(PARTNER),
        assigned(PARTNER, "OFF02", effective_at=LONG_AGO + timedelta(days=1)),
        allocated(THIRD),
        assigned(THIRD, "OFF01", effective_at=LONG_AGO + timedelta(days=2)),
    )


@dataclass(slots=True)
class History:
    """One history: whoever plays it, the numbers it draws, and what it has said and done so far."""

    story: Story
    rng: random.Random
    at: datetime = NOW
    said: list[Said] = field(default_factory=list)
    merges: list[tuple[int, PeopleMerged]] = field(default_factory=list)
    log: list[str] = field(default_factory=list)

    def play(self, steps: int) -> None:
        """Do so many things, and let the clock look at the end until there is nothing to do."""
        for _ in range(steps):
            self.at += STEP
            does = self.rng.choices(list(STEPS), weights=list(STEPS.values()))[0]
            self.log.append(does.__name__)
            does(self)
        self.settle()

    def settle(self) -> None:
        """Let the clock look until it finds nothing more."""
        for _ in range(5):
            if passes(self.story, self.at) == 0:
                return

    def send(self, *said: Said) -> None:
        """Let agencies send events now."""
        self.said += said
        self.story.when(*said, at=self.at)

    def one(self) -> Person:
        """Draw one of those whom somebody supervises."""
        return self.rng.choice(KNOWN)

    def number_of(self, person_id: UUID) -> str | None:
        """Draw by which number somebody names a person, if by any."""
        theirs = [each.crn for each in KNOWN if self.id_of(each) == person_id]
        return self.rng.choice([None, *theirs])

    def id_of(self, person: Person) -> UUID:
        """Return who a person is now, through every merge."""
        return who_is(self.story, person)


def calls_out(history: History) -> None:
    """The police tell of a call-out, by a number of theirs."""
    rng, reference = history.rng, f"DA-{len(history.said)}"
    role = rng.choice(["suspect", "victim", "unclear"])
    history.send(callout(history.one(), reference=reference, role=role))


def arrests(history: History) -> None:
    """The police tell of an arrest, or of a charge."""
    person, number = history.one(), len(history.said)
    if history.rng.random() < 0.5:
        history.send(arrested(person, reference=f"AR-{number}"))
    else:
        history.send(charged(person, court_case=f"CC-{number}"))


def comes_late(history: History) -> None:
    """An event comes that happened days ago."""
    when = history.at - timedelta(days=history.rng.randint(2, 20))
    reference = f"LATE-{len(history.said)}"
    said = arrested(history.one(), reference=reference, occurred_at=when)
    history.send(said)


def names_only(history: History) -> None:
    """An event names somebody without an identifier, or with those of two people."""
    reference, person = f"NM-{len(history.said)}", history.one()
    said = callout(person, reference=reference, role="unclear")
    if history.rng.random() < 0.5:
        said = said.but(person=person.reference())
    else:
        both = person.reference("pnc")
        both["identifiers"] = both["identifiers"] + history.one().reference("pnc")["identifiers"]
        said = said.but(person=both)
    history.send(said)


def manages(history: History) -> None:
    """Case management records something about a case."""
    rng, person, number = history.rng, history.one(), len(history.said)
    since = history.at - timedelta(days=rng.randint(0, 5))
    makers: list[Callable[[], Said]] = [
        lambda: order_made(f"ORD-{number}", person),
        lambda: on_register(rng.choice(["ADVP", "ADVV"]), person),
        lambda: assigned(person, rng.choice(OFFICERS), effective_at=since, at=history.at),
    ]
    history.send(rng.choice(makers)())


def takes_back(history: History) -> None:
    """An agency takes back, or corrects, something that it said."""
    mine = [each for each in history.said if not each.type.startswith(("directory", "case.alloc"))]
    mine = [each for each in mine if each.record["meta"].get("retracts") is None]
    if mine:
        history.send(history.rng.choice(mine).retracted())


def repeats(history: History) -> None:
    """An agency sends again what it has sent."""
    if history.said:
        again = history.rng.choice(history.said)
        history.story.when(again, at=history.at)


def merges(history: History) -> None:
    """An officer says that two are one, whether or not it makes sense."""
    one, other = history.rng.sample(KNOWN, 2)
    people = history.id_of(one), history.id_of(other)
    acted = act(history.story, PeopleMerged(*people, MANAGER, "one and the same"), at=history.at)
    for seq, done in acted.acts:
        if not acted.refused and isinstance(done, PeopleMerged):
            history.merges.append((seq, done))


def parts(history: History) -> None:
    """An officer says that two who were merged are two, of whichever merge."""
    if not history.merges:
        return
    seq, done = history.rng.choice(history.merges)
    undo = PeopleUnmerged(seq, done.kept, done.gone, MANAGER, "two after all")
    acted = act(history.story, undo, at=history.at)
    if not acted.refused:
        history.merges.remove((seq, done))


def decides(history: History) -> None:
    """An officer of the desk decides a review."""
    waiting = history.story.rows(
        "SELECT event_seq, candidates FROM review WHERE state = 'waiting' ORDER BY event_seq"
    )
    if not waiting:
        return
    seq, candidates = history.rng.choice(waiting)
    if candidates and history.rng.random() < 0.7:
        person = history.rng.choice(candidates)
        join = EventJoined(seq, person, "DESK01", "asked them", history.number_of(person))
        act(history.story, join, at=history.at)
    else:
        act(history.story, EventRejected(seq, "DESK01", "none of them"), at=history.at)


def overrides(history: History) -> None:
    """A manager says that an event is about somebody else."""
    rows = history.story.rows(
        "SELECT seq FROM event WHERE person_id IS NOT NULL AND retracts IS NULL"
        " AND type LIKE 'police.%%' ORDER BY seq"
    )
    if rows:
        (seq,) = history.rng.choice(rows)
        to = history.id_of(history.one())
        over = EventOverridden(seq, to, MANAGER, "not them", named=history.number_of(to))
        act(history.story, over, at=history.at)


def answers(history: History) -> None:
    """Whoever has a notice reads it, takes it on, or has done it."""
    waiting = [each for each in history.story.notices if each.waits]
    if waiting:
        notice = history.rng.choice(waiting)
        by, move = notice.recipient.officer, history.rng.choice([Move.READ, Move.ACKNOWLEDGE])
        act(history.story, Answered(notice.id, move, by), at=history.at)


def is_away(history: History) -> None:
    """An officer goes away, or comes back, and the clock sees it, as it does within a second."""
    officer = history.rng.choice(OFFICERS)
    if history.rng.random() < 0.5:
        fields = {"absence_id": f"A-{officer}", "starts_at": history.at - timedelta(hours=1)}
        history.send(absent(officer, None, at=history.at, **fields))
    elif any(each.type == "directory.absence_recorded" for each in history.said):
        history.send(back(officer, ended_at=history.at, at=history.at))
    history.settle()


def time_passes(history: History) -> None:
    """Some hours pass, and the clock looks."""
    history.at += timedelta(hours=history.rng.randint(1, 30))
    history.settle()


STEPS: Final[dict[Callable[[History], None], int]] = {
    calls_out: 3,
    arrests: 3,
    comes_late: 2,
    names_only: 3,
    manages: 3,
    takes_back: 2,
    repeats: 1,
    merges: 6,
    parts: 8,
    decides: 3,
    overrides: 2,
    answers: 2,
    is_away: 1,
    time_passes: 2,
}
