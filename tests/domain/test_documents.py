"""Documents are kept in one form, whatever writes them, and come back as they went."""

from __future__ import annotations

from dataclasses import asdict, field, make_dataclass
from datetime import UTC, datetime
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
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


def twin(kind: Any) -> Any:  # noqa: ANN401 - a type, or a form of types
    """Return a dataclass with the fields of a value, and so on inwards: pydantic knows no other."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        hints = get_type_hints(kind)
        return make_dataclass(
            kind.__name__,
            [(f.name, twin(hints[f.name]), _default(f)) for f in msgspec.structs.fields(kind)],
        )
    if not get_args(kind):
        return kind
    inner = tuple(twin(each) for each in get_args(kind))
    origin = get_origin(kind)
    return Union[inner] if origin is UnionType else origin[inner]  # noqa: UP007 - of a tuple


def _default(of: msgspec.structs.FieldInfo) -> Any:  # noqa: ANN401 - dataclasses' own kind
    """Return the default of a field, in the words of dataclasses."""
    if of.default_factory is not msgspec.NODEFAULT:
        return field(default_factory=of.default_factory)
    return field() if of.required else field(default=of.default)


def as_fields(value: Any) -> Any:  # noqa: ANN401 - a value, or what it is made of
    """Return a value as `asdict` does a dataclass."""
    if isinstance(value, msgspec.Struct):
        return {name: as_fields(each) for name, each in msgspec.structs.asdict(value).items()}
    return tuple(map(as_fields, value)) if isinstance(value, tuple) else value


WITH_CARE: TypeAdapter[Any] = TypeAdapter(twin(Notice))


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
    fields = {"why_you": words, "raised_at": at, "facts": facts, "person_id": person}
    kept = NOTICES.dump_json(msgspec.structs.replace(NOTICE, **fields))
    careful = WITH_CARE.validate_json(kept)
    assert as_fields(NOTICES.validate_json(kept)) == asdict(careful)
    assert as_fields(NOTICES.validate_json(WITH_CARE.dump_json(careful))) == asdict(careful)


@pytest.mark.parametrize("document", [b"", b"{}", b"[]", b'{"id": 7}'])
def test_anything_else_is_refused(document: bytes) -> None:
    """A document that is none raises; nothing is made up for what it lacks."""
    with pytest.raises(msgspec.DecodeError):
        NOTICES.validate_json(document)
