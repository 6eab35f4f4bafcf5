"""How a hearing may be wrapped, and what is refused in its place."""

import json
from datetime import UTC, datetime

import pytest
from sources.court_payloads import Payload, edited, payload, translated

from connectors import safe_json
from connectors.sources import common_platform

CLAIM_CHECK = [
    "software.amazon.payloadoffloading.PayloadS3Pointer",
    {"s3BucketName": "a-bucket", "s3Key": "a-key"},
]


def notification(message: object, **attributes: object) -> Payload:
    """Wrap a message as the notification service does."""
    return {
        "Type": "Notification",
        "MessageId": "0d5a1c52-6f0e-4c1e-9a40-00000000a001",
        "Message": message if isinstance(message, str) else json.dumps(message),
        "MessageAttributes": attributes,
    }


def typed(value: str) -> Payload:
    """Write a message attribute as the notification service does."""
    return {"Type": "String", "Value": value}


def records(document: object) -> list[object]:
    """Give the records of a payload."""
    return [event.record for event in translated(document).events]


def ids(document: object) -> list[str]:
    """Give the event ids of a payload."""
    return [event.record["meta"]["event_id"] for event in translated(document).events]


@pytest.mark.parametrize(
    "wrapped",
    [
        notification(payload()),
        notification(payload(), messageType=typed("COMMON_PLATFORM_HEARING")),
        notification(payload(), messageType={"StringValue": "COMMON_PLATFORM_HEARING"}),
        notification(payload(), eventType="some event", hearingEventType=typed("Resulted")),
        {"Body": json.dumps(notification(payload()))},
    ],
)
def test_wrapping_changes_no_event(wrapped: Payload) -> None:
    """A hearing inside a notification gives the events of the hearing by itself."""
    assert common_platform.recognises(json.dumps(wrapped).encode())
    assert ids(wrapped) == ids(payload())
    assert records(wrapped) == records(payload())


def test_redelivery_changes_no_record() -> None:
    """A message that is delivered again in another wrapper gives the same records to the byte."""
    again = {**notification(payload()), "MessageId": "another"}
    assert records(again) == records(notification(payload()))
    assert translated(again).raw_digest != translated(notification(payload())).raw_digest


def test_refusal_inside_a_wrapper_names_the_wrapper() -> None:
    """A path inside a wrapped message begins with the member that holds the message."""
    wrapped = notification(edited(lambda d: d["hearing"].pop("id")))
    assert [each.path for each in translated(wrapped).rejections] == ["Message>hearing.id"]
    broken = translated({"Message": '{"hearing": '})
    assert [each.path for each in broken.rejections] == ["Message"]


def test_wrappers_are_taken_off_a_few_deep() -> None:
    """A hearing under more wrappers than any queue adds is refused."""
    document: object = payload()
    for _ in range(4):
        document = {"Body": json.dumps(document)}
    assert translated(document).events == ()
    assert len(translated(document).rejections) == 1


def test_hearing_without_its_wrapper_is_read() -> None:
    """Some producers send the hearing alone; its paths begin there."""
    hearing = payload()["hearing"]
    result = translated(hearing)
    assert common_platform.recognises(json.dumps(hearing).encode())
    assert result.events[0].record["source_path"] == "prosecutionCases[0].defendants[0]"
    assert result.events[0].record["shared_at"] is None


@pytest.mark.parametrize("document", [CLAIM_CHECK, notification(CLAIM_CHECK)])
def test_claim_check_is_refused_with_what_to_do(document: object) -> None:
    """A body that is held elsewhere is not fetched: the refusal says that, and names no address."""
    result = translated(document)
    (rejection,) = result.rejections
    assert result.events == ()
    assert "a bucket named, a key given" in rejection.came
    assert "a-bucket" not in str(rejection)
    assert "send the body itself" in rejection.fix
    assert common_platform.recognises(json.dumps(document).encode())


def test_claim_check_without_an_address_says_so() -> None:
    """A claim check that names nothing is told from one that does."""
    (rejection,) = translated(CLAIM_CHECK[:1]).rejections
    assert "no bucket named, no key given" in rejection.came


@pytest.mark.parametrize(
    "attributes",
    [
        {"hearingEventType": typed("Deleted")},
        {"messageType": typed("COMMON_PLATFORM_HEARING_DELETED")},
        {"hearingEventType": "deleted", "messageType": typed("COMMON_PLATFORM_HEARING")},
    ],
)
def test_deletion_is_refused_and_somebody_must_act(attributes: Payload) -> None:
    """A deletion withdraws nothing by itself; the refusal says who must tell the officer."""
    result = translated(notification(payload(), **attributes))
    (rejection,) = result.rejections
    assert result.events == ()
    assert rejection.came == "a deletion"
    assert "tell the officer by hand" in rejection.fix


def test_other_kinds_of_message_are_refused() -> None:
    """A message that says it is of another kind is not read as a hearing."""
    other = notification(payload(), messageType=typed("LIBRA_COURT_CASE"))
    (rejection,) = translated(other).rejections
    assert rejection.path == "MessageAttributes.messageType"


@pytest.mark.parametrize(
    ("raw", "came"),
    [
        (b"", "text that stops being JSON at line 1, column 1"),
        (b"<xml/>", "text that stops being JSON at line 1, column 1"),
        (b"\xff\xfe{}", "a byte that is not UTF-8 at 0"),
        (b'{"hearing": NaN}', "the constant NaN"),
        (b'{"hearing": {"id": "a", "id": "b"}}', "an object that has id twice"),
        (b'{"a b": 1, "a b": 2}', "an object that has a key twice"),
        (b'{"hearing": ' + b"9" * 5_000 + b"}", "a number with thousands of digits"),
        (b"[" * 200_000, "JSON nested too deep to read"),
    ],
)
def test_unreadable_bytes_are_refused_in_words(raw: bytes, came: str) -> None:
    """Bytes that are no JSON of one meaning are refused, saying what they are."""
    (rejection,) = translated(raw).rejections
    assert rejection.came == came
    assert not common_platform.recognises(raw)


def test_too_large_a_payload_is_refused() -> None:
    """A payload over the limit is refused before it is read."""
    raw = b" " * (5 * 1024 * 1024) + json.dumps(payload()).encode()
    (rejection,) = translated(raw).rejections
    assert rejection.expected == "at most 5,242,880 bytes"
    assert isinstance(safe_json.parse(raw), safe_json.Unreadable)


@pytest.mark.parametrize("document", [None, 3, "hearing", [], [1], {}, {"Message": "{"}, {"a": 1}])
def test_documents_without_a_hearing_are_refused(document: object) -> None:
    """Whatever holds no hearing is refused in one rejection."""
    result = translated(document)
    assert result.events == ()
    assert len(result.rejections) == 1


def test_byte_order_mark_is_accepted() -> None:
    """A byte order mark before the document changes nothing but the digest."""
    raw = b"\xef\xbb\xbf" + json.dumps(payload()).encode()
    assert ids(raw) == ids(payload())


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-07-01T10:30:00+01:00", datetime(2026, 7, 1, 9, 30, tzinfo=UTC)),
        ("2026-07-01T09:30:00.123Z[UTC]", datetime(2026, 7, 1, 9, 30, 0, 123000, tzinfo=UTC)),
        ("2026-07-01T10:30[Europe/London]", datetime(2026, 7, 1, 9, 30, tzinfo=UTC)),
        ("2026-01-05T10:30:00+00:00[Europe/London]", datetime(2026, 1, 5, 10, 30, tzinfo=UTC)),
    ],
)
def test_instants_are_read_with_their_offset(written: str, meant: datetime) -> None:
    """An instant counts with its offset, or with London's where only the zone is named."""
    result = translated(edited(lambda d: d.update(sharedTime=written)))
    assert result.events[0].record["shared_at"] == meant


@pytest.mark.parametrize(
    "written",
    ["2026-07-01", "2026-07-01T10:30", "2026-07-01T10:30[Asia/Tokyo]", "0001-01-01T00:00+14:00", 7],
)
def test_instants_without_an_offset_are_refused(written: object) -> None:
    """An instant that could mean several moments is refused by its path."""
    result = translated(edited(lambda d: d.update(sharedTime=written)))
    assert [each.path for each in result.rejections] == ["sharedTime"]
