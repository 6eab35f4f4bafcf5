"""Who must know of a call-out, how soon, and what is never said: the rule by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from world_builder import (
    CRC,
    NOW,
    NPS,
    OTHER_TEAM,
    PARTNER,
    TEAM,
    Said,
    allocated,
    arrested,
    assigned,
    callout,
    on_register,
    order_ended,
    order_made,
)
from world_folds import folded

from streams.domain.callout_events import AgeBand, AtAddressOf, CalloutRole, RiskGrade
from streams.domain.case_events import Register
from streams.domain.instructions import (
    Addressee,
    CaseView,
    Fact,
    FactKind,
    Instruction,
    Record,
    Tell,
)
from streams.domain.notices import Urgency
from streams.flows.domestic_abuse_callout import (
    DOMESTIC_ABUSE_REGISTERS,
    FLOW,
    VICTIM_SAFETY,
    decide,
)

if TYPE_CHECKING:
    from streams.domain.cases import Case

ME = UUID(int=1)
DAY = timedelta(days=1)
HELD = folded(allocated(), assigned())
K = FactKind


def fact(reference: str, days_ago: float, kind: FactKind = K.CALLOUT_AS_SUSPECT) -> Fact:
    """Return something to look back on."""
    at = NOW - timedelta(days=days_ago)
    return Fact(ME, kind, f"callout:{reference}", at, ("durham-police", f"{kind}{reference}"))


def decided(
    said: Said,
    *facts: Fact,
    case: Case = HELD,
    parties: tuple[Case, ...] = (),
    happened_at: datetime = NOW,
) -> tuple[Instruction, ...]:
    """Return what the rule says of an event."""
    return decide(said.model(), CaseView(case, happened_at, facts, parties), NOW)


def tells(*args: Any, **kwargs: Any) -> dict[str, Tell]:  # noqa: ANN401 - those of decided
    """Return whom the rule tells, by notice."""
    return {each.notice: each for each in decided(*args, **kwargs) if isinstance(each, Tell)}


def kinds(instructions: tuple[Instruction, ...]) -> set[FactKind | None]:
    """Return which facts are remembered."""
    return {each.fact for each in instructions if isinstance(each, Record)}


def test_a_suspect_is_told_of_to_the_responsible_officer() -> None:
    """One notice the same day, with what to do, and the call-out counted and shared."""
    said = decided(callout())
    (told,) = [each for each in said if isinstance(each, Tell)]
    assert (told.notice, told.to) == (
        "domestic_abuse_callout_suspect",
        Addressee.RESPONSIBLE_OFFICER,
    )
    assert told.urgency is Urgency.SAME_DAY
    assert told.matter == "callout:DA-1"
    assert [task.duty for task in told.tasks] == ["risk_reviewed", "home_visit_considered"]
    assert kinds(said) == {K.CALLOUT_AS_SUSPECT, K.CALLOUT_PARTY}


@pytest.mark.parametrize("role", ["suspect", "victim", "unclear", "both"])
@pytest.mark.parametrize(
    "graver", [{"grade": "high"}, {"children_present": True}, {"order_breached": True}]
)
def test_what_is_grave_is_immediate(role: str, graver: dict[str, object]) -> None:
    """A high grade, children, or a breach each make a call-out immediate by itself."""
    (told,) = tells(callout(role=role, **graver)).values()
    assert told.urgency is Urgency.IMMEDIATE


@pytest.mark.parametrize("register", Register)
def test_a_domestic_abuse_register_makes_it_immediate(register: Register) -> None:
    """Each register of domestic abuse does, is named in the notice, and no other is."""
    case = folded(on_register(register.value), case=HELD)
    (told,) = tells(callout(), case=case).values()
    matters = register in DOMESTIC_ABUSE_REGISTERS
    assert told.urgency is (Urgency.IMMEDIATE if matters else Urgency.SAME_DAY)
    assert told.facts["known_registers"] == ([register.value] if matters else [])


@pytest.mark.parametrize("grade", RiskGrade)
@pytest.mark.parametrize("place", AtAddressOf)
def test_every_grade_and_place_is_said(grade: RiskGrade, place: AtAddressOf) -> None:
    """Each value of the closed lists is passed on; we never grade."""
    (told,) = tells(callout(grade=grade.value, at_address_of=place.value)).values()
    assert (told.facts["grade"], told.facts["at_address_of"]) == (grade.value, place.value)
    assert (told.urgency is Urgency.IMMEDIATE) is (grade is RiskGrade.HIGH)


@pytest.mark.parametrize("role", CalloutRole)
def test_every_role_has_its_own_end(role: CalloutRole) -> None:
    """Suspect, victim and unclear are three notices; a witness is recorded with the reason."""
    notices = {
        CalloutRole.SUSPECT: {"domestic_abuse_callout_suspect"},
        CalloutRole.VICTIM: {"domestic_abuse_callout_victim"},
        CalloutRole.WITNESS: set(),
        CalloutRole.BOTH: {"domestic_abuse_callout_role_unclear"},
        CalloutRole.UNCLEAR: {"domestic_abuse_callout_role_unclear"},
    }
    said = decided(callout(role=role.value))
    assert set(tells(callout(role=role.value))) == notices[role]
    assert (K.CALLOUT_AS_SUSPECT in kinds(said)) is (role is CalloutRole.SUSPECT)
    assert (K.CALLOUT_PARTY in kinds(said)) is (role is not CalloutRole.WITNESS)


@pytest.mark.parametrize("role", ["victim", "unclear", "both"])
def test_whoever_may_be_a_victim_is_not_endangered_by_the_notice(role: str) -> None:
    """How not to make it worse is in the facts and among what to do."""
    (told,) = tells(callout(role=role)).values()
    assert told.facts["safety_instruction"] == VICTIM_SAFETY
    assert VICTIM_SAFETY in told.tasks[0].what
    assert (told.tasks[0].due, told.tasks[0].duty) == (None, None)


def test_a_victims_notice_says_nothing_of_the_suspects_side() -> None:
    """Neither where it was, nor a breach, nor registers, nor the role."""
    (told,) = tells(callout(role="victim", order_breached=True)).values()
    hidden = {"at_address_of", "order_breached", "known_registers", "role"}
    assert hidden.isdisjoint(told.facts)


@pytest.mark.parametrize("role", CalloutRole)
def test_the_narrative_and_names_are_never_told(role: CalloutRole) -> None:
    """The force's words may name the informant; they are in no instruction."""
    said = callout(role=role.value, summary="CANARY", children_present=True)
    assert "CANARY" not in repr(decided(said))
    assert "Brackenridge" not in repr(decided(said))


@pytest.mark.parametrize("band", AgeBand)
def test_children_are_a_number_and_an_age(band: AgeBand) -> None:
    """Each age band is passed on, and the referral becomes a duty."""
    said = callout(children_present=True, children_count=1, children_age_bands=[band.value])
    (told,) = tells(said).values()
    assert (told.facts["children_count"], told.facts["children_age_bands"]) == (1, [band.value])
    assert told.tasks[0].duty == "childrens_referral_confirmed"


def other(**fields: object) -> Case:
    """Return the case of another party to the call-out."""
    return folded(allocated(PARTNER), assigned(PARTNER, **({"officer": "OFF02"} | fields)))


@pytest.mark.parametrize(
    ("fields", "same"),
    [
        ({"officer": "OFF01"}, "officer"),
        ({"officer": "OFF01", "team": OTHER_TEAM}, "officer"),
        ({}, "team"),
        ({"team": OTHER_TEAM}, None),
        ({"provider": NPS, "officer": "OFF01"}, None),
        ({"effective_at": NOW + DAY, "team": OTHER_TEAM}, "team"),
    ],
)
@pytest.mark.parametrize("role", ["suspect", "victim", "unclear"])
def test_both_sides_with_one_officer_or_team(
    fields: dict[str, object], same: str | None, role: str
) -> None:
    """The manager decides who holds what, and is told the call-out, not the other party."""
    told = tells(callout(role=role), parties=(other(**fields),)).get("both_parties_supervised")
    assert (told.facts if told else None) == (
        {"callout_reference": "DA-1", "same": same} if same else None
    )
    assert told is None or told.to is Addressee.MANAGER


def test_a_party_whose_supervision_ended_is_not_on_supervision() -> None:
    """Nobody holds that person any more."""
    ended = folded(order_made(), order_ended(), case=other())
    assert "both_parties_supervised" not in tells(callout(), parties=(ended,))


def test_a_party_whom_nobody_has_yet_and_a_case_without_a_holder() -> None:
    """Without a holder on both sides there is nothing to share out."""
    assert "both_parties_supervised" not in tells(callout(), parties=(folded(),))
    assert "both_parties_supervised" not in tells(callout(), case=folded(), parties=(other(),))
    teamless = folded(allocated(team=None), assigned(team=None))
    assert "both_parties_supervised" not in tells(callout(), case=teamless, parties=(other(),))


def test_one_of_several_parties_is_enough() -> None:
    """The manager is told once, however many share the team."""
    parties = (other(team=OTHER_TEAM), other(), other(officer="OFF01"))
    said = decided(callout(), parties=parties)
    assert len([each for each in said if isinstance(each, Tell)]) == 2
    assert HELD.responsible(NOW) is not None
    assert (parties[1].responsibilities[0].provider, TEAM) == (CRC, TEAM)


def test_another_event_is_a_defect() -> None:
    """The rule decides about call-outs only, and knows the matters of those only."""
    with pytest.raises(TypeError, match="Arrested"):
        decided(arrested())
    assert FLOW.matters(arrested().model()) == ()
    assert FLOW.shared_matter(arrested().model()) is None


def test_the_matters_are_those_it_tells_of() -> None:
    """What the ledger loads for an event is what its notices may be about."""
    said = callout(role="suspect")
    told = tells(said, fact("A", 2), fact("B", 1), parties=(other(),)).values()
    assert {each.matter for each in told} <= set(FLOW.matters(said.model()))
    assert FLOW.shared_matter(said.model()) == "callout:DA-1"
