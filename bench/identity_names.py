"""Names by origin, streets and towns, for made-up people; the names are in identity_names.toml."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

NAMES_FILE: Final = Path(__file__).with_name("identity_names.toml")


@dataclass(frozen=True, slots=True)
class Origin:
    """Names of one origin, the commonest first; `share` is its part of the made-up people.

    `spellings` are rows of names that are written one for the other, `rare` is the share of people
    with a surname put together of `rare_parts`, `quirks` the habits that the error model follows.
    """

    id: str
    share: float
    male: tuple[str, ...]
    female: tuple[str, ...]
    family: tuple[str, ...]
    spellings: tuple[tuple[str, ...], ...]
    rare: float
    rare_parts: tuple[tuple[str, ...], tuple[str, ...]]
    quirks: frozenset[str]

    def rare_surname(self, first: float, second: float) -> str:
        """Make a rare surname from two numbers between 0 and 1."""
        beginnings, ends = self.rare_parts
        return beginnings[int(first * len(beginnings))] + ends[int(second * len(ends))]


def _origin(name: str, entry: dict[str, Any]) -> Origin:
    words = {key: tuple(text.split()) for key, text in entry.items() if isinstance(text, str)}
    return Origin(
        name,
        entry["share"],
        words["male"],
        words["female"],
        words["family"],
        tuple(tuple(row.split()) for row in entry["spellings"].strip().splitlines()),
        entry["rare"],
        (words["rare_beginnings"], words["rare_ends"] or ("",)),
        frozenset(entry["quirks"]),
    )


ORIGINS: Final = tuple(
    _origin(name, entry) for name, entry in tomllib.loads(NAMES_FILE.read_text("utf-8")).items()
)
ENGLISH_NAMES: Final = ("Kevin", "Jason", "Vincent", "Tony", "Amy", "Cindy", "Grace", "Eric", "Ivy")
_FIRST: Final = """
    Church Station Victoria Albert Park Mill Chapel Grange Queen King Nelson Wellington School
    Beech Oak Elm Ash Cedar Laurel Hawthorn Moor Wear Durham Neville Langley Bishop Bede Cuthbert
    Front Back North South East West Hill Dale Castle Abbey Priory Garden Meadow Orchard Railway
    Colliery Pit Quarry Bank Bridge Water Spring Well Rose Lily Cross Market Union Commercial
"""
STREETS: Final = tuple(
    f"{first} {kind}"
    for first in _FIRST.split()
    for kind in ("Street", "Road", "Terrace", "Close", "Avenue", "Drive", "Lane")
)
TOWNS: Final = (
    ("Aldermoor", "QX1"), ("Bede Bridge", "QX2"), ("Coldwell", "QX3"), ("Deerness", "QX4"),
    ("Eastgarth", "QX5"), ("Fellside", "QX6"), ("Gorsefield", "QX7"), ("Harehope", "QX8"),
    ("Ironhill", "QX9"), ("Kelloe Moor", "QX10"), ("Langbank", "QX11"), ("Millrace", "QX12"),
)  # fmt: skip
"""Made-up towns with postcode areas that do not exist."""
