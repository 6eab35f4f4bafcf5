"""The digest by which the ledger knows a statement again, keyed: it must confirm nobody's guess.

What an event said is digested without a key first, and that digest goes under the secret of the
look-ups. Of people whom nobody knows the ledger keeps no more than this, and whoever has the ledger
and not the secret cannot make the event that they guess and see that they are right.

Ledgers that began before this have digests without a key. They are told apart by their length, and
a resend of such an event is known by the form that its row has.
"""

from hashlib import blake2b
from typing import Final

from streams.domain.hash_keys import as_key

PLAIN_BYTES: Final = 16
"""Of a digest without a key, as it was kept before; nothing new is kept so."""
KEYED_BYTES: Final = 20
_USE: Final = b"event-content"


def keyed(plain: bytes, secret: bytes) -> bytes:
    """Put the digest of a statement under the secret of this installation.

    An empty secret is a ValueError: the digest would confirm a guess again.
    """
    if not secret:
        message = "the secret of the keyed hashes is empty; operations must set it"
        raise ValueError(message)
    return blake2b(plain, key=as_key(secret), digest_size=KEYED_BYTES, person=_USE).digest()


def as_kept(plain: bytes, kept: bytes) -> bytes:
    """Return the digest of a statement that the ledger has, by what is kept with its event.

    What was sealed before digests had a key is kept under another one, and went by the plain one.
    """
    return kept if len(kept) == KEYED_BYTES else plain
