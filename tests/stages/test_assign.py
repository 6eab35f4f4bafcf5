"""Who is told: the first present and entitled person, down to a desk that always exists."""

from __future__ import annotations

from datetime import timedelta

import pytest
from world_builder import (
    CRC,
    LONG_AGO,
    NOW,
    NPS,
    OTHER_TEAM,
    TEAM,
    Said,
    a_team,
    absent,
    allocated,
    an_officer,
    assigned,
    enforced_by,
    holds,
    left,
)
from world_folds import directory, folded
from world_ladder import HELD, STAFF, passed, reached

from streams.domain.instructions import Addressee
from streams.domain.officers import Directory
from streams.stages.assign import assign, desk_of

A = Addressee


def test_the_responsible_officer_is_told() -> None:
    """An officer who is there is told by name, and nobody was passed."""
    found = passed()
    assert found.recipient.officer == "OFF01"
    assert found.recipient.name == "Marguerite Oxenholme"
    assert (found.recipient.provider, found.recipient.team) == (CRC, TEAM)
    assert found.passed == ()


def test_nobody_has_a_person_who_was_never_allocated() -> None:
    """A case without a holder is nobody's, whoever is asked for."""
    assert all(assign(folded(), directory(*STAFF), each, NOW) is None for each in Addressee)


def test_cover_is_told_of_an_officer_who_is_away() -> None:
    """The cover is named, with the reason why the officer was passed."""
    found = passed(absent(cover="OFF02"))
    assert (found.recipient.officer, found.recipient.reached_as) == ("OFF02", "cover")
    assert found.passed == ("responsible_officer Marguerite Oxenholme (OFF01) is away",)


def test_who_left_is_named_as_they_were_last_known() -> None:
    """The name of somebody who is gone tells more than an id."""
    found = passed(left("OFF01"))
    assert found.passed == ("responsible_officer Marguerite Oxenholme (OFF01) is not in post",)


@pytest.mark.parametrize(
    "changes",
    [
        (absent(),),
        (absent(cover="OFF02"), absent("OFF02")),
        (absent(cover="OFF02"), left("OFF02")),
        (left("OFF01"),),
    ],
)
def test_the_manager_is_told_where_nobody_covers(changes: tuple[Said, ...]) -> None:
    """No cover, or one who is away or has left, means the manager of the officer's team."""
    assert reached(*changes) == ("MGR01", "manager")


def test_the_manager_is_of_the_team_that_the_officer_is_in_now() -> None:
    """An officer who changed teams is managed there."""
    moved = an_officer("OFF01", team=OTHER_TEAM, effective_at=NOW - timedelta(days=9))
    assert reached(moved, absent()) == ("MGR02", "manager")


def test_an_officer_who_left_was_last_in_a_team() -> None:
    """Its manager is told even where the case itself names no team."""
    of = (allocated(team=None), assigned(team=None))
    assert reached(left("OFF01"), of=of) == ("MGR01", "manager")


def test_cover_of_the_manager_and_then_the_desk() -> None:
    """The ladder goes on while nobody is there."""
    away = (absent(), absent("MGR01", cover="MGR02"))
    assert reached(*away) == ("MGR02", "cover")
    assert reached(*away, absent("MGR02")) == ("DESK01", "duty_desk")


def test_the_cover_of_a_desk() -> None:
    """A role whose holder is away is held by its cover."""
    nobody = (absent(), absent("MGR01"), absent("DESK01"))
    covered = holds("duty_desk", "DESK01", cover="DESK02", effective_at=NOW)
    assert reached(*nobody, covered) == ("DESK02", "duty_desk")


def test_there_is_always_a_desk() -> None:
    """A provider without a recorded desk has one by construction."""
    found = assign(folded(*HELD, *()), directory(absent(), a_team(manager=None)), A.MANAGER, NOW)
    assert found is not None
    assert found.recipient.officer == f"duty_desk:{CRC}"
    assert found.recipient.reached_as == "duty_desk"


def test_an_officer_whom_the_directory_never_heard_of_is_told() -> None:
    """Supervision is recorded, and a late directory must not move it."""
    found = assign(folded(*HELD), Directory(), A.RESPONSIBLE_OFFICER, NOW)
    assert found is not None
    assert (found.recipient.officer, found.recipient.team) == ("OFF01", TEAM)


def test_an_officer_who_is_not_there_yet_is_passed() -> None:
    """Somebody who starts tomorrow cannot be told today."""
    found = assign(
        folded(*HELD),
        directory(a_team(), an_officer(effective_at=NOW + timedelta(days=1))),
        A.RESPONSIBLE_OFFICER,
        NOW,
    )
    assert found is not None
    assert found.passed == ("responsible_officer OFF01 is not in post",)


def test_the_allocation_desk_has_whom_no_officer_has() -> None:
    """Between allocation and assignment it is the allocation desk, then the manager."""
    waiting = (allocated(),)
    assert reached(of=waiting) == ("DESK02", "allocation_desk")
    assert reached(absent("DESK02"), of=waiting) == ("MGR01", "manager")
    assert reached(of=(allocated(), assigned(effective_at=NOW + timedelta(days=1)))) == (
        "DESK02",
        "allocation_desk",
    )


@pytest.mark.parametrize(
    ("to", "first", "then"),
    [
        (A.MANAGER, ("MGR01", "manager"), ("DESK02", "allocation_desk")),
        (A.ALLOCATION_DESK, ("DESK02", "allocation_desk"), ("DESK01", "duty_desk")),
        (A.DUTY_DESK, ("DESK01", "duty_desk"), (f"duty_desk:{CRC}", "duty_desk")),
    ],
)
def test_what_is_for_a_desk_or_manager_goes_there_first(
    to: Addressee, first: tuple[str, str], then: tuple[str, str]
) -> None:
    """An addressee who is no single officer is asked before anybody else, assigned or not."""
    assert reached(to=to) == reached(of=(allocated(),), to=to) == first
    assert reached(absent(first[0]), of=(allocated(),), to=to) == then


def test_the_manager_of_an_assigned_case_has_no_allocation_desk_below() -> None:
    """With an officer assigned, what a manager cannot take goes to the duty desk."""
    assert reached(absent("MGR01"), to=A.MANAGER) == ("DESK01", "duty_desk")


def test_enforcement_has_a_ladder_of_its_own() -> None:
    """The enforcement officer's desk is that of their own provider."""
    both = (*HELD, enforced_by())
    away = absent("ENF01")
    desk = holds("duty_desk", "LEAD01", NPS, effective_at=NOW)
    assert reached(of=both, to=A.ENFORCEMENT_OFFICER) == ("ENF01", "enforcement_officer")
    assert reached(away, desk, of=both, to=A.ENFORCEMENT_OFFICER) == ("LEAD01", "duty_desk")
    assert reached(away, absent("LEAD01"), desk, of=both, to=A.ENFORCEMENT_OFFICER) == (
        f"duty_desk:{NPS}",
        "duty_desk",
    )
    assert reached(of=both) == ("OFF01", "responsible_officer")


def test_enforcement_without_a_responsible_officer_is_still_told() -> None:
    """A case with an enforcement officer only has somebody to enforce it."""
    assert reached(of=(enforced_by(),), to=A.ENFORCEMENT_OFFICER)[0] == "ENF01"


def test_what_is_for_enforcement_goes_to_the_officer_where_nobody_enforces() -> None:
    """A case without an enforcement officer has its responsible one."""
    assert reached(to=A.ENFORCEMENT_OFFICER) == ("OFF01", "enforcement_officer")


def test_a_desk_for_what_is_about_nobody() -> None:
    """A held event goes to the provider's duty desk, named or by construction."""
    staff = directory(*STAFF)
    assert desk_of(staff, CRC, NOW).recipient.officer == "DESK01"
    assert desk_of(staff, "nobody", NOW).recipient.officer == "duty_desk:nobody"
    assert desk_of(staff, CRC, LONG_AGO - timedelta(days=1)).recipient.officer == f"duty_desk:{CRC}"
