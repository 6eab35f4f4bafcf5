"""What was asked and never answered in Durham, and what was never asked at all.

Source: HMI Probation, Durham 2016: this "placed the onus on the CRC responsible officer to carry
out the necessary enquiries, which was not always done".
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from flows.time_passing import time_passes
from world_builder import (
    NOW,
    Said,
    absent,
    an_officer,
    arrested,
    callout,
    holds,
    listed,
    on_register,
    order_made,
)
from world_checks import (
    COURT,
    HEARING,
    HUB,
    SERVICE,
    asked,
    asked_by_officer,
    newly_allocated,
    newly_assigned,
    police_replied,
    replied,
)

from streams.domain.notices import NoticeState, Urgency
from streams.ledger.verify import verify

if TYPE_CHECKING:
    from fixtures.ledger import Story

    from streams.domain.notices import Notice

DAY: Final = timedelta(days=1)
DESK: Final = (an_officer("DESK02", None, grade="desk"), holds("allocation_desk", "DESK02"))


def only(story: Story, notice_type: str, officer: str) -> Notice:
    """Return the only notice of a kind that somebody has."""
    told = [n for n in story.notices if n.type == notice_type and n.recipient.officer == officer]
    (found,) = told
    return found


def lines(story: Story, *words: str) -> list[str]:
    """Return what came out that has any of these words in it."""
    return [line for line in story.came_out() if any(word in line for word in words)]


def is_of(notice: Notice, reference: str) -> bool:
    """Answer whether a notice tells the answer to a check."""
    return notice.type == "safeguarding_check_reply" and notice.matter.endswith(reference)


def for_court(reference: str, kind: str, **fields: object) -> Said:
    """Return a check that the court officer asks for the hearing, with children in the home."""
    return asked(kind, check_reference=reference, children_flagged=True, **fields)


def _until_the_police_answered(story: Story) -> None:
    """Let two checks be asked for a listed hearing, of which only the police answer theirs."""
    story.given(*SERVICE, *DESK)
    story.when(
        listed(),
        for_court("CHK-1", "police_callouts"),
        for_court("CHK-2", "childrens_services"),
        police_replied("known", check_reference="CHK-1", callouts=3, at=NOW + 3 * DAY),
    )
    assert lines(story, "reply") == [
        f"raised: safeguarding_check_reply to {COURT}",
        "raised: safeguarding_check_reply to OFF01",
    ]
    story.given()


def test_a_check_for_court_that_nobody_answers_is_not_forgotten(story: Story) -> None:
    """From the listing to the assigned officer: silence is told, and it travels with the case.

    The police answer, children's services do not. On the day of the hearing whoever asked, the
    hub's officer and both managers hear of it. The officer who is assigned after sentence reads in
    one notice that the check is still out. When the answer comes, a month late, it is a child
    protection plan: the new officer hears at once, and what was said about silence is taken back.
    """
    _until_the_police_answered(story)
    time_passes(story, until=HEARING + timedelta(hours=1))
    told = ["MGR01", "MGR02", HUB, COURT]
    assert lines(story, "check_overdue") == sorted(
        f"raised: safeguarding_check_overdue to {officer}" for officer in told
    )
    assert only(story, "safeguarding_check_overdue", COURT).urgency is Urgency.SAME_DAY
    assert only(story, "safeguarding_check_overdue", "MGR01").urgency is Urgency.NEXT_WORKING_DAY

    sentenced = HEARING + DAY
    story.given(order_made("ORD-2", made_on=sentenced.date(), at=sentenced))
    story.when(newly_allocated(team="SEA", effective_at=sentenced, at=sentenced))
    assert lines(story, "case_allocated") == ["raised: case_allocated to DESK02"]
    story.given()
    story.when(newly_assigned(effective_at=sentenced + DAY, at=sentenced + DAY))
    notice = only(story, "case_assigned", "OFF02")
    standings = {each["kind"]: each["standing"] for each in notice.facts["checks"]}
    assert standings == {"police_callouts": "answered", "childrens_services": "unanswered"}
    assert lines(story, "never_asked", "check_asked") == []

    story.given()
    late = HEARING + 28 * DAY
    story.when(replied("child_protection_plan", check_reference="CHK-2", at=late))
    assert lines(story, "raised: safeguarding_check_reply") == [
        f"raised: safeguarding_check_reply to {COURT}",
        "raised: safeguarding_check_reply to OFF02",
    ]
    (reply,) = (n for n in story.notices if n.recipient.officer == "OFF02" and is_of(n, "CHK-2"))
    assert (reply.urgency, reply.facts["was_overdue"]) == (Urgency.IMMEDIATE, True)
    assert {only(story, "safeguarding_check_overdue", officer).state for officer in told} == {
        NoticeState.WITHDRAWN
    }
    assert list(verify(story.session, lambda _: None)) == []


def test_a_check_that_was_never_asked_is_the_officers_to_ask(story: Story) -> None:
    """Before the hearing the court officer is told; after it the assigned officer has a day.

    Nobody asks in court. The officer of the CRC is away when the day is over; their cover asks, and
    the duty is done. The manager has read of it in the digest.
    """
    story.given(*SERVICE, *DESK, on_register("ADVP"), callout(), arrested())
    story.when(listed(sittings=[NOW + 2 * DAY]))
    time_passes(story, until=NOW + DAY + timedelta(hours=7))
    assert lines(story, "not_asked") == [f"raised: safeguarding_check_not_asked to {COURT}"] * 2
    story.given()
    day = NOW + 3 * DAY
    story.when(newly_assigned(effective_at=day, at=day), at=day)
    notice = only(story, "case_assigned", "OFF02")
    assert [each["standing"] for each in notice.facts["checks"]] == ["never_asked"] * 2
    assert notice.facts["callouts"] == ["DA-1"]
    assert sorted(notice.facts["matters"]) == ["arrest:AR-1", "court_case:11AM0417826"]
    assert only(story, "checks_never_asked", "MGR01").urgency is Urgency.DIGEST

    story.given(absent("OFF02", cover="OFF01", starts_at=day + DAY, at=day + DAY))
    own = {"asked_by": "OFF01", "hearing_at": None, "at": day + DAY}
    story.when(
        asked_by_officer("police_callouts", check_reference="CHK-8", **own),
        asked_by_officer(check_reference="CHK-9", children_flagged=True, **own),
    )
    assert lines(story, "check_asked of") == [
        *[f"duty safeguarding_check_asked of {COURT}: satisfied"] * 2,
        *["duty safeguarding_check_asked of OFF02: satisfied"] * 2,
    ]
    story.given()
    time_passes(story, until=day + 20 * DAY)
    assert [each for each in lines(story, "check_overdue") if HUB in each] == [
        f"raised: safeguarding_check_overdue to {HUB}"
    ]
    assert not lines(story, "check_asked of")
    assert list(verify(story.session, lambda _: None)) == []
