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
    district, address, bits = district_of(code), f"{number} {street}", frequencies.bits
    number_bits, street_bits = bits("number", number), bits("street", street)
    address_bits = bits("address", address)
    if not frequencies.is_counted("address", address):
        # As if number and street were independent.
        address_bits = min(number_bits + street_bits, address_bits)
    return Place(
        code,
        district,
        number,
        street,
        rest,
        bits("postcode", code),
        address_bits,
        street_bits,
        bits("district", district),
        tuple([bits("locality", line) for line in rest]),
        min(number_bits, NUMBER_BITS_MAX),
    )


def read_place(
    lines: Iterable[str], postcode: str, junk: AbstractSet[str]
) -> tuple[str, tuple[str, str, tuple[str, ...]]]:
    """Return the postcode, and number, street and the rest of an address as given."""
    code = "".join(words_of(postcode))
    kept = []
    for line in lines:
        words = words_of(line)
        if not code and (found := _UK_IN_LINE.search(text := " ".join(words))):
            code = found[1] + found[2]
            words = tuple((text[: found.start()] + text[found.end() :]).split())
        if words and "".join(words) not in _NO_HOME:
            kept.append([_STREET_WORDS.get(word, word) for word in words])
    return ("" if code in junk else code), _parted(kept)


def _parted(lines: list[list[str]]) -> tuple[str, str, tuple[str, ...]]:
    """Part the lines: the one with a number is number and street, the others are the rest."""
    if not lines:
        return "", "", ()
    numbers = [[word for word in line if word[0].isdigit()] for line in lines]
    at = next((place for place, found in enumerate(numbers) if found), 0)
    # The last number of a line is the house, the ones before it are flats of it.
    number = "".join(numbers[at])
    street = "".join([word for word in lines[at] if not word[0].isdigit()])
    others = lines[:at] + lines[at + 1 :]
    if street in _NO_STREET and at + 1 < len(lines):
        street, others = "".join(lines[at + 1]), lines[:at] + lines[at + 2 :]
    return number, street, tuple(map("".join, others[:REST_MAX]))


def district_of(code: str) -> str:
    """Return the part of a postcode that names its district."""
    if _UK_POSTCODE.fullmatch(code):
        return code[:-_INWARD]
    return code[: (len(code) + 1) // 2]
