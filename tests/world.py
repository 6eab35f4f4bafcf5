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

from world_model_cases import Case, Past
from world_model_checks import CHECKS
from world_model_desk import Desk, Duty, Note, Recipient
from world_model_hands import Hands
from world_model_people import People, Person
from world_model_programmes import PROGRAMMES
from world_model_rules import IMMEDIATE, NEXT_DAY, RULES, Answer, Rule, Scene
from world_model_staff import NAMED, REVIEW_DESK, Staff
from world_model_tests import TESTS
from world_model_values import (
    HELD,
    ONE_OF,
    QUARANTINED,
    RECORDED,
    REPEATED,
    ROUTED,
    Close,
    Ending,
    Heard,
    Mark,
    Register,
    Say,
    Source,
    TakeBack,
    Told,
    Wait,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

__all__ = ["Ending", "Heard", "Register", "Told", "World"]

ALL_RULES: Final[Mapping[str, tuple[Rule, ...]]] = {
    name: tuple(rules[name] for rules in (RULES, CHECKS, PROGRAMMES, TESTS) if name in rules)
    for name in {**RULES, **CHECKS, **PROGRAMMES, **TESTS}
}


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
    _perhaps: list[Told] = field(default_factory=list)
    _news: set[tuple[str, ...]] = field(default_factory=set)

    @property
    def _hands(self) -> Hands:
        """Return who has what, and who should have it."""
        return Hands(self.staff, self.desk, self.register, self._perhaps)

    def case(self, person: Person, at: datetime) -> Case:
        """Return the case of a person at an instant, less what was taken back."""
        return Case(person, self._gone, at)

    def hear(self, heard: Heard) -> Ending:
        """Return how one record must end, and remember what follows from it."""
        self.seq += 1
        self._told, self._owed, self._perhaps, self._news = [], [], [], set()
        outcome, about = self._hear(heard)
        duties = tuple(self._owed)
        return Ending(outcome, about, tuple(self._told), duties, tuple(self._perhaps))

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
        were = self._take_back(heard)
        if heard.key in self._taken_back and not was_said:
            self._change_hands(were, heard)
            return RECORDED, None
        return self._of_somebody(heard, were)

    def _of_somebody(self, heard: Heard, were: dict[Person, Case]) -> tuple[str, Person | None]:
        """Take an event about somebody to its end, once what it takes back was undone."""
        is_retraction = heard.meta["retracts"] is not None
        begun = None
        if heard.type == "case.allocated" and not is_retraction:
            begun = self.people.allocated(heard)
        numbers_them = self.register.agencies[heard.agency]["kind"] == "case_management"
        who = self.people.who(heard, numbers_them=numbers_them)
        person, is_sure = (begun, True) if begun is not None else who
        if person is None and heard.ended in {HELD, RECORDED} and self.people.is_unweighed(heard):
            is_sure = heard.ended == RECORDED
        about = person if is_sure else None
        before = None if is_retraction or about is None else were.pop(about, None)
        self._change_hands(were, heard)
        if is_retraction:
            return RECORDED, about
        if not is_sure:
            self._hold(heard)
            return HELD, None
        if about is None:
            return RECORDED, None
        return self._about(about, heard, before or self._as_it_was(about, heard)), about

    def _change_hands(self, were: dict[Person, Case], heard: Heard) -> None:
        """Hand over what is open about people of whose case a part was taken back."""
        for person, was in were.items():
            self._told += self._hands.change(was, self.case(person, heard.raised_at))

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

    def _take_back(self, heard: Heard) -> dict[Person, Case]:
        """Undo what rests on what an event takes back; return the cases as they were."""
        were: dict[Person, Case] = {}
        for target in filter(None, (heard.meta["retracts"], heard.meta["supersedes"])):
            source = (heard.agency, target)
            if source != heard.key:
                self._taken_back.add(source)
            for person in self._about_whom[source]:
                were.setdefault(person, self._as_it_was(person, heard))
                self._gone |= {(source, past.seq) for past in person.past}
            self._told += self.desk.take_back(source)
        return were

    def _as_it_was(self, person: Person, heard: Heard) -> Case:
        """Return a case as it is before this event changes it."""
        return Case(person, frozenset(self._gone), heard.raised_at, self.seq)

    def _hold(self, heard: Heard) -> None:
        """Tell the desk of who is most likely that nobody is sure who an event is about (rule 9).

        Who that is, this model does not weigh: it is the desk of one of them. What a human decides
        about it is an act, which this model does not hear of.
        """
        nobody = Scene(heard, self.case(Person(), heard.raised_at))
        said = [each for rule in ALL_RULES.get(heard.type, ()) for each in rule(nobody)]
        immediate = any(isinstance(each, Say) and each.urgency == IMMEDIATE for each in said)
        matter = f"held:{heard.key[0]}:{heard.key[1]}"
        say = Say("identity_held", REVIEW_DESK, IMMEDIATE if immediate else NEXT_DAY, matter)
        desks = [self._desk_of(each, heard) for each in self.people.maybe(heard)]
        officers = ONE_OF.join(sorted({each.officer for each in desks}))
        about = (None, say.notice, matter, say.to, desks[0]._replace(officer=officers))
        note = Note(*about, say.urgency, [heard.key], heard.conditions)
        note.notice = ONE_OF.join(sorted({self._hands.shown(note, each) for each in desks}))
        self._told.append(self.desk.tell(note)[1])

    def _desk_of(self, person: Person, heard: Heard) -> Recipient:
        """Return who is asked whether an event is about somebody."""
        has = self.case(person, heard.raised_at).holder()
        return self._reached(REVIEW_DESK, person, heard, None if has is None else has.officer)

    def _about(self, person: Person, heard: Heard, before: Case) -> str:
        """Keep what was heard of a person, hand over what is open, and do what the rules say."""
        if self.register.agencies[heard.agency]["kind"] == "case_management":
            self.people.taught(person, heard)
        self._about_whom[heard.key].append(person)
        told, case = len(self._told), self.case(person, heard.raised_at)
        of_case = heard.type.startswith("case.")
        if of_case:
            person.past.append(Past(self.seq, heard))
        self._told += self._hands.change(before, case)
        scene = self._scene(heard, case)
        rules = () if case.is_over else ALL_RULES.get(heard.type, ())
        answers = [answer for rule in rules for answer in rule(scene)]
        if not of_case:
            marks = tuple(each for each in answers if isinstance(each, Mark))
            person.past.append(Past(self.seq, heard, not case.is_over, marks))
        for answer in answers:
            self._do(answer, person, heard)
        return ROUTED if len(self._told) > told else RECORDED

    def _scene(self, heard: Heard, case: Case) -> Scene:
        """Return what a rule looks at, with the cases of all others at the same call-out."""
        owed = tuple(d for d in self.desk.duties[case.person] if d.owed.state != "withdrawn")
        reference = heard["callout_reference"]
        if reference is None:
            return Scene(heard, case, (), owed)
        here = self._at_matter[reference]
        others = [each for each in dict.fromkeys(here) if each is not case.person]
        here.append(case.person)
        return Scene(heard, case, tuple(self.case(each, case.at) for each in others), owed)

    def _do(self, answer: Answer, person: Person, heard: Heard) -> None:
        """Carry out what a rule says."""
        match answer:
            case Say():
                self._say(answer, person, heard)
            case Wait():
                role = NAMED if answer.officer else answer.of
                owner = self._reached(role, person, heard, answer.officer).officer
                self._owed += self.desk.owe(answer, owner, person, heard)
            case Close():
                self.desk.close(person, answer.duty, answer.matter, heard.key)
            case TakeBack():
                self._told += self.desk.withdraw(person, answer.notice, answer.matter)

    def _reached(
        self, to: str, person: Person | None, heard: Heard, named: str | None = None
    ) -> Recipient:
        """Return who is told, and of which provider they are."""
        case = self.case(person or Person(), heard.raised_at)
        return self._hands.whom(case, to, self.register.agencies[heard.agency]["held_desk"], named)

    def _say(self, say: Say, person: Person | None, heard: Heard) -> None:
        """Tell somebody of a matter, once in one event, and open the duties that come with it."""
        to = self._reached(say.to, person, heard, say.officer)
        about = (person, say.notice, say.matter, say.to, to)
        note = Note(*about, say.urgency, [heard.key], heard.conditions, named=say.officer)
        note.notice = self._hands.shown(note, to)
        news = (note.notice, note.real, say.matter, to.officer)
        if news not in self._news:
            note, told = self.desk.tell(note)
            self._told.append(told)
        self._news.add(news)
        for name, due in () if person is None or note.notice != note.real else say.owes:
            wait = Wait(name, say.matter, due)
            self._owed += self.desk.owe(wait, to.officer, person, heard, note=note)


def _is_impossible(heard: Heard) -> bool:
    """Answer whether a number is one that cannot be."""
    record = heard.record or {}
    return any(type(value) is int and value < 0 for value in record.values())
