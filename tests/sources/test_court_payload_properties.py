"""Whatever happens to a payload on its way, it is told or refused: never silence, never a crash."""

import copy
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sources.court_payloads import payload, translated

from connectors.sources import common_platform, find_source
from connectors.translation import Translated
from schemas.catalogue import check
from schemas.codec import decode, encode
from streams.domain.offence_events import OFFENCE_EVENTS
from streams.domain.records import LONG_TEXT_MAX

SAMPLES = Path(
    os.environ.get("SWITCHBOARD_SAMPLES", Path(__file__).parents[3].joinpath("shared", "samples"))
)
PUBLIC = (
    "court-case-matcher/messages/common-platform/*.json",
    "court-hearing-event-receiver/json/*.json",
    "hmpps-person-record/examples/commonPlatformSQSMessage.json",
    "hmpps-electronic-monitoring-create-an-order-api/*/cp_payload.json",
    "laa-court-data-adaptor/spec/fixtures/files/hearing/*.json",
)
REFUSED_WHOLE = {"hearing-invalid.json", "court-application-invalid.json"}
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=20),
    st.just([]),
    st.just({}),
    st.just([None]),
    st.just([[[]]]),
    st.just("\ud800"),
    st.just("x" * (LONG_TEXT_MAX + 1)),
    st.just("2026-02-30"),
)


def places(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """List the path of every value inside a document."""
    inside: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inside = list(value.items())
    elif isinstance(value, list):
        inside = list(enumerate(value))
    return [path, *(found for key, each in inside for found in places(each, (*path, key)))]


def public_payloads() -> list[Path]:
    """List the public payloads where they are there."""
    return sorted(path for pattern in PUBLIC for path in SAMPLES.glob(pattern))


def assert_sound(result: Translated) -> None:
    """Check that events fit schema and model, and that something is said."""
    assert result.events or result.rejections or result.skipped
    for event in result.events:
        assert check(event.event_type, event.record) == ()
        model = OFFENCE_EVENTS[event.event_type.removesuffix(".v1")]
        model.model_validate(decode(encode(event.event_type, event.record)).record)
    ids = [event.record["meta"]["event_id"] for event in result.events]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", ["resulted_hearing", "application_hearing"])
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_damaged_hearing_is_told_or_refused(name: str, data: st.DataObject) -> None:
    """A hearing with parts dropped or replaced at random gives sound events or refusals."""
    document: Any = payload(name)
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(places(document)[1:] or [()]))
        if not path:
            break
        place = document
        for key in path[:-1]:
            place = place[key]
        if data.draw(st.booleans()):
            del place[path[-1]]
        else:
            place[path[-1]] = copy.deepcopy(data.draw(JUNK))
    common_platform.recognises(json.dumps(document).encode())
    assert_sound(translated(document))


@settings(max_examples=150, deadline=None)
@given(raw=st.binary(max_size=200))
def test_random_bytes_are_refused(raw: bytes) -> None:
    """Bytes from anywhere are refused, not crashed on."""
    find_source(raw)
    result = translated(raw)
    assert result.events == ()
    assert result.rejections


@pytest.mark.skipif(not public_payloads(), reason="the public payloads are not on this machine")
@pytest.mark.parametrize("path", public_payloads(), ids=lambda path: "-".join(path.parts[-2:]))
def test_public_payload_is_told_or_refused(path: Path) -> None:
    """Every public Common Platform payload gives events or refusals, never silence."""
    raw = path.read_bytes()
    result = translated(raw)
    assert_sound(result)
    is_refused = path.name in REFUSED_WHOLE or "LargeMessage" in path.parent.name
    assert bool(result.rejections) is is_refused
    assert bool(result.events) is not is_refused
    assert find_source(raw) == "common_platform"
