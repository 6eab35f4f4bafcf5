"""What references of a person add up to, in whatever they said and however often."""

from __future__ import annotations

from datetime import date
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from streams.domain.identifiers import Identifier, IdentifierKind
from streams.domain.portraits import (
    KEPT_MAX,
    PORTRAIT,
    Portrait,
    SaidHome,
    SaidName,
    described,
    homes_are_new,
    of_all,
    portrait_of,
    together,
)
from streams.domain.records import (
    Address,
    AddressKind,
    Alias,
    AliasKind,
    PersonName,
    PersonReference,
)
from streams.domain.scoring.people import Home, Name

WORDS: Final = st.sampled_from(("", "Ash", "Brook", "Croft", "Dene"))
NAMES: Final = st.builds(SaidName, WORDS, WORDS, WORDS, protected=st.booleans())
HOMES: Final = st.builds(SaidHome, st.lists(WORDS, max_size=2).map(tuple), WORDS)
BIRTHS: Final = st.sampled_from(("19910614", "19910615", "20000101"))
IDENTIFIERS: Final = st.sampled_from(("crn:X123456", "pnc:2009/0000001A", "yot:7"))
PORTRAITS: Final = st.builds(
    Portrait,
    st.lists(NAMES, max_size=4, unique=True).map(tuple),
    st.lists(BIRTHS, max_size=2, unique=True).map(tuple),
    st.lists(HOMES, max_size=4, unique=True).map(tuple),
    st.sets(IDENTIFIERS).map(sorted).map(tuple),
)


def test_a_reference_is_kept_as_it_was_given() -> None:
    """Names with their parts, the birth, homes but no gaps, and identifiers as understood."""
    said = PersonReference(
        name=PersonName(given_name="Ada", middle_names="Jo", family_name="Ash"),
        aliases=(
            Alias(kind=AliasKind.MAIDEN, family_name="Brook"),
            Alias(kind=AliasKind.PROTECTED, given_name="Adam", family_name="Ash"),
        ),
        born_on=date(1991, 6, 14),
        addresses=(
            Address(kind=AddressKind.HOME, lines=("1 Mill Row",), postcode="QX1 1AA"),
            Address(kind=AddressKind.BAIL, no_fixed_address=True),
        ),
    )
    portrait = portrait_of(said, [Identifier(IdentifierKind.CRN, "X123456")] * 2)
    assert portrait == Portrait(
        (
            SaidName("Ada", "Jo", "Ash"),
            SaidName("", "", "Brook"),
            SaidName("Adam", "", "Ash", protected=True),
        ),
        ("19910614",),
        (SaidHome(("1 Mill Row",), "QX1 1AA"),),
        ("crn:X123456",),
    )
    assert PORTRAIT.validate_json(PORTRAIT.dump_json(portrait)) == portrait
    description = described(portrait)
    assert description.names[0] == Name("Ada", "Jo", "Ash")
    assert description.homes == (Home(("1 Mill Row",), "QX1 1AA"),)
    assert description.identifiers == {Identifier(IdentifierKind.CRN, "X123456")}


@given(st.lists(PORTRAITS, min_size=1, max_size=5))
def test_one_after_the_other_is_all_of_them(portraits: list[Portrait]) -> None:
    """A portrait that grew reference by reference is the one made of all of them again."""
    grown: Portrait | None = None
    for each in portraits:
        grown = together(grown, each)
    assert grown == of_all(portraits)


@given(PORTRAITS, PORTRAITS)
def test_what_was_said_again_adds_nothing(earlier: Portrait, later: Portrait) -> None:
    """The same reference twice in a row leaves the portrait as the first time left it."""
    once = together(earlier, later)
    assert together(once, later) == once
    assert not homes_are_new(once, later)


@given(PORTRAITS, PORTRAITS)
def test_a_protected_name_stays_protected(earlier: Portrait, later: Portrait) -> None:
    """No later word makes a name showable that was protected once."""
    both = together(earlier, later)
    guarded = {each[:3] for each in map(_parts, earlier.names + later.names) if each[3]}
    assert {each[:3] for each in map(_parts, both.names) if each[3]} == guarded


def _parts(name: SaidName) -> tuple[str, str, str, bool]:
    return (name.given, name.middle, name.family, name.protected)


def test_the_oldest_are_dropped() -> None:
    """Of very many names and homes the latest are kept."""
    portrait = of_all(
        Portrait((SaidName("A", "", str(number)),), (), (SaidHome((str(number),)),))
        for number in range(KEPT_MAX + 3)
    )
    assert [name.family for name in portrait.names] == [
        str(number) for number in range(KEPT_MAX + 2, 2, -1)
    ]
    assert len(portrait.homes) == KEPT_MAX


def test_nothing_said_is_nothing() -> None:
    """No references make an empty portrait, and an empty one gives no home."""
    assert of_all([]) == Portrait()
    assert not homes_are_new(None, Portrait())
