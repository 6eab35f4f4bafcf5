"""Acts on a real ledger: a duty falls overdue once, and whoever has it now is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

import pytest
from world_builder import (
    NOW,
    absent,
    assigned,
    callout,
    order_ended,
    order_made,
)

from streams.domain.acts import DutyFell, from_bytes, kind_of, to_bytes
from streams.domain.duties import SameDay
from streams.domain.instructions import Expect
from streams.domain.notice_acts import Answered
from streams.domain.notices import Move
from streams.flows import domestic_abuse_callout
from streams.ledger.acting import CLOCK_CHAIN, DESK_CHAIN, Acted, Actor
from streams.ledger.verify import verify

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from fixtures.ledger import Story

    from streams.domain.acts import Act
    from streams.domain.duties import Duty
    from streams.domain.instructions import CaseView, Instruction
    from streams.domain.notices import Notice

LATER: Final = NOW + timedelta(days=14)
"""When every duty of a call-out has passed its time."""


def act(story: Story, *acts: Act, at: datetime = LATER) -> Acted:
    """Let the clock do acts on a story's ledger."""
    return Actor(story.session, story.engine.ledger.rules, CLOCK_CHAIN).act(acts, at)


def duties(story: Story) -> list[UUID]:
    """Return the ids of the duties, by kind."""
    return [row[0] for row in story.rows("SELECT id FROM duty ORDER BY kind")]


def fell(ids: Sequence[UUID], **fields: bool) -> list[DutyFell]:
    """Let duties have fallen."""
    return [DutyFell(each, **fields) for each in ids]


def test_a_duty_falls_once(story: Story) -> None:
    """The officer and their manager are told, each once, however often the clock says so."""
    story.given(callout())
    first, *_ = duties(story)
    assert len(act(story, DutyFell(first), DutyFell(first)).acts) == 1
    assert act(story, DutyFell(first)) == Acted()
    assert story.came_out() == [
        "duty home_visit_considered of OFF01: overdue",
        "raised: duty_overdue to MGR01",
        "raised: duty_overdue to OFF01",
    ]


def test_each_duty_of_a_matter_has_its_own_notice(story: Story) -> None:
    """Two duties of one call-out are two things to do, and neither hides the other."""
    story.given(callout())
    act(story, *fell(duties(story)))
    told = [each for each in story.notices if each.type == "duty_overdue"]
    assert sorted((each.recipient.officer, each.facts["duty"]) for each in told) == [
        ("MGR01", "home_visit_considered"),
        ("MGR01", "risk_reviewed"),
        ("OFF01", "home_visit_considered"),
        ("OFF01", "risk_reviewed"),
    ]


def test_what_is_not_due_does_not_fall(story: Story) -> None:
    """An act that does not apply leaves nothing behind, neither act nor entry in the audit."""
    story.given(callout())
    assert act(story, *fell(duties(story)), at=NOW) == Acted()
    assert act(story, DutyFell(UUID(int=7))) == Acted()
    assert story.came_out() == []
    assert story.rows("SELECT seq FROM act") == []
    assert story.rows("SELECT number FROM audit WHERE chain = %s", CLOCK_CHAIN) == []


def test_whoever_has_the_role_now_is_told(story: Story) -> None:
    """A duty goes with the person to the officer who has them, and so does what is told of it."""
    story.given(callout(), assigned(officer="OFF02", at=NOW))
    act(story, DutyFell(duties(story)[0]))
    assert story.came_out() == [
        "duty home_visit_considered of OFF02: overdue",
        "raised: duty_overdue to MGR01",
        "raised: duty_overdue to OFF02",
    ]


def test_the_ladder_is_that_of_any_notice(story: Story) -> None:
    """While the officer is away, cover is told; the notice says why, when, and who says so."""
    story.given(callout(), absent("OFF01", cover="OFF02"))
    act(story, DutyFell(duties(story)[0], feed_late=True))
    notice = next(each for each in story.notices if each.recipient.officer == "OFF02")
    assert notice.recipient.reached_as == "cover"
    assert "feed late" in notice.why_you
    assert notice.facts["feed_late"] is True
    assert notice.says_who.startswith("Switchboard")
    due = story.rows("SELECT due_at FROM duty WHERE kind = 'home_visit_considered'")
    assert (notice.occurred_at,) in due
    assert notice.raised_at == LATER


def test_a_retraction_takes_back_what_fell(story: Story) -> None:
    """What the event had opened is withdrawn though overdue, and so is what was told of it."""
    said = callout()
    story.given(said)
    act(story, DutyFell(duties(story)[0]))
    story.given()
    story.when(said.retracted(), at=LATER)
    assert {each.state.value for each in story.notices} == {"withdrawn"}
    assert {row[0] for row in story.rows("SELECT state FROM duty")} == {"withdrawn"}


def test_nobody_is_told_after_supervision_has_ended(story: Story) -> None:
    """Nobody has the person then: the duty is withdrawn."""
    story.given(order_made(), callout(), order_ended(ended_on=NOW.date(), at=NOW))
    act(story, DutyFell(duties(story)[0]))
    assert story.came_out() == ["duty home_visit_considered of OFF01: withdrawn"]


def test_a_flow_says_itself_what_is_overdue(story: Story) -> None:
    """It is asked about its own duty, with what the duty keeps and whether the feed is late."""
    seen = []

    def overdue(duty: Duty, view: CaseView, now: datetime) -> tuple[Instruction, ...]:
        """Keep what was asked, and expect something else."""
        seen.append((duty.facts, view.case.person_id == duty.person_id, now))
        return (Expect("chased", "Chase it.", SameDay(), duty.matter, facts={"of": duty.kind}),)

    story.with_rules(replace(domestic_abuse_callout.FLOW, overdue=overdue))
    story.given(callout())
    first, *_ = duties(story)
    act(story, DutyFell(first, feed_late=True))
    assert seen == [({"feed_late": True}, True, LATER)]
    assert story.came_out() == [
        "duty chased of OFF01: open",
        "duty home_visit_considered of OFF01: overdue",
    ]
    assert story.rows("SELECT facts FROM duty WHERE kind = 'chased'") == [
        (b'{"of":"home_visit_considered"}',)
    ]
    (chased,) = story.rows("SELECT id FROM duty WHERE kind = 'chased'")
    act(story, DutyFell(chased[0], in_common_words=True), at=LATER + timedelta(days=7))
    assert len(seen) == 1
    assert "raised: duty_overdue to OFF01" in story.came_out()


def test_acts_are_kept_as_they_were_done(story: Story) -> None:
    """Kind and body give the act again, and the audit names it by number, ids and a digest."""
    story.given(callout())
    done = act(story, *fell(duties(story), feed_late=True))
    rows = story.rows("SELECT seq, kind, body FROM act ORDER BY seq")
    assert [(seq, from_bytes(kind, bytes(body))) for seq, kind, body in rows] == list(done.acts)
    assert [to_bytes(each) for _, each in done.acts] == [bytes(row[2]) for row in rows]
    assert {kind_of(each) for _, each in done.acts} == {"duty_fell"}
    assert story.rows("SELECT length FROM audit_head WHERE chain = %s", CLOCK_CHAIN) == [(2,)]
    assert list(verify(story.session, lambda _: None)) == []


def answered(story: Story, notice: Notice, *moves: Move) -> None:
    """Let the officer of a notice answer it."""
    desk = Actor(story.session, story.engine.ledger.rules, DESK_CHAIN)
    for move in moves:
        desk.act([Answered(notice.id, move, notice.recipient.officer, "done")], LATER)


def overdue_states(story: Story) -> dict[tuple[str, str], str]:
    """Return the state of each notice that something is overdue, by recipient and duty."""
    return {
        (each.recipient.officer, each.facts["duty"]): each.state.value
        for each in story.notices
        if each.type == "duty_overdue"
    }


@pytest.mark.parametrize("by_overdue", [True, False])
def test_who_finishes_either_notice_has_done_the_duty(story: Story, *, by_overdue: bool) -> None:
    """The one that brought it or the one that it is overdue: what is left of the others goes."""
    story.given(callout())
    act(story, *fell(duties(story)))
    brought = story.notice("domestic_abuse_callout_suspect")
    about_visit = next(
        each
        for each in story.notices
        if each.facts.get("duty") == "home_visit_considered" and each.recipient.officer == "OFF01"
    )
    chosen = about_visit if by_overdue else brought
    answered(story, chosen, Move.ACKNOWLEDGE, Move.FINISH)
    left = "overdue" if by_overdue else "satisfied"
    assert dict(story.rows("SELECT kind, state FROM duty")) == {
        "home_visit_considered": "satisfied",
        "risk_reviewed": left,
    }
    told = overdue_states(story)
    assert told["OFF01", "home_visit_considered"] == ("done" if by_overdue else "withdrawn")
    assert told["MGR01", "home_visit_considered"] == "withdrawn"
    assert told["OFF01", "risk_reviewed"] == ("raised" if by_overdue else "withdrawn")
