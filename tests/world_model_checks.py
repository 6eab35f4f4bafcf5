"""What FLOWS says of safeguarding checks (flow 2) and of allocation and assignment (flow 13).

Every check has a clock; the answer goes to the officer and to whoever else asked. One that was
never asked is a duty: of the court duty officer before the hearing, of the assigned officer after.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from world_model_cases import OFFICER, Past
from world_model_rules import DIGEST, IMMEDIATE, NEXT_DAY, SAME_DAY
from world_model_staff import ALLOCATION_DESK, COURT, MANAGER, MASH, NAMED
from world_model_values import Close, Due, Heard, Owed, Say, TakeBack, Wait

if TYPE_CHECKING:
    from collections.abc import Iterator

    from world_model_rules import Answers, Rule, Scene

ASKED, REPLIED = "safeguarding.check_asked", "safeguarding.check_replied"
GONE: Final = "safeguarding.check_withdrawn"
TO_ASK: Final = "safeguarding_check_asked"
TO_ANSWER: Final = "safeguarding_check_answered"
TO_ASSIGN: Final = "officer_assigned"
REPLY: Final = "safeguarding_check_reply"
KINDS: Final = ("police_callouts", "childrens_services")
STANDS: Final = timedelta(days=90)
NEWS: Final = timedelta(days=14)
"""What took effect longer ago is the record of a caseload, and no news."""
WEEK: Final = timedelta(days=7)
URGENCY: Final = {
    "child_protection_plan": IMMEDIATE,
    "child_in_need": SAME_DAY,
    "known": SAME_DAY,
    "previously_known": NEXT_DAY,
    "cannot_answer": NEXT_DAY,
    "no_trace": DIGEST,
}
OWES: Final = {
    "child_protection_plan": (("safeguarding_acted_on", Due(1)),),
    "child_in_need": (("safeguarding_acted_on", Due(2)),),
    "known": (("check_answer_assessed", Due(2)),),
    "cannot_answer": ((TO_ASK, Due(1)),),
}


@dataclass(slots=True)
class Check:
    """One check: who asked it and when, and how it last ended."""

    asked: Heard | None = None
    ending: str | None = None
    ended_at: datetime | None = None

    def stands(self, now: datetime) -> bool:
        """Answer whether nobody has to ask again."""
        begun = self.asked.happened_at if self.asked else self.ended_at
        is_lost = self.ending in {"withdrawn", "cannot_answer"}
        return begun is not None and not is_lost and begun > now - STANDS


def _matter(heard: Heard) -> str:
    """Name a check."""
    return f"check:{heard['kind']}:{heard['check_reference']}"


def _past(scene: Scene) -> Iterator[Past]:
    """Yield what was heard of checks."""
    return (past for past in scene.case.standing(ASKED, REPLIED, GONE) if past.counts)


def _checks(scene: Scene) -> dict[str, Check]:
    """Return every check by its name, as it stands."""
    checks: dict[str, Check] = {}
    for past in _past(scene):
        heard = past.heard
        check = checks.setdefault(_matter(heard), Check())
        if heard.type == ASKED:
            check.asked = check.asked or heard
        else:
            check.ending = heard["outcome"] or "withdrawn"
            check.ended_at = heard.happened_at
    return checks


def _never_asked(scene: Scene) -> list[str]:
    """Return the kinds of which no check stands."""
    standing = {m.split(":")[1] for m, check in _checks(scene).items() if check.stands(scene.at)}
    return [kind for kind in KINDS if kind not in standing]


def _undone(scene: Scene, name: str, beginning: str = "") -> list[Owed]:
    """Return the duties of a kind that are not done."""
    return [
        duty.owed
        for duty in scene.owed
        if duty.owed.duty == name
        and duty.owed.state in {"open", "overdue"}
        and duty.owed.matter.split(":")[1].startswith(beginning)
    ]


def asked(scene: Scene) -> Answers:
    """A check that is asked is awaited; nobody has to ask for it any more."""
    heard, matter = scene.heard, _matter(scene.heard)
    for owed in _undone(scene, TO_ASK, heard["kind"]):
        yield Close(TO_ASK, owed.matter)
        yield TakeBack("safeguarding_check_not_asked", owed.matter)
    before = _checks(scene).get(matter, Check())
    if before.ending is not None:
        if before.ending != "withdrawn" and _is_anothers(scene, heard):
            yield Say(REPLY, NAMED, URGENCY[before.ending], matter, officer=heard["asked_by"])
        return
    is_own = heard["asked_as"] == OFFICER
    flagged = heard["domestic_abuse_flagged"] or heard["children_flagged"]
    hearing = heard["hearing_at"]
    is_ahead = hearing is not None and hearing > scene.at
    due = Due(at=hearing) if is_ahead else Due(days=1 if flagged else 5)
    yield Wait(TO_ANSWER, matter, due, None if is_own else heard["asked_by"])
    if heard["kind"] == "childrens_services" and heard["asked_as"] != "mash_officer":
        yield Say("safeguarding_check_request", MASH, NEXT_DAY if flagged else DIGEST, matter)


def _is_anothers(scene: Scene, ask: Heard) -> bool:
    """Answer whether whoever asked did not have the person then."""
    has = replace(scene.case, at=ask.happened_at).holder()
    return ask["asked_as"] != OFFICER or has is None or has.officer != ask["asked_by"]


def replied(scene: Scene) -> Answers:
    """An answer goes to the officer, and to whoever else asked."""
    outcome, matter = scene.heard["outcome"], _matter(scene.heard)
    yield Say(REPLY, OFFICER, URGENCY[outcome], matter, OWES.get(outcome, ()))
    openers = [
        d.opened_by for d in scene.owed if (d.owed.duty, d.owed.matter) == (TO_ANSWER, matter)
    ]
    asks = (p.heard for p in scene.case.standing(ASKED) if p.heard.key in openers)
    ask = next(asks, None)
    if ask is not None and _is_anothers(scene, ask):
        yield Say(REPLY, NAMED, URGENCY[outcome], matter, officer=ask["asked_by"])
    yield from withdrawn(scene)


def withdrawn(scene: Scene) -> Answers:
    """Nobody waits any more, and what was said of silence is taken back."""
    matter = _matter(scene.heard)
    yield Close(TO_ANSWER, matter)
    yield TakeBack("safeguarding_check_overdue", matter)
    yield TakeBack("safeguarding_check_request", matter)


def listed(scene: Scene) -> Answers:
    """Before a hearing, each check of which none stands is to be asked in court."""
    ahead = [each for each in scene.heard["sittings"] if each > scene.at]
    for kind in _never_asked(scene) if ahead else ():
        matter, due = f"ask:{kind}:{scene.heard['court_case']}", Due(1, before=min(ahead).date())
        yield Wait(TO_ASK, matter, due, of=COURT)


def allocated(scene: Scene) -> Answers:
    """The allocation desk assigns within two working days after sentence."""
    said, start = scene.heard, scene.heard["effective_at"]
    has = replace(scene.case, at=max(scene.at, start)).holder()
    is_theirs = has is not None and has.provider == said["provider"] and has.officer is None
    if start >= scene.at - NEWS and is_theirs:
        due = Due(2, after=_sentenced_on(scene, start.date()) or start.date())
        matter = f"allocation:{said.key[1]}"
        yield Say("case_allocated", ALLOCATION_DESK, NEXT_DAY, matter, ((TO_ASSIGN, due),))


def _sentenced_on(scene: Scene, latest: date) -> date | None:
    """Return the day of the order behind an allocation, of the week before it."""
    made = {p.heard["order_id"]: p.heard["made_on"] for p in scene.case.standing("case.order_made")}
    return max((day for day in made.values() if latest - WEEK <= day <= latest), default=None)


def assigned(scene: Scene) -> Answers:
    """The officer has one notice for an assignment, and must ask what was never asked."""
    said, start = scene.heard, scene.heard["effective_at"]
    has = replace(scene.case, at=max(scene.at, start)).holder()
    before = replace(scene.case, at=start - timedelta(microseconds=1)).holder()
    is_last = has is not None and (has.officer, has.from_at) == (said["officer"], start)
    if said["role"] != OFFICER or not is_last:
        return
    for owed in _undone(scene, TO_ASSIGN):
        yield Close(TO_ASSIGN, owed.matter)
        yield TakeBack("case_allocated", owed.matter)
    if start >= scene.at - NEWS and (before is None or before.officer != said["officer"]):
        yield from _news(scene)


def _news(scene: Scene) -> Answers:
    """Tell an officer whom they have now; one who begins later is told by name before that."""
    said, event_id = scene.heard, scene.heard.key[1]
    later = said["officer"] if said["effective_at"] > scene.at else None
    matter, missing = f"assignment:{event_id}", _never_asked(scene)
    yield Say("case_assigned", NAMED if later else OFFICER, NEXT_DAY, matter, officer=later)
    for kind in missing:
        yield Wait(TO_ASK, f"ask:{kind}:{event_id}", Due(1), later)
    if missing:
        yield Say("checks_never_asked", MANAGER, DIGEST, matter, officer=said["officer"])


CHECKS: Final[dict[str, Rule]] = {
    ASKED: asked,
    REPLIED: replied,
    GONE: withdrawn,
    "courts.hearing_listed": listed,
    "case.allocated": allocated,
    "case.assigned": assigned,
}
