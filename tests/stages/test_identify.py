"""What an event is looked up by, and what is kept of its names."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from world_builder import PARTNER, PERSON, a_team, callout
from world_run import REGISTER, RULES

from streams.domain.matching import (
    NAME_AND_BIRTH_DATE,
    UNKNOWN_WORDS,
    LookupKey,
    Unknown,
    UnknownReason,
)
from streams.domain.passage import Identity, Looked, Opened
from streams.stages.admit import open_record
from streams.stages.identify import REFUSED_SHOWN_MAX, look, merged, why_nobody


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


def test_an_identifier_that_is_refused_is_no_key_and_said() -> None:
    """What cannot be a PNC id is left out once with its reason, which does not repeat it."""
    mistyped = PERSON.pnc[:-1] + ("A" if PERSON.pnc[-1] != "A" else "B")
    found = looked(identifiers=[{"kind": "pnc", "value": mistyped}] * 2)
    assert found.keys == ()
    assert len(found.refused) == 1
    assert found.refused[0].startswith("pnc: a PNC id is")
    assert "check letter does not fit" in found.refused[0]
    assert mistyped[:4] not in found.refused[0]
    assert looked(**PERSON.reference("pnc"), aliases=[]).refused == ()


def test_few_of_many_refusals_are_said() -> None:
    """The words of a held event stay readable, and say how much more there is."""
    nobody = Identity(Unknown(UnknownReason.NOBODY_FOUND), None, refused=("x; the publisher",) * 7)
    words = why_nobody(nobody, REGISTER.agencies["durham-police"])
    assert words.count("x; Durham Constabulary.") == REFUSED_SHOWN_MAX
    assert words.endswith(" Refused as well: 2 more.")
    assert words.startswith(UNKNOWN_WORDS[UnknownReason.NOBODY_FOUND])


def test_what_is_known_of_a_person_only_grows() -> None:
    """A new surname is added to those that were known."""
    one, other = looked(**PERSON.reference()), looked(**PARTNER.reference())
    person_id = one.reference.person_id
    first = merged(None, person_id, one.reference)
    both = merged(first, person_id, other.reference)
    assert both.family_names == one.reference.family_names | other.reference.family_names
    assert both.birth_dates == {PERSON.born_on, PARTNER.born_on}
