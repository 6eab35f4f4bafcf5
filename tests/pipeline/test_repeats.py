"""What an agency sends again, corrects or takes back, before and after it was told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from world_builder import (
    NOW,
    PARTNER,
    PERSON,
    STRANGER,
    Said,
    a_county,
    allocated,
    an_officer,
    arrested,
    assigned,
    bailed,
    callout,
    left,
    on_register,
    order_ended,
    order_made,
    restricted,
)
from world_run import World

from streams.domain.duties import DutyState
from streams.domain.errors import RefusalCode
from streams.domain.notices import Move, NoticeState, Urgency
from streams.pipeline import Disposition
from streams.stages.notify import TAKEN_BACK

D = Disposition
DAY = timedelta(days=1)
S = NoticeState


def county(*said: Said) -> World:
    """Return a world with a county in it, and these events."""
    world = World()
    world.send(*a_county(), *said)
    return world


def open_duties(world: World) -> list[str]:
    """Return the kinds of the duties that are open."""
    return sorted(duty.kind for duty in world.duties if duty.state is DutyState.OPEN)


@pytest.mark.parametrize("batch_max", [1, 9])
def test_a_repeat_changes_nothing(batch_max: int) -> None:
    """The same event again, also with another time of publishing, tells nobody anything."""
    world = county(callout())
    before = world.snapshot()
    again = callout().same_id_but(published_at=NOW + DAY)
    ended = world.send(callout(), again, callout(), batch_max=batch_max)
    assert [(each.disposition, each.seq, each.is_repeat) for each in ended] == [
        (None, None, True)
    ] * 3
    assert world.told == []
    assert {**world.snapshot(), "ended": None} == {**before, "ended": None}


def test_a_repeat_within_one_batch_is_a_repeat() -> None:
    """Two copies in one fetch are one event."""
    world = county()
    ended = world.send(callout(), callout())
    assert [each.disposition for each in ended] == [D.ROUTED, None]
    assert len(world.notices) == 1


def test_the_same_id_with_other_content_is_a_contradiction() -> None:
    """It is quarantined, says what to send instead, and what was told stays."""
    world = county(callout())
    (ended,) = world.send(callout().same_id_but(grade="high"))
    assert ended.disposition is D.QUARANTINED
    assert ended.refusal is not None
    assert ended.refusal.code is RefusalCode.CONTRADICTION
    assert callout().event_id in ended.refusal.words
    assert world.told == []
    assert world.send(callout())[0].is_repeat


def test_a_contradiction_that_names_another_event_is_one_still() -> None:
    """Reusing an id for the correction of something else claims nothing."""
    world = county(callout())
    other = callout().same_id_but(grade="high", supersedes="another")
    assert world.send(other)[0].disposition is D.QUARANTINED


def test_a_refused_event_claims_nothing() -> None:
    """A corrected resend of a quarantined event gets in under the same id."""
    world = county()
    wrong = callout().same_id_but(gateway="safeguarding_duties")
    assert world.send(wrong)[0].disposition is D.QUARANTINED
    assert world.send(callout())[0].disposition is D.ROUTED


@pytest.mark.parametrize("batch_max", [1, 9])
def test_a_correction_withdraws_what_was_wrong_and_tells_anew(batch_max: int) -> None:
    """The wrong notice is withdrawn, the right one has its own urgency, the duties are open."""
    world = county()
    first = callout(grade="high", children_present=True)
    world.send(
        first, first.corrected(grade="standard", children_present=False), batch_max=batch_max
    )
    was, now = world.notices
    assert (was.state, now.state) == (S.WITHDRAWN, S.RAISED)
    assert (was.urgency, now.urgency) == (Urgency.IMMEDIATE, Urgency.SAME_DAY)
    assert open_duties(world) == ["home_visit_considered", "risk_reviewed"]
    assert len({duty.id for duty in world.duties}) == 5


def test_the_same_id_stated_anew_is_a_correction_of_itself() -> None:
    """An agency that keeps its ids gets one notice withdrawn and another told, of another id."""
    world = county(callout())
    anew = callout().same_id_but(grade="high", supersedes=callout().event_id)
    assert world.send(anew)[0].disposition is D.ROUTED
    was, now = world.notices
    assert was.id != now.id
    assert (was.state, now.state) == (S.WITHDRAWN, S.RAISED)
    assert [each.source for each in world.loaded.facts] == [anew.key] * len(world.loaded.facts)
    assert world.send(callout())[0].is_repeat


def test_a_chain_of_corrections_leaves_the_last() -> None:
    """Each correction replaces the one before it."""
    first = callout()
    second = first.corrected(grade="medium")
    third = second.corrected(grade="high")
    world = county(first, second, third)
    assert [(each.state, each.facts["grade"]) for each in world.notices] == [
        (S.WITHDRAWN, "standard"),
        (S.WITHDRAWN, "medium"),
        (S.RAISED, "high"),
    ]
    assert len({fact.source for fact in world.loaded.facts}) == 1


def test_a_correction_that_was_corrected_does_not_win_by_being_late() -> None:
    """What comes after its own correction tells nobody."""
    first = callout()
    second = first.corrected(grade="medium")
    world = county(first, second.corrected(grade="high"))
    (ended,) = world.send(second)
    assert ended.disposition is D.RECORDED
    assert ended.because.endswith("nobody is told")
    standing = [each for each in world.notices if each.state is not S.WITHDRAWN]
    assert [each.facts["grade"] for each in standing] == ["high"]


@pytest.mark.parametrize("batch_max", [1, 9])
def test_a_retraction_withdraws_notice_duties_and_facts(batch_max: int) -> None:
    """What rested on the event alone is taken back, and the recipient's notice says so."""
    world = county()
    ended = world.send(callout(), callout().retracted(), batch_max=batch_max)
    assert ended[1].because.startswith("takes back what was told before")
    assert [each.state for each in world.notices] == [S.WITHDRAWN]
    assert open_duties(world) == []
    assert world.loaded.facts == []
    assert [each.move for each in world.told] == [None, Move.WITHDRAW]


def test_a_retraction_that_comes_first_stops_the_event() -> None:
    """An event that was retracted before it came tells nobody and keeps no content."""
    world = county(callout().retracted())
    (ended,) = world.send(callout())
    assert (ended.disposition, ended.keeps_content) == (D.RECORDED, False)
    assert world.notices == []
    assert world.loaded.facts == []
    assert world.send(callout())[0].is_repeat


@pytest.mark.parametrize("batch_max", [1, 9])
def test_retracting_twice_changes_nothing_more(batch_max: int) -> None:
    """A second retraction, or the retraction of one, finds nothing to undo."""
    world = county()
    again = callout().retracted(published_at=NOW + DAY)
    said = (callout(), callout().retracted(), again, again.retracted())
    world.send(*said, batch_max=batch_max)
    assert [each.move for each in world.told] == [None, Move.WITHDRAW]
    assert [each.state for each in world.notices] == [S.WITHDRAWN]


def test_a_correction_after_a_retraction_is_told() -> None:
    """Taken back and then stated anew, with an id of its own or the same one."""
    world = county(callout(), callout().retracted())
    anew = callout().same_id_but(grade="high", supersedes=callout().event_id)
    assert world.send(anew)[0].disposition is D.ROUTED
    assert world.notices[-1].state is S.RAISED
    assert open_duties(world) == ["home_visit_considered", "risk_reviewed"]
    world.send(anew.corrected(grade="medium"))
    assert world.notices[-1].facts["grade"] == "medium"
    assert open_duties(world) == ["home_visit_considered", "risk_reviewed"]


def test_nobody_takes_back_what_another_agency_said() -> None:
    """A retraction names an event of its own publisher."""
    world = county(callout())
    world.send(on_register("ADVP").but(retracts=callout().event_id))
    assert [each.state for each in world.notices] == [S.RAISED]


def test_part_of_a_notice_taken_back_is_said() -> None:
    """A notice that rests on other events too stays, is shown again, and says what happened."""
    world = county(arrested(), bailed())
    (notice,) = world.notices
    world.change(notice, state=S.DONE)
    world.send(bailed().retracted())
    (notice,) = world.notices
    assert (notice.state, notice.sources) == (S.REOPENED, (arrested().key,))
    assert notice.actions[0].what == TAKEN_BACK
    assert [each.move for each in world.told] == [Move.UPDATE]
    world.send(bailed().corrected(until_on=NOW.date()))
    (notice,) = world.notices
    assert TAKEN_BACK not in [each.what for each in notice.actions]
    assert len(notice.sources) == 2


def test_a_retraction_creates_nobody() -> None:
    """Taking back an allocation that never came makes no person and keeps no content."""
    world = World()
    (ended,) = world.send(allocated(STRANGER).retracted())
    assert (ended.disposition, ended.keeps_content) == (D.RECORDED, False)
    assert world.cases == {}
    assert world.loaded.known == {}
    assert world.send(allocated(STRANGER))[0].disposition is D.RECORDED
    assert world.cases == {}


@pytest.mark.parametrize("batch_max", [1, 9])
def test_a_case_is_as_if_what_was_taken_back_had_never_come(batch_max: int) -> None:
    """Holders, orders, registers and restrictions all go back to what the others say."""
    said = (
        assigned(officer="OFF02", effective_at=NOW - DAY),
        order_ended(),
        on_register("ADVP"),
        restricted(PERSON, "OFF03"),
    )
    world = World()
    world.send(*a_county(), order_made(), batch_max=batch_max)
    before = world.case
    world.send(*said, batch_max=batch_max)
    assert world.case != before
    world.send(*(each.retracted() for each in said), batch_max=batch_max)
    assert world.case == before
    world.send(callout())
    assert world.recipients() == ["OFF01"]


def test_a_corrected_assignment_replaces_the_wrong_one() -> None:
    """An assignment moved to a later day leaves the former officer in place until then."""
    wrong = assigned(officer="OFF02", effective_at=NOW - DAY)
    world = county(wrong, wrong.corrected(effective_at=NOW + DAY))
    world.send(callout())
    assert world.recipients() == ["OFF01"]


def test_a_correction_about_another_person_frees_the_first() -> None:
    """An assignment that named the wrong person is taken from them."""
    wrong = assigned(officer="OFF02", effective_at=NOW - DAY)
    world = county(allocated(PARTNER), assigned(PARTNER, "OFF03"), wrong)
    world.send(wrong.corrected(person=PARTNER.reference("crn")))
    world.send(callout(), callout(PARTNER, reference="DA-2"))
    assert world.recipients() == ["OFF01", "OFF02"]


def test_a_directory_event_cannot_be_retracted() -> None:
    """Applying it would do once more what its sender wants undone, so they are told how."""
    world = county(left("OFF02"))
    (ended,) = world.send(left("OFF02").retracted())
    assert ended.disposition is D.QUARANTINED
    assert ended.refusal is not None
    assert "meta.retracts" in ended.refusal.words
    world.send(an_officer("OFF02", effective_at=NOW))
    assert world.loaded.directory.officer("OFF02", NOW) is not None
