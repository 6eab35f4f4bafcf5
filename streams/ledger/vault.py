"""The vault: what the sealed store encrypts, decrypts and hashes with, all from one master key.

Each payload has a data key of its own, which is kept beside it wrapped by the master key. Look-ups
go by a keyed hash whose key comes from the key file too, and not from the secret of identity
look-ups: whoever has the ledger and that secret can neither read a payload nor try a guess on it.
The ledger has no more than a digest of the master key, by which it is told apart. A key that
follows another hashes as that one did, so that what was hashed before is still found.

Source: NIST SP 800-38D (AES-GCM), RFC 5869 (HKDF).
"""

import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from hmac import digest as hmac_digest
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from streams.ledger.signing import OTHERS_MAY

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
KEY_ID_BYTES: Final = 8
DIGEST_BYTES: Final = 16
HEADER: Final = "switchboard sealed store, master key 1"
"""First line of a key file, so that no other file is taken for one."""
PADDED_TO: Final = 512
"""Assumed: lengths are rounded up to this, or they would tell one sort of event from another."""
_PAD: Final = b"\x80"
_OWNER_ONLY: Final = 0o600


class VaultRefused(Exception):
    """A master key or a sealed payload cannot be used; the words say why and whose move it is."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A payload that was sealed: by which master key, its wrapped data key, and its ciphertext."""

    key_id: str
    wrapped_key: bytes = field(repr=False)
    ciphertext: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Vault:
    """Seals and opens payloads, and hashes what they are found by."""

    key_id: str
    hashes: bytes = field(repr=False)
    _wrapping: AESGCM = field(repr=False)
    _hashing: bytes = field(repr=False)
    _blinding: bytes = field(repr=False)

    def seal(self, seq: int, payload: bytes) -> Sealed:
        """Encrypt the payload of an event under a new key of its own."""
        data_key = secrets.token_bytes(KEY_BYTES)
        short = -(len(payload) + 1) % PADDED_TO
        padded = payload + _PAD + bytes(short)
        ciphertext = _encrypt(AESGCM(data_key), padded, _about(seq))
        return Sealed(self.key_id, self._wrapped(seq, data_key), ciphertext)

    def open(self, seq: int, sealed: Sealed) -> bytes:
        """Decrypt the payload of an event; raise `VaultRefused` where this key cannot."""
        padded = _decrypt(AESGCM(self._data_key(seq, sealed)), sealed.ciphertext, _about(seq))
        return padded[: padded.rindex(_PAD)]

    def wrap_again(self, seq: int, sealed: Sealed, new: "Vault") -> Sealed:
        """Wrap the data key of a payload by another master key; what is sealed stays as it is."""
        wrapped = new._wrapped(seq, self._data_key(seq, sealed))  # noqa: SLF001 - of this class
        return Sealed(new.key_id, wrapped, sealed.ciphertext)

    def digests(self, texts: Iterable[str]) -> frozenset[bytes]:
        """Return the keyed hashes by which something is found."""
        contents = (text.encode("utf-8", "surrogatepass") for text in texts)
        return frozenset(
            hmac_digest(self._hashing, content, "sha256")[:DIGEST_BYTES] for content in contents
        )

    def blind(self, content: bytes) -> bytes:
        """Return a digest under a key of its own, as long as it was."""
        return hmac_digest(self._blinding, content, "sha256")[: len(content)]

    def _wrapped(self, seq: int, data_key: bytes) -> bytes:
        """Encrypt a data key by the master key."""
        return _encrypt(self._wrapping, data_key, _about(seq, self.key_id))

    def _data_key(self, seq: int, sealed: Sealed) -> bytes:
        """Decrypt the data key of a payload."""
        if sealed.key_id != self.key_id:
            words = f"event {seq} was sealed by the master key {sealed.key_id}"
            raise VaultRefused(f"{words}, this is {self.key_id}; operations must find that one")
        return _decrypt(self._wrapping, sealed.wrapped_key, _about(seq, self.key_id))


def vault_of(master: bytes, hashes: bytes | None = None) -> Vault:
    """Make the vault of a master key; `hashes` is by what the first of its line hashed."""
    if len(master) != KEY_BYTES:
        raise VaultRefused(f"a master key has {KEY_BYTES} bytes, this has {len(master)}")
    root = _derived(master, "hashes") if hashes is None else hashes
    key_id = blake2b(_derived(master, "id"), digest_size=KEY_ID_BYTES).hexdigest()
    wrapping = AESGCM(_derived(master, "wrapping"))
    return Vault(key_id, root, wrapping, _derived(root, "look-up"), _derived(root, "blinding"))


def make_key(path: Path, before: Vault | None = None) -> str:
    """Write a new master key to a file of its owner's, and return its id; never replace one.

    `before` is the vault of the key that the new one follows.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    master = secrets.token_bytes(KEY_BYTES)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    except FileExistsError as error:
        raise VaultRefused(f"{path}: there is a file already; a key is never replaced") from error
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"{HEADER}\n{master.hex()}\n{before.hashes.hex() if before else ''}\n")
        file.flush()
        os.fsync(file.fileno())
    return vault_of(master).key_id


def read_vault(path: Path) -> Vault:
    """Read a master key; raise `VaultRefused` where others may read it or it is no such key."""
    try:
        status = path.stat()
        text = path.read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        words = "no master key of the sealed store can be read there"
        raise VaultRefused(f"{path}: {words} ({type(error).__name__})") from error
    if status.st_mode & OTHERS_MAY:
        words = "others than its owner may read it; operations must make it 0600, or make a new one"
        raise VaultRefused(f"{path}: {words}")
    header, *lines = text.splitlines() or [""]
    try:
        master, *more = [bytes.fromhex(line) for line in lines if line]
    except ValueError:
        master, more = b"", []
    if header != HEADER or {len(each) for each in (master, *more)} != {KEY_BYTES}:
        raise VaultRefused(f"{path}: not a master key of the sealed store")
    return vault_of(master, *more[:1])


def follower(new: Vault, old: Vault) -> Vault:
    """Return the vault of a key that follows another; raise `VaultRefused` where it does not."""
    if new.hashes != old.hashes:
        words = "let `switchboard identity sealed rotate` make the file"
        raise VaultRefused(f"{new.key_id} would find nothing that {old.key_id} sealed; {words}")
    return new


def _derived(master: bytes, use: str) -> bytes:
    """Derive the key of one use from the master key."""
    info = f"switchboard sealed store 1 {use}".encode()
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(master)


def _about(seq: int, key_id: str = "") -> bytes:
    """Say what a ciphertext belongs to, so that it cannot stand beside another event."""
    return f"{seq} {key_id}".encode()


def _encrypt(cipher: AESGCM, content: bytes, about: bytes) -> bytes:
    """Encrypt with a nonce of its own, which goes before the ciphertext."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, content, about)


def _decrypt(cipher: AESGCM, content: bytes, about: bytes) -> bytes:
    """Decrypt what `_encrypt` gave; raise `VaultRefused` where it is not that."""
    try:
        return cipher.decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], about)
    except (InvalidTag, ValueError) as error:
        words = "a sealed payload was changed, or another key sealed it"
        raise VaultRefused(f"{words}; operations must look into it") from error
