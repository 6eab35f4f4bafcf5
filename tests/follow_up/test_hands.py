"""A case changes hands: open items go to who has the person, and both sides know."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from following import answers, holders, passes
from open_items import faults
from world_builder import (
    CRC,
    NOW,
    NPS,
    PERSON,
    absent,
    allocated,
    an_officer,
    arrested,
    assigned,
    back,
    callout,
    enforced_by,
    holds,
    left,
    restricted,
)

from streams.domain.notices import Move, NoticeState
from streams.ledger.verify import verify

if TYPE_CHECKING:
    from fixtures.ledger import Story

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SUSPECT = "domestic_abuse_callout_suspect"


def owners_of_open_duties(story: Story) -> set[str]:
    """Return who has the duties that are not done."""
    return {row[0] for row in story.rows("SELECT owner FROM duty WHERE state = 'open'")}


def test_a_new_officer_has_the_open_notice_and_its_duties(story: Story) -> None:
    """The id stays, the old officer is told to whom it went, and the ladder begins anew."""
    story.given(callout(grade="high"))
    (was,) = story.notices
    passes(story, NOW + HOUR)
    assert story.notice(SUSPECT).recipient.officer == "MGR01"
    story.when(assigned(officer="OFF02", effective_at=NOW), at=NOW + HOUR)
    now = story.notice(SUSPECT)
    assert (now.id, now.recipient.officer, now.rung, now.climbed) == (was.id, "OFF02", 0, 0)
    assert now.why_you.startswith(
        "You are told as responsible officer, since the person changed hands: the police"
    )
    former = story.notice("case_handed_over")
    assert former.recipient.officer == "OFF01"
    assert (former.facts["items"], former.facts["duties"]) == (1, 2)
    assert former.facts["to_officer_name"] == "Tobias Fenwright"
    assert {row[0] for row in story.rows("SELECT owner FROM duty")} == {"OFF02"}
    assert faults(story.session, NOW + HOUR) == []
    assert [*verify(story.session, lambda _done: None)] == []


def test_who_was_rung_in_vain_and_has_the_person_now_begins_anew(story: Story) -> None:
    """A cover who gets the person is told as their officer, and their own manager hears next."""
    story.given(callout(grade="high"), absent("MGR01", cover="OFF02", starts_at=NOW))
    passes(story, NOW + HOUR)
    rung = story.notice(SUSPECT)
    assert (rung.recipient.officer, rung.recipient.reached_as) == ("OFF02", "cover")
    story.when(assigned(officer="OFF02", effective_at=NOW), at=NOW + HOUR)
    now = story.notice(SUSPECT)
    assert (now.recipient.reached_as, now.rung, now.climbed) == ("responsible_officer", 0, 0)
    assert now.due_at == NOW + HOUR * 2
    story.given(back("MGR01", ended_at=NOW + HOUR))
    passes(story, NOW + HOUR * 2)
    assert story.notice(SUSPECT).recipient.officer == "MGR01"


def test_what_is_done_or_acknowledged_for_good_stays(story: Story) -> None:
    """Nobody is asked again for what somebody has answered."""
    story.given(arrested())
    (notice,) = story.notices
    answers(story, notice, Move.ACKNOWLEDGE)
    story.when(assigned(officer="OFF02", effective_at=NOW), at=NOW)
    assert story.notice("new_offence").recipient.officer == "OFF01"
    assert "case_handed_over" not in holders(story)


def test_a_transfer_goes_to_the_other_providers_desk(story: Story) -> None:
    """Between allocation and assignment the new provider's allocation desk has what is open."""
    story.given(
        callout(grade="high"),
        an_officer("ENF01", team=None, provider=NPS),
        holds("allocation_desk", "ENF01", NPS),
    )
    story.when(allocated(provider=NPS, team=None, effective_at=NOW), at=NOW)
    notice = story.notice(SUSPECT)
    assert (notice.recipient.officer, notice.recipient.provider) == ("ENF01", NPS)
    assert story.rows("SELECT DISTINCT provider FROM notice WHERE type = %s", SUSPECT) == [(NPS,)]
    story.when(assigned(officer="OFF02", provider=CRC, effective_at=NOW + HOUR), at=NOW + HOUR)
    assert story.notice(SUSPECT).recipient.officer == "OFF02"


def test_an_assignment_of_tomorrow_hands_over_tomorrow(story: Story) -> None:
    """Told in advance, it changes nothing until it holds; then it does, once."""
    story.given(callout(grade="high"))
    story.when(assigned(officer="OFF02", effective_at=NOW + HOUR / 2), at=NOW)
    assert story.notice(SUSPECT).recipient.officer == "OFF01"
    assert passes(story, NOW + HOUR / 4) == 0
    assert passes(story, NOW + HOUR / 2) == 1
    assert story.notice(SUSPECT).recipient.officer == "OFF02"
    assert holders(story)["case_handed_over"] == "OFF01"
    assert passes(story, NOW + HOUR / 2) == 0
    assert story.rows("SELECT * FROM look_again") == []


def test_a_retracted_assignment_gives_it_back(story: Story) -> None:
    """Whoever has the person by what is left has what is open."""
    story.given(callout(grade="high"))
    mistaken = assigned(officer="OFF02", effective_at=NOW)
    story.when(mistaken, at=NOW)
    story.when(mistaken.retracted(), at=NOW)
    assert story.notice(SUSPECT).recipient.officer == "OFF01"
    assert owners_of_open_duties(story) == {"OFF01"}


def test_a_corrected_assignment_goes_straight_to_the_right_officer(story: Story) -> None:
    """It is nobody else's for a moment in between, and nobody is told of that moment."""
    mistaken = assigned(officer="OFF02", effective_at=NOW)
    story.given(callout(grade="high"), mistaken, an_officer("ENF01"), at=NOW)
    story.when(mistaken.corrected(officer="ENF01"), at=NOW)
    out = story.came_out()
    assert f"hand_over: {SUSPECT} to ENF01" in out
    assert "raised: case_handed_over to OFF02" in out
    assert [line for line in out if "OFF01" in line] == []
    assert owners_of_open_duties(story) == {"ENF01"}


def test_a_restriction_takes_it_from_whom_may_not_see_it(story: Story) -> None:
    """It goes up the ladder to somebody entitled, with its duties, and back when it is lifted."""
    story.given(callout(grade="high"))
    story.when(restricted(PERSON, "MGR01", effective_at=NOW))
    notice = story.notice(SUSPECT)
    assert (notice.recipient.officer, notice.restricted) == ("MGR01", True)
    assert {row[0] for row in story.rows("SELECT owner FROM duty")} == {"MGR01"}
    assert faults(story.session, NOW) == []
    story.when(restricted(PERSON, restricted=False, effective_at=NOW + HOUR / 2))
    assert story.notice(SUSPECT).recipient.officer == "MGR01"
    passes(story, NOW + HOUR / 2)
    assert story.notice(SUSPECT).recipient.officer == "OFF01"


def test_an_enforcement_officer_takes_over_only_what_is_theirs(story: Story) -> None:
    """An officer for the other role leaves the responsible officer's items where they are."""
    story.given(callout(grade="high"))
    story.when(enforced_by(), at=NOW)
    assert story.notice(SUSPECT).recipient.officer == "OFF01"


def test_a_former_officer_who_is_away_or_gone_is_told_through_their_ladder(story: Story) -> None:
    """Their cover hears of it, or their manager, but not whoever has the person now."""
    story.given(callout(grade="high"), absent("OFF01", cover="OFF02", starts_at=NOW))
    passes(story, NOW)
    story.when(assigned(officer="OFF02", effective_at=NOW), at=NOW)
    assert story.notice(SUSPECT).recipient.officer == "OFF02"
    assert "case_handed_over" not in holders(story)
    story.when(left("OFF02", left_at=NOW), absent("MGR01", starts_at=NOW))
    story.when(assigned(officer="OFF01", effective_at=NOW + HOUR / 4), at=NOW + HOUR / 4)
    passes(story, NOW + HOUR / 4)
    assert faults(story.session, NOW + HOUR / 4) == []


def test_a_held_event_of_a_desk_goes_with_the_desk(story: Story) -> None:
    """What is about nobody certain is handed over too when its holder is away, seen or not."""
    story.given(callout().but(person=PERSON.reference()))
    (held,) = story.notices
    assert held.recipient.officer == "DESK01"
    answers(story, held, Move.ACKNOWLEDGE, "DESK01")
    story.when(absent("DESK01", starts_at=NOW))
    passes(story, NOW)
    assert story.notice("identity_held").recipient.officer == "MGR01"
    assert story.notice("identity_held").state is NoticeState.HANDED_OVER
