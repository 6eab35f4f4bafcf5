"""What is wrong with a hearing is refused by its path, and everybody else in it is told."""

import pytest
from sources.court_payloads import (
    Edit,
    Payload,
    defendant,
    edited,
    payload,
    translated,
)

from streams.domain.records import MANY_MAX

HEARING = "hearing.prosecutionCases[0].defendants"
FIRST = f"{HEARING}[0]"


def rejected(edit: Edit) -> list[str]:
    """Give the paths that an edit of the hearing gets refused."""
    return [rejection.path for rejection in translated(edited(edit)).rejections]


def without(document: Payload, *path: str) -> None:
    """Take a member out of the hearing."""
    place = document["hearing"]
    for key in path[:-1]:
        place = place[key]
    del place[path[-1]]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"personDetails": {"firstName": "Rowan"}}, "personDetails.lastName"),
        ({"personDetails": {"lastName": "  "}}, "personDetails.lastName"),
        ({"personDetails": {"lastName": 7}}, "personDetails.lastName"),
        ({"personDetails": {"lastName": "x" * 501}}, "personDetails.lastName"),
        ({"personDetails": {"lastName": "nul\x00nul"}}, "personDetails.lastName"),
        ({"personDetails": {"lastName": "half\ud800"}}, "personDetails.lastName"),
        ({"personDetails": None}, "personDetails"),
        ({"personDetails": "Rowan"}, "personDetails"),
        (
            {"personDetails": {"lastName": "A", "dateOfBirth": "17/05/1988"}},
            "personDetails.dateOfBirth",
        ),
        (
            {"personDetails": {"lastName": "A", "dateOfBirth": "1988-02-30"}},
            "personDetails.dateOfBirth",
        ),
        ({"arrestSummonsNumber": ["x"]}, "arrestSummonsNumber"),
    ],
)
def test_bad_person_is_refused_and_neighbours_go(change: Payload, path: str) -> None:
    """A fault of one defendant refuses that one, by its path; the others are told."""
    result = translated(edited(lambda d: defendant(d)["personDefendant"].update(change)))
    assert [each.path for each in result.rejections] == [f"{FIRST}.personDefendant.{path}"]
    assert [each.record["source_path"] for each in result.events] == [
        f"{HEARING}[2]",
        "hearing.prosecutionCases[1].defendants[0]",
    ]


@pytest.mark.parametrize(
    ("edit", "path"),
    [
        (lambda d: defendant(d).pop("id"), f"{FIRST}.id"),
        (lambda d: defendant(d).update(pncId=7), f"{FIRST}.pncId"),
        (lambda d: defendant(d).update(isYouth=[]), f"{FIRST}.isYouth"),
        (lambda d: defendant(d).update(offences={}), f"{FIRST}.offences"),
        (lambda d: defendant(d).update(offences=["x"]), f"{FIRST}.offences[0]"),
        (lambda d: defendant(d).update(aliases="x"), f"{FIRST}.aliases"),
        (
            lambda d: defendant(d).update(offences=[{}]),
            f"{FIRST}.offences[0].offenceTitle",
        ),
        (
            lambda d: defendant(d)["offences"][0].update(convictionDate="02/03/2026"),
            f"{FIRST}.offences[0].convictionDate",
        ),
        (
            lambda d: defendant(d)["offences"][0]["judicialResults"][0].update(orderedDate="soon"),
            f"{FIRST}.offences[0].judicialResults[0].orderedDate",
        ),
        (
            lambda d: defendant(d)["offences"][1]["judicialResults"][0].update(
                isConvictedResult="perhaps"
            ),
            f"{FIRST}.offences[1].judicialResults[0].isConvictedResult",
        ),
        (
            lambda d: defendant(d)["offences"].extend([defendant(d)["offences"][0]] * MANY_MAX),
            FIRST,
        ),
    ],
)
def test_bad_part_refuses_its_person_alone(edit: Edit, path: str) -> None:
    """Whatever is wrong inside one defendant is named by its own path and stops nobody else."""
    assert rejected(edit) == [path]
    assert len(translated(edited(edit)).events) == 2


@pytest.mark.parametrize(
    ("edit", "path"),
    [
        (lambda d: without(d, "id"), "hearing.id"),
        (lambda d: d["hearing"].update(id=" "), "hearing.id"),
        (lambda d: without(d, "hearingDays"), "hearing.hearingDays"),
        (lambda d: d["hearing"].update(hearingDays=[]), "hearing.hearingDays"),
        (
            lambda d: d["hearing"]["hearingDays"][0].pop("sittingDay"),
            "hearing.hearingDays[0].sittingDay",
        ),
        (
            lambda d: d["hearing"]["hearingDays"].append({"sittingDay": "2026-03-02T10:00:00"}),
            "hearing.hearingDays[1].sittingDay",
        ),
        (lambda d: d["hearing"].update(courtCentre={"name": "A"}), "hearing.courtCentre.code"),
        (lambda d: d["hearing"].update(courtCentre=3), "hearing.courtCentre"),
        (lambda d: without(d, "prosecutionCases"), "hearing.prosecutionCases"),
        (lambda d: d.update(sharedTime="yesterday"), "sharedTime"),
        (lambda d: d.update(hearing=None), "hearing"),
        (lambda d: d.update(hearing=[]), "hearing"),
    ],
)
def test_fault_of_the_hearing_refuses_it_whole(edit: Edit, path: str) -> None:
    """What nobody in the hearing can do without refuses the hearing, by its path."""
    assert rejected(edit) == [path]
    assert translated(edited(edit)).events == ()


def test_all_faults_of_a_hearing_are_said_at_once() -> None:
    """The court mends a hearing once, so that every fault of it is named together."""

    def edit(document: Payload) -> None:
        hearing = document["hearing"]
        hearing["courtCentre"] = {}
        del hearing["id"], hearing["prosecutionCases"]

    assert rejected(edit) == ["hearing.id", "hearing.courtCentre.code", "hearing.prosecutionCases"]


def test_court_without_its_code_is_named_by_its_id() -> None:
    """A producer that leaves the code out does not stop the news; that is said."""
    document = edited(lambda d: d["hearing"]["courtCentre"].pop("code"))
    result = translated(document)
    assert result.events[0].record["court"]["code"] == "0d5a1c52-6f0e-4c1e-9a40-0000000000c1"
    assert "hearing.courtCentre.code" in {skipped.path for skipped in result.skipped}


def test_kind_of_court_may_be_missing() -> None:
    """A hearing that does not say which kind of court sits is told, and that is said."""
    result = translated(edited(lambda d: without(d, "jurisdictionType")))
    assert result.events[0].record["jurisdiction"] == "NOT_STATED"
    assert "hearing.jurisdictionType" in {skipped.path for skipped in result.skipped}


@pytest.mark.parametrize(
    ("edit", "path"),
    [
        (
            lambda d: d["hearing"]["prosecutionCases"].insert(0, "case"),
            "hearing.prosecutionCases[0]",
        ),
        (
            lambda d: d["hearing"]["prosecutionCases"].insert(0, {"id": "a"}),
            "hearing.prosecutionCases[0].defendants",
        ),
        (
            lambda d: d["hearing"].update(courtApplications="none"),
            "hearing.courtApplications",
        ),
        (
            lambda d: d["hearing"].update(courtApplications=[{"subject": 3}]),
            "hearing.courtApplications[0].subject",
        ),
    ],
)
def test_bad_case_or_application_stops_no_other(edit: Edit, path: str) -> None:
    """A case or an application that is none is refused by its path, and the cases go on."""
    assert rejected(edit) == [path]
    assert len(translated(edited(edit)).events) == 3


def test_case_without_urn_is_named_by_its_id() -> None:
    """The case's own id stands where there is no URN; without either the defendant is refused."""
    no_urn = edited(lambda d: d["hearing"]["prosecutionCases"][1].pop("prosecutionCaseIdentifier"))
    assert translated(no_urn).events[2].record["court_case"].endswith("0000000000a2")
    no_urn["hearing"]["prosecutionCases"][1]["id"] = ""
    assert [each.path for each in translated(no_urn).rejections] == [
        "hearing.prosecutionCases[1].prosecutionCaseIdentifier.caseURN"
    ]


def test_unknown_members_change_nothing() -> None:
    """The court adds members without telling; they are ignored."""
    document = edited(lambda d: defendant(d).update(colourOfHat={"brim": [1, 2]}))
    assert [event.record["meta"]["event_id"] for event in translated(document).events] == [
        event.record["meta"]["event_id"] for event in translated(payload()).events
    ]


def test_rejection_never_repeats_what_came() -> None:
    """A refusal says shape and length of what came, never its content."""
    canary = "Canary Featherstonehaugh"
    document = edited(
        lambda d: defendant(d)["personDefendant"]["personDetails"].update(dateOfBirth=canary)
    )
    (rejection,) = translated(document).rejections
    assert canary not in repr(rejection)
    assert rejection.came == f"a text of {len(canary)} characters"
    assert "publisher must" in rejection.fix
