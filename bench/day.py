"""One day of a county: what is going on, and the draws from which its events are made."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Final

from bench.county import County, Person, Record, Said, meta

UNKNOWN_SHARE: Final = 1 / 8
REPEATED_SHARE: Final = 1 / 30
REPEATED_AFTER_MAX: Final = 200
"""How many events later a repeat comes at most."""
OPEN_MATTERS_MAX: Final = 5_000
"""Matters that later steps are drawn from; older ones are over."""
OFFENCES: Final = (
    ("TH68001", "Theft from shop", ["acquisitive"]),
    ("CJ88116", "Assault by beating", ["violence"]),
    ("MD71001", "Possession of a class B drug", ["drugs"]),
    ("CD71039", "Criminal damage", ["criminal_damage"]),
    ("PH97012", "Harassment without violence", ["domestic_abuse"]),
    ("RT88191", "Using a vehicle while uninsured", ["motoring"]),
)


@dataclass(slots=True)
class Matter:
    """An arrest or a court case that goes on."""

    person: Person
    number: int

    @property
    def arrest(self) -> str:
        """Return the custody reference."""
        return f"AR-{self.number}"

    @property
    def court_case(self) -> str:
        """Return the case's unique reference."""
        return f"11AM{self.number:07}"


Traffic = Sequence[tuple[int, Callable[["Day"], Said]]]
"""Of a hundred events, how many are of which kind, and what makes one."""


@dataclass(slots=True)
class Day:
    """The traffic of a county from `at` on, `pace` between two events."""

    county: County
    at: datetime
    pace: timedelta = timedelta(milliseconds=20)
    number: int = 0
    matters: list[Matter] = field(default_factory=list)
    callouts: list[tuple[str, Person]] = field(default_factory=list)
    random: Random = field(init=False)

    def __post_init__(self) -> None:
        """Start the draw, apart from the county's own."""
        self.random = Random(self.county.seed + 1)

    def events(self, count: int, traffic: Traffic) -> Iterator[Said]:
        """Yield so many events, in the order in which they happen, some of them twice."""
        weights, makers = [each for each, _ in traffic], [make for _, make in traffic]
        said: deque[Said] = deque(maxlen=REPEATED_AFTER_MAX)
        for _ in range(count):
            self.number += 1
            self.at += self.pace
            if said and self.random.random() < REPEATED_SHARE:
                yield self.random.choice(said)
                continue
            made = self.random.choices(makers, weights)[0](self)
            said.append(made)
            yield made

    def somebody(self) -> Person:
        """Draw somebody of whom the police or a court may tell."""
        known = self.random.random() >= UNKNOWN_SHARE
        return self.county.person(self.random.randint(1, self.county.people), known=known)

    def supervised(self) -> Person:
        """Draw somebody who is supervised."""
        return self.county.person(self.random.randint(1, self.county.people))

    def matter(self) -> Matter:
        """Draw a matter that is open."""
        if not self.matters:
            return self.opened()
        return self.random.choice(self.matters)

    def opened(self) -> Matter:
        """Open a matter about somebody."""
        matter = Matter(self.somebody(), self.number)
        self.matters.append(matter)
        if len(self.matters) > OPEN_MATTERS_MAX:
            del self.matters[: OPEN_MATTERS_MAX // 2]
        return matter

    def police(self, name: str, person: Person, **body: object) -> Said:
        """Say something as the police."""
        head = meta("durham-police", f"P{self.number}", self.at, "allegation")
        record = {"meta": head, "person": person.reference("pnc"), **body}
        return Said("durham-police", f"police.{name}.v1", record)

    def case(self, name: str, **body: object) -> Said:
        """Say something as case management, about somebody drawn."""
        return self.county.case(name, self.supervised(), f"E{self.number}", at=self.at, **body)

    def offences(self) -> list[Record]:
        """Draw one or two offences."""
        drawn = self.random.sample(OFFENCES, self.random.randint(1, 2))
        return [{"code": code, "title": title, "groups": groups} for code, title, groups in drawn]
