"""Absence, return, leaving: who stands in has what is open, and both sides are told once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from following import answers, holders, passes
from open_items import faults
from world_builder import NOW, absent, arrested, back, callout, left

from streams.domain.notices import Move, NoticeState

if TYPE_CHECKING:
    from fixtures.ledger import Story

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def test_cover_has_what_is_open_and_one_summary(story: Story) -> None:
    """The notice keeps its id and goes to the cover with its duties, told once."""
    story.given(callout(grade="high"))
    (was,) = story.notices
    story.when(absent(cover="OFF02", starts_at=NOW))
    passes(story, NOW)
    assert holders(story) == {was.type: "OFF02", "cover_summary": "OFF02"}
    now = story.notice(was.type)
    assert (now.id, now.state, now.recipient.reached_as) == (
        was.id,
        NoticeState.HANDED_OVER,
        "cover",
    )
    assert now.why_you.startswith(
        "You are told as cover, since responsible officer Marguerite Oxenholme (OFF01) is away: "
    )
    assert now.due_at == NOW + HOUR
    summary = story.notice("cover_summary")
    assert (summary.facts["items"], summary.facts["unread"], summary.facts["people"]) == (1, 1, 1)
    assert [line["notice_id"] for line in summary.facts["lines"]] == [str(was.id)]
    assert set(story.rows("SELECT owner, meant FROM duty")) == {("OFF02", "OFF01")}
    assert faults(story.session, NOW) == []
    out = story.came_out()
    assert passes(story, NOW) == 0
    assert story.came_out() == out


def test_the_officer_who_is_back_has_it_again(story: Story) -> None:
    """What was not answered comes back with its duties and a summary, and the cover is let go."""
    story.given(callout(grade="high"), at=NOW - HOUR)
    story.when(absent(cover="OFF02", starts_at=NOW))
    passes(story, NOW)
    story.when(arrested(), at=NOW + HOUR / 2)
    assert story.notice("new_offence").recipient.officer == "OFF02"
    answers(story, story.notice("new_offence"), Move.ACKNOWLEDGE, "OFF02", at=NOW + HOUR / 2)
    later = NOW + HOUR * 0.75
    story.when(back(ended_at=later), at=later)
    passes(story, later)
    assert story.notice("domestic_abuse_callout_suspect").recipient.officer == "OFF01"
    assert story.notice("cover_summary").state is NoticeState.WITHDRAWN
    summary = story.notice("returned_summary")
    assert summary.recipient.officer == "OFF01"
    assert summary.facts["raised"] == 1
    assert {row[0] for row in story.rows("SELECT owner FROM duty")} <= {"OFF01"}
    assert faults(story.session, later) == []
    assert passes(story, later) == 0


def test_without_cover_the_manager_is_told_at_once(story: Story) -> None:
    """The manager has the items and is told that nobody covers."""
    story.given(callout(grade="high"))
    story.when(absent(starts_at=NOW))
    passes(story, NOW)
    assert set(holders(story).values()) == {"MGR01"}
    assert story.notice("absence_without_cover").recipient.reached_as == "manager"
    assert faults(story.session, NOW) == []


def test_a_leavers_items_go_to_the_manager(story: Story) -> None:
    """Whoever left has nothing, and the manager knows of whom it was."""
    story.given(callout(grade="high"))
    story.when(left("OFF01", left_at=NOW))
    passes(story, NOW)
    assert holders(story) == {
        "domestic_abuse_callout_suspect": "MGR01",
        "officer_left": "MGR01",
    }
    assert story.notice("officer_left").facts["officer_name"] == "Marguerite Oxenholme"
    assert faults(story.session, NOW) == []
    assert passes(story, NOW) == 0
