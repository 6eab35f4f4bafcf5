"""The directory: officers, teams, absences and roles, each with the instants from which they hold.

"Who is there at instant T" has one answer for any T. The directory is an immutable value; applying
an event gives a new one that shares all but the changed entry.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol, TypeVar

from streams.domain.directory_events import (
    AbsenceEnded,
    AbsenceRecorded,
    Grade,
    OfficerLeft,
    OfficerRecorded,
    Role,
    RoleRecorded,
    TeamRecorded,
)
from streams.domain.records import Event


class _Dated(Protocol):
    """Anything that holds from an instant on, until a later entry replaces it."""

    @property
    def from_at(self) -> datetime: ...

    @property
    def seq(self) -> int: ...


Entry = TypeVar("Entry", bound=_Dated)


@dataclass(frozen=True, slots=True)
class Officer:
    """An officer from `from_at` on; `left` says that this entry ends their service."""

    from_at: datetime
    seq: int
    id: str
    name: str
    grade: Grade
    provider: str
    team: str | None = None
    email: str | None = None
    phone: str | None = None
    left: bool = False

    @property
    def is_reachable(self) -> bool:
        """Answer whether any contact route is known; the desk pages need none."""
        return self.email is not None or self.phone is not None


@dataclass(frozen=True, slots=True)
class Team:
    """A team from `from_at` on and who manages it."""

    from_at: datetime
    seq: int
    id: str
    provider: str
    name: str
    manager: str | None = None


@dataclass(frozen=True, slots=True)
class RoleHolding:
    """Who holds a provider's role from `from_at` until `until`, and who covers."""

    from_at: datetime
    seq: int
    role: Role
    provider: str
    holder: str
    cover: str | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Absence:
    """An officer is away from `from_at` until `until`; `cover` stands in."""

    from_at: datetime
    seq: int
    absence_id: str
    officer: str
    until: datetime | None = None
    cover: str | None = None

    def covers(self, at: datetime) -> bool:
        """Answer whether the officer is away at an instant."""
        return self.from_at <= at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class Directory:
    """All that is known about staff; `version` counts the events applied."""

    version: int = 0
    officers: Mapping[str, tuple[Officer, ...]] = field(default_factory=dict)
    teams: Mapping[tuple[str, str], tuple[Team, ...]] = field(default_factory=dict)
    roles: Mapping[tuple[Role, str], tuple[RoleHolding, ...]] = field(default_factory=dict)
    absences: Mapping[str, tuple[Absence, ...]] = field(default_factory=dict)
    absence_ends: Mapping[str, datetime] = field(default_factory=dict)

    def officer(self, officer_id: str, at: datetime) -> Officer | None:
        """Return an officer as they are at an instant; None if unknown, not yet there or gone."""
        found = self.last_known(officer_id, at)
        return None if found is None or found.left else found

    def last_known(self, officer_id: str, at: datetime) -> Officer | None:
        """Return an officer as they are at an instant, or as they last were if they have left."""
        entries = self.officers.get(officer_id, ())
        found = in_force(entries, at)
        if found is None or not found.left:
            return found
        # What they last were may have been heard of after their leaving.
        last = in_force(tuple(each for each in entries if not each.left), found.from_at)
        if last is None:
            return found
        return replace(last, from_at=found.from_at, seq=found.seq, left=True)

    def team(self, provider: str, team_id: str, at: datetime) -> Team | None:
        """Return a team as it is at an instant."""
        return in_force(self.teams.get((provider, team_id), ()), at)

    def role(self, role: Role, provider: str, at: datetime) -> RoleHolding | None:
        """Return who holds a provider's role at an instant."""
        found = in_force(self.roles.get((role, provider), ()), at)
        if found is None or (found.until is not None and found.until <= at):
            return None
        return found

    def absence(self, officer_id: str, at: datetime) -> Absence | None:
        """Return the absence that keeps an officer away at an instant, the newest first."""
        away = [a for a in self._absences_of(officer_id) if a.covers(at)]
        return max(away, key=lambda a: (a.from_at, a.seq), default=None)

    def _absences_of(self, officer_id: str) -> tuple[Absence, ...]:
        """Return an officer's absences with the ends that were told separately."""
        return tuple(
            replace(a, until=_earlier(a.until, self.absence_ends.get(a.absence_id)))
            for a in self.absences.get(officer_id, ())
        )


def in_force(entries: tuple[Entry, ...], at: datetime) -> Entry | None:
    """Return the entry that holds at an instant: the newest that had begun."""
    newest = None
    for entry in entries:
        is_later = newest is None or (entry.from_at, entry.seq) > (newest.from_at, newest.seq)
        if entry.from_at <= at and is_later:
            newest = entry
    return newest


def apply(directory: Directory, event: Event, seq: int) -> Directory:
    """Apply a directory event; the order in which entries arrive does not matter, only `from_at`.

    Raises `TypeError` for an event that is not of the directory, which is a defect of the caller.
    """
    changed = _apply_one(directory, event, seq)
    return replace(changed, version=directory.version + 1)


def _apply_one(directory: Directory, event: Event, seq: int) -> Directory:
    """Dispatch on the closed set of directory events."""
    match event:
        case TeamRecorded():
            return replace(directory, teams=_with_team(directory, event, seq))
        case OfficerRecorded():
            return replace(directory, officers=_with_officer(directory, event, seq))
        case OfficerLeft():
            return replace(directory, officers=_without_officer(directory, event, seq))
        case AbsenceRecorded():
            return replace(directory, absences=_with_absence(directory, event, seq))
        case AbsenceEnded():
            ends = {**directory.absence_ends, event.absence_id: event.ended_at}
            return replace(directory, absence_ends=ends)
        case RoleRecorded():
            return replace(directory, roles=_with_role(directory, event, seq))
        case _:
            message = f"{type(event).__name__} is not an event of the directory"
            raise TypeError(message)


def _with_team(
    directory: Directory, event: TeamRecorded, seq: int
) -> dict[tuple[str, str], tuple[Team, ...]]:
    """Add a team's entry to its history."""
    key = (event.provider, event.team)
    entry = Team(event.effective_at, seq, event.team, event.provider, event.name, event.manager)
    return {**directory.teams, key: (*directory.teams.get(key, ()), entry)}


def _with_officer(
    directory: Directory, event: OfficerRecorded, seq: int
) -> dict[str, tuple[Officer, ...]]:
    """Add an officer's entry to their history."""
    entry = Officer(
        from_at=event.effective_at,
        seq=seq,
        id=event.officer,
        name=event.name,
        grade=event.grade,
        provider=event.provider,
        team=event.team,
        email=event.email,
        phone=event.phone,
    )
    return {
        **directory.officers,
        event.officer: (*directory.officers.get(event.officer, ()), entry),
    }


def _without_officer(
    directory: Directory, event: OfficerLeft, seq: int
) -> dict[str, tuple[Officer, ...]]:
    """End an officer's service; one whom we never heard of leaves an entry without a name."""
    history = directory.officers.get(event.officer, ())
    last = in_force(history, event.left_at) or Officer(
        event.left_at, seq, event.officer, event.officer, Grade.OTHER, provider=""
    )
    gone = replace(last, from_at=event.left_at, seq=seq, left=True)
    return {**directory.officers, event.officer: (*history, gone)}


def _with_absence(
    directory: Directory, event: AbsenceRecorded, seq: int
) -> dict[str, tuple[Absence, ...]]:
    """Add an absence, replacing an earlier entry of the same absence (it was extended)."""
    others = tuple(
        absence
        for absence in directory.absences.get(event.officer, ())
        if absence.absence_id != event.absence_id
    )
    entry = Absence(
        event.starts_at, seq, event.absence_id, event.officer, event.ends_at, event.cover
    )
    return {**directory.absences, event.officer: (*others, entry)}


def _with_role(
    directory: Directory, event: RoleRecorded, seq: int
) -> dict[tuple[Role, str], tuple[RoleHolding, ...]]:
    """Add a holding to a role's history."""
    key = (event.role, event.provider)
    entry = RoleHolding(
        from_at=event.effective_at,
        seq=seq,
        role=event.role,
        provider=event.provider,
        holder=event.holder,
        cover=event.cover,
        until=event.ended_at,
    )
    return {**directory.roles, key: (*directory.roles.get(key, ()), entry)}


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    """Return the earlier of two ends, where None is no end."""
    ends = [end for end in (one, other) if end is not None]
    return min(ends, default=None)
