"""Who must know of a step in a new matter, how soon, and what stands: the rule by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from world_builder import (
    NOW,
    PERSON,
    Said,
    allocated,
    an_offence,
    arrested,
    assigned,
    bailed,
    callout,
    cautioned,
    charged,
    enforced_by,
    listed,
    no_further_action,
    resulted,
    under_investigation,
    warrant,
)
from world_folds import folded

from streams.domain.instructions import Addressee, CaseView, FactKind, Record, Tell
from streams.domain.notices import Urgency
from streams.domain.offence_events import (
    OFFENCE_EVENTS,
    BailKind,
    CautionKind,
    ConditionKind,
    CourtOrderKind,
    Outcome,
    WarrantKind,
)
from streams.domain.offence_facts import matter_of
from streams.domain.offence_groups import TITLE_GROUPS, groups_of
from streams.domain.records import OffenceGroup
from streams.flows.new_offence import (
    BAIL_GOES_ON,
    CLEARING_OUTCOMES,
    FLOW,
    IMMEDIATE_OUTCOMES,
    NEW_ORDERS,
    SERIOUS_GROUPS,
    decide,
)

HELD = folded(allocated(), assigned())
STEPS = {
    "arrested": arrested(),
    "bailed": bailed(),
    "released_under_investigation": under_investigation(),
    "charged": charged(),
    "cautioned": cautioned(),
    "listed": listed(),
    "warrant_issued": warrant(),
    "resulted": resulted(PERSON, "adjourned"),
    "no_further_action": no_further_action(),
}


def decided(said: Said, *, enforced: bool = False) -> list[Any]:
    """Return what the rule says of an event."""
    case = folded(enforced_by(), case=HELD) if enforced else HELD
    return list(decide(said.model(), CaseView(case, NOW), NOW))


def told(said: Said) -> Tell:
    """Return what the responsible officer is told."""
    (found,) = [
        each
        for each in decided(said)
        if isinstance(each, Tell) and each.to is Addressee.RESPONSIBLE_OFFICER
    ]
    return found


@pytest.mark.parametrize("happened", STEPS)
def test_every_step_tells_the_responsible_officer(happened: str) -> None:
    """No event of the police or the courts ends in silence, and each says what happened."""
    said = told(STEPS[happened])
    assert (said.notice, said.facts["happened"]) == ("new_offence", happened)
    assert said.facts["matter"] == said.matter
    assert said.matter in FLOW.matters(STEPS[happened].model())


def test_the_steps_are_all_that_are_published() -> None:
    """No event type of this matter is forgotten here."""
    assert {said.type for said in STEPS.values()} == set(OFFENCE_EVENTS) == set(FLOW.events)


@pytest.mark.parametrize("happened", STEPS)
def test_enforcement_is_told_where_somebody_enforces(happened: str) -> None:
    """The same notice goes to the enforcement officer, and only where there is one."""
    addressees = [each.to for each in decided(STEPS[happened], enforced=True)]
    assert addressees[:2] == [Addressee.RESPONSIBLE_OFFICER, Addressee.ENFORCEMENT_OFFICER]
    assert Addressee.ENFORCEMENT_OFFICER not in [each.to for each in decided(STEPS[happened])]


def test_an_arrest_is_immediate_whatever_for() -> None:
    """Source: FLOWS row 10."""
    assert told(arrested()).urgency is Urgency.IMMEDIATE


def test_a_covert_arrest_brings_the_same_tasks() -> None:
    """The warning is not the rule's to give: every notice of a covert event begins with it."""
    assert told(arrested(covert=True)).tasks == told(arrested()).tasks


def test_a_warrant_is_immediate() -> None:
    """Somebody may be taken in at any hour."""
    assert told(warrant()).urgency is Urgency.IMMEDIATE


@pytest.mark.parametrize("group", OffenceGroup)
def test_every_group_has_its_urgency(group: OffenceGroup) -> None:
    """Violence, domestic abuse, child and sexual offences are immediate, others the same day."""
    said = told(charged(offences=[an_offence("An offence", group.value)]))
    serious = group in SERIOUS_GROUPS
    assert said.urgency is (Urgency.IMMEDIATE if serious else Urgency.SAME_DAY)
    assert said.facts["offence_groups"] == [group.value]
    assert said.facts["offences"][0]["groups"] == [group.value]


@pytest.mark.parametrize(("words", "group"), TITLE_GROUPS)
def test_every_word_of_a_title_is_read(words: str, group: OffenceGroup) -> None:
    """Courts send no group, so a title makes a matter urgent; what the police say goes first."""
    event = listed(offences=[{"title": f"The {words.upper()} of"}]).model()
    assert group in groups_of(event)
    given = charged(offences=[an_offence(words, "motoring")]).model()
    assert groups_of(given) == (OffenceGroup.MOTORING,)
    assert groups_of(warrant().model()) == ()


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_its_urgency(outcome: Outcome) -> None:
    """What clears the person waits a day, what moves them cannot, all else is the same day."""
    said = told(resulted(PERSON, outcome.value))
    if outcome in CLEARING_OUTCOMES:
        expected = Urgency.NEXT_WORKING_DAY
    else:
        expected = Urgency.IMMEDIATE if outcome in IMMEDIATE_OUTCOMES else Urgency.SAME_DAY
    assert said.urgency is expected
    assert said.facts["happened"] == ("cleared" if outcome in CLEARING_OUTCOMES else "resulted")
    assert bool(said.tasks) is (outcome not in CLEARING_OUTCOMES)
    assert said.facts["outcomes"] == [outcome.value]


def test_one_conviction_beside_an_acquittal_is_no_clearing() -> None:
    """Only where every outcome is in the person's favour are they cleared."""
    said = told(resulted(PERSON, "acquitted", "convicted", "acquitted"))
    assert said.facts["happened"] == "resulted"
    assert said.facts["outcomes"] == ["acquitted", "convicted"]


def test_a_serious_matter_is_immediate_until_it_is_cleared() -> None:
    """An assault adjourned is urgent, an assault acquitted is not."""
    assault = [{"title": "Common assault"}]
    assert told(resulted(PERSON, "adjourned", offences=assault)).urgency is Urgency.IMMEDIATE
    cleared = told(resulted(PERSON, "acquitted", offences=assault))
    assert cleared.urgency is Urgency.NEXT_WORKING_DAY


def test_results_of_applications_count() -> None:
    """A warrant on an application is a warrant."""
    result = {"label": "Warrant", "outcome": "warrant_issued"}
    said = told(resulted(PERSON, applications=[{"results": [result]}]))
    assert said.urgency is Urgency.IMMEDIATE


@pytest.mark.parametrize("kind", CourtOrderKind)
def test_every_order_goes_to_the_allocation_desk_or_not(kind: CourtOrderKind) -> None:
    """An order to be supervised is allocated by a person; others are only named."""
    order = {"kind": kind.value, "made_on": date(2026, 3, 2)}
    said = decided(resulted(PERSON, "order_made", orders=[order]))
    desks = [each for each in said if each.to is Addressee.ALLOCATION_DESK]
    assert len(desks) == (1 if kind in NEW_ORDERS else 0)
    assert said[0].facts["orders"] == [kind.value]
    for desk in desks:
        assert desk.facts == {
            "court_case": "11AM0417826",
            "orders": [kind.value],
            "made_on": date(2026, 3, 2),
            "court": "Aldermoor Magistrates' Court",
        }
        assert desk.tasks[0].duty == "order_assigned"
        assert desk.matter in FLOW.matters(resulted().model())


def test_a_court_without_a_name_is_named_by_its_code() -> None:
    """The desk can always find the court."""
    order = {"kind": "youth_order"}
    said = decided(resulted(PERSON, orders=[order], court={"code": "B99AM00"}))
    assert said[1].facts["court"] == "B99AM00"


def test_no_further_action_amends_and_ends_the_callout() -> None:
    """The officer is told the next day, and a call-out of that reference no longer counts."""
    amended, ended = decided(no_further_action(incident_reference="DA-1"))
    assert (amended.urgency, amended.tasks) == (Urgency.NEXT_WORKING_DAY, ())
    assert isinstance(ended, Record)
    assert (ended.fact, ended.matter) == (FactKind.NO_FURTHER_ACTION, "callout:DA-1")
    assert len(decided(no_further_action())) == 1


@pytest.mark.parametrize(
    ("said", "matter"),
    [
        (charged(arrest_reference="AR-1"), "court_case:11AM0417826"),
        (bailed(court_case="C1"), "court_case:C1"),
        (bailed(), "arrest:AR-1"),
        (no_further_action(incident_reference="DA-1"), "incident:DA-1"),
        (cautioned(arrest_reference=None), "event:"),
    ],
)
def test_a_matter_is_the_case_else_the_arrest_else_the_event(said: Said, matter: str) -> None:
    """Hearings of one case are one matter; what names nothing is a matter of its own."""
    event = said.model()
    expected = matter if matter != "event:" else f"event:{said.event_id}"
    assert matter_of(event) == expected
    assert FLOW.matters(event)[0] == expected


def test_bail_conditions_are_told_with_their_kind() -> None:
    """Each kind of condition, each kind of bail, caution and warrant is passed through."""
    for kind in ConditionKind:
        said = told(bailed(conditions=[{"kind": kind.value, "text": "words"}]))
        assert said.facts["conditions"] == [{"kind": kind.value, "text": "words"}]
    for bail in BailKind:
        assert told(bailed(kind=bail.value)).facts["happened"] == "bailed"
    for caution in CautionKind:
        assert told(cautioned(kind=caution.value)).facts["happened"] == "cautioned"
    for each in WarrantKind:
        assert told(warrant(kind=each.value)).facts["happened"] == "warrant_issued"


@pytest.mark.parametrize(
    ("said", "on"),
    [
        (charged(first_hearing_on=date(2026, 3, 9)), date(2026, 3, 9)),
        (charged(), None),
        (bailed(until_on=date(2026, 4, 1)), date(2026, 4, 1)),
        (listed(), date(2026, 3, 16)),
        (listed(sittings=[]), None),
        (listed(sittings=[datetime(2026, 6, 30, 23, tzinfo=UTC)]), date(2026, 7, 1)),
        (resulted(), None),
        (warrant(), None),
    ],
)
def test_the_next_day_of_the_matter(said: Said, on: date | None) -> None:
    """A listing announces its first sitting by the local day; a result announces none."""
    assert told(said).facts["next_on"] == on


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        (charged(), True),
        (listed(), True),
        (warrant(), True),
        (arrested(), True),
        (bailed(conditions=[]), False),
        (no_further_action(), False),
        (under_investigation(), False),
        (cautioned(), False),
        (resulted(), False),
    ],
)
def test_bail_stands_until_a_step_ends_it(said: Said, *, stands: bool) -> None:
    """A charge or listing says nothing about bail; what replaces or ends it does."""
    assert ("conditions" in told(said).keeps) is stands
    assert "outcomes" in told(said).keeps


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_leaves_bail_or_ends_it(outcome: Outcome) -> None:
    """Bail goes on over an adjournment and not over a sentence."""
    keeps = told(resulted(PERSON, outcome.value)).keeps
    assert ("conditions" in keeps) is (outcome in BAIL_GOES_ON)


def test_another_event_is_a_defect() -> None:
    """The rule decides about steps of a matter only."""
    with pytest.raises(TypeError, match="DomesticAbuseCallout"):
        decided(callout())
