"""Who has which notice and which duty, in the simple model."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from world_model_calendar import due_at
from world_model_values import DO_NOT_TELL, RAISED, UPDATED, WITHDRAWN, Heard, Owed, Source, Told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from world_model_people import Person
    from world_model_values import Wait

URGENCIES: Final = ("immediate", "same_day", "next_working_day", "digest")
UNDONE: Final = frozenset({"open", "overdue"})
UPDATES_MAX: Final = 50
"""A notice that was updated more often is told again, as one that nobody could read."""


class Recipient(NamedTuple):
    """Who has something: the officer, the provider they are of, and as what they were reached."""

    officer: str
    provider: str
    role: str


@dataclass(slots=True, eq=False)
class Note:
    """A notice that somebody has; `role` is for whom it was first.

    `real` is what it is of where another is shown instead, `named` whose ladder it is told on.
    """

    about: Person | None
    notice: str
    matter: str
    role: str
    to: Recipient
    urgency: str
    sources: list[Source]
    conditions: frozenset[str]
    named: str | None = None
    real: str = ""
    updates: int = 0
    is_withdrawn: bool = False

    def __post_init__(self) -> None:
        """Be what it is shown as, where nothing else is said."""
        self.real = self.real or self.notice

    def is_same(self, other: Note) -> bool:
        """Answer whether both tell one person, in one role, of one matter in one way."""
        mine = (self.notice, self.real, self.matter, self.role, *self.to[:2])
        return mine == (other.notice, other.real, other.matter, other.role, *other.to[:2])

    def told(self, how: str) -> Told:
        """Say that the notice moved."""
        warned = DO_NOT_TELL in self.conditions
        return Told(how, self.notice, self.matter, self.to.officer, self.urgency, warned)


@dataclass(slots=True, eq=False)
class Duty:
    """Something that somebody has to do, and which event opened it."""

    about: Person
    owed: Owed
    opened_by: Source
    closed_by: Source | None = None
    note: Note | None = None
    meant: str | None = None

    def becomes(self, **changed: str) -> None:
        """Let the duty stand otherwise from here on."""
        self.owed = replace(self.owed, **changed)


@dataclass(slots=True)
class Desk:
    """All notices and duties, by whom they are about."""

    notes: dict[Person | None, list[Note]] = field(default_factory=lambda: defaultdict(list))
    duties: dict[Person, list[Duty]] = field(default_factory=lambda: defaultdict(list))

    def tell(self, note: Note) -> tuple[Note, Told]:
        """Raise a notice, or bring up to date the one that the recipient has of the matter."""
        for known in self.notes[note.about]:
            if known.is_same(note) and not known.is_withdrawn and known.updates < UPDATES_MAX:
                known.urgency = min(known.urgency, note.urgency, key=URGENCIES.index)
                known.conditions |= note.conditions
                known.named, known.to = note.named, note.to
                known.updates += 1
                known.sources = list(dict.fromkeys((*known.sources, *note.sources)))
                return known, known.told(UPDATED)
        self.notes[note.about].append(note)
        return note, note.told(RAISED)

    def owe(
        self, wait: Wait, owner: str, about: Person, heard: Heard, *, note: Note | None = None
    ) -> Iterator[Duty]:
        """Open a duty, unless it stands already for the same matter."""
        for duty in self.duties[about]:
            is_it = (duty.owed.duty, duty.owed.matter) == (wait.duty, wait.matter)
            if is_it and duty.owed.state != "withdrawn":
                return
        owed = Owed(wait.duty, wait.matter, owner, due_at(wait.due, heard.raised_at))
        duty = Duty(about, owed, heard.key, note=note)
        self.duties[about].append(duty)
        yield duty

    def close(self, about: Person, name: str, matter: str, source: Source) -> None:
        """End the undone duties of a kind about a matter, by an event."""
        for duty in self.duties[about]:
            is_it = (duty.owed.duty, duty.owed.matter) == (name, matter)
            if is_it and duty.owed.state in UNDONE:
                duty.becomes(state="satisfied")
                duty.closed_by = source

    def withdraw(self, about: Person, notice: str, matter: str) -> Iterator[Told]:
        """Take back the notices of a kind about a matter."""
        for note in self.notes[about]:
            if (note.real, note.matter) == (notice, matter) and not note.is_withdrawn:
                note.is_withdrawn = True
                yield note.told(WITHDRAWN)

    def take_back(self, source: Source) -> Iterator[Told]:
        """Take an event out of notices and duties; who was told of it is told of that."""
        for note in (each for notes in self.notes.values() for each in notes):
            # What an assignment had taken back is not taken back again with its allocation.
            if source in note.sources and not note.is_withdrawn:
                note.sources = [each for each in note.sources if each != source]
                note.is_withdrawn = not note.sources
                note.updates += bool(note.sources)
                yield note.told(UPDATED if note.sources else WITHDRAWN)
        for duty in (each for duties in self.duties.values() for each in duties):
            if duty.opened_by == source and duty.owed.state in UNDONE:
                duty.becomes(state="withdrawn")
            elif duty.closed_by == source and duty.owed.state == "satisfied":
                duty.becomes(state="open")
                duty.closed_by = None
