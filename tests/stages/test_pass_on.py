"""Passing on: every state by every move, and ladders that end with somebody entitled."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest
from msgspec.structs import replace
from world_builder import (
    CRC,
    NOW,
    NPS,
    PERSON,
    Said,
    a_county,
    a_team,
    absent,
    assigned,
    callout,
    left,
    restricted,
)
from world_folds import directory, folded
from world_ladder import HELD, STAFF
from world_run import RULES, World

from streams.domain.instructions import Addressee
from streams.domain.ladders import LADDERS, RINGS_OUT_OF_HOURS
from streams.domain.notices import LIFE, Move, Notice, NoticeState, Urgency
from streams.domain.passage import Passing
from streams.domain.rungs import Standing
from streams.stages.pass_on import (
    UNANSWERED,
    climb,
    foot,
    hand_over,
    is_open,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

S = NoticeState


def a_notice(*said: Said, of: str = "domestic_abuse_callout_suspect") -> Notice:
    """Return the notice that a call-out raises in the county."""
    world = World()
    world.send(*a_county(), *(said or (callout(grade="high"),)))
    return world.of_type(of)[0]


NOTICE: Final = a_notice()


def here(*changes: Said, of: Sequence[Said] = HELD, contact: str = "the sender") -> Passing:
    """Return what a notice is passed on with, after changes of staff and case."""
    standing = Standing(folded(*of), directory(*STAFF, *changes), NOW)
    return Passing(standing, RULES.calendar, RULES.contracted, contact)


def raised_for(to: Addressee, **fields: object) -> Notice:
    """Return a notice that is at the foot of an addressee's ladder."""
    ladder = tuple(replace(NOTICE.ladder[0], role=role) for role in LADDERS[to])
    return replace(NOTICE, addressee=to.value, ladder=ladder, **fields)  # type: ignore[arg-type]  # what a test gives


@pytest.mark.parametrize("state", NoticeState)
def test_only_what_the_table_allows_climbs(state: NoticeState) -> None:
    """From every other state nothing moves, and the table says where it goes."""
    told = climb(replace(NOTICE, state=state), here(), UNANSWERED)
    if Move.ESCALATE not in LIFE[state]:
        assert told is None
        return
    assert told is not None
    assert told.notice.state is LIFE[state][Move.ESCALATE]
    assert (told.notice.id, told.notice.steps) == (NOTICE.id, NOTICE.steps + 1)
    assert told.notice.recipient.officer == "MGR01"


@pytest.mark.parametrize("state", NoticeState)
def test_only_what_the_table_allows_is_handed_over(state: NoticeState) -> None:
    """What is done or withdrawn stays where it is."""
    notice = replace(NOTICE, state=state)
    told = hand_over(notice, here(absent(cover="OFF02")))
    if Move.HAND_OVER not in LIFE[state]:
        assert told is None
        return
    assert told is not None
    assert told.notice.state is LIFE[state][Move.HAND_OVER]
    assert (told.notice.recipient.officer, told.notice.rung) == ("OFF02", 1)
    assert told.notice.climbed == 0


@pytest.mark.parametrize("state", NoticeState)
def test_nothing_is_handed_to_whom_has_it(state: NoticeState) -> None:
    """Where everybody is there, nothing moves."""
    assert hand_over(replace(NOTICE, state=state), here()) is None


def test_open_is_what_waits_or_has_a_duty_undone() -> None:
    """What was acknowledged and asks for nothing more is nobody's to hand over."""
    world = World()
    world.send(*a_county(), callout(grade="high"))
    (notice,) = world.notices
    acknowledged = replace(notice, state=S.ACKNOWLEDGED)
    assert is_open(notice, ())
    assert is_open(acknowledged, world.duties)
    assert not is_open(acknowledged, ())
    assert not is_open(replace(notice, state=S.DONE), world.duties)
    assert not is_open(replace(notice, state=S.WITHDRAWN), world.duties)


SITUATIONS: Final[dict[str, tuple[tuple[Said, ...], tuple[Said, ...], str]]] = {
    "all there": ((), HELD, "MGR01"),
    "manager away": ((absent("MGR01"),), HELD, "DESK01"),
    "manager covered": ((absent("MGR01", cover="MGR02"),), HELD, "MGR02"),
    "manager left": ((left("MGR01"),), HELD, "DESK01"),
    "manager unknown": ((a_team(manager="MGR09", effective_at=NOW),), HELD, "DESK01"),
    "desk away": ((absent("MGR01"), absent("DESK01")), HELD, f"duty_desk:{CRC}"),
    "manager kept out": ((), (*HELD, restricted(PERSON, "OFF01", "DESK01")), "DESK01"),
    "all kept out": ((), (*HELD, restricted(PERSON, "OFF01")), "LEAD01"),
    "lead kept out": (
        (left("LEAD01"),),
        (*HELD, restricted(PERSON, "OFF01")),
        f"restricted_access_lead:{CRC}",
    ),
    "nobody has the person": ((), (), "DESK01"),
}


@pytest.mark.parametrize("name", SITUATIONS)
@pytest.mark.parametrize(
    "state", [S.RAISED, S.SENT, S.READ, S.ESCALATED, S.HANDED_OVER, S.REOPENED]
)
def test_the_next_rung_in_every_situation(name: str, state: NoticeState) -> None:
    """Whoever is away, gone, unknown or not entitled is passed, and it is said who and why."""
    changes, of, reached = SITUATIONS[name]
    told = climb(replace(NOTICE, state=state), here(*changes, of=of), UNANSWERED)
    assert told is not None
    assert told.notice.recipient.officer == reached
    assert told.note is not None
    assert told.note.because.startswith(
        "responsible officer Marguerite Oxenholme (OFF01) has not acknowledged it in time"
        if of
        else "responsible officer Marguerite Oxenholme (OFF01)"
    )


def test_who_is_reached_has_the_time_of_the_rung() -> None:
    """An immediate one has an hour of working time, whatever was left of the last."""
    told = climb(NOTICE, here(), UNANSWERED)
    assert told is not None
    assert told.notice.due_at == NOW + timedelta(hours=1)
    next_day = replace(raised_for(Addressee.RESPONSIBLE_OFFICER), urgency=Urgency.NEXT_WORKING_DAY)
    given = hand_over(next_day, here(absent(cover="OFF02")))
    assert given is not None
    assert given.notice.due_at == RULES.calendar.add_working_days(NOW, 1)


def test_the_named_list_does_not_wait_for_the_opening() -> None:
    """What rings out of hours has an hour on the clock on the wall."""
    night = replace(here().standing, at=NOW.replace(hour=22))
    there = replace(here(), standing=night)
    loud = replace(NOTICE, type=min(RINGS_OUT_OF_HOURS))
    for notice, due_at in (
        (NOTICE, NOW.replace(hour=10) + timedelta(days=1)),
        (loud, NOW.replace(hour=23)),
    ):
        told = climb(notice, there, UNANSWERED)
        assert told is not None
        assert told.notice.due_at == due_at


def test_a_provider_that_may_not_read_is_told_whom_to_ask() -> None:
    """What goes from the public service to a contractor says nothing of what happened, and back."""
    kept = replace(
        a_notice(callout(handling_conditions=["not_for_provider"]), of="contact_originator")
    )
    to_nps = here(of=(*HELD, assigned(officer="ENF01", provider=NPS, team=None, effective_at=NOW)))
    told = hand_over(kept, to_nps, anew=True)
    assert told is not None
    assert (told.notice.type, told.notice.whole) == ("domestic_abuse_callout_suspect", None)
    assert told.notice.facts["callout_reference"] == "DA-1"
    back = hand_over(told.notice, here(), anew=True)
    assert back is not None
    assert back.notice.type == "contact_originator"
    assert back.notice.facts == {
        "instead_of": "domestic_abuse_callout_suspect",
        "contact": "the sender",
    }
    assert "call-out" not in back.notice.why_you
    assert back.notice.whole == told.notice.whole or back.notice.whole is not None


def test_an_older_notice_keeps_its_reason() -> None:
    """One that was raised before reasons were kept apart says to the next why it was raised."""
    told = climb(replace(NOTICE, why=""), here(), UNANSWERED)
    assert told is not None
    assert told.notice.why == NOTICE.why != ""


def test_the_foot_of_a_ladder_is_whom_it_is_for() -> None:
    """Also where they are away: what was handed over comes back to them."""
    assert foot(NOTICE, here(absent("OFF01"))) == "OFF01"
    assert foot(replace(NOTICE, addressee="manager"), here()) == "MGR01"
    assert foot(NOTICE, here(of=())) == "DESK01"
