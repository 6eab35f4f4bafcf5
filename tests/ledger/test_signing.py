"""The key that signs audit heads, and what a signature is good for."""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from schemas.codec import decode
from streams.ledger.signing import (
    SignedHead,
    head_of,
    is_signed,
    key_id,
    make_key,
    public_pem,
    read_key,
)
from streams.services.heads import head_parcel, public_keys_of, signing_key_of
from streams.settings import Mode, Settings, SettingsError
from streams.stages.audit import Head

if TYPE_CHECKING:
    from pathlib import Path

AT = datetime(2026, 3, 2, 10, 0, 0, 123_456, tzinfo=UTC)
HEAD = Head(1_000, bytes(range(32)))


def settings_in(home: Path, **fields: Any) -> Settings:  # noqa: ANN401 - fields of the settings
    """Return settings with a home of the test's own."""
    return Settings(home=home, **fields)


def test_a_signature_holds_for_what_was_signed_and_nothing_else(tmp_path: Path) -> None:
    """A head with another chain, length, hash, time or key is not signed."""
    key = signing_key_of(settings_in(tmp_path))
    keys = public_keys_of(settings_in(tmp_path))
    head = key.sign("operations", HEAD, AT)
    assert is_signed(head, keys)
    others: tuple[dict[str, Any], ...] = (
        {"chain": "clock"},
        {"length": 999},
        {"hash": bytes(32)},
        {"at": AT.replace(year=2025)},
        {"key_id": "0" * 16},
        {"signature": bytes(64)},
        {"signature": b""},
    )
    for changed in others:
        assert not is_signed(replace(head, **changed), keys), changed


def test_a_head_survives_its_way_through_kafka(tmp_path: Path) -> None:
    """What is read back is what was signed, to the microsecond; repeated, it has the same id."""
    key = signing_key_of(settings_in(tmp_path))
    head = key.sign("feed.durham-police/x/0", HEAD, AT)
    parcel = head_parcel(head)
    read = head_of(decode(parcel.value).record)
    assert read == head
    assert parcel == head_parcel(key.sign("feed.durham-police/x/0", HEAD, AT))
    assert dict(parcel.headers)["ce_id"] == str(head.id).encode()


@pytest.mark.parametrize("field", ["length", "hash", "signature"])
def test_a_record_that_is_no_head_is_none(tmp_path: Path, field: str) -> None:
    """A field that is no number is not read as one."""
    record = signing_key_of(settings_in(tmp_path)).sign("clock", HEAD, AT).record()
    assert head_of({**record, field: "zz"}) is None


def test_a_key_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    """The made-up key has mode 0600, is kept, and leaves nothing beside it."""
    first = signing_key_of(settings_in(tmp_path))
    path = tmp_path / "audit-key.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    make_key(path)
    assert key_id(signing_key_of(settings_in(tmp_path)).public) == key_id(first.public)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["audit-key.pem", "audit-keys.pub"]


def test_a_new_key_leaves_the_old_ones_heads_proved(tmp_path: Path) -> None:
    """The public halves of all keys of a home are kept together."""
    old = signing_key_of(settings_in(tmp_path)).sign("clock", HEAD, AT)
    (tmp_path / "audit-key.pem").unlink()
    new = signing_key_of(settings_in(tmp_path)).sign("clock", HEAD, AT)
    keys = public_keys_of(settings_in(tmp_path))
    assert old.key_id != new.key_id
    assert [is_signed(each, keys) for each in (old, new)] == [True, True]


def test_production_makes_up_no_key(tmp_path: Path) -> None:
    """Without the setting the words say what operations must do, and nothing is made."""
    production = settings_in(tmp_path, mode=Mode.PRODUCTION)
    with pytest.raises(SettingsError, match="SWITCHBOARD_AUDIT_KEY_FILE is not set"):
        signing_key_of(production)
    with pytest.raises(SettingsError, match="AUDIT_PUBLIC_KEYS_FILE must name"):
        public_keys_of(production)
    assert list(tmp_path.iterdir()) == []


def test_production_takes_the_key_that_is_set(tmp_path: Path) -> None:
    """The private key signs, and its public half alone is enough to verify."""
    path, public = tmp_path / "key.pem", tmp_path / "public.pem"
    make_key(path)
    public.write_bytes(public_pem(read_key(path).public))
    production = settings_in(
        tmp_path / "home",
        mode=Mode.PRODUCTION,
        audit_key_file=path,
        audit_public_keys_file=public,
    )
    head: SignedHead = signing_key_of(production).sign("clock", HEAD, AT)
    path.unlink()
    assert is_signed(head, public_keys_of(production))
    assert not (tmp_path / "home").exists()


def test_a_key_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    """One that others may read, that is no PEM, or of another sort, ends the relay with words."""
    path = tmp_path / "key.pem"
    make_key(path)
    given = settings_in(tmp_path, audit_key_file=path)
    path.chmod(0o640)
    with pytest.raises(SettingsError, match="others than its owner may read it"):
        signing_key_of(given)
    path.chmod(0o600)
    path.write_bytes(b"rubbish")
    with pytest.raises(SettingsError, match="not a private key"):
        signing_key_of(given)
    other = generate_private_key(SECP256R1())
    path.write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(SettingsError, match="not an Ed25519 key"):
        signing_key_of(given)


@pytest.mark.parametrize(
    "content", [b"", b"-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----"]
)
def test_public_keys_that_are_none_are_refused(tmp_path: Path, content: bytes) -> None:
    """A file without a key is not taken for "nothing was signed"."""
    path = tmp_path / "public.pem"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match="public key"):
        public_keys_of(settings_in(tmp_path, audit_public_keys_file=path))
