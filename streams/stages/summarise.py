"""Summarise for people who stand in, come back or lose a case: one notice, whatever was moved.

Source: FLOWS flow 6 (cover gets open and unread items with a summary; no cover, the manager at
once; on return, what happened) and rule 5 (at most 25 lines).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from streams.domain.agencies import Gateway
from streams.domain.calendar import WorkingCalendar
from streams.domain.instructions import Addressee
from streams.domain.ladders import LADDERS, RUNG_HOURS, read_by
from streams.domain.notices import (
    UNREAD,
    URGENCY_ORDER,
    Action,
    Notice,
    NoticeState,
    Rung,
    Urgency,
    notice_id,
)
from streams.domain.passage import Assigned
from streams.domain.records import Handling, Nature

RULE: Final = ("officer_absence", 1)
OURSELVES: Final = "switchboard"
SAYS_WHO: Final = "Switchboard, from the staff directory"
LINES_MAX: Final = 25
"""Source: FLOWS rule 5; the rest is counted."""
COVER_SUMMARY: Final = "cover_summary"
ABSENCE_WITHOUT_COVER: Final = "absence_without_cover"
OFFICER_LEFT: Final = "officer_left"
RETURNED_SUMMARY: Final = "returned_summary"
CASE_HANDED_OVER: Final = "case_handed_over"


@dataclass(frozen=True, slots=True)
class Summary:
    """What is summarised: for which officer's ladder, as which type, about which occasion.

    `meant` is the officer with whom the ladder begins; who is told is the first of it who is there.
    `occasion` tells this summary from every other about the same officer.
    """

    type: str
    matter: str
    meant: str
    urgency: Urgency
    occurred_at: datetime
    why: str
    facts: Mapping[str, Any]
    occasion: str
    actions: tuple[Action, ...] = ()
    person_id: UUID | None = None
    crn: str | None = None
    restricted: bool = field(default=False, kw_only=True)
    rule: tuple[str, int] = field(default=RULE, kw_only=True)
    says_who: str = field(default=SAYS_WHO, kw_only=True)


def summarise(
    summary: Summary, assigned: Assigned, at: datetime, calendar: WorkingCalendar
) -> Notice:
    """Compose the notice of a summary; it says what happened by counts, codes and references."""
    to = assigned.recipient
    source, about = (OURSELVES, summary.matter), str(summary.person_id)
    occasion = f"{to.officer}\x1f{summary.type}\x1f{summary.occasion}"
    ladder = LADDERS[Addressee.NAMED_OFFICER]
    return Notice(
        id=notice_id(source, summary.rule, about, occasion),
        type=summary.type,
        rule=summary.rule[0],
        rule_version=summary.rule[1],
        matter=summary.matter,
        person_id=summary.person_id,
        crn=summary.crn,
        recipient=to,
        addressee=Addressee.NAMED_OFFICER.value,
        state=NoticeState.RAISED,
        urgency=summary.urgency,
        raised_at=at,
        due_at=read_by(summary.type, summary.urgency, at, calendar),
        why_you=_why(assigned, summary.why),
        says_who=summary.says_who,
        nature=Nature.FACT,
        occurred_at=summary.occurred_at,
        gateway=Gateway.OFFENDER_MANAGEMENT_ACT,
        handling=Handling.OFFICIAL_SENSITIVE,
        sources=(),
        ladder=tuple(Rung(role, RUNG_HOURS[summary.urgency]) for role in ladder),
        actions=summary.actions,
        facts=summary.facts,
        restricted=summary.restricted,
        why=summary.why,
        meant=summary.meant,
        rung=assigned.rung,
    )


def items(notices: Sequence[Notice], states: Mapping[UUID, NoticeState]) -> dict[str, Any]:
    """Count what is open and unread, and list it, the most urgent first, as far as it fits.

    `states` are those from before anything was handed over.
    """
    ordered = sorted(notices, key=_order)
    unread = sum(states.get(each.id, each.state) in UNREAD for each in notices)
    return {"items": len(ordered), "unread": unread, **lines(ordered)}


def lines(ordered: Iterable[Notice]) -> dict[str, Any]:
    """List notices by reference and code, and count the rest."""
    known = list(ordered)
    return {
        "lines": [_line(each) for each in known[:LINES_MAX]],
        "more": len(known[LINES_MAX:]),
    }


def _line(notice: Notice) -> dict[str, Any]:
    """Say of one notice what it is, whose, how urgent, where it stands and who has it."""
    return {
        "notice_id": str(notice.id),
        "crn": notice.crn,
        "notice_type": notice.type,
        "urgency": notice.urgency.value,
        "state": notice.state.value,
        "due_at": notice.due_at,
        "with_officer": notice.recipient.officer,
    }


def _order(notice: Notice) -> tuple[int, bool, datetime, UUID]:
    """Order notices by urgency, then by when they must be acknowledged."""
    due = notice.due_at
    return (URGENCY_ORDER.index(notice.urgency), due is None, due or notice.raised_at, notice.id)


def _why(assigned: Assigned, why: str) -> str:
    """Say why this recipient, and who was passed on the way."""
    roles = (entry.partition(" ") for entry in assigned.passed)
    reasons = " and ".join(f"{role.replace('_', ' ')} {rest}" for role, _, rest in roles)
    since = f", since {reasons}" if reasons else ""
    return f"You are told as {assigned.recipient.reached_as.replace('_', ' ')}{since}: {why}."
