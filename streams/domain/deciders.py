"""Who may decide who an event is about: officers of the desk that was told, or above.

Whoever decides sees candidates side by side, so they must be entitled to each of their cases.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from streams.domain.cases import Case
from streams.domain.directory_events import Role
from streams.domain.instructions import Addressee
from streams.domain.officers import Directory
from streams.domain.rungs import Candidate, Standing, candidates, desks, named
from streams.domain.sharing import is_entitled, is_excluded

ABOVE: Final = (Role.RESTRICTED_ACCESS_LEAD, Role.HEAD_OF_LDU)
"""Roles of a provider that decide whatever its desk may.

Assumed: the head of the local delivery unit answers for its desk."""
LEADS: Final = frozenset({Role.RESTRICTED_ACCESS_LEAD})
NOBODYS: Final = Case(person_id=UUID(int=0))
"""The case of nobody, which everybody may see."""


@dataclass(frozen=True, slots=True)
class Deciding:
    """What a decision is taken over: the provider, the officer of whoever is likely, the cases.

    `holder` has the question now, where somebody has.
    """

    directory: Directory
    at: datetime
    provider: str
    officer: str | None
    cases: tuple[Case, ...]
    holder: str | None = None


def why_not_to_decide(by: str, deciding: Deciding) -> str | None:
    """Return why somebody may not decide, in words for them; None where they may."""
    directory, at = deciding.directory, deciding.at
    standing = Standing(deciding.cases[0] if deciding.cases else NOBODYS, directory, at)
    who = named(standing, by)
    if directory.officer(by, at) is None:
        return f"{who} is not in post, and decides nothing"
    if by not in set(_deciders(deciding, standing)):
        desk = f"the desk of {deciding.provider}, the manager there or who is above them"
        return f"only {desk} can decide this, not {who}"
    if not all(_may_see(by, case, deciding) for case in deciding.cases):
        return f"{who} may not see every case that this may be about; a lead can decide it"
    return None


def _deciders(deciding: Deciding, standing: Standing) -> Iterator[str]:
    """Yield whoever may decide, absent or not, with those who stand in for them."""
    directory, at, provider = deciding.directory, deciding.at, deciding.provider
    ladder: Iterable[Candidate] | None = None
    if deciding.officer is not None:
        ladder = candidates(standing, Addressee.REVIEW_DESK, deciding.officer)
    found = [*(ladder or ()), *desks(standing, provider)]
    for officer in filter(None, (deciding.holder, *(c.officer for c in found if not c.always))):
        yield officer
        absence = directory.absence(officer, at)
        if absence is not None and absence.cover is not None:
            yield absence.cover
    for role in ABOVE:
        held = directory.role(role, provider, at)
        yield from filter(None, (held.holder, held.cover) if held is not None else ())


def _may_see(by: str, case: Case, deciding: Deciding) -> bool:
    """Answer whether somebody may see a case; a lead is kept out only by name."""
    directory, at = deciding.directory, deciding.at
    restriction = case.restriction_at(at)
    officer = directory.officer(by, at)
    team = officer.team if officer is not None else None
    for role in LEADS:
        held = directory.role(role, deciding.provider, at)
        if held is not None and by in {held.holder, held.cover}:
            return not is_excluded(restriction, by, team)
    return is_entitled(restriction, by, team)
