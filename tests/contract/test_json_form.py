"""Records as JSON: times in one exact spelling, defaults filled in, every fault with its place."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from schemas import catalogue
from schemas.codec import CodecRefused, from_json, to_json

ARRESTED = "police.arrested.v1"
LEFT = "directory.officer_left.v1"


def test_json_fills_in_defaults_and_converts_times() -> None:
    """JSON without its optional fields gives a whole record with instants in UTC."""
    json_form = {
        "meta": {
            "event_id": "1",
            "publisher": "staff-directory",
            "occurred_at": "2026-07-01T00:30:00.25+01:00",
            "published_at": "2026-07-01T00:30:01Z",
            "gateway": "safeguarding_duties",
            "handling": "official",
            "nature": "fact",
        },
        "officer": "DTV0142",
        "left_at": "2026-07-01T00:30:00Z",
    }
    record = from_json(LEFT, json_form)
    assert record["meta"]["occurred_at"] == datetime(2026, 6, 30, 23, 30, 0, 250_000, tzinfo=UTC)
    assert record["meta"]["handling_conditions"] == []
    assert record["meta"]["supersedes"] is None
    assert to_json(record)["meta"]["occurred_at"] == "2026-06-30T23:30:00.250000Z"
    again = from_json(LEFT, json_form)
    assert again["meta"]["handling_conditions"] is not record["meta"]["handling_conditions"]


@pytest.mark.parametrize(
    "instant",
    [
        "2026-03-02T08:15:00",
        "2026-03-02 08:15:00Z",
        "20260302T081500Z",
        "2026-02-30T08:15:00Z",
        "2026-03-02T25:15:00Z",
        "0001-01-01T00:00:00+05:00",
        "٢٠٢٦-03-02T08:15:00Z",
        "2026-03-02",
        1_772_439_300,
        None,
    ],
)
def test_an_instant_that_is_not_exact_is_refused_with_its_place(instant: object) -> None:
    """An instant without an offset, in another spelling or that never was is refused."""
    json_form = {**catalogue.schema_of(LEFT).example, "left_at": instant}
    with pytest.raises(CodecRefused, match="left_at: expected an instant with its offset"):
        from_json(LEFT, json_form)


@pytest.mark.parametrize("day", ["2026-02-30", "02/03/2026", "20260302", "2026-W10-1", 20])
def test_a_date_that_is_not_exact_is_refused_with_its_place(day: object) -> None:
    """A date in another spelling or that never was is refused."""
    event_type = "police.charged.v1"
    json_form = {**catalogue.schema_of(event_type).example, "first_hearing_on": day}
    with pytest.raises(CodecRefused, match="first_hearing_on: expected a date such as 2026-03-02"):
        from_json(event_type, json_form)


@pytest.mark.parametrize("value", [None, [], "text", 3, {"meta": []}, {"offences": {}}])
def test_json_of_another_shape_is_refused(value: object) -> None:
    """A JSON value that is no record at all is refused like any other fault."""
    with pytest.raises(CodecRefused) as caught:
        from_json(ARRESTED, value)
    assert caught.value.faults
