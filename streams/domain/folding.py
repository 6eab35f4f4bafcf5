"""Apply an event to a case, and keep the case small.

Entries come in the order in which the ledger admits them, but hold from the instants and days that
they name, so one that is late takes its place among the others.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import Final

from streams.domain.case_events import (
    CASE_EVENTS,
    AccessRestricted,
    CaseAllocated,
    CaseAssigned,
    Deregistered,
    OrderEnded,
    OrderMade,
    Register,
    Registered,
    RequirementEnded,
    RequirementImposed,
    RiskAssessed,
    SupervisionRole,
)
from streams.domain.cases import Case, Order, Requirement, Responsibility, Restriction, to_bytes
from streams.domain.records import PersonEvent

FOLDED: Final = frozenset(CASE_EVENTS.values())
"""Asked first, since most events are none of these and each of the classes answers slowly."""
CASE_BYTES_MAX: Final = 4_096
"""Source: DESIGN section 6, a bounded document of 4 KB."""
RESPONSIBILITIES_KEPT: Final = 2
"""Assumed: of each role, the one that holds and the one before it are never cut."""
RESPONSIBILITIES_MAX: Final = 6
"""Assumed: of each role, the newest; the ledger's table has the whole history."""
RESTRICTIONS_MAX: Final = 3
"""Assumed: the one in force, and what is known of the next."""


def fold(case: Case, event: PersonEvent, seq: int) -> Case:
    """Apply one event to a case; an event that says nothing about supervision changes nothing."""
    if type(event) not in FOLDED:
        return case
    folded = _fold_one(case, event, seq)
    return case if folded is None or folded is case else bounded(folded)


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
            return replace(case, restrictions=_with_restriction(case.restrictions, event, seq))
        case _:
            return None


def _with_responsibility(case: Case, event: CaseAllocated | CaseAssigned, seq: int) -> Case:
    """Add a holder, keeping the newest of each role by the instant from which each holds."""
    if isinstance(event, CaseAllocated) and _keeps_its_officer(case, event):
        return case
    officer, role = (
        (event.officer, event.role)
        if isinstance(event, CaseAssigned)
        else (None, SupervisionRole.RESPONSIBLE_OFFICER)
    )
    added = Responsibility(event.effective_at, seq, event.provider, role, event.team, officer)
    ordered = sorted((*case.responsibilities, added), key=lambda r: (r.from_at, r.seq))
    return replace(case, responsibilities=_newest_of_each_role(ordered, RESPONSIBILITIES_MAX))


def _newest_of_each_role(
    ordered: Iterable[Responsibility], at_most: int
) -> tuple[Responsibility, ...]:
    """Keep so many of each role: one role's changes never push out who holds the other."""
    ordered = tuple(ordered)
    of_role = {role: [r for r in ordered if r.role is role][-at_most:] for role in SupervisionRole}
    return tuple(r for r in ordered if r in of_role[r.role])


def _keeps_its_officer(case: Case, event: CaseAllocated) -> bool:
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
    return tuple(sorted((*known.values(), changed), key=_ended_first))


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
    return tuple(sorted((*known.values(), changed), key=_ended_first))


def _ended_first(entry: Order | Requirement) -> tuple[bool, date]:
    """Order entries by their end, those that still bind last."""
    return (entry.ended_on is None, entry.ended_on or date.min)


def _with_register(
    registers: tuple[Register, ...], event: Registered | Deregistered
) -> tuple[Register, ...]:
    """Put the person on a register or take them off it; each counts once."""
    others = tuple(register for register in registers if register is not event.register_)
    return others if isinstance(event, Deregistered) else (*others, event.register_)


def _with_restriction(
    restrictions: tuple[Restriction, ...], event: AccessRestricted, seq: int
) -> tuple[Restriction, ...]:
    """Add who may see the case from an instant on."""
    added = Restriction(
        from_at=event.effective_at,
        seq=seq,
        restricted=event.restricted,
        only=event.entitled_officers,
        excluded_officers=event.excluded_officers,
        excluded_teams=event.excluded_teams,
    )
    ordered = sorted((*restrictions, added), key=lambda r: (r.from_at, r.seq))
    return tuple(ordered[-RESTRICTIONS_MAX:])


def bounded(case: Case) -> Case:
    """Cut a case until its document fits, the least needed first; `left_out` counts what went.

    Never cut: who has the person and who had them before, who may see the case, and the registers.
    A case that is over the limit with nothing else left stays whole: the limit is there for speed.
    """
    while len(to_bytes(case)) > CASE_BYTES_MAX:
        smaller = next(filter(None, (cut(case) for cut in CUTS)), None)
        if smaller is None:
            return case
        case = replace(smaller, left_out=smaller.left_out + 1)
    return case


def _without_an_ended_requirement(case: Case) -> Case | None:
    """Leave out the requirement that ended first."""
    ended = any(requirement.ended_on is not None for requirement in case.requirements)
    return replace(case, requirements=case.requirements[1:]) if ended else None


def _without_an_ended_order(case: Case) -> Case | None:
    """Leave out the order that ended first, but never the last end that is known."""
    ended = sum(order.ended_on is not None for order in case.orders)
    return replace(case, orders=case.orders[1:]) if ended > 1 else None


def _without_an_old_responsibility(case: Case) -> Case | None:
    """Leave out who had the person longest ago."""
    kept = _newest_of_each_role(case.responsibilities, RESPONSIBILITIES_KEPT)
    old = [r for r in case.responsibilities if r not in kept]
    left = tuple(r for r in case.responsibilities if r not in old[:1])
    return replace(case, responsibilities=left) if old else None


def _without_a_requirement(case: Case) -> Case | None:
    """Leave out the requirement that was heard of first."""
    return replace(case, requirements=case.requirements[1:]) if case.requirements else None


def _without_an_open_order(case: Case) -> Case | None:
    """Leave out an order that binds, remembering that one did: the case never counts as ended."""
    binding = [order for order in case.orders if order.ended_on is None]
    left = tuple(order for order in case.orders if order not in binding[:1])
    return replace(case, orders=left, lost_an_open_order=True) if binding[1:] else None


CUTS: Final[tuple[Callable[[Case], Case | None], ...]] = (
    _without_an_ended_requirement,
    _without_an_ended_order,
    _without_an_old_responsibility,
    _without_a_requirement,
    _without_an_open_order,
)
"""What is cut from a case that is too large, in this order."""
