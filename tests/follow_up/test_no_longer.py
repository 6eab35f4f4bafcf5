"""Acts that no longer apply when their turn comes change nothing and are not kept."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

import pytest
from fixtures.ledger import RULES
from following import answers, holders, passes
from open_items import faults
from world_builder import (
    LONG_AGO,
    NOW,
    NPS,
    PERSON,
    a_team,
    absent,
    allocated,
    an_officer,
    arrested,
    assigned,
    back,
    callout,
    holds,
    left,
    restricted,
)

from streams.domain.acts import from_bytes, kind_of, to_bytes
from streams.domain.ladders import RINGS_OUT_OF_HOURS, read_by
from streams.domain.notice_acts import (
    Answered,
    CaseLookedAt,
    NoticeWaited,
    OfficerAway,
    OfficerBack,
    OfficerGone,
)
from streams.domain.notices import Move, Urgency
from streams.ledger.acting import CLOCK_CHAIN, Acted, Actor

if TYPE_CHECKING:
    from fixtures.ledger import Story

    from streams.domain.acts import Act

HOUR: Final = timedelta(hours=1)
NOBODY: Final = UUID(int=7)
SUSPECT: Final = "domestic_abuse_callout_suspect"


def act(story: Story, *acts: Act, at: object = NOW) -> Acted:
    """Let the clock do acts."""
    return Actor(story.session, RULES, CLOCK_CHAIN).act(acts, at)  # type: ignore[arg-type]  # what a test gives


@pytest.mark.parametrize(
    "late",
    [
        NoticeWaited(NOBODY),
        OfficerAway("OFF01"),
        OfficerGone("OFF01"),
        OfficerBack("OFF01"),
        CaseLookedAt(NOBODY, NOW + HOUR),
        CaseLookedAt(NOBODY, NOW - HOUR),
    ],
    ids=lambda late: f"{type(late).__name__}",
)
def test_what_does_not_apply_changes_nothing(story: Story, late: Act) -> None:
    """Nobody is told, nothing is kept, and the chain has no entry."""
    story.given(callout(grade="high"))
    chain = story.rows("SELECT count(*) FROM audit WHERE chain = 'clock'")
    assert act(story, late) == Acted()
    assert story.came_out() == []
    assert story.rows("SELECT count(*) FROM audit WHERE chain = 'clock'") == chain
    assert from_bytes(kind_of(late), to_bytes(late)) == late


def test_an_absence_is_not_a_leaving(story: Story) -> None:
    """What the clock thought to be one, and is the other by then, is left to its next look."""
    story.given(absent(starts_at=NOW))
    assert act(story, OfficerGone("OFF01")) == Acted()
    story.given(left("OFF01", left_at=NOW))
    assert act(story, OfficerAway("OFF01")) == Acted()


def test_a_notice_that_was_answered_meanwhile_is_rung_nowhere(story: Story) -> None:
    """Under the lock it is seen that somebody acknowledged it, or that it is not yet time."""
    story.given(callout(grade="high"))
    (notice,) = story.notices
    assert act(story, NoticeWaited(notice.id), at=NOW + HOUR / 2) == Acted()
    answers(story, notice, Move.ACKNOWLEDGE)
    assert act(story, NoticeWaited(notice.id), at=NOW + HOUR) == Acted()


def test_an_answer_to_nothing_is_refused_and_not_kept(story: Story) -> None:
    """There is nothing to audit it with; one to a notice is, though it is refused."""
    story.given(callout())
    assert answers(story, NOBODY, Move.READ).refused == ("there is no such notice",)
    (notice,) = story.notices
    assert answers(story, notice, Move.READ, "OFF02").refused
    kept = [from_bytes("answered", bytes(row[0])) for row in story.rows("SELECT body FROM act")]
    assert kept == [Answered(notice.id, Move.READ, "OFF02")]
    (entry,) = story.rows("SELECT convert_from(body, 'UTF8') FROM audit WHERE chain = 'desk'")
    assert '"refused":true' in entry[0]
    assert story.came_out() == []


def test_done_satisfies_what_came_with_it_and_nothing_else(story: Story) -> None:
    """The duties of the notice are closed; those of another stay."""
    story.given(callout(grade="high"), callout(reference="DA-2", grade="high"))
    first = story.notices[0]
    answers(story, first, Move.ACKNOWLEDGE)
    answers(story, first, Move.FINISH, because="Visited.")
    states = dict(story.rows("SELECT notice_id, min(state) FROM duty GROUP BY 1"))
    assert states[first.id] == "satisfied"
    assert set(states.values()) == {"satisfied", "open"}


def test_an_absence_with_nothing_to_see_to_tells_nobody(story: Story) -> None:
    """It is remembered, so that the clock looks once, and its end tells nobody either."""
    story.given(an_officer("OFF02"), assigned(PERSON, "OFF02", effective_at=LONG_AGO))
    story.given(assigned(PERSON, "OFF01", effective_at=LONG_AGO + HOUR), at=NOW)
    passes(story, NOW)
    story.given(absent("OFF02", starts_at=NOW))
    mark = holders(story)
    passes(story, NOW)
    story.when(back("OFF02", ended_at=NOW + HOUR), at=NOW + HOUR)
    passes(story, NOW + HOUR / 2)
    assert {name for name in holders(story) if "absence" in name or "returned" in name} == set()
    assert mark.keys() <= holders(story).keys()


def test_a_cover_named_later_has_it_and_the_manager_is_let_go(story: Story) -> None:
    """Told anew where the cover or the end changes; an extension alone moves nothing."""
    story.given(callout(grade="high"), absent(starts_at=NOW), at=NOW - HOUR)
    passes(story, NOW)
    assert story.notice(SUSPECT).recipient.officer == "MGR01"
    story.when(absent(cover="OFF02", starts_at=NOW, ends_at=NOW + HOUR * 20), at=NOW)
    passes(story, NOW)
    assert story.notice(SUSPECT).recipient.officer == "OFF02"
    assert story.notice("absence_without_cover").state.value == "withdrawn"
    assert story.notice("cover_summary").facts["items"] == 1
    story.when(absent(cover="OFF02", starts_at=NOW, ends_at=NOW + HOUR * 40), at=NOW)
    passes(story, NOW)
    assert [n.state.value for n in story.notices if n.type == "cover_summary"] == [
        "withdrawn",
        "raised",
    ]
    assert faults(story.session, NOW) == []


def test_what_a_cover_may_not_see_goes_past_them(story: Story) -> None:
    """The summary counts what went elsewhere, without saying whose it is."""
    story.given(callout(grade="high"), restricted(PERSON, "OFF01", "MGR01"), at=NOW)
    story.when(absent(cover="OFF02", starts_at=NOW), at=NOW)
    passes(story, NOW)
    assert story.notice(SUSPECT).recipient.officer == "MGR01"
    summary = story.notice("cover_summary")
    assert (summary.facts["items"], summary.facts["elsewhere"]) == (0, 1)
    assert summary.facts["lines"] == []
    assert faults(story.session, NOW) == []


def test_an_officer_whom_no_directory_knows_is_stood_in_for(story: Story) -> None:
    """Their items go to a desk, and come back when they do."""
    story.given(assigned(officer="OFF77", effective_at=LONG_AGO), callout(grade="high"), at=NOW)
    assert story.notice(SUSPECT).recipient.officer == "OFF77"
    story.when(absent("OFF77", starts_at=NOW), a_team(manager=None, effective_at=NOW), at=NOW)
    passes(story, NOW)
    assert story.notice(SUSPECT).recipient.officer == "DESK01"
    assert faults(story.session, NOW) == []
    story.when(back("OFF77", ended_at=NOW + HOUR / 2), at=NOW + HOUR / 2)
    passes(story, NOW + HOUR / 2)
    assert story.notice(SUSPECT).recipient.officer == "OFF77"


def test_a_provider_that_nobody_was_assigned_at_has_what_was_open(story: Story) -> None:
    """A transfer tells whoever had the person to which provider it went."""
    story.given(arrested(), at=NOW)
    story.when(allocated(provider=NPS, team=None, effective_at=NOW), at=NOW)
    former = story.notice("case_handed_over")
    assert (former.facts["to_provider"], former.facts["to_officer"]) == (NPS, None)


def test_the_named_list_has_its_time_on_the_clock_on_the_wall() -> None:
    """An hour of the night is an hour."""
    night = NOW.replace(hour=23)
    loud = read_by(min(RINGS_OUT_OF_HOURS), Urgency.IMMEDIATE, night, RULES.calendar)
    assert loud == night + HOUR
    assert read_by("new_offence", Urgency.DIGEST, night, RULES.calendar) is None


def test_what_an_unknown_desk_had_goes_to_the_one_that_is_always_there(
    empty_story: Story,
) -> None:
    """Nobody has the person yet, and whoever kept the desk is in no directory and away."""
    desk = holds("duty_desk", "OFF77", NPS)
    empty_story.given(desk, allocated(PERSON, NPS, team=None, effective_at=NOW + HOUR * 9), at=NOW)
    empty_story.given(callout(grade="high"), at=NOW)
    assert {row[0] for row in empty_story.rows("SELECT owner FROM duty")} >= {"OFF77"}
    empty_story.when(absent("OFF77", starts_at=NOW), at=NOW)
    passes(empty_story, NOW)
    always = f"duty_desk:{NPS}"
    assert empty_story.notice(SUSPECT).recipient.officer == always
    assert {row[0] for row in empty_story.rows("SELECT owner FROM duty")} == {always}
    assert faults(empty_story.session, NOW) == []
