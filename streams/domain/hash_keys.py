"""The secret of an installation as the key of its keyed hashes, whatever its length."""

from hashlib import blake2b


def as_key(secret: bytes) -> bytes:
    """Return a secret as a key of BLAKE2b; one that is too long is hashed down.

    It is never cut: two secrets with one beginning must stay two.
    """
    return secret if len(secret) <= blake2b.MAX_KEY_SIZE else blake2b(secret).digest()
