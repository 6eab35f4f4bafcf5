"""What is typed into an identifier's box where nobody knows the identifier.

Placeholders are data, so that a new one is one more entry: `identifiers.parse` answers `Junk` for
each of them, because an identifier that strangers share would join them.
"""

from dataclasses import dataclass
from typing import Final

NOT_KNOWN_WORDS: Final = frozenset(
    {
        *("-", "--", ".", "?", "N/A", "N/K", "NA", "NIL", "NK", "NONE", "NULL", "TBA", "TBC"),
        *("NOTAPPLICABLE", "NOTAVAILABLE", "NOTHELD", "NOTKNOWN", "NOTRECORDED"),
        *("UNAVAILABLE", "UNDEFINED", "UNK", "UNKNOWN"),
    }
)
"""Words for "not known", in upper case and without spaces. Assumed: from practice."""


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
