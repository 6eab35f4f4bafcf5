"""Look-up keys: how surnames are compared, what a person is looked up by, how it is stored."""

from datetime import date
from hashlib import blake2b

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.domain.identifiers import Identifier, IdentifierKind
from streams.domain.matching import (
    DIGEST_BYTES,
    NAME_AND_BIRTH_DATE,
    NAME_CHARS_MAX,
    LookupKey,
    digest,
    lookup_keys,
    normalise_family_name,
    normalise_family_names,
)

BORN, JUNK_BIRTH = date(1990, 1, 31), date(1970, 1, 1)
PNC = LookupKey("pnc", "1979/0163001B")
CRN = LookupKey("crn", "X320741")
NAMED = LookupKey(NAME_AND_BIRTH_DATE, "MARLOW 1990-01-31")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Marlow", "MARLOW"),
        (" o'Dell-Marsh ", "ODELLMARSH"),
        ("O\u2019Dell Marsh", "ODELLMARSH"),
        ("O\u02bcDell", "ODELL"),
        ("M\u00fcller", "MULLER"),
        ("Mu\u0308ller", "MULLER"),
        ("Stra\u00dfer", "STRASSER"),
        ("\u00d8stby", "OSTBY"),
        ("\u0141uk\u00e6", "LUKAE"),
        ("\ufb01nch", "FINCH"),
        ("De  La\tCruz", "DELACRUZ"),
        ("3rd", "3RD"),
        ("\ud800", ""),
        ("-'. ", ""),
        ("Unknown", ""),
        ("not  known", ""),
        ("", ""),
        (None, ""),
        ("M" * NAME_CHARS_MAX, "M" * NAME_CHARS_MAX),
        ("M" * (NAME_CHARS_MAX + 1), ""),
    ],
)
def test_surnames_are_compared_without_their_spelling(name: str | None, expected: str) -> None:
    """Case, accents, spaces and punctuation do not make another name."""
    assert normalise_family_name(name) == expected


def test_the_surnames_of_a_person_leave_out_what_is_none() -> None:
    """Aliases count once each, and an empty name is not a name that could agree."""
    assert normalise_family_names(["Marlow", None, "MARLOW", "unknown", "Todd"]) == {
        "MARLOW",
        "TODD",
    }


@settings(deadline=None)
@given(st.text(max_size=10))
def test_a_normalised_surname_stays_as_it_is(name: str) -> None:
    """Any text has a normal form, which is its own normal form and has letters and digits only."""
    once = normalise_family_name(name)
    assert normalise_family_name(once) == once
    assert all(character.isalnum() for character in once)


def test_only_matching_kinds_and_a_full_name_key_are_looked_up() -> None:
    """A defendant id is not looked up, a repeat only once, and name and birth come last."""
    identifiers = [
        Identifier(IdentifierKind.CP_DEFENDANT, "d-1"),
        Identifier(IdentifierKind.PNC, PNC.value),
        Identifier(IdentifierKind.CRN, CRN.value),
        Identifier(IdentifierKind.PNC, PNC.value),
    ]
    assert lookup_keys(identifiers, "Marlow", BORN) == (PNC, CRN, NAMED)


@pytest.mark.parametrize(
    ("family_name", "born_on"),
    [(None, BORN), ("Marlow", None), ("Marlow", JUNK_BIRTH), ("Unknown", BORN), ("", BORN)],
)
def test_half_a_name_key_is_none(family_name: str | None, born_on: date | None) -> None:
    """A surname or a birth date that is missing or filled in looks nobody up."""
    assert lookup_keys([], family_name, born_on) == ()


def test_a_digest_is_keyed_and_names_its_kind() -> None:
    """The same value is another digest under another secret and as another kind."""
    secret = b"a secret of the tests"
    others = {
        digest(CRN, secret + b"!"),
        digest(LookupKey("pnc", CRN.value), secret),
        digest(LookupKey(CRN.kind, CRN.value + "0"), secret),
        blake2b(f"crn\x00{CRN.value}".encode(), digest_size=DIGEST_BYTES).digest(),
    }
    assert digest(CRN, secret) == digest(LookupKey("crn", "X320741"), bytes(secret))
    assert len(others | {digest(CRN, secret)}) == 5
    assert {len(each) for each in others} == {16}


def test_a_digest_never_changes() -> None:
    """Digests are stored: the same key and secret give these bytes for ever."""
    assert digest(CRN, b"fixed").hex() == "8690f1425d74fe55011e78bb06f41202"


def test_long_secrets_are_not_cut() -> None:
    """Two secrets that differ after the 64 bytes that BLAKE2b takes are two secrets."""
    assert digest(CRN, b"s" * 64 + b"1") != digest(CRN, b"s" * 64 + b"2")


def test_an_empty_secret_is_refused() -> None:
    """Without a secret the identifiers could be found by trying them all, so nothing is hashed."""
    with pytest.raises(ValueError, match="operations must set it"):
        digest(CRN, b"")


def test_any_text_has_a_digest() -> None:
    """A value that is not valid Unicode is hashed like any other."""
    assert len(digest(LookupKey("crn", "\ud800"), b"s")) == DIGEST_BYTES
