"""What an event is looked up by, and what is kept of its names."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from world_builder import PARTNER, PERSON, a_team, callout
from world_run import REGISTER, RULES

from streams.domain.matching import NAME_AND_BIRTH_DATE, LookupKey
from streams.domain.passage import Looked, Opened
from streams.stages.admit import open_record
from streams.stages.identify import look, merged


def looked(**person: Any) -> Looked:  # noqa: ANN401 - fields of a reference
    """Return what an event about such a person is looked up by."""
    opened = open_record(
        callout().but(person=person).raw(), REGISTER.agencies["durham-police"], RULES.models
    )
    assert isinstance(opened, Opened)
    found = look(opened)
    assert found is not None
    return found


def test_an_event_about_staff_looks_nobody_up() -> None:
    """The directory is about nobody on supervision."""
    raw, agency = a_team().raw(), REGISTER.agencies["staff-directory"]
    opened = open_record(raw, agency, RULES.models)
    assert isinstance(opened, Opened)
    assert look(opened) is None


def test_identifiers_come_first_then_every_name() -> None:
    """Aliases are keys like the name, a protected one too; each key is looked up once."""
    alias = {"kind": "protected", "family_name": PARTNER.family_name}
    again = {"kind": "alias", "family_name": PERSON.family_name.lower()}
    found = looked(**PERSON.reference("pnc", "crn"), aliases=[alias, again])
    born = PERSON.born_on.isoformat()
    assert [key.kind for key in found.keys[:2]] == ["pnc", "crn"]
    assert found.keys[2:] == (
        LookupKey(NAME_AND_BIRTH_DATE, f"ASHCOMBEPRYOR {born}"),
        LookupKey(NAME_AND_BIRTH_DATE, f"BRACKENRIDGE {born}"),
    )
    assert found.crn == PERSON.crn


@pytest.mark.parametrize(
    "person", [{}, {"name": {"family_name": "Unknown"}}, {"born_on": date(1991, 6, 14)}]
)
def test_nothing_to_look_up(person: dict[str, Any]) -> None:
    """Half a name and birth date finds nobody."""
    assert looked(**person).keys == ()


def test_an_identifier_that_is_junk_is_no_key() -> None:
    """A placeholder would join strangers."""
    junk = [{"kind": "pnc", "value": "N/K"}, {"kind": "crn", "value": ""}]
    assert looked(identifiers=junk).keys == ()


def test_what_is_known_of_a_person_only_grows() -> None:
    """A new surname is added to those that were known."""
    one, other = looked(**PERSON.reference()), looked(**PARTNER.reference())
    person_id = one.reference.person_id
    first = merged(None, person_id, one.reference)
    both = merged(first, person_id, other.reference)
    assert both.family_names == one.reference.family_names | other.reference.family_names
    assert both.birth_dates == {PERSON.born_on, PARTNER.born_on}
