"""A case stays within its limit: what is cut, what is never cut, and that it is counted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError
from world_builder import (
    LONG_AGO,
    NOW,
    PERSON,
    Said,
    allocated,
    assigned,
    enforced_by,
    event,
    on_register,
    order_ended,
    order_made,
    restricted,
)
from world_folds import folded

from streams.domain.case_events import (
    CASE_EVENTS,
    RESTRICTED_NAMES_MAX,
    Register,
    RequirementKind,
    Rosh,
    SupervisionRole,
)
from streams.domain.cases import Case, to_bytes
from streams.domain.folding import CASE_BYTES_MAX, fold
from streams.domain.records import CODE_MAX

LONG = "x" * CODE_MAX
REFERENCE = PERSON.reference("crn")


def imposed(number: int, kind: str = "curfew", **fields: object) -> Said:
    """Return a requirement of an order."""
    name = f"REQ-{number}".ljust(CODE_MAX, "-")
    known = {"order_id": LONG, "requirement_id": name, "kind": kind}
    return event("case.requirement_imposed", REFERENCE, **(known | fields))


def no_longer(number: int) -> Said:
    """Return that a requirement ended."""
    name = f"REQ-{number}".ljust(CODE_MAX, "-")
    ended_on = LONG_AGO.date() + timedelta(days=number)
    return event("case.requirement_ended", REFERENCE, requirement_id=name, ended_on=ended_on)


def numbers(case: Case) -> list[int]:
    """Return which requirements a case still has."""
    return [int(each.requirement_id.split("-")[1]) for each in case.requirements]


@pytest.mark.parametrize("kind", RequirementKind)
def test_every_kind_of_requirement_is_imposed_and_ended(kind: RequirementKind) -> None:
    """Each value of the closed list is folded, whichever of beginning and end came first."""
    case = folded(imposed(1, kind.value), no_longer(1))
    assert case == folded(no_longer(1), imposed(1, kind.value))
    (requirement,) = case.requirements
    assert requirement.kind is kind
    assert requirement.ended_on is not None


@pytest.mark.parametrize("rosh", Rosh)
def test_every_risk_is_kept_and_moves_nobody(rosh: Rosh) -> None:
    """An assessment is recorded with its tier; who has the person stays as it was."""
    said = event(
        "case.risk_assessed",
        REFERENCE,
        rosh=rosh.value,
        assessed_on=NOW.date(),
        tier="B2",
        tier_scheme="2018",
    )
    before = folded(allocated(), assigned())
    case = folded(said, case=before)
    assert (case.rosh, case.tier, case.tier_scheme) == (rosh, "B2", "2018")
    assert case.responsibilities == before.responsibilities


@pytest.mark.parametrize("register", Register)
def test_every_register_is_left_again(register: Register) -> None:
    """A person taken off a register is on the others still."""
    off = event("case.deregistered", REFERENCE, register=register.value, ended_on=NOW.date())
    others = [on_register(each.value) for each in Register]
    case = folded(*others, off)
    assert set(case.registers) == set(Register) - {register}


def test_every_case_event_changes_a_case() -> None:
    """No event type of case management is forgotten by the fold."""
    case = folded(on_register("ADVP"))
    said = {
        each.type
        for each in (
            allocated(),
            assigned(),
            order_made(),
            order_ended(),
            imposed(1),
            no_longer(1),
            on_register("ADVP"),
            restricted(PERSON, "OFF01"),
            event("case.risk_assessed", REFERENCE, rosh="low", assessed_on=NOW.date()),
            event("case.deregistered", REFERENCE, register="ADVP", ended_on=NOW.date()),
        )
        if fold(case, each.model(), 1) is not case
    }
    assert said == set(CASE_EVENTS)


def test_ended_requirements_are_cut_first() -> None:
    """What ended first goes first, and the case says how many entries went."""
    said = [each for n in range(30) for each in (imposed(n), no_longer(n))]
    case = folded(allocated(), *said, imposed(99))
    assert len(to_bytes(case)) <= CASE_BYTES_MAX
    assert numbers(case) == [*range(31 - len(case.requirements), 30), 99]
    assert case.left_out == 31 - len(case.requirements) > 0


def test_then_ended_orders_but_never_the_last_end() -> None:
    """A case whose orders have all ended knows when, however many there were."""
    ended = [
        order_ended(f"ORD-{n}".ljust(CODE_MAX, "-"), ended_on=LONG_AGO.date() + timedelta(days=n))
        for n in range(60)
    ]
    case = folded(allocated(), *ended)
    assert len(to_bytes(case)) <= CASE_BYTES_MAX
    assert case.left_out == 60 - len(case.orders) > 0
    assert case.ended_on(NOW) == LONG_AGO.date() + timedelta(days=59)


def test_then_old_holders_then_requirements_then_orders() -> None:
    """Who has the person, and who had them before, are never cut; a lost order is remembered."""
    holders = [
        assigned(officer=f"{n}".ljust(CODE_MAX, "-"), team=LONG, effective_at=LONG_AGO)
        for n in range(6)
    ]
    enforcing = [enforced_by(officer=f"E{n}".ljust(CODE_MAX, "-")) for n in range(2)]
    orders = [order_made(f"ORD-{n}".ljust(CODE_MAX, "-")) for n in range(60)]
    case = folded(allocated(), *holders, *enforcing, imposed(1), *orders)
    of_role = [r.role for r in case.responsibilities]
    assert len(to_bytes(case)) <= CASE_BYTES_MAX
    assert [of_role.count(role) for role in SupervisionRole] == [2, 2]
    assert case.requirements == ()
    assert case.lost_an_open_order
    assert case.orders[-1].order_id.startswith("ORD-59")


def test_a_case_that_lost_an_open_order_never_counts_as_ended() -> None:
    """Nobody may stop being told because an order no longer fitted."""
    ids = [f"ORD-{n}".ljust(CODE_MAX, "-") for n in range(60)]
    case = folded(allocated(), *map(order_made, ids))
    assert case.lost_an_open_order
    ended = folded(*(order_ended(each.order_id) for each in case.orders), case=case)
    assert all(order.ended_on for order in ended.orders)
    assert ended.ended_on(NOW) is None


def test_who_may_see_a_case_is_never_cut() -> None:
    """A case of nothing but names that are needed stays whole, though it is too large."""
    names = [f"{n}".ljust(CODE_MAX, "-") for n in range(RESTRICTED_NAMES_MAX)]
    said = [
        restricted(PERSON, *names, effective_at=NOW + timedelta(days=days)) for days in range(3)
    ]
    case = folded(allocated(), order_made(), *said)
    assert len(to_bytes(case)) > CASE_BYTES_MAX
    assert case.restriction_at(NOW).only == tuple(names)
    assert case.responsible(NOW) is not None


def test_more_names_than_a_case_holds_are_refused() -> None:
    """A name that was left out would be told, so the sender must say less."""
    names = [f"OFF{n}" for n in range(RESTRICTED_NAMES_MAX)]
    assert restricted(PERSON, *names).model().entitled_officers == tuple(names)
    with pytest.raises(ValidationError, match="25 officers and teams"):
        restricted(PERSON, *names, excluded_teams=["ALD"]).model()


def test_a_case_as_they_are_is_far_from_the_limit() -> None:
    """Supervision as it is in practice loses nothing."""
    said = (
        *(assigned(officer=f"OFF0{n}") for n in range(4)),
        *(order_made(f"ORD-{n}") for n in range(3)),
        *(imposed(n, order_id=f"ORD-{n}", requirement_id=f"REQ-{n}") for n in range(8)),
        *(on_register(each.value) for each in Register),
        restricted(PERSON, "OFF01", "OFF02", "MGR01"),
    )
    case = folded(allocated(), enforced_by(), *said)
    assert not case.left_out
    assert len(to_bytes(case)) < CASE_BYTES_MAX
