"""What goes into the pipeline and what comes out of it for each record."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from streams.domain.agencies import AgencyRegister
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
from streams.domain.records import Event, PersonEvent
from streams.stages.admit import open_record
from streams.stages.decide import by_type
from streams.stages.identify import look


class Disposition(StrEnum):
    """Where an event ends; there is no fifth outcome, and none is silent."""

    ROUTED = "routed"
    RECORDED = "recorded"
    HELD = "held"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class Rules:
    """What the pipeline runs with; made once for a process by `make_rules`."""

    flows: FlowsByType
    models: Models
    register: AgencyRegister
    calendar: WorkingCalendar
    contracted: frozenset[str]


def make_rules(
    flows: Iterable[Flow],
    models: Mapping[str, type[Event]],
    register: AgencyRegister,
    calendar: WorkingCalendar,
) -> Rules:
    """Bring flows, the event models that no flow has, register and calendar together."""
    index = by_type(tuple(flows))
    all_models = dict(models)
    for flow in index.values():
        all_models.update(flow.events)
    contracted = frozenset(p.id for p in register.providers.values() if p.contracted)
    return Rules(index, all_models, register, calendar, contracted)


@dataclass(frozen=True, slots=True)
class Prepared:
    """One record before the transaction: opened with what to look up, or refused."""

    raw: RawRecord
    opened: Opened | None = None
    looked: Looked | None = None
    refusal: Refusal | None = None
    matter: str | None = None
    matters: tuple[str, ...] = ()
    flow: Flow | None = None

    @property
    def is_directory(self) -> bool:
        """Answer whether the event changes the directory, which needs its lock for itself."""
        return self.opened is not None and self.looked is None


def prepare(raw: RawRecord, feed: str, rules: Rules) -> Prepared:
    """Open one record of a feed and derive what the ledger must load and lock for it.

    Raises `LookupError` for a feed that the register does not have; such a feed is never read.
    """
    agency = rules.register.of_feed(feed)
    if agency is None:
        message = f"feed {feed} is not in the agency register"
        raise LookupError(message)
    outcome = open_record(raw, agency, rules.models)
    if isinstance(outcome, Refusal):
        return Prepared(raw, refusal=outcome)
    flow = rules.flows.get(outcome.type)
    event = outcome.event
    if flow is None or not isinstance(event, PersonEvent):
        return Prepared(raw, outcome, look(outcome), flow=flow)
    return Prepared(
        raw,
        outcome,
        look(outcome),
        matter=flow.shared_matter(event),
        matters=flow.matters(event),
        flow=flow,
    )


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the ledger knew, under its locks, of everything that the batch may touch.

    `retracted` are the events of the batch that others have retracted or superseded before they
    came. `histories` are the events of case management that were folded into each case, in order;
    they are needed, whole, where the batch retracts or supersedes anything.
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


@dataclass(frozen=True, slots=True)
class Ended:
    """How one record ended. `seq` is None where it claimed nothing: repeated or quarantined.

    `keeps_content` is false for an event about nobody we know: it is kept without what it said.
    """

    prepared: Prepared
    disposition: Disposition | None
    because: str
    seq: int | None = None
    person_id: UUID | None = None
    refusal: Refusal | None = None
    keeps_content: bool = True

    @property
    def is_repeat(self) -> bool:
        """Answer whether the record was the same event again."""
        return self.disposition is None
