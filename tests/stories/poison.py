"""Records that no honest sender sends, each with what Switchboard must say about it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any, Final

from fastavro import schemaless_writer
from world_builder import NOW, PERSON, STRANGER, Said, allocated, callout, listed

from schemas import catalogue
from schemas.codec import HEADER_BYTES, encode, from_json

POLICE: Final = "feed.durham-police"
SEED: Final = 20_260_302
CALLOUT: Final = "police.domestic_abuse_callout.v1"
TYPE: Final = {"ce_type": CALLOUT.encode()}
FORCE: Final = "Durham Constabulary must"


@dataclass(frozen=True, slots=True)
class Poison:
    """One record on the police's feed, and the code and words of its refusal."""

    value: bytes | None
    code: str
    words: tuple[str, ...]
    headers: tuple[tuple[str, bytes], ...] = tuple(TYPE.items())


def said(each: Said, *, code: str, words: tuple[str, ...]) -> Poison:
    """Return an event that can be read and cannot be used."""
    return Poison(each.value, code, words, (("ce_type", f"{each.type}.v1".encode()),))


def unchecked(**fields: Any) -> bytes:  # noqa: ANN401 - anything that Avro writes
    """Write a call-out with values that our own encoder would refuse."""
    record = callout().record
    meta = {**record["meta"], **fields.pop("meta", {})}
    person = {**record["person"], **fields.pop("person", {})}
    schema = catalogue.schema_of(CALLOUT)
    out = BytesIO()
    out.write(b"\xc3\x01" + schema.fingerprint)
    schemaless_writer(out, schema.parsed, {**record, **fields, "meta": meta, "person": person})
    return out.getvalue()


def a_notice() -> bytes:
    """Return a record of a notice's schema, which no agency sends."""
    notice_type = "notices.identity_held.v1"
    example = catalogue.schema_of(notice_type).example
    return encode(notice_type, from_json(notice_type, dict(example)))


GOOD: Final = callout().value
INVALID: Final = "invalid_value"
MANY_NAMES: Final = [{"kind": "alias", "given_name": "A", "family_name": "B"}] * 4_001
POISONS: Final[dict[str, Poison]] = {
    "random bytes": Poison(
        random.Random(SEED).randbytes(300),  # noqa: S311 - the same bytes every time
        "unreadable",
        ("first byte", "0xc3 0x01", FORCE),
    ),
    "random bytes behind a good header": Poison(
        GOOD[:HEADER_BYTES] + random.Random(SEED).randbytes(200),  # noqa: S311 - the same bytes
        "unreadable",
        (CALLOUT, FORCE),
    ),
    "half of a header": Poison(GOOD[:6], "unreadable", ("header of 10", FORCE)),
    "truncated Avro": Poison(
        GOOD[:-3], "unreadable", ("at_address_of: expected", "ends in the middle", FORCE)
    ),
    "bytes left over": Poison(GOOD + b"\x00\x01", "unreadable", ("2 bytes are left over", FORCE)),
    "an unknown fingerprint": Poison(
        GOOD[:2] + b"\x01" * 8 + GOOD[HEADER_BYTES:],
        "unknown_schema",
        ("fingerprint 0101010101010101", f"says {CALLOUT!r}", FORCE, "or operations must install"),
    ),
    "too large": Poison(GOOD + bytes(300_000), "unreadable", ("the limit is 262144", FORCE)),
    "too many items": Poison(
        unchecked(person={"aliases": MANY_NAMES}),
        "unreadable",
        ("person.aliases: expected", "more than 4000 items", FORCE),
    ),
    "more aliases than anybody has": Poison(
        unchecked(person={"aliases": MANY_NAMES[:300]}),
        INVALID,
        ("person.aliases", "at most 256", FORCE),
    ),
    "text with a NUL": Poison(
        unchecked(summary="a\x00b"), "unreadable", ("summary: expected", "NUL", FORCE)
    ),
    "a birth date in the year 270,000": Poison(
        unchecked(person={"born_on": 10**8}),
        "unreadable",
        ("person.born_on: expected a date", FORCE),
    ),
    "an instant past the end of time": Poison(
        unchecked(meta={"occurred_at": 2**62}), "unreadable", ("meta.occurred_at: expected", FORCE)
    ),
    "no value": Poison(None, "unreadable", ("has no value", FORCE)),
    "an empty value": Poison(b"", "unreadable", ("has no value", FORCE)),
    "a summary as long as a book": Poison(
        unchecked(summary="x" * 9_000), INVALID, ("summary", "at most 8000", FORCE)
    ),
    "thirty-one children": Poison(
        unchecked(children_count=31), INVALID, ("children_count", "less than or equal to 30", FORCE)
    ),
    "an event without an id": Poison(
        unchecked(meta={"event_id": ""}), INVALID, ("meta.event_id", "at least 1", FORCE)
    ),
    "another agency's name": said(
        callout(publisher="hmcts"),
        code="wrong_publisher",
        words=("'hmcts'", "feed is of durham-police", "operations must"),
    ),
    "a name that nobody registered": said(
        callout(publisher="no-such-force"),
        code="wrong_publisher",
        words=("'no-such-force'", "operations must"),
    ),
    "a header that disagrees": Poison(
        GOOD,
        "type_disagrees",
        ("police.arrested.v1", CALLOUT, "must agree", FORCE),
        (("ce_type", b"police.arrested.v1"),),
    ),
    "a header that is no text": Poison(
        GOOD, "type_disagrees", ("must agree", FORCE), (("ce_type", b"\xff\xfe\x00"),)
    ),
    "a court's event from the police": said(
        listed(publisher="durham-police"),
        code="not_granted",
        words=("durham-police may not publish courts.hearing_listed", "agency register"),
    ),
    "an allocation from the police": said(
        allocated(STRANGER, publisher="durham-police"),
        code="not_granted",
        words=("durham-police may not publish case.allocated",),
    ),
    "a gateway without an agreement": said(
        callout(gateway="safeguarding_duties"),
        code="not_granted",
        words=("meta.gateway", "no agreement under safeguarding_duties"),
    ),
    "a notice": Poison(a_notice(), "not_an_event", ("notices.identity_held.v1",), ()),
    "a connector's refusal": Poison(
        b"{not json",
        "rejected_at_source",
        ("refused by the connector", "$.hearing"),
        (("sb_rejection", b'{"path": "$.hearing", "expected": "an object"}'),),
    ),
}


def good(count: int) -> list[Said]:
    """Return call-outs about the person that tell one officer each, without duties."""
    return [
        callout(PERSON, f"DA-{n}", role="unclear", at=NOW - timedelta(minutes=n))
        for n in range(count)
    ]
