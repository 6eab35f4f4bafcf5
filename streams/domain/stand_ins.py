"""Who may have what is somebody's by rights, while they are away: of their desks and their teams.

What is raised while they are away never was theirs, so nothing says from whom it came.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from streams.domain.directory_events import Role
from streams.domain.officers import Directory, RoleHolding, Team, in_force

LAST_DESKS = (Role.DUTY_DESK, Role.RESTRICTED_ACCESS_LEAD)
"""Roles of a provider with a desk that is told though nobody was recorded for it."""


class StandIns(NamedTuple):
    """Who stands where an officer stood, and who stands `above`: all of their providers.

    Somebody above has only what has come to them further up its ladder than it had climbed.
    """

    beside: frozenset[str]
    above: frozenset[str]


def with_a_place(directory: Directory, at: datetime) -> frozenset[str]:
    """Return who is told beside their own people's matters: holders, managers, and who covers."""
    held = (each for holding in _holdings(directory, at) for each in _of(holding))
    managers = (team.manager for team in _teams(directory, at))
    away = (directory.absence(officer, at) for officer in directory.absences)
    covers = (absence.cover for absence in away if absence is not None)
    return frozenset(filter(None, chain(held, managers, covers)))


def stand_ins(
    directory: Directory, officer: str, at: datetime, cover: str | None = None
) -> StandIns:
    """Return who may have what an officer has by rights, whether as a desk, a manager or cover.

    `cover` is who covered for them, which the directory may know otherwise by now.
    """
    holdings, teams = [*_holdings(directory, at)], [*_teams(directory, at)]
    known = directory.last_known(officer, at)
    mine = [each for each in holdings if officer in _of(each)]
    places = {each.provider for each in (known, *mine) if each is not None}
    places |= {team.provider for team in teams if team.manager == officer}
    beside = {each for holding in mine for each in _of(holding)} | _covers(directory, [officer])
    beside |= {f"{role.value}:{place}" for role in LAST_DESKS for place in places}
    above = {each for holding in holdings if holding.provider in places for each in _of(holding)}
    above |= {team.manager for team in teams if team.provider in places and team.manager}
    above |= _covers(directory, above)
    beside |= {cover} if cover else set()
    return StandIns(frozenset(beside - {officer}), frozenset(above - {officer}))


def _holdings(directory: Directory, at: datetime) -> Iterator[RoleHolding]:
    """Yield who holds each role of each provider."""
    held = (directory.role(role, provider, at) for role, provider in directory.roles)
    return (each for each in held if each is not None)


def _teams(directory: Directory, at: datetime) -> Iterator[Team]:
    """Yield every team as it is now."""
    known = (in_force(entries, at) for entries in directory.teams.values())
    return (each for each in known if each is not None)


def _of(holding: RoleHolding) -> tuple[str, ...]:
    """Return who holds a role, and who covers for them."""
    return tuple(filter(None, (holding.holder, holding.cover)))


def _covers(directory: Directory, officers: Iterable[str]) -> set[str]:
    """Return who was ever recorded to cover for officers who are or were away."""
    absences = chain.from_iterable(directory.absences.get(each, ()) for each in officers)
    return {each.cover for each in absences if each.cover is not None}
