"""The keys under which people who are alike are found in the ledger, and what it holds of them.

Source: DESIGN section 6, *Person*; ../docs/decisions/011.
"""

from collections.abc import Iterable, Sequence
from hashlib import blake2b, blake2s
from struct import unpack
from typing import Final

from streams.domain.hash_keys import as_key
from streams.domain.identifiers import MATCHING_KINDS
from streams.domain.scoring.blocking import blocking_keys, sought_keys
from streams.domain.scoring.people import Ready

KEY_BYTES: Final = 8
SECRET_BYTES: Final = 32
"""Beside it a key fits into one block of BLAKE2s, so that it is hashed in one step."""
_KEY_USE: Final = b"identity-block"
_LOOKED_UP_ALREADY: Final = tuple(f"i {kind.value} " for kind in sorted(MATCHING_KINDS))


def keys_of(ready: Ready) -> tuple[str, ...]:
    """Return the keys under which somebody whom we know is kept.

    Identifiers by which people are looked up exactly are none of them: who has one was found.
    """
    return _without_identifiers(blocking_keys(ready))


def looked_under(ready: Ready) -> tuple[str, ...]:
    """Return the keys under which somebody is looked for."""
    return _without_identifiers(sought_keys(ready))


def _without_identifiers(keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(key for key in keys if not key.startswith(_LOOKED_UP_ALREADY))


def key_numbers(keys: Sequence[str], secret: bytes) -> tuple[int, ...]:
    """Return the keyed hashes of keys, as the ledger holds them; two keys hardly ever share one.

    The first byte says of what kind a key is, and nothing of whom: kinds that are hardly ever asked
    for are parts of the index that nobody reads. The secret stands before a key, which is enough
    for BLAKE2; so what is the same for all keys is worked out once.
    """
    derived = blake2b(key=as_key(secret), digest_size=SECRET_BYTES, person=_KEY_USE).digest()
    begun = blake2s(derived, digest_size=KEY_BYTES)
    made = []
    for key in keys:
        one = begun.copy()
        one.update(key.encode("utf-8", "surrogatepass"))
        made.append(one.digest())
    hashed = bytearray(b"".join(made))
    hashed[::KEY_BYTES] = "".join([key[0] for key in keys]).encode("ascii")
    return unpack(f"!{len(keys)}q", hashed)


def key_number(key: str, secret: bytes) -> int:
    """Return the keyed hash of one key."""
    return key_numbers((key,), secret)[0]
