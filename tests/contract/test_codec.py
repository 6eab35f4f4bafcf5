"""The codec: what goes out comes back, and no bytes whatever do anything but get refused."""

from __future__ import annotations

import tracemalloc
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta, timezone
from io import BytesIO
from typing import Any

import fastavro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import catalogue, codec
from schemas.checking import find_unsound
from schemas.codec import CodecRefused, decode, encode, from_json

TYPES = catalogue.types()
ARRESTED = "police.arrested.v1"
LEFT = "directory.officer_left.v1"
LONG_MIN = b"\xff" * 9 + b"\x01"
LONG_MAX = b"\xfe" + b"\xff" * 8 + b"\x01"
NEVER_ENDING = b"\xff" * 40


def example(event_type: str) -> dict[str, Any]:
    """Give the record of a type's example."""
    return from_json(event_type, dict(catalogue.schema_of(event_type).example))


def header(event_type: str) -> bytes:
    """Give the ten bytes that begin a message of a type."""
    return codec.SINGLE_OBJECT + catalogue.schema_of(event_type).fingerprint


def message(event_type: str) -> bytes:
    """Give the message of a type's example."""
    return encode(event_type, example(event_type))


def refusal(data: bytes | None) -> CodecRefused:
    """Decode bytes that must be refused and give the refusal."""
    with pytest.raises(CodecRefused) as caught:
        decode(data)
    return caught.value


MESSAGES = [message(each) for each in TYPES]


def test_a_message_names_its_schema_in_its_first_ten_bytes() -> None:
    """A message begins with the marker and the fingerprint, so that it needs no server."""
    schema = catalogue.schema_of(ARRESTED)
    assert message(ARRESTED)[:10] == b"\xc3\x01" + schema.fingerprint


def test_instants_come_out_in_utc_and_dates_as_dates() -> None:
    """An instant given with another offset is the same instant in UTC when it comes out."""
    record = example(ARRESTED)
    hour = timezone(timedelta(hours=1))
    record["meta"]["occurred_at"] = datetime(2026, 7, 1, 0, 30, 0, 5, tzinfo=hour)
    came = decode(encode(ARRESTED, record)).record
    assert came["meta"]["occurred_at"] == datetime(2026, 6, 30, 23, 30, 0, 5, tzinfo=UTC)
    assert came["meta"]["occurred_at"].utcoffset() == timedelta(0)
    assert came["person"]["born_on"] == date(1991, 6, 14)


def test_fields_left_out_come_back_as_their_defaults() -> None:
    """A record without its optional fields comes back with null, false and empty lists."""
    record = example(ARRESTED)
    for name in ("incident_reference", "offences", "covert", "custody_station"):
        del record[name]
    came = decode(encode(ARRESTED, record)).record
    assert came["incident_reference"] is None
    assert came["offences"] == []
    assert came["covert"] is False


@pytest.mark.parametrize(
    ("data", "code", "said"),
    [
        (None, "too_short", "no bytes at all"),
        (b"", "too_short", "no bytes at all"),
        (b"\xc3", "too_short", "1 bytes"),
        (b"\xc3\x01" + bytes(7), "too_short", "9 bytes"),
        (b'{"type": "police"}', "wrong_marker", "first byte 0x7b"),
        (b"\x00" + bytes(30), "wrong_marker", "first byte 0x00"),
        (b"\xc3\x02" + bytes(20), "wrong_marker", "begins 0xc302"),
        (b"\xc3\x01abcdefgh", "unknown_fingerprint", "6162636465666768"),
        (header(LEFT), "truncated", LEFT),
        (message(LEFT) + b"\x00", "trailing_bytes", "1 bytes are left over"),
        (header(LEFT) + b"\x04\xff\xfe", "bad_text", "not UTF-8"),
        (header(LEFT) + b"\x01", "truncated", "a length is impossible"),
        (header(LEFT) + LONG_MAX, "truncated", "a length is impossible"),
        (header(LEFT) + LONG_MIN, "truncated", "a length is impossible"),
        (header(LEFT) + NEVER_ENDING, "truncated", LEFT),
        (header(LEFT) + b"\x02a\x02b" + LONG_MAX, "out_of_range", "out of range"),
        (header(LEFT) + b"\x02a\x02b\x00\x00\x00\x00\x7e", "bad_choice", "a choice"),
        (header(LEFT) + bytes(codec.RECORD_BYTES_MAX + 1), "too_large", "the limit is 262144"),
    ],
)
def test_bytes_that_are_no_record_are_refused_with_their_reason(
    data: bytes | None,
    code: str,
    said: str,
) -> None:
    """Each way of being wrong has its own reason, in words that name what came."""
    refused = refusal(data)
    assert refused.reason_code == code
    assert said in refused.words


@pytest.mark.parametrize("event_type", TYPES)
def test_a_message_cut_anywhere_is_refused(event_type: str) -> None:
    """No beginning of a message is taken for a message."""
    whole = message(event_type)
    for length in range(len(whole)):
        assert refusal(whole[:length]).reason_code in {"too_short", "truncated"}


@pytest.mark.parametrize("count", [LONG_MAX, LONG_MIN, b"\xfe\xff\xff\xff\x0f", b"\x03" + LONG_MAX])
def test_a_list_that_claims_to_be_huge_is_refused_at_once(count: bytes) -> None:
    """The length of a list is a claim: nothing is set aside for items that did not come."""
    whole, record = message(ARRESTED), example(ARRESTED)
    record["meta"]["handling_conditions"] = ["do_not_tell_person"]
    marked = encode(ARRESTED, record)
    place = next(i for i, pair in enumerate(zip(whole, marked, strict=False)) if len(set(pair)) > 1)
    huge = whole[:place] + count + whole[place:]
    refusal(huge)  # what reads this type is made once, and counts for no message
    tracemalloc.start()
    refused = refusal(huge)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert refused.reason_code in {"truncated", "bad_choice", "out_of_range", "bad_text"}
    assert peak < 1_000_000


def test_a_record_of_many_tiny_items_is_refused_and_its_memory_bounded() -> None:
    """The worst record within the size limit is refused, having taken a bounded amount of memory.

    An address of no lines is 4 bytes on the wire and some hundreds in memory.
    """
    record = example(ARRESTED)
    address = {"kind": "home", "lines": [], "postcode": None, "no_fixed_address": False}
    record["person"]["addresses"] = [address] * 65_000
    data = encode(ARRESTED, record)
    tracemalloc.start()
    refused = refusal(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert refused.reason_code == "too_many_items"
    assert peak < 40_000_000


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("summary", "before\0after", "text with a NUL"),
        ("children_count", 2**31, "more than 32 bits"),
        ("children_count", -(2**31) - 1, "more than 32 bits"),
    ],
)
def test_what_avro_carries_but_the_ledger_cannot_hold_is_refused(
    name: str,
    value: object,
    said: str,
) -> None:
    """A NUL in text and a number wider than its type are refused when read, as when written."""
    event_type = "police.domestic_abuse_callout.v1"
    schema = deepcopy(catalogue.schema_of(event_type).avro)
    count = next(each for each in schema["fields"] if each["name"] == "children_count")
    count["type"] = ["null", "long"]
    out = BytesIO()
    record = {**example(event_type), name: value}
    fastavro.schemaless_writer(out, fastavro.parse_schema(schema), record)
    refused = refusal(header(event_type) + out.getvalue())
    assert said in refused.words


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**31, "a\0b", [0] * 4_001])
def test_a_value_that_nothing_can_hold_is_found_at_any_depth(value: object) -> None:
    """What is unsound is found inside lists and records, and its sound neighbours are not."""
    sound = {"number": 1.5, "count": 2**31 - 1, "yes": True, "text": "x", "list": [0] * 3_000}
    assert find_unsound(sound) is None
    assert find_unsound({**sound, "deep": [{"deeper": [{"value": value}]}]}) is not None


def test_a_large_but_real_record_is_read() -> None:
    """A long hearing with hundreds of results is within every limit."""
    event_type = "courts.hearing_resulted.v1"
    record = example(event_type)
    record["results"] = record["results"] * 200
    data = encode(event_type, record)
    assert decode(data).record == record


def test_a_record_over_the_limit_is_not_sent() -> None:
    """What the reader would refuse for its size is refused at the writer already."""
    record = {**example(ARRESTED), "custody_station": "x" * codec.RECORD_BYTES_MAX}
    with pytest.raises(CodecRefused, match="the limit is 262144") as caught:
        encode(ARRESTED, record)
    assert caught.value.reason_code == "too_large"


def holds(data: bytes) -> None:
    """Assert that bytes are refused, or are a record that fits its schema and comes back."""
    try:
        event_type, record = decode(data)
    except CodecRefused:
        return
    assert catalogue.check(event_type, record) == ()
    assert decode(encode(event_type, record)) == (event_type, record)


@settings(max_examples=400, deadline=None)
@given(event_type=st.sampled_from(TYPES), body=st.binary(max_size=300))
def test_random_bytes_after_a_true_header_are_refused_or_fit(event_type: str, body: bytes) -> None:
    """No bytes after a header make the codec fail in any other way than by refusing."""
    holds(header(event_type) + body)


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=60))
def test_random_bytes_are_refused(data: bytes) -> None:
    """No bytes at all make the codec fail in any other way than by refusing."""
    holds(data)


@settings(max_examples=600, deadline=None)
@given(
    whole=st.sampled_from(MESSAGES),
    at=st.integers(min_value=0, max_value=1500),
    cut=st.integers(min_value=0, max_value=6),
    put=st.one_of(
        st.binary(max_size=6),
        st.sampled_from([LONG_MAX, LONG_MIN, NEVER_ENDING, b"\x01", b"\x7f"]),
    ),
)
def test_a_damaged_message_is_refused_or_fits(whole: bytes, at: int, cut: int, put: bytes) -> None:
    """A message with bytes changed, lost or put in is refused, or is a record that fits."""
    at = min(at, len(whole))
    holds(whole[:at] + put + whole[at + cut :])


def test_a_record_that_does_not_fit_is_not_sent_and_every_fault_is_named() -> None:
    """The writer refuses a record with all its faults and quotes none of its text."""
    record = {**example(ARRESTED), "covert": "maybe", "arrest_reference": None}
    record["person"] = {"born_on": "Callum's birthday"}
    with pytest.raises(CodecRefused) as caught:
        encode(ARRESTED, record)
    assert caught.value.reason_code == "does_not_fit"
    paths = [fault.path for fault in caught.value.faults]
    assert paths == ["person.born_on", "arrest_reference", "covert"]
    assert "Callum" not in caught.value.words
    assert "came text of 17 characters" in caught.value.words


def test_many_faults_are_counted_rather_than_spelled_out() -> None:
    """A refusal stays readable: ten faults in words, the others counted, all of them listed."""
    record = {**example(ARRESTED), "offences": [{}] * 30}
    with pytest.raises(CodecRefused, match=r"and 20 more$") as caught:
        encode(ARRESTED, record)
    assert len(caught.value.faults) == 30


def test_a_type_that_is_not_in_the_catalogue_is_refused() -> None:
    """Writing and reading JSON of an unknown type are refused, saying which was meant."""
    with pytest.raises(CodecRefused, match="did you mean") as caught:
        encode("police.arrested.v9", {})
    assert caught.value.reason_code == "unknown_type"
    with pytest.raises(CodecRefused, match="no event type 'nonsense'"):
        from_json("nonsense", {})
