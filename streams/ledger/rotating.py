"""Go over to another master key of the sealed store: every data key is wrapped again, none is used.

What is sealed stays as it is, and so does what it is found by. It is done in parts, each in a
transaction of its own: one that is killed goes on where it was.
"""

from collections.abc import Callable
from typing import Final

from streams.ledger.arrays import blobs
from streams.ledger.connection import Session, world
from streams.ledger.vault import Sealed, Vault

AT_ONCE: Final = 500
WAITING: Final = (
    "SELECT seq, key_id, wrapped_key, ciphertext FROM sealed"
    " WHERE ended IS NULL AND key_id <> %s ORDER BY seq LIMIT %s FOR UPDATE"
)
WRAPPED: Final = (
    "UPDATE sealed s SET key_id = %s, wrapped_key = c.wrapped FROM"
    " unnest(%s::bigint[], %s::bytea[]) AS c (seq, wrapped) WHERE s.seq = c.seq"
)


def rotate(session: Session, old: Vault, new: Vault, done: Callable[[int], None]) -> int:
    """Wrap what waits by the new key, and return how many; raise `VaultRefused` or `WorldDown`."""
    count = 0
    while some := _rotate_some(session, old, new):
        count += some
        done(some)
    return count


def _rotate_some(session: Session, old: Vault, new: Vault) -> int:
    """Wrap a part of what waits."""
    with world(), session.transaction():
        rows = session.execute(WAITING, (new.key_id, AT_ONCE)).fetchall()
        wrapped = {
            seq: old.wrap_again(seq, Sealed(key_id, bytes(key), bytes(content)), new)
            for seq, key_id, key, content in rows
        }
        if wrapped:
            keys = blobs(each.wrapped_key for each in wrapped.values())
            session.execute(WRAPPED, (new.key_id, list(wrapped), keys))
    return len(wrapped)
