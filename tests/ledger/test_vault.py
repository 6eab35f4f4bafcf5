"""The vault gives back what it sealed to whoever has the master key, and nothing to others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.ledger.vault import PADDED_TO, VaultRefused, make_key, read_vault, vault_of

if TYPE_CHECKING:
    from pathlib import Path

ONE, OTHER = vault_of(bytes(range(32))), vault_of(bytes(32))


@given(st.binary(max_size=1_500), st.integers(min_value=0, max_value=2**62))
@settings(max_examples=60)
def test_what_is_sealed_comes_back(payload: bytes, seq: int) -> None:
    """Whatever the bytes, also such as look like padding; its length is told by the block only."""
    sealed = ONE.seal(seq, payload)
    assert ONE.open(seq, sealed) == payload
    assert (len(sealed.ciphertext) - 28) % PADDED_TO == 0


def test_the_same_payload_is_never_sealed_alike() -> None:
    """Each has a key and nonces of its own."""
    first, second = (ONE.seal(1, b"the same") for _ in range(2))
    assert first.wrapped_key != second.wrapped_key
    assert first.ciphertext != second.ciphertext


def test_another_key_another_event_or_a_changed_byte_is_refused() -> None:
    """Nothing is given out that was not sealed by this key for this event."""
    sealed = ONE.seal(7, b"content")
    changed = bytearray(sealed.ciphertext)
    changed[20] ^= 1
    for vault, seq, held in (
        (OTHER, 7, sealed),
        (ONE, 8, sealed),
        (OTHER, 7, replace(sealed, key_id=OTHER.key_id)),
        (ONE, 7, replace(sealed, ciphertext=bytes(changed))),
        (ONE, 7, replace(sealed, ciphertext=b"")),
        (ONE, 7, replace(sealed, wrapped_key=ONE.seal(7, b"content").wrapped_key)),
    ):
        with pytest.raises(VaultRefused, match="operations must"):
            vault.open(seq, held)


def test_hashes_need_the_master_key() -> None:
    """Two keys give the same thing two hashes; the same key gives it the same one."""
    assert ONE.digests(["a", "b"]) == ONE.digests(["b", "a"])
    assert ONE.digests(["a"]).isdisjoint(OTHER.digests(["a"]))


def test_a_key_is_wrapped_again_without_opening_what_it_seals() -> None:
    """After a rotation the new key opens it, the old one does not, and the ciphertext stays."""
    sealed = ONE.seal(3, b"content")
    again = ONE.wrap_again(3, sealed, OTHER)
    assert again.ciphertext == sealed.ciphertext
    assert OTHER.open(3, again) == b"content"
    with pytest.raises(VaultRefused):
        ONE.open(3, again)


def test_a_key_that_follows_another_hashes_as_that_one_did(tmp_path: Path) -> None:
    """It has an id and a wrapping of its own, and finds what was hashed before."""
    first, second = tmp_path / "first", tmp_path / "second"
    make_key(first)
    old = read_vault(first)
    assert make_key(second, old) != old.key_id
    new = read_vault(second)
    assert new.digests(["a"]) == old.digests(["a"])
    assert new.blind(b"content") == old.blind(b"content") != ONE.blind(b"content")
    with pytest.raises(VaultRefused):
        new.open(1, old.seal(1, b"content"))


def test_a_key_file_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    """It is 0600, read back as it was made, and never replaced."""
    path = tmp_path / "keys" / "sealed.key"
    made = make_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_vault(path).key_id == made
    with pytest.raises(VaultRefused, match="never replaced"):
        make_key(path)
    assert read_vault(path).key_id == made


@pytest.mark.parametrize("content", ["", "some other file\n" + "0" * 64, "0" * 64, "\x00"])
def test_another_file_is_not_taken_for_a_key(tmp_path: Path, content: str) -> None:
    """The words name the file, and say nothing of what is in it."""
    path = tmp_path / "file"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(VaultRefused, match="not a master key") as refused:
        read_vault(path)
    assert "000" not in str(refused.value).removeprefix(str(path))


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    """So is one that is not there."""
    path = tmp_path / "sealed.key"
    with pytest.raises(VaultRefused, match="can be read there"):
        read_vault(path)
    make_key(path)
    path.chmod(0o640)
    with pytest.raises(VaultRefused, match="0600"):
        read_vault(path)


def test_nothing_of_a_key_is_printed() -> None:
    """A log or a traceback that shows a vault shows its id and no more."""
    assert repr(ONE) == f"Vault(key_id={ONE.key_id!r})"
    assert "=b'" not in repr(ONE.seal(1, b"content"))
