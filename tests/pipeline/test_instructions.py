"""What a flow says is carried out: whoever it tells, expects of, satisfies or records."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from world_builder import NOW, PERSON, a_county, allocated, arrested, order_made
from world_run import RULES, World, rules

from streams.domain.duties import DutyState, WorkingDays
from streams.domain.instructions import Addressee, Expect, Flow, Record, Satisfy, Task, Tell
from streams.domain.notices import Action, Urgency
from streams.pipeline import Disposition
from streams.stages.decide import SilentFlow

if TYPE_CHECKING:
    from datetime import datetime

    from streams.domain.instructions import CaseView, Instruction
    from streams.domain.records import PersonEvent

DAY = timedelta(days=1)
TASK = Task("Answer.", WorkingDays(1), "answered")
TOLD = Tell(
    notice="both_parties_supervised",
    to=Addressee.RESPONSIBLE_OFFICER,
    urgency=Urgency.DIGEST,
    matter="m",
    facts={},
    why="somebody asked",
    tasks=(TASK,),
)


def a_flow(*instructions: Instruction) -> Flow:
    """Return a flow that answers every arrest alike."""

    def decide(_event: PersonEvent, _view: CaseView, _now: datetime) -> tuple[Instruction, ...]:
        return instructions

    events = {"police.arrested": RULES.models["police.arrested"]}
    return Flow("a_flow", 1, events, decide, lambda _event: ("m",))


def test_a_reply_is_expected_and_satisfied() -> None:
    """An agency's reply is a duty of whoever has the person, until it has come."""
    expect = Expect("reply", "Ask the police.", WorkingDays(1), "m", of_agency="durham-police")
    world = World(rules=rules(a_flow(expect)))
    world.send(*a_county(), arrested())
    (duty,) = world.duties
    assert (duty.owner, duty.expected_of, duty.state) == ("OFF01", "durham-police", DutyState.OPEN)
    world.rules = rules(a_flow(Satisfy("reply", "m")))
    world.send(arrested(reference="AR-2"))
    assert [each.state for each in world.duties] == [DutyState.SATISFIED]
    world.send(arrested(reference="AR-3"))
    assert len(world.duties) == 1


def test_a_reply_about_a_person_whom_nobody_has_is_the_desks() -> None:
    """Somebody chases the reply, whoever has the person."""
    expect = Expect("reply", "Ask the police.", WorkingDays(1), "m", of_agency="durham-police")
    world = World(rules=rules(a_flow(expect)))
    world.send(*a_county()[:-2], allocated(effective_at=NOW + DAY), arrested())
    assert [duty.owner for duty in world.duties] == ["DESK01"]


def test_a_duty_of_a_matter_is_opened_once() -> None:
    """A second event of the matter leaves the duty that stands, with its time."""
    world = World(rules=rules(a_flow(TOLD)))
    world.send(*a_county(), arrested())
    world.send(arrested(reference="AR-2"), at=NOW + DAY)
    (duty,) = world.duties
    assert duty.due_at == NOW.replace(hour=17) + DAY


def test_an_instruction_without_a_deadline_holds_as_long_as_its_notice() -> None:
    """It is shown without a time, opens no duty, and never gets a time from a later event."""
    standing = replace(TOLD, tasks=(Task("Never ring.", due=None), TASK))
    world = World(rules=rules(a_flow(standing)))
    world.send(*a_county(), arrested())
    world.send(arrested(reference="AR-2"), at=NOW + DAY)
    (notice,) = world.notices
    due_at = NOW.replace(hour=17) + DAY
    assert notice.actions == (Action("Never ring."), Action("Answer.", due_at))
    assert [duty.kind for duty in world.duties] == ["answered"]


def test_a_duty_without_a_deadline_is_a_defect() -> None:
    """What would never be overdue is not followed, so that a flow cannot ask for it."""
    with pytest.raises(ValueError, match="duty answered has no deadline"):
        Task("Answer.", due=None, duty="answered")


def test_a_flow_that_says_nothing_is_a_defect() -> None:
    """Silence is not an outcome."""
    world = World(rules=rules(a_flow()))
    with pytest.raises(SilentFlow, match="a_flow"):
        world.send(*a_county(), arrested())


def test_a_record_without_a_fact_only_says_why() -> None:
    """Nothing is kept to look back on but the reason."""
    world = World(rules=rules(a_flow(Record("seen before"))))
    (*_, ended) = world.send(*a_county(), arrested())
    assert (ended.disposition, ended.because) == (Disposition.RECORDED, "seen before")
    assert world.loaded.facts == []


def test_an_event_without_a_flow_is_held_without_haste() -> None:
    """What no rule has cannot be immediate for anybody."""
    world = World()
    world.send(*a_county())
    world.send(order_made().but(person=PERSON.reference()))
    assert world.notices[0].urgency is Urgency.NEXT_WORKING_DAY
