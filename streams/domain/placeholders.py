"""What is typed into an identifier's box where nobody knows the identifier.

Placeholders are data, so that a new one is one more entry: `identifiers.parse` answers `Junk` for
each of them, because an identifier that strangers share would join them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

NOT_KNOWN_WORDS: Final = frozenset(
    {
        *("-", "--", ".", "?", "N/A", "N/K", "NA", "NIL", "NK", "NONE", "NULL", "TBA", "TBC"),
        *("NOTAPPLICABLE", "NOTAVAILABLE", "NOTHELD", "NOTKNOWN", "NOTRECORDED"),
        *("UNAVAILABLE", "UNDEFINED", "UNK", "UNKNOWN"),
    }
)
"""Words for "not known", in upper case and without spaces. Assumed: from practice."""


JUNK_BIRTH_DATES: Final = frozenset({date(1970, 1, 1), date(1900, 1, 1)})
"""Dates of birth that systems fill in by themselves. Source: hmpps-person-match data cleaning."""
JUNK_POSTCODES: Final = frozenset({"NF1 1NF", "NF1 1FA"})
"""Postcodes that mean "no fixed abode". Source: hmpps-person-match data cleaning."""


@dataclass(frozen=True, slots=True)
class JunkList:
    """What stands for "not known": what we ship, and what an installation adds to it.

    `words` are in capitals without spaces, `identifiers` are (kind, canonical value), postcodes are
    without spaces.
    """

    words: frozenset[str] = NOT_KNOWN_WORDS
    identifiers: frozenset[tuple[str, str]] = frozenset()
    birth_dates: frozenset[date] = JUNK_BIRTH_DATES
    postcodes: frozenset[str] = frozenset(code.replace(" ", "") for code in JUNK_POSTCODES)

    def extended(
        self,
        *,
        words: Iterable[str] = (),
        identifiers: Mapping[str, Iterable[str]] | None = None,
        birth_dates: Iterable[date] = (),
        postcodes: Iterable[str] = (),
    ) -> "JunkList":
        """Return a list with more on it; what we ship cannot be taken off."""
        more = {(kind, value) for kind, values in (identifiers or {}).items() for value in values}
        return JunkList(
            self.words | {"".join(word.split()).upper() for word in words},
            self.identifiers | more,
            self.birth_dates | frozenset(birth_dates),
            self.postcodes | {"".join(code.split()).upper() for code in postcodes},
        )


JUNK: Final = JunkList()
"""The list as we ship it."""


@dataclass(frozen=True, slots=True)
class DummyAsn:
    """One pattern of ASNs that forces and courts make up, by its parts; None is any value."""

    unit: str
    force: str | None = None
    system: str | None = None
    year: str | None = None


DUMMY_ASNS: Final = (
    DummyAsn(year="08", force="00", unit="NP", system="01"),
    DummyAsn(year="08", force="00", unit="PP", system="01"),
    DummyAsn(unit="NR", system="PR"),
    DummyAsn(force="12", unit="LN", system="00"),
    DummyAsn(force="00", unit="NP", system="00"),
    DummyAsn(force="63", unit="00"),
    DummyAsn(force="06", unit="SS"),
    DummyAsn(force="00", unit="XX"),
    *(DummyAsn(force="50", unit=u) for u in ("11", "12", "21", "41", "42", "43", "OF", "SJ")),
)
"""ASNs given where nobody was arrested or summonsed. Source: bichard7-next-core, isDummyAsn."""

_DUMMY_UNITS: Final = frozenset(dummy.unit for dummy in DUMMY_ASNS)


def is_dummy_asn(year: str, force: str, unit: str, system: str) -> bool:
    """Answer whether an ASN of these parts (two characters each) is a made-up one."""
    if unit not in _DUMMY_UNITS:
        return False
    return any(
        dummy.unit == unit
        and dummy.force in {None, force}
        and dummy.system in {None, system}
        and dummy.year in {None, year}
        for dummy in DUMMY_ASNS
    )
