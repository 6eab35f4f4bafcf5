"""No spelling of one identifier is a spelling of another, whatever its kind; junk can be added."""

from datetime import date
from string import ascii_uppercase

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.domain.identifiers import CHECK_LETTERS, Identifier, IdentifierKind, Junk, parse
from streams.domain.placeholders import JUNK

K = IdentifierKind
YEAR = 2026

LETTERS = st.sampled_from("ABCDEFGHJKLMNPQRTUVWXYZ")


def cro_of(serial: int, year: int) -> str:
    """Make a CRO number."""
    return f"{serial:06}/{year:02}{CHECK_LETTERS[int(f'{year:02}{serial:06}') % 23]}"


def file_cro_of(serial: int, year: int) -> str:
    """Make a CRO number of a file."""
    return f"SF{year:02}/{serial}{CHECK_LETTERS[int(f'{year:02}{serial}') % 23]}"


def asn_of(year: int, force: int, system: int, sequence: int) -> str:
    """Make an ASN of a unit with letters."""
    number = int(f"{force:02}{system:02}{year:02}{sequence:011}")
    return f"{year:02}{force:02}ZD{system:02}{sequence:011}{CHECK_LETTERS[number % 23]}"


SERIALS, YEARS = st.integers(1, 111_110), st.integers(1, 99)
MADE = {
    K.CRO: st.builds(cro_of, SERIALS, YEARS) | st.builds(file_cro_of, SERIALS, YEARS),
    K.ASN: st.builds(
        asn_of, YEARS, st.integers(1, 5), st.integers(1, 99), st.integers(1, 9_999_999)
    ),
    K.CRN: st.builds(lambda letter, n: f"{letter}{n:06}", LETTERS, st.integers(1, 999_998)),
    K.NOMIS: st.builds(
        lambda a, n, b, c: f"{a}{n:04}{b}{c}", LETTERS, st.integers(1, 9_999), LETTERS, LETTERS
    ),
    K.CPR_UUID: st.uuids().map(str),
    K.CP_MASTER_DEFENDANT: st.uuids().map(str),
    K.DRIVER_NUMBER: st.builds(
        lambda family, n: f"{family:9<5.5}{n:06}AB9CD", st.text("ABCXYZ", min_size=1), SERIALS
    ),
}
ANY_MADE = st.sampled_from(sorted(MADE)).flatmap(
    lambda kind: st.tuples(st.just(kind), MADE[kind], MADE[kind])
)


def spellings(kind: IdentifierKind, canonical: str) -> set[str]:
    """Write an identifier in every way that must find it."""
    plain = {canonical}
    if kind is K.CRO:
        head, _, tail = canonical.partition("/")
        plain.add(f"{head.lstrip('0')}/{tail}")
        if head.startswith("SF"):
            plain.add(f"{head}/{tail[:-1].zfill(6)}{tail[-1]}")
    if kind is K.ASN:
        year, place, system = canonical[:2], canonical[2:6], canonical[6:8]
        plain.add(f"{year}/{place}/{system}/{canonical[8:-1].lstrip('0')}{canonical[-1]}")
    if kind is K.CPR_UUID:
        plain.add(canonical.replace("-", ""))
    cased = plain | {text.lower() for text in plain} | {text.upper() for text in plain}
    return cased | {" ".join(text) for text in cased} | {f"\t{text}\u00a0" for text in cased}


@settings(deadline=None)
@given(ANY_MADE)
def test_every_spelling_finds_its_own(made: tuple[IdentifierKind, str, str]) -> None:
    """Case, spaces, slashes and leading noughts make no other identifier."""
    kind, canonical, _ = made
    found = {parse(kind, text, year=YEAR) for text in spellings(kind, canonical)}
    assert len(found) == 1
    (one,) = found
    assert isinstance(one, Identifier | Junk)
    assert one == Identifier(kind, canonical) or isinstance(one, Junk)


@settings(deadline=None)
@given(ANY_MADE)
def test_no_spelling_joins_two(made: tuple[IdentifierKind, str, str]) -> None:
    """Two canonical identifiers are never found by one text."""
    kind, one, other = made
    if one != other:
        assert spellings(kind, one).isdisjoint(spellings(kind, other))
        first, second = (parse(kind, text, year=YEAR) for text in (one, other))
        assert not isinstance(first, Identifier) or first != second


@settings(deadline=None)
@given(MADE[K.CRO] | MADE[K.ASN], st.integers(0, 19))
def test_a_wrong_check_letter_never_passes(canonical: str, place: int) -> None:
    """Of the 23 letters one fits: the others are refused, so no slip of it joins two people."""
    kind = K.ASN if len(canonical) == 20 else K.CRO
    others = [letter for letter in CHECK_LETTERS if letter != canonical[-1]]
    wrong = canonical[:-1] + others[place % len(others)]
    assert not isinstance(parse(kind, wrong, year=YEAR), Identifier)


@pytest.mark.parametrize(
    ("kind", "canonical"),
    [
        *((K.PNC, text) for text in ("1979/0163001B", "2002/0073319Z", "2000/0000223R")),
        *((K.PNC, text) for text in ("1981/0000034U", "1967/9893091D")),
        *((K.CRO, text) for text in ("065656/91H", "085227/65L", "SF05/482703J", "SF83/50058Z")),
        *((K.ASN, text) for text in ("1101ZD0100000448754K", "0901VK0100000342547V")),
    ],
)
def test_of_all_letters_one_is_right(kind: IdentifierKind, canonical: str) -> None:
    """Each published vector is valid with its own letter and with no other of the alphabet."""
    others = (canonical[:-1] + letter for letter in ascii_uppercase)
    valid = [each for each in others if isinstance(parse(kind, each, year=YEAR), Identifier)]
    assert valid == [canonical]


@pytest.mark.parametrize("text", ["VANFL002222OW9PH", "vanfl 002222 ow9ph", "VANFL-002222-OW9PH"])
def test_a_driver_number_has_one_form(text: str) -> None:
    """A driver number of Great Britain is read however it is parted."""
    assert parse(K.DRIVER_NUMBER, text, year=YEAR) == Identifier(
        K.DRIVER_NUMBER, "VANFL002222OW9PH"
    )


@pytest.mark.parametrize("text", ["12345678", "Vitae et quis consequatur."])
def test_another_driver_number_is_kept_as_it_came(text: str) -> None:
    """Other countries have other numbers: what is no British one is kept and never refused."""
    assert parse(K.DRIVER_NUMBER, text, year=YEAR) == Identifier(K.DRIVER_NUMBER, text)


def test_an_installation_adds_junk_of_its_own() -> None:
    """Words and identifiers that one agency types for "not known" join nobody once listed."""
    listed = JUNK.extended(
        words=("to follow",),
        identifiers={"crn": ("X123456",)},
        birth_dates=(date(1980, 1, 1),),
        postcodes=("ZZ99 3VZ",),
    )
    assert isinstance(parse(K.PNC, "To Follow", year=YEAR, junk=listed), Junk)
    assert isinstance(parse(K.CRN, "x 123456", year=YEAR, junk=listed), Junk)
    assert isinstance(parse(K.CRN, "X123457", year=YEAR, junk=listed), Identifier)
    assert isinstance(parse(K.CRN, "X123456", year=YEAR), Identifier)
    assert date(1980, 1, 1) in listed.birth_dates
    assert date(1970, 1, 1) in listed.birth_dates
    assert "ZZ993VZ" in listed.postcodes
