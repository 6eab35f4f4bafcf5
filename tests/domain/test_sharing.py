"""What is withheld from whom: every row of the table, for every way of being reached."""

from typing import Any

import pytest
from world_builder import NOW

from streams.domain.cases import Restriction
from streams.domain.directory_events import Role
from streams.domain.instructions import Addressee
from streams.domain.records import HandlingCondition
from streams.domain.sharing import (
    NEVER_SHOWN,
    OFFICERS,
    REACHED_AS,
    WITHHELD,
    WithheldRow,
    is_entitled,
    is_excluded,
    is_for_provider,
    withhold,
)

FACTS: dict[str, Any] = {
    "conditions": [{"kind": "exclusion", "text": "Not to enter Tanner's Row."}],
    "offences": [{"code": "TH68", "title": "Theft", "groups": ["acquisitive"]}],
    "known_registers": ["ADVP"],
    "children_age_bands": ["under_5"],
    "findings": [{"substance": "opiates", "prescribed_medicine": "codeine"}],
    "stated_reason": "health",
    "withdrawal_reason": "custody",
    "grade": "high",
}


@pytest.mark.parametrize("row", WITHHELD, ids=lambda row: row.field)
@pytest.mark.parametrize("reached_as", REACHED_AS)
def test_a_row_withholds_from_all_but_those_it_names(row: WithheldRow, reached_as: str) -> None:
    """Who may read a field reads it whole; everybody else reads what stands for it."""
    shown, given = withhold(FACTS, reached_as)[row.field], FACTS[row.field]
    if row.part is not None:
        assert shown[0].keys() == given[0].keys()
        shown, given = shown[0][row.part], given[0][row.part]
    assert shown == (given if reached_as in row.seen_by else row.instead)


@pytest.mark.parametrize("reached_as", REACHED_AS)
def test_what_no_row_names_is_for_everybody(reached_as: str) -> None:
    """A field without a row, or one that is not there, is left alone, and so is the original."""
    assert withhold({"grade": "high"}, reached_as) == {"grade": "high"}
    before = repr(FACTS)
    withhold(FACTS, reached_as)
    assert repr(FACTS) == before


def test_every_way_of_being_reached_is_known() -> None:
    """Whoever a notice can go to is in the list over which the table is tested.

    A review desk is reached as a duty desk.
    """
    officers = {"cover", *OFFICERS}
    desks = {Role.DUTY_DESK.value, Role.ALLOCATION_DESK.value, Role.RESTRICTED_ACCESS_LEAD.value}
    others = {Role.COURT_DUTY_OFFICER.value, Role.MASH_PROBATION_OFFICER.value, "named_officer"}
    assert set(REACHED_AS) == officers | desks | others
    assert {each.value for each in Addressee} <= {*REACHED_AS, "review_desk"}


def test_nothing_that_is_never_shown_can_be_withheld_instead() -> None:
    """A field that nobody may read is not in the table of those whom some may not."""
    assert NEVER_SHOWN.isdisjoint(row.field for row in WITHHELD)


def restriction(*, only: tuple[str, ...] | None = None, **excluded: tuple[str, ...]) -> Restriction:
    """Return a restriction to some officers, or against some."""
    return Restriction(NOW, 1, only is not None, only or (), **excluded)


@pytest.mark.parametrize(
    ("of", "may"),
    [
        (restriction(), True),
        (restriction(only=("OFF01",)), True),
        (restriction(only=("OFF02",)), False),
        (restriction(only=()), False),
        (restriction(excluded_officers=("OFF01",)), False),
        (restriction(excluded_teams=("ALD",)), False),
        (restriction(excluded_officers=("OFF02",), excluded_teams=("SEA",)), True),
        (restriction(only=("OFF01",), excluded_officers=("OFF01",)), False),
        (restriction(only=("OFF01",), excluded_teams=("ALD",)), False),
    ],
)
def test_exclusion_is_absolute_and_restriction_is_a_list(of: Restriction, *, may: bool) -> None:
    """An officer sees a case unless excluded, by name or team, or not on its list."""
    assert is_entitled(of, "OFF01", "ALD") is may


def test_somebody_without_a_team_is_excluded_by_name_only() -> None:
    """No team is in no excluded team."""
    assert not is_excluded(restriction(excluded_teams=("ALD",)), "OFF01", None)
    assert is_excluded(restriction(excluded_officers=("OFF01",)), "OFF01", None)


@pytest.mark.parametrize(
    ("of", "is_open"),
    [
        (restriction(), True),
        (restriction(only=()), False),
        (restriction(excluded_officers=("OFF01",)), False),
        (restriction(excluded_teams=("ALD",)), False),
    ],
)
def test_a_case_is_open_where_nobody_is_kept_out(of: Restriction, *, is_open: bool) -> None:
    """Restriction and exclusion both mean that not everybody may see the case."""
    assert of.is_open is is_open


@pytest.mark.parametrize("condition", HandlingCondition)
@pytest.mark.parametrize("contracted", [True, False])
def test_only_one_condition_keeps_content_from_a_contracted_provider(
    condition: HandlingCondition, *, contracted: bool
) -> None:
    """`not_for_provider` keeps content from a CRC and from nobody else; no other does."""
    kept = contracted and condition is HandlingCondition.NOT_FOR_PROVIDER
    assert is_for_provider((condition,), contracted=contracted) is not kept
    assert is_for_provider((), contracted=contracted)
