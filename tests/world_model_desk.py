"""Who has which notice and which duty, in the simple model."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from world_model_calendar import due_at
from world_model_values import DO_NOT_TELL, RAISED, UPDATED, WITHDRAWN, Heard, Owed, Source, Told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from world_model_people import Person
    from world_model_values import Wait

URGENCIES: Final = ("immediate", "same_day", "next_working_day", "digest")
UPDATES_MAX: Final = 50
"""A notice that was updated more often is told again, as one that nobody could read."""


@dataclass(slots=True, eq=False)
class Note:
    """A notice that somebody has, in a role; `to` is the officer and the provider."""

    about: Person | None
    notice: str
    matter: str
    role: str
    to: tuple[str, str]
    urgency: str
    sources: list[Source]
    conditions: frozenset[str]
    updates: int = 0
    is_withdrawn: bool = False

    def is_same(self, other: Note) -> bool:
        """Answer whether both tell one person, in one role, of one matter in one way."""
        mine = (self.notice, self.matter, self.role, self.to)
        return mine == (other.notice, other.matter, other.role, other.to)

    def told(self, how: str) -> Told:
        """Say that the notice moved."""
        warned = DO_NOT_TELL in self.conditions
        return Told(how, self.notice, self.matter, self.to[0], self.urgency, warned)


@dataclass(slots=True, eq=False)
class Duty:
    """Something that somebody has to do, and which event opened it."""

    about: Person
    owed: Owed
    opened_by: Source

    def becomes(self, **changed: str) -> None:
        """Let the duty stand otherwise from here on."""
        self.owed = replace(self.owed, **changed)


@dataclass(slots=True)
class Desk:
    """All notices and duties, by whom they are about."""

    notes: dict[Person | None, list[Note]] = field(default_factory=lambda: defaultdict(list))
    duties: dict[Person, list[Duty]] = field(default_factory=lambda: defaultdict(list))

    def tell(self, note: Note) -> Told:
        """Raise a notice, or bring up to date the one that the recipient has of the matter."""
        for known in self.notes[note.about]:
            if known.is_same(note) and not known.is_withdrawn and known.updates < UPDATES_MAX:
                known.urgency = min(known.urgency, note.urgency, key=URGENCIES.index)
                known.conditions |= note.conditions
                known.updates += 1
                known.sources = list(dict.fromkeys((*known.sources, *note.sources)))
                return known.told(UPDATED)
        self.notes[note.about].append(note)
        return note.told(RAISED)

    def owe(self, wait: Wait, owner: str, about: Person, heard: Heard) -> Iterator[Duty]:
        """Open a duty, unless it stands already for the same matter."""
        for duty in self.duties[about]:
            is_it = (duty.owed.duty, duty.owed.matter) == (wait.duty, wait.matter)
            if is_it and duty.owed.state != "withdrawn":
                return
        owed = Owed(wait.duty, wait.matter, owner, due_at(wait.due, heard.raised_at))
        duty = Duty(about, owed, heard.key)
        self.duties[about].append(duty)
        yield duty

    def close(self, about: Person, name: str, matter: str) -> None:
        """End the open duties of a kind about a matter."""
        for duty in self.duties[about]:
            is_it = (duty.owed.duty, duty.owed.matter) == (name, matter)
            if is_it and duty.owed.state == "open":
                duty.becomes(state="satisfied")

    def take_back(self, source: Source) -> Iterator[Told]:
        """Take an event out of notices and duties; who was told of it is told of that."""
        for note in (each for notes in self.notes.values() for each in notes):
            if source in note.sources:
                note.sources = [each for each in note.sources if each != source]
                note.is_withdrawn = not note.sources
                note.updates += bool(note.sources)
                yield note.told(UPDATED if note.sources else WITHDRAWN)
        for duty in (each for duties in self.duties.values() for each in duties):
            if duty.opened_by == source and duty.owed.state == "open":
                duty.becomes(state="withdrawn")
