"""A case: who has the person at any instant, under what, and who may see it."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world_builder import (
    CRC,
    LONG_AGO,
    NOW,
    NPS,
    OTHER_TEAM,
    PERSON,
    TEAM,
    Said,
    allocated,
    assigned,
    callout,
    enforced_by,
    on_register,
    order_ended,
    order_made,
    restricted,
)
from world_folds import EMPTY, folded

from streams.domain.case_events import OrderKind, Register, SupervisionRole
from streams.domain.cases import UNRESTRICTED, Case, from_bytes, to_bytes
from streams.domain.folding import RESPONSIBILITIES_MAX, RESTRICTIONS_MAX, fold

DAY = timedelta(days=1)


def officer(case: Case, days: float = 0) -> str | None:
    """Return which officer has the person so many days from now."""
    holder = case.responsible(NOW + days * DAY)
    return None if holder is None else holder.officer


def test_nobody_has_a_person_before_allocation() -> None:
    """A case without a holder has none at any instant, nor before the first one holds."""
    assert EMPTY.responsible(NOW) is None
    assert folded(allocated()).responsible(LONG_AGO - DAY) is None


def test_allocation_names_a_provider_and_assignment_an_officer() -> None:
    """Between the two the provider has the person and no officer does."""
    case = folded(allocated(), assigned(effective_at=NOW))
    before, after = case.responsible(NOW - DAY), case.responsible(NOW)
    assert before is not None
    assert (before.provider, before.team, before.officer) == (CRC, TEAM, None)
    assert after is not None
    assert after.officer == "OFF01"


def test_a_future_assignment_holds_from_its_instant() -> None:
    """Somebody who takes over tomorrow has nobody today."""
    case = folded(allocated(), assigned(), assigned(officer="OFF02", effective_at=NOW + DAY))
    assert [officer(case), officer(case, 0.99), officer(case, 1)] == ["OFF01", "OFF01", "OFF02"]


def test_a_back_dated_assignment_takes_its_place_among_the_others() -> None:
    """What is heard of late changes the past that it is about and nothing after the next holder."""
    case = folded(
        allocated(),
        assigned(effective_at=NOW - 10 * DAY),
        assigned(officer="OFF02", effective_at=NOW - 20 * DAY),
    )
    assert [officer(case, -15), officer(case, -5), officer(case)] == ["OFF02", "OFF01", "OFF01"]


def test_of_two_at_one_instant_the_later_admitted_holds() -> None:
    """A correction with the same instant wins by its ledger number."""
    assert officer(folded(allocated(), assigned(), assigned(officer="OFF02"))) == "OFF02"


@pytest.mark.parametrize("order", tuple(permutations(range(4))))
def test_holders_of_different_instants_may_come_in_any_order(order: tuple[int, ...]) -> None:
    """Who has the person at an instant does not depend on the order in which we heard."""
    said = (
        allocated(effective_at=NOW - 40 * DAY),
        assigned(officer="OFF01", effective_at=NOW - 30 * DAY),
        assigned(officer="OFF02", effective_at=NOW - 20 * DAY),
        assigned(officer="OFF03", effective_at=NOW + DAY),
    )
    case = folded(*(said[at] for at in order))
    assert [officer(case, each) for each in (-35, -25, -1, 2)] == [None, "OFF01", "OFF02", "OFF03"]


def test_a_repeated_allocation_keeps_the_officer() -> None:
    """The same provider, and no other team, means that nothing has changed."""
    case = folded(allocated(), assigned(), allocated(effective_at=NOW))
    assert officer(case) == "OFF01"
    assert officer(folded(allocated(team=None, effective_at=NOW), case=case)) == "OFF01"


@pytest.mark.parametrize("elsewhere", [{"provider": NPS}, {"team": OTHER_TEAM}])
def test_an_allocation_elsewhere_ends_the_assignment(elsewhere: dict[str, str]) -> None:
    """Another provider or team has the person until it assigns an officer."""
    case = folded(allocated(), assigned(), allocated(effective_at=NOW, **elsewhere))
    assert (officer(case, -1), officer(case)) == ("OFF01", None)


def test_an_enforcement_officer_is_beside_the_responsible_one() -> None:
    """Each role has its own holder; neither replaces the other."""
    case = folded(allocated(), enforced_by(), assigned())
    enforcing = case.responsible(NOW, SupervisionRole.ENFORCEMENT_OFFICER)
    assert officer(case) == "OFF01"
    assert enforcing is not None
    assert (enforcing.officer, enforcing.provider) == ("ENF01", NPS)


def test_many_reassignments_do_not_push_out_the_other_role() -> None:
    """Only the newest holders are kept, but of each role by itself."""
    changes = [
        assigned(officer=f"OFF0{n % 3 + 1}", effective_at=NOW - (50 - n) * DAY) for n in range(20)
    ]
    case = folded(allocated(), enforced_by(), *changes)
    assert case.responsible(NOW, SupervisionRole.ENFORCEMENT_OFFICER) is not None
    assert len(case.responsibilities) == RESPONSIBILITIES_MAX + 1
    assert officer(case) == "OFF02"


def test_a_case_ends_the_day_after_its_last_order() -> None:
    """On the day of the end the person is still supervised."""
    case = folded(allocated(), order_made(), order_ended(ended_on=NOW.date()))
    assert case.ended_on(NOW) is None
    assert case.ended_on(NOW + DAY) == NOW.date()


def test_one_order_in_force_keeps_a_case_open() -> None:
    """A case ends only when every order that we heard of has ended."""
    both = folded(allocated(), order_made("ORD-1"), order_made("ORD-2"), order_ended("ORD-1"))
    assert both.ended_on(NOW) is None
    assert folded(order_ended("ORD-2"), case=both).ended_on(NOW) == (NOW - 7 * DAY).date()


def test_a_case_without_an_order_is_open() -> None:
    """We are never told of every order."""
    assert folded(allocated(), assigned()).ended_on(NOW) is None


def test_a_new_allocation_opens_a_case_again() -> None:
    """An allocation after the last end is a new supervision; one before it is not."""
    ended = folded(allocated(), order_made(), order_ended())
    assert ended.ended_on(NOW) is not None
    assert folded(allocated(provider=NPS, effective_at=NOW), case=ended).ended_on(NOW) is None
    early = allocated(provider=NPS, effective_at=NOW - 30 * DAY)
    assert folded(early, case=ended).ended_on(NOW) is not None


def test_the_end_of_an_order_may_be_heard_of_first() -> None:
    """An order is the same whichever of its making and its end came first."""
    made_first = folded(order_made(), order_ended())
    assert folded(order_ended(), order_made()) == made_first
    (order,) = made_first.orders
    assert order.kind is OrderKind.COMMUNITY_ORDER
    assert folded(order_ended()).orders[0].kind is None


@pytest.mark.parametrize(
    ("said", "on", "binds"),
    [
        ((order_made(),), NOW.date(), True),
        ((order_made(ends_on=date(2026, 3, 2)),), date(2026, 3, 2), True),
        ((order_made(ends_on=date(2026, 3, 2)),), date(2026, 3, 3), False),
        ((order_made(), order_ended()), NOW.date(), False),
        ((order_ended(),), NOW.date(), False),
    ],
)
def test_orders_in_force(said: tuple[Said, ...], on: date, *, binds: bool) -> None:
    """An order binds until its last day, unless it has ended or was only heard of by its end."""
    assert bool(folded(*said).orders_in_force(on)) is binds


@pytest.mark.parametrize("register", Register)
def test_every_register_is_kept_once_and_taken_off(register: Register) -> None:
    """Each value of the registry is folded; on it twice is on it once."""
    case = folded(on_register(register.value), on_register(register.value))
    assert case.registers == (register,)
    assert case.has_register(register)


def test_a_person_on_every_register_is_on_every_one() -> None:
    """No register pushes another out."""
    case = folded(*(on_register(register.value) for register in Register))
    assert set(case.registers) == set(Register)
    assert not case.left_out


def test_an_unrestricted_case_is_open() -> None:
    """Nobody is kept out of a case about which nothing was said."""
    assert EMPTY.restriction_at(NOW) is UNRESTRICTED


def test_a_first_restriction_binds_at_once() -> None:
    """Whom it will keep out must not be told in the meantime."""
    case = folded(restricted(PERSON, "OFF01", effective_at=NOW + DAY))
    assert case.restriction_at(NOW).only == ("OFF01",)


def test_lifting_a_restriction_waits_for_its_instant() -> None:
    """Until then the case is as closed as before; a back-dated one takes its place."""
    lift = restricted(restricted=False, effective_at=NOW + DAY)
    case = folded(restricted(PERSON, "OFF01"), lift)
    assert case.restriction_at(NOW).restricted
    assert not case.restriction_at(NOW + DAY).restricted
    late = restricted(PERSON, "OFF02", effective_at=NOW - DAY)
    assert folded(late, case=case).restriction_at(NOW).only == ("OFF02",)


def test_only_the_newest_restrictions_are_kept() -> None:
    """A case remembers the restriction in force and what is known of the next."""
    said = [restricted(PERSON, f"OFF0{n}", effective_at=NOW - n * DAY) for n in range(6)]
    case = folded(*said)
    assert len(case.restrictions) == RESTRICTIONS_MAX
    assert case.restriction_at(NOW).only == ("OFF00",)


def test_an_event_of_another_kind_changes_nothing() -> None:
    """What says nothing about supervision leaves the very same case."""
    case = folded(allocated(), assigned())
    assert fold(case, callout().model(), 9) is case
    assert fold(case, allocated().model(), 9) is case


@given(st.lists(st.integers(0, 9), max_size=12))
def test_a_case_survives_its_document(picks: list[int]) -> None:
    """A case is the same after it was encoded and decoded."""
    choices = [
        allocated(),
        assigned(),
        enforced_by(),
        order_made(),
        order_ended(),
        on_register("ADVP"),
        on_register("MAPP"),
        restricted(PERSON, "OFF01"),
        assigned(officer="OFF02", effective_at=NOW + timedelta(microseconds=1)),
        order_made("ORD-2", ends_on=NOW.date()),
    ]
    case = folded(*(choices[pick] for pick in picks))
    assert from_bytes(to_bytes(case)) == case
