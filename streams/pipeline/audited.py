"""What the audit says of one record or act: identifiers and digests, never content."""

from collections.abc import Sequence
from hashlib import blake2b

from streams.domain.acts import Act, kind_of, to_bytes
from streams.domain.passage import Told
from streams.pipeline.values import Ended
from streams.stages.audit import body, body_of_words


def audit_body(ended: Ended, told: Sequence[Told]) -> bytes:
    """Compose the audit entry of one record: what it was, how it ended, to whom it was shown."""
    opened = ended.prepared.opened
    fields: dict[str, object] = {
        "action": "collected",
        "offset": ended.prepared.raw.offset,
        "disposition": ended.disposition.value if ended.disposition else "repeated",
        "code": ended.refusal.code.value if ended.refusal else None,
        "seq": ended.seq,
        "person": str(ended.person_id) if ended.person_id else None,
        "disclosed": [_disclosed(each) for each in told],
    }
    if opened is not None:
        meta = opened.event.meta
        fields |= {
            "publisher": meta.publisher,
            "event": meta.event_id,
            "type": f"{opened.type}.v{opened.version}",
            "gateway": meta.gateway.value,
            "content": opened.content.hex(),
        }
    return body_of_words(fields)


def act_body(
    act: Act,
    seq: int,
    told: Sequence[Told],
    *,
    refused: bool = False,
    ended: Sequence[Ended] = (),
) -> bytes:
    """Compose the audit entry of one act: what was done, by whom, to whom anything was shown.

    `refused` marks an answer that was not taken; `ended` are the events that end otherwise by it.
    """
    touched = act.touched
    return body(
        {
            "action": kind_of(act),
            "seq": seq,
            "by": touched.by,
            "officers": sorted(touched.officers),
            "people": sorted(map(str, touched.people)),
            "refused": True if refused else None,
            "duties": sorted(map(str, touched.duties)),
            "notices": sorted(map(str, touched.notices)),
            "events": sorted(touched.events),
            "content": blake2b(to_bytes(act), digest_size=16).hexdigest(),
            "disclosed": [_disclosed(each) for each in told],
            "ended": [_ended(each) for each in ended],
        }
    )


def _ended(ended: Ended) -> dict[str, object]:
    """Say how an event that was admitted before ends now, and about whom it is."""
    disposition = ended.disposition.value if ended.disposition else None
    person = str(ended.person_id) if ended.person_id else None
    return {"seq": ended.seq, "disposition": disposition, "person": person}


def _disclosed(told: Told) -> dict[str, str]:
    """Say to whom a notice went, as what, by which rule, and how it moved."""
    notice = told.notice
    return {
        "notice": str(notice.id),
        "to": notice.recipient.officer,
        "as": notice.recipient.reached_as,
        "rule": f"{notice.rule}.{notice.rule_version}",
        "move": told.move.value if told.move else "raise",
    }
