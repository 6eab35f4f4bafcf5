"""Who is there and may be told, in the simple model: RO, cover, manager, duty desk, the lead."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from world_model_cases import ENFORCER, OFFICER, Access, Case, Has

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from world_model_values import Heard

MANAGER: Final = "manager"
ALLOCATION_DESK: Final = "allocation_desk"
DUTY_DESK: Final = "duty_desk"
LEAD: Final = "restricted_access_lead"
NAMED: Final = "named_officer"
REVIEW_DESK: Final = "review_desk"
COURT: Final = "court_duty_officer"
MASH: Final = "mash_probation_officer"
PERSONAL: Final = frozenset({OFFICER, ENFORCER, NAMED})
OF_THE_SERVICE: Final = frozenset({COURT, MASH})
"""Roles of the public service, whoever has the person."""


class Somebody(NamedTuple):
    """A rung of the ladder: an officer, as what, and in which provider and team we heard of."""

    officer: str
    role: str
    provider: str
    team: str | None = None


@dataclass(slots=True)
class Staff:
    """What the directory told so far, by its kind; each entry with the order in which it came."""

    told: dict[str, list[tuple[int, Heard]]] = field(default_factory=dict)

    def hear(self, seq: int, heard: Heard) -> None:
        """Keep what the directory tells."""
        self.told.setdefault(heard.type.removeprefix("directory."), []).append((seq, heard))

    def officer(self, officer: str, at: datetime) -> Heard | None:
        """Return an officer's last entry by an instant, which may be that they left."""
        came = [
            (heard["effective_at"] or heard["left_at"], seq, heard)
            for kind in ("officer_recorded", "officer_left")
            for seq, heard in self.told.get(kind, ())
            if heard["officer"] == officer
        ]
        return _newest(came, at)

    def known(self, officer: str, at: datetime) -> Heard | None:
        """Return what an officer is or, where they left, last was."""
        last = self.officer(officer, at)
        if last is None or last.type == "directory.officer_recorded":
            return last
        return _newest(
            [
                (heard["effective_at"], seq, heard)
                for seq, heard in self.told.get("officer_recorded", ())
                if heard["officer"] == officer and heard["effective_at"] <= last["left_at"]
            ],
            at,
        )

    def is_heard_of(self, officer: str) -> bool:
        """Answer whether the directory ever spoke of somebody."""
        kinds = ("officer_recorded", "officer_left")
        return any(h["officer"] == officer for kind in kinds for _, h in self.told.get(kind, ()))

    def is_in_post(self, officer: str, at: datetime) -> bool:
        """Answer whether somebody works here; one never heard of is believed to."""
        last = self.officer(officer, at)
        if last is None:
            return not self.is_heard_of(officer)
        return last.type == "directory.officer_recorded"

    def absence(self, officer: str, at: datetime) -> Heard | None:
        """Return the newest absence that keeps an officer away."""
        ends = {heard["absence_id"]: heard["ended_at"] for _, heard in self._of("absence_ended")}
        latest: dict[str, tuple[Any, int, Heard]] = {}
        for seq, heard in self._of("absence_recorded"):
            if heard["officer"] == officer:
                latest[heard["absence_id"]] = (heard["starts_at"], seq, heard)
        away = []
        for each in latest.values():
            until = [each[2]["ends_at"], ends.get(each[2]["absence_id"])]
            if all(end is None or at < end for end in until):
                away.append(each)
        return _newest(away, at)

    def manager(self, provider: str, team: str | None, at: datetime) -> str | None:
        """Return who manages a team."""
        found = [
            (heard["effective_at"], seq, heard)
            for seq, heard in self._of("team_recorded")
            if (heard["provider"], heard["team"]) == (provider, team)
        ]
        last = _newest(found, at)
        return None if last is None else last["manager"]

    def holders(self, role: str, provider: str, at: datetime) -> Iterator[Somebody]:
        """Yield who holds a role of a provider, and who covers it."""
        found = [
            (heard["effective_at"], seq, heard)
            for seq, heard in self._of("role_recorded")
            if (heard["role"], heard["provider"]) == (role, provider)
        ]
        last = _newest(found, at)
        if last is None or (last["ended_at"] is not None and last["ended_at"] <= at):
            return
        for officer in filter(None, (last["holder"], last["cover"])):
            yield Somebody(officer, role, provider)

    def providers_with(self, role: str) -> list[str]:
        """Return the providers that have a role."""
        kept = (heard for _, heard in self._of("role_recorded") if heard["role"] == role)
        return sorted({heard["provider"] for heard in kept})

    def _of(self, kind: str) -> list[tuple[int, Heard]]:
        """Return what was told of one kind."""
        return self.told.get(kind, [])


def _newest(entries: list[tuple[Any, int, Heard]], at: datetime) -> Heard | None:
    """Return the entry that holds at an instant: the newest that has begun."""
    begun = [each for each in entries if each[0] <= at]
    return max(begun, key=lambda each: each[:2])[2] if begun else None


def reached(
    staff: Staff, case: Case, to: str, held_desk: str, *, named: str | None = None
) -> Somebody:
    """Return the first of the ladder who is in post, present and entitled to this case."""
    at, access = case.at, case.access
    known = staff.known(named, at) if named is not None else None
    has = case.holder()
    if to == ENFORCER:
        has = case.holder(ENFORCER) or has
    if known is not None:
        has = Has(at, 0, known["provider"], known["team"], named)
    provider = held_desk if has is None else has.provider
    rungs = list(_ladder(staff, has, to, at)) if has else []
    for each in (*rungs, *_desks(staff, provider, at, access)):
        if can_be_told(staff, each, at, access):
            return each
    last = DUTY_DESK if access.is_open else LEAD
    return Somebody(f"{last}:{provider}", last, provider)


def _ladder(staff: Staff, has: Has, to: str, at: datetime) -> Iterator[Somebody]:
    """Yield the rungs above the desks: who it is for, cover, manager."""
    if to in PERSONAL and has.officer is not None:
        yield from _and_cover(staff, Somebody(has.officer, to, has.provider, has.team), at)
    if to == MANAGER:
        yield from _managers(staff, has, at)
    if to == REVIEW_DESK:
        yield from staff.holders(DUTY_DESK, has.provider, at)
        yield from _managers(staff, has, at)
    if to in OF_THE_SERVICE:
        yield from _service(staff, to, at)
    is_desk = to in {DUTY_DESK, REVIEW_DESK}
    if to == ALLOCATION_DESK or (has.officer is None and not is_desk):
        yield from staff.holders(ALLOCATION_DESK, has.provider, at)
    if to in PERSONAL:
        yield from _managers(staff, has, at)


def _service(staff: Staff, role: str, at: datetime) -> Iterator[Somebody]:
    """Yield who holds a role of the service wherever it is held, who covers, and the manager."""
    for provider in staff.providers_with(role):
        found = list(staff.holders(role, provider, at))
        yield from found
        if found:
            yield from _managers(staff, Has(at, 0, provider, None, found[0].officer), at)


def _and_cover(staff: Staff, somebody: Somebody, at: datetime) -> Iterator[Somebody]:
    """Yield somebody and, while they are away, who covers."""
    yield somebody
    absence = staff.absence(somebody.officer, at)
    if absence is not None and absence["cover"] is not None:
        yield Somebody(absence["cover"], "cover", somebody.provider)


def _managers(staff: Staff, has: Has, at: datetime) -> Iterator[Somebody]:
    """Yield who manages the officer's team, and who covers for the manager."""
    known = staff.known(has.officer, at) if has.officer else None
    team = (known["team"] if known else None) or has.team
    manager = staff.manager(has.provider, team, at)
    if manager is not None:
        yield from _and_cover(staff, Somebody(manager, MANAGER, has.provider, team), at)


def _desks(staff: Staff, provider: str, at: datetime, access: Access) -> Iterator[Somebody]:
    """Yield the provider's duty desk and, of a case not all may see, its lead."""
    yield from staff.holders(DUTY_DESK, provider, at)
    if not access.is_open:
        yield from staff.holders(LEAD, provider, at)


def can_be_told(staff: Staff, who: Somebody, at: datetime, access: Access) -> bool:
    """Answer whether somebody is in post, present, and may see the case."""
    if not staff.is_in_post(who.officer, at) or staff.absence(who.officer, at) is not None:
        return False
    known = staff.officer(who.officer, at)
    team = (known["team"] if known else None) or who.team
    if who.role == LEAD:
        return not access.is_excluded(who.officer, team)
    return access.lets(who.officer, team)
