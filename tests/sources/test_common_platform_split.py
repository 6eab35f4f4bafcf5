"""A hearing of many people becomes one event for each of them, and what is wrong is refused."""

import json
from datetime import UTC, datetime

import pytest
from sources.court_payloads import (
    GATEWAY,
    RECEIVED_AT,
    Payload,
    defendant,
    edited,
    event_about,
    payload,
    translated,
)

from connectors.sources import common_platform
from schemas.catalogue import check
from streams.domain.offence_events import OFFENCE_EVENTS

HEARING = "hearing.prosecutionCases[0].defendants"
FIRST = f"{HEARING}[0]"


def test_every_person_is_one_event() -> None:
    """Each defendant entry that is a person gives one event with the path it was read from."""
    events = translated(payload()).events
    assert [(event.event_type, event.record["source_path"]) for event in events] == [
        ("courts.hearing_resulted.v1", FIRST),
        ("courts.hearing_resulted.v1", f"{HEARING}[2]"),
        ("courts.hearing_listed.v1", "hearing.prosecutionCases[1].defendants[0]"),
    ]


def test_organisation_is_left_out_and_said() -> None:
    """An organisation beside a person gives no event, and is named among what was left out."""
    result = translated(payload())
    assert f"{HEARING}[1]" in {skipped.path for skipped in result.skipped}
    assert result.rejections == ()


@pytest.mark.parametrize("name", ["resulted_hearing", "application_hearing"])
def test_events_fit_their_schemas_and_models(name: str) -> None:
    """Every event fits its Avro schema and the model that the rules read it with."""
    for event in translated(payload(name)).events:
        assert check(event.event_type, event.record) == ()
        model = OFFENCE_EVENTS[event.event_type.removesuffix(".v1")]
        model.model_validate(dict(event.record))


def test_facts_of_the_hearing_stand_in_every_event() -> None:
    """Court, kind, sittings and case are the hearing's; the URN loses its spaces."""
    record = translated(payload()).events[0].record
    assert record["court"] == {
        "code": "Z01AB00",
        "name": "Castlebridge Magistrates' Court",
        "lja_code": "9901",
    }
    assert record["hearing_type"] == "Sentence"
    assert record["jurisdiction"] == "MAGISTRATES"
    assert record["sittings"] == [datetime(2026, 3, 2, 10, tzinfo=UTC)]
    assert record["court_case"] == "99ZZ0000126"
    assert record["defendant_id"] == "0d5a1c52-6f0e-4c1e-9a40-0000000000d1"


def test_person_is_passed_on_as_given() -> None:
    """Identifiers, names, aliases and address come through, blanks as nothing."""
    person = translated(payload()).events[0].record["person"]
    assert {each["kind"]: each["value"] for each in person["identifiers"]} == {
        "pnc": "2000/0000223R",
        "cpr_uuid": "0d5a1c52-6f0e-4c1e-9a40-0000000000b1",
        "cp_master_defendant": "0d5a1c52-6f0e-4c1e-9a40-0000000000e1",
        "asn": "2699ZZ0000000000126K",
        "cp_defendant": "0d5a1c52-6f0e-4c1e-9a40-0000000000d1",
    }
    assert person["name"]["middle_names"] is None
    assert person["aliases"] == [{"kind": "alias", "given_name": "Rowan", "family_name": "Ashdown"}]
    assert person["addresses"][0]["lines"] == ["4 Tanner's Yard", "Castlebridge"]
    assert person["addresses"][0]["no_fixed_address"] is False


def test_redacted_names_pass_through() -> None:
    """Junk is for the identity rules to know; the translator changes nothing of it."""
    document = edited(
        lambda d: defendant(d)["personDefendant"]["personDetails"].update(lastName="REDACTED")
    )
    assert event_about(translated(document), "REDACTED")


def test_no_fixed_address_is_an_answer() -> None:
    """The words for no fixed address are read as such."""
    addresses = event_about(translated(payload()), "Fenwright").record["person"]["addresses"]
    assert addresses[0]["no_fixed_address"] is True


def test_absent_null_and_set_are_kept_apart() -> None:
    """For four fields the event says which of the three the court sent, and contradictions stay."""
    events = translated(payload()).events
    given = [
        {each["field"]: (each["presence"], each["value"]) for each in event.record["given"]}
        for event in events
    ]
    assert given[0]["croNumber"] == ("null_given", None)
    assert given[0]["isYouth"] == ("set", "false")
    assert given[1]["masterDefendantId"] == ("null_given", None)
    assert given[1]["pncId"] == ("set", None)
    assert given[1]["isYouth"] == ("set", "true")
    assert given[2]["pncId"] == ("absent", None)


def test_meta_says_who_when_and_under_which_power() -> None:
    """A shared result happened when it was shared; one that convicts says so of the person."""
    resulted, remanded, listed = (event.record["meta"] for event in translated(payload()).events)
    assert resulted["occurred_at"] == datetime(2026, 3, 2, 12, 34, 56, 789000, tzinfo=UTC)
    assert listed["occurred_at"] == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert resulted["published_at"] == RECEIVED_AT
    assert resulted["publisher"] == "hmcts"
    categories = [meta["subject_category"] for meta in (resulted, remanded, listed)]
    assert categories == ["convicted", "suspect", "suspect"]


def test_unshared_result_happened_at_the_first_sitting() -> None:
    """Without an instant of sharing the first sitting counts, wherever it stands in the list."""

    def edit(document: Payload) -> None:
        del document["sharedTime"]
        later = {"sittingDay": "2026-03-04T10:00:00Z"}
        document["hearing"]["hearingDays"].insert(0, later)

    record = translated(edited(edit)).events[0].record
    assert record["shared_at"] is None
    assert record["meta"]["occurred_at"] == datetime(2026, 3, 2, 10, tzinfo=UTC)


def test_same_payload_has_the_same_ids() -> None:
    """A repeat gives the same event ids, whenever it is received and however it is spaced."""
    once = translated(payload())
    again = translated(payload(), RECEIVED_AT.replace(year=2027))
    assert [e.record["meta"]["event_id"] for e in once.events] == [
        e.record["meta"]["event_id"] for e in again.events
    ]


def test_changed_share_is_a_new_event_for_whom_it_changed() -> None:
    """A changed re-share has a new id for the person it changed, and the old id for the others."""
    changed = edited(lambda d: defendant(d)["offences"][0].update(wording="In other words."))
    before, after = (
        [event.record["meta"]["event_id"] for event in translated(document).events]
        for document in (payload(), changed)
    )
    assert before[0] != after[0]
    assert before[1:] == after[1:]


def test_two_entries_with_one_id_are_two_events() -> None:
    """The court may send one defendant twice in a case; neither entry is merged or lost."""
    document = edited(
        lambda d: d["hearing"]["prosecutionCases"][0].update(defendants=[defendant(d)] * 2)
    )
    ids = [event.record["meta"]["event_id"] for event in translated(document).events[:2]]
    assert len(set(ids)) == 2
    assert {event_id.split(":")[4] for event_id in ids} == {"0", "1"}


def ids_with(secret: bytes) -> list[str]:
    """Return the ids of a hearing's events as a publisher with this secret makes them."""
    raw = json.dumps(payload()).encode()
    result = common_platform.translate(
        raw, agency="hmcts", received_at=RECEIVED_AT, gateway=GATEWAY, secret=secret
    )
    return [event.record["meta"]["event_id"] for event in result.events]


def test_an_id_confirms_no_guess_of_what_was_said() -> None:
    """Who guesses the whole event makes its id only with the secret, and any process then does."""
    keyed, plain = ids_with(b"a secret of the tests"), ids_with(b"")
    assert keyed == ids_with(b"a secret of the tests")
    assert not set(keyed) & set(ids_with(b"another secret of the tests"))
    assert [each.rpartition(":")[0] for each in keyed] == [
        each.rpartition(":")[0] for each in plain
    ]
    ends = {each.rpartition(":")[2] for each in keyed}
    assert not ends & {each.rpartition(":")[2] for each in plain}
    assert {len(end) for end in ends} == {16}
