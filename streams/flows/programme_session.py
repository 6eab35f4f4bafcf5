"""Flow 3: a person is referred to a programme, waits, starts, attends or misses, and ends.

What happens: the provider of the programme publishes each step of a person's place; the responsible
officer tells the tutor, through case management, of a recall, custody or a safety caution.

Who must know, by when: the responsible officer, five working days before a start, to motivate and
encourage the person; of an absence by the next working day, whichever provider runs the programme,
since only they decide about it; of a withdrawal likewise. Where nobody was placed in time the
officer and the manager. A women's safety worker, named by the provider, at the start, from the
second absence on and at the end. The tutor, named by the officer, on the same day. A session that
was attended, and a wait, need nobody. One place has one notice for each of them.

What is withheld: from the safety worker all but that it happened (no place, no treatment, no
reason); from the tutor offences and all that she was told; from everybody the provider's report.
Where the basis is voluntary nothing speaks of enforcement.

Source: FLOWS row 3, rules 2 to 4, the roles; HMI Probation, Durham 2016 ("did not routinely inform
them"). What notices say is composed in `streams.domain.programme_facts`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from streams.domain import programme_facts as facts
from streams.domain.case_events import Rosh
from streams.domain.duties import BeforeDay, Duty, WorkingDays
from streams.domain.instructions import (
    Addressee,
    CaseView,
    Expect,
    FactKind,
    Flow,
    Instruction,
    Record,
    Satisfy,
    Task,
    Tell,
    Withdraw,
)
from streams.domain.notices import Urgency
from streams.domain.programme_events import (
    PROGRAMME_EVENTS,
    Completed,
    OfProgramme,
    Placed,
    ProgrammeSuspended,
    ProgressReported,
    Referred,
    SafetyCautionGiven,
    SessionAttended,
    SessionMissed,
    Started,
    WaitingListed,
    Withdrawn,
)
from streams.domain.programme_facts import (
    HAS_PLACE,
    has,
    matter_of,
    missed_before,
    missed_with,
    session_of,
    to_safety_worker,
    to_tutor,
)
from streams.domain.records import PersonEvent

NAME: Final = "programme_session"
NOT_PLACED: Final = "programme_not_placed"
PLACE: Final = "programme_place"
"""The duty of a provider to place somebody for whom it has a referral."""
PLACE_WITHIN: Final = WorkingDays(30)
"""Assumed: where the referral names no last day; the report found waits of about one month."""
SHORT_NOTICE: Final = timedelta(days=7)
"""Source: FLOWS row 3; five working days are seven days at least."""
ABSENCES_TOLD: Final = 2
"""Source: FLOWS row 3, the second absence."""
HIGH: Final = (Rosh.HIGH, Rosh.VERY_HIGH)
REPORT: Final = (Task(facts.READ_REPORT, facts.SPEAK_DUE),)


@dataclass(frozen=True, slots=True)
class _Said:
    """What the responsible officer is told of one step."""

    happened: str
    urgency: Urgency
    why: str
    tasks: tuple[Task, ...] = ()


def decide(event: PersonEvent, view: CaseView, now: datetime) -> tuple[Instruction, ...]:
    """Decide who must know of a step of a person's place on a programme."""
    match event:
        case Referred() | WaitingListed() | Placed() | Started():
            return _until_start(event, view, now)
        case SessionMissed():
            return _missed(event, view, now)
        case SessionAttended():
            return _attended(event, view, now)
        case ProgressReported():
            return (_progress(event, view, now),)
        case Completed() | Withdrawn():
            return _ended(event, view, now)
        case ProgrammeSuspended() | SafetyCautionGiven():
            return (to_tutor(event),)
        case _:
            message = f"{NAME} does not decide about {type(event).__name__}"
            raise TypeError(message)


def _until_start(
    event: Referred | WaitingListed | Placed | Started, view: CaseView, now: datetime
) -> tuple[Instruction, ...]:
    """Follow a referral to its start; a step that comes after a later one changes nothing."""
    if has(view, event, FactKind.PROGRAMME_ENDED):
        return (Record("came after the end of this place, which was told"),)
    if isinstance(event, Started):
        return _started(event, view, now)
    if isinstance(event, Placed):
        return _placed(event, view, now)
    if has(view, event, *HAS_PLACE):
        return (Record("came after the person had a place, which was told"),)
    if isinstance(event, Referred):
        return _referred(event)
    return (_waiting(event, view, now),)


def _referred(event: Referred) -> tuple[Instruction, ...]:
    """Expect a place early enough for the officer to hear of the start in time."""
    in_time = event.start_by_on
    expected = Expect(
        duty=PLACE,
        what="Place this person on the programme, and say when they start.",
        due=PLACE_WITHIN if in_time is None else BeforeDay(in_time, facts.PREPARE_DAYS),
        matter=matter_of(event),
        of_agency=event.meta.publisher,
        facts=facts.of_wait(event),
    )
    return (Record("referred: nobody has to act until a place is late"), expected)


def _waiting(event: WaitingListed, view: CaseView, now: datetime) -> Instruction:
    """Tell the officer of a wait that will be too long; of another nobody has to know."""
    expected, needed = event.expected_start_on, event.start_by_on
    if expected is None or needed is None or expected <= needed:
        return Record("waits for a place: nobody has to act until it is late")
    why = "the provider expects no place before the day by which this person should start"
    tasks = (Task(facts.ASK_FOR_PLACE, facts.ASK_DUE),)
    said = _Said("waiting_listed", Urgency.NEXT_WORKING_DAY, why, tasks)
    return _to_officer(event, view, now, said)


def _placed(event: Placed, view: CaseView, now: datetime) -> tuple[Instruction, ...]:
    """Tell the officer of the start to come, so that they prepare the person for it."""
    kept = Record("has a place", FactKind.PROGRAMME_PLACED, matter_of(event))
    placed = (*_has_place(event), kept)
    if has(view, event, FactKind.PROGRAMME_STARTED):
        return (Record("came after the start of this place, which was told"), *placed)
    is_soon = event.starts_on - now.date() < SHORT_NOTICE
    urgency = Urgency.SAME_DAY if is_soon else Urgency.NEXT_WORKING_DAY
    why = "a person whom you supervise is to start a programme"
    said = _Said("placed", urgency, why, facts.before_start(event.starts_on))
    return (_to_officer(event, view, now, said), *placed)


def _has_place(event: OfProgramme) -> tuple[Instruction, ...]:
    """Await a place no more, and take back from the manager that there was none."""
    return (Satisfy(PLACE, matter_of(event)), Withdraw(NOT_PLACED, matter_of(event)))


def _started(event: Started, view: CaseView, now: datetime) -> tuple[Instruction, ...]:
    """Tell the safety worker of a start, and the officer where nobody had told them it would be."""
    known = has(view, event, FactKind.PROGRAMME_PLACED)
    why = "a person whom you supervise has started a programme, and nobody had said so before"
    said = _Said("started", Urgency.NEXT_WORKING_DAY, why)
    told = () if known else (_to_officer(event, view, now, said),)
    kept = Record("started, as was told", FactKind.PROGRAMME_STARTED, matter_of(event))
    worker = to_safety_worker("started", event, view)
    return (*told, *worker, *_has_place(event), kept)


def _missed(event: SessionMissed, view: CaseView, now: datetime) -> tuple[Instruction, ...]:
    """Tell the officer of an absence, and no more than that; from the second on, the worker."""
    why = "a person whom you supervise missed a session of a programme"
    tasks = facts.after_absence(event, elsewhere=_is_elsewhere(event, view, now))
    said = _Said("session_missed", Urgency.NEXT_WORKING_DAY, why, tasks)
    is_over = has(view, event, FactKind.PROGRAMME_ENDED)
    tells_worker = len(missed_with(event, view)) >= ABSENCES_TOLD and not is_over
    worker = to_safety_worker("absent", event, view) if tells_worker else ()
    kept = Record("an absence", FactKind.PROGRAMME_SESSION_MISSED, session_of(event))
    return (_to_officer(event, view, now, said), *worker, kept)


def _attended(event: SessionAttended, view: CaseView, now: datetime) -> tuple[Instruction, ...]:
    """Record an attendance; tell the officer of one who was told that the session was missed."""
    if session_of(event) not in missed_before(event, view):
        return (Record("attended: kept on the timeline, nobody has to act"),)
    why = "the provider said that this person missed a session, and now that they attended it"
    tasks = (Task(facts.ASK_WHICH, facts.ASK_DUE),)
    said = _Said("session_attended", Urgency.NEXT_WORKING_DAY, why, tasks)
    kept = Record("attended after all", FactKind.PROGRAMME_SESSION_ATTENDED, session_of(event))
    return (_to_officer(event, view, now, said), kept)


def _progress(event: ProgressReported, view: CaseView, now: datetime) -> Tell:
    """Tell the officer that there is a report, sooner where the tutor asks to speak with them."""
    why = "the provider wrote a report on a person whom you supervise"
    tasks = (Task(facts.SPEAK_TO_TUTOR, facts.ASK_DUE), *REPORT)
    said = (
        _Said("progress_reported", Urgency.NEXT_WORKING_DAY, why, tasks)
        if event.asks_for_contact
        else _Said("progress_reported", Urgency.DIGEST, why, REPORT)
    )
    return _to_officer(event, view, now, said)


def _ended(event: Completed | Withdrawn, view: CaseView, now: datetime) -> tuple[Instruction, ...]:
    """Tell the officer and the safety worker that a place ended, and how."""
    if isinstance(event, Completed):
        why = "a person whom you supervise completed a programme"
        said = _Said("completed", Urgency.DIGEST, why, REPORT)
    else:
        why = "a person whom you supervise was withdrawn from a programme"
        tasks = facts.after_withdrawal(event, elsewhere=_is_elsewhere(event, view, now))
        said = _Said("withdrawn", Urgency.NEXT_WORKING_DAY, why, tasks)
    return (
        _to_officer(event, view, now, said),
        *to_safety_worker(said.happened, event, view),
        *_has_place(event),
        Record("the place ended", FactKind.PROGRAMME_ENDED, matter_of(event)),
    )


def _to_officer(event: OfProgramme, view: CaseView, now: datetime, said: _Said) -> Tell:
    """Tell whoever supervises the person; later steps of the place update the notice."""
    elsewhere = _is_elsewhere(event, view, now)
    return Tell(
        notice=NAME,
        to=Addressee.RESPONSIBLE_OFFICER,
        urgency=said.urgency,
        matter=matter_of(event),
        facts=facts.facts_of(said.happened, event, view, elsewhere=elsewhere),
        why=said.why,
        tasks=said.tasks,
        keeps=facts.STANDING,
    )


def _is_elsewhere(event: OfProgramme, view: CaseView, now: datetime) -> bool:
    """Answer whether the officer is of another provider than the one that runs the programme."""
    return facts.is_elsewhere(event.run_by, view, now)


def overdue(duty: Duty, view: CaseView, now: datetime) -> tuple[Instruction, ...]:
    """Tell the officer and the manager that nobody was placed in time.

    Source: FLOWS rule 5, a manager is told individually of what is overdue from high risk only.
    """
    if any(fact.kind in HAS_PLACE and fact.matter == duty.matter for fact in view.facts):
        return (Record("one of the steps that showed a place was taken back, and others stand"),)
    elsewhere = facts.is_elsewhere(str(duty.facts["run_by"]), view, now)
    officer = Tell(
        notice=NAME,
        to=Addressee.RESPONSIBLE_OFFICER,
        urgency=Urgency.NEXT_WORKING_DAY,
        matter=duty.matter,
        facts=facts.facts_of_wait(duty.facts, elsewhere=elsewhere),
        why="a person whom you supervise was not placed on a programme in time",
        tasks=(Task(facts.ASK_FOR_PLACE, facts.ASK_DUE),),
        keeps=facts.STANDING,
    )
    urgency = Urgency.NEXT_WORKING_DAY if view.case.rosh in HIGH else Urgency.DIGEST
    manager = Tell(
        notice=NOT_PLACED,
        to=Addressee.MANAGER,
        urgency=urgency,
        matter=duty.matter,
        facts=facts.for_manager(duty.facts),
        why="a person whom an officer of yours supervises was not placed on a programme in time",
        tasks=(Task(facts.LOOK_FOR_PLACE, facts.SPEAK_DUE),),
    )
    return (officer, manager)


FLOW: Final = Flow(
    name=NAME,
    version=1,
    events=PROGRAMME_EVENTS,
    decide=decide,
    matters=lambda event: (matter_of(event),),
    fact_kinds=HAS_PLACE | {FactKind.PROGRAMME_SESSION_MISSED, FactKind.PROGRAMME_SESSION_ATTENDED},
    overdue=overdue,
)
