"""What goes into the pipeline and what comes out of it for each record."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from streams.domain.absences import Away
from streams.domain.agencies import AgencyRegister
from streams.domain.alike import Alike, Scorer
from streams.domain.calendar import WorkingCalendar
from streams.domain.cases import Case
from streams.domain.duties import Duty
from streams.domain.errors import Refusal
from streams.domain.instructions import Fact, Flow
from streams.domain.log import RawRecord
from streams.domain.matching import Known, LookupKey
from streams.domain.notices import Notice
from streams.domain.officers import Directory
from streams.domain.passage import FlowsByType, Folded, Looked, Models, Opened, Seen, Source
from streams.domain.placeholders import JUNK, JunkList
from streams.domain.portraits import Portrait
from streams.domain.records import Event, PersonEvent
from streams.domain.reviews import Review
from streams.pipeline.merge_values import Merging
from streams.stages.admit import open_record
from streams.stages.decide import by_type, onlookers
from streams.stages.identify import look


class Disposition(StrEnum):
    """Where an event ends; there is no fifth outcome, and none is silent."""

    ROUTED = "routed"
    RECORDED = "recorded"
    HELD = "held"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class Rules:
    """What the pipeline runs with; made once for a process by `make_rules`.

    Without a scorer nobody is found who is only alike.
    """

    flows: FlowsByType
    onlookers: Mapping[str, tuple[Flow, ...]]
    models: Models
    register: AgencyRegister
    calendar: WorkingCalendar
    contracted: frozenset[str]
    scorer: Scorer | None = None

    @property
    def junk(self) -> JunkList:
        """Return what stands for "not known" in this installation."""
        return JUNK if self.scorer is None else self.scorer.junk


def make_rules(
    flows: Iterable[Flow],
    models: Mapping[str, type[Event]],
    register: AgencyRegister,
    calendar: WorkingCalendar,
    *,
    scorer: Scorer | None = None,
) -> Rules:
    """Bring flows, the event models that no flow has, register and calendar together."""
    every = tuple(flows)
    index = by_type(every)
    all_models = dict(models)
    for flow in every:
        all_models.update(flow.looks_on)
        all_models.update(flow.events)
    contracted = frozenset(p.id for p in register.providers.values() if p.contracted)
    looks = onlookers(every)
    return Rules(index, looks, all_models, register, calendar, contracted, scorer)


HANDS_OVER: Final = frozenset({"case.allocated", "case.assigned", "case.access_restricted"})
"""Types of event after which what is open about the person may be somebody else's."""


class Prepared(Struct, frozen=True):
    """One record before the transaction: opened with what to look up, or refused.

    `agency` is the id of the agency whose feed it came on, where the record was looked at. `flow`
    has the event, and others may look `on`.
    """

    raw: RawRecord
    opened: Opened | None = None
    looked: Looked | None = None
    refusal: Refusal | None = None
    matter: str | None = None
    matters: tuple[str, ...] = ()
    flow: Flow | None = None
    on: tuple[Flow, ...] = ()
    agency: str | None = None

    @property
    def is_directory(self) -> bool:
        """Answer whether the event changes the directory, which needs its lock for itself."""
        return self.opened is not None and self.looked is None

    @property
    def flows(self) -> tuple[Flow, ...]:
        """Return every flow that decides about the event."""
        return self.on if self.flow is None else (self.flow, *self.on)

    @property
    def needs_whole_case(self) -> bool:
        """Answer whether every notice and duty about the person is looked at.

        A flow may need them; what changes who has a person, or may see the case, hands them over.
        """
        opened = self.opened
        if opened is None:
            return False
        return opened.type in HANDS_OVER or any(opened.type in f.whole_case for f in self.flows)


def prepare(
    raw: RawRecord, feed: str, rules: Rules, *, is_repair: bool = False, secret: bytes = b""
) -> Prepared:
    """Open one record of a feed and derive what the ledger must load and lock for it.

    What is repaired is late, whenever it was sent: it could have been known when it first came.
    Without the secret of its digest a record can be looked at, and not be kept.
    Raises `LookupError` for a feed that the register does not have; such a feed is never read.
    """
    agency = rules.register.of_feed(feed)
    if agency is None:
        message = f"feed {feed} is not in the agency register"
        raise LookupError(message)
    outcome = open_record(raw, agency, rules.models, secret=secret)
    if isinstance(outcome, Refusal):
        return Prepared(raw, refusal=outcome, agency=agency.id)
    if is_repair:
        outcome = replace(outcome, is_late=True)
    flow = rules.flows.get(outcome.type)
    event = outcome.event
    on = rules.onlookers.get(outcome.type, ())
    if not isinstance(event, PersonEvent) or not (flow or on):
        return Prepared(raw, outcome, look(outcome, rules.junk), flow=flow, agency=agency.id)
    return Prepared(
        raw,
        outcome,
        look(outcome, rules.junk),
        matter=flow.shared_matter(event) if flow else None,
        matters=tuple(matter for f in filter(None, (flow, *on)) for matter in f.matters(event)),
        flow=flow,
        on=on,
        agency=agency.id,
    )


@dataclass(frozen=True, slots=True)
class Admitted:
    """An event as the ledger has it: opened again from what was kept, and how it has ended so far.

    `is_undone` says that its publisher took it back or corrected it since, and `began` that its
    person begins with it. `is_immediate` is known only of what a replay has without its content.
    `known_without` are the keys under which that person is found by other events, `knows` and
    `portrait` what is known of them by these: what is left where this event is not theirs. They are
    None where it taught nothing.
    """

    seq: int
    prepared: Prepared
    disposition: Disposition
    because: str
    person_id: UUID | None
    worked_at: datetime
    is_undone: bool = False
    is_immediate: bool | None = None
    began: bool = False
    known_without: frozenset[LookupKey] | None = None
    knows: Known | None = None
    portrait: Portrait | None = None

    @property
    def opened(self) -> Opened:
        """Return the event; only what is an event is admitted."""
        assert self.prepared.opened is not None  # noqa: S101 - nothing else is admitted
        return self.prepared.opened

    @property
    def looked(self) -> Looked:
        """Return what to look its person up by; an event about nobody is never reviewed."""
        assert self.prepared.looked is not None  # noqa: S101 - the caller looked
        return self.prepared.looked


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the ledger knew, under its locks, of everything that the batch may touch.

    `retracted` are the events of the batch that others have retracted or superseded before they
    came. `histories` are the events of case management that were folded into each case, in order;
    they are needed, whole, where the batch retracts or supersedes anything. `openers` are the
    events that opened the duties which acts are about, by the duty. `reviews` are those of events
    that are taken back or decided about, `admitted` the events themselves, by their numbers, and
    `erased` says since when there is nothing of one any more.
    """

    directory: Directory = field(default_factory=Directory)
    seen: Mapping[Source, Seen] = field(default_factory=dict)
    retracted: frozenset[Source] = frozenset()
    found: Mapping[LookupKey, frozenset[UUID]] = field(default_factory=dict)
    known: Mapping[UUID, Known] = field(default_factory=dict)
    cases: Mapping[UUID, Case] = field(default_factory=dict)
    facts: Sequence[Fact] = ()
    notices: Sequence[Notice] = ()
    duties: Sequence[Duty] = ()
    histories: Mapping[UUID, Sequence[Folded]] = field(default_factory=dict)
    away: Mapping[str, Away] = field(default_factory=dict)
    to_look_at: frozenset[tuple[UUID, datetime]] = frozenset()
    openers: Mapping[UUID, Opened] = field(default_factory=dict)
    alike: Alike = field(default_factory=Alike)
    reviews: Mapping[int, Review] = field(default_factory=dict)
    erased: Mapping[int, datetime] = field(default_factory=dict)
    admitted: Mapping[int, Admitted] = field(default_factory=dict)
    merging: Merging = field(default_factory=Merging)


class Ended(Struct, frozen=True):
    """How one record ended. `seq` is None where it claimed nothing: repeated or quarantined.

    `keeps_content` is false for an event about nobody we know: it is kept without what it said.
    `seals` says that what it said may be kept unreadable, in the sealed store.
    """

    prepared: Prepared
    disposition: Disposition | None
    because: str
    seq: int | None = None
    person_id: UUID | None = None
    refusal: Refusal | None = None
    keeps_content: bool = True
    seals: bool = False

    @property
    def is_repeat(self) -> bool:
        """Answer whether the record was the same event again."""
        return self.disposition is None
