"""Addresses, ready to be compared: postcode, number, street and the rest.

A postcode is some fifteen homes; the number tells them apart, and the street is the same for all of
them. So number and street are weighed by whether the postcode says the same already.
"""

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple

from streams.domain.scoring.frequencies import Frequencies
from streams.domain.scoring.texts import words_of

_UK_POSTCODE: Final = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}", re.ASCII)
_UK_IN_LINE: Final = re.compile(r"\b([A-Z]{1,2}[0-9][A-Z0-9]?) ?([0-9][A-Z]{2})\b", re.ASCII)
_INWARD: Final = 3
_NO_STREET: Final = frozenset({"", "FLAT", "UNIT", "ROOM", "PLOT", "PITCH"})
"""Words beside a number that name no street: it is in the next line."""
REST_MAX: Final = 4
"""Most lines besides the one with number and street that are looked at."""
NUMBER_BITS_MAX: Final = 7.0
"""Assumed: however rare a house number is, to share it without a street says no more than this."""
_NO_HOME: Final = frozenset({"NOFIXEDABODE", "NOFIXEDADDRESS", "NFA", "HOMELESS", "UNKNOWN"})
_STREET_WORDS: Final = {
    "RD": "ROAD",
    "STR": "STREET",
    "ST": "STREET",
    "AVE": "AVENUE",
    "AV": "AVENUE",
    "CL": "CLOSE",
    "CRES": "CRESCENT",
    "CT": "COURT",
    "DR": "DRIVE",
    "GDNS": "GARDENS",
    "GRN": "GREEN",
    "GR": "GROVE",
    "LN": "LANE",
    "PK": "PARK",
    "PL": "PLACE",
    "SQ": "SQUARE",
    "TER": "TERRACE",
    "TERR": "TERRACE",
    "HSE": "HOUSE",
    "APT": "FLAT",
    "FLT": "FLAT",
}
"""Short forms in addresses."""


class Place(NamedTuple):
    """An address, ready: texts without gaps, and how much it says to share each."""

    postcode: str
    district: str
    number: str
    street: str
    rest: tuple[str, ...]
    postcode_bits: float
    address_bits: float
    street_bits: float
    district_bits: float
    rest_bits: tuple[float, ...]
    number_bits: float


def prepare_place(
    lines: Iterable[str], postcode: str, frequencies: Frequencies, junk: AbstractSet[str]
) -> Place | None:
    """Make an address ready; None where nothing of it says where somebody lives."""
    code, parts = read_place(lines, postcode, junk)
    number, street, rest = parts
    if not (code or street or rest):
        return None
    return Place(
        code,
        district_of(code),
        number,
        street,
        rest,
        frequencies.bits("postcode", code),
        _address_bits(number, street, frequencies),
        frequencies.bits("street", street),
        frequencies.bits("district", district_of(code)),
        tuple(frequencies.bits("locality", line) for line in rest),
        min(frequencies.bits("number", number), NUMBER_BITS_MAX),
    )


def _address_bits(number: str, street: str, frequencies: Frequencies) -> float:
    """Return how much it says to share number and street: as counted, else as if independent."""
    address = f"{number} {street}"
    if frequencies.is_counted("address", address):
        return frequencies.bits("address", address)
    apart = frequencies.bits("number", number) + frequencies.bits("street", street)
    return min(apart, frequencies.bits("address", address))


def read_place(
    lines: Iterable[str], postcode: str, junk: AbstractSet[str]
) -> tuple[str, tuple[str, str, tuple[str, ...]]]:
    """Return the postcode, and number, street and the rest of an address as given."""
    code = "".join(words_of(postcode))
    kept = []
    for line in lines:
        text = " ".join(words_of(line))
        if not code and (found := _UK_IN_LINE.search(text)):
            code, text = found[1] + found[2], text[: found.start()] + text[found.end() :]
        if text and "".join(text.split()) not in _NO_HOME:
            kept.append(tuple(_STREET_WORDS.get(word, word) for word in text.split()))
    return ("" if code in junk else code), _parted(kept)


def _parted(lines: list[tuple[str, ...]]) -> tuple[str, str, tuple[str, ...]]:
    """Part the lines: the one with a number is number and street, the others are the rest."""
    at = next((n for n, line in enumerate(lines) if any(w[0].isdigit() for w in line)), 0)
    if not lines:
        return "", "", ()
    words = lines[at]
    # The last number of a line is the house, the ones before it are flats of it.
    number = "".join(word for word in words if word[0].isdigit())
    street = "".join(word for word in words if not word[0].isdigit())
    others = lines[:at] + lines[at + 1 :]
    if street in _NO_STREET and at + 1 < len(lines):
        street, others = "".join(lines[at + 1]), lines[:at] + lines[at + 2 :]
    return number, street, tuple("".join(line) for line in others[:REST_MAX])


def district_of(code: str) -> str:
    """Return the part of a postcode that names its district."""
    if _UK_POSTCODE.fullmatch(code):
        return code[:-_INWARD]
    return code[: (len(code) + 1) // 2]
