"""Applications to the court: beside a case, without one, and about nobody."""

from sources.court_payloads import Payload, edited, payload, translated


def test_application_without_a_case_is_about_its_subject() -> None:
    """An application alone gives an event about its person, with results and the order made."""
    result = translated(payload("application_hearing"))
    (event,) = result.events
    record = event.record
    assert event.event_type == "courts.hearing_resulted.v1"
    assert record["source_path"] == "hearing.courtApplications[0].subject.masterDefendant"
    assert record["court_case"] == "99ZZ0000425"
    assert record["defendant_id"] == "0d5a1c52-6f0e-4c1e-9a40-0000000000d5"
    assert record["offences"][0]["title"] == "Theft from a shop"
    assert [each["outcome"] for each in record["applications"][0]["results"]] == [
        "order_revoked",
        "order_made",
    ]
    assert record["orders"][0]["kind"] == "suspended_sentence_order"
    assert record["meta"]["subject_category"] == "convicted"
    assert "hearing.courtApplications[1]" in {skipped.path for skipped in result.skipped}


def test_application_beside_a_case_joins_its_defendant() -> None:
    """An application about a defendant of the hearing is told in that defendant's event."""
    application = payload("application_hearing")["hearing"]["courtApplications"][0]
    application["subject"]["masterDefendant"]["masterDefendantId"] = (
        "0d5a1c52-6f0e-4c1e-9a40-0000000000e1"
    )
    linked = application["courtApplicationCases"][0]
    linked["prosecutionCaseId"] = "0d5a1c52-6f0e-4c1e-9a40-0000000000a2"
    document = edited(lambda d: d["hearing"].update(courtApplications=[application]))
    events = translated(document).events
    assert [len(event.record["applications"]) for event in events] == [0, 0, 1]
    assert events[2].event_type == "courts.hearing_resulted.v1"
    linked["prosecutionCaseId"] = "elsewhere"
    document["hearing"]["courtApplications"] = [application]
    told = [len(event.record["applications"]) for event in translated(document).events]
    assert told == [1, 0, 0]


def test_application_of_several_cases_is_told_once() -> None:
    """An application that links several cases is told under the first, and that is said."""

    def edit(document: Payload) -> None:
        cases = document["hearing"]["courtApplications"][0]["courtApplicationCases"]
        cases.append({"prosecutionCaseId": "another"})

    result = translated(edited(edit, "application_hearing"))
    assert len(result.events) == 1
    assert any("first of the cases" in skipped.why for skipped in result.skipped)


def test_application_of_no_case_is_named_by_its_reference() -> None:
    """Without a linked case the application's reference is the case, else its id."""

    def edit(document: Payload) -> None:
        application = document["hearing"]["courtApplications"][0]
        del application["courtApplicationCases"]
        del application["subject"]["masterDefendant"]["defendantCase"]

    document = edited(edit, "application_hearing")
    (event,) = translated(document).events
    assert event.record["court_case"] == "99ZZ0000326"
    assert event.record["prosecution_case_id"] is None
    assert event.record["defendant_id"] is None
    del document["hearing"]["courtApplications"][0]["applicationReference"]
    (event,) = translated(document).events
    assert event.record["court_case"].endswith("000000000401")
