"""What is said of silence: a check that was not answered in its time, or not asked before it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from msgspec.structs import replace

from streams.domain import check_facts
from streams.domain.check_events import AskedAs, CheckKind
from streams.domain.duties import At, Duty, WorkingDays
from streams.domain.instructions import Addressee, Task, Tell
from streams.domain.notices import Urgency

OVERDUE: Final = "safeguarding_check_overdue"
NOT_ASKED: Final = "safeguarding_check_not_asked"
CHASE_DUE = WorkingDays(1)
"""Assumed: whoever asked rings by the next working day."""


def unanswered(duty: Duty) -> tuple[Tell, ...]:
    """Tell whoever asked, the hub's officer, and then the managers of both.

    Source: FLOWS row 2; rule 5 for the digest where neither abuse nor children are flagged.
    """
    asked = duty.facts
    asker = Tell(
        notice=OVERDUE,
        to=Addressee.NAMED_OFFICER,
        urgency=Urgency.SAME_DAY,
        matter=duty.matter,
        facts=check_facts.silence(asked),
        why="a check that you asked for has not been answered in its time",
        tasks=(Task("Ask again by telephone, and record what was said.", CHASE_DUE),),
        officer=asked["asked_by"],
    )
    if asked["asked_as"] == AskedAs.RESPONSIBLE_OFFICER.value:
        asker = replace(asker, to=Addressee.RESPONSIBLE_OFFICER, officer=None)
    flagged = asked["domestic_abuse_flagged"] or asked["children_flagged"]
    manager = replace(
        asker,
        to=Addressee.MANAGER,
        officer=asked["asked_by"],
        urgency=Urgency.NEXT_WORKING_DAY if flagged else Urgency.DIGEST,
        why="a safeguarding check has not been answered in its time",
        tasks=(),
    )
    return (asker, *_to_hub(asked, asker), manager, replace(manager, officer=None))


def _to_hub(asked: Mapping[str, Any], asker: Tell) -> tuple[Tell, ...]:
    """Tell the hub's officer of silence of children's services, where somebody else asked."""
    theirs = asked["asked_as"] == AskedAs.MASH_OFFICER.value
    if theirs or asked["kind"] != CheckKind.CHILDRENS_SERVICES.value:
        return ()
    why = "a check of children's services has not been answered in its time"
    task = Task("See that the check is answered.", CHASE_DUE)
    hub = replace(asker, to=Addressee.MASH_PROBATION_OFFICER, officer=None)
    return (replace(hub, urgency=Urgency.NEXT_WORKING_DAY, why=why, tasks=(task,)),)


def not_asked(duty: Duty) -> Tell:
    """Tell the court duty officer while there is time to ask."""
    hearing_at = datetime.fromisoformat(duty.facts["hearing_at"])
    return Tell(
        notice=NOT_ASKED,
        to=Addressee.COURT_DUTY_OFFICER,
        urgency=Urgency.SAME_DAY,
        matter=duty.matter,
        facts=check_facts.not_asked(duty.facts),
        why="a hearing is near and no such check has reached us",
        tasks=(Task("Ask now, or record why it need not be asked.", At(hearing_at)),),
    )
