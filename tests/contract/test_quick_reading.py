"""What is read quickly equals what fastavro reads; whatever is unusual is left to fastavro."""

from __future__ import annotations

from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from schemas.catalogue import catalogue, types
from schemas.codec import HEADER_BYTES, CodecRefused, _read_with_care, decode, encode, from_json
from schemas.reading import ORDINARY_BYTES_MAX, UNUSUAL

if TYPE_CHECKING:
    from schemas.catalogue import EventSchema

DAMAGED_OF_EACH = 300


def message(event_type: str) -> bytes:
    """Return the example of a type as a message."""
    example = dict(catalogue().schema_of(event_type).example)
    return encode(event_type, from_json(event_type, example))


def both(schema: EventSchema, data: bytes) -> tuple[Any, Any]:
    """Return what the quick reader and the careful one say; None where one does not read it."""
    quick: Any = None
    careful: Any = None
    with suppress(*UNUSUAL):
        quick = schema.reader(data, HEADER_BYTES)
    with suppress(CodecRefused):
        careful = _read_with_care(schema, data, HEADER_BYTES)
    return quick, careful


@pytest.mark.parametrize("event_type", types())
def test_every_example_is_read_quickly_and_alike(event_type: str) -> None:
    """The example of every schema needs no fastavro, and comes out the same."""
    quick, careful = both(catalogue().schema_of(event_type), message(event_type))
    assert quick == careful
    assert repr(quick) == repr(careful)


@pytest.mark.parametrize("event_type", types())
def test_damaged_bytes_are_never_read_otherwise(event_type: str) -> None:
    """Whatever the quick reader makes of damaged bytes, fastavro makes of them too."""
    schema, sound = catalogue().schema_of(event_type), message(event_type)
    random = Random(event_type)  # noqa: S311 - the same damage in every run
    for _ in range(DAMAGED_OF_EACH):
        data = bytearray(sound)
        for _ in range(random.randint(1, 3)):
            data[random.randrange(HEADER_BYTES, len(data))] = random.randrange(256)
        cut = random.choice((len(data), len(data), random.randrange(HEADER_BYTES, len(data))))
        quick, careful = both(schema, bytes(data[:cut]))
        assert quick is None or repr(quick) == repr(careful)


def test_long_texts_lists_and_blocks_are_left_to_fastavro() -> None:
    """What is out of the ordinary, and sound, is read all the same."""
    record = decode(message("police.domestic_abuse_callout.v1")).record
    for summary in ("x" * 63, "x" * 64, "é" * 64, "x" * 8_191, "x" * ORDINARY_BYTES_MAX):
        changed = record | {"summary": summary}
        assert decode(encode("police.domestic_abuse_callout.v1", changed)).record == changed
    many = record | {"children_age_bands": ["under_5"] * 70}
    assert decode(encode("police.domestic_abuse_callout.v1", many)).record == many
