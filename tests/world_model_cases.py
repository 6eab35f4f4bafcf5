"""Who has a person, and who may know, in the simple model: read from what was heard.

Nothing is folded: what stands of a person's past is gone through again whenever it is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from world_model_people import Person
    from world_model_values import Heard, Mark, Source

OFFICER: Final = "responsible_officer"
ENFORCER: Final = "enforcement_officer"
ROLES: Final = (OFFICER, ENFORCER)
HELD_MAX: Final = 6
LIMITS_MAX: Final = 3
"""A case keeps so many of each role, and so many restrictions: the newest."""
ABUSE_REGISTERS: Final = frozenset({"ADVP", "ADVV", "REG30", "IMAR"})
"""Perpetrator, victim, history of domestic abuse, and MARAC."""


@dataclass(frozen=True, slots=True)
class Past:
    """One thing that was heard of a person; `counts` is false where nobody had them any more."""

    seq: int
    heard: Heard
    counts: bool = True
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Has:
    """Who has a person from an instant on; no officer between allocation and assignment."""

    from_at: datetime
    seq: int
    provider: str
    team: str | None
    officer: str | None


@dataclass(frozen=True, slots=True)
class Access:
    """Who may see a case: only some where it is restricted, and never those who are excluded."""

    only: frozenset[str] | None = None
    not_officers: frozenset[str] = frozenset()
    not_teams: frozenset[str] = frozenset()

    @property
    def is_open(self) -> bool:
        """Answer whether everybody may see it."""
        return self.only is None and not self.not_officers and not self.not_teams

    def is_excluded(self, officer: str, team: str | None) -> bool:
        """Answer whether somebody must never see it."""
        return officer in self.not_officers or team in self.not_teams

    def lets(self, officer: str, team: str | None) -> bool:
        """Answer whether somebody may see it."""
        return not self.is_excluded(officer, team) and (self.only is None or officer in self.only)


@dataclass(frozen=True, slots=True)
class Case:
    """What stands of a person's past at an instant; `gone` is what was taken back.

    `upto` leaves out what came later, to see the case as it was.
    """

    person: Person
    gone: Collection[tuple[Source, int]]
    at: datetime
    upto: int | None = None

    def standing(self, *types: str) -> Iterator[Past]:
        """Yield what was heard of these types and stands, in order."""
        for past in self.person.past:
            is_wanted = past.heard.type in types and (self.upto is None or past.seq < self.upto)
            if is_wanted and (past.heard.key, past.seq) not in self.gone:
                yield past

    def marks(self, kind: str) -> frozenset[str]:
        """Return the matters of which something was remembered that stands."""
        kept = (p for p in self.person.past if (p.heard.key, p.seq) not in self.gone)
        return frozenset(m.matter for past in kept for m in past.marks if m.kind == kind)

    def holder(self, role: str = OFFICER) -> Has | None:
        """Return who has the person: the latest allocation or assignment that has begun."""
        return _latest(self._holdings(role), self.at)

    def _holdings(self, role: str) -> list[Has]:
        """Return who has, had or will have the person, as far as a case keeps it."""
        holdings: list[Has] = []
        for past in self.standing("case.allocated", "case.assigned"):
            said = past.heard
            if said.type == "case.allocated" and role != OFFICER:
                continue
            if said.type == "case.assigned" and said["role"] != role:
                continue
            start = said["effective_at"]
            has = Has(start, past.seq, said["provider"], said["team"], said["officer"])
            if not _says_nothing_new(has, _latest(holdings, start)):
                holdings.append(has)
        return sorted(holdings, key=_since)[-HELD_MAX:]

    @property
    def hands(self) -> tuple[Any, ...]:
        """Return who has, had or will have the person, and who may see the case: all that tells."""
        by_time = [self._holdings(role) for role in ROLES]
        told = self.standing("case.access_restricted")
        limits = sorted((past.heard["effective_at"], past.seq) for past in told)
        return (*by_time, limits[-LIMITS_MAX:])

    @property
    def is_over(self) -> bool:
        """Answer whether supervision has ended: every known order has, and nobody began since."""
        ends: dict[str, Any] = {}
        for past in self.standing("case.order_made", "case.order_ended"):
            ends.setdefault(past.heard["order_id"], None)
            if past.heard.type == "case.order_ended":
                ends[past.heard["order_id"]] = past.heard["ended_on"]
        if not ends or None in ends.values():
            return False
        last, holder = max(ends.values()), self.holder()
        is_new = holder is not None and holder.from_at.astimezone(UTC).date() > last
        return last < self.at.astimezone(UTC).date() and not is_new

    @property
    def registers(self) -> frozenset[str]:
        """Return the registers that the person is on."""
        on: dict[str, bool] = {}
        for past in self.standing("case.registered", "case.deregistered"):
            on[past.heard["register"]] = past.heard.type == "case.registered"
        return frozenset(name for name, is_on in on.items() if is_on)

    @property
    def access(self) -> Access:
        """Return who may see the case; a first restriction binds before its instant."""
        told = [
            (past.heard["effective_at"], past.seq, past.heard)
            for past in self.standing("case.access_restricted")
        ]
        if not told:
            return Access()
        told.sort(key=lambda each: each[:2])
        said = next((h for start, _, h in reversed(told) if start <= self.at), told[0][2])
        only = frozenset(said["entitled_officers"]) if said["restricted"] else None
        return Access(only, frozenset(said["excluded_officers"]), frozenset(said["excluded_teams"]))


def _since(has: Has) -> tuple[datetime, int]:
    """Order holdings by when they began, and then by when they were heard of."""
    return (has.from_at, has.seq)


def _latest(holdings: list[Has], at: datetime) -> Has | None:
    """Return whose time began last."""
    begun = [has for has in holdings if has.from_at <= at]
    return max(begun, key=_since, default=None)


def _says_nothing_new(has: Has, before: Has | None) -> bool:
    """Answer whether an allocation repeats where the person is already, with an officer."""
    if has.officer is not None or before is None or before.officer is None:
        return False
    return before.provider == has.provider and has.team in {None, before.team}
