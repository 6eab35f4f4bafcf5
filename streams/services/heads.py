"""Audit heads: every minute, and at the end, how far each chain has come, signed, to Kafka.

What Kafka has is out of reach of whoever has the ledger, and the other way round. The key is a file
of the relay's; `switchboard ledger verify` needs only its public half.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import structlog

from connectors.publisher.sending import Sender
from connectors.publisher.spool import Entry, Parcel
from schemas.codec import encode_trusted
from streams.ledger.connection import Session, world
from streams.ledger.signing import (
    HEAD_TYPE,
    KeyRefused,
    PublicKeys,
    SignedHead,
    SigningKey,
    key_id,
    make_key,
    public_pem,
    read_key,
    read_public_keys,
)
from streams.settings import Mode, Settings, SettingsError
from streams.stages.audit import Head

TOPIC: Final = "audit"
EVERY_SECONDS: Final = 60.0
"""Source: DESIGN section 6, *Audit*."""
AGAIN_SECONDS: Final = 5.0
"""Assumed: how soon heads are sent again that Kafka did not take."""
KEY_FILE: Final = "audit-key.pem"
PUBLIC_FILE: Final = "audit-keys.pub"
SOURCE: Final = "/switchboard"

log = structlog.get_logger(__name__)


class HeadSigner:
    """Signs the heads that have moved since it last did; at its first turn, all of them."""

    def __init__(self, key: SigningKey, session: Session, clock: Callable[[], datetime]) -> None:
        """Sign nothing yet."""
        self._key = key
        self._session = session
        self._clock = clock
        self._sent: dict[str, Head] = {}
        self._due = time.monotonic()

    def tick(self, sender: Sender) -> None:
        """Sign and send what has moved, once a minute; raise `WorldDown`."""
        if time.monotonic() >= self._due:
            self.close(sender)

    def close(self, sender: Sender) -> None:
        """Sign and send what has moved, now; raise `WorldDown`."""
        moved = [(chain, head) for chain, head in self._heads() if self._sent.get(chain) != head]
        at = self._clock()
        entries = [
            Entry(number, head_parcel(self._key.sign(chain, head, at)))
            for number, (chain, head) in enumerate(moved)
        ]
        outcome = sender.send(entries)
        self._sent |= dict(moved[number] for number in outcome.sent)
        missing = len(entries) - len(outcome.sent)
        if missing:
            log.warning("heads were not taken", topic=TOPIC, count=missing)
        self._due = time.monotonic() + (AGAIN_SECONDS if missing else EVERY_SECONDS)

    def _heads(self) -> list[tuple[str, Head]]:
        """Return where each chain ends."""
        with world():
            rows = self._session.execute(
                "SELECT chain, length, hash FROM audit_head WHERE length > 0 ORDER BY chain"
            ).fetchall()
        return [(row[0], Head(int(row[1]), bytes(row[2]))) for row in rows]


def head_parcel(head: SignedHead) -> Parcel:
    """Make the record of a signed head."""
    name = str(head.id)
    headers = {
        "ce_specversion": "1.0",
        "ce_id": name,
        "ce_type": HEAD_TYPE,
        "ce_source": SOURCE,
        "ce_time": head.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "traceparent": f"00-{head.id.hex}-{head.id.hex[:16]}-01",
    }
    encoded = tuple((name, value.encode()) for name, value in headers.items())
    value = encode_trusted(HEAD_TYPE, head.record())
    return Parcel(name, TOPIC, head.chain.encode(), value, encoded)


def signing_key_of(settings: Settings) -> SigningKey:
    """Return the key that signs heads; made in the home where none is set.

    Raises `SettingsError` in production without a key: what a key signs that nobody keeps proves
    nothing once it is gone.
    """
    path = settings.audit_key_file
    if path is None:
        if settings.mode is Mode.PRODUCTION:
            message = (
                "SWITCHBOARD_AUDIT_KEY_FILE is not set; operations must make a key (`openssl "
                "genpkey -algorithm ed25519`), keep it out of the database and its backups, and "
                "give its public half to whoever verifies the audit"
            )
            raise SettingsError(message)
        path = settings.home / KEY_FILE
        if not path.exists():
            make_key(path)
    try:
        key = read_key(path)
    except KeyRefused as refused:
        raise SettingsError(str(refused)) from refused
    if settings.mode is not Mode.PRODUCTION:
        _publish(settings.home / PUBLIC_FILE, key)
    return key


def public_keys_of(settings: Settings) -> PublicKeys:
    """Return the public halves of the keys that sign, or once signed, heads."""
    path = settings.audit_public_keys_file or settings.home / PUBLIC_FILE
    try:
        return read_public_keys(path)
    except FileNotFoundError as error:
        message = (
            f"{path}: no such file; SWITCHBOARD_AUDIT_PUBLIC_KEYS_FILE must name the public keys "
            "of the relay (PEM), or nothing that it signed can be checked"
        )
        raise SettingsError(message) from error
    except KeyRefused as refused:
        raise SettingsError(str(refused)) from refused


def _publish(path: Path, key: SigningKey) -> None:
    """Put the public half beside those that this home had before."""
    known = read_public_keys(path) if path.exists() else {}
    if key_id(key.public) not in known:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with path.open("ab") as file:
            file.write(public_pem(key.public))
