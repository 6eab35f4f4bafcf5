"""Who must be told of what: a second, simple telling of the rules that knows nothing of the flows.

It goes through the events in the order in which the ledger admitted them (the only thing that it
takes from the ledger) and keeps, for each person, what a notice must have been raised for. Written
from FLOWS, for the events that the generator sends and for no others.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from chaos.people import COVERED

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from chaos.reading import Read

MANAGER: Final = "MGR01"
ALLOCATION_DESK: Final = "DESK02"
DUTY_DESK: Final = "DESK01"
CALLOUTS_TO_MANAGER: Final = 3
OFFENCE_EVENTS: Final = frozenset(
    {
        "police.arrested",
        "police.bailed",
        "police.charged",
        "courts.hearing_listed",
        "courts.hearing_resulted",
    }
)
Source = tuple[str, str]


@dataclass(slots=True)
class Due:
    """A notice that there must be."""

    crn: str | None
    type: str
    matter: str
    recipient: str
    sources: list[Source]
    updates: int = 0
    is_withdrawn: bool = False


@dataclass(slots=True)
class Supervised:
    """What is known of one person."""

    crn: str
    family_name: str
    born_on: Any
    officers: dict[Source, tuple[datetime, int, str]] = field(default_factory=dict)
    registers: dict[Source, str] = field(default_factory=dict)
    suspect_in: dict[Source, str] = field(default_factory=dict)

    @property
    def officer(self) -> str | None:
        """Return who has the person: the latest assignment that stands."""
        return max(self.officers.values(), default=(None, 0, None), key=lambda each: each[:2])[2]


@dataclass(slots=True)
class Expectation:
    """Everything that must be so once these events were admitted."""

    people: dict[str, Supervised] = field(default_factory=dict)
    dues: list[Due] = field(default_factory=list)
    endings: dict[Source, str] = field(default_factory=dict)
    _by_id: dict[str, Supervised] = field(default_factory=dict)
    _by_name: dict[tuple[str, Any], Supervised] = field(default_factory=dict)
    _dues_of: dict[str, list[Due]] = field(default_factory=lambda: defaultdict(list))
    _away: dict[str, str] = field(default_factory=dict)
    _gone: set[Source] = field(default_factory=set)
    _parties: dict[str, dict[Source, str]] = field(default_factory=lambda: defaultdict(dict))

    def after(self, events: Iterable[Read]) -> Expectation:
        """Go through events in the order of the ledger."""
        for place, event in enumerate(events):
            self.endings[event.key] = self._one(event, place)
        return self

    def _one(self, event: Read, place: int) -> str:
        """Return how one event must end, and keep what follows from it."""
        if event.type.startswith("directory."):
            return self._directory(event)
        retracts, supersedes = event.meta["retracts"], event.meta["supersedes"]
        for target in filter(None, (retracts, supersedes)):
            self._take_back((event.key[0], target))
        if event.key in self._gone or retracts is not None:
            return "recorded"
        if event.type == "case.allocated":
            self._allocate(event)
        person, is_sure = self._who(event)
        if person is None:
            return "recorded"
        if not is_sure:
            matter = f"held:{event.key[0]}:{event.key[1]}"
            self.dues.append(Due(None, "identity_held", matter, DUTY_DESK, [event.key]))
            return "held"
        return self._about(person, event, place)

    def _directory(self, event: Read) -> str:
        """Keep who is away."""
        if event.type == "directory.absence_recorded":
            self._away[event.record["absence_id"]] = event.record["officer"]
        if event.type == "directory.absence_ended":
            self._away.pop(event.record["absence_id"], None)
        return "recorded"

    def _take_back(self, source: Source) -> None:
        """Undo what rests on an event."""
        self._gone.add(source)
        for person in self.people.values() if source in self.endings else ():
            for known in (person.officers, person.registers, person.suspect_in):
                known.pop(source, None)
        for parties in self._parties.values() if source in self.endings else ():
            parties.pop(source, None)
        for due in self.dues if source in self.endings else ():
            if source in due.sources and not due.is_withdrawn:
                due.sources.remove(source)
                due.is_withdrawn = not due.sources
                due.updates += bool(due.sources)

    def _allocate(self, event: Read) -> None:
        """Know a person from here on, by PNC id, CRN, and surname with date of birth."""
        given = event.record["person"]
        ids = [each["value"] for each in given["identifiers"]]
        if any(each in self._by_id for each in ids):
            return
        crn = next(each["value"] for each in given["identifiers"] if each["kind"] == "crn")
        person = Supervised(crn, given["name"]["family_name"], given["born_on"])
        self.people[crn] = person
        self._by_id |= dict.fromkeys(ids, person)
        self._by_name[person.family_name, person.born_on] = person

    def _who(self, event: Read) -> tuple[Supervised | None, bool]:
        """Return who an event is about, and whether that is sure."""
        given = event.record["person"]
        name, born_on = given["name"]["family_name"], given["born_on"]
        ids = [each["value"] for each in given["identifiers"] if each["value"] in self._by_id]
        if not ids:
            return self._by_name.get((name, born_on)), False
        person = self._by_id[ids[0]]
        return person, name == person.family_name or born_on == person.born_on

    def _about(self, person: Supervised, event: Read, place: int) -> str:
        """Keep what an event does to a person's case, and whom it tells."""
        record = event.record
        if event.type == "case.assigned":
            person.officers[event.key] = (record["effective_at"], place, record["officer"])
        elif event.type == "case.registered":
            person.registers[event.key] = record["register"]
        elif event.type in OFFENCE_EVENTS:
            court_case, arrest = record.get("court_case"), record.get("arrest_reference")
            matter = f"court_case:{court_case}" if court_case else f"arrest:{arrest}"
            self._tell(person, "new_offence", matter, event)
            return "routed"
        elif event.type == "police.domestic_abuse_callout" and record["role"] != "witness":
            self._callout(person, event)
            return "routed"
        return "recorded"

    def _callout(self, person: Supervised, event: Read) -> None:
        """Tell of a call-out, of a third one, and of two parties in one team."""
        role, reference = event.record["role"], event.record["callout_reference"]
        matter = f"callout:{reference}"
        self._tell(person, f"domestic_abuse_callout_{role}", matter, event)
        if role == "suspect":
            person.suspect_in[event.key] = matter
            if len(set(person.suspect_in.values())) >= CALLOUTS_TO_MANAGER:
                self._tell(person, "repeat_domestic_abuse_callouts", "repeat_callouts", event)
        parties = self._parties[matter]
        if any(crn != person.crn for crn in parties.values()):
            self._tell(person, "both_parties_supervised", matter, event)
        parties[event.key] = person.crn

    def _tell(self, person: Supervised, kind: str, matter: str, event: Read) -> None:
        """Raise a notice, or bring the one up to date that the recipient has of the matter."""
        is_for_manager = kind in {"repeat_domestic_abuse_callouts", "both_parties_supervised"}
        recipient = MANAGER if is_for_manager else self._recipient(person)
        for due in self._dues_of[person.crn]:
            if (due.type, due.matter, due.recipient) == (kind, matter, recipient):
                if due.is_withdrawn:
                    continue
                due.updates += 1
                due.sources.append(event.key)
                return
        due = Due(person.crn, kind, matter, recipient, [event.key])
        self.dues.append(due)
        self._dues_of[person.crn].append(due)

    def _recipient(self, person: Supervised) -> str:
        """Return the officer, else who covers, else the manager; a desk before assignment."""
        officer = person.officer
        if officer is None:
            return ALLOCATION_DESK
        if not self._is_away(officer):
            return officer
        cover = COVERED[officer]
        return MANAGER if self._is_away(cover) else cover

    def _is_away(self, officer: str) -> bool:
        """Answer whether an officer is on leave."""
        return officer in self._away.values()
