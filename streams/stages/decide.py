"""Decide which flow has the event, and what its rule says.

Every event ends somewhere. One that no flow has is recorded with the reason; a flow that answers
with nothing has a defect, since silence is not an outcome.
"""

from collections.abc import Mapping
from datetime import datetime

from streams.domain.instructions import CaseView, Flow, Instruction, Record, Tell
from streams.domain.notices import Urgency
from streams.domain.passage import FlowsByType
from streams.domain.records import PersonEvent


class SilentFlow(Exception):
    """A flow answered with no instruction; the message names flow and event type."""


def decide(
    flow: Flow | None, event: PersonEvent, view: CaseView, now: datetime
) -> tuple[Instruction, ...]:
    """Return a flow's instructions, or the reason why nobody has to act."""
    ended_on = view.case.ended_on(now)
    if flow is None:
        return (Record("applied to the case; nobody has to act"),)
    if ended_on is not None:
        return (Record(f"supervision ended on {ended_on.isoformat()}; nobody has the person now"),)
    instructions = flow.decide(event, view, now)
    if not instructions:
        message = f"flow {flow.name} gave no instruction for {type(event).__name__}"
        raise SilentFlow(message)
    return instructions


def is_immediate(flow: Flow, event: PersonEvent, view: CaseView, now: datetime) -> bool:
    """Answer whether a flow would tell anybody of an event immediately."""
    told = (i for i in decide(flow, event, view, now) if isinstance(i, Tell))
    return any(tell.urgency is Urgency.IMMEDIATE for tell in told)


def by_type(flows: tuple[Flow, ...]) -> FlowsByType:
    """Index flows by event type; one type belongs to one flow, else a `ValueError` names both."""
    index: dict[str, Flow] = {}
    for flow in flows:
        for event_type in flow.events:
            if event_type in index:
                message = f"{event_type} belongs to {index[event_type].name} and to {flow.name}"
                raise ValueError(message)
            index[event_type] = flow
    return index


def onlookers(flows: tuple[Flow, ...]) -> Mapping[str, tuple[Flow, ...]]:
    """Index by event type the flows that look on, where another flow has the event."""
    types = sorted({event_type for flow in flows for event_type in flow.looks_on})
    return {each: tuple(flow for flow in flows if each in flow.looks_on) for each in types}
