"""Signed heads for `ledger verify`: from Kafka or from a file, and what they prove, in words."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from schemas.codec import CodecRefused, decode, from_json, to_json
from streams.cli._common import Kafka, settings_with
from streams.cli._output import emit, local, say
from streams.ledger.connection import Session
from streams.ledger.signing import HEAD_TYPE, PublicKeys, SignedHead, head_of
from streams.ledger.verify_heads import Proof, Verdict, hold_to_heads
from streams.services.heads import TOPIC, public_keys_of
from streams.settings import Settings
from streams.topics.reading import Stretch, stretch_of, values_of

UNHELD: Final = (
    "No signed heads were read (--heads-from-kafka), so nothing shows whether somebody who can "
    "write to the ledger made the audit anew."
)

HeadsFile = Annotated[
    Path | None,
    typer.Option("--heads", help="Hold the audit to heads that `ledger heads` wrote to a file."),
]
FromKafka = Annotated[
    bool, typer.Option("--heads-from-kafka", help="Hold the audit to the signed heads in Kafka.")
]


@dataclass(frozen=True, slots=True)
class Heads:
    """The heads that were agreed upon before the ledger was looked at, and the keys."""

    keys: PublicKeys
    bootstrap: str
    source: Path | Stretch

    def hold(self, session: Session) -> Verdict:
        """Hold the ledger's audit to the heads."""
        read = partial(_of_file, self.source) if isinstance(self.source, Path) else self._of_kafka
        return hold_to_heads(session, read(), self.keys)

    def _of_kafka(self) -> Iterator[SignedHead | None]:
        """Yield the heads of the topic."""
        if isinstance(self.source, Stretch):
            yield from map(_of_value, values_of(self.bootstrap, self.source))


def agreed(settings: Settings, file: Path | None, *, from_kafka: bool) -> Heads | None:
    """Agree upon which heads the ledger is held to; None where none are wanted.

    It is done before the ledger's snapshot is taken, which has all that they cover then.
    """
    if file is not None:
        return Heads(public_keys_of(settings), settings.kafka, file)
    if from_kafka:
        return Heads(public_keys_of(settings), settings.kafka, stretch_of(settings.kafka, TOPIC))
    return None


def heads(*, kafka: Kafka = None) -> None:
    """Write the signed heads of Kafka as JSON lines, to keep them or to verify without Kafka."""
    settings = settings_with(kafka)
    for value in values_of(settings.kafka, stretch_of(settings.kafka, TOPIC)):
        record = _record_of(value)
        emit({} if record is None else to_json(record))


def tell_proofs(verdict: Verdict | None, *, as_json: bool) -> None:
    """Say how far each chain is proved, and which entries no head has reached."""
    if verdict is None:
        if not as_json:
            say(UNHELD)
        return
    for proof in sorted(verdict.proofs.values(), key=lambda each: each.chain):
        if as_json:
            emit(_fields(proof))
        else:
            say(_line(proof))


def _fields(proof: Proof) -> dict[str, Any]:
    """Return a proof for programs."""
    return {
        "what": "chain",
        "chain": proof.chain,
        "length": proof.length,
        "heads": proof.heads,
        "proved": proof.proved,
        "proved_at": proof.proved_at,
        "unproved": proof.unproved,
    }


def _line(proof: Proof) -> str:
    """Say how far a chain is proved."""
    begun = f"{proof.chain}: {proof.length:,} entries, "
    if proof.proved_at is None:
        return f"{begun}none of them proved by a signed head"
    proved = f"{begun}{proof.proved:,} proved by the head of {local(proof.proved_at)}"
    if not proof.unproved:
        return proved
    return f"{proved}, {proof.unproved:,} UNPROVED from entry {proof.proved + 1:,} on"


def _of_file(path: Path) -> Iterator[SignedHead | None]:
    """Yield the heads of a file of JSON lines."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            try:
                record = from_json(HEAD_TYPE, json.loads(line))
            except (ValueError, CodecRefused):
                yield None
            else:
                yield head_of(record)


def _record_of(value: bytes | None) -> dict[str, Any] | None:
    """Read a record of the topic; None where it is no head."""
    try:
        event_type, record = decode(value)
    except CodecRefused:
        return None
    return record if event_type == HEAD_TYPE else None


def _of_value(value: bytes | None) -> SignedHead | None:
    """Read a head from a record of the topic."""
    record = _record_of(value)
    return None if record is None else head_of(record)
