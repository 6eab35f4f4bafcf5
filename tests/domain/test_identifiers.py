"""Identifiers: what agencies write, and the one form in which it is compared."""

import time
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from streams.domain.identifiers import (
    CHECK_LETTERS,
    GIVEN_CHARS_MAX,
    MATCHING_KINDS,
    Identifier,
    IdentifierKind,
    Junk,
    Parsed,
    Refused,
    parse,
)
from streams.domain.placeholders import JUNK_BIRTH_DATES, JUNK_POSTCODES

K = IdentifierKind
YEAR = 2026


def read(kind: IdentifierKind, text: str, year: int = YEAR) -> Parsed:
    """Parse in the year of the tests."""
    return parse(kind, text, year=year)


def pnc_of(year: int, serial: int) -> str:
    """Make the canonical PNC id of a year and a serial."""
    return f"{year}/{serial:07}{CHECK_LETTERS[(year % 100 * 10_000_000 + serial) % 23]}"


PNCS = st.builds(pnc_of, st.integers(1927, YEAR), st.integers(1, 1_111_110))


def pnc_spellings(canonical: str) -> list[str]:
    """Write a PNC id in every way that must find it."""
    year, serial, letter = canonical[:4], canonical[5:12], canonical[12]
    short = serial.lstrip("0")
    plain = [
        f"{year}/{serial}",
        f"{year}/{short}",
        f"{year}{serial}",
        f"{year[2:]}/{serial}",
        f"{year[2:]}/{short}",
        f"{year[2:]}{serial}",
        f"{year[2:]}{short}",
    ]
    cased = [text + given for text in plain for given in (letter, letter.lower())]
    spaced = [f"  {text}\t" for text in cased] + [" ".join(text) for text in cased]
    return [*cased, *spaced, *(text.replace("/", "\u00a0/ ") for text in cased)]


@pytest.mark.parametrize(
    ("kind", "text", "canonical"),
    [
        (K.PNC, "1979/0163001B", "1979/0163001B"),
        (K.PNC, "79/163001B", "1979/0163001B"),
        (K.PNC, "79163001B", "1979/0163001B"),
        (K.PNC, "19790163001B", "1979/0163001B"),
        (K.PNC, "02/73319Z", "2002/0073319Z"),
        (K.PNC, "0273319Z", "2002/0073319Z"),
        (K.PNC, "00/223R", "2000/0000223R"),
        (K.PNC, "81/34U", "1981/0000034U"),
        (K.PNC, "033Y", "2003/0000003Y"),
        (K.PNC, "67/9893091D", "1967/9893091D"),
        (K.CRO, "065656/91H", "065656/91H"),
        (K.CRO, "65656/91h", "065656/91H"),
        (K.CRO, "085227/65L", "085227/65L"),
        (K.CRO, "SF05/482703J", "SF05/482703J"),
        (K.CRO, "sf 83 / 50058z", "SF83/50058Z"),
        (K.CRO, "SF83/050058Z", "SF83/50058Z"),
        (K.ASN, "1101ZD0100000448754K", "1101ZD0100000448754K"),
        (K.ASN, "11/01ZD/01/448754k", "1101ZD0100000448754K"),
        (K.ASN, "0901VK0100000342547V", "0901VK0100000342547V"),
        (K.ASN, "11A01ZD0100000448754K", "11A01ZD0100000448754K"),
        (K.CRN, " x320741", "X320741"),
        (K.CRN, "X111111", "X111111"),
        (K.NOMIS, "a3695ea", "A3695EA"),
        (
            K.CPR_UUID,
            "F91EF118-a51f-4874-9409-c0538b4ca6fd",
            "f91ef118-a51f-4874-9409-c0538b4ca6fd",
        ),
        (K.CPR_UUID, "f91ef118a51f48749409c0538b4ca6fd", "f91ef118-a51f-4874-9409-c0538b4ca6fd"),
        (K.CP_DEFENDANT, " 1C052EA0 x ", "1C052EA0 x"),
        (K.AGENCY_PERSON, "Ärzte/17", "Ärzte/17"),
    ],
)
def test_valid_identifiers_have_one_form(kind: IdentifierKind, text: str, canonical: str) -> None:
    """What is valid is read into its canonical form."""
    assert read(kind, text) == Identifier(kind, canonical)


@pytest.mark.parametrize("canonical", ["1979/0163001B", "2020/0273319P", "2000/0000223R"])
def test_every_spelling_of_a_pnc_finds_it(canonical: str) -> None:
    """Long or short year, slash or none, padded or not, either case, spaces: one PNC id."""
    found = {read(K.PNC, text) for text in pnc_spellings(canonical)}
    assert found == {Identifier(K.PNC, canonical)}


@settings(deadline=None)
@given(PNCS)
def test_every_spelling_of_any_pnc_finds_it(canonical: str) -> None:
    """No PNC id has a spelling that finds another or none."""
    found = {read(K.PNC, text) for text in pnc_spellings(canonical)}
    assert found == {Identifier(K.PNC, canonical)}


@pytest.mark.parametrize("text", ["200273319Z", "1979163001B", "2002 73319z"])
def test_a_long_year_unpadded_without_slash_is_refused_in_words(text: str) -> None:
    """What may be a long or a short year is not guessed: the publisher is told to pad it."""
    answer = read(K.PNC, text)
    assert isinstance(answer, Refused)
    assert "without a slash" in answer.why
    assert "YYYY/NNNNNNNX" in answer.why


def test_a_short_form_stays_one_where_its_letter_fits_a_long_year_too() -> None:
    """The text is a promised spelling of the PNC id of 2020, and not one of that of 2022."""
    of_2020, of_2022 = pnc_of(2020, 221234), pnc_of(2022, 1234)
    assert of_2020[-1] == of_2022[-1]
    assert read(K.PNC, f"20221234{of_2020[-1]}") == Identifier(K.PNC, of_2020)


@pytest.mark.parametrize(
    ("text", "year", "canonical"),
    [
        ("26/1W", 2026, "2026/0000001W"),
        ("27/1L", 2026, "1927/0000001L"),
        ("27/1L", 2027, "2027/0000001L"),
        ("99/1G", 1999, "1999/0000001G"),
        ("00/1A", 2000, "2000/0000001A"),
    ],
)
def test_the_century_follows_the_year_of_the_event(text: str, year: int, canonical: str) -> None:
    """Two digits up to the event's year are of its century, later ones of the century before."""
    assert read(K.PNC, text, year) == Identifier(K.PNC, canonical)


@pytest.mark.parametrize(
    "text", ["2027/0000001L", "2079/0163001B", "0079/0163001B", "1879/163001B"]
)
def test_a_pnc_of_an_impossible_year_is_refused(text: str) -> None:
    """A PNC id cannot be of a year after the event or before there was such a number."""
    answer = read(K.PNC, text)
    assert isinstance(answer, Refused)
    assert "year" in answer.why


REFUSED: dict[IdentifierKind, tuple[str, ...]] = {
    K.PNC: (
        *("2012/0052494O", "20120052494O", "2001/0171310S", "02/73319I", "20030011985Z"),
        *("20230583843N", "2004/0012345U", "79/163001C", "1923/1234567AA", "1923/1Z34567A"),
        *("1X23/1234567A", "1979//1B", "01", "0123456789", "01234567890123", "1923[1234567A"),
        *("1B", "pnc number1", "PNC-ID1", "33629585-8", "RL82/587918O", "1979/00163001B"),
        *("2002/0073319\uff3a", "\uff12002/0073319Z", "\u0661\u0669\u0667\u0669/1B"),
    ),
    K.CRO: (
        *("85227/65G", "085227/65O", "0852277/65L", "085227/1965L", "SF05/482703K", "08522765L"),
        *("SF83/0500058Z", "\u017fF05/482703J", "B0000W4DP6", "cro number1", "11111/79J"),
    ),
    K.ASN: (
        *("0901VK0100000342547A", "2391NX0000959569921D", "DEF017224793", "1101ZD010000448754K"),
        *("11011ZD0100000448754K", "110101ZD0100000448754K", "11/01ZD/01/K"),
    ),
    K.CRN: ("X12345", "X1234567", "12345", "XX23456", "X12345\uff16"),
    K.NOMIS: ("A123BC", "1234ABC", "A12345B", "A3695EA1"),
    K.CPR_UUID: ("6789", "f91ef118-a51f48749409c0538b4ca6fd", "g" + "0" * 31),
    K.AGENCY_PERSON: ("a\x00b",),
    K.YOT: ("a\ud800",),
}


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in REFUSED.items() for text in texts]
)
def test_what_cannot_be_one_is_refused_without_its_text(kind: IdentifierKind, text: str) -> None:
    """A refusal says what was expected and who must act, and never repeats what came."""
    answer = read(kind, text)
    assert isinstance(answer, Refused)
    assert answer.given_length == len(text)
    assert "the publisher must" in answer.why
    assert text not in repr(answer)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *(
            (kind, word)
            for kind in IdentifierKind
            for word in ("", "  ", "nil", " N/A", "Not known")
        ),
        *((kind, word) for kind in IdentifierKind for word in ("UNKNOWN", "tbc", "-", "null")),
        *((K.CRO, text) for text in ("000000/00Z", "0/00Z", "SF00/0Z", "999999/99Z", "000000/85A")),
        *((K.PNC, text) for text in ("0000/0000000Z", "2000/0000000X", "00/0Z", "1111/1111111A")),
        *((K.PNC, text) for text in ("0000000", "9999999999999", "XXXXXXXX")),
        *((K.CRN, text) for text in ("X000000", "x999999", "AAAAAAA")),
        *((K.NOMIS, text) for text in ("A0000AA", "0000")),
        *((K.ASN, text) for text in ("1101ZD0100000000000Z", "1101ZD0111111111111A", "0")),
        (K.CPR_UUID, str(UUID(int=0))),
        (K.CP_MASTER_DEFENDANT, "ffffffff-ffff-ffff-ffff-ffffffffffff"),
        (K.CP_MASTER_DEFENDANT, "0"),
    ],
)
def test_placeholders_are_junk(kind: IdentifierKind, text: str) -> None:
    """What is typed where nothing is known is set aside, whatever its check letter says."""
    assert isinstance(read(kind, text), Junk)


@pytest.mark.parametrize(
    "text",
    [
        *("0800NP0111111111121A", "0800PP0100000448754K", "1101NRPR00000448754K"),
        *("1112LN0000000448754K", "2300NP0000000448754K", "1163000100000448754K"),
        *("1106SS0100000448754K", "1100XX0100000448754K", "115011AB00000448754K"),
        *("1150SJ0100000448754K", "11A50OF0100000448754K", "11/50SJ/01/448754K"),
    ],
)
def test_made_up_asns_are_junk(text: str) -> None:
    """An ASN of a pattern made up where nobody was arrested joins nobody."""
    assert isinstance(read(K.ASN, text), Junk)


@pytest.mark.parametrize("text", ["1101LN0000000448754U", "1200PP0100000448754D"])
def test_an_asn_near_a_made_up_one_is_real(text: str) -> None:
    """A pattern suppresses only what fits it in every part."""
    assert isinstance(read(K.ASN, text), Identifier)


def test_which_kinds_may_say_who_somebody_is() -> None:
    """A court's defendant id, a youth team's, a driver number and an agency's own never match."""
    never = {K.CP_DEFENDANT, K.YOT, K.DRIVER_NUMBER, K.AGENCY_PERSON}
    assert set(IdentifierKind) - MATCHING_KINDS == never


def test_junk_births_and_postcodes_are_listed() -> None:
    """The values that systems fill in by themselves are data for the matching rule."""
    assert {day.isoformat() for day in JUNK_BIRTH_DATES} == {"1970-01-01", "1900-01-01"}
    assert {"NF1 1NF", "NF1 1FA"} == JUNK_POSTCODES


@pytest.mark.parametrize("kind", IdentifierKind)
def test_a_megabyte_is_refused_at_once(kind: IdentifierKind) -> None:
    """Text over the limit is not looked at, so its length costs no time."""
    started = time.perf_counter()
    for text in ("1" * 1_000_000, " " * 1_000_000, "1/" * 500_000, "x" * (GIVEN_CHARS_MAX + 1)):
        answer = read(kind, text)
        assert isinstance(answer, Refused)
        assert answer.given_length == len(text)
    assert time.perf_counter() - started < 1


NEAR_IDENTIFIERS = st.text("0123456789/ABSFOIZdkx- \u00a0٣", max_size=24)


@settings(deadline=None)
@given(st.sampled_from(IdentifierKind), st.text() | NEAR_IDENTIFIERS, st.integers(-5000, 20_000))
@example(K.PNC, "\ud800", 2026)
@example(K.PNC, "1/1A", 2026)
def test_parsing_never_raises_and_is_idempotent(kind: IdentifierKind, text: str, year: int) -> None:
    """Every text has an answer, and a canonical form is its own canonical form."""
    answer = read(kind, text, year)
    assert isinstance(answer, Identifier | Refused | Junk)
    if isinstance(answer, Identifier):
        assert read(kind, answer.value, year) == answer


@settings(deadline=None)
@given(PNCS, PNCS)
def test_two_pncs_share_no_spelling(one: str, other: str) -> None:
    """No text stands for two PNC ids, so no spelling can join two people."""
    if one != other:
        assert set(pnc_spellings(one)).isdisjoint(pnc_spellings(other))


@settings(deadline=None)
@given(PNCS)
def test_one_wrong_digit_is_noticed(canonical: str) -> None:
    """The check letter catches every single wrong digit: 23 is prime and no power of ten."""
    for place in (2, 3, 5, 6, 7, 8, 9, 10, 11):
        digit = str((int(canonical[place]) + 1) % 10)
        mistyped = canonical[:place] + digit + canonical[place + 1 :]
        assert not isinstance(read(K.PNC, mistyped), Identifier)
