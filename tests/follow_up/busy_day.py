"""A day in which everything happens at once, drawn from a seed: events, absences, moves, answers.

`draw` says what agencies send next; `Desk` lets somebody answer something. The same seed gives the
same day. Nothing here knows what should come of it: the promise is checked by `open_items`.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import world_builder as world
from world_builder import CRC, NPS, OTHER_TEAM, PEOPLE, TEAM, Person, Said

from streams.domain.notice_acts import Answered
from streams.domain.notices import Move

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.ledger.acting import Acted, Actor

OFFICERS: Final = ("OFF01", "OFF02", "OFF03")
PEOPLE_COUNT: Final = 6
HOUR: Final = timedelta(hours=1)
STEPS: Final = (-1.0, 0.0, 0.0, 0.0, 0.5, 2.0)
"""Hours from which what is said holds: told late, at once, or in advance."""
DONE: Final = "Seen to."


def a_person(number: int) -> Person:
    """Return a person of a number, with identifiers and a date of birth of their own."""
    name = PEOPLE[number % len(PEOPLE)]
    return Person(name.given_name, name.family_name, date(1980, 1, 1 + number), 300_000 + number)


@dataclass(slots=True)
class BusyDay:
    """Draws what agencies say; each statement is another event."""

    seed: int
    rng: random.Random = field(init=False)
    people: tuple[Person, ...] = field(init=False)
    away: dict[str, str] = field(default_factory=dict)
    count: int = 0

    def __post_init__(self) -> None:
        """Seed the day."""
        self.rng = random.Random(self.seed)  # noqa: S311 - seeded, and no secret
        self.people = tuple(a_person(number) for number in range(PEOPLE_COUNT))

    def opening(self) -> Iterator[Said]:
        """Say who works here and who has whom."""
        yield world.a_team()
        yield world.a_team(OTHER_TEAM, "MGR02")
        for officer in ("OFF01", "OFF02", "MGR01"):
            yield world.an_officer(officer)
        yield world.an_officer("OFF03", OTHER_TEAM)
        yield world.an_officer("MGR02", OTHER_TEAM)
        for desk in ("DESK01", "DESK02", "LEAD01"):
            yield world.an_officer(desk, None, grade="desk")
        yield world.an_officer("ENF01", None, provider=NPS, grade="desk")
        yield world.holds("duty_desk", "DESK01")
        yield world.holds("allocation_desk", "DESK02")
        yield world.holds("restricted_access_lead", "LEAD01")
        yield world.holds("duty_desk", "ENF01", NPS)
        for number, person in enumerate(self.people):
            yield world.allocated(person)
            yield world.assigned(person, OFFICERS[number % len(OFFICERS)])

    def said(self, at: datetime) -> Said:
        """Say one thing, now or late or in advance."""
        self.count += 1
        holds_at = at + HOUR * self.rng.choice(STEPS)
        person, officer = self.rng.choice(self.people), self.rng.choice(OFFICERS)
        what: list[Any] = [self._police] * 6 + [self._hands] * 3 + [self._absence] * 3
        what += [self._back] * 2 + [self._access, self._leaves]
        said: Said = self.rng.choice(what)(person, officer, holds_at)
        return said.but(occurred_at=at, published_at=at)

    def _police(self, person: Person, _officer: str, _at: datetime) -> Said:
        """Say something that an officer must be told."""
        reference = f"N-{self.count}"
        if self.rng.random() < 0.5:
            grade = self.rng.choice(("standard", "medium", "high"))
            return world.callout(person, reference, grade=grade)
        return world.arrested(person, reference)

    def _hands(self, person: Person, officer: str, at: datetime) -> Said:
        """Give a person another officer, or another provider for a while."""
        if self.rng.random() < 0.2:
            provider = self.rng.choice((NPS, CRC))
            return world.allocated(person, provider, team=None, effective_at=at)
        team = OTHER_TEAM if officer == "OFF03" else TEAM
        return world.assigned(person, officer, team=team, effective_at=at)

    def _absence(self, _person: Person, officer: str, at: datetime) -> Said:
        """Let somebody be away, with cover or without, or be away for longer."""
        who = self.rng.choice((officer, officer, "MGR01", "MGR02", "DESK01"))
        cover = self.rng.choice((None, *OFFICERS, "MGR02"))
        name = self.away.setdefault(who, f"A-{self.count}")
        ends_at = at + HOUR * self.rng.choice((1, 3, 24))
        known = {"starts_at": at, "ends_at": self.rng.choice((None, ends_at))}
        return world.absent(who, None if cover == who else cover, absence_id=name, **known)

    def _back(self, person: Person, officer: str, at: datetime) -> Said:
        """Let somebody who is away come back, now or earlier than was said."""
        if not self.away:
            return self._absence(person, officer, at)
        who = self.rng.choice(sorted(self.away))
        return world.back(who, ended_at=at).but(absence_id=self.away.pop(who))

    def _access(self, person: Person, officer: str, at: datetime) -> Said:
        """Say who may see a case."""
        only = [officer] if self.rng.random() < 0.5 else [officer, "MGR01", "DESK01"]
        closed = self.rng.random() < 0.6
        return world.restricted(person, *only, restricted=closed, effective_at=at)

    def _leaves(self, _person: Person, officer: str, at: datetime) -> Said:
        """Let somebody leave, or come to work here again."""
        if self.rng.random() < 0.5:
            return world.left(officer, left_at=at)
        team = OTHER_TEAM if officer == "OFF03" else TEAM
        return world.an_officer(officer, team, effective_at=at)


@dataclass(slots=True)
class Desk:
    """Answers something that is open, as whoever has it, or as somebody who may not."""

    actor: Actor
    rng: random.Random

    def answers(self, at: datetime) -> Acted | None:
        """Answer one notice; None where nothing is open."""
        rows = self.actor.session.execute(
            "SELECT id, recipient FROM notice WHERE state NOT IN ('done', 'withdrawn') ORDER BY id"
        ).fetchall()
        if not rows:
            return None
        notice, recipient = self.rng.choice(rows)
        by = recipient if self.rng.random() < 0.8 else self.rng.choice(OFFICERS)
        move = self.rng.choice((Move.READ, Move.ACKNOWLEDGE, Move.ACKNOWLEDGE, Move.FINISH))
        return self.actor.act([Answered(notice, move, by, DONE)], at)
