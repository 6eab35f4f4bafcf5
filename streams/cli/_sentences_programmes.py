"""What happened, in a sentence, for the notices of a place on a programme.

The name of a programme is the provider's own and is shown; what the officer wrote to a tutor is
free text and is left out, as everywhere in a command.
"""

from collections.abc import Callable, Mapping
from typing import Final

from streams.cli._words import Facts, day, plain

STEPS: Final = {
    "waiting_listed": "waits for a place that will come too late",
    "not_placed": "was not placed in time",
    "placed": "has a place",
    "started": "has started",
    "session_missed": "missed a session",
    "session_attended": "attended a session that was told as missed",
    "progress_reported": "has a new report",
    "completed": "completed it",
    "withdrawn": "was withdrawn from it",
}
DAYS: Final = (
    ("expected_start_on", "A place is expected on"),
    ("starts_on", "The first session is on"),
    ("started_on", "The start was on"),
    ("session_on", "The session told of last was on"),
    ("ended_on", "The place ended on"),
)
FOR_WORKER: Final = {
    "started": "has started",
    "absent": "was absent",
    "completed": "has completed it",
    "withdrawn": "is on it no more",
}


def _place(facts: Facts) -> str:
    """Name the place, and under what the person attends."""
    under = plain(facts.get("basis"))
    return f"{facts.get('programme')} ({facts.get('episode_reference')}, {under})"


def _session(facts: Facts) -> str:
    """Say what the officer reads of a step."""
    happened = str(facts.get("happened"))
    text = f"On {_place(facts)}: this person {STEPS.get(happened, plain(happened))}."
    text += "".join(f" {words} {day(facts[n])}." for n, words in DAYS if facts.get(n))
    if facts.get("stated_reason"):
        text += f" Reason that they state: {plain(facts['stated_reason'])}."
    if facts.get("withdrawal_reason"):
        text += f" Reason of the provider: {plain(facts['withdrawal_reason'])}."
    if facts.get("absences"):
        text += f" Sessions missed so far: {facts['absences']}."
    if facts.get("report_reference"):
        text += f" Report to ask for: {facts['report_reference']}."
    return f"{text} It is run by {facts.get('run_by')}."


def _not_placed(facts: Facts) -> str:
    """Say what the manager reads where nobody was placed in time."""
    by = f", which was to begin by {day(facts['start_by_on'])}" if facts.get("start_by_on") else ""
    return f"Nobody was placed in time on {_place(facts)}{by}. It is run by {facts.get('run_by')}."


def _worker(facts: Facts) -> str:
    """Say what a women's safety worker reads, which is the minimum."""
    happened = str(facts.get("happened"))
    what = FOR_WORKER.get(happened, plain(happened))
    missed = f" Sessions missed so far: {facts['absences']}." if facts.get("absences") else ""
    return f"The person of place {facts.get('episode_reference')} {what}.{missed}"


def _tutor(facts: Facts) -> str:
    """Say what a tutor reads."""
    text = f"About place {facts.get('episode_reference')}:"
    if facts.get("cause"):
        text += (
            f" the person cannot come from {day(facts.get('from_on'))} ({plain(facts['cause'])})."
        )
    return text + (" There is a safety caution, to read in full." if facts.get("caution") else "")


PROGRAMMES: Final[Mapping[str, Callable[[Facts], str]]] = {
    "programme_session": _session,
    "programme_not_placed": _not_placed,
    "programme_safety_worker": _worker,
    "programme_tutor": _tutor,
}
