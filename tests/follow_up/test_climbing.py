"""Nobody answers: a notice goes up its ladder to its end, and operations hear of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from following import answers, passes
from open_items import faults
from world_builder import (
    NOW,
    PERSON,
    absent,
    an_offence,
    an_officer,
    assigned,
    callout,
    charged,
    holds,
    on_register,
    restricted,
)

from streams.domain.notices import Move, NoticeState

if TYPE_CHECKING:
    from fixtures.ledger import Story

    from streams.domain.notices import Notice

HOUR = timedelta(hours=1)
SUSPECT = "domestic_abuse_callout_suspect"
NIGHT = NOW.replace(hour=20)
MORNING = NOW.replace(hour=9) + timedelta(days=1)


def only(story: Story) -> Notice:
    """Return the only notice."""
    (notice,) = story.notices
    return notice


def test_a_notice_climbs_to_its_end(story: Story) -> None:
    """Officer, manager, desk, and then operations are told that nobody answered; the id stays."""
    story.given(callout(grade="high"))
    was = only(story)
    seen = []
    for hour in range(1, 6):
        passes(story, NOW + HOUR * hour)
        notice = only(story)
        seen.append((notice.recipient.officer, notice.state, notice.due_at, notice.id == was.id))
    escalated = NoticeState.ESCALATED
    assert seen == [
        ("MGR01", escalated, NOW + HOUR * 2, True),
        ("DESK01", escalated, NOW + HOUR * 3, True),
        ("DESK01", escalated, None, True),
        ("DESK01", escalated, None, True),
        ("DESK01", escalated, None, True),
    ]
    assert story.came_out() == [
        f"alarm: nobody_answered on {was.id} to operations",
        "escalate: domestic_abuse_callout_suspect to DESK01",
        "escalate: domestic_abuse_callout_suspect to DESK01",
        "escalate: domestic_abuse_callout_suspect to DESK01",
        "raised: domestic_abuse_callout_suspect to DESK01",
    ]
    assert only(story).why_you == (
        "You are told as duty desk, since manager Perpetua Hallgarth (MGR01) has not acknowledged"
        " it in time: the police name this person as suspect at a domestic abuse call-out."
    )


def test_the_desk_that_was_at_the_end_may_still_answer(story: Story) -> None:
    """What nobody answered is open until somebody does."""
    story.given(callout(grade="high"))
    for hour in range(1, 5):
        passes(story, NOW + HOUR * hour)
    assert not answers(story, only(story), Move.ACKNOWLEDGE, "DESK01", at=NOW + HOUR * 6).refused
    assert only(story).state is NoticeState.ACKNOWLEDGED


@pytest.mark.parametrize(
    ("changes", "reached"),
    [
        ((absent("MGR01", starts_at=NOW),), "DESK01"),
        ((absent("MGR01", cover="MGR02", starts_at=NOW), an_officer("MGR02")), "MGR02"),
        ((absent("MGR01", cover="NOBODY", starts_at=NOW),), "DESK01"),
        ((holds("duty_desk", "MGR01", effective_at=NOW),), "MGR01"),
        ((restricted(PERSON, "OFF01", "DESK01"),), "DESK01"),
        ((restricted(PERSON, "OFF01"),), "LEAD01"),
    ],
    ids=["away", "covered", "covered by nobody", "twice", "not entitled", "only the lead"],
)
def test_a_rung_without_anybody_is_passed_at_once(
    story: Story, changes: tuple[object, ...], reached: str
) -> None:
    """Away, in no directory, not entitled: the next one is rung in their stead."""
    story.given(callout(grade="high"))
    story.when(*changes, at=NOW)  # type: ignore[arg-type]  # what the builders say
    passes(story, NOW + HOUR)
    notice = next(n for n in story.notices if n.type == SUSPECT)
    assert notice.recipient.officer == reached
    assert faults(story.session, NOW + HOUR) == []


def test_nobody_is_rung_twice_in_a_row(story: Story) -> None:
    """A manager who also keeps the desk is not rung again for the same notice."""
    story.given(callout(grade="high"), holds("duty_desk", "MGR01", effective_at=NOW))
    passes(story, NOW + HOUR)
    passes(story, NOW + HOUR * 2)
    assert only(story).recipient.officer == "duty_desk:crc-durham-tees-valley"


def test_an_officer_who_covers_for_their_manager_is_not_rung_in_vain_twice(story: Story) -> None:
    """Who has not answered as officer does not get it back as cover once the desk is away too."""
    story.given(callout(grade="high"), absent("MGR01", cover="OFF01", starts_at=NOW))
    passes(story, NOW + HOUR)
    rung = story.notice(SUSPECT)
    assert (rung.recipient.officer, rung.climbed) == ("DESK01", 1)
    story.when(absent("DESK01", starts_at=NOW + HOUR), at=NOW + HOUR)
    passes(story, NOW + HOUR)
    assert story.notice(SUSPECT).recipient.officer == "duty_desk:crc-durham-tees-valley"
    assert faults(story.session, NOW + HOUR) == []


def test_it_stops_when_somebody_acknowledges(story: Story) -> None:
    """Reading is not enough, acknowledging is."""
    story.given(callout(grade="high"))
    answers(story, only(story), Move.READ)
    passes(story, NOW + HOUR)
    assert only(story).recipient.officer == "MGR01"
    answers(story, only(story), Move.ACKNOWLEDGE, "MGR01", at=NOW + HOUR)
    assert passes(story, NOW + HOUR * 6) == 0
    assert only(story).state is NoticeState.ACKNOWLEDGED


def test_it_starts_again_when_its_duty_passes_its_time(story: Story) -> None:
    """What was acknowledged and is not done goes up; the officer hears that it is overdue."""
    story.given(callout(grade="high"))
    answers(story, only(story), Move.ACKNOWLEDGE)
    passes(story, NOW + timedelta(days=14))
    notice = story.notice(SUSPECT)
    assert notice.recipient.officer in {"MGR01", "DESK01"}
    assert (
        "has not done in time what it asks"
        in story.rows("SELECT because FROM step_note WHERE from_officer = 'OFF01'")[0][0]
    )
    late = [n for n in story.notices if n.type == "duty_overdue"]
    assert {n.addressee for n in late} == {"responsible_officer"}


def test_out_of_hours_the_rest_waits_for_the_opening(story: Story) -> None:
    """What is not on the named list rings nobody at night, though its time has passed."""
    story.given(callout(grade="high"))
    assert passes(story, NIGHT) == 0
    assert only(story).recipient.officer == "OFF01"
    passes(story, MORNING)
    assert only(story).recipient.officer == "MGR01"


def test_a_digest_waits_for_nobody(story: Story) -> None:
    """What is in the digest goes up no ladder."""
    story.given(callout(), callout(reference="DA-2"), callout(reference="DA-3"))
    digests = [n for n in story.notices if n.urgency.value == "digest"]
    assert {n.due_at for n in digests} <= {None}
    for day in range(1, 8):
        passes(story, MORNING + timedelta(days=day))
    now = {n.id: n for n in story.notices}
    assert all(now[n.id].recipient == n.recipient for n in digests)


def test_each_reader_is_shown_what_they_may_read(story: Story) -> None:
    """The desk reads less than the officer, and who has it after the desk reads all of it again."""
    told = callout(grade="high", children_present=True, children_age_bands=["under_5"])
    story.given(on_register("ADVP"), told)
    first = story.notice(SUSPECT)
    assert first.facts["children_age_bands"] == ["under_5"]
    passes(story, NOW + HOUR)
    passes(story, NOW + HOUR * 2)
    at_desk = story.notice(SUSPECT)
    assert at_desk.recipient.officer == "DESK01"
    assert at_desk.facts["children_age_bands"] == []
    sent = story.outbox[-1]
    assert (sent["notice"]["recipient"]["officer"], sent["children_age_bands"]) == ("DESK01", [])
    story.when(assigned(officer="OFF02", effective_at=NOW), at=NOW + HOUR * 2)
    again = story.notice(SUSPECT)
    assert again.recipient.officer == "OFF02"
    assert again.facts == first.facts
    assert again.whole is None


def test_what_is_told_to_a_desk_is_updated_whole(story: Story) -> None:
    """A later event of the matter reaches the desk's notice, and whoever has it after that."""
    story.given(absent("OFF01"), absent("MGR01"), charged())
    story.when(charged(offences=[an_offence("Burglary")]))
    desk = story.notice("new_offence")
    assert (desk.recipient.officer, desk.updates) == ("DESK01", 1)
    assert desk.facts["offences"][0]["title"] == "withheld: ask the responsible officer"
    story.when(assigned(officer="OFF02", effective_at=NOW))
    assert story.notice("new_offence").facts["offences"][0]["title"] == "Burglary"
