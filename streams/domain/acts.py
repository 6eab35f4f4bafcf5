"""Acts: what changes notices and duties without an event, as when time passes.

The union is closed, and `KINDS` names its members for the ledger. An act says what was done and
nothing of what came of it: that is worked out from the ledger as it stood (`streams.pipeline.
acting`), so that a replay of events and acts in one order gives the same ledger again. An act that
no longer applies when its turn comes has no effect and is not kept.

Each kind has its own file, but for the clock's; a new one is added to `Act` and to `KINDS`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter

from streams.domain.identity_acts import (
    ContentErased,
    EventBound,
    EventJoined,
    EventOverridden,
    EventRejected,
    IdentityAct,
    ReviewShown,
    ReviewWaited,
)
from streams.domain.merge_acts import MergeAct, PeopleMerged, PeopleUnmerged
from streams.domain.notice_acts import (
    Answered,
    CaseLookedAt,
    NoticeAct,
    NoticeWaited,
    OfficerAway,
    OfficerBack,
    OfficerGone,
)
from streams.domain.sealed_acts import SealedAct, SealedErased, SealedOpened
from streams.domain.touched import Touched


@dataclass(frozen=True, slots=True)
class DutyFell:
    """A duty passed its time undone.

    `feed_late` says that the feed of the agency from which a reply was expected had been down or
    behind for so long that the reply may be on its way. `in_common_words` leaves the duty's flow
    out: it is set where the flow has a defect, so that somebody is told all the same.
    """

    duty_id: UUID
    feed_late: bool = False
    in_common_words: bool = False

    @property
    def touched(self) -> Touched:
        """Return the duty that fell."""
        return Touched(duties=frozenset({self.duty_id}))


Act = DutyFell | NoticeAct | IdentityAct | MergeAct | SealedAct
KINDS: Final[Mapping[str, type[Act]]] = {
    "duty_fell": DutyFell,
    "notice_waited": NoticeWaited,
    "answered": Answered,
    "officer_away": OfficerAway,
    "officer_gone": OfficerGone,
    "officer_back": OfficerBack,
    "case_looked_at": CaseLookedAt,
    "event_joined": EventJoined,
    "event_rejected": EventRejected,
    "event_overridden": EventOverridden,
    "event_bound": EventBound,
    "review_waited": ReviewWaited,
    "review_shown": ReviewShown,
    "content_erased": ContentErased,
    "people_merged": PeopleMerged,
    "people_unmerged": PeopleUnmerged,
    "sealed_opened": SealedOpened,
    "sealed_erased": SealedErased,
}
_NAMES: Final = {kind: name for name, kind in KINDS.items()}


def kind_of(act: Act) -> str:
    """Name an act's kind."""
    return _NAMES[type(act)]


def to_bytes(act: Act) -> bytes:
    """Encode an act for the ledger; its kind is kept beside it."""
    return _adapter(kind_of(act)).dump_json(act)


def from_bytes(kind: str, body: bytes) -> Act:
    """Decode an act that `to_bytes` encoded; an unknown kind is a `KeyError`."""
    found: Act = _adapter(kind).validate_json(body)
    return found


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    """Return what reads and writes one kind."""
    return TypeAdapter(KINDS[kind])
