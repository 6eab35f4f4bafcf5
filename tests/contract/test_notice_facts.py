"""What flows tell fits the notices' schemas, and no notice has a field that nobody may read."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import world_absences
import world_checks
import world_merging
import world_programmes
from world_builder import (
    NOW,
    PARTNER,
    PERSON,
    TEAM,
    Said,
    a_county,
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
    on_register,
    resulted,
    under_investigation,
    warrant,
)
from world_run import RULES, World

from schemas import catalogue
from schemas.codec import from_json
from streams.domain.acts import DutyFell
from streams.domain.case_events import Register
from streams.domain.offence_events import CourtOrderKind, Outcome
from streams.domain.sharing import NEVER_SHOWN
from streams.pipeline import prepare
from streams.pipeline.acting import act

if TYPE_CHECKING:
    from streams.domain.notices import Notice

NOTICE_TYPES = tuple(each for each in catalogue.types() if each.startswith("notices."))
CHILDREN = {"children_present": True, "children_count": 2, "children_age_bands": ["unborn"]}
ORDERS = [{"kind": kind.value, "made_on": None} for kind in CourtOrderKind]
STORIES: dict[str, tuple[Said, ...]] = {
    "suspect": (callout(**CHILDREN, grade="high"), callout(reference="DA-2")),
    "third": tuple(callout(reference=f"DA-{n}") for n in range(3)),
    "victim": (callout(role="victim", **CHILDREN),),
    "unclear": (callout(role="unclear"), callout(role="both", reference="DA-2")),
    "parties": (callout(), callout(PARTNER, role="victim")),
    "kept from the provider": (callout(handling_conditions=["not_for_provider"]),),
    "matters": (
        arrested(covert=True, offences=[an_offence("Robbery", "violence")]),
        bailed(),
        under_investigation(),
        charged(),
        cautioned(),
        no_further_action(incident_reference="DA-1"),
        listed(),
        resulted(PERSON, *(each.value for each in Outcome), orders=ORDERS),
        warrant(),
    ),
    "held": (callout().but(person=PERSON.reference()),),
    "desk": (resulted(PERSON, "order_made", orders=ORDERS[:1]),),
    **world_programmes.NOTICE_STORIES,
    **world_checks.NOTICE_STORIES,
}


def told(story: tuple[Said, ...]) -> list[Notice]:
    """Return what everybody is told in a story, two people on supervision by one team."""
    world = World()
    two = (allocated(PARTNER, team=TEAM), assigned(PARTNER, "OFF02"), enforced_by())
    registers = [on_register(register.value) for register in Register]
    world.send(*a_county(), *two, *registers)
    world.send(*story)
    return [each.notice for each in world.told]


def overdue() -> list[Notice]:
    """Return what is told when the duties of a call-out pass their time."""
    world, said = World(), callout()
    world.send(*a_county(), said)
    opened = prepare(said.raw(), said.feed, RULES).opened
    assert opened is not None
    openers = {duty.id: opened for duty in world.duties}
    acts = [DutyFell(each) for each in openers]
    loaded = replace(world.loaded, openers=openers)
    work = act(acts, loaded, RULES, at=NOW + timedelta(days=14), seqs=range(9, 9 + len(acts)))
    told = [each.notice for _, each in work.told]
    told += world_absences.told_about_staff()
    told += world_merging.told_of_merges()
    return [*told, *world_programmes.told_when_overdue(), *world_checks.told_when_overdue()]


@pytest.mark.parametrize("name", [*STORIES, "overdue"])
def test_facts_fit_the_notice(name: str) -> None:
    """The facts of every notice that a flow tells are a record of the notice's own schema."""
    notices = told(STORIES[name]) if name in STORIES else overdue()
    assert notices
    for notice in notices:
        event_type = f"notices.{notice.type}.v1"
        example = from_json(event_type, dict(catalogue.schema_of(event_type).example))
        record = {"notice": example["notice"], **notice.facts}
        assert catalogue.check(event_type, record) == ()


def test_every_kind_of_notice_is_told() -> None:
    """The stories above bring about every notice of the catalogue, so none goes unchecked."""
    types = {f"notices.{notice.type}.v1" for story in STORIES.values() for notice in told(story)}
    types |= {f"notices.{notice.type}.v1" for notice in overdue()}
    assert types == set(NOTICE_TYPES)


@pytest.mark.parametrize("notice_type", NOTICE_TYPES)
def test_no_notice_has_a_field_that_nobody_may_read(notice_type: str) -> None:
    """Outside `notice`, no record of a notice has a field that is always withheld."""
    _, *fields = catalogue.schema_of(notice_type).tree["fields"]
    assert NEVER_SHOWN.isdisjoint(field_names({"type": "record", "fields": fields}))


def field_names(schema: Any) -> set[str]:  # noqa: ANN401 - any Avro
    """List the names of every field inside an expanded schema."""
    if isinstance(schema, list):
        return set().union(*map(field_names, schema))
    if not isinstance(schema, dict):
        return set()
    inside = [each["type"] for each in schema.get("fields", ())] + [schema.get("items")]
    names = {each["name"] for each in schema.get("fields", ())}
    return names.union(*map(field_names, inside))
