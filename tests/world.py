"""An independent, simple model of who should have been told: written from FLOWS.md.

`World.hear` takes the records of the agencies, in the order in which the ledger admitted them, and
answers for each where it must end, who must be told of what, and who has to do what by when. It
imports neither streams nor connectors, keeps everything it heard, and looks at all of it each time:
slow, and easy to read. Tests compare the running system with it; so does `ledger verify --against`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from world_model_cases import OFFICER, Case, Past
from world_model_desk import Desk, Duty, Note
from world_model_people import People, Person
from world_model_rules import IMMEDIATE, NEXT_DAY, RULES, Rule, Scene
from world_model_staff import DUTY_DESK, NAMED, Staff, reached
from world_model_values import (
    HELD,
    QUARANTINED,
    RECORDED,
    REPEATED,
    ROUTED,
    Close,
    Ending,
    Heard,
    Register,
    Say,
    Source,
    Told,
    Wait,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

__all__ = ["Ending", "Heard", "Register", "Told", "World"]

ALL_RULES: Final[Mapping[str, Rule]] = RULES
NOT_FOR_PROVIDER: Final = "not_for_provider"


@dataclass(slots=True)
class World:
    """Everything that must be so once these records were heard."""

    register: Register
    people: People = field(default_factory=People)
    staff: Staff = field(default_factory=Staff)
    desk: Desk = field(default_factory=Desk)
    seq: int = 0
    _said: dict[Source, list[Any]] = field(default_factory=lambda: defaultdict(list))
    _about_whom: dict[Source, list[Person]] = field(default_factory=lambda: defaultdict(list))
    _at_matter: dict[str, list[Person]] = field(default_factory=lambda: defaultdict(list))
    _taken_back: set[Source] = field(default_factory=set)
    _gone: set[tuple[Source, int]] = field(default_factory=set)
    _told: list[Told] = field(default_factory=list)
    _owed: list[Duty] = field(default_factory=list)
    _news: set[tuple[str, str, str]] = field(default_factory=set)

    def case(self, person: Person, at: datetime) -> Case:
        """Return the case of a person at an instant, less what was taken back."""
        return Case(person, self._gone, at)

    def hear(self, heard: Heard) -> Ending:
        """Return how one record must end, and remember what follows from it."""
        self.seq += 1
        self._told, self._owed, self._news = [], [], set()
        outcome, about = self._hear(heard)
        return Ending(outcome, about, tuple(self._told), tuple(self._owed))

    def _hear(self, heard: Heard) -> tuple[str, Person | None]:
        """Take one record to its end: how it ends, and about whom it is."""
        refused = self._refused(heard)
        if refused is not None:
            return refused, None
        was_said = bool(self._said[heard.key])
        self._said[heard.key].append(heard.content)
        if heard.type.startswith("directory."):
            self.staff.hear(self.seq, heard)
            return RECORDED, None
        retracts, supersedes = heard.meta["retracts"], heard.meta["supersedes"]
        for target in filter(None, (retracts, supersedes)):
            self._take_back((heard.agency, target), heard)
        if heard.key in self._taken_back and not was_said:
            return RECORDED, None
        if heard.type == "case.allocated" and retracts is None:
            self.people.allocated(heard)
        person, is_sure = self.people.who(heard)
        if retracts is not None:
            return RECORDED, person if is_sure else None
        if not is_sure:
            self._hold(heard)
            return HELD, None
        return (RECORDED, None) if person is None else (self._about(person, heard), person)

    def _refused(self, heard: Heard) -> str | None:
        """Return how a record ends that is no event, not this agency's to send, or no news."""
        if heard.record is None or not self.register.may_say(heard) or _is_impossible(heard):
            return QUARANTINED
        said = self._said[heard.key]
        if heard.content in said:
            return REPEATED
        if said and heard.meta["supersedes"] != heard.key[1]:
            return QUARANTINED
        is_directory = heard.type.startswith("directory.")
        return QUARANTINED if is_directory and heard.meta["retracts"] is not None else None

    def _take_back(self, source: Source, heard: Heard) -> None:
        """Undo what rests on an event: in the past of its person, in notices and in duties."""
        if source != heard.key:
            self._taken_back.add(source)
        for person in self._about_whom[source]:
            self._gone |= {(source, past.seq) for past in person.past}
        self._told += self.desk.take_back(source)

    def _hold(self, heard: Heard) -> None:
        """Tell the agency's desk that nobody is sure who an event is about (rule 9)."""
        rule, nobody = ALL_RULES.get(heard.type), self.case(Person(), heard.raised_at)
        said = list(rule(Scene(heard, nobody, ()))) if rule else []
        immediate = any(isinstance(each, Say) and each.urgency == IMMEDIATE for each in said)
        matter = f"held:{heard.key[0]}:{heard.key[1]}"
        say = Say("identity_held", DUTY_DESK, IMMEDIATE if immediate else NEXT_DAY, matter)
        self._say(say, None, heard)

    def _about(self, person: Person, heard: Heard) -> str:
        """Keep what was heard of a person, and do what the rules say."""
        if self.register.agencies[heard.agency]["kind"] == "case_management":
            self.people.taught(person, heard)
        self._about_whom[heard.key].append(person)
        case, of_case = self.case(person, heard.raised_at), heard.type.startswith("case.")
        if of_case:
            person.past.append(Past(self.seq, heard))
        rule, counts = ALL_RULES.get(heard.type), not case.is_over
        answers = list(rule(self._scene(heard, case))) if rule and counts else []
        if not of_case:
            person.past.append(Past(self.seq, heard, counts))
        for answer in answers:
            self._do(answer, person, heard)
        return ROUTED if any(isinstance(each, Say) for each in answers) else RECORDED

    def _scene(self, heard: Heard, case: Case) -> Scene:
        """Return what a rule looks at, with the cases of all others at the same call-out."""
        reference = heard["callout_reference"]
        if reference is None:
            return Scene(heard, case, ())
        here = self._at_matter[reference]
        others = [each for each in dict.fromkeys(here) if each is not case.person]
        here.append(case.person)
        return Scene(heard, case, tuple(self.case(each, case.at) for each in others))

    def _do(self, answer: Say | Wait | Close, person: Person, heard: Heard) -> None:
        """Carry out what a rule says."""
        match answer:
            case Say():
                self._say(answer, person, heard)
            case Wait():
                role = NAMED if answer.officer else OFFICER
                owner = self._reached(role, person, heard, answer.officer)[0]
                self._owed += self.desk.owe(answer, owner, person, heard)
            case Close():
                self.desk.close(person, answer.duty, answer.matter)

    def _reached(
        self, to: str, person: Person | None, heard: Heard, named: str | None = None
    ) -> tuple[str, str]:
        """Return who is told, and of which provider they are."""
        case = self.case(person or Person(), heard.raised_at)
        desk = self.register.agencies[heard.agency]["held_desk"]
        who = reached(self.staff, case, to, desk, named=named)
        entry = self.staff.officer(who.officer, heard.raised_at)
        return who.officer, (entry and entry["provider"]) or who.provider

    def _say(self, say: Say, person: Person | None, heard: Heard) -> None:
        """Tell somebody of a matter, once in one event, and open the duties that come with it."""
        to = self._reached(say.to, person, heard, say.officer)
        is_kept_back = to[1] in self.register.contracted and NOT_FOR_PROVIDER in heard.conditions
        notice = "contact_originator" if is_kept_back else say.notice
        news = (notice, say.matter, to[0])
        if news not in self._news:
            about = (person, notice, say.matter, say.to, to)
            self._told.append(
                self.desk.tell(Note(*about, say.urgency, [heard.key], heard.conditions))
            )
        self._news.add(news)
        for name, due in () if is_kept_back or person is None else say.owes:
            wait = Wait(name, say.matter, due)
            self._owed += self.desk.owe(wait, to[0], person, heard)


def _is_impossible(heard: Heard) -> bool:
    """Answer whether a number is one that cannot be."""
    record = heard.record or {}
    return any(type(value) is int and value < 0 for value in record.values())
