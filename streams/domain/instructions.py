"""What a flow may answer: tell somebody, expect a reply, satisfy a duty, or record why nobody acts.

The union is closed. A flow looks at one event and one case and answers with these values; who
holds a role, which instant a deadline is, and what is withheld from whom, are not its business.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct

from streams.domain.cases import Case
from streams.domain.duties import Due, Duty
from streams.domain.notices import Notice, Urgency
from streams.domain.records import Event, PersonEvent


class Addressee(StrEnum):
    """To which role of the case or of its provider a notice goes first.

    A named officer is one whom the event itself names: who asked, or who runs the programme. A
    review desk is the desk of whoever may be meant by an event whose person is not certain.
    """

    RESPONSIBLE_OFFICER = "responsible_officer"
    ENFORCEMENT_OFFICER = "enforcement_officer"
    MANAGER = "manager"
    ALLOCATION_DESK = "allocation_desk"
    DUTY_DESK = "duty_desk"
    COURT_DUTY_OFFICER = "court_duty_officer"
    MASH_PROBATION_OFFICER = "mash_probation_officer"
    NAMED_OFFICER = "named_officer"
    REVIEW_DESK = "review_desk"


class FactKind(StrEnum):
    """What flows look back on; one row for each, with the matter it is about."""

    CALLOUT_AS_SUSPECT = "callout_as_suspect"
    CALLOUT_PARTY = "callout_party"
    NO_FURTHER_ACTION = "no_further_action"
    PROGRAMME_PLACED = "programme_placed"
    PROGRAMME_STARTED = "programme_started"
    PROGRAMME_SESSION_MISSED = "programme_session_missed"
    PROGRAMME_SESSION_ATTENDED = "programme_session_attended"
    PROGRAMME_ENDED = "programme_ended"
    SUBSTANCE_TEST_REPORTED = "substance_test_reported"
    SUBSTANCE_TEST_POSITIVE = "substance_test_positive"
    SUBSTANCE_TEST_UNEXPLAINED = "substance_test_unexplained"
    SUBSTANCE_TEST_NOT_POSITIVE = "substance_test_not_positive"
    SUBSTANCE_TEST_NOT_COMPLETED = "substance_test_not_completed"
    CHECK_ASKED = "check_asked"
    CHECK_REPLIED = "check_replied"


class Fact(Struct, frozen=True):
    """Something that happened to a person, kept so that a later event can be seen in its light."""

    person_id: UUID
    kind: FactKind
    matter: str
    occurred_at: datetime
    source: tuple[str, str]


class Task(Struct, frozen=True):
    """Something the recipient must do; one with a `duty` is followed until it is satisfied.

    `due` is None for what holds as long as the notice does, which nobody can follow. A duty without
    a deadline is a `ValueError`, as a defect of the flow.
    """

    what: str
    due: Due | None
    duty: str | None = None

    def __post_init__(self) -> None:
        """Refuse a duty that would never be overdue."""
        if self.duty is not None and self.due is None:
            message = f"duty {self.duty} has no deadline; the flow must set one"
            raise ValueError(message)


class Tell(Struct, frozen=True):
    """Tell an addressee about a matter; a later event of the same matter updates the open notice.

    `facts` is the typed part of the notice's schema. `why` completes "you are told because ...".
    `keeps` names the facts that stand where a later event of the matter says nothing about them.
    `officer` is the id of the officer where the addressee is a named one, or of whose manager is
    meant; without it a manager is that of whoever has the person.
    """

    notice: str
    to: Addressee
    urgency: Urgency
    matter: str
    facts: Mapping[str, Any]
    why: str
    tasks: tuple[Task, ...] = ()
    keeps: frozenset[str] = frozenset()
    officer: str | None = None

    def __post_init__(self) -> None:
        """Refuse a named officer without a name, and a name that nobody would read."""
        if self.to in {Addressee.MANAGER, Addressee.REVIEW_DESK}:
            return
        if (self.to is Addressee.NAMED_OFFICER) != (self.officer is not None):
            message = f"notice {self.notice}: `officer` goes with a named officer, and only there"
            raise ValueError(message)


class Expect(Struct, frozen=True):
    """Expect something about a matter by an instant: a reply of an agency, or an officer's act.

    `owner` is the officer who asked, where the event names one; else whoever is reached as `of`.
    `facts` is what the flow needs to say that it is overdue (JSON values; dates as ISO text).
    """

    duty: str
    what: str
    due: Due
    matter: str
    of_agency: str | None = None
    owner: str | None = None
    facts: Mapping[str, Any] = {}
    of: Addressee = Addressee.RESPONSIBLE_OFFICER


class Satisfy(Struct, frozen=True):
    """Close the open duties of a kind about a matter."""

    duty: str
    matter: str


class Withdraw(Struct, frozen=True):
    """Take back what was told of a matter in a kind of notice: nobody needs it any more."""

    notice: str
    matter: str


class Ask(Struct, frozen=True):
    """Ask an agency's contact for what it was to send, before an officer is told.

    It becomes an alarm, whose `words` carry references of that agency and nothing about the person.
    """

    agency: str
    words: str


class Record(Struct, frozen=True):
    """Nobody has to act, because ...; or a fact to look back on, beside other instructions."""

    because: str
    fact: FactKind | None = None
    matter: str | None = None


Instruction = Tell | Expect | Satisfy | Withdraw | Ask | Record


class CaseView(Struct, frozen=True):
    """What a flow sees: the person's case, what it looks back on, and when the event happened.

    `happened_at` is the agency's time where it can be trusted, else the broker's. `parties` are the
    cases of other supervised people in the same matter (FLOWS rule 8). `duties` and `notices` are
    all there are about the person, for a flow that needs the whole case.
    """

    case: Case
    happened_at: datetime
    facts: tuple[Fact, ...] = ()
    parties: tuple[Case, ...] = ()
    duties: tuple[Duty, ...] = ()
    notices: tuple[Notice, ...] = ()


Decide = Callable[[PersonEvent, CaseView, datetime], tuple[Instruction, ...]]
Overdue = Callable[[Duty, CaseView, datetime], tuple[Instruction, ...]]
"""What a flow says when a duty that it opened passes its time undone.

The duty's facts have one more, `feed_late` (true or false): whether the feed of the agency that was
to reply has been down or behind for so long that the reply may be on its way. Every notice says so
in its reason, whatever the flow says. The view has the facts of the flow, and no other parties.
"""


@dataclass(frozen=True, slots=True)
class Flow:
    """One rule: its events with their models, what it looks back on, and how it decides.

    `matters` names the matters that an event's notices and duties may be about, so that the open
    ones can be loaded; `shared_matter` the one to which other people may be parties. `look_back` is
    how far before the event its facts are of use. `overdue` is asked about a duty that passed its
    time; without it the duty's owner and their manager are told in the common words.
    `looks_on` are events of other flows about which this one decides as well. For `whole_case`
    events the flow sees every notice and duty about the person; they must be rare.
    """

    name: str
    version: int
    events: Mapping[str, type[Event]]
    decide: Decide
    matters: Callable[[PersonEvent], tuple[str, ...]]
    look_back: timedelta = timedelta(0)
    fact_kinds: frozenset[FactKind] = field(default_factory=frozenset)
    shared_matter: Callable[[PersonEvent], str | None] = lambda _event: None
    overdue: Overdue | None = None
    looks_on: Mapping[str, type[Event]] = field(default_factory=dict)
    whole_case: frozenset[str] = frozenset()
