"""Identifiers of a person, read into the one form under which they are compared.

Agencies write the same PNC id in a dozen ways and type something into a mandatory box when they
know nothing. `parse` answers with an `Identifier` in its canonical form, `Refused` (it cannot be
one of these: the publisher must look) or `Junk` (it stands for "we do not know" and would join
strangers). It answers so for every text there is; it never raises.

A refusal and a junk answer carry words and a length, never the text: they end in logs and audit.

Source: reference/probation.md section 5.2 for formats, check letters and dummy ASNs.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from msgspec import Struct

from streams.domain.placeholders import JUNK, JunkList, is_dummy_asn

GIVEN_CHARS_MAX: Final = 128
"""Longest text that is looked at, in characters; the longest real identifier has 36."""
EARLIEST_PNC_YEAR: Final = 1900
"""Assumed: no PNC id is of an earlier year; records made before the PNC were loaded into it."""
PNC_SERIAL_DIGITS: Final = 7
CHECK_LETTERS: Final = "ZABCDEFGHJKLMNPQRTUVWXY"
"""The letter of a number is the one at the number modulo 23; there is no I, O or S."""


class IdentifierKind(StrEnum):
    """Who gave the identifier out; the names are those of the event contract."""

    PNC = "pnc"
    CRO = "cro"
    CRN = "crn"
    NOMIS = "nomis"
    ASN = "asn"
    CPR_UUID = "cpr_uuid"
    CP_MASTER_DEFENDANT = "cp_master_defendant"
    CP_DEFENDANT = "cp_defendant"
    YOT = "yot"
    DRIVER_NUMBER = "driver_number"
    AGENCY_PERSON = "agency_person"


MATCHING_KINDS: Final = frozenset(
    {
        IdentifierKind.PNC,
        IdentifierKind.CRO,
        IdentifierKind.CRN,
        IdentifierKind.NOMIS,
        IdentifierKind.ASN,
        IdentifierKind.CPR_UUID,
        IdentifierKind.CP_MASTER_DEFENDANT,
    }
)
"""Kinds that may say who somebody is. A court's defendant id is of one case and never may."""


class Identifier(Struct, frozen=True):
    """One identifier in canonical form: equal values mean the same record of the same register."""

    kind: IdentifierKind
    value: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The text cannot be one of its kind; `why` says what was expected and whose move it is."""

    kind: IdentifierKind
    given_length: int
    why: str


@dataclass(frozen=True, slots=True)
class Junk:
    """The text stands for "not known": it is left out of matching, and nobody has to act."""

    kind: IdentifierKind
    why: str


Parsed = Identifier | Refused | Junk

_ANY_DIGIT: Final = "0123456789"

PLACEHOLDER_SERIALS: Final = {
    IdentifierKind.PNC: frozenset(digit * PNC_SERIAL_DIGITS for digit in _ANY_DIGIT),
    IdentifierKind.CRO: frozenset(digit * 6 for digit in _ANY_DIGIT),
    IdentifierKind.ASN: frozenset(digit * 11 for digit in _ANY_DIGIT),
    IdentifierKind.CRN: frozenset({"000000", "999999"}),
    IdentifierKind.NOMIS: frozenset({"0000"}),
}
"""Serials that are typed to fill a box, whatever letters and years stand around them.

Assumed: a PNC, CRO or ASN serial of one repeated digit is next to never given out. CRNs and NOMIS
numbers are short and given out in order, so X111111 and A1111AA are people: suppressing them would
mean that nobody is told, while a placeholder among them is held later as `names_differ`.
"""

_EXPECTED: Final = {
    IdentifierKind.PNC: "a PNC id is YYYY/NNNNNNNX or YY/NX",
    IdentifierKind.CRO: "a CRO number is NNNNNN/YYX or SFYY/NX",
    IdentifierKind.CRN: "a CRN is one letter and six digits",
    IdentifierKind.NOMIS: "a NOMIS number is one letter, four digits and two letters",
    IdentifierKind.ASN: "an ASN is year, force, unit, system, eleven digits and a letter",
    IdentifierKind.CPR_UUID: "a core person record id is a UUID",
    IdentifierKind.CP_MASTER_DEFENDANT: "a master defendant id is a UUID",
    IdentifierKind.CP_DEFENDANT: "a defendant id is printable text",
    IdentifierKind.YOT: "a youth offending team's id is printable text",
    IdentifierKind.DRIVER_NUMBER: "a driver number is printable text",
    IdentifierKind.AGENCY_PERSON: "an agency's own person id is printable text",
}
_AMBIGUOUS_PNC: Final = (
    "it may be a long year with an unpadded serial, which without a slash cannot be told from a"
    " short year; the publisher must write YYYY/NNNNNNNX"
)
_WRONG_LETTER: Final = "its check letter does not fit it; the publisher must check the typing"
_WRONG_SHAPE: Final = "what came has another shape; the publisher must check the typing"
_TOO_LONG: Final = f"what came is over {GIVEN_CHARS_MAX} characters; the publisher must check it"
_WRONG_YEAR: Final = "what came is of a year that cannot be; the publisher must check the typing"

_NOT_KNOWN: Final = "it says that the identifier is not known"
_PLACEHOLDER: Final = "it is a placeholder that many records share"
_DUMMY: Final = "it is an ASN made up where nobody was arrested or summonsed"

_PNC_SLASHED: Final = re.compile(r"([0-9]{4}|[0-9]{2})/([0-9]{1,7})([A-Z])", re.ASCII)
_PNC_BARE: Final = re.compile(r"([0-9]{4}(?=[0-9]{7}[A-Z])|[0-9]{2})([0-9]{1,7})([A-Z])", re.ASCII)
_PNC_BARE_UNPADDED: Final = re.compile(r"(?:19|20)([0-9]{2})([0-9]{1,6})([A-Z])", re.ASCII)
_CRO: Final = re.compile(r"([0-9]{1,6})/([0-9]{2})([A-Z])", re.ASCII)
_CRO_FILE: Final = re.compile(r"SF([0-9]{2})/([0-9]{1,6})([A-Z])", re.ASCII)
_CRN: Final = re.compile(r"[A-Z]([0-9]{6})", re.ASCII)
_NOMIS: Final = re.compile(r"[A-Z]([0-9]{4})[A-Z]{2}", re.ASCII)
_ASN: Final = re.compile(
    r"([0-9]{2})([A-Z]?)([A-Z0-9]{2})([A-Z0-9]{2})([A-Z0-9]{2})([0-9]{11})([A-Z])", re.ASCII
)
_ASN_SLASHED: Final = re.compile(
    r"([0-9]{2})/([A-Z]?[A-Z0-9]{4})/([A-Z0-9]{2})/([0-9]{1,11})([A-Z])", re.ASCII
)
_DRIVER: Final = re.compile(r"[A-Z][A-Z9]{4}[0-9]{6}[A-Z9]{2}[0-9A-Z][A-Z]{2}", re.ASCII)
"""Surname, birth and initials; Northern Ireland's and others are kept as they came."""
_UUID: Final = re.compile(r"[0-9A-F]{8}(-?)(?:[0-9A-F]{4}\1){3}[0-9A-F]{12}", re.ASCII)


def parse(kind: IdentifierKind, given: str, *, year: int, junk: JunkList = JUNK) -> Parsed:
    """Read one identifier as an agency wrote it; `year` is that of the event's broker time.

    Two-digit years of a PNC id up to that of `year` are of its century, others of the one before.
    A PNC id without a slash is the long form if it has twelve characters, the short form if fewer.
    So a long year with an unpadded serial needs its slash. Without, it is refused, but for a few
    years and lengths (2022 with four digits) whose letter fits the short form also: then it is one.
    """
    if len(given) > GIVEN_CHARS_MAX:
        return _refused(kind, given, _TOO_LONG)
    squeezed = "".join(given.split())
    text = squeezed.upper()
    if not text or text in junk.words:
        return Junk(kind, _NOT_KNOWN)
    if kind not in MATCHING_KINDS:
        found = _opaque(kind, given)
    else:
        # Asked before upper case, which turns a long s or a Kelvin sign into an ASCII letter.
        found = _READERS[kind](kind, text, year) if squeezed.isascii() else _WRONG_SHAPE
    if isinstance(found, Identifier) and (found.kind.value, found.value) in junk.identifiers:
        return Junk(kind, _PLACEHOLDER)
    return _refused(kind, given, found) if isinstance(found, str) else found


def _refused(kind: IdentifierKind, given: str, why: str) -> Refused:
    return Refused(kind, len(given), f"{_EXPECTED.get(kind, 'an identifier is text')}; {why}")


def _opaque(kind: IdentifierKind, given: str) -> Identifier | Junk | str:
    """Keep an identifier that never matches as it came, but for spaces; one shape is known."""
    text = " ".join(given.split())
    squeezed = text.replace(" ", "").replace("-", "").upper()
    if kind is IdentifierKind.DRIVER_NUMBER and text.isascii() and _DRIVER.fullmatch(squeezed):
        return Identifier(kind, squeezed)
    return Identifier(kind, text) if text.isprintable() else _WRONG_SHAPE


def _pnc(kind: IdentifierKind, text: str, year: int) -> Identifier | Junk | str:
    found = (_PNC_SLASHED if "/" in text else _PNC_BARE).fullmatch(text)
    if found is None:
        return _AMBIGUOUS_PNC if _may_be_long_unpadded(text) else _misfit(kind, text)
    written_year, serial, letter = found.groups()
    padded = serial.zfill(PNC_SERIAL_DIGITS)
    if padded in PLACEHOLDER_SERIALS[kind]:
        return Junk(kind, _PLACEHOLDER)
    if CHECK_LETTERS[int(written_year[-2:] + padded) % 23] != letter:
        return _AMBIGUOUS_PNC if _may_be_long_unpadded(text) else _WRONG_LETTER
    full_year = _full_year(written_year, year)
    if not EARLIEST_PNC_YEAR <= full_year <= year:
        return _WRONG_YEAR
    return Identifier(kind, f"{full_year}/{padded}{letter}")


def _full_year(written: str, year: int) -> int:
    number = int(written)
    if len(written) == len("YYYY"):
        return number
    century = year - year % 100
    return century + number if number <= year % 100 else century - 100 + number


def _may_be_long_unpadded(text: str) -> bool:
    """Answer whether a text without slash reads as YYYY and an unpadded serial."""
    found = _PNC_BARE_UNPADDED.fullmatch(text)
    return (
        found is not None
        and _check_letter(found[1] + found[2].zfill(PNC_SERIAL_DIGITS)) == found[3]
    )


def _cro(kind: IdentifierKind, text: str, _year: int) -> Identifier | Junk | str:
    if found := _CRO.fullmatch(text):
        serial, two_digits, letter = found[1].zfill(6), found[2], found[3]
        number, value = two_digits + serial, f"{serial}/{two_digits}{letter}"
    elif found := _CRO_FILE.fullmatch(text):
        two_digits, serial, letter = found[1], found[2].lstrip("0") or "0", found[3]
        number, value = two_digits + serial, f"SF{two_digits}/{serial}{letter}"
    else:
        return _misfit(kind, text)
    if serial.zfill(6) in PLACEHOLDER_SERIALS[kind]:
        return Junk(kind, _PLACEHOLDER)
    return Identifier(kind, value) if _check_letter(number) == letter else _WRONG_LETTER


def _crn(kind: IdentifierKind, text: str, _year: int) -> Identifier | Junk | str:
    return _lettered(kind, text, _CRN)


def _nomis(kind: IdentifierKind, text: str, _year: int) -> Identifier | Junk | str:
    return _lettered(kind, text, _NOMIS)


def _lettered(kind: IdentifierKind, text: str, shape: re.Pattern[str]) -> Identifier | Junk | str:
    """Read a kind that has a shape but no check letter; the group of `shape` is its serial."""
    found = shape.fullmatch(text)
    if found is None:
        return _misfit(kind, text)
    if found[1] in PLACEHOLDER_SERIALS[kind]:
        return Junk(kind, _PLACEHOLDER)
    return Identifier(kind, text)


def _asn(kind: IdentifierKind, text: str, _year: int) -> Identifier | Junk | str:
    if slashed := _ASN_SLASHED.fullmatch(text):
        text = f"{slashed[1]}{slashed[2]}{slashed[3]}{slashed[4].zfill(11)}{slashed[5]}"
    found = _ASN.fullmatch(text)
    if found is None:
        return _misfit(kind, text)
    two_digits, _top_level, force, unit, system, sequence, letter = found.groups()
    if is_dummy_asn(two_digits, force, unit, system):
        return Junk(kind, _DUMMY)
    if sequence in PLACEHOLDER_SERIALS[kind]:
        return Junk(kind, _PLACEHOLDER)
    numeric = "".join(part for part in (force, system) if part.isdigit())
    fits = _check_letter(numeric + two_digits + sequence) == letter
    return Identifier(kind, text) if fits else _WRONG_LETTER


def _uuid(kind: IdentifierKind, text: str, _year: int) -> Identifier | Junk | str:
    if _UUID.fullmatch(text) is None:
        return _misfit(kind, text)
    digits = text.replace("-", "").lower()
    if _is_one_character(digits):
        return Junk(kind, _PLACEHOLDER)
    parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
    return Identifier(kind, "-".join(parts))


def _misfit(kind: IdentifierKind, text: str) -> Junk | str:
    """Tell a key held down to fill a mandatory box from a text that was meant."""
    return Junk(kind, _PLACEHOLDER) if _is_one_character(text) else _WRONG_SHAPE


def _is_one_character(text: str) -> bool:
    return text.count(text[0]) == len(text)


def _check_letter(number: str) -> str:
    return CHECK_LETTERS[int(number) % 23]


_READERS: Final[
    dict[IdentifierKind, Callable[[IdentifierKind, str, int], Identifier | Junk | str]]
] = {
    IdentifierKind.PNC: _pnc,
    IdentifierKind.CRO: _cro,
    IdentifierKind.CRN: _crn,
    IdentifierKind.NOMIS: _nomis,
    IdentifierKind.ASN: _asn,
    IdentifierKind.CPR_UUID: _uuid,
    IdentifierKind.CP_MASTER_DEFENDANT: _uuid,
}
"""How each matching kind is read: canonical, junk, or the words of the refusal."""
