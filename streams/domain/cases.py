"""A person's case: what supervision looks like now, folded from the events of case management.

The case is one small immutable document. It is opaque to the database (what is queried has tables
of its own) and bounded: every list keeps its newest entries up to a named limit, because a case of
8 KB costs ten times as much to load and save as one of 1 KB. Supervision is recorded, never
computed: nothing here reads a risk level to decide who has the person.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from pydantic import ConfigDict, TypeAdapter

from streams.domain.case_events import (
    AccessRestricted,
    CaseAllocated,
    CaseAssigned,
    Deregistered,
    OrderEnded,
    OrderKind,
    OrderMade,
    Register,
    Registered,
    RequirementEnded,
    RequirementImposed,
    RequirementKind,
    RiskAssessed,
    Rosh,
    SupervisionRole,
)
from streams.domain.records import PersonEvent

RESPONSIBILITIES_MAX = 8
ORDERS_MAX = 4
REQUIREMENTS_MAX = 12
REGISTERS_MAX = 16
RESTRICTED_OFFICERS_MAX = 24
CASE_BYTES_MAX = 4_096
"""Source: DESIGN section 6, a bounded document of 4 KB."""


@dataclass(frozen=True, slots=True)
class Responsibility:
    """Who has the person from `from_at` on; `officer` is None between allocation and assignment."""

    from_at: datetime
    seq: int
    provider: str
    role: SupervisionRole = SupervisionRole.RESPONSIBLE_OFFICER
    team: str | None = None
    officer: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """An order or licence; one whose end was heard of first has no kind yet."""

    order_id: str
    kind: OrderKind | None = None
    made_on: date | None = None
    ends_on: date | None = None
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Requirement:
    """A requirement or condition that binds, or bound, the person."""

    requirement_id: str
    kind: RequirementKind | None = None
    order_id: str | None = None
    ends_on: date | None = None
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Restriction:
    """Who may see a case: `only` where it is restricted, and never those excluded."""

    restricted: bool
    only: tuple[str, ...] = ()
    excluded_officers: tuple[str, ...] = ()
    excluded_teams: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """The supervision of one person, as far as the events applied to it tell."""

    person_id: UUID
    crn: str | None = None
    responsibilities: tuple[Responsibility, ...] = ()
    orders: tuple[Order, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    registers: tuple[Register, ...] = ()
    rosh: Rosh | None = None
    tier: str | None = None
    tier_scheme: str | None = None
    restriction: Restriction = field(default_factory=lambda: Restriction(restricted=False))

    def responsible(
        self,
        at: datetime,
        role: SupervisionRole = SupervisionRole.RESPONSIBLE_OFFICER,
    ) -> Responsibility | None:
        """Return who has the person in `role` at an instant, or None where nobody was recorded."""
        holders = [r for r in self.responsibilities if r.role is role and r.from_at <= at]
        return max(holders, key=lambda r: (r.from_at, r.seq), default=None)

    def ended_on(self, at: datetime) -> date | None:
        """Return the day on which supervision ended, or None while the person is supervised.

        A case without a known order is supervised as long as it is allocated: we are never told of
        every order. An allocation after the last end opens it again.
        """
        ends = [order.ended_on for order in self.orders]
        known = [end for end in ends if end is not None]
        if not known or len(known) < len(ends):
            return None
        holder, last = self.responsible(at), max(known)
        reopened = holder is not None and holder.from_at.date() > last
        return None if reopened or last >= at.date() else last

    def has_register(self, *registers: Register) -> bool:
        """Answer whether the person is on any of these registers."""
        return any(register in self.registers for register in registers)

    def orders_in_force(self, on: date) -> tuple[Order, ...]:
        """Return the orders and licences that bind the person on a day."""
        return tuple(
            order
            for order in self.orders
            if order.kind is not None
            and order.ended_on is None
            and (order.ends_on is None or order.ends_on >= on)
        )


CASES: TypeAdapter[Case] = TypeAdapter(Case, config=ConfigDict(ser_json_timedelta="iso8601"))


def to_bytes(case: Case) -> bytes:
    """Encode a case for the ledger; the person's id is the row's key and is kept with it."""
    return CASES.dump_json(case, exclude_defaults=True)


def from_bytes(document: bytes) -> Case:
    """Decode a case that `to_bytes` encoded."""
    return CASES.validate_json(document)


def fold(case: Case, event: PersonEvent, seq: int) -> Case:
    """Apply one event to a case; an event that says nothing about supervision changes nothing."""
    folded = _fold_one(case, event, seq)
    return case if folded is None else folded


def _fold_one(case: Case, event: PersonEvent, seq: int) -> Case | None:
    """Dispatch on the closed set of case events."""
    match event:
        case CaseAllocated() | CaseAssigned():
            return _with_responsibility(case, event, seq)
        case OrderMade() | OrderEnded():
            return replace(case, orders=_with_order(case.orders, event))
        case RequirementImposed() | RequirementEnded():
            return replace(case, requirements=_with_requirement(case.requirements, event))
        case Registered() | Deregistered():
            return replace(case, registers=_with_register(case.registers, event))
        case RiskAssessed():
            return replace(case, rosh=event.rosh, tier=event.tier, tier_scheme=event.tier_scheme)
        case AccessRestricted():
            return replace(case, restriction=_restriction(event))
        case _:
            return None


def _with_responsibility(case: Case, event: CaseAllocated | CaseAssigned, seq: int) -> Case:
    """Add a holder, keeping the newest by the instant from which each holds."""
    assigned = isinstance(event, CaseAssigned)
    role = event.role if isinstance(event, CaseAssigned) else SupervisionRole.RESPONSIBLE_OFFICER
    added = Responsibility(
        from_at=event.effective_at,
        seq=seq,
        provider=event.provider,
        team=event.team,
        officer=event.officer if isinstance(event, CaseAssigned) else None,
        role=role,
    )
    if not assigned and _keeps_its_officer(case, event):
        return case
    ordered = sorted((*case.responsibilities, added), key=lambda r: (r.from_at, r.seq))
    return replace(case, responsibilities=tuple(ordered[-RESPONSIBILITIES_MAX:]))


def _keeps_its_officer(case: Case, event: CaseAllocated | CaseAssigned) -> bool:
    """Answer whether an allocation repeats a provider that has already assigned an officer."""
    holder = case.responsible(event.effective_at)
    return (
        holder is not None
        and holder.provider == event.provider
        and holder.officer is not None
        and event.team in {None, holder.team}
    )


def _with_order(orders: tuple[Order, ...], event: OrderMade | OrderEnded) -> tuple[Order, ...]:
    """Add or end an order; its end may be heard of before its making."""
    known = {order.order_id: order for order in orders}
    order = known.pop(event.order_id, Order(order_id=event.order_id))
    changed = (
        replace(order, kind=event.kind, made_on=event.made_on, ends_on=event.ends_on)
        if isinstance(event, OrderMade)
        else replace(order, ended_on=event.ended_on)
    )
    ended_first = sorted((*known.values(), changed), key=lambda o: o.ended_on is None)
    return tuple(ended_first[-ORDERS_MAX:])


def _with_requirement(
    requirements: tuple[Requirement, ...], event: RequirementImposed | RequirementEnded
) -> tuple[Requirement, ...]:
    """Add or end a requirement; its end may be heard of before it is."""
    known = {requirement.requirement_id: requirement for requirement in requirements}
    missing = Requirement(requirement_id=event.requirement_id)
    requirement = known.pop(event.requirement_id, missing)
    changed = (
        replace(requirement, kind=event.kind, order_id=event.order_id, ends_on=event.ends_on)
        if isinstance(event, RequirementImposed)
        else replace(requirement, ended_on=event.ended_on)
    )
    ended_first = sorted((*known.values(), changed), key=lambda r: r.ended_on is None)
    return tuple(ended_first[-REQUIREMENTS_MAX:])


def _with_register(
    registers: tuple[Register, ...], event: Registered | Deregistered
) -> tuple[Register, ...]:
    """Put the person on a register or take them off it; each counts once."""
    others = tuple(register for register in registers if register is not event.register_)
    if isinstance(event, Deregistered):
        return others
    return (*others, event.register_)[-REGISTERS_MAX:]


def _restriction(event: AccessRestricted) -> Restriction:
    """Read who may see the case; more names than fit are a fault of the sender, caught before."""
    return Restriction(
        restricted=event.restricted,
        only=event.entitled_officers[:RESTRICTED_OFFICERS_MAX],
        excluded_officers=event.excluded_officers[:RESTRICTED_OFFICERS_MAX],
        excluded_teams=event.excluded_teams[:RESTRICTED_OFFICERS_MAX],
    )
