"""Pass a notice on: up the ladder when nobody answers, and to whoever stands in for its recipient.

The ladder was fixed when the notice was raised; who stands on each rung is looked up now. A rung
whose holder is away, gone, not entitled or, when it is rung, without a channel is passed at once,
and nobody is rung twice in a row. The id stays, the recipient and the time move, and what the new
recipient may read is decided again.

Waiting in vain raises the lowest rung that may still be told (`climbed`), so every ladder ends;
being away does not, so that what was handed over comes back.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from msgspec import structs

from streams.domain.duties import UNDONE, Duty
from streams.domain.instructions import Addressee
from streams.domain.ladders import read_by, rung_ends
from streams.domain.notices import Move, Notice, NoticeState, after
from streams.domain.passage import Note, Passing, Told
from streams.domain.reviews import IDENTITY_HELD
from streams.domain.rungs import (
    Candidate,
    candidates,
    desk_provider,
    desks,
    has_channel,
    level,
    named,
    reached,
    why_not,
)
from streams.domain.shown import Reader, real_type, told_anew

UNANSWERED: Final = "has not acknowledged it in time"
NOT_DONE: Final = "has not done in time what it asks"
NOBODY_ANSWERED: Final = "nobody on the ladder has acknowledged it"
RIGHTS: Final = "whose it is by rights is there now"


@dataclass(frozen=True, slots=True)
class _Found:
    """Who is next on a ladder, where they stand on it, and who was passed and why."""

    candidate: Candidate
    rung: int
    passed: tuple[str, ...]


def is_open(notice: Notice, duties: Iterable[Duty]) -> bool:
    """Answer whether somebody must still do something about a notice.

    One that was acknowledged is open as long as a duty that came with it is undone, or nobody has
    decided the review that it tells of: the decision finishes it.
    """
    if notice.state is not NoticeState.ACKNOWLEDGED:
        return notice.waits
    if real_type(notice) == IDENTITY_HELD:
        return True
    return any(duty.notice_id == notice.id and duty.state in UNDONE for duty in duties)


def climb(notice: Notice, passing: Passing, reason: str) -> Told | None:
    """Ring the next rung; None where the notice's life does not allow it.

    At the end of the ladder the recipient stays, and nobody is waited for any more (`is_at_end`).
    `reason` is what the recipient failed to do.
    """
    state = after(notice.state, Move.ESCALATE)
    if state is None:
        return None
    found = _next(notice, passing)
    if found is None:
        ended = structs.replace(notice, state=state, due_at=None, steps=notice.steps + 1)
        return Told(ended, Move.ESCALATE, Note(NOBODY_ANSWERED))
    standing = passing.standing
    hours = notice.ladder[min(found.rung, len(notice.ladder) - 1)].working_hours
    due_at = rung_ends(notice.type, hours, standing.at, passing.calendar)
    was = notice.recipient
    vain = f"{was.reached_as} {named(standing, was.officer)} {reason}"
    passed = replace(found, passed=(vain, *found.passed))
    climbed = structs.replace(notice, state=state, climbed=notice.rung + 1)
    given = _given(climbed, passed, passing, due_at=due_at)
    return Told(given, Move.ESCALATE, _note(notice, given, passed))


def is_at_end(before: Notice, told: Told) -> bool:
    """Answer whether a climb came to the end of the ladder, where operations must be told."""
    return told.move is Move.ESCALATE and told.notice.recipient == before.recipient


def hand_over(
    notice: Notice, passing: Passing, *, because: str = "", anew: bool = False
) -> Told | None:
    """Give a notice to whoever stands where its recipient stood; None if that is the recipient.

    A recipient who is reached as something else now has it anew only if they may read other things.

    `because` says why, where it is not that somebody was passed. `anew` begins at the foot of the
    ladder, for somebody who has the person only now.
    """
    state = after(notice.state, Move.HAND_OVER)
    start = structs.replace(notice, climbed=0) if anew else notice
    if state is None:
        return None
    found = _first(start, passing)
    due_at = read_by(notice.type, notice.urgency, passing.standing.at, passing.calendar)
    passed = (because, *found.passed) if because else found.passed
    since = replace(found, passed=passed)
    given = _given(structs.replace(start, state=state), since, passing, due_at=due_at)
    to, was = given.recipient, notice.recipient
    is_same = (to.officer, to.provider) == (was.officer, was.provider)
    # Who was rung further up and has the person now has it from the foot of a ladder of their own.
    is_same = is_same and given.climbed == notice.climbed
    if is_same and (given.type, given.facts) == (notice.type, notice.facts):
        return None
    return Told(given, Move.HAND_OVER, _note(notice, given, since))


def foot(notice: Notice, passing: Passing) -> str:
    """Return with whom a notice's ladder begins now, whether or not they can be told."""
    return _rungs(notice, passing)[0][1].officer


def _rungs(notice: Notice, passing: Passing) -> list[tuple[int, Candidate]]:
    """Return everybody on a notice's ladder, each with their place on it."""
    standing = passing.standing
    found = candidates(standing, Addressee(notice.addressee), notice.meant)
    if found is None:
        found = desks(standing, desk_provider(standing, notice.recipient))
    roles = tuple(rung.role for rung in notice.ladder)
    return [(level(roles, each), each) for each in found]


def _next(notice: Notice, passing: Passing) -> _Found | None:
    """Return who is rung after the recipient: further up, another, there, entitled, in reach."""
    standing, passed = passing.standing, list[str]()
    for rung, candidate in _rungs(notice, passing):
        if rung <= notice.rung or candidate.officer == notice.recipient.officer:
            continue
        reason = why_not(standing, candidate)
        if reason is None and not has_channel(standing, candidate):
            reason = "is in no directory"
        if reason is None:
            return _Found(candidate, rung, tuple(passed))
        passed.append(f"{candidate.reached_as} {named(standing, candidate.officer)} {reason}")
    return None


def _first(notice: Notice, passing: Passing) -> _Found:
    """Return who has a notice by rights: the first from its lowest rung who may be told.

    Whoever was rung in vain just below is not rung again further up, as cover for their manager.
    """
    standing, passed = passing.standing, list[str]()
    rungs = _rungs(notice, passing)
    # The desk that always exists is the last; a ladder that has climbed past it ends with it.
    lowest = min(notice.climbed, rungs[-1][0])
    in_vain = {each.officer for rung, each in rungs if rung == lowest - 1}
    in_vain -= {rungs[-1][1].officer}
    for rung, candidate in rungs:
        if rung < lowest or candidate.officer in in_vain:
            continue
        reason = why_not(standing, candidate)
        if reason is None:
            return _Found(candidate, rung, tuple(passed))
        passed.append(f"{candidate.reached_as} {named(standing, candidate.officer)} {reason}")
    raise AssertionError  # pragma: no cover - the last of a ladder is always there


def _given(notice: Notice, found: _Found, passing: Passing, *, due_at: datetime | None) -> Notice:
    """Return a notice as its new recipient has it: what they may read, why them, and by when."""
    standing = passing.standing
    recipient = reached(standing, found.candidate)
    reader = Reader(
        recipient.reached_as,
        Addressee(notice.addressee),
        recipient.provider in passing.contracted,
        passing.contact,
        standing.at,
        passing.calendar,
    )
    seen = told_anew(notice, reader)
    return structs.replace(
        seen,
        recipient=recipient,
        rung=found.rung,
        due_at=due_at,
        why_you=_why(recipient.reached_as, found.passed, seen.why),
        restricted=standing.restriction.restricted,
        steps=notice.steps + 1,
        said_at_step=notice.steps + 1,
    )


def _note(before: Notice, given: Notice, found: _Found) -> Note:
    """Say from whom to whom a notice went, and why, for both of them."""
    because = _reasons(found.passed) or RIGHTS
    return Note(because, None, before.recipient.officer, given.recipient.officer)


def _reasons(passed: tuple[str, ...]) -> str:
    """Say who was passed and why; the role comes first and is said in words."""
    roles = (entry.partition(" ") for entry in passed)
    return " and ".join(f"{role.replace('_', ' ')} {rest}" for role, _, rest in roles)


def _why(reached_as: str, passed: tuple[str, ...], why: str) -> str:
    """Say why this recipient now, and who was passed on the way."""
    since = f", since {_reasons(passed)}" if passed else ""
    return f"You are told as {reached_as.replace('_', ' ')}{since}: {why}."
