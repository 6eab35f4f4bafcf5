"""Whether a secret is the one by which this ledger's keyed hashes were made.

With another one nobody would be found under their identifiers, and whatever comes again would be
taken for a contradiction. So the first process that is given a secret leaves a hash of it here,
from which nobody can make it again, and every later one is held against that.
"""

from collections.abc import Iterator
from hashlib import blake2b
from typing import Final

from streams.domain.identifiers import MATCHING_KINDS, IdentifierKind
from streams.domain.matching import LookupKey, digest
from streams.ledger.arrays import blobs
from streams.ledger.connection import Session, world

ONLY: Final = 1
"""The id of the only row of `secret_mark`."""
MARK_BYTES: Final = 16
SAMPLE: Final = 50
"""Assumed: of so many records, some person still has an identifier."""
_USE: Final = b"secret-mark"
_NEWEST: Final = (
    "SELECT identifiers FROM source_record WHERE identifiers <> '{}' ORDER BY seq DESC LIMIT %s"
)
_KNOWN: Final = "SELECT EXISTS (SELECT FROM person_key WHERE digest = ANY(%s))"


def is_same_secret(session: Session, secret: bytes) -> bool:
    """Answer whether a secret is this ledger's; where none was noted yet, this one is.

    A ledger that is older than the note is asked whether it finds anybody by this secret.
    """
    with world(), session.transaction():
        noted = _noted(session)
        if noted is None:
            if not _finds(session, secret):
                return False
            session.execute(
                "INSERT INTO secret_mark (id, mark) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                (ONLY, _mark_of(secret)),
            )
            noted = _noted(session)
    return noted == _mark_of(secret)


def _noted(session: Session) -> bytes | None:
    """Return the mark that was noted, if any was."""
    row = session.execute("SELECT mark FROM secret_mark WHERE id = %s", (ONLY,)).fetchone()
    return None if row is None else bytes(row[0])


def _mark_of(secret: bytes) -> bytes:
    """Return a hash of a secret."""
    short = blake2b(secret).digest()
    return blake2b(key=short, digest_size=MARK_BYTES, person=_USE).digest()


def _finds(session: Session, secret: bytes) -> bool:
    """Answer whether somebody is found by this secret, or nobody is known who could be."""
    rows = session.execute(_NEWEST, (SAMPLE,)).fetchall()
    digests = sorted({digest(key, secret) for row in rows for key in _keys_of(row[0])})
    if not digests:
        return True
    return bool(session.execute(_KNOWN, (blobs(digests),)).fetchall()[0][0])


def _keys_of(identifiers: list[str]) -> Iterator[LookupKey]:
    """Yield under what a person is found by identifiers as they are kept."""
    for text in identifiers:
        kind, _, value = text.partition(":")
        if IdentifierKind(kind) in MATCHING_KINDS:
            yield LookupKey(kind, value)
