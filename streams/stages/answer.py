"""Answer a notice: read, acknowledged, done; by whom, and what is refused in which words.

Read is not acknowledged and acknowledged is not done. The same answer again is harmless; an answer
to what the officer cannot have seen is refused, so that nobody acknowledges what they never read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from streams.domain.directory_events import Role
from streams.domain.notices import Move, Notice, NoticeState, after
from streams.domain.passage import Note, Told
from streams.domain.rungs import LEAD, MANAGER, Candidate, Standing, named, why_not

ANSWERS: Final = (Move.READ, Move.ACKNOWLEDGE, Move.FINISH)
"""The moves that a named officer makes, in the order in which they are made."""
GIVES: Final[Mapping[Move, NoticeState]] = {
    Move.READ: NoticeState.READ,
    Move.ACKNOWLEDGE: NoticeState.ACKNOWLEDGED,
    Move.FINISH: NoticeState.DONE,
}
BECAUSE_MAX: Final = 1_000
"""Assumed: characters of what was done; more belongs into case management."""
SAY_WHAT: Final = "say what was done, or why nothing was (--because)"
ACKNOWLEDGE_FIRST: Final = "it was not acknowledged yet; acknowledge it first"
TAKEN_BACK: Final = "it was withdrawn: what it said no longer holds, and nobody has to answer it"


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it was given: which, by whom, in which words, to which step of the notice.

    `step` is None where the officer does not say which step they saw.
    """

    move: Move
    by: str
    because: str = ""
    step: int | None = None


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """An answer that was not taken, and why, in words for whoever gave it."""

    words: str


def answer(notice: Notice, given: Given, standing: Standing) -> Told | NoAnswer | None:
    """Take an answer; None where it had been given before, which changes nothing."""
    words = _who(notice, given.by, standing) or _what(notice, given)
    if words:
        return NoAnswer(words)
    if _is_repeat(notice, given.move):
        return None
    state = after(notice.state, given.move)
    if state is None:
        return NoAnswer(ACKNOWLEDGE_FIRST)
    note = Note(given.because.strip(), given.by)
    return Told(replace(notice, state=state, steps=notice.steps + 1), given.move, note)


def answers_as(notice: Notice, officer: str, standing: Standing) -> str | None:
    """Return as what an officer may answer: recipient, cover, manager or desk; None if not at all.

    Whoever covers for the manager or holds the desk's role answers as they would.
    """
    to, directory, at = notice.recipient, standing.directory, standing.at
    if officer == to.officer:
        return "recipient"
    if officer in _covers(to.officer, standing):
        return "cover"
    known = directory.last_known(to.officer, at)
    team_id = (known.team if known else None) or to.team
    team = directory.team(to.provider, team_id, at) if team_id else None
    manager = team.manager if team is not None else None
    if manager is not None and officer in {manager, *_covers(manager, standing)}:
        return MANAGER
    for role in (Role.DUTY_DESK, Role.RESTRICTED_ACCESS_LEAD, *_roles_of(notice)):
        held = directory.role(role, to.provider, at)
        if held is not None and officer in {held.holder, held.cover}:
            return role.value
    return None


def _covers(officer: str, standing: Standing) -> frozenset[str]:
    """Return who stands in for an officer who is away."""
    absence = standing.directory.absence(officer, standing.at)
    return frozenset({absence.cover} if absence and absence.cover else ())


def _roles_of(notice: Notice) -> tuple[Role, ...]:
    """Return the role as whose holder the recipient was reached, if it is one."""
    return tuple(role for role in Role if role.value == notice.recipient.reached_as)


def _who(notice: Notice, by: str, standing: Standing) -> str | None:
    """Say why an officer may not answer, or nothing."""
    to = notice.recipient
    role = answers_as(notice, by, standing)
    if role is None:
        return (
            f"it is with {named(standing, to.officer)} now; only they, their cover, their manager"
            f" or the duty desk can answer it, not {named(standing, by)}"
        )
    if by == to.officer and by not in standing.directory.officers:
        return None
    officer = standing.directory.officer(by, standing.at)
    if officer is None:
        return f"{named(standing, by)} is not in post, and answers nothing"
    reached_as = to.reached_as if by == to.officer else role
    candidate = Candidate(role, LEAD if reached_as == LEAD else role, by, officer.provider)
    reason = why_not(standing, candidate)
    return "they may not see this case" if reason == "is not entitled" else None


def _what(notice: Notice, given: Given) -> str | None:
    """Say why an answer cannot be taken as it is, or nothing."""
    if notice.state is NoticeState.WITHDRAWN:
        return TAKEN_BACK
    if given.step is not None and given.step < notice.said_at_step:
        return (
            f"it has changed since step {given.step}: it is at step {notice.steps} now; read it"
            " again before you answer"
        )
    if given.step is not None and given.step > notice.steps:
        return f"it has no step {given.step} yet; it is at step {notice.steps}"
    if given.move is Move.FINISH and not given.because.strip():
        return SAY_WHAT
    if len(given.because) > BECAUSE_MAX:
        return f"{len(given.because)} characters are too many; {BECAUSE_MAX} can be kept"
    return None


def _is_repeat(notice: Notice, move: Move) -> bool:
    """Answer whether what is answered has been answered, or more than that."""
    given = [each for each in ANSWERS if GIVES[each] is notice.state]
    return bool(given) and ANSWERS.index(given[0]) >= ANSWERS.index(move)
