"""What did not arrive in Durham: absences from programmes, starts, and results of drug tests.

Source: HMI Probation, Durham 2016: the CRC "did not routinely inform" officers of the service of
starts and absences; providers were under "no requirement" to share results of tests, so that orders
"had become unenforceable".
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from flows.time_passing import time_passes
from world_builder import (
    NOW,
    absent,
    holds,
)
from world_programmes import (
    NPS_CASE,
    PROGRAMME_STAFF,
    attended,
    cautioned_tutor,
    completed,
    days,
    expected,
    found,
    missed,
    placed,
    referred,
    reported,
    started,
    suspended,
    waiting,
    withdrawn,
)

from streams.domain.notices import NoticeState, Urgency
from streams.ledger.verify import verify

if TYPE_CHECKING:
    from fixtures.ledger import Story

    from streams.domain.notices import Notice

LONDON: Final = ZoneInfo("Europe/London")
WORKER: Final = {"womens_safety_worker": "WSW01"}


def on(number: int, hour: int = 18) -> datetime:
    """Return an hour of the day so many days from the first, a Monday, by the clock in Durham."""
    return datetime.combine(days(number), NOW.time().replace(hour=hour), LONDON)


def only(story: Story, notice_type: str, officer: str) -> Notice:
    """Return the only notice of a kind that somebody has."""
    told = [n for n in story.notices if n.type == notice_type and n.recipient.officer == officer]
    (found_one,) = told
    return found_one


def test_an_officer_of_the_service_hears_of_starts_and_absences_of_a_crc_programme(
    story: Story,
) -> None:
    """From referral to withdrawal: told before the start, of each absence by the next day.

    The person is with the public service; the programme is the CRC's. The officer of the service
    must enforce, and has one notice from the first to the last; a women's safety worker hears of
    the start, the second absence and the end; nobody hears of a session that was attended.
    """
    story.given(*PROGRAMME_STAFF, *NPS_CASE)
    story.when(referred(), waiting(at=on(1), expected_start_on=days(28), start_by_on=days(63)))
    assert story.came_out() == ["duty programme_place of NPS01: open"]

    story.when(placed(at=on(7), starts_on=days(28)))
    notice = only(story, "programme_session", "NPS01")
    assert notice.actions[0].due_at == on(21, 17)
    assert notice.why_you.endswith("a person whom you supervise is to start a programme.")
    story.change(notice, state=NoticeState.DONE)

    story.when(started(at=on(28), started_on=days(28), **WORKER))
    assert only(story, "programme_session", "NPS01").state is NoticeState.DONE
    story.when(attended("S2", at=on(35), session_on=days(35)))

    story.when(missed("S3", at=on(42), session_on=days(42), **WORKER), at=on(42, 19))
    notice = only(story, "programme_session", "NPS01")
    assert (notice.state, notice.urgency) == (NoticeState.REOPENED, Urgency.NEXT_WORKING_DAY)
    assert notice.due_at == on(43, 17)
    assert {each.what for each in notice.actions} == {
        "Decide whether the absence was acceptable: nobody else has.",
        "Enforcing it is yours: another provider runs the programme and cannot.",
    }
    worker = only(story, "programme_safety_worker", "WSW01")
    assert (worker.facts["happened"], worker.updates) == ("started", 0)

    story.when(missed("S4", at=on(49), session_on=days(49), stated_reason="health", **WORKER))
    story.when(withdrawn(at=on(51), withdrawn_on=days(51), reason="absence", **WORKER))
    assert only(story, "programme_session", "NPS01").facts["absences"] == 2
    worker = only(story, "programme_safety_worker", "WSW01")
    assert (worker.facts["happened"], worker.facts["absences"]) == ("withdrawn", 2)
    assert story.came_out() == sorted(
        [
            "duty programme_place of NPS01: satisfied",
            "raised: programme_session to NPS01",
            *["update: programme_session to NPS01"] * 3,
            "raised: programme_safety_worker to WSW01",
            *["update: programme_safety_worker to WSW01"] * 2,
        ]
    )
    assert list(verify(story.session, lambda _: None)) == []


def test_nobody_placed_in_time_is_noticed_by_the_clock(story: Story) -> None:
    """Five working days before a start would be too late the officer and the manager are told.

    When the person is placed after all, what the manager was told is taken back.
    """
    story.given(*PROGRAMME_STAFF)
    story.when(referred(start_by_on=days(14)))
    time_passes(story, until=on(4, 16))
    assert story.came_out() == ["duty programme_place of OFF01: open"]
    time_passes(story, until=on(7, 18))
    assert story.came_out() == [
        "duty programme_place of OFF01: overdue",
        "raised: programme_not_placed to MGR01",
        "raised: programme_session to OFF01",
    ]
    notice = only(story, "programme_session", "OFF01")
    assert (notice.facts["happened"], notice.urgency) == ("not_placed", Urgency.NEXT_WORKING_DAY)
    assert only(story, "programme_not_placed", "MGR01").urgency is Urgency.DIGEST

    story.given()
    story.when(placed(at=on(8), starts_on=days(21)))
    assert story.came_out() == [
        "duty programme_place of OFF01: satisfied",
        "update: programme_session to OFF01",
        "withdraw: programme_not_placed to MGR01",
    ]
    time_passes(story, until=on(60))
    assert only(story, "programme_session", "OFF01").facts["happened"] == "placed"


def test_what_the_officer_tells_reaches_the_tutor_and_nobody_else(story: Story) -> None:
    """A caution and a recall go to the tutor's manager while the tutor is away, as one notice."""
    story.given(*PROGRAMME_STAFF, absent("TUT01"))
    story.when(cautioned_tutor(), suspended(at=on(2), cause="recalled", from_on=days(2)))
    assert story.came_out() == [
        "raised: programme_tutor to MGR02",
        "update: programme_tutor to MGR02",
    ]
    notice = only(story, "programme_tutor", "MGR02")
    assert notice.facts["caution"] == "Do not meet him alone after the session."
    assert (notice.facts["cause"], notice.facts["from_on"]) == ("recalled", str(days(2)))


def test_a_case_that_changes_hands_on_a_programme_is_told_to_who_has_it(story: Story) -> None:
    """After a case moves to the service its new officer hears of the next absence, as their own."""
    story.given(*PROGRAMME_STAFF, missed("S1", **WORKER))
    cases = [said for said in NPS_CASE if said.type.startswith("case.")]
    staff = [said for said in NPS_CASE if said not in cases]
    story.given(*staff, *(said.but(effective_at=on(1, 9)) for said in cases))
    story.when(missed("S2", at=on(7), **WORKER))
    assert story.came_out() == [
        "raised: programme_safety_worker to WSW01",
        "raised: programme_session to NPS01",
    ]
    notice = only(story, "programme_session", "NPS01")
    assert (notice.facts["absences"], notice.facts["run_by_other_provider"]) == (2, True)


def test_a_result_reaches_the_officer_the_same_day_as_what_it_is(story: Story) -> None:
    """A screen, its confirmation, a second positive and a missed test: each is told for what it is.

    The officer has the first as something to review, said to be a screen; the laboratory's
    confirmation and the next positive update it; the missed test is for the officer to decide.
    """
    story.when(
        expected(),
        reported(at=on(2, 14), findings=[found(), found("opiates", prescribed_medicine="codeine")]),
    )
    notice = only(story, "substance_test_positive", "OFF01")
    assert (notice.urgency, notice.due_at) == (Urgency.SAME_DAY, on(2, 17))
    assert "This is a screen" in notice.actions[1].what
    confirmed = [found(standing="confirmed"), found("opiates", is_positive=False)]
    story.when(reported(at=on(4, 9), findings=confirmed, publisher="north-east-laboratory"))
    story.when(reported(test="T2", at=on(9, 9)), reported("negative", "T3", at=on(16, 9)))
    story.when(reported("missed", "T4", at=on(23, 9)))
    assert story.came_out() == sorted(
        [
            "duty test_result of OFF01: satisfied",
            "raised: substance_test_positive to OFF01",
            *["update: substance_test_positive to OFF01"] * 2,
            "raised: substance_test_not_completed to OFF01",
        ]
    )
    assert only(story, "substance_test_positive", "OFF01").facts["positives"] == 2
    failed = only(story, "substance_test_not_completed", "OFF01")
    assert failed.actions[0].what.startswith("Decide whether this was a failure to comply")
    assert "evidence" not in repr(story.notices).lower()
    assert list(verify(story.session, lambda _: None)) == []


def test_a_result_that_is_not_passed_on_is_noticed(story: Story) -> None:
    """The finding itself: nobody reports the result, and the officer hears that nobody did."""
    story.given(absent("OFF01", "OFF02", starts_at=on(5)), holds("duty_desk", "DESK01"))
    story.when(expected(report_by_on=days(4)))
    time_passes(story, until=on(4, 18))
    time_passes(story, until=on(7, 16))
    assert [n.type for n in story.notices] == []
    asked = story.rows("SELECT tell, words FROM alarm")
    words = f"the result of test T1 was due on {days(4)}: report it, or say why not"
    assert asked == [("durham-recovery", words)]
    time_passes(story, until=on(7, 18))
    notice = only(story, "substance_test_unreported", "OFF02")
    assert notice.recipient.reached_as == "cover"
    assert notice.says_who == "Switchboard, which keeps the time"
    assert notice.facts["expected_of"] == "durham-recovery"


def test_a_person_who_completes_of_their_own_will_is_spoken_of_without_enforcement(
    story: Story,
) -> None:
    """A voluntary place with an absence, completed in the end, has no word of consequences."""
    story.given(*PROGRAMME_STAFF, *NPS_CASE)
    own_will = {"enforceable_basis": "voluntary"}
    story.when(
        placed(**own_will),
        started(at=on(21), started_on=days(21), **own_will, **WORKER),
        missed("S2", at=on(28), **own_will, **WORKER),
        completed(at=on(120), completed_on=days(120), **own_will, **WORKER),
    )
    notice = only(story, "programme_session", "NPS01")
    said = f"{notice.why_you} {[each.what for each in notice.actions]} {story.outbox}".lower()
    for word in ("enforc", "breach", "comply", "failure", "acceptable", "warning"):
        assert word not in said
    assert "encourage them" in said
