"""Made-up traffic of some months over a few people, drawn from a seed, right and wrong.

Few people, officers and references, so that they meet: steps of one matter, parties to a call-out,
repeats, corrections and retractions, absences with and without cover, restricted cases, leavers.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import world_builder as world
from chaos.people import a_person, at_home
from simulation import identities, offences, programmes, safeguarding
from world_builder import CRC, LONG_AGO, NOW, NPS, OTHER_TEAM, STAFF, TEAM, Person, Said

if TYPE_CHECKING:
    from collections.abc import Iterator

PEOPLE: Final = 14
REMEMBERED_MAX: Final = 40
OFFICERS: Final = ("OFF01", "OFF02", "OFF03", "ENF01")
TEAM_OF: Final = {"OFF01": TEAM, "OFF02": TEAM, "OFF03": OTHER_TEAM, "ENF01": None}
REGISTERS: Final = ("ADVP", "ADVV", "IMAR", "REG30", "WEAP", "MAPP")
CONDITIONS: Final = ("do_not_tell_person", "not_for_provider", "unsafe_to_contact")

Drawn = "Callable[[Traffic], Said]"


def opening() -> Iterator[Said]:
    """Say who works in the county."""
    yield world.a_team()
    yield world.a_team(OTHER_TEAM, manager="MGR02")
    for officer in STAFF:
        desk = {"grade": "desk"} if officer.startswith("DESK") else {}
        provider = NPS if officer in {"ENF01", "OFF03"} else CRC
        team = TEAM_OF.get(officer, TEAM if officer == "MGR01" else None)
        yield world.an_officer(officer, team, provider=provider, **desk)
    yield world.a_team(OTHER_TEAM, manager="MGR02", provider=NPS)
    yield world.an_officer("TUT01", TEAM, name="Gideon Farrowdale", grade="other")
    yield world.an_officer("WSW01", None, name="Isolde Mossgarth", grade="other")
    yield world.holds("duty_desk", "DESK01")
    yield world.holds("duty_desk", "DESK01", NPS)
    yield world.holds("allocation_desk", "DESK02", cover="WSW01")
    yield world.holds("restricted_access_lead", "LEAD01")
    yield world.holds("court_duty_officer", "ENF01", NPS, cover="OFF03")
    yield world.holds("mash_probation_officer", "OFF03", NPS)


@dataclass(slots=True)
class Traffic:
    """Draws what agencies say, one thing after the other, the clock moving on."""

    seed: int
    now: datetime = NOW
    said: list[Said] = field(default_factory=list)
    callouts: list[tuple[Person, str]] = field(default_factory=list)
    known: list[Person] = field(default_factory=list)
    rng: random.Random = field(init=False)
    _number: int = 0

    def __post_init__(self) -> None:
        """Begin to draw."""
        self.rng = random.Random(self.seed)  # noqa: S311 - seeded, and no secret

    def events(self, count: int) -> Iterator[Said]:
        """Yield so many events, each when it comes."""
        makers, weights = zip(*KINDS, strict=True)
        yield from opening()
        for _ in range(count):
            self.now += timedelta(minutes=self.rng.choice((0, 1, 7, 40, 300, 1_500)))
            made = self.rng.choices(makers, weights)[0](self)
            yield made
            self.said = [*self.said, made][-REMEMBERED_MAX:]

    def person(self) -> Person:
        """Draw somebody; the first ones are drawn more often."""
        return a_person(min(self.rng.randrange(PEOPLE), self.rng.randrange(PEOPLE)))

    @property
    def people(self) -> list[Person]:
        """Return everybody whom the traffic is about."""
        return [a_person(number) for number in range(PEOPLE)]

    def number(self) -> int:
        """Return a number that nothing else has."""
        self._number += 1
        return self._number

    def is_so(self, share: float) -> bool:
        """Answer with this chance."""
        return self.rng.random() < share

    def when(self) -> dict[str, Any]:
        """Draw when something happened: mostly just now, at times days or months ago, or ahead."""
        days = self.rng.choices((0, 3, 120, 380, 2_500, -2), (40, 6, 4, 4, 1, 1))[0]
        at = self.now - timedelta(days=days, minutes=self.rng.randrange(600))
        handled = [each for each in CONDITIONS if self.is_so(0.05)]
        return {"occurred_at": at, "published_at": self.now, "handling_conditions": handled}


def _sent(traffic: Traffic, said: Said, **fields: object) -> Said:
    """Let an event come now, with times and handling of its own."""
    return Said(said.type, said.but(**{**traffic.when(), **fields}).record, traffic.now)


def allocated(traffic: Traffic) -> Said:
    """Allocate somebody, perhaps somebody whom we know."""
    person = traffic.person()
    said = world.allocated(person)
    if traffic.is_so(0.2):
        person = identities.a_loner(traffic)
        said = world.allocated(person).but(person=at_home(person, "crn"))
    else:
        traffic.known.append(person)
    start = traffic.now - timedelta(days=traffic.rng.choice((0, 1, 30)))
    where = traffic.rng.choice(((CRC, TEAM), (CRC, None), (NPS, OTHER_TEAM), (CRC, OTHER_TEAM)))
    named = {"provider": where[0], "team": where[1], "effective_at": start}
    return _sent(traffic, said, **named)


def assigned(traffic: Traffic) -> Said:
    """Assign an officer, at times for enforcement, at times from another day."""
    officer = traffic.rng.choice(OFFICERS)
    role = "enforcement_officer" if traffic.is_so(0.2) else "responsible_officer"
    start = traffic.now + timedelta(hours=traffic.rng.choice((-700, -30, 0, 0, 20)))
    provider = NPS if officer in {"OFF03", "ENF01"} else CRC
    named = {"provider": provider, "team": TEAM_OF[officer], "effective_at": start, "role": role}
    return _sent(traffic, world.assigned(traffic.person(), officer), **named)


def order(traffic: Traffic) -> Said:
    """Make an order, or end it."""
    person, number = traffic.person(), traffic.rng.randrange(2)
    if traffic.is_so(0.6):
        return _sent(traffic, world.order_made(f"O-{number}", person))
    ended = (traffic.now - timedelta(days=traffic.rng.choice((-1, 0, 1, 9)))).date()
    return _sent(traffic, world.order_ended(f"O-{number}", person), ended_on=ended)


def registered(traffic: Traffic) -> Said:
    """Put somebody on a register, or take them off it."""
    person, register = traffic.person(), traffic.rng.choice(REGISTERS)
    if traffic.is_so(0.6):
        return _sent(traffic, world.on_register(register, person))
    ended = {"register": register, "ended_on": traffic.now.date()}
    return _sent(traffic, world.event("case.deregistered", person.reference("crn"), **ended))


def restricted(traffic: Traffic) -> Said:
    """Say who may see a case, or that everybody may again."""
    some = [each for each in (*OFFICERS, "MGR01", "DESK01") if traffic.is_so(0.4)]
    named = {
        "restricted": traffic.is_so(0.5),
        "excluded_officers": [each for each in OFFICERS if traffic.is_so(0.15)],
        "excluded_teams": [TEAM] if traffic.is_so(0.1) else [],
        "effective_at": traffic.now + timedelta(days=traffic.rng.choice((-3, 0, 2))),
    }
    return _sent(traffic, world.restricted(traffic.person(), *some), **named)


def away(traffic: Traffic) -> Said:
    """Let somebody go on leave, with or without cover, or extend it."""
    officer = traffic.rng.choice((*OFFICERS, "MGR01", "DESK01"))
    start = traffic.now + timedelta(days=traffic.rng.choice((-1, 0, 1)))
    named = {
        "absence_id": f"A-{officer}-{traffic.rng.randrange(3)}",
        "starts_at": start,
        "ends_at": start + timedelta(days=traffic.rng.randint(1, 14))
        if traffic.is_so(0.7)
        else None,
        "cover": traffic.rng.choice((None, "OFF01", "OFF02", "OFF03")),
    }
    return _sent(traffic, world.absent(officer), **named)


def returned(traffic: Traffic) -> Said:
    """Let somebody come back."""
    officer = traffic.rng.choice((*OFFICERS, "MGR01", "DESK01"))
    named = {"absence_id": f"A-{officer}-{traffic.rng.randrange(3)}", "ended_at": traffic.now}
    return _sent(traffic, world.event("directory.absence_ended", **named))


def moved(traffic: Traffic) -> Said:
    """Let an officer go to another team or leave, or a desk get another holder."""
    start = {"effective_at": traffic.now - timedelta(hours=traffic.rng.choice((0, 5, -5)))}
    kind, officer = traffic.rng.randrange(4), traffic.rng.choice(("OFF01", "OFF02"))
    if kind == 0:
        return _sent(traffic, world.left(officer, left_at=traffic.now))
    if kind == 1:
        holder = traffic.rng.choice(("DESK01", "MGR02"))
        return _sent(traffic, world.holds("duty_desk", holder), **start)
    team = traffic.rng.choice((TEAM, OTHER_TEAM))
    return _sent(traffic, world.an_officer(officer, team), **start)


def again(traffic: Traffic) -> Said:
    """Send something once more, as it was or with the same id and other content."""
    said = traffic.rng.choice(traffic.said or [world.a_team()])
    later = {"published_at": traffic.now}
    if traffic.is_so(0.3):
        later["source_grading"] = f"G-{traffic.number()}"
    if traffic.is_so(0.1):
        later["supersedes"] = said.event_id
    return Said(said.type, said.same_id_but(**later).record, traffic.now)


def corrected(traffic: Traffic) -> Said:
    """Correct something, or take it back."""
    said = traffic.rng.choice(traffic.said or [world.a_team()])
    how = "retracts" if traffic.is_so(0.5) else "supersedes"
    graded = {how: said.event_id, "source_grading": f"G-{traffic.number()}"}
    return Said(said.type, said.but(**graded).record, traffic.now)


def refused(traffic: Traffic) -> Said:
    """Say what an agency may not say, or not so."""
    said = offences.anything(traffic)
    wrong = traffic.rng.choice(
        ({"publisher": "hmcts"}, {"gateway": "safeguarding_duties"}, {"publisher": "nobody"})
    )
    return Said(said.type, said.but(**wrong).record, traffic.now)


KINDS: Final[tuple[tuple[Any, int], ...]] = (
    (allocated, 5),
    (assigned, 9),
    (order, 3),
    (registered, 4),
    (restricted, 2),
    (away, 4),
    (returned, 3),
    (moved, 1),
    (offences.callout, 22),
    (offences.anything, 30),
    (safeguarding.check, 10),
    (programmes.of_place, 12),
    (programmes.of_test, 8),
    (programmes.requirement_ended, 1),
    (again, 4),
    (corrected, 6),
    (identities.unsure, 3),
    (identities.borrowed, 5),
    (identities.renamed, 1),
    (identities.described, 4),
    (refused, 1),
)
"""What may be said, and how often; more are added by the flows that follow."""
BEGINNING: Final = LONG_AGO
