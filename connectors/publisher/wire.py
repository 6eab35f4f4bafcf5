"""From an event to the record that goes to Kafka: its bytes, its key and its headers.

The key puts the facts of one agency about one person into one partition, and says nothing about the
person to anybody who has not the secret. The headers are those of CloudEvents in binary mode.
"""

import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from connectors.publisher.spool import Parcel
from connectors.translation import Rejection, SourceEvent
from streams.domain.agencies import Agency

Encode = Callable[[str, Mapping[str, Any]], bytes]
"""Writes a record of a type (with its version) as bytes, or raises `CodecRefused`."""

REJECTION_HEADER = "sb_rejection"
REJECTED_TYPE = "switchboard.rejected_payload"
"""The `ce_type` of a payload that a source could not read; no schema has this name."""

IDENTIFIERS_STRONGEST_FIRST = (
    "agency_person",
    "crn",
    "nomis",
    "pnc",
    "cro",
    "cpr_uuid",
    "cp_master_defendant",
    "asn",
    "driver_number",
    "yot",
    "cp_defendant",
)
SUBJECTS = (
    "absence_id",
    "officer",
    "team",
    "role",
    "callout_reference",
    "arrest_reference",
    "court_case",
    "hearing_id",
)
"""What an event is about where it names no person, or one without identifier and birth date."""


class NotOursError(Exception):
    """The agency may not publish this event; the register says what it may."""


def to_parcel(event: SourceEvent, agency: Agency, secret: bytes, encode: Encode) -> Parcel:
    """Make the record of one event; raises `CodecRefused` where it does not fit its schema.

    What the worker would quarantine for its publisher is refused here already (`NotOursError`).
    """
    value = encode(event.event_type, event.record)
    meta = event.record["meta"]
    if meta["publisher"] != agency.id:
        raise NotOursError(f"meta.publisher: expected {agency.id}; came another agency")
    if not agency.may_publish(event.event_type.rpartition(".")[0]):
        raise NotOursError(f"{event.event_type} is not granted to {agency.id} in the register")
    headers = _headers(agency, meta["event_id"], event.event_type, meta["occurred_at"])
    key = keyed(secret, subject_of(event.record))
    return Parcel(meta["event_id"], agency.feed, key, value, headers)


def to_rejected_parcel(raw: bytes, rejection: Rejection, agency: Agency, secret: bytes) -> Parcel:
    """Make the record by which the worker learns what a source could not read, and why.

    Its id follows from the bytes and the place in them, so that the same file sent twice is seen to
    be the same; without the secret nobody can make it of bytes that they guess.
    """
    digest = keyed(secret, sha256(raw).hexdigest()).decode()
    place = sha256(f"{rejection.source} {rejection.path}".encode()).hexdigest()[:16]
    names = ("source", "path", "expected", "came", "fix")
    why = json.dumps({name: getattr(rejection, name) for name in names})
    name = f"rejected-{digest[:32]}-{place}"
    headers = _headers(agency, name, REJECTED_TYPE, datetime.now(UTC))
    return Parcel(
        name, agency.feed, keyed(secret, digest), raw, (*headers, (REJECTION_HEADER, why.encode()))
    )


def subject_of(record: Mapping[str, Any]) -> str:
    """Return what an event is about, in the strongest words that it has."""
    person = record.get("person") or {}
    given = {each["kind"]: each["value"] for each in reversed(person.get("identifiers", ()))}
    for kind in IDENTIFIERS_STRONGEST_FIRST:
        plain = "".join(filter(str.isalnum, given.get(kind, ""))).upper()
        if plain:
            return f"{kind}:{plain}"
    name = person.get("name") or {}
    if name.get("family_name") and person.get("born_on"):
        parts = (name["family_name"], name.get("given_name") or "", str(person["born_on"]))
        return "name:" + "|".join(part.casefold().strip() for part in parts)
    for subject in SUBJECTS:
        if record.get(subject):
            return f"{subject}:{record[subject]}"
    return f"event:{record['meta']['event_id']}"


def keyed(secret: bytes, subject: str) -> bytes:
    """Return the hash of a subject that only holders of the secret can make again."""
    return hmac.new(secret, subject.encode(), sha256).hexdigest().encode()


def _headers(
    agency: Agency, event_id: str, event_type: str, occurred_at: datetime
) -> tuple[tuple[str, bytes], ...]:
    """Return the CloudEvents attributes and a new trace for this event.

    Source: CloudEvents 1.0, Kafka protocol binding, binary mode; W3C Trace Context.
    """
    headers = {
        "ce_specversion": "1.0",
        "ce_id": event_id,
        "ce_type": event_type,
        "ce_source": f"/agencies/{agency.id}",
        "ce_time": occurred_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "traceparent": f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01",
    }
    return tuple((name, value.encode()) for name, value in headers.items())
