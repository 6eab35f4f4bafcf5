"""Who may not see a case is never told of it, on any rung of any ladder."""

from __future__ import annotations

from datetime import timedelta

import pytest
from world_builder import CRC, NOW, OTHER_TEAM, PERSON, TEAM, absent, an_officer, restricted
from world_folds import directory, folded
from world_ladder import HELD, STAFF, passed, reached

from streams.domain.instructions import Addressee
from streams.stages.assign import desk_of

RESTRICTED = (*HELD, restricted(PERSON, "OFF02"))


def test_a_restricted_case_goes_to_whom_it_names() -> None:
    """An officer, manager and desk not on the list are passed, a cover on it is told."""
    assert reached(absent(cover="OFF02"), of=RESTRICTED) == ("OFF02", "cover")
    found = passed(of=RESTRICTED)
    assert found.recipient.officer == "LEAD01"
    assert found.recipient.reached_as == "restricted_access_lead"
    assert [each.split("(")[1] for each in found.passed] == [
        "OFF01) is not entitled",
        "MGR01) is not entitled",
        "DESK01) is not entitled",
    ]


KEPT_OUT = {
    "officer and team": {"excluded_officers": ["DESK01"], "excluded_teams": [TEAM]},
    "by name": {"excluded_officers": ["OFF01", "MGR01", "DESK01"]},
}


@pytest.mark.parametrize("kept_out", KEPT_OUT.values(), ids=KEPT_OUT)
@pytest.mark.parametrize("to", Addressee)
def test_whom_a_case_excludes_is_never_told(kept_out: dict[str, list[str]], to: Addressee) -> None:
    """No rung of any ladder leads to somebody excluded, though the case is not restricted."""
    of = (*HELD, restricted(restricted=False, **kept_out))
    found = passed(of=of, to=to)
    assert found.recipient.officer in {"LEAD01", "DESK02"}


def test_an_excluded_cover_is_passed() -> None:
    """Somebody related to the person does not get the case by covering."""
    of = (*HELD, restricted(restricted=False, excluded_teams=[OTHER_TEAM]))
    assert reached(absent(cover="OFF02"), of=of) == ("MGR01", "manager")
    assert reached(absent(), absent("MGR01", cover="MGR02"), of=of) == ("DESK01", "duty_desk")


def test_the_team_of_the_case_counts_where_the_directory_has_none() -> None:
    """An officer recorded without a team is excluded with the team that the case names."""
    of = (*HELD, restricted(restricted=False, excluded_teams=[TEAM]))
    teamless = an_officer("OFF01", team=None, effective_at=NOW)
    assert reached(teamless, of=of)[0] != "OFF01"


@pytest.mark.parametrize(
    "kept_out",
    [{"excluded_officers": ["LEAD01"]}, {"excluded_teams": ["HQ"]}],
    ids=["by name", "by team"],
)
def test_an_excluded_lead_is_no_last_resort(kept_out: dict[str, list[str]]) -> None:
    """The lead may see restricted cases, but not those of which they are kept out."""
    in_hq = an_officer("LEAD01", team="HQ", effective_at=NOW)
    of = (*HELD, restricted(PERSON, **kept_out))
    assert reached(in_hq, of=of) == (
        f"restricted_access_lead:{CRC}",
        "restricted_access_lead",
    )


def test_a_restriction_of_tomorrow_keeps_out_today() -> None:
    """Whom it names as excluded is not told in the meantime."""
    of = (
        *HELD,
        restricted(
            restricted=False,
            excluded_officers=["OFF01"],
            effective_at=NOW + timedelta(days=1),
        ),
    )
    assert reached(of=of) == ("MGR01", "manager")


def test_a_desk_for_a_known_person_must_be_entitled() -> None:
    """Where no provider has a person yet, who may see the case still counts."""
    only_lead = folded(restricted(PERSON, "OFF02"))
    staff = directory(*STAFF)
    assert desk_of(staff, CRC, NOW, only_lead).recipient.officer == "LEAD01"
    found = desk_of(directory(), CRC, NOW, only_lead)
    assert found.recipient.officer == f"restricted_access_lead:{CRC}"
