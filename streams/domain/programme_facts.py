"""What notices say of a place on a programme: to the officer, the safety worker and the tutor.

Each has a notice of its own, composed from what its reader may know and from nothing else. Where
the person attends of their own will, no word of any of them speaks of consequences.
"""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from streams.domain.duties import BeforeDay, SameDay, WorkingDays
from streams.domain.instructions import Addressee, CaseView, FactKind, Task, Tell
from streams.domain.notices import Urgency
from streams.domain.programme_events import (
    EnforceableBasis,
    OfProgramme,
    ProgrammeSuspended,
    Referred,
    SafetyCautionGiven,
    SessionAttended,
    SessionMissed,
)
from streams.domain.records import PersonEvent

SAFETY_WORKER: Final = "programme_safety_worker"
TUTOR: Final = "programme_tutor"
PREPARE_DAYS: Final = 5
"""Source: FLOWS row 3, the officer is told five working days before a start."""
DECIDE_DUE: Final = WorkingDays(5)
"""Source: FLOWS row 14, the officer decides about an absence within five working days."""
SPEAK_DUE: Final = WorkingDays(2)
"""Assumed: an officer speaks with the person before the next weekly session."""
ASK_DUE: Final = WorkingDays(1)
"""Assumed: an officer asks the provider by the next working day."""
PREPARE: Final = "Prepare the person for the start: motivate and encourage them to take part."
"""Source: HMI Probation, Durham 2016 (motivating and encouraging, before and between sessions)."""
DECIDE: Final = "Decide whether the absence was acceptable: nobody else has."
ENFORCE: Final = "Enforcing it is yours: another provider runs the programme and cannot."
"""Source: FLOWS row 3, the officer of the public service must enforce."""
ASK_WHY: Final = "Ask the person what kept them, and encourage them to come to the next session."
DECIDE_NEXT: Final = "Decide what follows, and agree the next step with the person."
SPEAK_OF_NEXT: Final = "Speak with the person about what would help them now."
ASK_WHICH: Final = "Ask the provider which is right: it said first that the session was missed."
ASK_FOR_PLACE: Final = "Ask the provider when there will be a place, and tell the person."
READ_REPORT: Final = "Ask the provider for the report, and speak of it with the person."
SPEAK_TO_TUTOR: Final = "Speak with the tutor: they ask for it."
LOOK_FOR_PLACE: Final = "See with the officer how this person can start."
KEEP_SAFE: Final = "Think what this means for her safety. Nothing of it may reach the person."
BEFORE_SESSION: Final = "Read this before the next session, and speak of it to nobody in the group."

HAS_PLACE: Final = frozenset(
    {FactKind.PROGRAMME_PLACED, FactKind.PROGRAMME_STARTED, FactKind.PROGRAMME_ENDED}
)
"""What is known of a place once there is one, so that none is awaited."""
OF_PLACE: Final = ("episode_reference", "programme", "basis", "run_by")
STANDING: Final = frozenset(
    {
        "absences",
        "ended_on",
        "expected_start_on",
        "report_reference",
        "session_on",
        "started_on",
        "starts_on",
        "stated_reason",
        "withdrawal_reason",
    }
)
"""Facts of a place that stand where a later event does not say them again."""


def matter_of(event: PersonEvent) -> str:
    """Name the place: the provider's reference of one person's time on one programme."""
    return f"programme:{event.value_of('episode_reference')}"


def session_of(event: PersonEvent) -> str:
    """Name one session of the place."""
    return f"{matter_of(event)}:session:{event.value_of('session_reference')}"


def is_voluntary(event: OfProgramme) -> bool:
    """Answer whether the person attends of their own will, so that nothing follows from absence."""
    return event.enforceable_basis is EnforceableBasis.VOLUNTARY


def is_elsewhere(run_by: str, view: CaseView, at: datetime) -> bool:
    """Answer whether another provider has the person than the one that runs the programme."""
    holder = view.case.responsible(at)
    return holder is not None and holder.provider != run_by


def has(view: CaseView, event: PersonEvent, *kinds: FactKind) -> bool:
    """Answer whether something of these kinds is known of the place already."""
    matter = matter_of(event)
    return any(fact.kind in kinds and fact.matter == matter for fact in view.facts)


def missed_before(event: PersonEvent, view: CaseView) -> frozenset[str]:
    """Return the sessions of the place that count as missed by what was known before."""
    of_place = f"{matter_of(event)}:session:"
    kept = [fact for fact in view.facts if fact.matter.startswith(of_place)]
    missed = {f.matter for f in kept if f.kind is FactKind.PROGRAMME_SESSION_MISSED}
    attended = {f.matter for f in kept if f.kind is FactKind.PROGRAMME_SESSION_ATTENDED}
    return frozenset(missed - attended)


def missed_with(event: OfProgramme, view: CaseView) -> frozenset[str]:
    """Return the sessions of the place that count as missed by what this event says too."""
    session = frozenset({session_of(event)})
    match event:
        case SessionMissed():
            return missed_before(event, view) | session
        case SessionAttended():
            return missed_before(event, view) - session
        case _:
            return missed_before(event, view)


def place_of(event: OfProgramme) -> dict[str, Any]:
    """Return which place it is, of which programme, under what and run by whom."""
    return {
        "episode_reference": event.episode_reference,
        "programme": event.programme,
        "basis": event.enforceable_basis.value,
        "run_by": event.run_by,
    }


def facts_of(
    happened: str, event: OfProgramme, view: CaseView, *, elsewhere: bool
) -> dict[str, Any]:
    """Return the typed part of the officer's notice."""
    ended_on = event.value_of("completed_on") or event.value_of("withdrawn_on")
    return {
        **place_of(event),
        "run_by_other_provider": elsewhere,
        "happened": happened,
        "expected_start_on": event.value_of("expected_start_on"),
        "starts_on": event.value_of("starts_on"),
        "started_on": event.value_of("started_on"),
        "session_on": event.value_of("session_on"),
        "stated_reason": _code(event.value_of("stated_reason")),
        "absences": len(missed_with(event, view)),
        "ended_on": ended_on,
        "withdrawal_reason": _code(event.value_of("reason")),
        "report_reference": event.value_of("report_reference"),
    }


def _code(choice: StrEnum | None) -> str | None:
    """Return a choice of a closed list as notices carry it."""
    return None if choice is None else choice.value


def of_wait(event: Referred) -> dict[str, Any]:
    """Return what a duty keeps of a referral, so that it can be told when nobody is placed."""
    start_by_on = event.start_by_on
    return {**place_of(event), "start_by_on": start_by_on.isoformat() if start_by_on else None}


def facts_of_wait(kept: Mapping[str, Any], *, elsewhere: bool) -> dict[str, Any]:
    """Return the typed part of the officer's notice that nobody was placed in time."""
    place = {name: kept[name] for name in OF_PLACE}
    happened = {"run_by_other_provider": elsewhere, "happened": "not_placed"}
    return {**dict.fromkeys(STANDING), **place, **happened, "absences": 0}


def for_manager(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return the typed part of the manager's notice that nobody was placed in time."""
    day = kept["start_by_on"]
    start_by_on = None if day is None else date.fromisoformat(day)
    return {**{name: kept[name] for name in OF_PLACE}, "start_by_on": start_by_on}


def to_safety_worker(happened: str, event: OfProgramme, view: CaseView) -> tuple[Tell, ...]:
    """Tell the women's safety worker whom the event names, if it names one.

    The minimum that she needs: no place, no treatment, no reason, no name of a programme.
    """
    worker = event.value_of("womens_safety_worker")
    if worker is None:
        return ()
    return (
        Tell(
            notice=SAFETY_WORKER,
            to=Addressee.NAMED_OFFICER,
            urgency=Urgency.SAME_DAY,
            matter=matter_of(event),
            facts={
                "episode_reference": event.episode_reference,
                "happened": happened,
                "absences": len(missed_with(event, view)),
            },
            why=f"the provider names {worker} as women's safety worker for this place",
            tasks=(Task(KEEP_SAFE, SameDay()),),
            officer=worker,
        ),
    )


def to_tutor(event: ProgrammeSuspended | SafetyCautionGiven) -> Tell:
    """Tell the tutor whom the officer names; the officer, who says it, is not told."""
    return Tell(
        notice=TUTOR,
        to=Addressee.NAMED_OFFICER,
        urgency=Urgency.SAME_DAY,
        matter=matter_of(event),
        facts={
            "episode_reference": event.episode_reference,
            "cause": _code(event.value_of("cause")),
            "from_on": event.value_of("from_on"),
            "caution": event.value_of("caution"),
        },
        why=f"the responsible officer names {event.tutor} as tutor of this person",
        tasks=(Task(BEFORE_SESSION, SameDay()),),
        keeps=frozenset({"cause", "from_on", "caution"}),
        officer=event.tutor,
    )


def before_start(starts_on: date) -> tuple[Task, ...]:
    """Return what the officer does before a start; what was told too late is due at once."""
    return (Task(PREPARE, BeforeDay(starts_on, PREPARE_DAYS)),)


def after_absence(event: OfProgramme, *, elsewhere: bool) -> tuple[Task, ...]:
    """Return what the officer does about an absence; no rule says what it was."""
    if is_voluntary(event):
        return (Task(ASK_WHY, SPEAK_DUE),)
    return (Task(DECIDE, DECIDE_DUE), *_enforcing(elsewhere=elsewhere))


def after_withdrawal(event: OfProgramme, *, elsewhere: bool) -> tuple[Task, ...]:
    """Return what the officer does when a place ends early."""
    if is_voluntary(event):
        return (Task(SPEAK_OF_NEXT, SPEAK_DUE),)
    return (Task(DECIDE_NEXT, DECIDE_DUE), *_enforcing(elsewhere=elsewhere))


def _enforcing(*, elsewhere: bool) -> tuple[Task, ...]:
    """Return the reminder to who alone can enforce, where the programme is not their provider's."""
    return (Task(ENFORCE, due=None),) if elsewhere else ()
