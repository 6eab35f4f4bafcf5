"""Admit what is an event, of this agency, new and well formed.

`open_record` needs only the record and the register, so it runs before the transaction. `admit`
needs what the ledger has seen. A record that is refused never claims its event's id: a corrected
resend of it gets in.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import from_json, to_json

from schemas.codec import CodecRefused, decode
from streams.domain.agencies import Agency
from streams.domain.errors import Refusal, RefusalCode
from streams.domain.log import RawRecord
from streams.domain.passage import Models, Opened, Repeated, Seen
from streams.domain.records import Event
from streams.domain.statements import as_kept, keyed

FUTURE_TOLERANCE = timedelta(minutes=5)
"""Assumed: clocks of agencies differ from the broker's by less than this."""
LONG_AGO = timedelta(days=5 * 365)
"""Assumed: an event dated further back is a slip of the keyboard until somebody looks."""
LATE_AFTER = timedelta(hours=24)
"""Assumed: an event that took longer to be sent is shown as late."""
PROVENANCE: Final = frozenset({"source_digest", "source_path"})
"""Where a translator found the event; the same event in another wrapper is still the same."""
FAULTS_SHOWN_MAX = 5
REJECTION_CHARS_MAX = 2_000
"""Assumed: a connector says in less than this what it could not use."""
REJECTION_JSON_CHARS_MAX = 4 * REJECTION_CHARS_MAX
"""Assumed: what is longer was not written by a connector of ours, and is not parsed."""
REJECTION_PARTS: Final = {"expected": "expected ", "came": "came ", "fix": ""}
"""What a connector says of a payload that it could not use, with the words that lead to it."""
REJECTION_HEADER = "sb_rejection"
"""Set by a connector on a payload that its translator rejected, with the reason in JSON."""

ID_LIKE: Final = re.compile(r"[A-Za-z0-9._-]{1,80}", re.ASCII)
"""Assumed: ids of agencies and types of events look like this, and names of people seldom do."""

NOT_SEEN: Final = Seen()
_OF_ANOTHER_CATALOGUE: Final = (
    "{} must send a version that is in the catalogue, or operations must install the one it is in"
)


def open_record(
    raw: RawRecord, agency: Agency, models: Models, *, secret: bytes = b""
) -> Opened | Refusal:
    """Decode, check and validate one record; refuse it in words that its sender can act on.

    Without the secret of its digest an event can be looked at, and not be kept.
    """
    rejection = raw.header(REJECTION_HEADER)
    if rejection is not None:
        words = f"refused by the connector: {_printable(_rejected(rejection))}"
        return Refusal(RefusalCode.REJECTED_AT_SOURCE, words)
    if not raw.value:
        words = f"the record has no value; {agency.name} must send the event itself"
        return Refusal(RefusalCode.UNREADABLE, words)
    try:
        decoded = decode(raw.value)
    except CodecRefused as refused:
        if refused.reason_code == "unknown_fingerprint":
            words = f"{refused}{_claimed(raw)}; {_OF_ANOTHER_CATALOGUE.format(agency.name)}"
            return Refusal(RefusalCode.UNKNOWN_SCHEMA, words)
        return Refusal(RefusalCode.UNREADABLE, f"{refused}; {agency.name} must send it again")
    said = (decoded.event_type, decoded.record)
    return _of_agency(raw, agency, models, said, secret=secret)


def _claimed(raw: RawRecord) -> str:
    """Say of which type a record claims to be whose bytes cannot be read."""
    claimed = raw.header("ce_type")
    return "" if claimed is None else f" (header ce_type says {_quoted(claimed)})"


def _rejected(text: str) -> str:
    """Say in words what a connector said in JSON; anything else that came is said as it is."""
    try:
        told = from_json(text) if len(text) <= REJECTION_JSON_CHARS_MAX else None
    except ValueError:
        return text
    if not isinstance(told, dict):
        return text
    given = {name: value for name, value in told.items() if isinstance(value, str)}
    parts = [f"{lead}{given[name]}" for name, lead in REJECTION_PARTS.items() if name in given]
    return f"{given.get('path', 'the payload')}: {'; '.join(parts)}" if parts else text


def _printable(text: str) -> str:
    """Cut a header's text to its limit, without characters that no page or database shows."""
    return "".join(c if c.isprintable() else " " for c in text[:REJECTION_CHARS_MAX])


def _of_agency(
    raw: RawRecord,
    agency: Agency,
    models: Models,
    decoded: tuple[str, dict[str, Any]],
    *,
    secret: bytes,
) -> Opened | Refusal:
    """Check that the header agrees and that this agency may say this."""
    full_type, record = decoded
    name, _, version = full_type.rpartition(".v")
    claimed = raw.header("ce_type")
    if claimed is not None and claimed != full_type:
        words = (
            f"header ce_type says {_quoted(claimed)}, the bytes say {full_type}; the two must agree"
        )
        return Refusal(RefusalCode.TYPE_DISAGREES, f"{words}; {agency.name} must mend its sender")
    model = models.get(name)
    if model is None:
        return Refusal(RefusalCode.NOT_AN_EVENT, f"{full_type} is not an event that agencies send")
    if not agency.may_publish(name):
        words = f"{agency.id} may not publish {name}; ask for it in the agency register"
        return Refusal(RefusalCode.NOT_GRANTED, words)
    return _validated(raw, agency, model, (full_type, int(version), record), secret=secret)


def _quoted(text: str) -> str:
    """Quote what looks like an id or a type; anything else may be content, and is only measured."""
    return repr(text) if ID_LIKE.fullmatch(text) else f"text of {len(text)} characters"


def _validated(
    raw: RawRecord,
    agency: Agency,
    model: type[Event],
    decoded: tuple[str, int, dict[str, Any]],
    *,
    secret: bytes,
) -> Opened | Refusal:
    """Turn the record into its model and check the publisher against the feed."""
    full_type, version, record = decoded
    try:
        event = model.model_validate(record)
    except ValidationError as error:
        return Refusal(RefusalCode.INVALID_VALUE, _faults(full_type, error, agency))
    if event.meta.publisher != agency.id:
        claimed = _quoted(event.meta.publisher)
        words = f"the payload says publisher {claimed}, the feed is of {agency.id}"
        return Refusal(
            RefusalCode.WRONG_PUBLISHER, f"{words}; operations must find out who sent it"
        )
    if event.meta.gateway not in agency.gateways:
        words = f"meta.gateway: {agency.id} has no agreement under {event.meta.gateway.value}"
        return Refusal(RefusalCode.NOT_GRANTED, words)
    occurred_at = event.meta.occurred_at
    may_be_ahead = model.MAY_BE_AHEAD and occurred_at > raw.broker_at
    suspect = not may_be_ahead and is_suspect(occurred_at, raw.broker_at)
    plain = content_digest(record)
    return Opened(
        raw=raw,
        event=event,
        type=full_type.rpartition(".v")[0],
        version=version,
        agency=agency,
        content=_content(raw, plain, secret),
        happened_at=raw.broker_at if suspect or may_be_ahead else occurred_at,
        is_suspect_time=suspect,
        is_late=not suspect and raw.broker_at - occurred_at > LATE_AFTER,
        plain=plain,
    )


def _content(raw: RawRecord, plain: bytes, secret: bytes) -> bytes:
    """Return the digest by which the ledger has an event, or will have it."""
    if raw.content is not None:
        return as_kept(plain, raw.content)
    return keyed(plain, secret) if secret else plain


def is_suspect(occurred_at: datetime, broker_at: datetime) -> bool:
    """Answer whether an agency's time cannot be trusted: in the future, or very long ago."""
    return occurred_at > broker_at + FUTURE_TOLERANCE or occurred_at < broker_at - LONG_AGO


def content_digest(record: Mapping[str, Any]) -> bytes:
    """Return a digest of a decoded record without its time of publishing and its provenance.

    It has no key, and would confirm a guess of the whole event: it is not to be kept.
    """
    content = {name: value for name, value in record.items() if name not in PROVENANCE}
    content["meta"] = {**record["meta"], "published_at": None}
    return blake2b(to_json(content), digest_size=16).digest()


def admit(opened: Opened, seen: Seen) -> Opened | Repeated | Refusal:
    """Admit an event once; the same id with other content must say that it supersedes itself."""
    if not seen.contents.isdisjoint((opened.content, opened.plain)):
        return Repeated()
    event_id = opened.event.meta.event_id
    if seen.contents and opened.event.meta.supersedes != event_id:
        words = (
            f"event {event_id}: the same id was sent before with other content; "
            f"{opened.agency.name} must send a correction with its own id and meta.supersedes"
        )
        return Refusal(RefusalCode.CONTRADICTION, words)
    return opened


def _faults(full_type: str, error: ValidationError, agency: Agency) -> str:
    """Name each field that does not fit, without the value that came."""
    faults = error.errors(include_input=False, include_url=False, include_context=False)
    shown = "; ".join(
        f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
        for fault in faults[:FAULTS_SHOWN_MAX]
    )
    more = f"; and {len(faults) - FAULTS_SHOWN_MAX} more" if len(faults) > FAULTS_SHOWN_MAX else ""
    return f"{full_type}: {shown}{more}; {agency.name} must send a corrected event"
