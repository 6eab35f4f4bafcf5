"""Audit heads on a real Kafka: the relay signs them, and the ledger is held to what Kafka has."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Final

import psycopg
import pytest
from broker.local_kafka import LocalKafka, until
from broker.relays import HOLDER, SECONDS_MAX, Relays, on_topic
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from fixtures.ledger import LIMITS, story_in
from world_builder import a_county, callout

from schemas.codec import decode
from streams.ledger import tables
from streams.ledger.connection import connect
from streams.ledger.signing import read_key

if TYPE_CHECKING:
    from pathlib import Path

    from fixtures.command_line import Answer, Switchboard

HEADERS: Final = {"ce_id", "ce_source", "ce_specversion", "ce_time", "ce_type", "traceparent"}

pytestmark = [pytest.mark.kafka, pytest.mark.slow]


@pytest.fixture
def told_url(ledger_url: str) -> str:
    """Give a ledger in which there is something to sign."""
    with connect(ledger_url, name="test", limits=LIMITS) as session:
        told = story_in(session)
        told.given(*a_county())
        told.when(*(callout(reference=f"DA-{n}", event_id=f"c-{n}") for n in range(20)))
    return ledger_url


def verified(switchboard: Switchboard) -> Answer:
    """Verify with the heads of Kafka."""
    return switchboard("ledger", "verify", "--heads-from-kafka", "--json")


def test_the_ledger_is_held_to_the_heads_in_kafka(
    switchboard: Switchboard,
    private_kafka: LocalKafka,
    told_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A sound ledger is proved to its end; one that was changed and made whole again is found.

    On a Kafka of its own, whose topic of heads nobody else writes to.
    """
    monkeypatch.setenv("SWITCHBOARD_HOME", str(tmp_path))
    monkeypatch.setenv("SWITCHBOARD_KAFKA", private_kafka.bootstrap)
    relays = Relays(private_kafka.bootstrap, told_url, tmp_path, "feed")
    with relays:
        assert until(lambda: relays.ask(HOLDER) == 1, SECONDS_MAX), relays.log
        assert relays.all_sent(), relays.log
    sound = verified(switchboard)
    chains = [line for line in sound.lines if line["what"] == "chain"]
    assert sound.status == 0, sound.out
    assert len(chains) == 3
    assert all(chain["proved"] == chain["length"] > 0 for chain in chains)
    for headers, record in on_topic(relays.kafka, "audit"):
        assert set(headers) == HEADERS
        assert decode(record.value).event_type == headers["ce_type"]
    exported = tmp_path / "heads.jsonl"
    exported.write_text(switchboard("ledger", "heads").out, "utf-8")
    with psycopg.connect(relays.ledger_url) as session:
        session.execute("DELETE FROM audit WHERE number > 10")
        session.execute(
            "UPDATE audit_head h SET length = 10, hash = (SELECT hash FROM audit a"
            " WHERE a.chain = h.chain AND number = 10) WHERE length > 10"
        )
    for answer in (
        verified(switchboard),
        switchboard("ledger", "verify", "--heads", exported, "--json"),
    ):
        cut = [line for line in answer.lines if line.get("invariant") == "audit_cut"]
        assert answer.status == 1
        assert "entry 11 and what followed is missing" in cut[0]["ids"][0]


def test_the_signing_key_is_not_in_the_database(
    kafka: str, told_url: str, tmp_path: Path, feed_prefix: str
) -> None:
    """No column of any table holds the private key, in any form in which it is written."""
    relays = Relays(kafka, told_url, tmp_path, feed_prefix)
    with relays:
        assert until(lambda: relays.ask(HOLDER) == 1, SECONDS_MAX), relays.log
        assert relays.all_sent(), relays.log
    private = read_key(tmp_path / "audit-key.pem").private
    raw = private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    der = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    forms = [raw.hex(), der.hex(), b64encode(raw).decode(), b64encode(der).decode()]
    forms += [form.encode().hex() for form in forms]
    with psycopg.connect(relays.ledger_url) as session:
        for table in tables.metadata.sorted_tables:
            for (row,) in session.execute(f"SELECT t::text FROM {table.name} t".encode()):  # noqa: S608 - our own tables
                assert not any(form in row for form in forms), table.name
