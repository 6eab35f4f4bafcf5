"""A duty passed its time undone: its flow says who is told, or they are told in common words."""

from dataclasses import replace
from hashlib import blake2b
from typing import Final

from msgspec import structs

from streams.domain.acts import DutyFell
from streams.domain.case_events import Rosh
from streams.domain.cases import Case
from streams.domain.duties import Duty, DutyState, SameDay, overdue_matter
from streams.domain.instructions import Addressee, CaseView, Flow, Instruction, Task, Tell
from streams.domain.notices import Urgency
from streams.domain.passage import Opened, Scene
from streams.pipeline.carrying import Moment, carry_out
from streams.pipeline.following import wait_for_duty
from streams.pipeline.run import FACTS_MAX

SAYS_WHO: Final = "Switchboard, which keeps the time"
FEED_LATE: Final = (
    "feed late: what this agency sends has not reached us for over an hour, so the answer may be on"
    " its way; ask the agency directly"
)
IN_COMMON_WORDS: Final = "duty_overdue"
DO_IT: Final = "Do it now, or record why it need not be done."
SEE_TO_IT: Final = "See with the officer that it is done, or record why it need not be."
HIGH: Final = frozenset({Rosh.HIGH, Rosh.VERY_HIGH})


def fall(act: DutyFell, moment: Moment) -> bool:
    """Let a duty fall overdue, once; answer whether it was still open and its time had passed.

    A notice that was acknowledged, and whose duty it was, goes up the ladder again. Where
    supervision has ended nobody has the person: the duty is withdrawn and nobody is told.
    """
    work, at = moment.work, moment.raised_at
    duty = work.duties.get(act.duty_id)
    if duty is None or duty.state is not DutyState.OPEN or duty.due_at > at:
        return False
    case = work.cases[duty.person_id]
    if case.ended_on(at) is not None:
        work.change_duty(structs.replace(duty, state=DutyState.WITHDRAWN))
        return True
    work.change_duty(structs.replace(duty, state=DutyState.OVERDUE))
    flow = next((f for f in moment.rules.flows.values() if f.name == duty.rule), None)
    scene = _scene(act, duty, flow, moment)
    instructions = _instructions(act, duty, flow, moment)
    goes_up = wait_for_duty(duty, moment)
    for instruction in instructions:
        if not (goes_up and _is_for_manager(instruction)):
            carry_out(_late(instruction, act), scene, case, moment)
    return True


def _is_for_manager(instruction: Instruction) -> bool:
    """Answer whether a manager would hear in common words what its own notice has brought them."""
    if not isinstance(instruction, Tell) or instruction.notice != IN_COMMON_WORDS:
        return False
    return instruction.to is Addressee.MANAGER


def _scene(act: DutyFell, duty: Duty, flow: Flow | None, moment: Moment) -> Scene:
    """Set the scene: what the opening event allows to be told, said by us, when time was up.

    Ids are derived from a statement of an event, so this one is that of the event, the duty and the
    instant: a duty stands again where what satisfied it is taken back, and may fall again.
    Raises `LookupError` where the event that opened the duty cannot be read.
    """
    opened = moment.work.openers.get(act.duty_id)
    if opened is None:
        message = f"duty {act.duty_id}: the event that opened it cannot be read"
        raise LookupError(message)
    rules = moment.rules
    fell_at = moment.raised_at.isoformat().encode()
    statement = blake2b(opened.content + duty.id.bytes + fell_at, digest_size=16).digest()
    fallen: Opened = structs.replace(
        opened,
        agency=replace(opened.agency, name=SAYS_WHO),
        content=statement,
        happened_at=duty.due_at,
        is_late=False,
        is_suspect_time=False,
    )
    case = moment.work.cases[duty.person_id]
    rule = (duty.rule, flow.version if flow else 1)
    return Scene(fallen, case, rule, moment.raised_at, rules.calendar, rules.contracted)


def _instructions(
    act: DutyFell, duty: Duty, flow: Flow | None, moment: Moment
) -> tuple[Instruction, ...]:
    """Ask the duty's flow, or else tell the owner and their manager in common words."""
    work = moment.work
    case = work.cases[duty.person_id]
    if flow is None or flow.overdue is None or act.in_common_words:
        return _common(act, duty, case, moment)
    told = structs.replace(duty, facts={**duty.facts, "feed_late": act.feed_late})
    mine = [f for f in work.facts_of_person[case.person_id] if f.kind in flow.fact_kinds]
    view = CaseView(case, duty.due_at, tuple(mine[-FACTS_MAX:]))
    return flow.overdue(told, view, moment.raised_at) or _common(act, duty, case, moment)


def _late(instruction: Instruction, act: DutyFell) -> Instruction:
    """Say in every notice that the feed is late, whatever the flow says."""
    if not act.feed_late or not isinstance(instruction, Tell):
        return instruction
    return structs.replace(instruction, why=f"{instruction.why}; {FEED_LATE}")


def _common(act: DutyFell, duty: Duty, case: Case, moment: Moment) -> tuple[Instruction, ...]:
    """Tell whoever holds the owner's role now, and the manager.

    Source: FLOWS rule 5: a manager is told individually of what is overdue from high risk; the rest
    is in the digest.
    """
    to = _owner_role(duty, case, moment)
    owner = Tell(
        notice=IN_COMMON_WORDS,
        to=to,
        urgency=Urgency.SAME_DAY,
        matter=overdue_matter(duty),
        facts=_facts(act, duty, moment),
        why="something that you were to see to has passed its time and is not recorded as done",
        tasks=(Task(DO_IT, SameDay()),),
        officer=duty.owner if to is Addressee.NAMED_OFFICER else None,
    )
    manager = structs.replace(
        owner,
        to=Addressee.MANAGER,
        urgency=Urgency.SAME_DAY if case.rosh in HIGH else Urgency.DIGEST,
        why="something that an officer of yours was to see to has passed its time",
        tasks=(Task(SEE_TO_IT, SameDay()),),
    )
    return (owner, manager)


def _facts(act: DutyFell, duty: Duty, moment: Moment) -> dict[str, object]:
    """Return the typed part of the notice in common words."""
    agency = moment.rules.register.agencies.get(duty.expected_of or "")
    return {
        "duty": duty.kind,
        "what": duty.what,
        "about": duty.matter,
        "expected_of": agency.name if agency else duty.expected_of,
        "feed_late": act.feed_late,
    }


def _owner_role(duty: Duty, case: Case, moment: Moment) -> Addressee:
    """Return as what the owner has the duty, so that whoever has that role now is told.

    A duty that came with a notice is for the notice's addressee; one without, for the officer who
    asked, or for whoever has the person.
    """
    notice = moment.work.notices.get(duty.notice_id) if duty.notice_id else None
    if notice is not None and notice.addressee != Addressee.NAMED_OFFICER:
        return Addressee(notice.addressee)
    had = any(duty.owner == each.officer for each in case.responsibilities)
    if had or duty.owner not in moment.work.directory.officers:
        return Addressee.RESPONSIBLE_OFFICER
    return Addressee.NAMED_OFFICER
