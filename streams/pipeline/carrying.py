"""Carry out what a flow says: tell, expect, satisfy or record, for an event or for the clock."""

from datetime import datetime
from typing import Final, assert_never

from msgspec import Struct

from streams.domain.cases import Case
from streams.domain.instructions import (
    Addressee,
    Ask,
    Expect,
    Fact,
    FactKind,
    Instruction,
    Record,
    Satisfy,
    Tell,
    Withdraw,
)
from streams.domain.notices import Move, after, stepped
from streams.domain.passage import Assigned, Opened, Scene, Told
from streams.domain.shown import real_type
from streams.pipeline.values import Rules
from streams.pipeline.work import Work
from streams.stages.assign import assign, desk_of
from streams.stages.follow_up import expect, open_duties, satisfied
from streams.stages.notify import notify

ASKED: Final = "asked"
"""The kind of alarm by which an agency is asked for what it was to send."""


class Moment(Struct, frozen=True):
    """What one event or act is worked through with; `opened` is the event."""

    work: Work
    rules: Rules
    raised_at: datetime
    seq: int
    opened: Opened | None = None

    @property
    def occasion(self) -> str:
        """Name the event by its statement, or the act by its number, which a replay has, too.

        An event's number is not the same in a replay of its feed: repeats use numbers up.
        """
        if self.opened is None:
            return str(self.seq)
        return "\x1f".join((*self.opened.key, self.opened.content.hex()))


def carry_out(instruction: Instruction, scene: Scene, case: Case, moment: Moment) -> list[Told]:
    """Carry out one instruction; return what was told."""
    work = moment.work
    match instruction:
        case Tell():
            return _tell(instruction, scene, case, moment)
        case Expect():
            owner = _owner(instruction, scene, case, work)
            work.open_duty(expect(scene, instruction, owner), moment.seq)
        case Satisfy():
            known, source = work.duties_about(case.person_id), scene.opened.key
            for duty in satisfied(known, instruction, source):
                work.change_duty(duty)
        case Withdraw():
            return _take_back(instruction, case, moment)
        case Ask():
            alarm = (ASKED, scene.opened.event.meta.event_id, instruction.agency)
            work.alarms.append((alarm, instruction.words))
        case Record(because=_, fact=FactKind() as kind, matter=str() as matter):
            happened_at, source = scene.opened.happened_at, scene.opened.key
            work.keep_fact(moment.seq, Fact(case.person_id, kind, matter, happened_at, source))
        case Record():
            pass
        case _:
            assert_never(instruction)
    return []


def _tell(tell: Tell, scene: Scene, case: Case, moment: Moment) -> list[Told]:
    """Tell the first present, entitled person, once of one matter though in two capacities."""
    work = moment.work
    assigned = _reached(tell.to, scene, case, work, officer=tell.officer)
    told = notify(scene, tell, assigned, work.open_notices(case.person_id, tell.matter))
    is_new = not work.has_told(moment.seq, told.notice)
    if is_new:
        work.keep_told(moment.seq, told)
    for duty in open_duties(scene, tell, told.notice):
        work.open_duty(duty, moment.seq)
    return [told] if is_new else []


def _take_back(instruction: Withdraw, case: Case, moment: Moment) -> list[Told]:
    """Take back every notice of a kind about a matter that can still be taken back."""
    told: list[Told] = []
    for notice in moment.work.open_notices(case.person_id, instruction.matter):
        state = after(notice.state, Move.WITHDRAW)
        if real_type(notice) == instruction.notice and state is not None:
            gone = stepped(notice, state)
            told.append(Told(gone, Move.WITHDRAW))
            moment.work.keep_told(moment.seq, told[-1])
    return told


def _owner(expected: Expect, scene: Scene, case: Case, work: Work) -> str:
    """Return who chases what is expected: the officer who asked, else whoever has the person."""
    named = expected.owner is not None
    to = Addressee.NAMED_OFFICER if named else expected.of
    return _reached(to, scene, case, work, officer=expected.owner).recipient.officer


def _reached(
    addressee: Addressee, scene: Scene, case: Case, work: Work, *, officer: str | None = None
) -> Assigned:
    """Return who is told: somebody of the provider that has the person, else the agency's desk."""
    provider, at = scene.opened.agency.held_desk, scene.raised_at
    return assign(case, work.directory, addressee, at, officer=officer) or desk_of(
        work.directory, provider, at, case
    )
