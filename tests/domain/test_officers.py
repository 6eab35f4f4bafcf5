"""The directory: who is there at any instant, whatever the order in which we heard."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import TYPE_CHECKING

import pytest
from world_builder import (
    CRC,
    LONG_AGO,
    NOW,
    NPS,
    TEAM,
    Said,
    a_team,
    absent,
    allocated,
    an_officer,
    back,
    event,
    holds,
    left,
)
from world_folds import directory

from streams.domain.directory_events import DIRECTORY_EVENTS, Grade, Role
from streams.domain.officers import Directory, apply

if TYPE_CHECKING:
    from datetime import datetime

DAY = timedelta(days=1)


def name(of: Directory, at: datetime = NOW) -> str | None:
    """Return the name that the officer has at an instant."""
    officer = of.officer("OFF01", at)
    return None if officer is None else officer.name


def renamed(to: str, at: datetime) -> Said:
    """Return that the officer is written otherwise from an instant on."""
    return an_officer(name=to, effective_at=at)


@pytest.mark.parametrize("order", tuple(permutations(range(3))))
def test_entries_hold_from_their_instants(order: tuple[int, ...]) -> None:
    """What an officer is at an instant does not depend on the order in which we heard."""
    said = (renamed("first", LONG_AGO), renamed("second", NOW), renamed("third", NOW + DAY))
    of = directory(*(said[at] for at in order))
    assert [name(of, LONG_AGO - DAY), name(of, NOW - DAY), name(of), name(of, NOW + DAY)] == [
        None,
        "first",
        "second",
        "third",
    ]
    assert of.version == 3


def test_of_two_at_one_instant_the_later_admitted_holds() -> None:
    """A correction with the same instant replaces what was said before."""
    assert name(directory(renamed("first", NOW), renamed("second", NOW))) == "second"


def test_whoever_left_is_gone_from_that_instant() -> None:
    """Before it they were there, and who they last were is still known."""
    of = directory(an_officer(), left(left_at=NOW))
    assert of.officer("OFF01", NOW - DAY) is not None
    assert of.officer("OFF01", NOW) is None
    last = of.last_known("OFF01", NOW)
    assert last is not None
    assert (last.team, last.left) == (TEAM, True)


@pytest.mark.parametrize("order", tuple(permutations(range(3))))
def test_whoever_left_is_known_as_they_last_were(order: tuple[int, ...]) -> None:
    """A move of before the leaving counts though it was heard of after it: of whom it tells too."""
    moved = an_officer(team="SEA", effective_at=NOW - DAY)
    said = (an_officer(effective_at=LONG_AGO), moved, left(left_at=NOW))
    last = directory(*(said[at] for at in order)).last_known("OFF01", NOW + DAY)
    assert last is not None
    assert (last.team, last.from_at, last.left) == ("SEA", NOW, True)


def test_leaving_may_be_heard_of_before_arriving() -> None:
    """One who left before we knew them is gone, and stays gone when we hear who they were."""
    gone_first = directory(left(left_at=NOW), an_officer())
    assert gone_first.officer("OFF01", NOW) is None
    assert name(gone_first, NOW - DAY) == "Marguerite Oxenholme"


def test_whoever_comes_back_is_there_again() -> None:
    """A later entry after leaving is a new service."""
    assert name(directory(an_officer(), left(left_at=LONG_AGO), renamed("again", NOW))) == "again"


@pytest.mark.parametrize("grade", Grade)
def test_every_grade_is_kept(grade: Grade) -> None:
    """Each value of the closed list is read."""
    officer = directory(an_officer(grade=grade.value)).officer("OFF01", NOW)
    assert officer is not None
    assert officer.grade is grade


@pytest.mark.parametrize(
    ("routes", "reachable"),
    [({}, False), ({"email": "o@example.org"}, True), ({"phone": "0191 000 0000"}, True)],
)
def test_an_officer_is_reachable_by_any_route(routes: dict[str, str], *, reachable: bool) -> None:
    """One known route is enough."""
    officer = directory(an_officer(**routes)).officer("OFF01", NOW)
    assert officer is not None
    assert officer.is_reachable is reachable


def test_a_team_has_its_manager_of_the_instant() -> None:
    """A change of manager holds from its instant; teams of two providers are two."""
    of = directory(a_team(), a_team(manager="MGR02", effective_at=NOW))
    before, now = of.team(CRC, TEAM, NOW - DAY), of.team(CRC, TEAM, NOW)
    assert before is not None
    assert now is not None
    assert (before.manager, now.manager) == ("MGR01", "MGR02")
    assert of.team(NPS, TEAM, NOW) is None


@pytest.mark.parametrize("role", Role)
def test_every_role_is_held_until_its_end(role: Role) -> None:
    """Each value of the closed list has a holder from its instant and none after its end."""
    of = directory(holds(role.value, "OFF02", effective_at=NOW, ended_at=NOW + DAY))
    assert of.role(role, CRC, NOW - DAY) is None
    held = of.role(role, CRC, NOW)
    assert held is not None
    assert held.holder == "OFF02"
    assert of.role(role, CRC, NOW + DAY) is None
    assert of.role(role, NPS, NOW) is None


def test_an_absence_lasts_until_its_end() -> None:
    """An officer is away from its beginning, and there at the instant of its end."""
    of = directory(absent(cover="OFF02", starts_at=NOW, ends_at=NOW + DAY))
    assert of.absence("OFF01", NOW - DAY) is None
    away = of.absence("OFF01", NOW)
    assert away is not None
    assert away.cover == "OFF02"
    assert of.absence("OFF01", NOW + DAY) is None
    assert of.absence("OFF02", NOW) is None


@pytest.mark.parametrize("order", tuple(permutations(range(2))))
def test_coming_back_ends_an_absence(order: tuple[int, ...]) -> None:
    """An end that is told by itself counts, whether it is heard of before or after."""
    said = (absent(ends_at=NOW + 5 * DAY), back())
    of = directory(*(said[at] for at in order))
    assert of.absence("OFF01", NOW - timedelta(hours=1)) is not None
    assert of.absence("OFF01", NOW) is None


def test_an_extended_absence_replaces_the_first_entry() -> None:
    """The same absence told again is one absence, with its new end and cover."""
    of = directory(absent(ends_at=NOW - timedelta(hours=1)), absent(cover="OFF02"))
    away = of.absence("OFF01", NOW)
    assert away is not None
    assert away.cover == "OFF02"
    assert len(of.absences["OFF01"]) == 1


def test_of_two_absences_the_newest_counts() -> None:
    """Leave within a long sickness has its own cover."""
    sick = absent(cover="OFF02", absence_id="sick", starts_at=LONG_AGO)
    of = directory(absent(cover="OFF03", absence_id="leave"), sick)
    away = of.absence("OFF01", NOW)
    assert away is not None
    assert away.cover == "OFF03"


def test_another_event_is_a_defect_of_the_caller() -> None:
    """Only the closed set of directory events is applied."""
    with pytest.raises(TypeError, match="CaseAllocated"):
        apply(Directory(), allocated().model(), 1)


def test_every_directory_event_is_applied() -> None:
    """No event type of the directory is forgotten."""
    said = [a_team(), an_officer(), left(), absent(), back(), holds("duty_desk", "DESK01")]
    assert {each.type for each in said} == set(DIRECTORY_EVENTS)
    assert directory(*said).version == len(said)
    assert all(apply(Directory(), each.model(), 1) != Directory(version=1) for each in said)


def test_an_earlier_directory_is_left_as_it_was() -> None:
    """Applying an event gives a new value, so a batch that fails has changed nothing."""
    before = directory(an_officer())
    kept = repr(before)
    apply(before, event("directory.officer_left", officer="OFF01", left_at=NOW).model(), 2)
    assert repr(before) == kept
