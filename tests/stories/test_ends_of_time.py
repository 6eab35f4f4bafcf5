"""The first and the last day that there is, which systems send for "not set" and "for ever"."""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from world_builder import callout
from world_run import RULES

from schemas import catalogue
from schemas.codec import encode, from_json
from streams.cli._output import local

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fixtures.ledger import Story

    from streams.domain.agencies import Agency

FIRST = datetime.min.replace(tzinfo=UTC)
LAST = datetime.max.replace(tzinfo=UTC)
SAID = [
    pytest.param(agency, f"{name}.v1", id=f"{agency.id}-{name}")
    for agency in RULES.register.agencies.values()
    for name in sorted(agency.event_types)
]


def moments(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Yield the path of every date and instant inside a record, with each end of time for it."""
    if isinstance(value, dict | list):
        inside = value.items() if isinstance(value, dict) else enumerate(value)
        for key, each in inside:
            yield from moments(each, (*path, key))
    elif isinstance(value, datetime):
        yield from ((path, end) for end in (FIRST, LAST))
    elif isinstance(value, date):
        yield from ((path, end) for end in (date.min, date.max))


def an_example(agency: Agency, full: str) -> dict[str, Any]:
    """Return the example of a type as this agency would send it about the county's person."""
    record = from_json(full, dict(catalogue.schema_of(full).example))
    gateway = min(each.value for each in agency.gateways)
    record["meta"] = {**record["meta"], "publisher": agency.id, "gateway": gateway}
    return record | ({"person": callout().record["person"]} if "person" in record else {})


@pytest.mark.parametrize(("agency", "full"), SAID)
def test_the_ends_of_time_are_no_defect_of_ours(story: Story, agency: Agency, full: str) -> None:
    """Whatever date or instant is the first or last there is, the event ends, and not as ours."""
    said = []
    example = an_example(agency, full)
    for number, (path, end) in enumerate(moments(example)):
        record = place = copy.deepcopy(example)
        record["meta"]["event_id"] = f"end-{number}"
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = end
        said.append((encode(full, record), {"ce_type": full.encode()}))
    applied = story.send_raw(agency.feed, *said)
    assert len(applied.ended) == len(said) > 0
    assert story.rows("SELECT words FROM quarantine WHERE owner = 'switchboard'") == []


@pytest.mark.parametrize(("instant", "shown"), [(FIRST, "1 Jan 1,"), (LAST, "9999")])
def test_the_ends_of_time_can_be_read(instant: datetime, shown: str) -> None:
    """A command that shows such an instant shows it."""
    assert shown in local(instant)
