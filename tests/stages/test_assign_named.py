"""Officers whom an event names, and holders of a role of the public service, are told by name."""

from __future__ import annotations

import pytest
from world_builder import (
    CRC,
    NOW,
    NPS,
    PERSON,
    Said,
    a_team,
    absent,
    an_officer,
    holds,
    left,
    restricted,
)
from world_folds import directory, folded
from world_ladder import HELD, STAFF, reached

from streams.domain.instructions import Addressee, Tell
from streams.domain.notices import Urgency
from streams.stages.assign import assign


def named(officer: str, *changes: Said, of: tuple[Said, ...] = HELD) -> tuple[str, str]:
    """Return who is told where an event names this officer."""
    found = assign(
        folded(*of), directory(*STAFF, *changes), Addressee.NAMED_OFFICER, NOW, officer=officer
    )  # fmt: skip
    assert found is not None
    return (found.recipient.officer, found.recipient.reached_as)


def test_whom_the_event_names_is_told() -> None:
    """Somebody other than the responsible officer is told by name."""
    assert named("OFF02") == ("OFF02", "named_officer")


def test_the_ladder_is_that_of_the_named_officer() -> None:
    """Cover and manager of the named officer stand in, not those of the responsible officer."""
    assert named("OFF02", absent("OFF02", cover="OFF01")) == ("OFF01", "cover")
    assert named("OFF02", left("OFF02")) == ("MGR02", "manager")


def test_a_name_that_nobody_knows_goes_to_whoever_has_the_person() -> None:
    """A wrong officer id in an event loses nothing."""
    assert named("NOBODY") == ("OFF01", "named_officer")


def test_a_named_officer_who_may_not_see_the_case_is_passed() -> None:
    """Being named by an event is no entitlement."""
    assert named("OFF02", of=(*HELD, restricted(PERSON, "OFF01")))[0] == "LEAD01"


def test_the_manager_of_a_named_officer_is_told() -> None:
    """Whoever manages the officer who asked is told, not who manages whoever has the person."""
    found = assign(folded(*HELD), directory(*STAFF), Addressee.MANAGER, NOW, officer="OFF02")
    assert found is not None
    assert (found.recipient.officer, found.recipient.reached_as) == ("MGR02", "manager")


@pytest.mark.parametrize("to", [Addressee.COURT_DUTY_OFFICER, Addressee.MASH_PROBATION_OFFICER])
def test_a_role_of_the_public_service_is_told_whoever_has_the_person(to: Addressee) -> None:
    """A CRC's person has the court and MASH officers of the National Probation Service."""
    assert reached(holds(to.value, "ENF01", NPS), to=to) == ("ENF01", to.value)
    assert reached(to=to) == ("DESK01", "duty_desk")
    assert CRC != NPS


def test_the_manager_of_a_role_of_the_public_service_stands_in() -> None:
    """Holder, cover and that role's manager are asked before any desk of the provider."""
    team = a_team("CRT", "ENF01", provider=NPS)
    clerk = an_officer("OFF03", "CRT", provider=NPS)
    held = holds("court_duty_officer", "OFF03", NPS, cover="OFF02")
    staff, to = (team, clerk, held), Addressee.COURT_DUTY_OFFICER
    assert reached(*staff, to=to) == ("OFF03", "court_duty_officer")
    assert reached(*staff, absent("OFF03"), to=to) == ("OFF02", "court_duty_officer")
    gone = (absent("OFF03"), absent("OFF02"))
    assert reached(*staff, *gone, to=to) == ("ENF01", "manager")
    ended = holds("court_duty_officer", "OFF03", NPS, effective_at=NOW, ended_at=NOW)
    assert reached(*staff, ended, to=to) == ("DESK01", "duty_desk")


def test_a_named_officer_needs_a_name_and_nobody_else_has_one() -> None:
    """A flow that forgets whom it means is a defect, and is said so."""
    for to, officer in ((Addressee.NAMED_OFFICER, None), (Addressee.ALLOCATION_DESK, "OFF01")):
        with pytest.raises(ValueError, match="named officer"):
            Tell("n", to, Urgency.DIGEST, "m", {}, "why", officer=officer)
