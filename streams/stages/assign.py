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
from streams.domain.cases import Case, Responsibility, Restriction
from streams.domain.directory_events import Role
from streams.domain.instructions import Addressee
from streams.domain.ladders import SERVICE_ROLES
from streams.domain.notices import Recipient
from streams.domain.officers import Directory
from streams.domain.passage import Assigned
from streams.domain.sharing import is_entitled, is_excluded

NOBODY: Final = UUID(int=0)
"""Stands for no person where a desk is told about an event whose person is not certain."""

PERSONAL: Final = frozenset(
    {Addressee.RESPONSIBLE_OFFICER, Addressee.ENFORCEMENT_OFFICER, Addressee.NAMED_OFFICER}
)
"""Addressees who are one officer of the case."""


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

    @property
    def restriction(self) -> Restriction:
        """Return who may see the case now."""
        return self.case.restriction_at(self.at)


def assign(
    case: Case,
    directory: Directory,
    addressee: Addressee,
    at: datetime,
    *,
    officer: str | None = None,
) -> Assigned | None:
    """Return the first present, entitled person of the ladder; None where no provider has it.

    `officer` is who is meant by a named officer; one whom the directory does not know is passed,
    and whoever has the person is told.
    """
    scene = _Scene(case, directory, at)
    named = directory.last_known(officer, at) if officer is not None else None
    if named is not None:
        holder = Responsibility(at, 0, named.provider, team=named.team, officer=named.id)
        ladder = _ladder(scene, addressee, holder)
        return _first(scene, ladder, holder.provider)
    found = _holder(case, addressee, at)
    if found is None:
        return None
    return _first(scene, _ladder(scene, addressee, found), found.provider)


def desk_of(
    directory: Directory, provider: str, at: datetime, case: Case | None = None
) -> Assigned:
    """Return a provider's duty desk, for what is about nobody in particular.

    `case` is given where the person is known and no provider has them: who may see it still counts.
    """
    scene = _Scene(case or Case(person_id=NOBODY), directory, at)
    return _first(scene, _desks(scene, provider), provider)


def _holder(case: Case, addressee: Addressee, at: datetime) -> Responsibility | None:
    """Return whose ladder it is: the enforcement officer's own, else the responsible officer's."""
    if addressee is Addressee.ENFORCEMENT_OFFICER:
        enforcing = case.responsible(at, SupervisionRole.ENFORCEMENT_OFFICER)
        return enforcing or case.responsible(at)
    return case.responsible(at)


def _first(scene: _Scene, ladder: Iterator[_Candidate], provider: str) -> Assigned:
    """Return the first of a ladder who can be told, or the desk that always exists."""
    passed: list[str] = []
    for candidate in ladder:
        reason = _why_not(scene, candidate)
        if reason is None:
            return Assigned(_recipient(scene, candidate), tuple(passed))
        passed.append(f"{candidate.reached_as} {_named(scene, candidate.officer)} {reason}")
    return Assigned(_last_resort(scene, provider), tuple(passed))


def _ladder(scene: _Scene, addressee: Addressee, holder: Responsibility) -> Iterator[_Candidate]:
    """Yield the rungs from the addressee down to the provider's desks.

    Between allocation and assignment the allocation desk owns the person (FLOWS rule 1); what is
    for a manager still goes to the manager of the team, where the allocation named one.
    """
    if addressee in PERSONAL and holder.officer is not None:
        yield from _with_cover(scene, addressee.value, holder.officer, holder)
    if addressee is Addressee.MANAGER:
        yield from _manager(scene, holder)
    if addressee in SERVICE_ROLES:
        yield from _service_role(scene, SERVICE_ROLES[addressee])
    unassigned = holder.officer is None and addressee is not Addressee.DUTY_DESK
    if addressee is Addressee.ALLOCATION_DESK or unassigned:
        yield from _role(scene, Role.ALLOCATION_DESK, holder.provider)
    if addressee in PERSONAL:
        yield from _manager(scene, holder)
    yield from _desks(scene, holder.provider)


def _desks(scene: _Scene, provider: str) -> Iterator[_Candidate]:
    """Yield a provider's desks; the restricted-access lead only of a case not all may see."""
    yield from _role(scene, Role.DUTY_DESK, provider)
    if not scene.restriction.is_open:
        yield from _role(scene, Role.RESTRICTED_ACCESS_LEAD, provider)


def _with_cover(
    scene: _Scene, reached_as: str, officer: str, holder: Responsibility
) -> Iterator[_Candidate]:
    """Yield an officer, and who covers while they are away."""
    yield _Candidate(reached_as, officer, holder.provider, holder.team)
    absence = scene.directory.absence(officer, scene.at)
    if absence is not None and absence.cover is not None:
        yield _Candidate("cover", absence.cover, holder.provider)


def _manager(scene: _Scene, holder: Responsibility) -> Iterator[_Candidate]:
    """Yield the manager of the officer's team, and who covers for the manager.

    An officer who has left was last in a team; its manager is the one to ask.
    """
    officer = scene.directory.last_known(holder.officer, scene.at) if holder.officer else None
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


def _service_role(scene: _Scene, role: Role) -> Iterator[_Candidate]:
    """Yield who holds a role of the public service, wherever it is held."""
    for provider in sorted(held_by for kind, held_by in scene.directory.roles if kind is role):
        yield from _role(scene, role, provider)


def _why_not(scene: _Scene, candidate: _Candidate) -> str | None:
    """Return why a candidate is passed over, or None if they can be told.

    An officer whom the directory never heard of counts as present: supervision is recorded, and a
    late directory must not move it.
    """
    officer = scene.directory.officer(candidate.officer, scene.at)
    if officer is None and candidate.officer in scene.directory.officers:
        return "is not in post"
    if scene.directory.absence(candidate.officer, scene.at) is not None:
        return "is away"
    team = (officer.team if officer else None) or candidate.team
    leads = candidate.reached_as == Role.RESTRICTED_ACCESS_LEAD.value
    is_barred = (
        is_excluded(scene.restriction, candidate.officer, team)
        if leads
        else not is_entitled(scene.restriction, candidate.officer, team)
    )
    return "is not entitled" if is_barred else None


def _named(scene: _Scene, officer_id: str) -> str:
    """Name an officer with their id, as the directory last knew them; else by the id alone."""
    officer = scene.directory.last_known(officer_id, scene.at)
    return officer_id if officer is None else f"{officer.name} ({officer_id})"


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
    role = (Role.DUTY_DESK if scene.restriction.is_open else Role.RESTRICTED_ACCESS_LEAD).value
    return Recipient(
        f"{role}:{provider}", f"{role.replace('_', ' ')}, {provider}", provider, None, role
    )
