"""What is an event of this agency, new and well formed; everything else is refused in words."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs
from world_builder import (
    NOW,
    PERSON,
    Said,
    a_team,
    allocated,
    arrested,
    callout,
    charged,
    listed,
    on_register,
    restricted,
)
from world_run import REGISTER, RULES

from schemas import catalogue
from schemas.codec import encode, from_json
from streams.domain.errors import Refusal, RefusalCode
from streams.domain.passage import Opened, Repeated, Seen
from streams.stages.admit import (
    FAULTS_SHOWN_MAX,
    FUTURE_TOLERANCE,
    LATE_AFTER,
    LONG_AGO,
    REJECTION_CHARS_MAX,
    REJECTION_HEADER,
    REJECTION_JSON_CHARS_MAX,
    admit,
    open_record,
)

C = RefusalCode
INSTANT = timedelta(microseconds=1)


def opened(said: Said, **changes: Any) -> Opened | Refusal:  # noqa: ANN401 - fields of a record
    """Return what becomes of a record that its agency sent."""
    agency = REGISTER.of_feed(said.feed)
    assert agency is not None
    return open_record(structs.replace(said.raw(), **changes), agency, RULES.models)


def is_opened(said: Said) -> Opened:
    """Return the event of a record that is one."""
    found = opened(said)
    assert isinstance(found, Opened), found
    return found


def is_refused(found: object, code: RefusalCode) -> str:
    """Return the words of a refusal of this code."""
    assert isinstance(found, Refusal)
    assert found.code is code
    assert not found.is_ours
    return found.words


def test_an_event_is_opened() -> None:
    """A well-formed event of the agency keeps its record, type and version."""
    found = is_opened(callout())
    assert (found.type, found.version) == ("police.domestic_abuse_callout", 1)
    assert (found.key, found.agency.id) == (callout().key, "durham-police")
    assert found.event == callout().model()
    assert (found.happened_at, found.is_late, found.is_suspect_time) == (NOW, False, False)


@pytest.mark.parametrize("value", [None, b""])
def test_no_value_is_no_event(value: bytes | None) -> None:
    """A deletion marker says nothing that anybody could act on."""
    assert "no value" in is_refused(opened(callout(), value=value), C.UNREADABLE)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (b"\x00\x00\x00\x00\x01", C.UNREADABLE),
        (b"{}", C.UNREADABLE),
        (callout().value[:-1], C.UNREADABLE),
        (callout().value + b"\x00", C.UNREADABLE),
        (b"\xc3\x01" + b"\x07" * 8 + b"\x00", C.UNKNOWN_SCHEMA),
    ],
)
def test_bytes_that_are_no_event_are_refused(value: bytes, code: RefusalCode) -> None:
    """Whatever came, the sender is told whose move it is."""
    words = is_refused(opened(callout(), value=value), code)
    assert "; Durham Constabulary must send " in words


def test_a_rejection_by_the_connector_is_passed_on() -> None:
    """What a translator could not use ends with its reason, cut and without what cannot be kept."""
    reason = "row 3: \x00born_on\n" + "x" * REJECTION_CHARS_MAX
    said = replace(callout(), headers=((REJECTION_HEADER, reason.encode()),))
    words = is_refused(opened(said), C.REJECTED_AT_SOURCE)
    assert words.startswith("refused by the connector: row 3:  born_on x")
    assert words.isprintable()
    assert len(words) < REJECTION_CHARS_MAX + 50


def rejected(text: str) -> str:
    """Return the words about a payload that a connector rejected so."""
    said = replace(callout(), headers=((REJECTION_HEADER, text.encode()),))
    words = is_refused(opened(said), C.REJECTED_AT_SOURCE)
    assert words.isprintable()
    assert len(words) < REJECTION_CHARS_MAX + 50
    return words.removeprefix("refused by the connector: ")


def test_a_rejection_in_json_is_said_in_words() -> None:
    """Operations read what was expected, what came and whose move it is, and no braces."""
    why = {
        "source": "common_platform",
        "path": "hearing.hearingDays",
        "expected": "a list",
        "came": "nu\x00ll",
        "fix": "the court must send it again",
    }
    assert rejected(json.dumps(why)) == (
        "hearing.hearingDays: expected a list; came nu ll; the court must send it again"
    )
    assert rejected('{"expected": "a list"}') == "the payload: expected a list"
    long = json.dumps({**why, "came": "x" * REJECTION_CHARS_MAX})
    assert rejected(long).startswith("hearing.hearingDays: expected a list; came xxx")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[1]",
        "{}",
        "null",
        '{"path": "$", "expected": 7}',
        '{"path": "\\ud800"}',
        "[" * REJECTION_CHARS_MAX,
        '{"expected": "' + "x" * REJECTION_JSON_CHARS_MAX + '"}',
    ],
)
def test_a_rejection_in_another_form_is_passed_on_as_it_is(text: str) -> None:
    """Whatever a connector wrote, the record is quarantined with it."""
    assert rejected(text) == text[:REJECTION_CHARS_MAX]


def test_a_header_that_disagrees_with_the_bytes_is_refused() -> None:
    """The type that is claimed must be the type that came; no header claims nothing."""
    headers = (("ce_type", b"police.arrested.v1"),)
    words = is_refused(opened(callout(), headers=headers), C.TYPE_DISAGREES)
    assert "police.arrested.v1" in words
    assert isinstance(opened(callout(), headers=()), Opened)


def test_a_notice_is_no_event() -> None:
    """What we send ourselves cannot be sent to us."""
    kind = "notices.identity_held.v1"
    example = from_json(kind, dict(catalogue.schema_of(kind).example))
    found = opened(callout(), value=encode(kind, example), headers=())
    assert kind in is_refused(found, C.NOT_AN_EVENT)


def test_a_type_that_the_agency_was_not_granted_is_refused() -> None:
    """The register is the access policy: police cannot allocate, nobody else can record staff."""
    police = REGISTER.agencies["durham-police"]
    for said in (allocated(), a_team(), listed()):
        found = open_record(said.raw(), police, RULES.models)
        assert said.type in is_refused(found, C.NOT_GRANTED)


def test_a_gateway_without_an_agreement_is_refused() -> None:
    """An agency shares only under the powers that its agreement names."""
    words = is_refused(opened(callout(gateway="safeguarding_duties")), C.NOT_GRANTED)
    assert "safeguarding_duties" in words


def test_another_publisher_on_the_feed_is_refused() -> None:
    """The topic is the only proof of who published."""
    said = allocated().same_id_but(publisher="durham-police")
    cases = REGISTER.agencies["case-management"]
    words = is_refused(open_record(said.raw(), cases, RULES.models), C.WRONG_PUBLISHER)
    assert "durham-police" in words
    assert "operations" in words


def test_faults_are_named_without_what_came() -> None:
    """Each field that does not fit is named, at most so many, and no value is shown."""
    bad = {"kind": "crn", "value": "CANARY" * 100}
    said = callout().but(person={"identifiers": [bad] * 9}, callout_reference="")
    words = is_refused(opened(said), C.INVALID_VALUE)
    assert words.count("person.identifiers.") == FAULTS_SHOWN_MAX
    assert "; and 5 more; Durham Constabulary must send a corrected event" in words
    assert "CANARY" not in words


def test_one_fault_is_named_alone() -> None:
    """No more than there is."""
    words = is_refused(opened(callout(reference="")), C.INVALID_VALUE)
    assert "callout_reference: " in words
    assert "more" not in words
    names = [f"OFF{n}" for n in range(25)]
    assert "25 officers" in is_refused(opened(restricted(PERSON, *names)), C.INVALID_VALUE)


@pytest.mark.parametrize(
    ("ahead", "suspect"),
    [
        (FUTURE_TOLERANCE, False),
        (FUTURE_TOLERANCE + INSTANT, True),
        (-LONG_AGO, False),
        (-LONG_AGO - INSTANT, True),
        (timedelta(days=365_000), True),
        (timedelta(days=-600_000), True),
    ],
)
def test_a_time_that_cannot_be_right_is_not_trusted(ahead: timedelta, *, suspect: bool) -> None:
    """In the future or very long ago the broker's time counts, and the event is marked."""
    found = is_opened(callout(occurred_at=NOW + ahead))
    assert found.is_suspect_time is suspect
    assert found.happened_at == (NOW if suspect else NOW + ahead)


def test_an_announcement_may_be_ahead() -> None:
    """A hearing that is listed for next month is no slip, and happens to us when we hear of it."""
    found = is_opened(listed(occurred_at=NOW + timedelta(days=30)))
    assert (found.is_suspect_time, found.happened_at) == (False, NOW)
    assert is_opened(listed(occurred_at=NOW - timedelta(days=3_000))).is_suspect_time


@pytest.mark.parametrize(("after", "late"), [(LATE_AFTER, False), (LATE_AFTER + INSTANT, True)])
def test_what_was_sent_late_is_marked(after: timedelta, *, late: bool) -> None:
    """An event that took more than a day to be sent says so."""
    assert is_opened(callout(occurred_at=NOW - after)).is_late is late


def test_the_same_content_is_known_whenever_it_was_published() -> None:
    """A resend differs in its time of publishing; the wrapper that brought it does not matter."""
    first = is_opened(listed())
    again = listed().same_id_but(
        published_at=NOW + timedelta(days=1), source_digest="1" * 64, source_path="$.other"
    )
    assert is_opened(again).content == first.content
    assert is_opened(listed().same_id_but(jurisdiction="CROWN")).content != first.content


@pytest.mark.parametrize("said", [callout(), arrested(), charged(), on_register("ADVP")])
def test_an_event_is_admitted_once(said: Said) -> None:
    """New, the same again, contradicted, and stated anew by itself."""
    first = is_opened(said)
    seen = Seen(frozenset({first.content}))
    assert admit(first, Seen()) is first
    assert admit(first, seen) == Repeated()
    other = is_opened(said.same_id_but(nature="assessment"))
    refusal = admit(other, seen)
    assert isinstance(refusal, Refusal)
    assert refusal.code is C.CONTRADICTION
    assert json.loads(json.dumps(refusal.words)) == refusal.words
    anew = is_opened(said.same_id_but(nature="assessment", supersedes=said.event_id))
    assert admit(anew, seen) is anew
