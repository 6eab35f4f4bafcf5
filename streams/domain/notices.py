"""Notices: what we tell one recipient about one thing, and the life it has.

The life is a literal table (`LIFE`). Read is not acknowledged and acknowledged is not done. The
diagram in the documentation is drawn from the table by `diagram`, so the picture cannot lie.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from streams.domain.agencies import Gateway
from streams.domain.derived_ids import derived_id
from streams.domain.records import Handling, HandlingCondition, Nature

NOTICE_NAMESPACE: Final = UUID("5b1c3a52-7d34-5c41-9a83-0f7c1c1a6e10")


class Urgency(StrEnum):
    """By when somebody entitled must have acknowledged.

    Source: FLOWS rule 6.
    """

    IMMEDIATE = "immediate"
    SAME_DAY = "same_day"
    NEXT_WORKING_DAY = "next_working_day"
    DIGEST = "digest"


URGENCY_ORDER: Final = tuple(Urgency)
"""From the most urgent to the least."""


class NoticeState(StrEnum):
    """Where a notice stands."""

    RAISED = "raised"
    SENT = "sent"
    READ = "read"
    ACKNOWLEDGED = "acknowledged"
    DONE = "done"
    ESCALATED = "escalated"
    HANDED_OVER = "handed_over"
    REOPENED = "reopened"
    WITHDRAWN = "withdrawn"


class Move(StrEnum):
    """What can happen to a notice."""

    SEND = "send"
    READ = "read"
    ACKNOWLEDGE = "acknowledge"
    FINISH = "finish"
    ESCALATE = "escalate"
    HAND_OVER = "hand_over"
    UPDATE = "update"
    WITHDRAW = "withdraw"


_S = NoticeState
LIFE: Final[Mapping[NoticeState, Mapping[Move, NoticeState]]] = {
    _S.RAISED: {
        Move.SEND: _S.SENT,
        Move.READ: _S.READ,
        Move.ACKNOWLEDGE: _S.ACKNOWLEDGED,
        Move.ESCALATE: _S.ESCALATED,
        Move.HAND_OVER: _S.HANDED_OVER,
        Move.UPDATE: _S.RAISED,
        Move.WITHDRAW: _S.WITHDRAWN,
    },
    _S.SENT: {
        Move.READ: _S.READ,
        Move.ACKNOWLEDGE: _S.ACKNOWLEDGED,
        Move.ESCALATE: _S.ESCALATED,
        Move.HAND_OVER: _S.HANDED_OVER,
        Move.UPDATE: _S.SENT,
        Move.WITHDRAW: _S.WITHDRAWN,
    },
    _S.READ: {
        Move.ACKNOWLEDGE: _S.ACKNOWLEDGED,
        Move.ESCALATE: _S.ESCALATED,
        Move.HAND_OVER: _S.HANDED_OVER,
        Move.UPDATE: _S.REOPENED,
        Move.WITHDRAW: _S.WITHDRAWN,
    },
    _S.ACKNOWLEDGED: {
        Move.FINISH: _S.DONE,
        Move.ESCALATE: _S.ESCALATED,
        Move.HAND_OVER: _S.HANDED_OVER,
        Move.UPDATE: _S.REOPENED,
        Move.WITHDRAW: _S.WITHDRAWN,
    },
    _S.DONE: {Move.UPDATE: _S.REOPENED, Move.WITHDRAW: _S.WITHDRAWN},
    _S.ESCALATED: {
        Move.READ: _S.READ,
        Move.ACKNOWLEDGE: _S.ACKNOWLEDGED,
        Move.ESCALATE: _S.ESCALATED,
        Move.HAND_OVER: _S.HANDED_OVER,
        Move.UPDATE: _S.ESCALATED,
        Move.WITHDRAW: _S.WITHDRAWN,
    },
    _S.HANDED_OVER: {
        Move.READ: _S.READ,
        Move.ACKNOWLEDGE: _S.ACKNOWLEDGED,
        Move.ESCALATE: _S.ESCALATED,
        Move.HAND_OVER: _S.HANDED_OVER,
        Move.UPDATE: _S.HANDED_OVER,
        Move.WITHDRAW: _S.WITHDRAWN,
    },
    _S.REOPENED: {
        Move.READ: _S.READ,
        Move.ACKNOWLEDGE: _S.ACKNOWLEDGED,
        Move.ESCALATE: _S.ESCALATED,
        Move.HAND_OVER: _S.HANDED_OVER,
        Move.UPDATE: _S.REOPENED,
        Move.WITHDRAW: _S.WITHDRAWN,
    },
    _S.WITHDRAWN: {Move.UPDATE: _S.REOPENED},
}


WAITING: Final = frozenset(state for state, moves in LIFE.items() if Move.ACKNOWLEDGE in moves)
"""States in which somebody entitled must still acknowledge the notice."""
UNREAD: Final = frozenset(state for state, moves in LIFE.items() if Move.READ in moves)
"""States in which the recipient has not read what the notice says now."""


def after(state: NoticeState, move: Move) -> NoticeState | None:
    """Return the state after a move, or None where the table does not allow it."""
    return LIFE[state].get(move)


def diagram() -> str:
    """Draw the life of a notice as a Mermaid state diagram, straight from the table."""
    rows = [
        f"    {state} --> {to}: {move}"
        for state, moves in LIFE.items()
        for move, to in moves.items()
    ]
    return "\n".join(["stateDiagram-v2", f"    [*] --> {NoticeState.RAISED}", *rows])


class Rung(Struct, frozen=True):
    """One step of the ladder, fixed when the notice is raised: which role, and how long it waits.

    Who holds the role is looked up when the step is reached. `working_hours` is the time it has.
    """

    role: str
    working_hours: float


class Action(Struct, frozen=True):
    """What the recipient should do, and by when; `due_at` is an instant in UTC."""

    what: str
    due_at: datetime | None = None


class Recipient(Struct, frozen=True):
    """The named, entitled person who is told, and as what they were reached.

    `reached_as` is the rung of the ladder: responsible officer, cover, manager, duty desk or lead.
    """

    officer: str
    name: str
    provider: str
    team: str | None
    reached_as: str


class Whole(Struct, frozen=True):
    """What a notice says to somebody from whom nothing is withheld: type, facts, reason, actions.

    Kept beside a notice from whose recipient something is, so that whoever has it next reads what
    they may: neither more nor less. Only the follow-up reads it; nobody is ever shown it.
    """

    type: str
    facts: Mapping[str, Any]
    why: str
    actions: tuple[Action, ...]


class Notice(Struct, frozen=True):
    """What one recipient is told about one matter. `facts` is the typed part of its schema.

    `sources` are the (publisher, event id) pairs that it rests on; a notice whose every source was
    retracted is withdrawn. `due_at` is when somebody entitled must have acknowledged it. `why` is
    the reason without who was passed, `meant` the officer whom the matter names, where it does.

    `rung` is the place on the ladder where the recipient stands, `climbed` the lowest that may
    still be told: waiting in vain moves it, being away does not. `said_at_step` is the step that
    last changed what the notice says or to whom, so that an answer to an older one is known.
    """

    id: UUID
    type: str
    rule: str
    rule_version: int
    matter: str
    person_id: UUID | None
    crn: str | None
    recipient: Recipient
    addressee: str
    state: NoticeState
    urgency: Urgency
    raised_at: datetime
    due_at: datetime | None
    why_you: str
    says_who: str
    nature: Nature
    occurred_at: datetime
    gateway: Gateway
    handling: Handling
    sources: tuple[tuple[str, str], ...]
    ladder: tuple[Rung, ...] = ()
    handling_conditions: tuple[HandlingCondition, ...] = ()
    actions: tuple[Action, ...] = ()
    facts: Mapping[str, Any] = {}
    restricted: bool = False
    late: bool = False
    updates: int = 0
    steps: int = 0
    why: str = ""
    meant: str | None = None
    rung: int = 0
    climbed: int = 0
    said_at_step: int = 0
    whole: Whole | None = None

    @property
    def waits(self) -> bool:
        """Answer whether somebody entitled must still acknowledge it."""
        return self.state in WAITING


def notice_id(source: tuple[str, str], rule: tuple[str, int], person: str, to: str) -> UUID:
    """Derive a notice's id from its event, rule and version, person at decision, and recipient.

    `to` is the recipient and the occasion (which notice of the rule). "Once" rests on the admission
    of the event, not on this id; the same id with other content is a defect.
    """
    publisher, event_id = source
    name, version = rule
    parts = (publisher, event_id, name, str(version), person, to)
    return derived_id(NOTICE_NAMESPACE, *parts)


def stepped(notice: Notice, state: NoticeState) -> Notice:
    """Return a notice one step on, in a state, as its recipient is told at that step."""
    step = notice.steps + 1
    return replace(notice, state=state, steps=step, said_at_step=step)
