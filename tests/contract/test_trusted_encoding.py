"""What is written quickly equals what is written with care; a misfit is refused all the same."""

from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.catalogue import catalogue, types
from schemas.codec import CodecRefused, decode, encode, encode_trusted, from_json
from schemas.writing import whole

NOTICE = "notices.new_offence.v1"


def _example(event_type: str) -> dict[str, Any]:
    """Return the example of a type as a record with every field."""
    return decode(encode(event_type, from_json(event_type, _json(event_type)))).record


def _json(event_type: str) -> dict[str, Any]:
    """Return the example of a type as its file has it."""
    return dict(catalogue().schema_of(event_type).example)


@pytest.mark.parametrize("event_type", types())
def test_every_example_has_the_same_bytes(event_type: str) -> None:
    """The quick writer and fastavro give the same bytes for the example of every schema."""
    record = _example(event_type)
    assert catalogue().schema_of(event_type).writer(record) == encode(event_type, record)[10:]
    assert encode_trusted(event_type, record) == encode(event_type, record)


@pytest.mark.parametrize("updates", [0, 1, -1, 63, 64, -64, -65, 2**14, 2**31 - 1, -(2**31)])
def test_whole_numbers_come_back(updates: int) -> None:
    """Numbers of every length in bytes come back as they went."""
    record = _example(NOTICE)
    record["notice"]["updates"] = updates
    assert decode(encode_trusted(NOTICE, record)).record == record


@pytest.mark.parametrize("number", range(-200, 200))
def test_small_numbers_are_zigzag(number: int) -> None:
    """The bytes of a number follow the zigzag of Avro."""
    zigzag = number * 2 if number >= 0 else -number * 2 - 1
    read = sum((byte & 0x7F) << (7 * place) for place, byte in enumerate(whole(number)))
    assert read == zigzag


@pytest.mark.parametrize(
    "at", [datetime(1969, 12, 31, tzinfo=UTC), datetime(2026, 3, 2, 9, 0, 0, 1, UTC)]
)
def test_instants_come_back(at: datetime) -> None:
    """Instants before 1970 and with microseconds come back as they went."""
    record = _example(NOTICE)
    record["notice"]["raised_at"] = at
    assert decode(encode_trusted(NOTICE, record)).record["notice"]["raised_at"] == at


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("matter", 7),
        ("matter", None),
        ("offences", "theft"),
        ("outcomes", [None]),
        ("next_on", datetime(2026, 3, 2, tzinfo=UTC)),
        ("never_heard_of", 1),
    ],
)
def test_a_misfit_is_refused_by_name(field: str, value: object) -> None:
    """A record of ours that does not fit its schema is refused with the field's path."""
    record = _example(NOTICE) | {field: value}
    with pytest.raises(CodecRefused, match=field):
        encode_trusted(NOTICE, record)


def test_fields_with_defaults_may_be_left_out() -> None:
    """What has a default may be left out, as for `encode`."""
    full, short = _example(NOTICE), _example(NOTICE)
    del short["next_on"]
    full["next_on"] = None
    assert encode_trusted(NOTICE, short) == encode(NOTICE, full)
