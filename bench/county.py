"""A made-up county: its people, its officers and the events by which both became known.

Everything follows from the seed. Half of the people are with the public service, half with the
contracted one; teams have a manager, ten officers and a share of the people.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final

from streams.domain.identifiers import CHECK_LETTERS

GIVEN_NAMES: Final = (
    "Alaric",
    "Bettany",
    "Corwin",
    "Delphine",
    "Evander",
    "Fenella",
    "Gideon",
    "Hesper",
    "Isolde",
    "Jolyon",
    "Kezia",
    "Leofric",
)
FAMILY_NAMES: Final = (
    "Aldersyke",
    "Brackenridge",
    "Coldbeck",
    "Dunmallow",
    "Eaglesfield",
    "Farrowdale",
    "Garsdyke",
    "Hallowthorpe",
    "Ingleby-Vane",
    "Kettlewick",
    "Langstrother",
    "Mossgarth",
)
"""Made-up names, and few of them: surnames and birth dates do meet, as they do in a county."""
PROVIDERS: Final = ("nps-north-east", "crc-durham-tees-valley")
OFFICERS_OF_A_TEAM: Final = 10
PEOPLE_OF_A_TEAM: Final = 400
"""Assumed: forty people for each officer."""
REGISTERS: Final = ("ADVP", "ADVV", "RCCO", "RHRH", "STRG", "WEAP", "IIOM", "ALSH")
HAVE_ENFORCEMENT_OFFICER: Final = 0.1

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, by number; `known` people are supervised, others the county never heard of."""

    number: int
    pnc: str
    crn: str | None
    given_name: str
    family_name: str
    born_on: date
    provider: str
    team: str
    officer: str

    def reference(self, *kinds: str) -> Record:
        """Say who this is, by the identifiers of these kinds."""
        given = {"pnc": self.pnc, "crn": self.crn}
        return {
            "identifiers": [{"kind": kind, "value": given[kind]} for kind in kinds if given[kind]],
            "name": {
                "given_name": self.given_name,
                "middle_names": None,
                "family_name": self.family_name,
            },
            "aliases": [],
            "born_on": self.born_on,
            "addresses": [
                {
                    "kind": "home",
                    "lines": [f"{self.number % 180 + 1} Tanner's Row", "Aldermoor"],
                    "postcode": "QX4 2LN",
                    "no_fixed_address": False,
                }
            ],
        }


@dataclass(frozen=True, slots=True)
class Said:
    """What one agency says: who, of which type, and the record."""

    agency: str
    event_type: str
    record: Record


@dataclass(slots=True)
class County:
    """The people of a county by number, made when asked for; `begun_at` is when its year began."""

    people: int
    begun_at: datetime
    seed: int = 1
    random: Random = field(init=False)

    def __post_init__(self) -> None:
        """Start the draw."""
        self.random = Random(self.seed)

    def person(self, number: int, *, known: bool = True) -> Person:
        """Return a person by number: always the same one."""
        draw = Random((self.seed << 40) + (number << 1) + known)
        serial = number if known else 9_000_000 - number
        year = draw.randrange(1965, 2016)
        two_digits = f"{year % 100:02}{serial:07}"
        team = number // PEOPLE_OF_A_TEAM
        letter = chr(ord("A") + serial // 999_998 % 26)
        return Person(
            number=number,
            pnc=f"{year}/{serial:07}{CHECK_LETTERS[int(two_digits) % 23]}",
            crn=f"{letter}{serial % 999_998 + 1:06}" if known else None,
            given_name=draw.choice(GIVEN_NAMES),
            family_name=draw.choice(FAMILY_NAMES),
            born_on=date(1950, 1, 1) + timedelta(days=draw.randrange(20_000)),
            provider=PROVIDERS[team % len(PROVIDERS)],
            team=f"T{team}",
            officer=f"O{team}-{number % OFFICERS_OF_A_TEAM}",
        )

    def standing(self) -> Iterator[Said]:
        """Say what the county knew before the day began: staff first, then everybody's case."""
        teams = self.people // PEOPLE_OF_A_TEAM + 1
        for provider in PROVIDERS:
            yield self.directory("role_recorded", **_desk(provider, self.begun_at))
        for number in range(teams):
            yield from self._team(number)
        for number in range(1, self.people + 1):
            yield from self._case(self.person(number))

    def directory(self, event: str, /, **body: object) -> Said:
        """Say something about staff."""
        subject = "-".join(str(value) for value in list(body.values())[:2])
        event_id = f"{event}-{subject}"
        record = {"meta": meta("staff-directory", event_id, self.begun_at), **body}
        return Said("staff-directory", f"directory.{event}.v1", record)

    def case(self, name: str, person: Person, occasion: str, **body: object) -> Said:
        """Say something about a case, as case management does."""
        at = body.pop("at", self.begun_at)
        event_id = f"{name}-{person.number}-{occasion}"
        head = {"meta": meta("case-management", event_id, at)}
        record = {**head, "person": person.reference("crn", "pnc"), **body}
        return Said("case-management", f"case.{name}.v1", record)

    def _team(self, number: int) -> Iterator[Said]:
        """Say who is in a team and who manages it."""
        provider = PROVIDERS[number % len(PROVIDERS)]
        common: Record = {"provider": provider, "team": f"T{number}"}
        since = {"effective_at": self.begun_at}
        manager = f"M{number}"
        yield self.directory(
            "team_recorded", team=f"T{number}", provider=provider, name=f"Team {number}",
            manager=manager, **since,
        )  # fmt: skip
        for officer in (manager, *(f"O{number}-{each}" for each in range(OFFICERS_OF_A_TEAM))):
            grade = "manager" if officer == manager else "PO"
            route = {"email": f"{officer}@example.test".lower(), "phone": None, "verified_on": None}
            yield self.directory(
                "officer_recorded", officer=officer, name=f"Officer {officer}", grade=grade,
                **common, **route, **since,
            )  # fmt: skip

    def _case(self, person: Person) -> Iterator[Said]:
        """Say who has a person, under which order, and on which register they are."""
        common = {"provider": person.provider, "team": person.team, "effective_at": self.begun_at}
        yield self.case("allocated", person, "first", **common, reason=None)
        roles = ["responsible_officer"]
        if Random(person.number).random() < HAVE_ENFORCEMENT_OFFICER:
            roles.append("enforcement_officer")
        for role in roles:
            officer = person.officer if role == roles[0] else f"O{person.team[1:]}-9"
            yield self.case("assigned", person, role, **common, officer=officer, role=role)
        made_on = self.begun_at.date()
        yield self.case(
            "order_made", person, "order", order_id=f"CO-{person.number}", kind="community_order",
            made_on=made_on, ends_on=made_on + timedelta(days=730), court_case=None,
        )  # fmt: skip
        if person.number % 3 == 0:
            register = REGISTERS[person.number // 3 % len(REGISTERS)]
            yield self.case("registered", person, register, **on_register(register, made_on))


def on_register(register: str, on: date) -> Record:
    """Return the body of a registration."""
    return {
        "register": register,
        "registered_on": on,
        "level": None,
        "category": None,
        "review_on": None,
    }


def meta(agency: str, event_id: str, at: datetime, nature: str = "fact") -> Record:
    """Return what every event carries."""
    return {
        "event_id": event_id,
        "publisher": agency,
        "occurred_at": at,
        "published_at": at + timedelta(seconds=20),
        "supersedes": None,
        "retracts": None,
        "gateway": "offender_management_act_2007_s14",
        "handling": "official_sensitive",
        "nature": nature,
        "subject_category": None,
        "as_at": None,
        "source_grading": None,
        "handling_conditions": [],
    }


def _desk(provider: str, at: datetime) -> Record:
    """Return who holds a provider's duty desk."""
    return {
        "role": "duty_desk",
        "provider": provider,
        "holder": f"DESK-{provider}",
        "cover": None,
        "effective_at": at,
        "ended_at": None,
    }
