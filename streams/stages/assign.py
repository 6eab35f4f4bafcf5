"""Assign who is there now, and may be told, for a case and a role.

The ladder goes from whoever has the person over cover and manager to the duty desk, computed over
people who may see this case (FLOWS rule 7). A rung whose holder is away, gone or not entitled is
passed at once. The last rung is a desk that exists by construction, so there is always somebody.
"""

from collections.abc import Iterable
from datetime import datetime

from streams.domain.cases import Case
from streams.domain.deciders import NOBODYS
from streams.domain.instructions import Addressee
from streams.domain.ladders import LADDERS
from streams.domain.officers import Directory
from streams.domain.passage import Assigned
from streams.domain.rungs import (
    Candidate,
    Standing,
    candidates,
    desks,
    level,
    named,
    reached,
    why_not,
)


def assign(
    case: Case,
    directory: Directory,
    addressee: Addressee,
    at: datetime,
    *,
    officer: str | None = None,
) -> Assigned | None:
    """Return the first present, entitled person of the ladder; None where no provider has it.

    `officer` is who is meant by a named officer, or whose manager is.
    """
    standing = Standing(case, directory, at)
    found = candidates(standing, addressee, officer)
    return None if found is None else _first(standing, found, LADDERS[addressee])


def desk_of(
    directory: Directory, provider: str, at: datetime, case: Case | None = None
) -> Assigned:
    """Return a provider's duty desk, for what is about nobody in particular.

    `case` is given where the person is known and no provider has them: who may see it still counts.
    """
    standing = Standing(case or NOBODYS, directory, at)
    return _first(standing, desks(standing, provider), LADDERS[Addressee.DUTY_DESK])


def _first(standing: Standing, ladder: Iterable[Candidate], roles: tuple[str, ...]) -> Assigned:
    """Return the first of a ladder who can be told, and who was passed on the way and why."""
    passed: list[str] = []
    for candidate in ladder:
        reason = why_not(standing, candidate)
        if reason is None:
            return Assigned(reached(standing, candidate), tuple(passed), level(roles, candidate))
        passed.append(f"{candidate.reached_as} {named(standing, candidate.officer)} {reason}")
    raise AssertionError  # pragma: no cover - the last of a ladder is always there
