"""Assign who is there now, and may be told, for a case and a role.

The ladder goes from whoever has the person over cover and manager to the duty desk, computed over
people who may see this case (FLOWS rule 7). A rung whose holder is away, gone or not entitled is
passed at once. The last rung is a desk that exists by construction, so there is always somebody.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from streams.domain.case_events import SupervisionRole
from streams.domain.cases import Case, Responsibility
from streams.domain.directory_events import Role
from streams.domain.instructions import Addressee
from streams.domain.notices import Recipient
from streams.domain.officers import Directory
from streams.domain.passage import Assigned
from streams.domain.sharing import is_entitled

NOBODY: Final = UUID(int=0)
"""Stands for no person where a desk is told about an event whose person is not certain."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Somebody on the ladder: as what, who, and in which provider."""

    reached_as: str
    officer: str
    provider: str
    team: str | None = None


@dataclass(frozen=True, slots=True)
class _Scene:
    """What the ladder is computed over."""

    case: Case
    directory: Directory
    at: datetime


def assign(case: Case, directory: Directory, addressee: Addressee, at: datetime) -> Assigned | None:
    """Return the first present, entitled person of the ladder; None where no provider has it."""
    responsible = case.responsible(at)
    if responsible is None:
        return None
    scene = _Scene(case, directory, at)
    passed: list[str] = []
    for candidate in _ladder(scene, addressee, responsible):
        reason = _why_not(scene, candidate)
        if reason is None:
            return Assigned(_recipient(scene, candidate), tuple(passed))
        passed.append(f"{candidate.reached_as} {candidate.officer} {reason}")
    return Assigned(_last_resort(scene, responsible.provider), tuple(passed))


def desk_of(directory: Directory, provider: str, at: datetime) -> Assigned:
    """Return a provider's duty desk, for what is about nobody in particular."""
    scene = _Scene(Case(person_id=NOBODY), directory, at)
    for candidate in _role(scene, Role.DUTY_DESK, provider):
        if _why_not(scene, candidate) is None:
            return Assigned(_recipient(scene, candidate))
    return Assigned(_last_resort(scene, provider))


def _ladder(
    scene: _Scene, addressee: Addressee, responsible: Responsibility
) -> Iterator[_Candidate]:
    """Yield the rungs from the addressee down to the provider's desks."""
    holder = _holder(scene, addressee, responsible)
    if addressee is not Addressee.MANAGER and holder.officer is not None:
        yield from _with_cover(scene, addressee.value, holder.officer, holder)
    if addressee is Addressee.ALLOCATION_DESK or responsible.officer is None:
        yield from _role(scene, Role.ALLOCATION_DESK, responsible.provider)
    if addressee not in {Addressee.ALLOCATION_DESK, Addressee.DUTY_DESK}:
        yield from _manager(scene, holder)
    yield from _role(scene, Role.DUTY_DESK, responsible.provider)
    if scene.case.restriction.restricted:
        yield from _role(scene, Role.RESTRICTED_ACCESS_LEAD, responsible.provider)


def _holder(scene: _Scene, addressee: Addressee, responsible: Responsibility) -> Responsibility:
    """Return whose ladder it is: the enforcement officer's own, else the responsible officer's."""
    if addressee is Addressee.ENFORCEMENT_OFFICER:
        enforcing = scene.case.responsible(scene.at, SupervisionRole.ENFORCEMENT_OFFICER)
        return enforcing or responsible
    if addressee in {Addressee.ALLOCATION_DESK, Addressee.DUTY_DESK}:
        return Responsibility(responsible.from_at, responsible.seq, responsible.provider)
    return responsible


def _with_cover(
    scene: _Scene, reached_as: str, officer: str, holder: Responsibility
) -> Iterator[_Candidate]:
    """Yield an officer, and who covers while they are away."""
    yield _Candidate(reached_as, officer, holder.provider, holder.team)
    absence = scene.directory.absence(officer, scene.at)
    if absence is not None and absence.cover is not None:
        yield _Candidate("cover", absence.cover, holder.provider)


def _manager(scene: _Scene, holder: Responsibility) -> Iterator[_Candidate]:
    """Yield the manager of the officer's team, and who covers for the manager."""
    officer = scene.directory.officer(holder.officer, scene.at) if holder.officer else None
    team_id = (officer.team if officer else None) or holder.team
    team = scene.directory.team(holder.provider, team_id, scene.at) if team_id else None
    if team is not None and team.manager is not None:
        manager = Responsibility(holder.from_at, holder.seq, holder.provider, team=team_id)
        yield from _with_cover(scene, "manager", team.manager, manager)


def _role(scene: _Scene, role: Role, provider: str) -> Iterator[_Candidate]:
    """Yield the holder of a provider's role, and who covers for them."""
    holding = scene.directory.role(role, provider, scene.at)
    if holding is None:
        return
    yield _Candidate(role.value, holding.holder, provider)
    if holding.cover is not None:
        yield _Candidate(role.value, holding.cover, provider)


def _why_not(scene: _Scene, candidate: _Candidate) -> str | None:
    """Return why a candidate is passed over, or None if they can be told.

    An officer whom the directory never heard of counts as present: supervision is recorded, and a
    late directory must not move it.
    """
    officer = scene.directory.officer(candidate.officer, scene.at)
    if officer is None and candidate.officer in scene.directory.officers:
        return "has left"
    if scene.directory.absence(candidate.officer, scene.at) is not None:
        return "is away"
    team = officer.team if officer else candidate.team
    leads = candidate.reached_as == Role.RESTRICTED_ACCESS_LEAD.value
    restriction = scene.case.restriction
    if leads:
        return "is excluded" if candidate.officer in restriction.excluded_officers else None
    return None if is_entitled(restriction, candidate.officer, team) else "is not entitled"


def _recipient(scene: _Scene, candidate: _Candidate) -> Recipient:
    """Name the recipient as the directory knows them at this instant."""
    officer = scene.directory.officer(candidate.officer, scene.at)
    if officer is None:
        return Recipient(
            candidate.officer,
            candidate.officer,
            candidate.provider,
            candidate.team,
            candidate.reached_as,
        )
    team = officer.team or candidate.team
    return Recipient(officer.id, officer.name, officer.provider, team, candidate.reached_as)


def _last_resort(scene: _Scene, provider: str) -> Recipient:
    """Return the desk that exists even where nobody was recorded for it."""
    role = (
        Role.RESTRICTED_ACCESS_LEAD if scene.case.restriction.restricted else Role.DUTY_DESK
    ).value
    return Recipient(
        f"{role}:{provider}", f"{role.replace('_', ' ')}, {provider}", provider, None, role
    )
