"""Documents are kept in one form, whatever writes them, and come back as they went."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from world_builder import a_county, arrested, callout
from world_run import World

from streams.domain.documents import Document
from streams.domain.notices import Notice

NOTICES = Document(Notice)
WITH_CARE = TypeAdapter(Notice)


def some() -> Notice:
    """Return a notice that an event raised."""
    world = World()
    world.send(*a_county(), callout(children_present=True), arrested())
    return world.notices[0]


NOTICE = some()
INSTANTS = st.datetimes(timezones=st.just(UTC)) | st.sampled_from(
    [datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(1969, 12, 31, 23, 59, 59, 1, UTC)]
)
FACTS = st.dictionaries(
    st.text(min_size=1, max_size=8),
    st.none() | st.booleans() | st.integers(-(2**31), 2**31) | st.text() | st.dates() | INSTANTS,
    max_size=4,
)


@given(
    words=st.text(st.characters(exclude_categories=["Cs"])),
    at=INSTANTS,
    facts=FACTS,
    person=st.none() | st.uuids().map(lambda made: UUID(str(made))),
)
def test_what_is_kept_is_what_pydantic_writes(
    words: str, at: datetime, facts: dict[str, object], person: UUID | None
) -> None:
    """Both read what the other writes, and read the same value."""
    notice = replace(NOTICE, why_you=words, raised_at=at, facts=facts, person_id=person)
    kept = NOTICES.dump_json(notice)
    assert NOTICES.validate_json(kept) == WITH_CARE.validate_json(kept)
    assert NOTICES.validate_json(WITH_CARE.dump_json(notice)) == WITH_CARE.validate_json(kept)


@pytest.mark.parametrize("document", [b"", b"{}", b"[]", b'{"id": 7}'])
def test_anything_else_is_refused(document: bytes) -> None:
    """A document that is none raises; nothing is made up for what it lacks."""
    with pytest.raises(msgspec.DecodeError):
        NOTICES.validate_json(document)
