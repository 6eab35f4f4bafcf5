"""What the audit says of one record or act: identifiers and digests, never content."""

from collections.abc import Sequence
from hashlib import blake2b
from uuid import UUID

from msgspec import Struct, field, to_builtins

from streams.domain.acts import Act, kind_of, to_bytes
from streams.domain.passage import Told
from streams.pipeline.values import Ended
from streams.stages.audit import body, body_of


class _Disclosed(Struct, frozen=True):
    """To whom a notice went, as what, by which rule, and how it moved."""

    notice: UUID
    to: str
    reached_as: str = field(name="as")
    rule: str
    move: str


class _Collected(Struct, frozen=True, omit_defaults=True):
    """What the audit says of one record; what is not known is left out."""

    action: str
    offset: int
    disposition: str
    code: str | None = None
    seq: int | None = None
    person: UUID | None = None
    disclosed: tuple[_Disclosed, ...] = ()
    publisher: str | None = None
    event: str | None = None
    type: str | None = None
    gateway: str | None = None
    content: str | None = None


def audit_body(ended: Ended, told: Sequence[Told]) -> bytes:
    """Compose the audit entry of one record: what it was, how it ended, to whom it was shown."""
    opened = ended.prepared.opened
    meta = opened.event.meta if opened is not None else None
    return body_of(
        _Collected(
            "collected",
            ended.prepared.raw.offset,
            ended.disposition or "repeated",
            code=ended.refusal.code if ended.refusal else None,
            seq=ended.seq,
            person=ended.person_id,
            disclosed=tuple(_disclosed(each) for each in told),
            publisher=meta.publisher if meta else None,
            event=meta.event_id if meta else None,
            type=f"{opened.type}.v{opened.version}" if opened else None,
            gateway=meta.gateway if meta else None,
            content=opened.content.hex() if opened else None,
        )
    )


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
            "disclosed": to_builtins([_disclosed(each) for each in told]),
            "ended": [_ended(each) for each in ended],
        }
    )


def _ended(ended: Ended) -> dict[str, object]:
    """Say how an event that was admitted before ends now, and about whom it is."""
    disposition = ended.disposition.value if ended.disposition else None
    person = str(ended.person_id) if ended.person_id else None
    return {"seq": ended.seq, "disposition": disposition, "person": person}


def _disclosed(told: Told) -> _Disclosed:
    """Say to whom a notice went, as what, by which rule, and how it moved."""
    notice, to = told.notice, told.notice.recipient
    rule = f"{notice.rule}.{notice.rule_version}"
    return _Disclosed(notice.id, to.officer, to.reached_as, rule, told.move or "raise")
