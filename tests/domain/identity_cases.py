"""The table of identity cases, read from identity_cases.toml, and what a county knows of names."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from streams.domain.identifiers import Identifier, IdentifierKind
from streams.domain.scoring.frequencies import Frequencies
from streams.domain.scoring.guards import Decision
from streams.domain.scoring.people import Description, Home, Name
from streams.identity_files import load_weights

TABLE: Final = Path(__file__).with_name("identity_cases.toml")
PEOPLE: Final = 250_000
IN_THE_HOSTEL: Final = {"postcode": "QX61HS", "address": "1 BEDEHOUSESTATIONROAD"}
ON_THE_SITE: Final = {"postcode": "QX97CS", "address": " THECARAVANSITE"}


@dataclass(frozen=True, slots=True)
class Case:
    """Two descriptions, the decisions that are good, and why."""

    group: str
    name: str
    left: Description
    right: Description
    good: frozenset[Decision]
    why: str


def described(entry: dict[str, Any]) -> Description:
    """Read one side of a case."""
    names = [_name(entry[key]) for key in ("name", "aka") if key in entry]
    found = [
        Identifier(kind, entry[kind.value])
        for kind in (IdentifierKind.PNC, IdentifierKind.CRN)
        if kind.value in entry
    ]
    births = entry.get("born", "").replace("-", "").split()
    homes = tuple(_home(home) for home in entry.get("homes", ()))
    return Description(tuple(names), tuple(births), homes, frozenset(found))


def _name(text: str) -> Name:
    given, _, family = text.partition("/")
    first, _, middle = given.partition("+")
    return Name(first.strip(), middle.strip(), family.strip())


def _home(text: str) -> Home:
    *lines, postcode = text.split("|")
    return Home(tuple(lines), postcode)


def cases() -> list[Case]:
    """Return the table, in its order."""
    return [
        Case(
            group,
            entry["name"],
            described(entry["left"]),
            described(entry["right"]),
            frozenset(map(Decision, entry["good"])),
            entry["why"],
        )
        for group, entries in tomllib.loads(TABLE.read_text("utf-8")).items()
        for entry in entries
    ]


def county() -> Frequencies:
    """Return what is known of names, with a hostel and a site that many people share."""
    shares = {kind: dict(of) for kind, of in load_weights().known.shares.items()}
    for place in (IN_THE_HOSTEL, ON_THE_SITE):
        for kind, value in place.items():
            shares.setdefault(kind, {})[value] = 60 / PEOPLE
    return Frequencies(PEOPLE, shares)
