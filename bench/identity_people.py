"""Made-up people for identity: families, twins, hostels and sites, and records with errors.

Everything follows from the seed. Each person lives somewhere and may have moved; each record of a
person is what one agency wrote down, with the slips that clerks, keyboards and families make. The
rates are assumed, as no published figures of real records are at hand; they are data, below.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Final

from bench.identity_errors import worsened
from bench.identity_names import ORIGINS, STREETS, TOWNS, Origin
from streams.domain.identifiers import CHECK_LETTERS

HOMES_OF_A_POSTCODE: Final = 14
HOSTEL_PEOPLE: Final = 30
SITE_PEOPLE: Final = 40
RANKS_AHEAD: Final = 10
FAMILY_SHARE: Final = 0.45
"""Assumed: of people in these records, so many have a relative in them."""
TWINS: Final = 0.015
SAME_NAME_AS_PARENT: Final = {"family_names": 0.35, "": 0.08}
MOVED: Final = 0.35
HOSTEL: Final = 0.03
MIDDLE_NAME: Final = 0.45
HAVE_PNC: Final = 0.6
GENERATION_DAYS: Final = (18 * 365, 40 * 365)
YOUNGEST_YEAR: Final = 2012


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody lives."""

    number: str
    street: str
    town: str
    postcode: str


@dataclass(frozen=True, slots=True)
class Someone:
    """A made-up person as they are."""

    number: int
    origin: Origin
    sex: str
    given: str
    middle: str
    family: str
    born_on: date
    homes: tuple[Address, ...]
    pnc: str | None
    tie: str = ""
    """What they are to the person before: `twin`, `child`, `sibling`, `partner` or nothing."""


@dataclass(frozen=True, slots=True)
class Written:
    """One record: whom it is about, and what was written."""

    person: int
    origin: str
    given: str
    middle: str
    family: str
    born: str
    lines: tuple[str, ...]
    postcode: str
    alias_given: str = ""
    alias_family: str = ""
    pnc: str = ""
    slips: tuple[str, ...] = ()


@dataclass(slots=True)
class MadeUp:
    """A population of so many people, drawn from a seed."""

    people: int
    seed: int = 1
    random: Random = field(init=False)
    everybody: list[Someone] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        """Draw everybody, families together."""
        self.random = Random(self.seed)
        sites = [self._address(site=True) for _ in range(max(1, self.people // 2_000))]
        hostels = [self._address() for _ in range(max(1, self.people // 1_500))]
        while len(self.everybody) < self.people:
            self._family(sites, hostels)
        del self.everybody[self.people :]

    def records(self, each: tuple[int, int] = (1, 3)) -> list[Written]:
        """Write each person down so many times: the first time as they are, then with slips."""
        written = []
        for person in self.everybody:
            for number in range(self.random.randint(*each)):
                clean = self._written(person)
                written.append(worsened(clean, person.origin, self.random) if number else clean)
        return written

    def _pick(self, values: tuple[str, ...]) -> str:
        """Pick a value; shares fall as one over the rank and ten, so the first has some 4%."""
        top = RANKS_AHEAD
        return values[int(top * ((len(values) + top) / top) ** self.random.random() - top)]

    def _origin(self) -> Origin:
        return self.random.choices(ORIGINS, [origin.share for origin in ORIGINS])[0]

    def _address(self, *, site: bool = False) -> Address:
        draw = self.random
        town, area = draw.choice(TOWNS)
        # So many postcodes that each has the homes of a postcode.
        place = draw.randrange(max(40, self.people // 20))
        street = STREETS[place * 11 % len(STREETS)]
        letters = "ABDEFGHJLNPQRSTUWXYZ"
        spread = place * 1_237 % 3_600
        inward = f"{spread % 9 + 1}{letters[spread // 9 % 20]}{letters[spread // 180]}"
        number = str(draw.randint(1, HOMES_OF_A_POSTCODE) + place % 60)
        name = "The Caravan Site" if site else street
        return Address("" if site else number, name, town, f"{area} {inward}")

    def _family(self, sites: list[Address], hostels: list[Address]) -> None:
        """Draw a person, and sometimes their twin, child, sibling or partner."""
        draw = self.random
        origin = self._origin()
        first = self._somebody(origin, self._home(origin, sites, hostels))
        self.everybody.append(first)
        if draw.random() >= FAMILY_SHARE:
            return
        kind = draw.choices(("twin", "child", "sibling", "partner"), (TWINS * 20, 4, 4, 3))[0]
        self.everybody.append(self._relative(first, kind))

    def _home(self, origin: Origin, sites: list[Address], hostels: list[Address]) -> Address:
        draw = self.random
        if "site" in origin.quirks and draw.random() < 1 / 2:
            return draw.choice(sites)
        return draw.choice(hostels) if draw.random() < HOSTEL else self._address()

    def _somebody(self, origin: Origin, home: Address) -> Someone:
        draw = self.random
        sex = "m" if draw.random() < 0.8 else "f"  # noqa: PLR2004 - most in these records are men
        names = origin.male if sex == "m" else origin.female
        given = self._pick(names)
        middle = self._pick(names) if draw.random() < MIDDLE_NAME else ""
        born = date(1955, 1, 1) + timedelta(days=draw.randrange(52 * 365))
        if "first_january" in origin.quirks and draw.random() < 0.12:  # noqa: PLR2004 - assumed
            born = born.replace(month=1, day=1)
        homes = (self._address(), home) if draw.random() < MOVED else (home,)
        family = self._family_name(origin)
        if "feminine" in origin.quirks and sex == "f" and family.endswith("ski"):
            family = family[:-1] + "a"
        number = len(self.everybody)
        middle = "" if middle == given else middle
        pnc = self._pnc(born) if draw.random() < HAVE_PNC else None
        return Someone(number, origin, sex, given, middle, family, born, homes, pnc)

    def _family_name(self, origin: Origin) -> str:
        if self.random.random() < origin.rare:
            return origin.rare_surname(self.random.random(), self.random.random())
        return self._pick(origin.family)

    def _pnc(self, born: date) -> str:
        year = min(born.year + self.random.randint(14, 40), 2025)
        serial = self.random.randint(1, 999_999)
        return f"{year}/{serial:07}{CHECK_LETTERS[int(f'{year % 100:02}{serial:07}') % 23]}"

    def _relative(self, of: Someone, kind: str) -> Someone:
        draw = self.random
        found = replace(self._somebody(of.origin, of.homes[-1]), tie=kind, family=of.family)
        if kind == "twin":
            names = of.origin.male if of.sex == "m" else of.origin.female
            same = {name for row in of.origin.spellings if of.given in row for name in row}
            given = draw.choice(
                [name for name in names if name not in {of.given, of.middle, *same}]
            )
            return replace(found, sex=of.sex, given=given, born_on=of.born_on, homes=of.homes)
        if kind == "child":
            born = of.born_on + timedelta(days=draw.randint(*GENERATION_DAYS))
            chance = SAME_NAME_AS_PARENT["family_names" * ("family_names" in of.origin.quirks)]
            given = of.given if draw.random() < chance and of.sex == found.sex else found.given
            if born.year > YOUNGEST_YEAR:
                born = of.born_on + timedelta(days=GENERATION_DAYS[0] + draw.randrange(700))
            return replace(found, given=given, born_on=born)
        if kind == "sibling":
            days = draw.choice((-1, 1)) * draw.randint(300, 12 * 365)
            others = [n for n in (of.origin.male + of.origin.female) if n != of.given]
            given = found.given if found.given != of.given else draw.choice(others)
            return replace(found, given=given, born_on=of.born_on + timedelta(days=days))
        return found

    def _written(self, person: Someone) -> Written:
        home = person.homes[-1] if self.random.random() < 0.8 else person.homes[0]  # noqa: PLR2004 - old ones stay
        return Written(
            person.number,
            person.origin.id,
            person.given,
            person.middle if self.random.random() < 0.6 else "",  # noqa: PLR2004 - often left out
            person.family,
            person.born_on.isoformat().replace("-", ""),
            (f"{home.number} {home.street}".strip(), home.town),
            home.postcode,
            pnc=person.pnc if person.pnc and self.random.random() < 0.5 else "",  # noqa: PLR2004 - assumed
        )
