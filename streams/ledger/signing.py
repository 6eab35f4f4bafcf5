"""Signed heads: how far a chain of the audit had come, said so that the ledger cannot unsay it.

Whoever may write to the ledger can change entries and reckon every hash anew, and the chain is
whole again. He cannot sign: the key is a file of the relay's, never in the database. So a head that
was signed and sent away proves every entry up to it, since its hash covers them all.

Source: RFC 8032 (Ed25519); DESIGN section 6, *Audit*.
"""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid5

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from streams.stages.audit import CANONICAL, Head

HEAD_TYPE: Final = "audit.head_signed.v1"
KEY_ID_BYTES: Final = 8
OTHERS_MAY: Final = stat.S_IRWXG | stat.S_IRWXO
PEM_END: Final = b"-----END PUBLIC KEY-----"
_IDS: Final = UUID("3c0f2c52-1a3a-4f5e-8a4e-2c9a6f4a7c10")

PublicKeys = Mapping[str, Ed25519PublicKey]
"""The public halves of the keys that sign, or once signed, by key id."""


class KeyRefused(Exception):
    """A key file cannot be used; the words say why and whose move it is."""


@dataclass(frozen=True, slots=True)
class SignedHead:
    """The end of one chain at an instant, and the signature over that."""

    chain: str
    length: int
    hash: bytes
    at: datetime
    key_id: str
    signature: bytes = b""

    @property
    def content(self) -> bytes:
        """Return what is signed: canonical JSON."""
        fields = {
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "chain": self.chain,
            "hash": self.hash.hex(),
            "key_id": self.key_id,
            "length": str(self.length),
        }
        return CANONICAL.encode(fields).encode()

    @property
    def id(self) -> UUID:
        """Return the head's id, the same whenever it is sent again."""
        return uuid5(_IDS, self.content.decode())

    def record(self) -> dict[str, Any]:
        """Return the head as its schema has it."""
        return {
            "made": {"id": str(self.id), "at": self.at},
            "chain": self.chain,
            "length": str(self.length),
            "hash": self.hash.hex(),
            "key_id": self.key_id,
            "signature": self.signature.hex(),
        }


def head_of(record: Mapping[str, Any]) -> SignedHead | None:
    """Read a head from its record; None where it says nothing that a head can say."""
    try:
        return SignedHead(
            chain=record["chain"],
            length=int(record["length"]),
            hash=bytes.fromhex(record["hash"]),
            at=record["made"]["at"],
            key_id=record["key_id"],
            signature=bytes.fromhex(record["signature"]),
        )
    except ValueError:
        return None


def is_signed(head: SignedHead, keys: PublicKeys) -> bool:
    """Answer whether one of these keys signed a head as it is."""
    key = keys.get(head.key_id)
    if key is None:
        return False
    try:
        key.verify(head.signature, head.content)
    except InvalidSignature:
        return False
    return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The private key, and the id by which its signatures are known."""

    private: Ed25519PrivateKey

    @property
    def public(self) -> Ed25519PublicKey:
        """Return the half that anybody may have."""
        return self.private.public_key()

    def sign(self, chain: str, head: Head, at: datetime) -> SignedHead:
        """Sign how far a chain has come."""
        unsigned = SignedHead(chain, head.length, head.hash, at, key_id(self.public))
        signature = self.private.sign(unsigned.content)
        return SignedHead(chain, head.length, head.hash, at, unsigned.key_id, signature)


def key_id(key: Ed25519PublicKey) -> str:
    """Return the id of a key: a digest of its public half."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return blake2b(raw, digest_size=KEY_ID_BYTES).hexdigest()


def make_key(path: Path) -> None:
    """Make a key where there is none; two processes that do so at once get the same one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
    try:
        # Unlike a rename, a link does not replace what another process has put there.
        os.link(beside, path)
    except FileExistsError:
        pass
    finally:
        beside.unlink()


def read_key(path: Path) -> SigningKey:
    """Read the private key; raise `KeyRefused` where others may read it or it is no such key."""
    if path.stat().st_mode & OTHERS_MAY:
        words = "others than its owner may read it; operations must make it 0600, or make a new one"
        raise KeyRefused(f"{path}: {words}")
    try:
        private = load_pem_private_key(path.read_bytes(), None)
    except (ValueError, TypeError) as error:
        raise KeyRefused(f"{path}: not a private key in PEM without a password") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise KeyRefused(f"{path}: not an Ed25519 key; `openssl genpkey -algorithm ed25519` is")
    return SigningKey(private)


def read_public_keys(path: Path) -> PublicKeys:
    """Read public keys, any number of PEM blocks in one file; raise `KeyRefused`."""
    found: dict[str, Ed25519PublicKey] = {}
    for block in path.read_bytes().split(PEM_END)[:-1]:
        try:
            key = load_pem_public_key(block.strip() + b"\n" + PEM_END + b"\n")
        except ValueError as error:
            raise KeyRefused(f"{path}: not public keys in PEM") from error
        if not isinstance(key, Ed25519PublicKey):
            raise KeyRefused(f"{path}: holds a key that is not Ed25519")
        found[key_id(key)] = key
    if not found:
        raise KeyRefused(f"{path}: holds no public key")
    return found


def public_pem(key: Ed25519PublicKey) -> bytes:
    """Write a public key for others."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
