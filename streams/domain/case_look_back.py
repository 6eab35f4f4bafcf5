"""What an officer who is assigned a person must know of before: checks, call-outs, matters, duties.

Everything is read from what was told and asked about this person; nothing is fetched or computed
about risk. What the sender wants handled with care is left out: it comes with its own notice.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from streams.domain.cases import Responsibility
from streams.domain.checks import ASK_DUTY, WITHDRAWN, Check, checks_in, never_asked
from streams.domain.duties import UNDONE, Duty
from streams.domain.instructions import CaseView
from streams.domain.notices import Notice, NoticeState
from streams.domain.records import HandlingCondition

LOOK_BACK: Final = timedelta(days=365)
"""Source: FLOWS row 1, call-outs of twelve months; assumed for other matters."""
LISTED_MAX: Final = 20
"""Assumed: an officer reads no more of anything than this, the newest of it."""
APART: Final = frozenset({HandlingCondition.DO_NOT_TELL_PERSON, HandlingCondition.NOT_FOR_PROVIDER})
"""Conditions under which a matter is never listed beside others, where its warning would be lost.

Source: FLOWS, withheld table: `do_not_tell_person` is shown first.
"""
AS_SUSPECT: Final = frozenset(
    {"domestic_abuse_callout_suspect", "domestic_abuse_callout_role_unclear"}
)
AS_VICTIM: Final = "domestic_abuse_callout_victim"
MATTERS: Final = frozenset({"new_offence"})


def look_back(
    view: CaseView, now: datetime, *, provider: str, before: Responsibility | None
) -> dict[str, Any]:
    """Return what a notice of an assignment lists for an officer of a provider.

    What was told to another provider is not listed, but for checks: whether it may go from there to
    here is for its own notice. `before` is who had the person until now.
    """
    told = [each for each in view.notices if _may_list(each, now, provider)]
    return {
        "checks": _checks(view, now),
        "callouts": _references(each for each in told if each.type in AS_SUSPECT),
        "callouts_as_victim": len({each.matter for each in told if each.type == AS_VICTIM}),
        "matters": list(dict.fromkeys(n.matter for n in told if n.type in MATTERS))[-LISTED_MAX:],
        "duties": _open(view.duties, told, stays=before is None or before.provider == provider),
    }


def _may_list(notice: Notice, now: datetime, provider: str) -> bool:
    """Answer whether this provider was told it in twelve months, and it stands beside others."""
    return (
        notice.state is not NoticeState.WITHDRAWN
        and notice.recipient.provider == provider
        and notice.occurred_at >= now - LOOK_BACK
        and APART.isdisjoint(notice.handling_conditions)
    )


def _references(notices: Iterable[Notice]) -> list[str]:
    """Return the references of call-outs, each once, the first told first."""
    matters = dict.fromkeys(notice.matter for notice in notices)
    return [matter.partition(":")[2] for matter in matters][-LISTED_MAX:]


def _checks(view: CaseView, now: datetime) -> list[dict[str, Any]]:
    """Return every check that still says something, and each kind of which none was asked."""
    recent = [check for check in checks_in(view.facts) if _is_recent(check, now)]
    missing = [
        {"kind": kind.value, "standing": "never_asked", "outcome": None, "asked_on": None}
        for kind in never_asked(view.facts, now)
        if kind.value not in {check.kind for check in recent}
    ]
    return [*map(_seen, recent[-LISTED_MAX:]), *missing]


def _is_recent(check: Check, now: datetime) -> bool:
    """Answer whether a check was asked or answered in the time over which others are listed."""
    begun = check.asked_at or check.ended_at
    return begun is not None and begun >= now - LOOK_BACK


def _seen(check: Check) -> dict[str, Any]:
    """Return a check as the notice shows it."""
    standing = {None: "unanswered", WITHDRAWN: WITHDRAWN}.get(check.ended, "answered")
    return {
        "kind": check.kind,
        "standing": standing,
        "outcome": check.ended if standing == "answered" else None,
        "asked_on": check.asked_at.date() if check.asked_at else None,
    }


def _open(duties: Iterable[Duty], told: Iterable[Notice], *, stays: bool) -> list[dict[str, Any]]:
    """Return what an officer still has to do, the earliest first; a reply is an agency's to send.

    A duty is listed with its notice; one without where the person `stays` with the provider. Those
    to ask for a check are not: the checks themselves say it.
    """
    shown = {notice.id for notice in told}
    undone = sorted(
        (each.due_at, each.id, each.what)
        for each in duties
        if each.state in UNDONE
        and each.expected_of is None
        and each.kind != ASK_DUTY
        and (stays if each.notice_id is None else each.notice_id in shown)
    )
    return [{"what": what, "due_at": due_at} for due_at, _, what in undone[:LISTED_MAX]]
