"""Absence, return, leaving: who stands in has what is open, and both sides are told once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from following import answers, holders, passes
from open_items import faults
from world_builder import NOW, absent, an_officer, arrested, back, callout, left

from streams.domain.notices import Move, NoticeState
from streams.ledger.acting import CLOCK_CHAIN, Actor
from streams.ledger.picking import Watch
from streams.ledger.picking_open import staff_moves

if TYPE_CHECKING:
    from fixtures.ledger import Story

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SUSPECT = "domestic_abuse_callout_suspect"


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


def test_an_absence_told_in_advance_begins_by_the_clock(story: Story) -> None:
    """Until its instant everything is the officer's; then it is the cover's, without an event."""
    story.given(callout(grade="high"), absent(cover="OFF02", starts_at=NOW + HOUR / 2))
    assert passes(story, NOW + HOUR / 4) == 0
    assert set(holders(story).values()) == {"OFF01"}
    passes(story, NOW + HOUR / 2)
    assert set(holders(story).values()) == {"OFF02"}


def test_an_absence_told_late_takes_what_came_meanwhile(story: Story) -> None:
    """What went to an officer who was away already goes to the cover as soon as it is known."""
    story.given(callout(grade="high"), at=NOW - HOUR)
    story.when(absent(cover="OFF02", starts_at=NOW - DAY))
    passes(story, NOW)
    assert set(holders(story).values()) == {"OFF02"}
    assert story.notice("cover_summary").occurred_at == NOW - DAY


def test_an_absence_ends_at_its_end_or_earlier(story: Story) -> None:
    """By the clock where nobody says more, at once where somebody does; told once each time."""
    story.given(callout(grade="high"), at=NOW - HOUR)
    story.given(absent(cover="OFF02", starts_at=NOW, ends_at=NOW + HOUR / 2))
    passes(story, NOW)
    passes(story, NOW + HOUR / 4)
    assert story.notice(SUSPECT).recipient.officer == "OFF02"
    passes(story, NOW + HOUR / 2)
    assert story.notice(SUSPECT).recipient.officer == "OFF01"
    assert holders(story)["returned_summary"] == "OFF01"
    second = absent(cover="OFF02", starts_at=NOW + HOUR, ends_at=NOW + DAY)
    story.when(second.but(absence_id="A-2"), at=NOW + HOUR / 2)
    passes(story, NOW + HOUR)
    assert story.notice(SUSPECT).recipient.officer == "OFF02"
    story.when(back(ended_at=NOW + HOUR * 1.25).but(absence_id="A-2"), at=NOW + HOUR)
    passes(story, NOW + HOUR * 1.25)
    assert story.notice(SUSPECT).recipient.officer == "OFF01"
    assert [n.type for n in story.notices].count("returned_summary") == 2
    assert passes(story, NOW + HOUR * 1.25) == 0


def test_a_cover_who_goes_away_hands_on(story: Story) -> None:
    """Whoever stands in for somebody who stands in is the next of the first one's ladder."""
    story.given(callout(grade="high"), absent("OFF01", cover="OFF02", starts_at=NOW))
    passes(story, NOW)
    story.when(absent("OFF02", cover="OFF03", starts_at=NOW), an_officer("OFF03"))
    passes(story, NOW)
    assert story.notice(SUSPECT).recipient.officer == "MGR01"
    assert faults(story.session, NOW) == []
    story.when(back("OFF02", ended_at=NOW + HOUR / 4), at=NOW + HOUR / 4)
    passes(story, NOW + HOUR / 4)
    assert story.notice(SUSPECT).recipient.officer == "OFF02"


def test_two_clocks_are_as_good_as_one(story: Story) -> None:
    """What one has picked and another has done is done once."""
    story.given(callout(grade="high"), absent(cover="OFF02", starts_at=NOW))
    rules = story.engine.ledger.rules
    picked = staff_moves(story.session, Watch(rules, HOUR), NOW, 50)
    assert len(picked) == 1
    first, second = (Actor(story.session, rules, CLOCK_CHAIN).act(picked, NOW) for _ in range(2))
    assert (len(first.acts), len(second.acts)) == (1, 0)
    assert [n.type for n in story.notices].count("cover_summary") == 1
