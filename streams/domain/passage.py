"""What passes from one stage to the next: stages do not import each other, they share these."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from streams.domain.agencies import Agency
from streams.domain.calendar import WorkingCalendar
from streams.domain.cases import Case
from streams.domain.identifiers import Identifier
from streams.domain.instructions import Flow
from streams.domain.log import RawRecord
from streams.domain.matching import Known, LookupKey, Matched, Possible, Unknown
from streams.domain.notices import Move, Notice, Recipient
from streams.domain.records import Event, PersonEvent, PersonReference
from streams.domain.rungs import Standing

Models = Mapping[str, type[Event]]
"""Event models by event type without version."""
FlowsByType = Mapping[str, Flow]
"""The flow that decides about an event type; a type without one is only folded."""
Source = tuple[str, str]
"""What makes an event one event: its publisher and the publisher's id for it."""


class Opened(Struct, frozen=True):
    """A record that is a well-formed event of the agency whose feed it came on.

    `happened_at` is the agency's time where it can be trusted, else the broker's. `content` is a
    keyed digest of everything but the time of publishing, so that a resend is recognised; `plain`
    is the one without a key, under which older ledgers have events, and is never kept.
    """

    raw: RawRecord
    event: Event
    type: str
    version: int
    agency: Agency
    content: bytes
    happened_at: datetime
    is_suspect_time: bool
    is_late: bool
    plain: bytes = b""

    @property
    def key(self) -> Source:
        """Return the publisher and its id for the event."""
        return (self.event.meta.publisher, self.event.meta.event_id)


class Seen(Struct, frozen=True):
    """What was admitted before under the same key: the digests of its contents."""

    contents: frozenset[bytes] = frozenset()


class Folded(Struct, frozen=True):
    """An event that was folded into a person's case, so that the case can be made without it."""

    seq: int
    source: Source
    event: PersonEvent


class Repeated(Struct, frozen=True):
    """The same event again, with the same content: nothing is to be done."""


class Looked(Struct, frozen=True):
    """What an event says about its person, ready to be looked up under `keys`.

    `reference` holds names and birth date as they are compared; `crn` is the case reference number,
    where the event gives one. `refused` says of each identifier that cannot be one of its kind what
    is wrong with it, without its value.
    """

    keys: tuple[LookupKey, ...]
    identifiers: tuple[Identifier, ...]
    reference: Known
    crn: str | None
    refused: tuple[str, ...] = ()
    said: PersonReference | None = None


class Identity(Struct, frozen=True):
    """Who an event is about; `created`: the person begins here, `learnt`: keys that are new.

    `refused` says what could not be looked up, where that may be why nobody is certain.
    """

    decision: Matched | Possible | Unknown
    person_id: UUID | None
    created: bool = False
    learnt: tuple[LookupKey, ...] = ()
    refused: tuple[str, ...] = ()


class Assigned(Struct, frozen=True):
    """Who is told, which rungs were passed on the way and why, and the place on the ladder."""

    recipient: Recipient
    passed: tuple[str, ...] = ()
    rung: int = 0


class Scene(Struct, frozen=True):
    """What all that comes of one event has in common; `case` is None where nobody is sure."""

    opened: Opened
    case: Case | None
    rule: tuple[str, int]
    raised_at: datetime
    calendar: WorkingCalendar
    contracted: frozenset[str]


class Passing(Struct, frozen=True):
    """What a notice is passed on with: who stands where, working time, and who may read what.

    `contact` is whom a recipient asks who may not read what it says.
    """

    standing: Standing
    calendar: WorkingCalendar
    contracted: frozenset[str]
    contact: str


class Note(Struct, frozen=True):
    """What a step says beyond its move: who answered, or from whom to whom it went, and why."""

    because: str
    answered_by: str | None = None
    from_officer: str | None = None
    to_officer: str | None = None


class Told(Struct, frozen=True):
    """A notice as it now is, and how it moved; `move` is None for one that was just raised."""

    notice: Notice
    move: Move | None
    note: Note | None = None
