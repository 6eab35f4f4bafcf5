"""Who stands on each rung of a ladder at an instant, and who of them may be told.

The ladder goes from whoever has the person over cover and manager to the duty desk, computed over
people who may see this case (FLOWS rule 7). Which roles it has and how long each waits is fixed
when a notice is raised; who holds a role is looked up here, whenever a step is taken.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from msgspec import Struct

from streams.domain.case_events import SupervisionRole
from streams.domain.cases import Case, Responsibility, Restriction
from streams.domain.directory_events import Role
from streams.domain.instructions import Addressee
from streams.domain.ladders import SERVICE_ROLES
from streams.domain.notices import Recipient
from streams.domain.officers import Directory, RoleHolding
from streams.domain.sharing import is_entitled, is_excluded

PERSONAL: Final = frozenset(
    {Addressee.RESPONSIBLE_OFFICER, Addressee.ENFORCEMENT_OFFICER, Addressee.NAMED_OFFICER}
)
"""Addressees who are one officer of the case."""
DESKS: Final = frozenset({Addressee.DUTY_DESK, Addressee.REVIEW_DESK})
"""Addressees who are a provider's desk, though nobody has the person yet."""
COVER: Final = "cover"
MANAGER: Final = Addressee.MANAGER.value
DUTY_DESK: Final = Role.DUTY_DESK.value
LEAD: Final = Role.RESTRICTED_ACCESS_LEAD.value
"""The rung after the duty desk, of a case that not all may see."""


class Candidate(Struct, frozen=True):
    """Somebody on the ladder: on which rung, as what they are reached, who, in which provider.

    `always` marks the desk that exists by construction, though nobody was recorded for it.
    """

    rung: str
    reached_as: str
    officer: str
    provider: str
    team: str | None = None
    always: bool = False


class Standing(Struct, frozen=True):
    """What a ladder is computed over: the case, the staff, and the instant."""

    case: Case
    directory: Directory
    at: datetime

    @property
    def restriction(self) -> Restriction:
        """Return who may see the case at the instant."""
        return self.case.restriction_at(self.at)


def candidates(
    standing: Standing, addressee: Addressee, officer: str | None = None
) -> Iterator[Candidate] | None:
    """Return everybody on the ladder, the first first; None where no provider has the person.

    `officer` is who is meant by a named officer, or whose manager is; one whom the directory does
    not know is passed, and the ladder is that of whoever has the person.
    """
    named = standing.directory.last_known(officer, standing.at) if officer is not None else None
    if named is not None:
        holder = Responsibility(standing.at, 0, named.provider, team=named.team, officer=named.id)
        return _ladder(standing, addressee, holder)
    found = _holder(standing.case, addressee, standing.at)
    return None if found is None else _ladder(standing, addressee, found)


def desks(standing: Standing, provider: str) -> Iterator[Candidate]:
    """Yield a provider's desks; the restricted-access lead only of a case not all may see."""
    yield from _role(standing, Role.DUTY_DESK, provider, DUTY_DESK)
    is_open = standing.restriction.is_open
    if not is_open:
        yield from _role(standing, Role.RESTRICTED_ACCESS_LEAD, provider, LEAD)
    last = DUTY_DESK if is_open else LEAD
    yield Candidate(last, last, f"{last}:{provider}", provider, always=True)


def desk_provider(standing: Standing, recipient: Recipient) -> str:
    """Return for which provider a recipient stands: somebody of another one may hold its role."""
    directory, at = standing.directory, standing.at
    holdings = (
        directory.role(role, provider, at)
        for role, provider in sorted(directory.roles)
        if role.value == recipient.reached_as
    )
    held = [
        holding.provider
        for holding in holdings
        if holding is not None and recipient.officer in {holding.holder, holding.cover}
    ]
    return recipient.provider if not held or recipient.provider in held else held[0]


def why_not(standing: Standing, candidate: Candidate) -> str | None:
    """Return why a candidate is passed over, or None if they can be told.

    An officer whom the directory never heard of counts as present: supervision is recorded, and a
    late directory must not move it.
    """
    if candidate.always:
        return None
    directory, at = standing.directory, standing.at
    officer = directory.officer(candidate.officer, at)
    if officer is None and candidate.officer in directory.officers:
        return "is not in post"
    if directory.absence(candidate.officer, at) is not None:
        return "is away"
    team = (officer.team if officer else None) or candidate.team
    is_barred = (
        is_excluded(standing.restriction, candidate.officer, team)
        if candidate.reached_as == LEAD
        else not is_entitled(standing.restriction, candidate.officer, team)
    )
    return "is not entitled" if is_barred else None


def has_channel(standing: Standing, candidate: Candidate) -> bool:
    """Answer whether anything that is rung would reach them.

    Whoever is in the directory has the pages of the desk; an id that it never heard of has nothing.
    """
    return candidate.always or candidate.officer in standing.directory.officers


def reached(standing: Standing, candidate: Candidate) -> Recipient:
    """Name a candidate as the directory knows them at this instant."""
    if candidate.always:
        name = f"{candidate.reached_as.replace('_', ' ')}, {candidate.provider}"
        return Recipient(candidate.officer, name, candidate.provider, None, candidate.reached_as)
    officer = standing.directory.officer(candidate.officer, standing.at)
    if officer is None:
        kept = (candidate.provider, candidate.team, candidate.reached_as)
        return Recipient(candidate.officer, candidate.officer, *kept)
    team = officer.team or candidate.team
    return Recipient(officer.id, officer.name, officer.provider, team, candidate.reached_as)


def named(standing: Standing, officer_id: str) -> str:
    """Name an officer with their id, as the directory last knew them; else by the id alone."""
    officer = standing.directory.last_known(officer_id, standing.at)
    return officer_id if officer is None else f"{officer.name} ({officer_id})"


def level(roles: tuple[str, ...], candidate: Candidate) -> int:
    """Return the place of a candidate on a ladder of these roles; the lead comes after its end."""
    return roles.index(candidate.rung) if candidate.rung in roles else len(roles)


def _holder(case: Case, addressee: Addressee, at: datetime) -> Responsibility | None:
    """Return whose ladder it is: the enforcement officer's own, else the responsible officer's."""
    if addressee is Addressee.ENFORCEMENT_OFFICER:
        enforcing = case.responsible(at, SupervisionRole.ENFORCEMENT_OFFICER)
        return enforcing or case.responsible(at)
    return case.responsible(at)


def _ladder(
    standing: Standing, addressee: Addressee, holder: Responsibility
) -> Iterator[Candidate]:
    """Yield the rungs from the addressee down to the provider's desks.

    Between allocation and assignment the allocation desk owns the person (FLOWS rule 1); what is
    for a manager still goes to the manager of the team, where the allocation named one.
    """
    if addressee in PERSONAL and holder.officer is not None:
        yield from _with_cover(standing, addressee.value, holder.officer, holder)
    if addressee is Addressee.MANAGER:
        yield from _manager(standing, holder, COVER)
    if addressee is Addressee.REVIEW_DESK:
        yield from _role(standing, Role.DUTY_DESK, holder.provider, addressee.value)
        yield from _manager(standing, holder, MANAGER)
    if addressee in SERVICE_ROLES:
        yield from _service_role(standing, SERVICE_ROLES[addressee])
    unassigned = holder.officer is None and addressee not in DESKS
    if addressee is Addressee.ALLOCATION_DESK or unassigned:
        first = addressee in PERSONAL or addressee is Addressee.ALLOCATION_DESK
        rung = addressee.value if first else DUTY_DESK
        yield from _role(standing, Role.ALLOCATION_DESK, holder.provider, rung)
    if addressee in PERSONAL:
        yield from _manager(standing, holder, MANAGER)
    yield from desks(standing, holder.provider)


def _with_cover(
    standing: Standing, rung: str, officer: str, holder: Responsibility, *, covered: str = COVER
) -> Iterator[Candidate]:
    """Yield an officer, and who covers while they are away, on the rung that is theirs."""
    yield Candidate(rung, rung, officer, holder.provider, holder.team)
    absence = standing.directory.absence(officer, standing.at)
    if absence is not None and absence.cover is not None:
        yield Candidate(covered, COVER, absence.cover, holder.provider)


def _manager(standing: Standing, holder: Responsibility, covered: str) -> Iterator[Candidate]:
    """Yield the manager of the officer's team, and who covers for the manager.

    An officer who has left was last in a team; its manager is the one to ask.
    """
    directory, at = standing.directory, standing.at
    officer = directory.last_known(holder.officer, at) if holder.officer else None
    team_id = (officer.team if officer else None) or holder.team
    team = directory.team(holder.provider, team_id, at) if team_id else None
    if team is not None and team.manager is not None:
        manager = Responsibility(holder.from_at, holder.seq, holder.provider, team=team_id)
        yield from _with_cover(standing, MANAGER, team.manager, manager, covered=covered)


def _role(standing: Standing, role: Role, provider: str, rung: str) -> Iterator[Candidate]:
    """Yield the holder of a provider's role, and who covers for them."""
    holding = standing.directory.role(role, provider, standing.at)
    if holding is not None:
        yield from _holding(holding, rung, rung)


def _holding(holding: RoleHolding, rung: str, covered: str) -> Iterator[Candidate]:
    """Yield who holds a role and who covers for them, each on a rung."""
    yield Candidate(rung, holding.role.value, holding.holder, holding.provider)
    if holding.cover is not None:
        yield Candidate(covered, holding.role.value, holding.cover, holding.provider)


def _service_role(standing: Standing, role: Role) -> Iterator[Candidate]:
    """Yield who holds a role of the public service, wherever it is held, cover and manager."""
    directory, at = standing.directory, standing.at
    for provider in sorted(held_by for kind, held_by in directory.roles if kind is role):
        holding = directory.role(role, provider, at)
        if holding is None:
            continue
        yield from _holding(holding, role.value, COVER)
        officer = directory.last_known(holding.holder, at)
        team = officer.team if officer else None
        held = Responsibility(at, 0, provider, team=team, officer=holding.holder)
        yield from _manager(standing, held, MANAGER)
