"""A notice: raised once, updated for its recipient, never less urgent, less what is withheld."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from world_builder import (
    CRC,
    NOW,
    NPS,
    PERSON,
    Said,
    a_county,
    absent,
    an_officer,
    arrested,
    assigned,
    back,
    bailed,
    callout,
    charged,
    left,
    listed,
    no_further_action,
    on_register,
    restricted,
    resulted,
)
from world_run import World

from streams.domain.instructions import Addressee
from streams.domain.ladders import LADDERS
from streams.domain.notices import Move, Notice, NoticeState, Urgency
from streams.domain.records import Handling, HandlingCondition
from streams.domain.shown import ASK_ORIGINATOR, DO_NOT_TELL, NOT_FOR_YOU
from streams.stages.notify import TIME_DOUBTED, UPDATES_MAX, withdraw

S = NoticeState
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def county(*said: Said) -> World:
    """Return a world with a county in it, and these events."""
    world = World()
    world.send(*a_county(), *said)
    return world


def only(world: World) -> Notice:
    """Return the only notice there is."""
    (notice,) = world.notices
    return notice


def test_a_notice_says_what_who_why_and_by_when() -> None:
    """Everything that the recipient needs is in it, and its id follows from its event."""
    notice = only(county(callout(grade="high", nature="allegation")))
    assert (notice.type, notice.rule) == (
        "domestic_abuse_callout_suspect",
        "domestic_abuse_callout",
    )
    assert (notice.crn, notice.says_who) == (PERSON.crn, "Durham Constabulary")
    assert (notice.state, notice.updates, notice.steps) == (S.RAISED, 0, 0)
    assert notice.nature == "allegation"
    assert notice.why_you == (
        "You are told as responsible officer: the police name this person as suspect at a"
        " domestic abuse call-out."
    )
    assert (notice.raised_at, notice.due_at, notice.occurred_at) == (NOW, NOW + HOUR, NOW)
    assert [rung.role for rung in notice.ladder] == list(LADDERS[Addressee.RESPONSIBLE_OFFICER])
    assert {rung.working_hours for rung in notice.ladder} == {1.0}
    assert only(county(callout(grade="high", nature="allegation"))).id == notice.id


@pytest.mark.parametrize("to", Addressee)
def test_every_addressee_has_a_ladder(to: Addressee) -> None:
    """It begins with whom the notice is for and ends with a desk."""
    assert LADDERS[to][0] == to.value
    assert LADDERS[to][-1] == "duty_desk"


def test_who_was_passed_is_said() -> None:
    """The recipient knows why it is they, and that the sender's time is doubted."""
    world = county(absent(cover="OFF02"))
    world.send(callout(occurred_at=NOW + 90 * DAY))
    why = only(world).why_you
    assert why.startswith("You are told as cover")
    assert "since responsible officer Marguerite Oxenholme (OFF01) is away: " in why
    assert why.endswith(f"; {TIME_DOUBTED}.")
    assert only(world).occurred_at == NOW


def test_what_came_late_is_marked() -> None:
    """How long the recipient has runs from when they are told."""
    notice = only(county(callout(grade="high", occurred_at=NOW - 3 * DAY)))
    assert notice.late
    assert notice.due_at == NOW + HOUR


def test_a_later_step_updates_the_open_notice() -> None:
    """One matter has one notice; it keeps its id and its first instant."""
    world = county(arrested())
    first = only(world)
    world.send(bailed(handling="official_sensitive"), at=NOW + DAY)
    now = only(world)
    assert (now.id, now.raised_at, now.updates, now.steps) == (first.id, NOW, 1, 1)
    assert now.facts["happened"] == "bailed"
    assert now.sources == (arrested().key, bailed(handling="official_sensitive").key)
    assert now.handling is Handling.OFFICIAL_SENSITIVE
    assert [told.move for told in world.told] == [Move.UPDATE]
    world.send(bailed(until_on=NOW.date()))
    assert only(world).handling is Handling.OFFICIAL_SENSITIVE


def test_an_update_is_never_less_urgent_nor_due_later() -> None:
    """An immediate notice stays so until somebody has acknowledged it."""
    world = county(arrested())
    world.send(no_further_action(), at=NOW + 3 * DAY)
    notice = only(world)
    assert (notice.urgency, notice.due_at) == (Urgency.IMMEDIATE, NOW + HOUR)
    assert (notice.facts["happened"], notice.state) == ("no_further_action", S.RAISED)


def test_an_update_may_be_more_urgent_and_due_sooner() -> None:
    """A step that cannot wait brings the notice forward."""
    world = county(listed())
    world.send(resulted(PERSON, "remanded_in_custody"))
    notice = only(world)
    assert (notice.urgency, notice.due_at) == (Urgency.IMMEDIATE, NOW + HOUR)


@pytest.mark.parametrize("state", [S.ACKNOWLEDGED, S.DONE])
def test_what_was_answered_is_shown_again_with_a_time_of_its_own(state: NoticeState) -> None:
    """A step after the answer reopens the notice and is not overdue from the beginning."""
    world = county(listed())
    world.change(only(world), state=state)
    later = NOW + 30 * DAY
    world.send(listed(sittings=[later]), at=later)
    notice = only(world)
    assert notice.state is S.REOPENED
    assert notice.due_at is not None
    assert notice.due_at > later
    assert all(each.due_at and each.due_at > later for each in notice.actions)


@pytest.mark.parametrize("state", [each for each in NoticeState if each is not S.WITHDRAWN])
def test_an_update_of_every_state_is_allowed(state: NoticeState) -> None:
    """No state makes a later step of the matter get lost."""
    world = county(arrested())
    world.change(only(world), state=state)
    world.send(bailed())
    assert only(world).facts["happened"] == "bailed"


def test_a_digest_that_becomes_urgent_gets_a_time() -> None:
    """A notice without a time takes that of the step that has one."""
    said = [callout(reference=f"DA-{n}") for n in range(3)]
    world = county(*said)
    assert world.of_type("repeat_domestic_abuse_callouts")[0].due_at is None
    world.send(callout(reference="DA-4", grade="high"))
    (notice,) = world.of_type("repeat_domestic_abuse_callouts")
    assert (notice.urgency, notice.facts["callouts"]) == (Urgency.SAME_DAY, 4)
    assert notice.due_at is not None


def test_facts_that_stand_are_kept_and_others_are_not() -> None:
    """A charge does not end bail; a listing does not undo a result; no further action ends both."""
    world = county(bailed(court_case="C1"))
    condition = only(world).facts["conditions"]
    assert condition
    world.send(charged(court_case="C1"), resulted(PERSON, "adjourned", court_case="C1"))
    world.send(listed(court_case="C1", offences=[]))
    facts = only(world).facts
    assert (facts["conditions"], facts["outcomes"]) == (condition, ["adjourned"])
    assert (facts["happened"], len(facts["offences"])) == ("listed", 1)
    world.send(no_further_action(court_case="C1"))
    assert only(world).facts["conditions"] == []


def test_a_former_officers_notice_goes_to_who_has_the_person() -> None:
    """It keeps its id, and what comes later updates it for the new officer."""
    world = county(arrested())
    (before,) = world.notices
    world.send(assigned(officer="OFF02", effective_at=NOW), bailed())
    (now,) = world.of_type("new_offence")
    assert (now.id, now.recipient.officer, now.updates) == (before.id, "OFF02", 1)
    (former,) = world.of_type("case_handed_over")
    assert (former.recipient.officer, former.facts["items"]) == ("OFF01", 1)


def test_cover_and_the_officer_who_is_back_have_a_notice_each() -> None:
    """An update goes to who is there now, never onto the list of somebody else."""
    world = county(absent(cover="OFF02"), arrested())
    world.send(back(), bailed(), left("OFF02", left_at=NOW))
    assert [(each.recipient.officer, each.updates) for each in world.notices] == [
        ("OFF02", 0),
        ("OFF01", 0),
    ]


def test_an_officer_who_went_to_another_provider_is_told_anew() -> None:
    """What the provider may read may have changed."""
    world = county(arrested())
    world.send(an_officer("OFF01", team=None, provider=NPS, effective_at=NOW), bailed())
    assert [each.recipient.provider for each in world.notices] == [CRC, NPS]


def test_two_people_and_two_matters_are_never_one_notice() -> None:
    """Each arrest is a matter of its own."""
    world = county(arrested(), arrested(reference="AR-2"))
    assert [each.updates for each in world.notices] == [0, 0]


def test_a_notice_that_was_updated_too_often_is_told_again() -> None:
    """Nobody could read it any more; the new one is updated from then on."""
    world = county(arrested())
    world.change(only(world), updates=UPDATES_MAX)
    world.send(bailed(), charged(court_case="C1").but(court_case="C2"), bailed(until_on=NOW.date()))
    of_arrest = [each for each in world.notices if each.matter == "arrest:AR-1"]
    assert [each.updates for each in of_arrest] == [UPDATES_MAX, 1]


def test_what_must_not_be_told_to_the_person_comes_first() -> None:
    """The warning stands before all else, also where it comes with a later step."""
    sent = callout(handling_conditions=["do_not_tell_person", "unsafe_to_contact"])
    assert only(county(sent)).actions[0].what == DO_NOT_TELL
    world = county(bailed())
    world.send(arrested(covert=True), bailed(until_on=NOW.date()))
    notice = only(world)
    assert notice.actions[0].what == DO_NOT_TELL
    assert HandlingCondition.DO_NOT_TELL_PERSON in notice.handling_conditions


def test_what_is_not_for_a_provider_is_not_told_to_it() -> None:
    """A CRC learns that there is something and whom to ask; reason and tasks say no more."""
    said = callout(children_present=True, handling_conditions=["not_for_provider"])
    world = county(on_register("ADVP"), said)
    notice = only(world)
    assert notice.type == "contact_originator"
    assert notice.facts == {
        "instead_of": "domestic_abuse_callout_suspect",
        "contact": "information-sharing desk, Durham Constabulary",
    }
    assert NOT_FOR_YOU in notice.why_you
    assert [each.what for each in notice.actions] == [ASK_ORIGINATOR]
    assert notice.actions[0].due_at == notice.due_at == NOW + HOUR
    assert world.duties == []
    assert notice.handling_conditions == (HandlingCondition.NOT_FOR_PROVIDER,)


def test_what_is_kept_back_stays_what_it_is() -> None:
    """Of two sorts about one matter neither replaces the other, for one day somebody reads both."""
    kept_back = {"handling_conditions": ["not_for_provider"]}
    world = county(callout(**kept_back), callout(role="victim", **kept_back))
    assert sorted(str(each.facts["instead_of"]) for each in world.notices) == [
        "domestic_abuse_callout_suspect",
        "domestic_abuse_callout_victim",
    ]


def test_a_digest_that_is_not_for_a_provider_is_asked_for_the_next_day() -> None:
    """What has no time of its own still has somebody to ask by some day."""
    said = [callout(reference=f"DA-{n}", handling_conditions=["not_for_provider"]) for n in "123"]
    world = county(*said)
    digest = [each for each in world.notices if each.addressee == "manager"]
    assert [each.type for each in digest] == ["contact_originator"]
    assert digest[0].actions[0].due_at == datetime(2026, 3, 3, 17, tzinfo=UTC)


def test_the_public_service_reads_what_is_not_for_a_provider() -> None:
    """An NPS officer is told the whole."""
    world = county(an_officer("OFF01", team=None, provider=NPS, effective_at=NOW))
    world.send(callout(handling_conditions=["not_for_provider"]))
    assert only(world).type == "domestic_abuse_callout_suspect"


def test_a_desk_reads_less_than_an_officer() -> None:
    """The lead for restricted cases sees no condition's text."""
    world = county(restricted(PERSON, "OFF02"))
    world.send(bailed())
    notice = only(world)
    assert (notice.recipient.officer, notice.restricted) == ("LEAD01", True)
    assert "Tanner" not in repr(notice.facts)
    assert notice.facts["offences"] == []


def test_taking_back_what_a_notice_does_not_rest_on_changes_nothing() -> None:
    """Another event's retraction leaves a notice alone, and one that is over stays over."""
    notice = only(county(callout()))
    assert withdraw(notice, ("durham-police", "another")) is None
    gone = withdraw(notice, callout().key)
    assert gone is not None
    assert gone.notice.state is S.WITHDRAWN
    assert withdraw(gone.notice, callout().key) is None
