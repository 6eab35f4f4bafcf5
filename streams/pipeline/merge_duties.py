"""What was awaited of the one has come about the other: a merge does what a later event would do.

A check asked under the one number and answered under the other is answered. Only duties are closed
so, and only those of the other; nobody is told again of what they were told when it came.
"""

from collections.abc import Iterable
from uuid import UUID

from streams.domain.duties import UNDONE, Duty
from streams.domain.instructions import Satisfy
from streams.domain.records import PersonEvent
from streams.pipeline.carrying import Moment
from streams.pipeline.run import view_of
from streams.pipeline.values import Admitted
from streams.stages.decide import decide
from streams.stages.follow_up import satisfied


def satisfy_across(person_id: UUID, duties: Iterable[Duty], moment: Moment) -> None:
    """Close the duties of either of two that an event of the other has done.

    `duties` are as they were before the two became one, so that it is known whose each was.
    """
    work = moment.work
    whose = {each.id: each.person_id for each in duties if each.state in UNDONE}
    for event in work.merging.events:
        left = [
            work.duties[each]
            for each, was in whose.items()
            if was != event.person_id and work.duties[each].state in UNDONE
        ]
        for instruction in _said(event, person_id, moment) if left else ():
            for done in satisfied(left, instruction, event.opened.key):
                work.change_duty(done)


def _said(admitted: Admitted, person_id: UUID, moment: Moment) -> list[Satisfy]:
    """Return what an event satisfies now that it is about the one person."""
    work, opened = moment.work, admitted.opened
    event, case = opened.event, work.cases[person_id]
    if admitted.is_undone or not isinstance(event, PersonEvent):
        return []
    return [
        instruction
        for flow in admitted.prepared.flows
        for instruction in decide(
            flow,
            event,
            view_of(case, flow, admitted.prepared, opened.happened_at, work=work),
            moment.raised_at,
        )
        if isinstance(instruction, Satisfy)
    ]
