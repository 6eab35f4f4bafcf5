"""The keyed digest of a statement: another under another secret, and known from the old form."""

from __future__ import annotations

from hashlib import blake2b

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.domain.matching import LookupKey, digest
from streams.domain.statements import KEYED_BYTES, PLAIN_BYTES, as_kept, keyed

PLAIN = blake2b(b"what was said", digest_size=PLAIN_BYTES).digest()


def test_a_digest_under_a_key_is_another_for_every_secret() -> None:
    """Two installations have nothing in common, nor have two long secrets with one beginning."""
    long = b"x" * 64
    secrets = (b"one", b"other", long, long + b"1", long + b"2")
    assert len({keyed(PLAIN, each) for each in secrets}) == len(secrets)
    assert {len(keyed(PLAIN, each)) for each in secrets} == {KEYED_BYTES}


def test_it_is_the_same_for_ever() -> None:
    """A change of form would make every resend a contradiction."""
    assert keyed(PLAIN, b"a secret").hex() == "e1018401841849b3cd4e2e04d5d3165cab846d61"


def test_it_has_nothing_in_common_with_the_hashes_of_lookups() -> None:
    """The same text under the same secret gives another hash for another use."""
    text = LookupKey("pnc", "1")
    plain = f"{text.kind}\x00{text.value}".encode()
    assert keyed(plain, b"a secret")[:16] != digest(text, b"a secret")


def test_without_a_secret_there_is_none() -> None:
    """A digest under an empty key would confirm a guess again."""
    with pytest.raises(ValueError, match="empty"):
        keyed(PLAIN, b"")


@given(st.binary(min_size=PLAIN_BYTES, max_size=PLAIN_BYTES))
def test_what_is_kept_under_a_key_stands_and_the_old_form_is_made_again(plain: bytes) -> None:
    """An old event that was sealed is kept under another key, and went by the plain digest."""
    under_a_key = keyed(plain, b"a secret")
    assert as_kept(plain, under_a_key) == under_a_key
    assert as_kept(plain, plain) == plain
    assert as_kept(plain, blake2b(plain, digest_size=PLAIN_BYTES).digest()) == plain
