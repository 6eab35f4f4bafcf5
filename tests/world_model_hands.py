"""A case changes hands, in the simple model: all that is open goes to whose it is by rights.

Whose a notice is follows from the ladder that it was told on, looked at anew; a duty goes with its
notice, or with the person, or to whoever stands in for who has it. Whoever had the person is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from world_model_cases import OFFICER
from world_model_desk import UNDONE, Desk, Duty, Note, Recipient
from world_model_staff import MANAGER, NAMED, Somebody, Staff, can_be_told, reached
from world_model_values import HANDED_OVER, NOT_FOR_PROVIDER, RAISED, Told

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from world_model_cases import Case
    from world_model_values import Register

FORMER: Final = "case_handed_over"
DIGEST: Final = "digest"
KEPT_BACK: Final = "contact_originator"
IN_PERSON: Final = frozenset({NAMED, "cover", MANAGER})


@dataclass(frozen=True, slots=True)
class Hands:
    """Who has what, and who should have it."""

    staff: Staff
    desk: Desk
    register: Register
    perhaps: list[Told]
    """Who may be told again of what they have, since they may read more of it, or less."""

    def change(self, before: Case, now: Case) -> Iterator[Told]:
        """Look at a case of which somebody else may be; yield who was told of that."""
        if before.hands == now.hands:
            return
        owners = [duty.owed.owner for duty in self.desk.duties[now.person]]
        moved = list(self._notes(now))
        yield from (note.told(HANDED_OVER) for note, _ in moved)
        self._duties(before, now, dict(moved))
        changed = owners != [duty.owed.owner for duty in self.desk.duties[now.person]]
        if moved or changed:
            yield from self._former(before, now)

    def whom(self, case: Case, to: str, desk: str, named: str | None = None) -> Recipient:
        """Return who is told, of which provider they are, and as what they are reached."""
        return self._with_provider(reached(self.staff, case, to, desk, named=named), case.at)

    def shown(self, note: Note, to: Recipient) -> str:
        """Return as which notice somebody may read it: what is not for a provider is kept back."""
        is_kept_back = (
            to.provider in self.register.contracted and NOT_FOR_PROVIDER in note.conditions
        )
        return KEPT_BACK if is_kept_back else note.real

    def _with_provider(self, who: Somebody, at: datetime) -> Recipient:
        """Return somebody with the provider that they are of now."""
        entry = self.staff.officer(who.officer, at)
        provider = (entry and entry["provider"]) or who.provider
        return Recipient(who.officer, provider, who.role)

    def _notes(self, now: Case) -> Iterator[tuple[Note, str]]:
        """Hand each open notice to whose it is; yield those that went, with who had them."""
        for note in self.desk.notes[now.person]:
            had = note.to
            to = self.whom(now, note.role, self._desk_of(had, now.at), note.named)
            if to == had or note.is_withdrawn:
                continue
            note.to, note.notice = to, self.shown(note, to)
            if to[:2] == had[:2]:
                self.perhaps.append(note.told(HANDED_OVER))
            else:
                yield note, had.officer

    def _desk_of(self, to: Recipient, at: datetime) -> str:
        """Return for which provider somebody has a note: they may hold a role of another one."""
        officer, own, role = to
        for_whom = [
            provider
            for provider in self.staff.providers_with(role)
            if any(each.officer == officer for each in self.staff.holders(role, provider, at))
        ]
        return for_whom[0] if for_whom and own not in for_whom else own

    def _duties(self, before: Case, now: Case, moved: dict[Note, str]) -> None:
        """Give each open duty to whose it is."""
        for duty in self.desk.duties[now.person]:
            if duty.owed.state not in UNDONE:
                continue
            owner, went = duty.owed.owner, _hands(before) != _hands(now)
            if duty.note in moved and moved[duty.note] == owner:
                self._give(duty, duty.note.to.officer, now, went=went and duty.note.role != NAMED)
            elif went and self._has(before) == owner:
                self._give(duty, self._has(now) or owner, now, went=True)
            else:
                self._give(duty, self._stands_in(duty, now), now, went=False)

    def _give(self, duty: Duty, owner: str, now: Case, *, went: bool) -> None:
        """Give a duty to somebody; who is only away is remembered as the one it is meant for.

        Once the person `went` to somebody else it is meant for nobody before them.
        """
        was = duty.owed.owner
        if went:
            duty.meant = None
        elif owner != was:
            away = was if self.staff.absence(was, now.at) is not None else None
            meant = duty.meant or away
            duty.meant = None if meant == owner else meant
        duty.becomes(owner=owner)

    def _has(self, case: Case) -> str | None:
        """Return who is told as the officer, where anybody has the person."""
        has = case.holder()
        return None if has is None else self.whom(case, OFFICER, has.provider).officer

    def _stands_in(self, duty: Duty, now: Case) -> str:
        """Return who has a duty: who it is meant for if they are there, else who stands in."""
        named = duty.meant or duty.owed.owner
        known = self.staff.officer(named, now.at)
        role, provider = named.partition(":")[0], known["provider"] if known else ""
        if can_be_told(self.staff, Somebody(named, role, provider), now.at, now.access):
            return named
        desk = self.register.agencies[duty.opened_by[0]]["held_desk"]
        return self.whom(now, NAMED, desk, named).officer

    def _former(self, before: Case, now: Case) -> Iterator[Told]:
        """Tell the officer who had the person, unless they have them still or nobody is theirs."""
        had, has = before.holder(), now.holder()
        former = had.officer if had else None
        if former is None or (has and has.officer == former):
            return
        if has is None and self.staff.known(former, now.at) is None:
            return
        who = reached(self.staff, now, NAMED, "", named=former)
        if who.role not in IN_PERSON or (has and who.officer == has.officer):
            return
        to = self._with_provider(who, now.at)
        note = Note(now.person, FORMER, "handed_over", NAMED, to, DIGEST, [], frozenset())
        note.named = former
        self.desk.notes[now.person].append(note)
        yield note.told(RAISED)


def _hands(case: Case) -> tuple[str, str | None] | None:
    """Return which provider and which officer have a person."""
    has = case.holder()
    return (has.provider, has.officer) if has else None
